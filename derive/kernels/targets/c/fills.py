"""Passes that compute what costs much before the terms of their sums: two functions instead of one."""

from __future__ import annotations

from typing import Any

from derive.kernels.filled import ops_beside
from derive.kernels.loops import Filled
from derive.kernels.targets.c.expressions import identifier
from derive.kernels.targets.c.passes import PassSource

FILL = "fill"  # what the templates call the values that stand there before the terms


def filled(source: PassSource) -> dict[str, dict[str, Any] | None]:
    """The values of the templates of both functions; None where an element is one function."""
    if source.filled is None:
        return {"fill": None, "summed": None}
    return {"fill": _fill(source, source.filled), "summed": _summed(source, source.filled)}


def _fill(source: PassSource, what: Filled) -> dict[str, Any]:
    """What is filled in, in the type of the data."""
    narrow = source.of_type(source.data)
    lines = [*narrow.operations(what.ops), f"*to_{FILL} = at_{identifier(what.name)};"]
    return narrow.part(f"{source.name}_fill", lines) | {"writes": [FILL]}


def _summed(source: PassSource, what: Filled) -> dict[str, Any]:
    """The terms, from that and from whatever else they need."""
    sums = source.sweep.lane_sums
    lines = [f"const {source.type} at_{identifier(what.name)} = {FILL};"]
    lines += [*source.operations(ops_beside(source.sweep, what)), *map(source.term, sums)]
    part = source.part(f"{source.name}_summed", lines)
    return part | {
        "arrays": [*part["arrays"], FILL],
        "shifted": FILL,
        "sums": [{"largest": False, "less": False} for _ in sums],
        "terms": [identifier(r.name) for r in sums],
        "lossy": [False for _ in sums],
    }
