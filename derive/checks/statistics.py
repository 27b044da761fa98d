"""The few quantiles that the checks need, and what a set of thresholds would have caught."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist

import mpmath


@lru_cache(maxsize=256)
def student_quantile(rate: float, dof: int) -> float:
    """How many estimated standard deviations are exceeded, to either side, with probability `rate`.

    Args:
        rate: the probability, above 0 and below 1.
        dof: how many degrees of freedom the estimate of the standard deviation has.
    """

    def excess(t: mpmath.mpf) -> mpmath.mpf:
        tail = mpmath.betainc(mpmath.mpf(dof) / 2, mpmath.mpf(1) / 2, 0, dof / (dof + t * t), regularized=True)
        return mpmath.log(tail) - mpmath.log(rate)

    low, high = mpmath.mpf(0), mpmath.mpf(1)
    while excess(high) > 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return float(high)


def chi_square_limit(rate: float, dof: int) -> float:
    """What a chi-square variable exceeds with probability `rate`, by the cube-root law of Wilson and Hilferty."""
    z = NormalDist().inv_cdf(1 - rate)
    part = 2 / (9 * dof)
    return float(dof * (1 - part + z * math.sqrt(part)) ** 3)


def smallest_caught(thresholds: Iterable[float], miss: float) -> float:
    """The size of an error that random directions let pass with probability `miss` only.

    An error vector of length E shows along a standard normal direction as a normal number of deviation E, so it stays
    below all thresholds with probability `prod erf(threshold / (E*sqrt(2)))`.

    Args:
        thresholds: for each direction what is noticed along it.
        miss: the probability.
    """
    limits = [abs(t) for t in thresholds]
    if not limits or not all(map(math.isfinite, limits)):
        return math.inf
    if not any(limits):
        return 0.0

    def passes(size: float) -> float:
        return math.prod(math.erf(t / (size * math.sqrt(2))) if t else 0.0 for t in limits)

    low = high = max(limits)
    while passes(low) <= miss and low > 0:
        low /= 2
    while passes(high) > miss:
        high *= 2
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if passes(middle) > miss else (low, middle)
    return high
