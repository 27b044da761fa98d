"""Directional derivatives of a function that rounds, with what they are worth.

The function is contracted with fixed cotangents, so it has one number for each. It is moved along a direction `v` by a
ladder of steps `h`, to either side, and the difference of the two ends is compared with what the gradient that is being
checked predicts for the step as it was realised, `(x + h*v) - (x - h*v)` after rounding:

    defect(h) = f(x + h*v) - f(x - h*v) - gradient . (realised step)  =  2*(a*h + b*h**3 + c*h**5) + noise

so `a` is the error of the gradient along `v`. The noise does not depend on `h`; it is measured by moving the inputs by
units in the last place (`Noise`), and the scatter about the fitted polynomial may only raise it. As long as the three
terms describe the defects within the noise, what the next term adds is hidden in it. The fit uses half of the widest
step for which that was so: then the next term is 2**7 times smaller than anything that was hidden.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.statistics import chi_square_limit

Array = NDArray[Any]
Long = NDArray[np.longdouble]
Function = Callable[[Sequence[Array]], Long]

POWERS = (1, 3, 5)
POINTS = 10  # of a ladder: seven more than coefficients
PROBES = 24  # evaluations that the noise is measured with
_LUCK = 1e-5  # how often a window of pure noise may look as if the polynomial did not fit


@dataclass(frozen=True)
class Noise:
    """The standard deviation of each contracted value under changes of the inputs by one unit in the last place.

    Rounding shows in it, including that of intermediate results, and so does how far the values depend on digits that
    the inputs do not have.
    """

    deviation: NDArray[np.float64]
    dof: int


@dataclass(frozen=True)
class Ladder:
    """The defects along one direction: `defects[j]` belongs to the step `steps[j]`, with one column per cotangent."""

    steps: NDArray[np.float64]
    defects: NDArray[np.float64]


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


def shaken(arrays: Sequence[Array], moving: Sequence[bool], rng: np.random.Generator) -> list[Array]:
    """The arrays with a random part of the elements of the moving ones shifted by one unit in the last place.

    The share of shifted elements is random and the sign is one for each array, so that sums and means move by a
    fraction of a unit and round differently each time.
    """
    result = []
    for array, moves in zip(arrays, moving, strict=True):
        if moves:
            towards = array.dtype.type(np.inf if rng.integers(2) else -np.inf)
            chosen = rng.random(array.shape) < rng.random()
            array = np.where(chosen, np.nextafter(array, towards, dtype=array.dtype), array)
        result.append(array)
    return result


def measure_noise(
    function: Function,
    inputs: Sequence[Array],
    gradients: Sequence[Sequence[Array | None]],
    rng: np.random.Generator,
) -> Noise:
    """Evaluate the function at inputs that differ in their last place.

    What the gradients foresee of the change is taken off: that is no noise. Where a gradient is wrong, too much stays.

    Args:
        function: the contracted function of all inputs.
        inputs: where it is measured.
        gradients: per cotangent one gradient per input, None for an input that stays as it is.
        rng: the source of randomness.
    """
    moving = [gradient is not None for gradient in gradients[0]]
    base, rest = function(inputs), []
    for _ in range(PROBES):
        moved = shaken(inputs, moving, rng)
        steps = [after.astype(np.longdouble) - before for after, before in zip(moved, inputs, strict=True)]
        with np.errstate(all="ignore"):
            foreseen = [_product(own, steps) for own in gradients]
            rest.append(function(moved) - base - np.asarray(foreseen))
    with np.errstate(invalid="ignore", over="ignore"):
        spread = np.stack(rest).std(axis=0, ddof=1)
    return Noise(np.asarray(spread, np.float64), PROBES - 1)


def _product(gradients: Sequence[Array | None], steps: Sequence[Array]) -> np.longdouble:
    shares = [np.sum(g * step, dtype=np.longdouble) for g, step in zip(gradients, steps, strict=True) if g is not None]
    return np.longdouble(sum(shares))


def pilot_steps(array: Array) -> NDArray[np.float64]:
    """Powers of two from a few units in the last place of the largest element up to its size, widest first."""
    size = float(np.max(np.abs(array), initial=0.0))
    size = size if size > 0 else 1.0
    levels = min(int(-math.log2(float(np.finfo(array.dtype).eps))) - 2, 40)
    return np.asarray(np.ldexp(2.0 ** math.ceil(math.log2(size)), -np.arange(levels + 1)), np.float64)


def refined_steps(top: float) -> NDArray[np.float64]:
    """Steps around the useful ones, a factor sqrt(2) apart, widest first."""
    return np.asarray(top * 2.0 ** (-0.5 * np.arange(POINTS)), np.float64)


def climb(
    function: Function,
    inputs: Sequence[Array],
    place: int,
    direction: Array,
    steps: NDArray[np.float64],
    gradients: Sequence[Array],
) -> Ladder:
    """Evaluate the function at both ends of each step.

    Args:
        function: the contracted function of all inputs.
        inputs: where the derivative is taken.
        place: which input is moved.
        direction: how, with the shape of that input.
        steps: multiples of the direction.
        gradients: per cotangent the gradient that is being checked.
    """
    x = inputs[place]
    defects = []
    for step in steps:
        with np.errstate(all="ignore"):
            up = (x + step * direction).astype(x.dtype)
            # The step down is the one that the step up came out as, so even terms cancel.
            down = (x - (up.astype(np.longdouble) - x)).astype(x.dtype)
            ends = [function([*inputs[:place], end, *inputs[place + 1 :]]) for end in (up, down)]
            realised = up.astype(np.longdouble) - down
            foreseen = np.asarray([np.sum(realised * gradient) for gradient in gradients], np.longdouble)
            defects.append(ends[0] - ends[1] - foreseen)
    return Ladder(steps, np.asarray(defects, np.float64))


def fit(ladder: Ladder, noise: Noise) -> Slope:
    """The error of the gradient along the ladder's direction; infinite deviation when nothing can be fitted."""
    finite = np.asarray(np.isfinite(ladder.defects).all(axis=1))
    order = np.argsort(ladder.steps)
    order = order[: _first_false(finite[order])]
    steps, defects = ladder.steps[order], ladder.defects[order]
    cotangents = ladder.defects.shape[1]
    least = len(POWERS) + 3
    if len(steps) < least:
        return Slope(np.zeros(cotangents), np.full(cotangents, np.inf), float(ladder.steps.min()), False)
    deviation = np.sqrt(2.0) * noise.deviation
    windows = [_window(steps[:end], defects[:end], deviation) for end in range(least, len(steps) + 1)]
    # Noise that was underestimated shows in the narrowest window already.
    raised = np.maximum(1.0, windows[0].excess)
    accepted = 0
    for window in windows:
        if (window.excess > raised * window.limit).any():
            break
        accepted += 1
    smooth = accepted > 0
    widest = steps[least - 1 + max(accepted - 1, 0)]
    end = max(least, int(np.searchsorted(steps, widest / 2 * (1 + 1e-9), side="right")))
    chosen = windows[end - least]
    return Slope(
        chosen.slope / 2,
        chosen.deviation / 2 * np.maximum(raised, chosen.excess),
        float(steps[end - 1]),
        smooth and bool((raised <= windows[0].limit).all()),
    )


