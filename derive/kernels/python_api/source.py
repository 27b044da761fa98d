"""Scalar expressions as Python source for NumPy, and the functions that NumPy does not have."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from derive.formula import Notation
from derive.formula.nodes import Node, Raised
from derive.formula.printers import Text

# What NumPy does not have: functions of the runtime, of values, their place and working memory.
FUNCTIONS = {"sigmoid": "_sigmoid", "erf": "_erf", "erf_slope": "_erf_slope"}


class _Source(Text):
    """Formulas as Python source: functions of NumPy, or of the runtime where NumPy has none."""

    def __call__(self, node: Node) -> str:
        if isinstance(node, Raised) and node.exponent[1] > 2:
            return f"_power({self(node.base)}, {exponent_code(*node.exponent)})"
        return super().__call__(node)

    def call(self, function: str, argument: str) -> str:
        return f"{FUNCTIONS[function]}({argument})" if function in FUNCTIONS else super().call(function, argument)


def exponent_code(above: int, below: int) -> str:
    """A quotient as two numbers that hold it: the nearest float64, and what that one lacks."""
    whole = Fraction(above, below)
    return f"{float(whole)!r}, {float(whole - Fraction(float(whole)))!r}"


class _Alike(_Source):
    """The same, where a scalar has the same bits as an element of an array: `**` computes those in two ways."""

    def raised(self, base: str, exponent: tuple[int, int]) -> str:
        above, below = exponent
        if below > 1:
            return f"np.power({base}, {above / below!r})"
        return f"({'*'.join([base] * above)})"


_code = Notation(printer=_Source("np."))
_alike = Notation(printer=_Alike("np."))


def plain_code(expr: sp.Expr) -> str:
    """An expression without sizes as Python source."""
    return _code(expr)


def alike_code(expr: sp.Expr) -> str:
    """The same, as source that gives a scalar the same bits as an element of an array."""
    return _alike(expr)


def functions_of(exprs: Iterable[sp.Expr]) -> set[str]:
    """The functions in expressions by name; `power` for a power that is neither whole nor a square root's."""
    every = list(exprs)
    found = {type(f).__name__ for e in every for f in e.atoms(sp.Function)}
    exponents = (p.exp for e in every for p in e.atoms(sp.Pow))
    return found | {"power" for exponent in exponents if exponent.is_Rational and exponent.q > 2}
