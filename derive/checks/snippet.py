"""A few lines of Python that repeat what decided in a gradient check, for a bug report or a debugger."""

from __future__ import annotations

from collections.abc import Sequence

from derive.checks.cotangents import Cotangent, stream
from derive.checks.verdict import AGREES, DISAGREES, InputVerdict, Property

_BEGIN = """\
import numpy as np

# forward, backward and inputs as they were checked
inputs = [np.asarray(a) for a in inputs]
y, wide = np.asarray(forward(*inputs)), np.longdouble
"""


def snippet(
    entries: Sequence[InputVerdict], properties: Sequence[Property], cotangents: Sequence[Cotangent], seed: int
) -> str:
    """The code for what is wrong or could not be told; empty when everything agrees.

    Args:
        entries: what was found, in the order of the inputs.
        properties: the other things that were looked at.
        cotangents: the tested ones first, then one to compare with.
        seed: of the check.
    """
    told = [place for place, entry in enumerate(entries) if entry.verdict != AGREES]
    told.sort(key=lambda place: (entries[place].verdict != DISAGREES, entries[place].decisive is None))
    if told and entries[told[0]].verdict == DISAGREES:
        return _BEGIN + _disagreement(entries[told[0]], told[0], cotangents, seed)
    broken = [p for p in properties if not p.holds]
    if broken:
        return _BEGIN + _repetition(cotangents)
    if told and entries[told[0]].decisive is not None:
        return _BEGIN + _comparison(entries[told[0]], told[0], cotangents, seed)
    return ""


def _disagreement(entry: InputVerdict, place: int, cotangents: Sequence[Cotangent], seed: int) -> str:
    if entry.nonlinear:
        return _linearity(place, cotangents)
    return _comparison(entry, place, cotangents, seed) if entry.decisive is not None else _look(place, cotangents)


def _value(cotangent: Cotangent) -> str:
    return f"({cotangent.code}).astype(y.dtype)" if cotangent.code else "cotangent  # the one that was given"


def _comparison(entry: InputVerdict, place: int, cotangents: Sequence[Cotangent], seed: int) -> str:
    """The directional derivative that says most against the gradient, from one step."""
    along = entry.decisive
    assert along is not None, "there is nothing to compare"
    step = along.step or (entry.curve.top if entry.curve is not None else 1e-3)
    return f"""\
place, h = {place}, {step!r}  # this moves {entry.name}
x = inputs[place]
grad_output = {_value(cotangents[along.cotangent])}
v = np.random.default_rng({stream(seed, 3, place, along.direction)}).standard_normal(x.shape)
up = (x + h * v).astype(x.dtype)
down = (x - (up.astype(wide) - x)).astype(x.dtype)
ends = [np.asarray(forward(*inputs[:place], end, *inputs[place + 1:])).astype(wide) for end in (up, down)]
numerical = np.sum(grad_output * (ends[0] - ends[1])) / (2 * h)
gradients = backward(grad_output, *inputs)
gradient = gradients[place] if isinstance(gradients, (tuple, list)) else gradients
analytical = np.sum(np.asarray(gradient) * (up.astype(wide) - down)) / (2 * h)
print("numerical", numerical, "analytical", analytical)
"""


def _linearity(place: int, cotangents: Sequence[Cotangent]) -> str:
    return f"""\
place = {place}
g1 = {_value(cotangents[0])}
g2 = {_value(cotangents[1])}
found = [backward(g, *inputs) for g in (g1, g2, (g1 + g2).astype(y.dtype))]
one, two, both = (np.asarray(f[place] if isinstance(f, (tuple, list)) else f).astype(wide) for f in found)
print("largest gradient", abs(both).max(), "backward(g1 + g2) is off by up to", abs(both - one - two).max())
"""


def _look(place: int, cotangents: Sequence[Cotangent]) -> str:
    """For what needs no comparison: a shape, a dtype, elements that are not finite."""
    return f"""\
place = {place}
grad_output = {_value(cotangents[0])}
gradients = backward(grad_output, *inputs)
gradient = np.asarray(gradients[place] if isinstance(gradients, (tuple, list)) else gradients)
print("input", inputs[place].shape, inputs[place].dtype, "gradient", gradient.shape, gradient.dtype)
print("elements that are not finite:", np.argwhere(~np.isfinite(gradient)).tolist())
"""


def _repetition(cotangents: Sequence[Cotangent]) -> str:
    """Two calls and a look at the arguments: for results that differ and arguments that are written to."""
    return f"""\
grad_output = {_value(cotangents[0])}
given = [grad_output, *inputs]
calls = []
for _ in range(2):
    own = [a.copy() for a in given]
    found = backward(*own)
    found = found if isinstance(found, (tuple, list)) else (found,)
    calls.append([np.asarray(forward(*inputs)), *(np.asarray(f) for f in found if f is not None)])
    print("arguments changed:", [not np.array_equal(a, b) for a, b in zip(given, own)])
print("outputs and gradients differ by:", [abs(a.astype(wide) - b).max(initial=0) for a, b in zip(*calls)])
print("dtypes:", [str(a.dtype) for a in calls[0]], "of the inputs:", [str(a.dtype) for a in inputs])
"""
