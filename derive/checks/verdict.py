"""What the gradient check finds, input by input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["agrees", "disagrees", "cannot tell"]
AGREES: Verdict = "agrees"
DISAGREES: Verdict = "disagrees"
CANNOT_TELL: Verdict = "cannot tell"


def worst(verdicts: list[Verdict]) -> Verdict:
    """One verdict for several: wrong if any is, unknown if any is."""
    for verdict in (DISAGREES, CANNOT_TELL):
        if verdict in verdicts:
            return verdict
    return AGREES


@dataclass(frozen=True)
class Curve:
    """The check along one direction with one cotangent, for the picture: error of the difference against the step.

    Args:
        steps: the steps, widest first.
        errors: how far each difference quotient is from the fitted derivative, same length.
        noise: the standard deviation of the difference quotient at step 1; at step h it is `noise / h`.
        size: the magnitude of the derivative.
        top: the widest step that the fit used.
        rate: the power of the step with which the error falls where it stands out of the noise; None if nowhere.
    """

    steps: NDArray[np.float64]
    errors: NDArray[np.float64]
    noise: float
    size: float
    top: float
    rate: float | None


@dataclass(frozen=True)
class Along:
    """The numbers for one direction and one cotangent.

    Args:
        direction, cotangent: which ones, by their places.
        numerical: the derivative of the function, from differences (or the complex step).
        analytical: the gradient that is checked, along the direction.
        deviation: the standard deviation of the numerical one.
        threshold: what the two may differ by.
        step: the widest step used; 0 for the complex step.
    """

    direction: int
    cotangent: int
    numerical: float
    analytical: float
    deviation: float
    threshold: float
    step: float

    @property
    def excess(self) -> float:
        """The difference in units of what is allowed; above 1 the two disagree."""
        difference = abs(self.numerical - self.analytical)
        return difference / self.threshold if self.threshold > 0 else (np.inf if difference > 0 else 0.0)


@dataclass(frozen=True)
class Passed:
    """A mistake that this check would let pass, with its distance from the gradient, relative."""

    mistake: str
    distance: float


@dataclass(frozen=True)
class InputVerdict:
    """What was found for one input.

    Args:
        name: the input.
        verdict: agrees, disagrees or cannot tell.
        reason: why, in words; empty when it agrees.
        error: the estimated relative error of the gradient, in the 2-norm; NaN if there is none.
        resolution: the smallest relative error that this check would have caught.
        required: the resolution that is needed to agree.
        size: the 2-norm of the gradient.
        reference: the 2-norm that a random cotangent of the same norm gives; NaN if none was tried.
        evidence: the numbers, direction by direction.
        curve: the error against the step, for a picture.
        caught: how many mistakes would have been noticed.
        hidden: mistakes closer than the resolution: not distinguishable here.
        survivors: mistakes further than the resolution that would pass all the same.
        suggestion: a cotangent that would tell more; empty if none is known.
        looks_like: the mistake that explains a wrong gradient; empty if none of those that were tried does.
        nonlinear: whether that decided: the gradient is not linear in grad_output.
        method: how the numerical derivative was taken.
        noticed: what the comparison notices, by direction and cotangent (the one for reference included), when all of
            backward's rounding is that of its inputs.
    """

    name: str
    verdict: Verdict
    reason: str
    error: float = np.nan
    resolution: float = np.inf
    required: float = np.nan
    size: float = np.nan
    reference: float = np.nan
    evidence: tuple[Along, ...] = ()
    curve: Curve | None = None
    caught: int = 0
    hidden: tuple[Passed, ...] = ()
    survivors: tuple[Passed, ...] = ()
    suggestion: str = ""
    looks_like: str = ""
    nonlinear: bool = False
    method: str = "central differences"
    noticed: NDArray[np.float64] | None = field(default=None, repr=False, compare=False)

    @property
    def decisive(self) -> Along | None:
        """The direction that says most against the gradient."""
        return max(self.evidence, key=lambda along: along.excess, default=None)


@dataclass(frozen=True)
class Property:
    """Something that every backward pass must be, such as linear in grad_output."""

    name: str
    holds: bool
    detail: str = ""
