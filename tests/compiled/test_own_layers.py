"""Layers of one's own on the C target: conditions of definition are checked, powers keep their digits."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.support.contract import DTYPES
from tests.user_layers.workshop import emit

PAGE = """
import sympy as sp

n, d = axes("n d")
x, w = tensor("x", n, d), tensor("w", d)

rooted = Layer("rooted", inputs=(x,))
rooted.output("y", (x**2 + 1)**sp.Rational(1, 3))

sized = Layer("sized", inputs=(x, w))
rest = sized.define("rest", total(x**2, over=n) - n.size)
sized.output("y", x * rest**(1/3) + w)
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, ModuleType]]:
    """By target, then by layer."""
    names = ("rooted", "sized")
    return {target: emit(tmp_path_factory.mktemp(target), PAGE, *names, target=target) for target in ("c", "numpy")}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_power_of_huge_data(modules: dict[str, dict[str, ModuleType]], dtype: Any) -> None:
    """Two roundings of the base count for a third of an eps together, the power and its rounding for one more each;
    an exponent in float64 alone would cost fifty."""
    mpmath: Any = importlib.import_module("mpmath")
    reach = 18 if dtype == np.float32 else 150
    x = np.logspace(-reach, reach, 400).astype(dtype).reshape(20, 20)
    found = modules["c"]["rooted"].forward(x)[0]
    with mpmath.workdps(40):
        third = mpmath.mpf(1) / 3
        for at, mine in zip(x.ravel(), found.ravel(), strict=True):
            right = (mpmath.mpf(float(at)) ** 2 + 1) ** third
            assert abs(mpmath.mpf(float(mine)) / right - 1) <= 2.5 * float(np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_conditions_are_checked(modules: dict[str, dict[str, ModuleType]], dtype: Any) -> None:
    """In every function, in the words of the NumPy module."""
    x = np.random.default_rng(3).uniform(1.5, 2, (4, 5)).astype(dtype)
    w, g = np.ones(5, dtype), np.ones_like(x)
    bad = x.copy()
    bad[:, 3] = 0.5
    for target in modules:
        sized: Any = modules[target]["sized"]
        calls: list[Callable[[Any], Any]] = [
            partial(sized.forward, w=w),
            partial(sized.backward, g),
            partial(sized.jvp, tangent_x=g),
            partial(sized.double_backward, g, cotangent_grad_input=g),
        ]
        for call in calls:
            call(x)
            with pytest.raises(ValueError, match=r"rest > 0 is needed, but rest is -\d\.\d+ at \(3,\) \(1 of 5"):
                call(bad)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_both_targets_agree(modules: dict[str, dict[str, ModuleType]], dtype: Any) -> None:
    """First and second derivatives of the same data: sums of a few terms, of at most thirty roundings together."""
    rng = np.random.default_rng(4)
    x, g, t = (rng.uniform(1.5, 2, (4, 5)).astype(dtype) for _ in range(3))
    w = np.ones(5, dtype)
    results = []
    for target in ("c", "numpy"):
        sized: Any = modules[target]["sized"]
        found = [sized.forward(x, w)[0], *sized.backward(g, x), sized.jvp(x, tangent_x=t, tangent_w=w)]
        results.append([*found, *sized.double_backward(g, x, cotangent_grad_input=t, cotangent_grad_w=w)])
    for mine, other in zip(*results, strict=True):
        np.testing.assert_allclose(mine, other, rtol=0, atol=32 * np.finfo(dtype).eps * max(1, abs(other).max()))
        assert mine.dtype == dtype
