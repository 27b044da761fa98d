"""Softmax and its logarithm at the ends of the range: huge logits, minus infinity, ties, rows that are nothing else."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from tests.support.contract import DTYPES, Array, load_layer
from tests.support.oracles import LONGDOUBLE_IS_WIDE

ROWS = ("around 1e4", "around -1e4", "both", "ordinary", "one far above", "ties")


def logits(rows: str, dtype: Any, count: int = 300) -> Array:
    rng = np.random.default_rng(len(rows))
    x = rng.standard_normal((5, count)) * 3
    if rows == "around 1e4":
        x += 1e4
    elif rows == "around -1e4":
        x -= 1e4
    elif rows == "both":
        x += rng.choice([-1e4, 1e4], x.shape)
    elif rows == "one far above":
        x[:, 7] = 1e4
    elif rows == "ties":
        x = np.round(x)
    return x.astype(dtype)


def expected(x: Array, g: Array) -> tuple[Array, Array, Array, Array]:
    """Probabilities, their logarithms, and both gradients, in longdouble."""
    wide, weight = x.astype(np.longdouble), g.astype(np.longdouble)
    shifted = wide - wide.max(axis=1, keepdims=True)
    raised = np.exp(shifted)
    mass = raised.sum(axis=1, keepdims=True)
    p = raised / mass
    grad = p * (weight - (weight * p).sum(axis=1, keepdims=True))
    return p, shifted - np.log(mass), grad, weight - p * weight.sum(axis=1, keepdims=True)


def largest(values: Array) -> Array:
    return np.asarray(abs(values).max(axis=1, keepdims=True))


@pytest.mark.skipif(not LONGDOUBLE_IS_WIDE, reason="np.longdouble is no wider than float64 here")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rows", ROWS)
def test_within_four_eps(target: str, rows: str, dtype: Any) -> None:
    """Of the largest number in the row; gradients of the largest sum of their absolute terms."""
    x = logits(rows, dtype)
    g = np.random.default_rng(2).standard_normal(x.shape).astype(dtype)
    p, logarithm, grad, grad_log = expected(x, g)
    allowed = 4 * np.finfo(dtype).eps
    for name, y_exact, exact, terms in (
        ("softmax", p, grad, abs(p * g) + p * abs(p * g).sum(axis=1, keepdims=True)),
        ("log_softmax", logarithm, grad_log, abs(g) + p * abs(g).sum(axis=1, keepdims=True)),
    ):
        module = load_layer(name, target)
        y, saved = module.forward(x)
        assert np.isfinite(y).all()
        assert (abs(y - y_exact) <= allowed * largest(y_exact)).all(), f"{name}: y"
        for kept in (saved, None):
            found = module.backward(g, x, saved=kept).grad_input
            assert (abs(found - exact) <= allowed * largest(terms)).all(), f"{name}: grad_input"


def test_a_few_rows_against_mpmath(target: str) -> None:
    mpmath: Any = importlib.import_module("mpmath")
    x = logits("ordinary", np.float64, 5)
    y = load_layer("softmax", target).forward(x)[0]
    with mpmath.workdps(40):
        for row, found in zip(x, y, strict=True):
            raised = [mpmath.exp(mpmath.mpf(float(v))) for v in row]
            for value, mine in zip(raised, found, strict=True):
                assert abs(value / mpmath.fsum(raised) - mpmath.mpf(float(mine))) < 4 * 2.0**-52


@pytest.mark.parametrize("shape", [(6, 9), (6, 400), (6, 30000)])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_minus_infinity_is_no_class_at_all(target: str, dtype: Any, shape: tuple[int, int]) -> None:
    """It has probability 0, takes no gradient, and the other classes are as if it were not there."""
    rng = np.random.default_rng(1)
    x, g = rng.standard_normal(shape).astype(dtype), rng.standard_normal(shape).astype(dtype)
    gone = rng.random(shape) < 0.3
    gone[:, 0] = False
    x[gone] = -np.inf
    module = load_layer("softmax", target)
    y, saved = module.forward(x)
    grad = module.backward(g, x, saved=saved).grad_input
    assert not y[gone].any() and not grad[gone].any() and np.isfinite(grad).all()
    for k in range(shape[0]):
        kept = ~gone[k]
        alone, _ = module.forward(x[k : k + 1, kept])
        np.testing.assert_allclose(y[k, kept], alone[0], rtol=8 * np.finfo(dtype).eps)
        other = module.backward(g[k : k + 1, kept], x[k : k + 1, kept]).grad_input[0]
        np.testing.assert_allclose(grad[k, kept], other, rtol=0, atol=8 * np.finfo(dtype).eps * abs(other).max())
    logarithm = load_layer("log_softmax", target)
    y, saved = logarithm.forward(x)
    assert (y[gone] == -np.inf).all() and np.isfinite(y[~gone]).all()
    # The logarithm itself has a slope there: that of x alone.
    found = logarithm.backward(g, x, saved=saved).grad_input
    np.testing.assert_array_equal(found[gone], g[gone])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_row_without_a_maximum_is_nan_alone(target: str, name: str, dtype: Any) -> None:
    """All minus infinity, or plus infinity or NaN somewhere: that row and no other."""
    rng = np.random.default_rng(4)
    for count in (3, 70, 9000):
        x, g = (rng.standard_normal((7, count)).astype(dtype) for _ in range(2))
        module = load_layer(name, target)
        clean_y, clean = module.forward(x)[0], module.backward(g, x).grad_input
        x[1], x[3, 2], x[5, 0] = -np.inf, np.inf, np.nan
        y, saved = module.forward(x)
        for grad in (module.backward(g, x, saved=saved).grad_input, module.backward(g, x).grad_input):
            assert np.isnan(y[1::2]).all() and np.isnan(grad[1::2]).all()
            np.testing.assert_array_equal(y[::2], clean_y[::2])
            np.testing.assert_array_equal(grad[::2], clean[::2])
