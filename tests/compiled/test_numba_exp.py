"""The Numba modules' own exp, against that of the C library in more digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support import targets

numba = pytest.importorskip("numba")
SPECIAL = [-math.inf, math.inf, math.nan, -1e30, 1e30, -746.0, 710.0, 0.0, -0.0, 5e-324]
RESULTS = [0.0, math.inf, math.nan, 0.0, math.inf, 0.0, math.inf, 1.0, 1.0, 1.0]


def over_arrays(at: Any) -> Callable[..., Any]:
    """A function of elements over whole arrays, in the type of their elements; `more` are its other arguments."""

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def over(values: Any, *more: Any) -> Any:
        result = np.empty_like(values)
        for k in range(values.size):
            result[k] = at(values[k], *more)
        return result

    found: Callable[..., Any] = over
    return found


@pytest.fixture(scope="module")
def exp() -> Callable[..., Any]:
    return over_arrays(targets.module("softmax", "numba")._exp_at)


@pytest.fixture(scope="module")
def exp_for() -> Callable[..., Any]:
    return over_arrays(targets.module("softmax", "numba")._exp_for)


@pytest.mark.parametrize(
    ("dtype", "least", "most"),
    [(np.float64, *ends) for ends in ((-1, 1), (-708, 709), (-1e-8, 1e-8), (-745.1, -708), (-60, 0))]
    + [(np.float32, *ends) for ends in ((-1, 1), (-87, 88), (-103.9, -87), (-1e-4, 1e-4))],
)
def test_it_is_within_an_ulp_or_two(exp: Callable[[Any], Any], dtype: Any, least: float, most: float) -> None:
    """Half an ulp for the last rounding, and less than a quarter each for that of the term after one, of the series and
    of the argument's reduction, next to one, where the result's ulp may be half as large as above it. Subnormal
    results are rounded once more, by the second factor.
    """
    values = np.linspace(least, most, 400_001).astype(dtype)
    exact = np.exp(values.astype(np.longdouble))
    tiny = np.finfo(dtype).smallest_normal
    ulp = np.where(exact < tiny, np.finfo(dtype).smallest_subnormal, np.spacing(np.maximum(exact, tiny).astype(dtype)))
    worst = float((abs(exp(values).astype(np.longdouble) - exact) / ulp).max())
    assert worst <= (1.75 if exact[-1] < 2 * tiny else 1.25), f"{worst} ulp"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_out_of_range_ends_as_it_should(exp: Callable[[Any], Any], dtype: Any) -> None:
    found = exp(np.array(SPECIAL, dtype))
    assert found.dtype == dtype and str(found.tolist()) == str(RESULTS)


@pytest.mark.parametrize(("least", "most"), [(-1, 1), (-87, 88), (-700, 700)])
def test_for_sums_over_float32_data_the_series_is_shorter(exp_for: Any, exp: Any, least: float, most: float) -> None:
    """Off by 2^-32, a two-hundredth of an ulp of float32; for float64 data it is the function above."""
    values = np.linspace(least, most, 400_001)
    exact = np.exp(values.astype(np.longdouble))
    worst = float(abs(exp_for(values, np.float32(0)) / exact - 1).max())
    assert 2.0**-40 < worst <= 2.0**-32, f"{worst} of the value"
    assert exp_for(values, np.float64(0)).tobytes() == exp(values).tobytes()


def test_what_is_out_of_range_in_a_sum_ends_as_it_should(exp_for: Any) -> None:
    for like in (np.float32(0), np.float64(0)):
        assert str(exp_for(np.array(SPECIAL), like).tolist()) == str(RESULTS)


@pytest.fixture(scope="module")
def exp_less() -> Callable[..., Any]:
    return over_arrays(targets.module("softmax", "numba")._exp_less_at)


@pytest.mark.parametrize("less", [0, 0.3333, 77.7, -12.3, 1e-3, -1e4, 16777217])
def test_of_a_difference_nothing_is_lost(exp_less: Any, less: float) -> None:
    """The bound is that of a single argument, however the difference is rounded (at 77.7 by up to 2^-18)."""
    largest = np.float32(less)
    values = np.linspace(float(largest) - 87, float(largest), 200_001).astype(np.float32)
    exact = np.exp(values.astype(np.longdouble) - largest)
    ulp = np.spacing(np.exp2(np.floor(np.log2(exact))).astype(np.float32))
    worst = float((abs(exp_less(values, largest).astype(np.longdouble) - exact) / ulp).max())
    assert worst <= 1.3, f"{worst} ulp"
    found = exp_less(np.array([-math.inf, math.nan, less, -3e38], np.float32), largest)
    assert found.dtype == np.float32 and str(found.tolist()) == str([0.0, math.nan, 1.0, 0.0])


def test_of_float64_it_is_the_exponential_of_the_rounded_difference(exp_less: Any, exp: Any) -> None:
    values = np.linspace(-50, 0.3, 100_001)
    assert exp_less(values, 0.3).tobytes() == exp(values - 0.3).tobytes()
