"""The gradient check on functions of every kind, none of them a normalization: what it may say and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import derive

Array = Any
RNG = np.random.default_rng(12)
X, W, ROW = RNG.standard_normal((20, 5)), RNG.standard_normal((5, 4)), RNG.standard_normal(9)
AGREES, CANNOT, DISAGREES = {"agrees"}, {"cannot tell"}, {"disagrees"}


def relu(x: Array, w: Array) -> Array:
    return np.maximum(x @ w, 0)


def relu_backward(g: Array, x: Array, w: Array) -> tuple[Array, Array]:
    active = g * (x @ w > 0)
    return active @ w.T, x.T @ active


def scatter_add(g: Array, i: Array, w: Array) -> tuple[None, Array]:
    found = np.zeros_like(w)
    np.add.at(found, i, g)
    return None, found


def last_one_wins(g: Array, i: Array, w: Array) -> tuple[None, Array]:
    found = np.zeros_like(w)
    found[i] = g
    return None, found


def leading_singular(g: Array, x: Array) -> Array:
    u, _, v = np.linalg.svd(x)
    return g * np.outer(u[:, 0], v[0])


Case = tuple[Callable[..., Array], Callable[..., Any], tuple[Array, ...], set[str]]
# What each must be in float64; in float32 a right one must not disagree, a wrong one not agree.
CASES: dict[str, Case] = {
    "matrix product": (lambda x, w: x @ w, lambda g, x, w: (g @ w.T, x.T @ g), (X, W), AGREES),
    "matrix product, one transposed": (lambda x, w: x @ w, lambda g, x, w: (g @ w.T, -x.T @ g), (X, W), DISAGREES),
    "a number out": (lambda x: (x**2).sum(), lambda g, x: 2 * g * x, (ROW,), AGREES),
    "a number in": (lambda x: x**3, lambda g, x: 3 * g * x**2, (np.asarray(2.0),), AGREES),
    "kinks": (relu, relu_backward, (X, W), AGREES),
    "kinks, mask forgotten": (relu, lambda g, x, w: (g @ w.T, relu_backward(g, x, w)[1]), (X, W), DISAGREES),
    "few active": (lambda x: np.maximum(x - 1.8, 0), lambda g, x: g * (x > 1.8), (X,), AGREES),
    "a step": (lambda x: (x > 0).astype(x.dtype), lambda g, x: 0 * g, (X,), CANNOT),
    "straight through a rounding": (np.round, lambda g, x: g, (X,), CANNOT),
    "a corner": (np.abs, lambda g, x: g * np.sign(x), (np.zeros(5),), CANNOT),
    "a steep root": (np.sqrt, lambda g, x: g / 2 / np.sqrt(x), (np.array([1e-8, 1, 2]),), AGREES),
    "a domain": (np.log, lambda g, x: g / x, (np.array([1e-3, 1, 200]),), AGREES),
    "a pole": (lambda x: 1 / x, lambda g, x: -g / x**2, (ROW,), AGREES),
    "a pole, sign lost": (lambda x: 1 / x, lambda g, x: g / x**2, (ROW,), DISAGREES),
    "many periods": (lambda x: np.sin(1000 * x), lambda g, x: 1000 * g * np.cos(1000 * x), (ROW,), AGREES),
    "nothing depends on x": (lambda x: np.ones(3, x.dtype), lambda g, x: 0 * x, (ROW,), CANNOT),
    "a gradient of nothing": (lambda x: np.ones(3, x.dtype), lambda g, x: x, (ROW,), DISAGREES),
    "rows by number": (lambda i, w: w[i], scatter_add, (np.array([1, 1, 0]), W), AGREES),
    "rows by number, last one wins": (
        lambda i, w: w[i],
        last_one_wins,
        (np.array([1, 1, 0]), W),
        DISAGREES,
    ),
    "an empty output": (lambda x: x[:0], lambda g, x: 0 * x, (ROW,), CANNOT),
    "a norm": (lambda x: np.linalg.norm(x, 2), leading_singular, (W,), AGREES),
    "one element of many": (lambda x: x**2, lambda g, x: 2 * g * x * (np.arange(x.size) != 7), (ROW,), DISAGREES),
    "no axis order": (lambda x: x * x, lambda g, x: 2 * g * x, (np.asfortranarray(X)[::-2],), AGREES),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_in_float64(name: str) -> None:
    forward, backward, inputs, expected = CASES[name]
    assert derive.check_gradient(forward, backward, inputs).verdict in expected


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_in_float32(name: str) -> None:
    forward, backward, inputs, expected = CASES[name]
    narrow = tuple(x.astype(np.float32) if x.dtype.kind == "f" else x for x in inputs)
    verdict = derive.check_gradient(forward, backward, narrow).verdict
    assert verdict in expected | CANNOT


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_other_precisions(dtype: Any) -> None:
    """No layer is emitted for them, but a gradient in them can be checked."""
    x, w = X.astype(dtype), W.astype(dtype)
    right = derive.check_gradient(lambda x, w: x @ w, lambda g, x, w: (g @ w.T, x.T @ g), (x, w), required=0.2)
    assert right.verdict == "agrees"
    wrong = derive.check_gradient(lambda x, w: x @ w, lambda g, x, w: (g @ w.T, 2 * (x.T @ g)), (x, w), required=0.2)
    assert [entry.verdict for entry in wrong.inputs] == ["agrees", "disagrees"]


def test_a_random_function_is_told_apart_from_a_wrong_one() -> None:
    rng = np.random.default_rng(1)
    report = derive.check_gradient(lambda x: x * (rng.random(x.shape) < 0.5), lambda g, x: g, (X,))
    assert report.inputs[0].verdict == "cannot tell"
    assert "differs from call to call" in str(report)


def test_a_forward_that_promotes() -> None:
    """float64 out of float32 in: what is required follows the coarser of the two."""
    x = X.astype(np.float32)
    report = derive.check_gradient(lambda x: x.astype(np.float64) ** 2, lambda g, x: (2 * g * x).astype(x.dtype), (x,))
    assert report.ok and report.inputs[0].required == 1e-3
