"""Directional derivatives of a function that rounds, with what they are worth.

The function is contracted with fixed cotangents, so it has one number for each. It is moved along a direction `v` by a
ladder of steps `h`, to either side, and the difference of the two ends is compared with what the gradient that is being
checked predicts for the step as it was realised, `(x + h*v) - (x - h*v)` after rounding:

    defect(h) = f(x + h*v) - f(x - h*v) - gradient . (realised step)  =  2*(a*h + b*h**3 + c*h**5) + noise

so `a` is the error of the gradient along `v`. The noise does not depend on `h`; it is measured by moving the inputs by
units in the last place (`Noise`), and the scatter about the fitted polynomial may only raise it. As long as the three
terms describe the defects within the noise, what the next term adds is hidden in it. The fit uses half of the widest
step for which that was so: then the next term is 2**7 times smaller than anything that was hidden.

A kink closer than any step is invisible in differences, which then show the mean of both slopes. It shows in the sums
`f(x + h*v) + f(x - h*v)`, which change with `|h|` instead of `h**2`; so these must fit a polynomial as well, and what
`|h|` may have to do with them is no less than what the slope may be off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from derive.checks.statistics import chi_square_limit

Array = NDArray[Any]
Long = NDArray[np.longdouble]

POWERS = (1, 3, 5)
EVEN = (0, 2, 4)
BENT = (1, 0, 2, 4)
POINTS = 10  # of a ladder: seven more than coefficients
PROBES = 24  # evaluations that the noise is measured with
OUTPUT = 0.3  # units in the last place that a rounded output is off, at least, as a standard deviation
MOVED = 0.5  # of the outputs that a wide step changes, a useful one changes this share at least
_TINY = 1e-300
_UNRESOLVED = 3.0  # times what luck explains: the narrowest steps are too wide for the function
_CAUTION = 10.0  # on a noise that only a few points about a polynomial tell
_LUCK = 1e-5  # how often a window of pure noise may look as if the polynomial did not fit


class Function(Protocol):
    """An array-valued function, and its values contracted with fixed cotangents."""

    def output(self, inputs: Sequence[Array]) -> Array:
        """The value at the inputs."""

    def contract(self, output: Array) -> Long:
        """One number for each cotangent."""

    def rounding(self, output: Array) -> NDArray[np.float64]:
        """The standard deviation that rounding the output alone gives each of the numbers."""


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
    """The defects along one direction: `defects[j]` belongs to the step `steps[j]`, with one column per cotangent.

    `sums` are those of the values at both ends, less twice the value in the middle and less what the gradient foresees.
    `moved[j]` is how many elements of the output differ between the two ends, and `rounding[j]` the standard deviation
    that rounding the outputs alone gives each contracted value there.
    """

    steps: NDArray[np.float64]
    defects: NDArray[np.float64]
    sums: NDArray[np.float64]
    moved: NDArray[np.int64]
    rounding: NDArray[np.float64]


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
    output = function.output(inputs)
    base, rest = function.contract(output), []
    for _ in range(PROBES):
        moved = shaken(inputs, moving, rng)
        steps = [after.astype(np.longdouble) - before for after, before in zip(moved, inputs, strict=True)]
        with np.errstate(all="ignore"):
            foreseen = [_product(own, steps) for own in gradients]
            rest.append(function.contract(function.output(moved)) - base - np.asarray(foreseen))
    with np.errstate(invalid="ignore", over="ignore"):
        spread = np.stack(rest).std(axis=0, ddof=1)
    # Where a unit of the inputs does not move the outputs at all, their rounding does not show in the scatter.
    return Noise(np.maximum(np.asarray(spread, np.float64), function.rounding(output)), PROBES - 1)


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
    middle = function.contract(function.output(inputs))
    defects, sums, moved, rounding = [], [], [], []
    for step in steps:
        with np.errstate(all="ignore"):
            up = (x + step * direction).astype(x.dtype)
            # The step down is the one that the step up came out as, so even terms cancel.
            down = (x - (up.astype(np.longdouble) - x)).astype(x.dtype)
            ends = [function.output([*inputs[:place], end, *inputs[place + 1 :]]) for end in (up, down)]
            realised = up.astype(np.longdouble) - down
            uneven = up.astype(np.longdouble) - x + (down.astype(np.longdouble) - x)
            values = [function.contract(end) for end in ends]
            defects.append(values[0] - values[1] - _foreseen(gradients, realised))
            sums.append(values[0] + values[1] - 2 * middle - _foreseen(gradients, uneven))
            moved.append(int(np.count_nonzero(ends[0] != ends[1])))
            rounding.append(function.rounding(ends[0]))
    return Ladder(
        steps,
        np.asarray(defects, np.float64),
        np.asarray(sums, np.float64),
        np.asarray(moved, np.int64),
        np.asarray(rounding),
    )


def _foreseen(gradients: Sequence[Array], step: Array) -> Long:
    return np.asarray([np.sum(step * gradient) for gradient in gradients], np.longdouble)


def fit(ladder: Ladder, noise: Noise, movable: int = 0) -> Slope:
    """The error of the gradient along the ladder's direction; an infinite deviation where no step resolves it.

    Args:
        ladder: the defects.
        noise: what each contracted value scatters.
        movable: how many outputs wide steps change, if another ladder has shown that.
    """
    finite = np.asarray(np.isfinite(ladder.defects).all(axis=1))
    # A step that most outputs do not notice measures the rounding inside of the function, not its slope.
    noticed = ladder.moved >= MOVED * ladder.moved[finite].max(initial=movable)
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
    windows = [
        _window(steps[:end], defects[:end], sums[:end], deviation[:end]) for end in range(least, len(steps) + 1)
    ]
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
    movable = int(pilot.moved[np.isfinite(pilot.defects).all(axis=1)].max(initial=0))
    for narrower in (1.0, 8.0, 64.0, 512.0):
        # The fit uses half of the widest step that it finds usable.
        steps = refined_steps(2 * top / narrower)
        slope = fit(climb(function, inputs, place, direction, steps, gradients), noise, movable)
        if slope.smooth:
            return slope
    return fit(climb(function, inputs, place, direction, pilot_steps(inputs[place]), gradients), noise, movable)


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
        bend = _polynomial(steps / unit, even, sigma, BENT)[0]
        slopes.append(slope / unit)
        deviations.append(spread / unit)
        bends.append(abs(bend) / unit)
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
    scatter = (values - design @ coefficients) * weights
    excess = math.sqrt(float(np.sum(scatter**2)) / (len(steps) - len(powers))) / scale
    return float(coefficients[0]), scale * math.sqrt(float(np.sum(pseudo[0] ** 2))), excess


def _first_false(flags: NDArray[np.bool_]) -> int:
    return int(np.argmin(flags)) if not flags.all() else len(flags)
