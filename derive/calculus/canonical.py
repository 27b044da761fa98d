"""An order and a spelling of expressions that depend on nothing but the expression itself.

SymPy's own argument order may change between versions; whatever ends up in a file is sorted by `key` first.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import cast

import sympy as sp

from derive.language import name_of
from derive.vocabulary import is_reduction


@functools.lru_cache(maxsize=1 << 15)
def key(expr: sp.Basic) -> str:
    """A structural spelling: equal expressions have equal keys, whatever the hash seed or the SymPy version."""
    if isinstance(expr, sp.Indexed):
        return f"{name_of(expr)}[{','.join(str(i) for i in expr.indices)}]"
    if isinstance(expr, sp.Symbol | sp.Rational):
        return str(expr)
    if is_reduction(expr):
        return f"{type(expr).__name__}({key(expr.function)};{','.join(sorted(str(limit[0]) for limit in expr.limits))})"  # type: ignore[attr-defined]
    parts = [key(arg) for arg in expr.args]
    if isinstance(expr, sp.Add | sp.Mul):
        parts.sort()
    return f"{type(expr).__name__}({','.join(parts)})"


def ordered(exprs: Iterable[sp.Expr]) -> list[sp.Expr]:
    """The expressions sorted by `key`."""
    return sorted(exprs, key=key)


def terms(expr: sp.Expr) -> list[sp.Expr]:
    """The summands of an expression, in canonical order."""
    return ordered(arg for arg in sp.Add.make_args(expr))


def factors(expr: sp.Expr) -> list[sp.Expr]:
    """The factors of a product, in canonical order."""
    return ordered(arg for arg in sp.Mul.make_args(expr))


def expand(expr: sp.Expr) -> sp.Expr:
    """Products and whole powers multiplied out; roots, functions and sums are left as they are."""
    sums = {total: sp.Dummy(f"sum{k}", real=True) for k, total in enumerate(ordered(expr.atoms(sp.Sum)))}
    flat = expr.xreplace(cast("dict[sp.Basic, sp.Basic]", sums)) if sums else expr
    flat = sp.expand(flat, power_base=False, power_exp=False, log=False, basic=False)
    return cast(sp.Expr, flat.xreplace({dummy: total for total, dummy in sums.items()}))
