"""The numbers of which emitted files make functions that no library gives them in the form they need."""

from __future__ import annotations

import mpmath

SINGLE_DEGREE = 5  # of exp with the digits that sums over float32 data need: off by less than 2**-32
FLOAT_DEGREE = 4  # of exp in float32: off by less than 2**-26
_DIGITS = 60


def exp_series(degree: int) -> list[str]:
    """The coefficients, last first, of the polynomial for (exp(r) - 1 - r)/r**2 where |r| <= log(2)/2.

    It takes the value of the function at the Chebyshev points, so that its largest error is 2**degree times smaller
    than that of the Taylor series, but for a factor near one. They are computed in 60 digits, whatever the machine.
    """
    with mpmath.workdps(_DIGITS):
        count = degree + 1
        points = [mpmath.log(2) / 2 * mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
        values = [mpmath.hyp1f1(1, 3, r) / 2 for r in points]
        powers = mpmath.matrix([[r**k for k in range(count)] for r in points])
        found = mpmath.lu_solve(powers, mpmath.matrix(values))
        return [repr(float(found[k])) for k in reversed(range(count))]
