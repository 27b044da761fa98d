"""Sums inside of an expression: finding and replacing them. What may take their place, `reductions` alone knows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

import sympy as sp

from derive.calculus.canonical import ordered
from derive.language import Axis, sum_over


def map_sums(expr: sp.Expr, change: Callable[[sp.Sum], sp.Expr]) -> sp.Expr:
    """The expression with every sum, innermost first, replaced by what `change` returns for it."""
    if not _has_sum(expr):
        return expr
    if isinstance(expr, sp.Sum):
        inner = map_sums(cast(sp.Expr, expr.function), change)
        # Building a sum takes SymPy long, and most rules leave most sums alone.
        rebuilt = expr if inner is expr.function else sum_over(inner, summed_axes(expr))
        if isinstance(rebuilt, sp.Sum):
            return change(rebuilt)
        outside = [p for p in sp.Mul.make_args(rebuilt) if not isinstance(p, sp.Sum)]
        totals = [change(p) for p in sp.Mul.make_args(rebuilt) if isinstance(p, sp.Sum)]
        return sp.Mul(*outside, *totals)
    args = [map_sums(cast(sp.Expr, arg), change) for arg in expr.args]
    if all(new is old for new, old in zip(args, expr.args, strict=True)):
        return expr
    return cast(sp.Expr, expr.func(*args))


@lru_cache(maxsize=1 << 14)
def _has_sum(expr: sp.Basic) -> bool:
    return isinstance(expr, sp.Sum) or any(map(_has_sum, expr.args))


def summed_axes(total: sp.Sum) -> tuple[Axis, ...]:
    """The axes that a sum runs over."""
    return tuple(cast(Axis, limit[0]) for limit in total.limits)


def sums_in(expr: sp.Expr) -> list[sp.Sum]:
    """The outermost sums in an expression, in canonical order."""
    found: set[sp.Sum] = set()

    def visit(node: sp.Basic) -> None:
        if isinstance(node, sp.Sum):
            found.add(node)
        else:
            for arg in node.args:
                visit(arg)

    visit(expr)
    return cast("list[sp.Sum]", ordered(found))
