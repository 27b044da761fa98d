"""A few lines of Python that repeat one comparison of a gradient check, for a bug report or a debugger."""

from __future__ import annotations

from collections.abc import Sequence

from derive.checks.cotangents import Cotangent, stream
from derive.checks.verdict import AGREES, DISAGREES, InputVerdict


def snippet(entries: Sequence[InputVerdict], cotangents: Sequence[Cotangent], seed: int, names: Sequence[str]) -> str:
    """The code for the comparison that decided; empty when everything agrees or nothing was compared."""
    told = [e for e in entries if e.verdict != AGREES and e.decisive is not None]
    told.sort(key=lambda entry: entry.verdict != DISAGREES)
    if not told:
        return ""
    entry = told[0]
    along, place = entry.decisive, list(names).index(entry.name)
    assert along is not None, "entries without evidence were left out"
    cotangent = cotangents[along.cotangent]
    step = along.step or (entry.curve.top if entry.curve is not None else 1e-3)
    value = f"({cotangent.code}).astype(y.dtype)" if cotangent.code else "cotangent  # the one that was given"
    return f"""\
import numpy as np

# forward, backward and inputs as they were checked; this moves {entry.name}
place, h, inputs = {place}, {step!r}, [np.asarray(a) for a in inputs]
x, y, wide = inputs[place], np.asarray(forward(*inputs)), np.longdouble
grad_output = {value}
v = np.random.default_rng({stream(seed, 3, place, along.direction)}).standard_normal(x.shape)
up = (x + h * v).astype(x.dtype)
down = (x - (up.astype(wide) - x)).astype(x.dtype)
ends = [np.asarray(forward(*inputs[:place], end, *inputs[place + 1:])).astype(wide) for end in (up, down)]
numerical = np.sum(grad_output * (ends[0] - ends[1])) / (2 * h)
analytical = np.sum(np.asarray(backward(grad_output, *inputs)[place]) * (up.astype(wide) - down)) / (2 * h)
print("numerical", numerical, "analytical", analytical)
"""
