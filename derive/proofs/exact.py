"""Exact numbers for checking: rationals and sums of rational multiples of square roots.

A `Surd` is `sum of q_k * sqrt(k)` over squarefree whole numbers k >= 1, which is unique, so equality is exact. What
leaves this field (the root of an irrational number, exp, log, tanh) raises `NotExact`, and the caller falls back to
many digits.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import sympy as sp


class NotExact(ArithmeticError):
    """The value exists but is not a sum of rational multiples of square roots."""


class OutsideDomain(ArithmeticError):
    """The value does not exist: a root of a negative number, a division by zero."""


class Surd:
    """An element of the field that the square roots of whole numbers generate over the rationals."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[int, Fraction]) -> None:
        self.terms = {root: q for root, q in terms.items() if q}

    @classmethod
    def of(cls, value: int | Fraction) -> Surd:
        """A rational number."""
        return cls({1: Fraction(value)})

    @property
    def rational(self) -> Fraction:
        """The value as a fraction; NotExact when it is irrational."""
        if self.terms.keys() - {1}:
            raise NotExact(f"{self} is irrational")
        return self.terms.get(1, Fraction(0))

    def __add__(self, other: Surd) -> Surd:
        total = dict(self.terms)
        for root, q in other.terms.items():
            total[root] = total.get(root, Fraction(0)) + q
        return Surd(total)

    def __mul__(self, other: Surd) -> Surd:
        product: dict[int, Fraction] = {}
        for a, p in self.terms.items():
            for b, q in other.terms.items():
                common = gcd(a, b)
                root = (a // common) * (b // common)
                product[root] = product.get(root, Fraction(0)) + p * q * common
        return Surd(product)

    def __neg__(self) -> Surd:
        return Surd({root: -q for root, q in self.terms.items()})

    def __sub__(self, other: Surd) -> Surd:
        return self + (-other)

    def inverse(self) -> Surd:
        """One divided by this number: multiply by conjugates until the denominator is rational."""
        if not self.terms:
            raise OutsideDomain("division by zero")
        numerator, denominator = Surd.of(1), self
        while irrational := sorted(denominator.terms.keys() - {1}):
            prime = min(sp.primefactors(irrational[0]))
            conjugate = Surd({k: (-q if k % prime == 0 else q) for k, q in denominator.terms.items()})
            numerator, denominator = numerator * conjugate, denominator * conjugate
        return numerator * Surd.of(1 / denominator.rational)

    def sqrt(self) -> Surd:
        """The non-negative square root of a rational number."""
        value = self.rational
        if value < 0:
            raise OutsideDomain(f"the square root of {value}")
        if value == 0:
            return Surd({})
        # sqrt(p/q) = sqrt(p*q)/q, and p*q = square**2 * root with root squarefree.
        square, root = 1, 1
        for prime, power in sp.factorint(value.numerator * value.denominator).items():
            square *= int(prime) ** (power // 2)
            root *= int(prime) ** (power % 2)
        return Surd({root: Fraction(square, value.denominator)})

    def power(self, exponent: Fraction) -> Surd:
        """A whole or half-whole power."""
        if exponent.denominator not in (1, 2):
            raise NotExact(f"the power {exponent}")
        base = self if exponent.denominator == 1 else self.sqrt()
        if exponent < 0:
            base = base.inverse()
        result = Surd.of(1)
        for _ in range(abs(exponent.numerator)):
            result = result * base
        return result

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Surd) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __repr__(self) -> str:
        shown = [str(q) if root == 1 else f"{q}*sqrt({root})" for root, q in sorted(self.terms.items())]
        return " + ".join(shown) or "0"
