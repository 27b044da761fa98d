"""Sigmoids of a value and of its negative: one exponential, all digits of both, wherever the value lies."""

from __future__ import annotations

import inspect
from typing import Any

import mpmath
import numpy as np
import pytest

from derive.kernels.plan import Op, Ref, Sweep
from derive.kernels.targets.numpy.pairs import OPPOSITE, paired
from tests.calculus import examples
from tests.kernels.plans import planned
from tests.support import targets
from tests.support.contract import DTYPES

X, MINUS = Ref("array", "x"), Ref("number", "-1.0")


def local(name: str) -> Ref:
    return Ref("local", name)


def after(*ops: Op) -> list[Op]:
    """The operations of a sweep, paired."""
    kernel = planned(examples.softmax).forward
    changed = paired(type(kernel)(**{**vars(kernel), "stages": (Sweep(ops),)}))
    (sweep,) = changed.sweeps
    return list(sweep.ops)


def test_the_second_follows_the_first_and_nothing_is_negated() -> None:
    first, minus = Op("s", "sigmoid", (X,)), Op("m", "multiply", (X, MINUS))
    product, last = Op("p", "multiply", (X, local("s"))), Op("q", "add", (local("p"), local("r")))
    second = Op("r", "sigmoid", (local("m"),))
    opposite = Op("r", OPPOSITE, (X, local("s")))
    assert after(first, product, minus, second, last) == [first, opposite, product, last]
    read = Op("t", "add", (local("m"), local("r")))
    assert after(first, minus, second, read) == [first, opposite, minus, read]  # what is read stays


def test_others_stay() -> None:
    double = Op("m", "multiply", (X, Ref("number", "-2.0")))
    first, second = Op("s", "sigmoid", (X,)), Op("r", "sigmoid", (local("m"),))
    assert after(first, double, second) == [first, double, second]
    minus = Op("m", "multiply", (X, MINUS))
    assert after(minus, second) == [minus, second]
    assert after(minus, second, first) == [minus, second, first]  # the other one comes too late


@pytest.mark.parametrize("which", ["_backward", "_jvp", "_double_backward"])
def test_a_layer_has_one_exponential_in_each_sweep(which: str) -> None:
    source = inspect.getsource(getattr(targets.module("batch_norm_silu", "numpy"), which))
    assert "_sigmoids(" in source
    for sweep in source.split("# Reduce pass.")[1:]:
        assert "_sigmoid(" not in sweep


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_both_have_all_their_digits(dtype: Any) -> None:
    """NumPy's exponential is off by up to 3 eps; numbers too small to have all digits may be lost."""
    module: Any = targets.module("batch_norm_silu", "numpy")
    info = np.finfo(dtype)
    most = float(np.log(info.max))
    values = np.linspace(-1.2 * most, 1.2 * most, 801).astype(dtype)
    values[::7] = np.linspace(-1, 1, len(values[::7]))
    with np.errstate(all="ignore"):
        left, right = module._sigmoids(values, *(np.empty_like(values) for _ in range(3)))
        alone = module._sigmoid(values), module._sigmoid(-values)
        for found in ((left, right), alone):
            for got, value in ((found[0], values), (found[1], -values)):
                for a, v in zip(got.tolist(), value.tolist(), strict=True):
                    exact = 1 / (1 + mpmath.exp(-mpmath.mpf(v)))
                    assert abs(a - exact) <= 5 * float(info.eps) * exact + 4 * float(info.smallest_normal), v
        lost = np.array([np.nan, np.inf, -np.inf, 0], dtype)
        ends = module._sigmoids(lost, *(np.empty_like(lost) for _ in range(3)))
    for end, expected in zip(ends, ([np.nan, 1, 0, 0.5], [np.nan, 0, 1, 0.5]), strict=True):
        np.testing.assert_allclose(end, expected, atol=4 * float(info.smallest_normal))
