"""The verdict for one input, and why, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.verdict import AGREES, CANNOT_TELL, InputVerdict

SUPPRESSED = 1e-2  # of what a random cotangent gives: below that the given one counts as blind


def conclude(
    entry: InputVerdict, wrong: bool, rounding: NDArray[Any], noise: NDArray[Any], suggestion: str
) -> InputVerdict:
    """The entry with its verdict, the reason and what to do.

    Args:
        entry: the evidence.
        wrong: whether a difference exceeded what is allowed.
        rounding, noise: the two parts of what is allowed: from backward and from the numerical derivative.
        suggestion: a cotangent that would tell more.
    """
    if wrong:
        return replace(entry, reason=_difference(entry))
    if entry.resolution <= entry.required:
        if not entry.survivors:
            return replace(entry, verdict=AGREES)
        words = ", ".join(passed.mistake for passed in entry.survivors[:3])
        return replace(entry, verdict=CANNOT_TELL, reason=f"would let pass: {words}", suggestion=suggestion)
    return replace(entry, verdict=CANNOT_TELL, reason=_blindness(entry, rounding, noise), suggestion=suggestion)


def _difference(entry: InputVerdict) -> str:
    worst = entry.decisive
    assert worst is not None, "a difference has a direction"
    times = f"{worst.excess:.3g} times" if np.isfinite(worst.excess) else "infinitely many times"
    like = f"; it looks like: {entry.looks_like}" if entry.looks_like else ""
    return (
        f"numerical {worst.numerical:.8g}, analytical {worst.analytical:.8g} along direction {worst.direction}: "
        f"{times} what noise and rounding allow{like}"
    )


def _blindness(entry: InputVerdict, rounding: NDArray[Any], noise: NDArray[Any]) -> str:
    allowed = float(np.sqrt(np.mean((rounding + noise) ** 2)))
    if not np.isfinite(allowed):
        return "the forward function has no derivative that differences could find here"
    if entry.reference > 0 and entry.size < SUPPRESSED * entry.reference:
        return (
            f"blind: the gradient is {entry.size / entry.reference:.1e} of what a random grad_output of the same norm "
            f"gives, {entry.size:.2g}; what can be told apart is {allowed:.2g}"
        )
    if entry.size <= allowed:
        return f"the gradient, {entry.size:.2g}, is not above what can be told apart, {allowed:.2g}"
    if np.sqrt(np.mean(rounding**2)) > np.sqrt(np.mean(noise**2)):
        return f"the rounding of backward ({allowed / entry.size:.1e} of the gradient) hides smaller errors"
    return f"the noise of forward ({allowed / entry.size:.1e} of the gradient) hides smaller errors"
