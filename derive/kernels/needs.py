"""What the stages of a kernel read, and the stages without what nothing reads."""

from __future__ import annotations

from collections.abc import Sequence

from derive.kernels.plan import ExactSum, Ref, Remainder, Scalar, Scalars, Sweep
from derive.language import Size


def refs_in(sweep: Sweep) -> list[Ref]:
    """Everything that a sweep reads."""
    refs = [ref for op in sweep.ops for ref in op.args] + [write.value for write in sweep.writes]
    return refs + [ref for red in sweep.reductions for ref in (red.left, red.right) if ref is not None]


def symbols_in(item: Scalar | ExactSum | Remainder) -> set[str]:
    """The names that a scalar is computed from."""
    if isinstance(item, ExactSum):
        return {item.a, item.b}
    if isinstance(item, Remainder):
        return {item.of, item.pivot, *([item.low] if item.low else [])}
    return {str(s) for s in item.expr.free_symbols if not isinstance(s, Size)}


def pruned(stages: Sequence[Scalars | Sweep], needed: set[str]) -> tuple[Scalars | Sweep, ...]:
    """The stages without scalars that no later stage and none of the `needed` names uses."""
    needed = set(needed)
    result: list[Scalars | Sweep] = []
    for stage in reversed(stages):
        if isinstance(stage, Sweep):
            needed |= {ref.name for ref in refs_in(stage) if ref.kind == "scalar"}
            result.append(stage)
            continue
        kept: list[Scalar | ExactSum | Remainder] = []
        for item in reversed(stage.items):
            made = {item.high, item.low} if isinstance(item, ExactSum) else {item.name}
            if made & needed:
                needed |= symbols_in(item)
                kept.append(item)
        if kept:
            result.append(Scalars(tuple(reversed(kept))))
    return tuple(reversed(result))
