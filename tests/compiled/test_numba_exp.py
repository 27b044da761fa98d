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


@pytest.fixture(scope="module")
def exp() -> Callable[[Any], Any]:
    """The function over whole arrays, in the type of their elements."""
    at = targets.module("softmax", "numba")._exp_at

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def over(values: Any) -> Any:
        result = np.empty_like(values)
        for k in range(values.size):
            result[k] = at(values[k])
        return result

    found: Callable[[Any], Any] = over
    return found


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
