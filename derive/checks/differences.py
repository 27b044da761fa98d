"""A function that rounds, evaluated on either side of a point: its noise, and the differences along a direction.

The function is contracted with fixed cotangents, so it has one number for each. It is moved along a direction `v` by a
ladder of steps `h`, to either side, and the difference of the two ends is compared with what the gradient that is being
checked predicts for the step as it was realised, `(x + h*v) - (x - h*v)` after rounding. What is left is the defect;
`derive.checks.fitting` makes slopes of defects.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Long = NDArray[np.longdouble]

POINTS = 10  # of a ladder: seven more than coefficients
PROBES = 24  # evaluations that the noise is measured with
UNITS = 8  # that inputs are shifted by at most: products with round numbers round alike for one unit
OUTPUT = 0.3  # units in the last place that a rounded output is off, at least, as a standard deviation


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


def shaken(arrays: Sequence[Array], moving: Sequence[bool], rng: np.random.Generator, units: int = 1) -> list[Array]:
    """The arrays with a random part of the elements of the moving ones shifted by a few units in the last place.

    The share of shifted elements is random and the sign is one for each array, so that sums and means move by a
    fraction of a unit and round differently each time.

    Args:
        arrays: any arrays.
        moving: which of them to shift.
        rng: the source of randomness.
        units: the most units that an element is shifted by.
    """
    result = []
    for array, moves in zip(arrays, moving, strict=True):
        if moves:
            sign = 1 if rng.integers(2) else -1
            chosen = rng.random(array.shape) < rng.random()
            shift = sign * rng.integers(1, units, array.shape, endpoint=True) * np.spacing(np.abs(array))
            array = np.where(chosen, array + shift.astype(array.dtype), array)
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
        moved = shaken(inputs, moving, rng, UNITS)
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
