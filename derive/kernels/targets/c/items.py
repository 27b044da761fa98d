"""Values with fewer axes than the data, as statements of C: one for each lane or place."""

from __future__ import annotations

from typing import Any

from derive.errors import EmitError
from derive.kernels.counts import count_name
from derive.kernels.loops import Item, LoweredKernel, Scope
from derive.kernels.plan import ExactSum, Remainder, Scalar
from derive.kernels.targets.c.expressions import identifier, scalar, word_of


def scalar_type(data: str) -> str:
    """The type of lane values: more digits than the data has."""
    return "double" if data == "float" else "long double"


def arguments_type(prefix: str, data: str) -> str:
    """The name of the structure that a kernel hands to its passes."""
    return f"{prefix}_arguments_{data}"


def numbers(scope: Scope) -> list[str]:
    """The constants and counts of a scope, as they are called."""
    return [*(identifier(c) for c in scope.constants), *(count_name(label) for label in scope.counts)]


def item_lines(
    item: Item, prefix: str, of: str, data: str, names: Any, lowered: LoweredKernel, target: str
) -> list[str]:
    """The statements that compute an item in the arithmetic of a type; `target` stands before the names it defines."""
    word = word_of(of)
    if isinstance(item, ExactSum):
        a, b = names(item.a), names(item.b)
        high, low = (f"{prefix}_exact_{part}_{word}({a}, {b})" for part in ("high", "low"))
        if data == "float":  # one number is enough
            high, low = f"{a} + {b}", "0"
        return [_defined(target, item.high, high), _defined(target, item.low, low)]
    if isinstance(item, Remainder):
        low = f" + {names(item.low)}" if item.low else ""
        return [_defined(target, item.name, f"({names(item.of)} - {names(item.pivot)}){low}")]
    if not isinstance(item, Scalar):
        raise EmitError(f"the C target cannot print {item!r}")
    text = scalar(item.expr, prefix, of, names)
    if item.floor:
        text = f"{prefix}_not_negative_{word}({text})"
    if item.name in lowered.pivots:
        text = f"({data})({text})"
    return [_defined(target, item.name, text)]


def _defined(target: str, name: str, text: str) -> str:
    if target == "lane_":
        return f"lane_{identifier(name)}[b] = {text};"
    return f"{target}{identifier(name)} = {text};"