@dataclass(frozen=True)
class _Window:
    slope: NDArray[np.float64]
    deviation: NDArray[np.float64]
    excess: NDArray[np.float64]  # the scatter about the polynomial in units of the noise
    limit: float  # what that rarely exceeds by luck


def _window(steps: NDArray[np.float64], defects: NDArray[np.float64], deviation: NDArray[np.float64]) -> _Window:
    unit = steps[-1]
    design = np.stack([(steps / unit) ** power for power in POWERS], axis=1)
    pseudo = np.linalg.pinv(design)
    coefficients = pseudo @ defects
    scatter = defects - design @ coefficients
    dof = len(steps) - len(POWERS)
    squares = np.sum(scatter**2, axis=0) / dof
    # No scatter in units of no noise is no excess; any scatter is.
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(squares > 0, np.sqrt(squares) / deviation, 0.0)
    own = np.where(deviation > 0, deviation, np.sqrt(squares))
    spread = own * math.sqrt(float(np.sum(pseudo[0] ** 2))) / unit
    excess = np.where(deviation > 0, excess, 0.0)
    return _Window(coefficients[0] / unit, spread, excess, math.sqrt(chi_square_limit(_LUCK, dof) / dof))


def _first_false(flags: NDArray[np.bool_]) -> int:
    return int(np.argmin(flags)) if not flags.all() else len(flags)
