"""The affine form: it equals what it was made from, and collects as kernels need it."""

from __future__ import annotations

import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from derive import total
from derive.calculus.canonical import expand, factors, key, terms
from derive.calculus.factor import affine_form
from derive.language import axes_of
from derive.proofs.derivation import derive_layer
from tests.calculus import examples
from tests.calculus.expressions import PLAIN, SETTINGS, SIZES, a, agree, b, d, expressions, f, g, k, n, sample

FULL = (n, d)


@SETTINGS
@given(expressions(PLAIN), SIZES, st.integers(0, 1000), st.sampled_from([f, g, None]))
def test_the_form_equals_its_expression(
    expression: sp.Expr, sizes: dict[str, int], seed: int, lead: sp.Expr | None
) -> None:
    expanded = expand(expression)
    form = affine_form(expanded, FULL, lead)
    assert agree(expanded, form.expr, sample(sizes, seed))


@SETTINGS
@given(expressions((f, g, a, k, 1 / a, sp.Integer(-3)), 8), st.sampled_from([f, g]))
def test_coefficients_have_fewer_axes_and_products_have_all(expression: sp.Expr, lead: sp.Expr) -> None:
    # One set of axes, n, for whatever has fewer.
    assume(all(n not in inner.variables for inner in expression.atoms(sp.Sum)))
    form = affine_form(expand(expression), FULL, lead)
    assert all(set(axes_of(share)) < set(FULL) for share in form.front)
    for part in form.terms:
        assert all(set(axes_of(share)) < set(FULL) for share in part.coefficients)
        for factor in factors(part.product):
            assert factor == 1 or set(axes_of(factor)) == set(FULL)


def test_the_leading_term_comes_first_and_its_coefficient_in_front() -> None:
    form = affine_form(expand(a * (g - f * b - a)), FULL, g)
    assert form.front == (a,)
    assert [part.product for part in form.terms] == [g, 1, f]
    assert form.terms[1].coefficients == (-a,)
    assert sp.Mul(*form.terms[2].coefficients) == -b


def test_nothing_that_may_be_zero_comes_into_a_denominator() -> None:
    form = affine_form(a * g + f, FULL, g)
    assert form.front == ()
    assert form.terms[0].coefficients == (a,)


def test_full_factors_that_all_terms_share_are_taken_out() -> None:
    form = affine_form(expand(f * (g * a - b)), FULL, g)
    assert form.common == f
    assert [part.product for part in form.terms] == [g, 1]


def test_coefficients_of_one_product_add_up() -> None:
    form = affine_form(a * f + 3 * f + k * f, FULL)
    assert len(form.terms) == 1
    assert sp.expand(form.expr - f * (a + 3 + k)) == 0


def test_coefficients_of_different_axes_stay_apart() -> None:
    """a[n]*b[d] has all axes only as a product: it must not be computed as a full tensor of its own."""
    form = affine_form(a * b * f, FULL)
    assert set(form.front) == {a, b}


def test_batch_norm_is_one_scale_and_three_terms() -> None:
    derivation = derive_layer(examples.batch_norm())
    form = derivation.closed_form("x")
    dev, inv = derivation.basis.centres[0].deviation, derivation.basis.roots[0].symbol
    g_ = derivation.backward.grad_output
    over = derivation.basis.centres[0].over
    size = sp.Mul(*[axis.size for axis in over])
    assert form.front == (derivation.graph["gamma"] * inv,)
    assert form.common == 1
    assert [part.product for part in form.terms] == [g_, 1, dev]
    expected = {1: -total(g_, over=over) / size, dev: -(inv**2) * total(dev * g_, over=over) / size}
    for part in form.terms[1:]:
        assert sp.simplify(sp.Mul(*part.coefficients) - expected[part.product]) == 0


def test_the_canonical_order_depends_on_nothing_but_the_expression() -> None:
    assert terms(f + a) == terms(a + f) and factors(f * a * k) == factors(k * a * f)
    assert key(f + a * g) == key(g * a + f)
    assert key(total(f, over=(n, d))) == key(total(f, over=(d, n)))
    assert key(f) != key(g) and key(total(f, over=n)) != key(total(f, over=d))


def test_expanding_leaves_sums_alone() -> None:
    inside = total(f * (g + 1), over=d)
    assert expand(a * (inside + 1)) == a * inside + a
