"""Slopes from the differences of a function that rounds, with what they are worth.

    defect(h) = f(x + h*v) - f(x - h*v) - gradient . (realised step)  =  2*(a*h + b*h**3 + c*h**5) + noise

so `a` is the error of the gradient along `v`. The noise does not depend on `h`; it is measured by moving the inputs by
units in the last place, and the scatter about the fitted polynomial may only raise it. As long as the three terms
describe the defects within the noise, what the next term adds is hidden in it. The fit uses half of the widest step for
which that was so: then the next term is 2**7 times smaller than anything that was hidden.

A kink closer than any step is invisible in differences, which then show the mean of both slopes. It shows in the sums
`f(x + h*v) + f(x - h*v)`, which change with `|h|` instead of `h**2`; so these must fit a polynomial as well, and what
`|h|` may have to do with them is no less than what the slope may be off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.differences import Function, Ladder, Noise, climb, pilot_steps, refined_steps
from derive.checks.statistics import chi_square_limit

Array = NDArray[Any]

POWERS = (1, 3, 5)
EVEN = (0, 2, 4)
BENT = (1, 0, 2, 4)
MOVED = 0.5  # of the outputs that a wider step changes, a useful one changes this share at least
WIDER = 16.0  # times as wide
_TINY = 1e-300
_UNRESOLVED = 3.0  # times what luck explains: the narrowest steps are too wide for the function
_CAUTION = 10.0  # on a noise that only a few points about a polynomial tell
_LUCK = 1e-5  # how often a window of pure noise may look as if the polynomial did not fit


@dataclass(frozen=True)
class Slope:
    """The fitted error of the gradient along one direction.

    Args:
        error: derivative of the function less the prediction, per cotangent.
        deviation: the standard deviation of that.
        top: the widest step that was used.
        smooth: whether the polynomial describes the defects within the noise.
    """

    error: NDArray[np.float64]
    deviation: NDArray[np.float64]
    top: float
    smooth: bool


def fit(ladder: Ladder, noise: Noise, pilot: Ladder | None = None) -> Slope:
    """The error of the gradient along the ladder's direction; an infinite deviation where no step resolves it.

    Args:
        ladder: the defects.
        noise: what each contracted value scatters.
        pilot: the long ladder along another direction; None if this is it.
    """
    finite = _finite(ladder)
    # A step that most outputs do not notice measures the rounding inside of the function, not its slope.
    noticed = np.asarray([_noticed(*pair, pilot or ladder) for pair in zip(ladder.steps, ladder.moved, strict=True)])
    order = np.argsort(ladder.steps)
    order = order[: _first_false(finite[order])]
    order = order[noticed[order]]
    steps, defects, sums = ladder.steps[order], ladder.defects[order], ladder.sums[order]
    cotangents = ladder.defects.shape[1]
    least = len(POWERS) + 3
    nothing = Slope(np.zeros(cotangents), np.full(cotangents, np.inf), float(ladder.steps.min()), False)
    if len(steps) < least:
        return nothing
    # Two ends; and so that any scatter exceeds a noise of zero.
    deviation = np.maximum(math.sqrt(2.0) * np.maximum(noise.deviation, ladder.rounding[order]), _TINY)
    windows = [_window(steps[:end], defects[:end], sums[:end], deviation[:end]) for end in range(least, len(steps) + 1)]
    # Noise that was somewhat underestimated shows in the narrowest window already; more than that is no noise.
    raised = np.maximum(1.0, windows[0].excess)
    if (raised > _UNRESOLVED * windows[0].limit).any():
        return nothing
    unknown = raised > windows[0].limit
    accepted = 0
    for window in windows:
        if (window.excess > raised * window.limit).any():
            break
        accepted += 1
    widest = steps[least - 1 + max(accepted - 1, 0)]
    end = max(least, int(np.searchsorted(steps, widest / 2 * (1 + 1e-9), side="right")))
    chosen = windows[end - least]
    spread = chosen.deviation / 2 * np.maximum(raised, chosen.excess) * np.where(unknown, _CAUTION, 1.0)
    return Slope(
        chosen.slope / 2,
        np.maximum(spread, windows[max(accepted - 1, 0)].bend / 2),
        float(steps[end - 1]),
        not unknown.any(),
    )


def slope_along(
    function: Function,
    inputs: Sequence[Array],
    place: int,
    direction: Array,
    gradients: Sequence[Array],
    noise: Noise,
    pilot: Ladder,
    top: float,
) -> Slope:
    """The error of the gradient along one more direction, when `top` was the widest useful step of the pilot ladder.

    A narrow feature may lie across this direction and not the other; then the steps are narrowed until it is resolved.
    """
    for narrower in (1.0, 8.0, 64.0, 512.0):
        # The fit uses half of the widest step that it finds usable.
        steps = refined_steps(2 * top / narrower)
        slope = fit(climb(function, inputs, place, direction, steps, gradients), noise, pilot)
        if slope.smooth:
            return slope
    return fit(climb(function, inputs, place, direction, pilot_steps(inputs[place]), gradients), noise, pilot)


@dataclass(frozen=True)
class _Window:
    slope: NDArray[np.float64]
    deviation: NDArray[np.float64]
    bend: NDArray[np.float64]  # how the slopes to either side differ from their mean
    excess: NDArray[np.float64]  # the scatter about the polynomial in units of the noise
    limit: float  # what that rarely exceeds by luck


def _window(
    steps: NDArray[np.float64], defects: NDArray[np.float64], sums: NDArray[np.float64], deviation: NDArray[np.float64]
) -> _Window:
    """The least-squares polynomials, each point weighted with its noise."""
    unit, dof = steps[-1], len(steps) - len(POWERS)
    slopes, deviations, bends, excesses = [], [], [], []
    for odd, even, sigma in zip(defects.T, sums.T, deviation.T, strict=True):
        slope, spread, excess = _polynomial(steps / unit, odd, sigma, POWERS)
        bend, loose, _ = _polynomial(steps / unit, even, sigma, BENT)
        slopes.append(slope / unit)
        deviations.append(spread / unit)
        # Less than a deviation of it is no bend; a kink that hides there is less than what the slope is allowed.
        bends.append(max(0.0, abs(bend) - loose) / unit)
        excesses.append(max(excess, _polynomial(steps / unit, even, sigma, EVEN)[2]))
    limit = math.sqrt(chi_square_limit(_LUCK, dof) / dof)
    return _Window(np.asarray(slopes), np.asarray(deviations), np.asarray(bends), np.asarray(excesses), limit)


def _polynomial(
    steps: NDArray[np.float64], values: NDArray[np.float64], sigma: NDArray[np.float64], powers: tuple[int, ...]
) -> tuple[float, float, float]:
    """The first coefficient, its standard deviation, and the scatter about the polynomial in units of the noise."""
    scale = float(sigma.max())
    weights = scale / sigma
    design = np.stack([steps**power for power in powers], axis=1)
    pseudo = np.linalg.pinv(design * weights[:, None])
    coefficients = pseudo @ (values * weights)
    scatter = (values - design @ coefficients) * (weights / scale)
    with np.errstate(over="ignore"):
        excess = math.sqrt(float(np.sum(scatter**2)) / (len(steps) - len(powers)))
    return float(coefficients[0]), scale * math.sqrt(float(np.sum(pseudo[0] ** 2))), excess


def _finite(ladder: Ladder) -> NDArray[np.bool_]:
    """Which steps gave numbers."""
    numbers = (ladder.defects, ladder.sums, ladder.rounding)
    return np.asarray(np.all([np.isfinite(a).all(axis=1) for a in numbers], axis=0), bool)


def _noticed(step: float, moved: int, pilot: Ladder) -> bool:
    """Whether a step changes about as many outputs as a wider one does, rather than some now and then.

    Much wider ones may change more, by making elements active that were not.
    """
    usable = _finite(pilot)
    wider = pilot.moved[usable & (pilot.steps >= WIDER * step)]
    other = wider[-1] if len(wider) else pilot.moved[usable].max(initial=0)  # the widest come first
    return bool(moved >= MOVED * other) and (moved > 0 or not pilot.moved[usable].any())


def _first_false(flags: NDArray[np.bool_]) -> int:
    return int(np.argmin(flags)) if not flags.all() else len(flags)
