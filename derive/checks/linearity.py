"""Whether a backward pass is linear in grad_output, as the derivative of any function is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from derive.checks.setting import Setting
from derive.checks.verdict import DISAGREES, InputVerdict, Property


def nonlinear(setting: Setting, entries: Sequence[InputVerdict]) -> list[str]:
    """The inputs for which the gradient of the sum of two cotangents is not the sum of their gradients.

    What the comparison with the numerical derivative would not notice, or is less than the error that is asked to be
    noticed, is not held against it: gradients that nearly cancel round to anything.
    """
    calls = setting.calls
    first, second = setting.all[:2]
    both = (first.value + second.value).astype(first.value.dtype)
    total = calls.backward(both, calls.inputs)
    failing = []
    for place, entry in enumerate(entries):
        three = [gradients[place] for gradients in (*setting.gradients[:2], total)]
        if entry.noticed is None or any(g is None or not np.isfinite(g).all() for g in three):
            continue  # said elsewhere
        a, b, c = (np.asarray(g).astype(np.longdouble) for g in three)
        for k, v in enumerate(setting.vectors(place)):
            off = abs(float(np.sum((c - a - b) * v)))
            needed = entry.required * float(np.sqrt(np.sum(a**2)) + np.sqrt(np.sum(b**2)))
            if off > max(float(entry.noticed[k, 0] + entry.noticed[k, 1]), needed):
                failing.append(calls.names[place])
                break
    return failing


def linearity(failing: Sequence[str]) -> Property:
    """The property, given the inputs for which it fails."""
    words = "backward(g1 + g2) is not backward(g1) + backward(g2) for the gradient of"
    return Property("linear in grad_output", not failing, f"{words} {', '.join(failing)}")


def told(entry: InputVerdict, failing: Sequence[str]) -> InputVerdict:
    """The entry, wrong if its gradient is not linear: no derivative is like that, whatever it amounts to here."""
    if entry.name not in failing or entry.verdict == DISAGREES:
        return entry
    return replace(entry, verdict=DISAGREES, nonlinear=True, reason="the gradient is not linear in grad_output")
