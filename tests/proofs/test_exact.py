"""Exact numbers: the laws of a field, roots, and what leaves the field or the domain."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.proofs.exact import NotExact, OutsideDomain, Surd

SETTINGS = settings(max_examples=50, deadline=None, derandomize=True, database=None)
SQUAREFREE = (1, 2, 3, 5, 6, 7, 10, 15, 30)

fractions = st.fractions(min_value=-20, max_value=20, max_denominator=12)
surds = st.dictionaries(st.sampled_from(SQUAREFREE), fractions, max_size=3).map(Surd)
ONE, ZERO = Surd.of(1), Surd({})


def sympy_of(value: Surd) -> sp.Expr:
    return sp.Add(*[sp.Rational(q.numerator, q.denominator) * sp.sqrt(root) for root, q in value.terms.items()])


@SETTINGS
@given(surds, surds, surds)
def test_addition_and_multiplication_obey_the_laws(a: Surd, b: Surd, c: Surd) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert (a + ZERO, a * ONE, a * ZERO) == (a, a, ZERO)
    assert a + (-a) == ZERO
    assert (a - b) + b == a


@SETTINGS
@given(surds, surds)
def test_every_number_but_zero_has_an_inverse(a: Surd, b: Surd) -> None:
    assume(a != ZERO)
    assert a * a.inverse() == ONE
    assert (a * b) * a.inverse() == b
    assert a.inverse().inverse() == a


@SETTINGS
@given(surds, surds)
def test_sums_and_products_are_those_of_sympy(a: Surd, b: Surd) -> None:
    assert sp.expand(sympy_of(a) + sympy_of(b) - sympy_of(a + b)) == 0
    assert sp.expand(sympy_of(a) * sympy_of(b) - sympy_of(a * b)) == 0


@SETTINGS
@given(surds, surds)
def test_equality_is_equality_of_values(a: Surd, b: Surd) -> None:
    assert (a == b) == (sp.expand(sympy_of(a) - sympy_of(b)) == 0)
    if a == b:
        assert hash(a) == hash(b)


@SETTINGS
@given(st.fractions(min_value=0, max_value=1000, max_denominator=500))
def test_a_root_squared_is_the_number(value: Fraction) -> None:
    root = Surd.of(value).sqrt()
    assert root * root == Surd.of(value)
    assert all(q > 0 for q in root.terms.values())
    assert all(max(sp.factorint(k).values(), default=1) == 1 for k in root.terms)


@SETTINGS
@given(st.fractions(min_value=Fraction(1, 40), max_value=50, max_denominator=40), st.integers(-5, 5), st.booleans())
def test_powers_agree_with_decimals(value: Fraction, numerator: int, half: bool) -> None:
    exponent = Fraction(numerator, 2 if half else 1)
    found = Surd.of(value).power(exponent)
    with localcontext() as context:
        context.prec = 60
        base = Decimal(value.numerator) / Decimal(value.denominator)
        expected = base ** (Decimal(exponent.numerator) / Decimal(exponent.denominator))
        terms = [Decimal(q.numerator) / q.denominator * Decimal(k).sqrt() for k, q in found.terms.items()]
        shown = sum(terms, Decimal(0))
        assert abs(shown - expected) <= Decimal(10) ** -50 * max(Decimal(1), abs(expected))


@SETTINGS
@given(surds, st.integers(-3, 3), st.integers(-3, 3))
def test_exponents_add_up(a: Surd, p: int, q: int) -> None:
    assume(a != ZERO)
    assert a.power(Fraction(p)) * a.power(Fraction(q)) == a.power(Fraction(p + q))


def test_known_roots() -> None:
    assert Surd.of(Fraction(9, 4)).sqrt() == Surd.of(Fraction(3, 2))
    assert Surd.of(12).sqrt() == Surd({3: Fraction(2)})
    assert Surd.of(Fraction(1, 2)).sqrt() == Surd({2: Fraction(1, 2)})
    assert Surd.of(0).sqrt() == ZERO
    assert Surd.of(8).power(Fraction(-3, 2)) == Surd({2: Fraction(1, 32)})


def test_an_inverse_rationalizes() -> None:
    value = Surd({1: Fraction(1), 2: Fraction(1), 3: Fraction(1), 6: Fraction(1)})
    assert value.inverse() == Surd({1: Fraction(1, 2), 2: Fraction(-1, 2), 3: Fraction(-1, 2), 6: Fraction(1, 2)})


def test_terms_that_cancel_disappear() -> None:
    root = Surd.of(2).sqrt()
    assert (root - root).terms == {}
    assert (root * root).rational == 2


def test_the_root_of_an_irrational_number_is_not_exact() -> None:
    with pytest.raises(NotExact, match="1 . 1.sqrt.2. is irrational"):
        (ONE + Surd.of(2).sqrt()).sqrt()
    with pytest.raises(NotExact):
        _ = Surd.of(2).sqrt().rational


def test_other_powers_are_not_exact() -> None:
    with pytest.raises(NotExact, match="the power 1/3"):
        Surd.of(8).power(Fraction(1, 3))


def test_outside_of_the_domain_nothing_is_returned() -> None:
    with pytest.raises(OutsideDomain, match="the square root of -1/4"):
        Surd.of(Fraction(-1, 4)).sqrt()
    with pytest.raises(OutsideDomain, match="division by zero"):
        ZERO.inverse()
    with pytest.raises(OutsideDomain):
        ZERO.power(Fraction(-1, 2))


def test_a_number_is_not_equal_to_anything_else() -> None:
    assert Surd.of(1) != 1
    assert repr(Surd({1: Fraction(1, 2), 3: Fraction(-2)})) == "1/2 + -2*sqrt(3)"
    assert repr(ZERO) == "0"
