"""Kernels that compute exponentials before their sums: where they leave them, and how good the sums are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.arrays import assert_same_bits
from tests.support.contract import Array
from tests.support.targets import module, require

EPS = float(np.finfo(np.float32).eps)
SHAPES = [((5, 1000), 1), ((3, 9001), 1), ((40, 6), 0), ((33, 70), 0), ((4, 19, 7), 1), ((2, 700, 30), 1), ((6, 1), 1)]


@pytest.fixture(scope="module", params=["c", "numba"])
def softmax(request: pytest.FixtureRequest) -> Any:
    require(request.param)
    return module("softmax", request.param)


def drawn(shape: tuple[int, ...], seed: int = 0, dtype: Any = np.float32) -> tuple[Array, Array]:
    draw = np.random.default_rng(seed)
    return (6 * draw.standard_normal(shape)).astype(dtype), draw.standard_normal(shape).astype(dtype)


@pytest.mark.parametrize(("shape", "dim"), SHAPES)
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_bits_are_the_same_wherever_they_are_left(
    softmax: Any, shape: tuple[int, ...], dim: int, threads: int, dtype: Any
) -> None:
    """In an array of their own, in one that is read no more, or nowhere, since the map pass reads that one too."""
    x, g = drawn(shape, dtype=dtype)
    more = {"dim": dim, "threads": threads}
    y, saved = softmax.forward(x, **more)
    place = x.copy()
    assert_same_bits(softmax.forward(place, out=place, **more)[0], y, "y in x")
    expected = softmax.backward(g, x, saved=saved, **more).grad_input
    place = x.copy()
    assert_same_bits(softmax.backward(g, place, saved=saved, out=place, **more).grad_input, expected, "in x")
    place = g.copy()
    assert_same_bits(softmax.backward(place, x, saved=saved, out=place, **more).grad_input, expected, "in g")
    strided = np.empty((*shape, 2), dtype)[..., 0]
    others = {
        "without saved": softmax.backward(g, x, **more).grad_input,
        "strided": softmax.backward(g, x, saved=saved, out=strided, **more).grad_input,
    }
    for what, found in others.items():
        if dtype == np.float32:
            assert_same_bits(found, expected, what)
        else:  # the order of sums may be another one there: 2 eps of a share, times what it is multiplied by
            assert abs(found - expected).max() <= 8 * np.finfo(dtype).eps * y.max() * abs(g).max(), what


@pytest.mark.parametrize(("shape", "dim"), SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_tangent_too(softmax: Any, shape: tuple[int, ...], dim: int, dtype: Any) -> None:
    x, t = drawn(shape, 1, dtype)
    expected = softmax.jvp(x, tangent_x=t, dim=dim)
    for number in range(2):
        given = [x.copy(), t.copy()]
        found = softmax.jvp(given[0], tangent_x=given[1], dim=dim, out=given[number])
        assert_same_bits(found, expected, f"in argument {number}")


@pytest.mark.parametrize(("shape", "dim"), SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_share_is_as_exact_as_the_largest(softmax: Any, shape: tuple[int, ...], dim: int, dtype: Any) -> None:
    """What a difference loses is part of its exponential: 9 eps of an element far below the largest without that."""
    x, _ = drawn(shape, 3, dtype)
    y, _ = softmax.forward(x, dim=dim)
    raised = np.exp(x.astype(np.longdouble) - x.max(axis=dim, keepdims=True))
    exact = raised / raised.sum(axis=dim, keepdims=True)
    normal = exact > np.finfo(dtype).tiny
    # The exponential, its factor and their product; of float64 half an ulp of a difference below 64 too, 16 eps.
    bound = 1.2 + 0.5 + 0.5 + 0.3 if dtype == np.float32 else 16 + 3
    assert float((abs(y - exact) / exact)[normal].max()) <= bound * float(np.finfo(dtype).eps)


@pytest.mark.parametrize("distance", [4.7, 7.3, 9.9])
@pytest.mark.parametrize("largest", [0.3, 100 / 3])
def test_equal_elements_do_not_add_their_error_up(softmax: Any, distance: float, largest: float) -> None:
    """One element far above many equal ones: all of their differences are rounded alike, by up to 2**-21."""
    x = np.full((1, 200_000), largest - distance, np.float32)
    x[0, 7] = largest
    y, saved = softmax.forward(x)
    wide = x.astype(np.longdouble)
    raised = np.exp(wide - wide.max())
    exact = raised / raised.sum()
    assert float(abs(y - exact).max()) <= 2 * EPS * float(exact.max())
    assert abs(float(saved.mass[0]) - float(raised.sum())) <= EPS * float(raised.sum())


def test_rows_without_numbers_stay_apart(softmax: Any) -> None:
    """Infinities and NaN make nothing of the rows beside them; what is minus infinity has no share."""
    x, _ = drawn((6, 50), 2)
    alone, _ = softmax.forward(x)
    x[1, 3], x[3, 4], x[4, 5:] = np.nan, np.inf, -np.inf
    y, _ = softmax.forward(x)
    assert_same_bits(y[[0, 2, 5]], alone[[0, 2, 5]], "the others")
    assert np.isnan(y[[1, 3]]).all()
    assert (y[4, 5:] == 0).all() and abs(float(y[4].sum()) - 1) <= 4 * EPS
