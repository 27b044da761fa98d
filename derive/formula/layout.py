"""From a SymPy expression to its layout: the order of factors and terms, signs, fractions, averages."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, lcm
from typing import cast

import sympy as sp

from derive.calculus.canonical import factors, terms
from derive.formula.nodes import (
    Call,
    Digits,
    Largest,
    Negative,
    Node,
    Product,
    Quotient,
    Raised,
    Relation,
    Root,
    Sign,
    SizeOf,
    Terms,
    Total,
    Word,
)
from derive.language import Axis, Size, axes_of, indices, name_of
from derive.vocabulary import Maximum

SIGNS: dict[str, Sign] = {"=": "=", ">": ">", ">=": ">=", "!=": "!="}


@dataclass(frozen=True)
class Layout:
    """Lays out expressions.

    Args:
        indices: whether tensors show their axes.
        tidy: whether numbers and signs are drawn out of sums and of sums of terms, for reading.
        averages: whether a sum divided by its number of elements stands beside that fraction, not above its line.
        compounds_last: whether sums of terms come after the names that they are multiplied with.
    """

    indices: bool = False
    tidy: bool = False
    averages: bool = False
    compounds_last: bool = False

    def __call__(self, expr: sp.Basic) -> Node:
        """The layout of an expression or a relation."""
        if isinstance(expr, sp.Rel):
            sign: str = expr.rel_op  # type: ignore[attr-defined]
            return Relation(self(expr.lhs), SIGNS[sign], self(expr.rhs))
        if isinstance(expr, sp.Indexed | sp.Symbol):
            return self._symbol(expr)
        if isinstance(expr, sp.Rational):
            body: Node = Digits(str(abs(expr.p)))
            if expr.q != 1:
                body = Quotient((body,), (Digits(str(expr.q)),))
            return Negative(body) if expr < 0 else body
        if isinstance(expr, sp.Sum):
            if self.tidy and content(expr)[0] != 1:
                return self._product(expr)
            return Total(tuple(str(limit[0]) for limit in expr.limits), self(expr.function))
        if isinstance(expr, Maximum):
            return Largest(tuple(str(limit[0]) for limit in expr.limits), self(expr.function))
        if isinstance(expr, sp.Add):
            return self._terms(expr)
        if isinstance(expr, sp.Mul):
            return self._product(expr)
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            return self._power(expr)
        return Call(type(expr).__name__, self(expr.args[0]))

    def _symbol(self, expr: sp.Expr) -> Node:
        name = name_of(expr)
        if isinstance(expr, Size):
            return SizeOf(name.removeprefix("N_"))
        shown = self.indices and isinstance(expr, sp.Indexed)
        return Word(name, tuple(map(str, indices(expr))) if shown else ())

    def _terms(self, expr: sp.Expr) -> Node:
        parts = sorted(terms(expr), key=lambda t: not axes_of(t))  # constants such as eps come last
        signed = [(self._is_negative(t), t) for t in parts]
        signed.sort(key=lambda pair: pair[0])
        return Terms(tuple((negative, self(-t if negative else t)) for negative, t in signed))

    def _is_negative(self, term: sp.Expr) -> bool:
        return bool(content(term)[0] < 0) if self.tidy else term.could_extract_minus_sign()

    def _product(self, expr: sp.Expr) -> Node:
        number, rest = content(expr) if self.tidy else (sp.S.One, expr)
        above: list[sp.Expr] = []
        below: list[sp.Expr] = []
        for factor in factors(rest):
            if isinstance(factor, sp.Rational):
                number *= factor
            elif isinstance(factor, sp.Pow) and factor.base != sp.E and factor.exp.could_extract_minus_sign():
                below.append(cast(sp.Expr, 1 / factor))
            else:
                above.append(factor)
        # Numbers, then what has no axes, then the rest: sizes and constants read best in front, sums last.
        place = {
            f: (f.has(sp.Sum), len(axes_of(f)) > 0, self.compounds_last and f.as_base_exp()[0].is_Add)
            for f in (*above, *below)
        }
        above.sort(key=lambda f: place[f])
        below.sort(key=lambda f: place[f])
        node = self._averages(above, below, number) if self.averages else None
        if node is None:
            node = self._fraction(above, below, number)
        return Negative(node) if number < 0 else node

    def _fraction(self, above: list[sp.Expr], below: list[sp.Expr], number: sp.Rational) -> Node:
        over, under = [self(f) for f in above], [self(f) for f in below]
        if abs(number.p) != 1 or not over:
            over.insert(0, Digits(str(abs(number.p))))
        if number.q != 1:
            under.insert(0, Digits(str(number.q)))
        if under:
            return Quotient(tuple(over), tuple(under))
        return over[0] if len(over) == 1 else Product(tuple(over))

    def _averages(self, above: list[sp.Expr], below: list[sp.Expr], number: sp.Rational) -> Node | None:
        """The product with `1/N` in front of a sum over N elements; None when no sum is divided so."""
        if len(above) == 1 and isinstance(above[0], sp.Sum) and not below and number.q != 1:
            return Product((Quotient((Digits(str(abs(number.p))),), (Digits(str(number.q)),)), self(above[0])))
        left, tail = list(below), []
        for total in [f for f in above if isinstance(f, sp.Sum)][::-1]:
            sizes = [cast(Axis, limit[0]).size for limit in total.limits]
            reduced = _divided(left, sizes)
            if reduced is not None:
                left = reduced
                tail.append((sizes, total))
        if len(tail) != 1:
            return None  # two averages side by side read better above one line
        sizes, total = tail[0]
        front = [f for f in above if f is not total]
        counts = [self._symbol(size) for size in sizes]
        if not front and not left:
            below_line = ([Digits(str(number.q))] if number.q != 1 else []) + counts
            return Product((Quotient((Digits(str(abs(number.p))),), tuple(below_line)), self(total)))
        first: list[Node] = []
        if front or left or abs(number) != 1:
            node = self._fraction(front, left, number)
            first = list(node.factors) if isinstance(node, Product) else [node]
        return Product((*first, Quotient((Digits("1"),), tuple(counts)), self(total)))

    def _power(self, expr: sp.Pow) -> Node:
        base, exponent = expr.base, cast(sp.Rational, expr.exp)
        if exponent.could_extract_minus_sign():
            return Quotient((Digits("1"),), (self(cast(sp.Expr, base**-exponent)),))
        if exponent == sp.Rational(1, 2):
            return Root(self(base))
        return Raised(self(base), (int(exponent.p), int(exponent.q)))


def _divided(below: list[sp.Expr], sizes: list[sp.Symbol]) -> list[sp.Expr] | None:
    """The factors below the line without one of each size; None when a size is not there."""
    left = list(below)
    for size in sizes:
        for place, factor in enumerate(left):
            base, exponent = factor.as_base_exp()
            if base == size and exponent >= 1:
                rest = factor / size
                left[place : place + 1] = [] if rest == 1 else [rest]
                break
        else:
            return None
    return left


def content(expr: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
    """The number that can be drawn out of an expression, and what remains: `Sum(2*m - 2*x) = -2 * Sum(x - m)`."""
    if isinstance(expr, sp.Rational):
        return expr, sp.S.One
    if isinstance(expr, sp.Sum):
        number, rest = content(cast(sp.Expr, expr.function))
        return number, sp.Sum(rest, *expr.limits)
    if isinstance(expr, sp.Mul):
        number, rests = sp.S.One, []
        for factor in factors(expr):
            share, rest = content(factor)
            number *= share
            rests.append(rest)
        return number, sp.Mul(*rests)
    if isinstance(expr, sp.Add):
        return _content_of_terms(expr)
    return sp.S.One, expr


def _content_of_terms(expr: sp.Add) -> tuple[sp.Rational, sp.Expr]:
    parts = terms(expr)
    numbers = [cast(sp.Rational, t.as_coeff_Mul()[0]) for t in parts]
    number = sp.Rational(gcd(*[int(n.p) for n in numbers]), lcm(*[int(n.q) for n in numbers]))
    reach = [len(axes_of(t)) for t in parts]
    leading = [n for n, axes in zip(numbers, reach, strict=True) if axes == max(reach)]
    if all(n < 0 for n in numbers) or (all(n < 0 for n in leading) and min(reach) > 0):
        number = -number
    if number == 1:
        return sp.S.One, expr
    return number, sp.Add(*[t / number for t in parts])
