"""What a gradient check works with: the cotangents, the gradients for them, the noise of both functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.callables import Callables
from derive.checks.cotangents import Given, given, normal, stream
from derive.checks.differences import OUTPUT, Noise, measure_noise, shaken
from derive.checks.statistics import student_quantile
from derive.errors import CheckError

Array = NDArray[Any]

LINEAR = 4  # pairs of cotangents that its linearity is looked at with
SHAKES = 8  # evaluations of backward that its rounding is measured with
FLOOR = 16  # units in the last place of each element that a gradient may be off by, at random


class Setting:
    """Everything that the verdicts for all inputs share.

    A gradient is right if it is exact for inputs that differ in their last place, so the inputs and grad_output are
    shaken by one unit there, and the scatter of the gradient along a direction is what rounding may make of it. Where
    a unit in the inputs is too little to change how intermediate results round, that shows nothing; what the gradient
    lacks of being linear in grad_output then does.

    Args:
        calls: the functions.
        cotangent: the given one, None to choose `count` random ones.
        count: how many.
        directions: along how many directions each input is moved.
        false_alarm: the rate of false *disagrees* of the whole check.
        seed: of everything random.
    """

    def __init__(
        self, calls: Callables, cotangent: Given, count: int, directions: int, false_alarm: float, seed: int
    ) -> None:
        self.calls, self.directions, self.seed = calls, directions, seed
        y = calls.y
        if not np.isfinite(y).all():
            bad = int((~np.isfinite(y)).sum())
            raise CheckError(f"forward returned {bad} of {y.size} elements that are not finite at the given inputs")
        # Those that verdicts are about, and at least two in all: linearity needs two, a given one something to be
        # compared with.
        self.tested = [normal(y, seed, k) for k in range(count)] if cotangent is None else [given(cotangent, y)]
        self.all = self.tested if len(self.tested) > 1 else [*self.tested, normal(y, seed, count)]
        self.is_given = cotangent is not None
        self.gradients = [calls.backward(c.value, calls.inputs) for c in self.all]
        for gradients in self.gradients[1:]:
            for name, first, other in zip(calls.names, self.gradients[0], gradients, strict=True):
                if (first is None) != (other is None):
                    raise CheckError(f"backward offers a gradient of {name} for one grad_output and None for another")
        self.moving = [
            g is not None and x.dtype.kind == "f" for g, x in zip(self.gradients[0], calls.inputs, strict=True)
        ]
        floats = [a.dtype for a in (y, *calls.inputs) if a.dtype.kind == "f"]
        self.dtype: np.dtype[Any] = max(floats, key=lambda dtype: float(np.finfo(dtype).eps))
        self.eps = float(np.finfo(self.dtype).eps)
        comparisons = max(1, sum(self.moving)) * directions * (len(self.tested) + 1)  # one more for linearity
        self.rate = false_alarm / comparisons

    def output(self, inputs: Sequence[Array]) -> Array:
        """The forward function."""
        return self.calls.forward(inputs)

    def contract(self, output: Array) -> NDArray[np.longdouble]:
        """An output, contracted with every cotangent."""
        return self.calls.contract(output, self.all)

    def rounding(self, output: Array) -> NDArray[np.float64]:
        """What rounding the output alone makes of its contractions."""
        unit = OUTPUT * float(np.finfo(output.dtype).eps)
        return np.asarray([unit * float(np.sqrt(np.sum((c.value * output) ** 2.0))) for c in self.all])

    @cached_property
    def noise(self) -> Noise:
        """The noise of the forward function, per cotangent."""
        usable = [self._usable(gradients) for gradients in self.gradients]
        return measure_noise(self, self.calls.inputs, usable, np.random.default_rng(stream(self.seed, 1)))

    def _usable(self, gradients: Sequence[Array | None]) -> list[Array | None]:
        """Each gradient that foresees a change of its input; zeros in place of one of the wrong shape or with NaN."""
        usable: list[Array | None] = []
        for moves, x, gradient in zip(self.moving, self.calls.inputs, gradients, strict=True):
            fits = gradient is not None and gradient.shape == x.shape and bool(np.isfinite(gradient).all())
            usable.append((gradient if fits else np.zeros_like(x)) if moves else None)
        return usable

    @cached_property
    def _shaken(self) -> list[list[list[Array | None]]]:
        """Gradients at inputs that differ in their last place: `[cotangent][shake][input]`."""
        rng = np.random.default_rng(stream(self.seed, 2))
        result = []
        for cotangent in self.all:
            own = []
            for _ in range(SHAKES):
                g, *inputs = shaken([cotangent.value, *self.calls.inputs], [True, *self.moving], rng)
                own.append(self.calls.backward(g, inputs))
            result.append(own)
        return result

    def direction(self, place: int, k: int) -> Array:
        """A standard normal direction for an input, the same for the same seed."""
        return np.random.default_rng(stream(self.seed, 3, place, k)).standard_normal(self.calls.inputs[place].shape)

    def vectors(self, place: int) -> list[Array]:
        """All directions for an input."""
        return [self.direction(place, k) for k in range(self.directions)]

    @property
    def in_noise(self) -> float:
        """How many standard deviations of the forward function's noise are allowed."""
        return student_quantile(self.rate, self.noise.dof)

    @property
    def in_rounding(self) -> float:
        """How many standard deviations of the gradient's scatter are allowed."""
        return student_quantile(self.rate, (SHAKES - 1) * self.directions)

    def scatter(self, place: int, j: int, vectors: Sequence[Array]) -> float:
        """The deviation of the j-th gradient along a direction when everything is shaken, pooled over directions."""
        values = []
        for gradients in self._shaken[j]:
            gradient = gradients[place]
            if gradient is None or gradient.shape != vectors[0].shape:
                return math.inf
            values.append([float(np.sum(gradient.astype(np.longdouble) * v)) for v in vectors])
        return float(np.sqrt(np.mean(np.var(np.asarray(values), axis=0, ddof=1))))

    @cached_property
    def _defects(self) -> list[list[list[Array | None]]]:
        """`backward(g + h) - backward(g) - backward(h)` for random h like g: `[cotangent][repeat][input]`."""
        rng = np.random.default_rng(stream(self.seed, 4))
        result = []
        for cotangent, gradients in zip(self.all, self.gradients, strict=True):
            g, own = cotangent.value, []
            size = np.sqrt(np.mean(g.astype(np.float64) ** 2)) if g.size else 0.0
            for _ in range(LINEAR):
                h = (size * rng.standard_normal(g.shape)).astype(g.dtype)
                both, other = (self.calls.backward(c, self.calls.inputs) for c in ((g + h).astype(g.dtype), h))
                own.append([_defect(*three) for three in zip(both, gradients, other, strict=True)])
            result.append(own)
        return result

    def nonlinearity(self, place: int, j: int, vectors: Sequence[Array]) -> float:
        """The root mean square of the linearity defects of the j-th gradient along the directions, for one rounding."""
        defects = [defects[place] for defects in self._defects[j]]
        if any(d is None or d.shape != vectors[0].shape or not np.isfinite(d).all() for d in defects):
            return 0.0  # said elsewhere
        along = [float(np.sum(d * v)) for d in defects if d is not None for v in vectors]
        return float(np.sqrt(np.mean(np.square(along)) / 3))  # three roundings make one defect

    def floor(self, gradient: Array, v: Array) -> float:
        """What elementwise rounding may add up to along a direction, whatever the scatter is."""
        return FLOOR * self.eps * float(np.sqrt(np.sum((gradient * v) ** 2)))


def _defect(both: Array | None, first: Array | None, second: Array | None) -> Array | None:
    if both is None or first is None or second is None or not both.shape == first.shape == second.shape:
        return None
    with np.errstate(all="ignore"):
        return both.astype(np.longdouble) - first - second
