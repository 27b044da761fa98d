"""What mistakes and terms are called: formulas as text, averages as `mean(...)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import sympy as sp

from derive.calculus.canonical import factors
from derive.formula import text
from derive.graph import Graph
from derive.language import Axis, count, name_of


def label(expr: sp.Expr) -> str:
    """A formula for people: a sum divided by the number of its elements is printed as `mean(...)`."""
    return text(_averaged(expr))


def unsigned(expr: sp.Expr) -> tuple[int, sp.Expr]:
    """The sign of a term, and the term without it."""
    coefficient, rest = expr.as_coeff_Mul()
    return (-1, -expr) if coefficient < 0 else (1, expr)


def gradient_name(graph: Graph, name: str) -> str:
    """The gradient of an input under its public name: the first one is grad_input."""
    return "grad_input" if name == name_of(graph.inputs[0]) else f"grad_{name}"


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _averaged(expr: sp.Expr) -> sp.Expr:
    if isinstance(expr, sp.Add):
        return sp.Add(*[_averaged(term) for term in expr.args])
    for total in (part for part in factors(expr) if isinstance(part, sp.Sum)):
        over = [cast(Axis, limit[0]) for limit in total.limits]
        rest: sp.Expr = expr * count(over) / total
        if not rest.free_symbols & {axis.size for axis in over}:
            inner = _averaged(total.function)
            return cast(sp.Expr, _averaged(rest) * sp.Symbol(f"mean({text(inner)})"))
    return expr
