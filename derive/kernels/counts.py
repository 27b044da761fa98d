"""Sizes in scalar expressions: those of axes that always go together become one count of elements."""

from __future__ import annotations

from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.kernels.plan import Plan
from derive.language import Size


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
