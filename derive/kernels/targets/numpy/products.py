"""Products that formulas of smaller tensors have in common, taken once: on small arrays each call of NumPy counts.

Factors are compared one by one, those of whole powers too; nothing is rearranged but the order in which a product is
multiplied.
"""

from __future__ import annotations

from collections import Counter
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


def shared(exprs: Sequence[sp.Expr], taken: Container[str] = (), names: Sequence[str | None] = ()) -> list[Step]:
    """Name what several terms of these formulas multiply, that which takes most operations first.

    Args:
        exprs: the formulas, in the order in which they are computed.
        taken: names that are not free.
        names: what the values of the formulas are called, for later ones to use; None where they may not.

    Returns:
        A step for each formula; its products come before it.
    """
    known = [*names, *[None] * (len(exprs) - len(names))]
    lines = [_Line(name, [_Term.of(t) for t in terms(expr)], False) for name, expr in zip(known, exprs, strict=True)]
    free = (name for name in (f"product{k}" for k in count(1)) if name not in taken)
    while True:
        pairs = combinations([term for line in lines for term in line.terms], 2)
        common = max((a.factors & b.factors for a, b in pairs), key=_operations, default=Counter[sp.Expr]())
        if not _operations(common):
            break
        first = next(k for k, line in enumerate(lines) if any(common <= term.factors for term in line.terms))
        if not (lines[first].name and lines[first].terms == [_Term(sp.Integer(1), common)]):
            lines.insert(first, _Line(next(free), [_Term(sp.Integer(1), common)], True))
        symbol = sp.Symbol(str(lines[first].name))
        for line in lines[first + 1 :]:
            line.terms = [term.replaced(common, symbol) for term in line.terms]
    steps, products = list[Step](), list[tuple[str, sp.Expr]]()
    for line in lines:
        if line.made:
            products.append((str(line.name), line.expr))
        else:
            steps.append(Step(line.expr, tuple(products)))
            products = []
    return steps


@dataclass
class _Line:
    """A formula, or a product that was made of others, and what it is called."""

    name: str | None
    terms: list[_Term]
    made: bool

    @property
    def expr(self) -> sp.Expr:
        return sp.Add(*(term.expr for term in self.terms))


@dataclass(frozen=True)
class _Term:
    number: sp.Expr
    factors: Counter[sp.Expr]

    @classmethod
    def of(cls, term: sp.Expr) -> _Term:
        number, rest = term.as_coeff_Mul()
        found = Counter[sp.Expr]()
        for factor in factors(rest):
            base, exponent = factor.as_base_exp()
            if exponent.is_Integer:
                found[base ** sp.sign(exponent)] += abs(int(exponent))
            elif factor != 1:
                found[factor] += 1
        return cls(number, found)

    @property
    def expr(self) -> sp.Expr:
        return sp.Mul(self.number, *sorted(self.factors.elements(), key=key))

    def replaced(self, common: Counter[sp.Expr], symbol: sp.Symbol) -> _Term:
        return _Term(self.number, self.factors - common + Counter([symbol])) if common <= self.factors else self


def _operations(common: Counter[sp.Expr]) -> int:
    """How many operations a product takes; a reciprocal alone is none, since it becomes a division."""
    return max(0, common.total() - 1)
