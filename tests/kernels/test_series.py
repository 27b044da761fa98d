"""The polynomials of emitted functions: near what they stand for, and the same numbers on every machine."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from derive.kernels.series import FLOAT_DEGREE, SINGLE_DEGREE, exp_series


def off(degree: int) -> float:
    """How far exp(r) made of the polynomial is off, at most, relative to exp(r)."""
    r = np.linspace(-np.log(2) / 2, np.log(2) / 2, 20_001).astype(np.longdouble)
    series = np.zeros_like(r)
    for coefficient in exp_series(degree):
        series = series * r + float(coefficient)
    return float(abs((1 + (r + r * r * series)) / np.exp(r) - 1).max())


@pytest.mark.parametrize("degree", range(1, 9))
def test_the_error_is_that_of_chebyshev(degree: int) -> None:
    """Of interpolation at the zeros of a Chebyshev polynomial: the term of the series left out, over 2**degree."""
    half = float(mpmath.log(2) / 2)
    bound = half ** (degree + 3) / float(mpmath.factorial(degree + 3)) / 2**degree
    assert 0.3 * bound < off(degree) < 2 * bound


def test_sums_over_float32_data_have_enough_digits() -> None:
    assert off(SINGLE_DEGREE) < 2.0**-32 < off(SINGLE_DEGREE - 1)


def test_exp_in_float32_loses_less_than_a_quarter_of_an_ulp_to_the_polynomial() -> None:
    """An ulp is 2**-24 of what is just below a power of two."""
    assert off(FLOAT_DEGREE) < 2.0**-26 < off(FLOAT_DEGREE - 1)


def test_the_numbers_do_not_depend_on_what_others_have_set() -> None:
    expected = exp_series(SINGLE_DEGREE)
    with mpmath.workdps(5):
        assert exp_series(SINGLE_DEGREE) == expected
