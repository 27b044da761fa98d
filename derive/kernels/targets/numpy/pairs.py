"""Sigmoids of a value and of its negative, which have one exponential in common: it takes most of their time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from derive.kernels.needs import reads
from derive.kernels.plan import Kernel, Op, Reduction, Ref, Sweep, Write

#: What the second of a pair is called: its operands are the value and the first, which comes straight before it.
OPPOSITE = "opposite"
_MINUS = Ref("number", "-1.0")


def paired(kernel: Kernel) -> Kernel:
    """The kernel with such operations side by side."""
    return replace(kernel, stages=tuple(_sweep(s) if isinstance(s, Sweep) else s for s in kernel.stages))


def _sweep(sweep: Sweep) -> Sweep:
    negated = {op.result: op for op in sweep.ops if op.function == "multiply" and _MINUS in op.args}
    sigmoids = [op for op in sweep.ops if op.function == "sigmoid"]
    second: dict[str, Op] = {}  # by the result of the first
    for op in sigmoids:
        minus = negated.get(op.args[0].name) if op.args[0].kind == "local" else None
        value = next((arg for arg in minus.args if arg != _MINUS), None) if minus else None
        first = next((s for s in sigmoids if s.args[0] == value and s.result not in second), None)
        if first is not None and value is not None and sweep.ops.index(first) < sweep.ops.index(op):
            second[first.result] = Op(op.result, OPPOSITE, (value, Ref("local", first.result)))
    moved = {op.result for op in second.values()}
    ops: list[Op] = []
    for op in sweep.ops:
        if op.result not in moved:
            ops += [op, second[op.result]] if op.result in second else [op]
    steps: list[Op | Reduction | Write] = [*ops, *sweep.reductions, *sweep.writes]
    used = Counter(ref.name for step in steps for ref in reads(step))
    return replace(sweep, ops=tuple(op for op in ops if op.result not in negated or used[op.result]))
