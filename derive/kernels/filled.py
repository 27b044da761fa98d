"""Values that cost much, computed for a stretch of elements in the digits of the data before they are added up."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import replace

import sympy as sp

from derive.kernels.kept import kept_of
from derive.kernels.loops import Filled, LoweredSweep, made_by, read_by
from derive.kernels.needs import ops_behind, reads
from derive.kernels.plan import Kernel, Op, Plan, Reduction, Ref, Scalar, Scalars, Sweep


def filled_of(plan: Plan, kernel: Kernel, sweep: Sweep) -> Filled | None:
    """What a reduce pass may fill in before its sums, if anything: exponentials, one for each element.

    It has to be the exponential of what an array differs in from its largest element: none is more than one, and the
    largest is one without an error. Each is within 1.2 ulp of float; what that does to a sum is no more than as much of
    the sum of its absolute terms. So the sums may be

    - in a kernel that saves them, sums of nothing but such exponentials, which have no signs;
    - elsewhere all but those that are results, such as the gradient of a weight: none is taken of what is rounded.
    """
    made = {op.result: op for op in sweep.ops}
    costly = [op for op in sweep.ops if op.function == "exp"]
    if len(costly) != 1 or not sweep.reductions or any(reduction.largest for reduction in sweep.reductions):
        return None
    (op,) = costly
    difference = made.get(op.args[0].name) if op.args[0].kind == "local" else None
    if difference is None or not _from_largest(plan, kernel, difference):
        return None
    sums = [reduction for reduction in sweep.reductions if op in _behind(reduction, sweep)]
    if kernel.saves:
        fits = all(r.right is None and r.left == Ref("local", op.result) for r in sums)
    else:
        fits = {r.name for r in sums}.isdisjoint(_behind_results(kernel))
    if not fits:
        return None
    kept = kept_of(kernel)
    taken = sweep is kept.source and op.result in kept.names
    return Filled(op.result, (difference, op), _first_written(kernel) if taken else None)


def with_differences(ops: Sequence[Op], of: Sequence[tuple[Ref, ...]], written: Set[str]) -> list[Op]:
    """The operations, where the exponential of a difference is one function of two numbers, which loses none of it.

    `of` are the operands of such differences. What else reads one still finds it; `written` are the values that leave
    the operations.
    """
    made = {op.result: op.args for op in ops if op.function == "subtract" and op.args in of}
    found = []
    for op in ops:
        difference = made.get(op.args[0].name) if op.function == "exp" and op.args[0].kind == "local" else None
        found.append(replace(op, function="exp_less", args=difference) if difference else op)
    read = {ref.name for op in found for ref in op.args if ref.kind == "local"} | written
    return [op for op in found if op.result not in made or op.result in read]


def ops_beside(sweep: LoweredSweep, what: Filled) -> list[Op]:
    """The operations that the sums of a pass need beside what is filled in."""
    needed = [ref.name for reduction in sweep.lane_sums for ref in reads(reduction) if ref.kind == "local"]
    return ops_behind(needed, sweep.ops, what.name)


def taking_of(kernel: Kernel, sweep: Sweep, filled: Filled | None) -> Sweep | None:
    """A map pass that reads what was filled in, in the array that it writes; None where nothing was left there."""
    if not sweep.writes or filled is None or filled.output is None:
        return None
    again = {op.result for op, name in kept_of(kernel).again.items() if name == filled.name}
    there = Ref("array", filled.output)
    ops = [
        replace(op, args=tuple(there if a.kind == "local" and a.name in again else a for a in op.args))
        for op in sweep.ops
    ]
    return replace(sweep, ops=tuple(ops_behind([write.value.name for write in sweep.writes], ops)))


def _first_written(kernel: Kernel) -> str:
    """The array that has room for a value until the map pass comes."""
    return next(sweep.writes[0].output for sweep in kernel.sweeps if sweep.writes)


def _from_largest(plan: Plan, kernel: Kernel, op: Op) -> bool:
    """Whether an operation subtracts from an array what is the largest of its elements."""
    if op.function != "subtract" or [a.kind for a in op.args] != ["array", "scalar"]:
        return False
    array, scalar = op.args
    return _is_largest(plan, kernel, scalar.name, array)


def _is_largest(plan: Plan, kernel: Kernel, name: str, array: Ref) -> bool:
    items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
    named = {item.name: item.expr for item in items if isinstance(item, Scalar)}
    while isinstance(named.get(name), sp.Symbol):
        name = str(named[name])
    if any(r.name == name and r.largest and r.left == array for r in kernel.reductions):
        return True
    saved = {g.name for g in kernel.givens if g.source == "saved"}
    if name not in saved or plan.statistics is None:
        return False
    return any(r.name == name and _is_largest(plan, plan.statistics, r.value, array) for r in plan.saved)


def _behind(reduction: Reduction, sweep: Sweep) -> list[Op]:
    """What the terms of a sum are computed with."""
    return ops_behind([ref.name for ref in reads(reduction) if ref.kind == "local"], sweep.ops)


def _behind_results(kernel: Kernel) -> Collection[str]:
    """The names that the results of a kernel are computed from, their own among them."""
    items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
    needed = {result.value for result in kernel.results}
    for item in reversed([*items, *kernel.final]):
        if not needed.isdisjoint(made_by(item)):
            needed |= set(read_by(item))
    return needed
