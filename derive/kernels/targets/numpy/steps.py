"""The order of the steps of a sweep, and how long each value is needed."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import EmitError
from derive.kernels.needs import reads
from derive.kernels.plan import Op, Reduction, Sweep, Write


def interleave(sweep: Sweep) -> list[Op | Reduction | Write]:
    """Each sum as soon as its operands are there, so that their blocks become free early; sums of an array alone come
    last: an operation on two arrays brings both into the caches in less time than one after the other."""
    steps: list[Op | Reduction | Write] = []
    known: set[str] = set()
    alone = [red for red in sweep.reductions if red.right is None and red.left.kind == "array"]
    waiting = [red for red in sweep.reductions if red not in alone]

    def take_ready() -> None:
        for red in list(waiting):
            if all(r.kind != "local" or r.name in known for r in reads(red)):
                steps.append(red)
                waiting.remove(red)

    take_ready()
    for op in sweep.ops:
        steps.append(op)
        known.add(op.result)
        take_ready()
    if waiting:
        raise EmitError(f"the sum {waiting[0].name!r} has an operand that its sweep does not compute")
    return [*steps, *alone, *sweep.writes]


def last_uses(steps: Sequence[Op | Reduction | Write]) -> dict[str, int]:
    """For each local, the last step that reads it; a result that is written straight away has only its own step."""
    last: dict[str, int] = {}
    writes = [step.value.name for step in steps if isinstance(step, Write)]
    for number, step in enumerate(steps):
        if isinstance(step, Op):
            last[step.result] = number
        for ref in reads(step):
            if ref.kind == "local" and not (
                isinstance(step, Write) and last[ref.name] == _maker(steps, ref.name) and writes.count(ref.name) == 1
            ):
                last[ref.name] = number
    return last


def _maker(steps: Sequence[Op | Reduction | Write], name: str) -> int:
    return next(number for number, step in enumerate(steps) if isinstance(step, Op) and step.result == name)
