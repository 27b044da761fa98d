"""What the stages of a kernel read, and the stages without what nothing reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.kernels.plan import ExactSum, Op, Reduction, Ref, Remainder, Scalar, Scalars, Sweep, Write
from derive.language import Size


def reads(step: Op | Reduction | Write) -> list[Ref]:
    """What a step of a sweep reads."""
    if isinstance(step, Op):
        return list(step.args)
    if isinstance(step, Write):
        return [step.value]
    return [r for r in (step.left, step.right) if r is not None]


def refs_in(sweep: Sweep) -> list[Ref]:
    """Everything that a sweep reads."""
    steps: list[Op | Reduction | Write] = [*sweep.ops, *sweep.writes, *sweep.reductions]
    return [ref for step in steps for ref in reads(step)]


def ops_behind(names: Iterable[str], ops: Sequence[Op], given: str | None = None) -> list[Op]:
    """Those of the operations that some values are computed from, in order; `given` is a value that needs none."""
    needed, found = set(names), list[Op]()
    for op in reversed(ops):
        if op.result in needed and op.result != given:
            found.append(op)
            needed |= {ref.name for ref in op.args if ref.kind == "local"}
    return found[::-1]


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
