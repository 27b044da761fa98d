"""Derivatives by the complex step, for functions that take complex numbers: no subtraction, so no noise to speak of.

A function may take complex numbers and still not be analytic (an absolute value, NumPy's own variance), so what comes
out here counts only where central differences, which suffer from no such thing, have confirmed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.callables import Callables
from derive.checks.cotangents import Cotangent
from derive.checks.differences import shaken

Array = NDArray[Any]

_STEP = 1e-30  # its square is lost beside any number that matters
_REPEATS = 4
_CAUTION = 4.0  # on a deviation that was estimated from four values


@dataclass(frozen=True)
class ComplexSlopes:
    """The derivatives, one row per direction and one column per cotangent, with their standard deviations."""

    value: NDArray[np.float64]
    deviation: NDArray[np.float64]


def complex_slopes(
    calls: Callables, place: int, directions: Sequence[Array], cotangents: Sequence[Cotangent]
) -> ComplexSlopes | None:
    """The derivative along each direction; None when the function does not work with complex numbers.

    Rounding is measured by shaking the inputs in the last place of float64, whatever their own dtype is.
    """
    wide = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in calls.inputs]
    moving = [a.dtype.kind == "f" for a in wide]
    rng = np.random.default_rng(0)
    rows, spreads = [], []
    for v in directions:
        found = []
        for repeat in range(_REPEATS + 1):
            at: list[Array] = shaken(wide, moving, rng) if repeat else list(wide)
            at[place] = at[place] + 1j * _STEP * v
            y = calls.complex_forward(at)
            if y is None:
                return None
            found.append([float(np.sum(c.value.astype(np.longdouble) * y.imag) / _STEP) for c in cotangents])
        rows.append(found[0])
        tiny = 4 * np.finfo(np.float64).eps * np.abs(found[0])
        spreads.append(_CAUTION * np.std(found[1:], axis=0, ddof=1) + tiny)
    return ComplexSlopes(np.asarray(rows), np.asarray(spreads))
