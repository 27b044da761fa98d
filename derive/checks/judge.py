"""The verdict for one input: three numbers along each direction, and what they are worth together.

The numbers are the derivative of the forward function with its uncertainty (`derive.checks.fitting`), the gradient
along the direction, and what the gradient may be off by rounding (`derive.checks.setting`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.complex_step import complex_slopes
from derive.checks.differences import Ladder, Noise, climb, pilot_steps
from derive.checks.fitting import Slope, fit, slope_along
from derive.checks.power import Candidate, generic_mistakes, looks_like, weigh
from derive.checks.reasons import conclude
from derive.checks.setting import Setting
from derive.checks.statistics import smallest_caught
from derive.checks.verdict import AGREES, DISAGREES, Along, Curve, InputVerdict

Array = NDArray[Any]
Mistakes = Callable[[str], list[Candidate]]

MISS = 1e-3  # how often an error of the size of the resolution may go unnoticed
TO_TRUST = 1e-2  # resolution of the differences that makes a complex step credible


@dataclass(frozen=True)
class _Numbers:
    """What was measured, one row per direction and one column per cotangent."""

    numerical: Array
    analytical: Array
    deviation: Array
    noise: Array  # what the numerical ones may be off
    rounding: Array  # what the analytical ones may be off
    shaken: Array  # the part of that which comes from inputs that differ in their last place
    steps: list[float]
    method: str

    @property
    def threshold(self) -> Array:
        return self.noise + self.rounding


def judge(
    setting: Setting,
    place: int,
    required: float,
    mistakes: Mistakes | None,
    complex_step: bool,
    advance: Callable[[], None],
) -> InputVerdict:
    """Compare the gradient of one input with the numerical derivative.

    Args:
        setting: what all inputs share.
        place: which input.
        required: the relative error that must be noticeable to agree.
        mistakes: wrong gradients by the name of an input; None to try generic ones.
        complex_step: whether to try the complex step.
        advance: called after each direction.
    """
    name, x = setting.calls.names[place], setting.calls.inputs[place]
    own = [gradients[place] for gradients in setting.gradients]
    if any(gradient is None for gradient in own):
        return InputVerdict(name, AGREES, "not offered", required=required, resolution=0.0)
    gradients = [np.asarray(gradient) for gradient in own]
    if x.dtype.kind != "f":
        return InputVerdict(name, DISAGREES, f"a gradient of an input of dtype {x.dtype}", required=required)
    if gradients[0].shape != x.shape:
        return InputVerdict(name, DISAGREES, f"shape {gradients[0].shape}, expected {x.shape}", required=required)
    if x.size == 0:
        return InputVerdict(name, AGREES, "no elements", required=required, resolution=0.0)
    for gradient in gradients:
        bad = int((~np.isfinite(gradient)).sum())
        if bad:
            words = f"{bad} of {x.size} elements are not finite, where the output is"
            return InputVerdict(name, DISAGREES, words, required=required)
    wide = [gradient.astype(np.longdouble) for gradient in gradients]
    numbers, pilot, first = _measure(setting, place, wide, complex_step, advance)
    return _entry(setting, place, wide, numbers, required, mistakes, _curve(pilot, first, setting.noise, numbers))


def _measure(
    setting: Setting, place: int, gradients: list[Array], complex_step: bool, advance: Callable[[], None]
) -> tuple[_Numbers, Ladder, Slope]:
    """The derivatives along all directions, with the long ladder that found the useful steps."""
    inputs, vectors = setting.calls.inputs, setting.vectors(place)
    pilot = climb(setting, inputs, place, vectors[0], pilot_steps(inputs[place]), gradients)
    first = fit(pilot, setting.noise)
    advance()
    slopes = []
    for v in vectors:
        slopes.append(slope_along(setting, inputs, place, v, gradients, setting.noise, pilot, first.top))
        advance()
    shaken = np.empty((len(vectors), len(gradients)))
    for j, gradient in enumerate(gradients):
        scatter = setting.in_rounding * setting.scatter(place, j, vectors)
        shaken[:, j] = [scatter + setting.floor(gradient, v) for v in vectors]
    rounding = shaken + setting.in_rounding * np.asarray(
        [setting.nonlinearity(place, j, vectors) for j in range(len(gradients))]
    )
    analytical = np.asarray([[float(np.sum(g * v)) for g in gradients] for v in vectors])
    numerical = analytical + np.asarray([slope.error for slope in slopes])
    deviation = np.asarray([slope.deviation for slope in slopes])
    steps = [slope.top for slope in slopes]
    found = _Numbers(
        numerical, analytical, deviation, setting.in_noise * deviation, rounding, shaken, steps, "central differences"
    )
    if complex_step and _resolution(found, gradients).min() <= TO_TRUST:
        sharper = complex_slopes(setting.calls, place, vectors, setting.all)
        if sharper is not None and (np.abs(sharper.value - numerical) <= found.noise).all():
            found = replace(
                found,
                numerical=sharper.value,
                deviation=sharper.deviation,
                noise=setting.in_noise * sharper.deviation,
                steps=[0.0] * len(vectors),
                method="complex step",
            )
    return found, pilot, first


def _entry(
    setting: Setting,
    place: int,
    gradients: list[Array],
    numbers: _Numbers,
    required: float,
    mistakes: Mistakes | None,
    curve: Curve,
) -> InputVerdict:
    tested = len(setting.tested)
    evidence = tuple(
        Along(
            k,
            j,
            float(numbers.numerical[k, j]),
            float(numbers.analytical[k, j]),
            float(numbers.deviation[k, j]),
            float(numbers.threshold[k, j]),
            numbers.steps[k],
        )
        for k in range(setting.directions)
        for j in range(tested)
    )
    wrong = any(along.excess > 1 for along in evidence)
    each = _resolution(numbers, gradients)
    resolution = float(each[:tested].max())
    size = np.sqrt(np.mean(numbers.numerical**2, axis=0))
    norms = np.asarray([_norm(g) for g in gradients])
    off = np.sqrt(np.mean((numbers.numerical - numbers.analytical) ** 2, axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        error = float(np.max((off / size)[:tested]))
    name, own = setting.calls.names[place], gradients[:tested]
    candidates = mistakes(name) if mistakes else [] if wrong else list(generic_mistakes(own))
    caught, hidden, survivors = weigh(
        candidates, setting.vectors(place), numbers.numerical, numbers.threshold, resolution
    )
    better = setting.all[-1].code if setting.is_given and each[-1] <= required < resolution else ""
    entry = InputVerdict(
        name=name,
        verdict=DISAGREES,
        reason="",
        error=error,
        resolution=resolution,
        required=required,
        size=float((size if wrong else norms)[:tested].max()),
        reference=_reference(setting, size),
        evidence=evidence,
        curve=curve,
        caught=caught,
        hidden=hidden,
        survivors=survivors,
        looks_like=looks_like(candidates, own, error) if wrong else "",
        method=numbers.method,
        noticed=numbers.noise + numbers.shaken,
    )
    return conclude(entry, wrong, numbers.rounding[:, :tested], numbers.noise[:, :tested], better)


def _resolution(numbers: _Numbers, gradients: list[Array]) -> Array:
    """Per cotangent the smallest relative error that would have been caught."""
    found = []
    for j, gradient in enumerate(gradients):
        # The noise of the comparison itself may hide an error: three deviations of it are added.
        caught = smallest_caught(numbers.threshold[:, j] + 3 * numbers.deviation[:, j], MISS)
        size = _norm(gradient)
        found.append(caught / size if size > 0 else (math.inf if caught > 0 else 0.0))
    return np.asarray(found)


def _reference(setting: Setting, size: Array) -> float:
    """The gradient's norm for a random cotangent as long as the given one; NaN if none was given."""
    if not setting.is_given:
        return math.nan
    own, other = (_norm(cotangent.value) for cotangent in setting.all[:2])
    return float(size[1]) * own / other if other else math.nan


def _norm(array: Array) -> float:
    return float(np.sqrt(np.sum(np.asarray(array, np.longdouble) ** 2)))


def _curve(pilot: Ladder, first: Slope, noise: Noise, numbers: _Numbers) -> Curve:
    """The pilot ladder with the first cotangent: quotients by the realised step against the derivative found."""
    analytical, numerical = float(numbers.analytical[0, 0]), float(numbers.numerical[0, 0])
    with np.errstate(all="ignore"):
        errors = np.abs(pilot.defects[:, 0] / (2 * pilot.steps) + analytical - numerical)
    deviation = float(noise.deviation[0]) / math.sqrt(2)
    return Curve(pilot.steps, errors, deviation, abs(numerical), first.top, _rate(pilot.steps, errors, deviation))


def _rate(steps: Array, errors: Array, deviation: float) -> float | None:
    """The exponent with which the error falls with the step, over the narrowest steps where noise does not hide it."""
    clear = [k for k in range(len(steps)) if np.isfinite(errors[k]) and errors[k] > 20 * deviation / steps[k]]
    if len(clear) < 3:
        return None
    chosen = clear[-3:]
    return float(np.polyfit(np.log(steps[chosen]), np.log(errors[chosen]), 1)[0])
