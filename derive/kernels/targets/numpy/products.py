"""Products that formulas of smaller tensors have in common, taken once: on small arrays each call of NumPy counts.

Whole factors are compared; nothing is rearranged but the order in which a product is multiplied.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import combinations, count

import sympy as sp

from derive.calculus.canonical import factors, key, terms


@dataclass(frozen=True)
class Step:
    """A formula, and by name the products that it is the first to use."""

    expr: sp.Expr
    products: tuple[tuple[str, sp.Expr], ...]


def shared(exprs: Sequence[sp.Expr], taken: Container[str] = ()) -> list[Step]:
    """Name what several terms of these formulas multiply, that which takes most operations first.

    Args:
        exprs: the formulas, in the order in which they are computed.
        taken: names that are not free.

    Returns:
        A step for each formula; its products come before it.
    """
    formulas = [[_Term.of(term) for term in terms(expr)] for expr in exprs]
    products: list[list[tuple[str, sp.Expr]]] = [[] for _ in exprs]
    names = (name for name in (f"product{k}" for k in count(1)) if name not in taken)
    while True:
        pairs = combinations([term for formula in formulas for term in formula], 2)
        common = max((a.factors & b.factors for a, b in pairs), key=_operations, default=frozenset[sp.Expr]())
        if not _operations(common):
            break
        name = next(names)
        first = next(k for k, formula in enumerate(formulas) if any(common <= term.factors for term in formula))
        products[first].append((name, sp.Mul(*sorted(common, key=key))))
        formulas = [[term.replaced(common, sp.Symbol(name)) for term in formula] for formula in formulas]
    rebuilt = [sp.Add(*(term.expr for term in formula)) for formula in formulas]
    return [Step(expr, tuple(named)) for expr, named in zip(rebuilt, products, strict=True)]


@dataclass(frozen=True)
class _Term:
    number: sp.Expr
    factors: frozenset[sp.Expr]

    @classmethod
    def of(cls, term: sp.Expr) -> _Term:
        number, rest = term.as_coeff_Mul()
        return cls(number, frozenset(factors(rest)))

    @property
    def expr(self) -> sp.Expr:
        return sp.Mul(self.number, *sorted(self.factors, key=key))

    def replaced(self, common: frozenset[sp.Expr], symbol: sp.Symbol) -> _Term:
        return _Term(self.number, self.factors - common | {symbol}) if common <= self.factors else self


def _operations(common: frozenset[sp.Expr]) -> int:
    """How many operations a product takes; a reciprocal alone is none, since it becomes a division."""
    powers = [factor for factor in common if isinstance(factor, sp.Pow) and abs(factor.exp) != 1]
    return max(0, len(common) - 1) + len(powers)
