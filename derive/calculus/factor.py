"""The affine form of an elementwise result: common factors in front, one coefficient per product of full tensors.

    result = front * common * (lead + constant + coefficient * product + ...)

`front` and the coefficients depend on fewer axes than the result (they can be computed once per channel or row);
`common`, `lead` and the products are made of tensors with all axes. For batch normalization this turns the expanded
gradient into `gamma*inv_std * (grad_output - mean(grad_output) - ...*d)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.calculus.canonical import factors, key, terms
from derive.language import Axis, Size, axes_of


@dataclass(frozen=True)
class Term:
    """`product(coefficients) * product`: each coefficient has fewer axes than the result."""

    coefficients: tuple[sp.Expr, ...]
    product: sp.Expr

    @property
    def expr(self) -> sp.Expr:
        """The term as one expression."""
        return cast(sp.Expr, sp.Mul(*self.coefficients) * self.product)


@dataclass(frozen=True)
class AffineForm:
    """`product(front) * common * sum(terms)`; the first term is the leading one."""

    front: tuple[sp.Expr, ...]
    common: sp.Expr
    terms: tuple[Term, ...]

    @property
    def expr(self) -> sp.Expr:
        """The form as one expression, without multiplying out."""
        if len(self.terms) == 1:
            return sp.Mul(*self.front, self.common, self.terms[0].expr)
        inner = sp.Add(*[t.expr for t in self.terms], evaluate=False)
        parts = [f for p in (*self.front, self.common) if p != 1 for f in factors(p)]
        return sp.Mul(*parts, inner, evaluate=False) if parts else inner


def affine_form(expr: sp.Expr, axes: Sequence[Axis], lead: sp.Expr | None = None) -> AffineForm:
    """Collect an expanded expression whose axes are `axes`.

    Args:
        expr: a sum of products, as the algebra of sums leaves it.
        axes: all axes of the result; whatever has fewer is a coefficient.
        lead: the tensor whose term comes first and whose coefficient is taken out in front where that is exact.
    """
    full = frozenset(axes)
    collected: dict[tuple[str, tuple[frozenset[Axis], ...]], Term] = {}
    for term in terms(expr):
        split = _split(term, full)
        # Terms add up when they share the product and depend on one set of axes, or on a part of it.
        groups = tuple(frozenset(axes_of(c)) for c in split.coefficients)
        place = (key(split.product), groups)
        if len(groups) <= 1:
            own = groups[0] if groups else frozenset()
            near = [p for p in collected if p[0] == place[0] and len(p[1]) <= 1]
            place = next((p for p in near if not p[1] or p[1][0] <= own or own <= p[1][0]), place)
        while len(groups) > 1 and place in collected and collected[place].coefficients[1:] != split.coefficients[1:]:
            place = (place[0] + "'", groups)
        if place in collected:
            first, *rest = collected[place].coefficients or (sp.S.One,)
            added = first + (split.coefficients[0] if split.coefficients else sp.S.One)
            split = Term((cast(sp.Expr, added), *rest), split.product)
        collected[place] = split
    found = list(collected.values())
    common = _common([t.product for t in found])
    found = [Term(t.coefficients, cast(sp.Expr, t.product / common)) for t in found]
    found.sort(key=lambda t: _place(t, lead))
    front, found = _take_front(found)
    return AffineForm(tuple(front), common, tuple(found))


def lead_of(expr: sp.Expr, candidates: Sequence[sp.Expr]) -> sp.Expr | None:
    """The first of some tensors that stands in an expression outside of all sums."""
    plain = expr.xreplace({total: sp.S.One for total in expr.atoms(sp.Sum)})
    return next((tensor for tensor in candidates if plain.has(tensor)), None)


def by_direction(expr: sp.Expr, directions: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """An expanded expression that is linear in directions: the terms of each of them, then those without any.

    Collected apart, what cancels between the terms of one direction does so before anything else is added.
    """
    rest, found = terms(expr), []
    for direction in directions:
        own = [term for term in rest if term.has(direction)]
        rest = [term for term in rest if term not in own]
        found += [sp.Add(*own)] if own else []
    return (*found, sp.Add(*rest)) if rest or not found else tuple(found)


def summed(forms: Sequence[AffineForm]) -> sp.Expr:
    """Affine forms added up, as one expression, without multiplying out."""
    return forms[0].expr if len(forms) == 1 else sp.Add(*[form.expr for form in forms], evaluate=False)


def _split(term: sp.Expr, full: frozenset[Axis]) -> Term:
    """One product as coefficients, grouped by the axes they have, and a product of full tensors."""
    product, lower = sp.S.One, []
    for factor in factors(term):
        if frozenset(axes_of(factor)) == full and full:
            product *= factor
        else:
            lower.append(factor)
    groups: dict[frozenset[Axis], sp.Expr] = {}
    for factor in sorted(lower, key=lambda f: -len(axes_of(f))):
        reach = frozenset(axes_of(factor))
        home = next((g for g in groups if reach <= g), reach)
        groups[home] = cast(sp.Expr, groups.get(home, sp.S.One) * factor)
    ordered = sorted(groups, key=lambda g: sorted(axis.name for axis in g))
    return Term(tuple(groups[g] for g in ordered), cast(sp.Expr, product))


def _common(products: Sequence[sp.Expr]) -> sp.Expr:
    """The full tensors that all products share."""
    shared: dict[sp.Basic, sp.Expr] = dict(products[0].as_powers_dict())
    for product in products[1:]:
        powers = product.as_powers_dict()
        shared = {b: min(e, powers[b]) for b, e in shared.items() if b in powers and e * powers[b] > 0}
    return sp.Mul(*[b**e for b, e in shared.items() if b != 1])


def _place(term: Term, lead: sp.Expr | None) -> tuple[int, int, str]:
    """The leading tensor first, then the constant, then the rest by degree."""
    degree = len(factors(term.product)) if term.product != 1 else 0
    leads = lead is not None and term.product.has(lead)
    return (0 if leads else 1, degree, key(term.expr))


def _take_front(found: list[Term]) -> tuple[list[sp.Expr], list[Term]]:
    """Move each coefficient of the leading term in front of the whole if all other terms can be divided by it."""
    if len(found) == 1:
        return list(found[0].coefficients), [Term((), found[0].product)]
    front: list[sp.Expr] = []
    for share in found[0].coefficients:
        reach = frozenset(axes_of(share))
        divided = [_divide(term, share, reach) for term in found]
        if all(term is not None for term in divided):
            front.append(share)
            found = cast("list[Term]", divided)
    return front, [_regrouped(term) for term in found]


def _regrouped(term: Term) -> Term:
    """The coefficients multiplied together where one's axes include the other's, after something was taken out."""
    groups: dict[frozenset[Axis], sp.Expr] = {}
    for share in sorted(term.coefficients, key=lambda c: -len(axes_of(c))):
        reach = frozenset(axes_of(share))
        home = next((g for g in groups if reach <= g), reach)
        groups[home] = cast(sp.Expr, groups[home] * share if home in groups else share)
    return Term(tuple(groups[g] for g in sorted(groups, key=lambda g: sorted(axis.name for axis in g))), term.product)


def _divide(term: Term, share: sp.Expr, reach: frozenset[Axis]) -> Term | None:
    """`term / share`, or None when something that may be zero would come into a denominator."""
    coefficients = list(term.coefficients)
    for k, coefficient in enumerate(coefficients):
        if frozenset(axes_of(coefficient)) == reach:
            quotient = sp.Add(*[t / share for t in terms(cast(sp.Expr, sp.expand(coefficient)))])
            if _denominators(quotient) - _denominators(coefficient):
                return None
            coefficients[k] = quotient
            return Term(tuple(c for c in coefficients if c != 1), term.product)
    return None


def _denominators(expr: sp.Expr) -> set[sp.Basic]:
    """What is divided by, sizes aside."""
    return {p.base for p in expr.atoms(sp.Pow) if p.exp.could_extract_minus_sign() and not isinstance(p.base, Size)}
