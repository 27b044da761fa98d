"""Names in emitted Python: what they may not be, and sizes by class."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.kernels.plan import ExactSum, Plan, Scalars
from derive.language import Size


def check_used(plan: Plan, reserved: Collection[str], made: re.Pattern[str], library: str) -> None:
    """Refuse a layer whose names are those that emitted code uses itself.

    Args:
        plan: the layer's kernels.
        reserved: what templates call things themselves, in module scope and inside the functions.
        made: names that are made from others, temporaries and the like.
        library: what the emitted modules are for, in words.
    """
    used = {plan.layer}
    for kernel in (plan.statistics, plan.forward, plan.backward):
        if kernel is not None:
            used |= {*kernel.arrays, *kernel.writes, *kernel.constants, *(g.name for g in kernel.givens)}
            used |= (
                {r.name for r in kernel.reductions} | {r.name for r in kernel.results} | {f.name for f in kernel.final}
            )
            items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
            used |= {name for i in items for name in ([i.high, i.low] if isinstance(i, ExactSum) else [i.name])}
    for name in sorted(used):
        if name in reserved or made.fullmatch(name):
            raise EmitError(
                f"layer {plan.layer!r}: the name {name!r} is taken in emitted {library} modules; choose another"
            )


def count_name(label: str) -> str:
    """The variable that holds the number of elements along a class of axes."""
    return f"count_{label}"


def with_counts(expr: sp.Expr, plan: Plan) -> sp.Expr:
    """The expression with the sizes of axes replaced by the counts of their classes."""
    by_label: dict[str, list[sp.Symbol]] = {}
    for axis, label in plan.classes:
        by_label.setdefault(label, []).append(axis.size)
    for label, sizes in by_label.items():
        count = sp.Symbol(count_name(label), positive=True)
        expr = cast(sp.Expr, expr.xreplace({sizes[0]: count / sp.Mul(*sizes[1:])}))
    left = [s for s in expr.free_symbols if isinstance(s, Size)]
    if left:
        raise EmitError(f"layer {plan.layer!r}: the size {left[0]} is used without the axes that go with it, in {expr}")
    return expr
