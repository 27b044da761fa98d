"""What formulas of smaller tensors have in common is computed once, and nothing else changes."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive.kernels.targets.numpy.products import Step, shared

A, B, C, N = sp.symbols("a b c n")


def _inserted(steps: list[Step]) -> list[sp.Expr]:
    """The formulas, called f, -, g and h, with the products put back, each product before whoever may use it."""
    known: dict[sp.Basic, sp.Basic] = {}
    found: list[sp.Expr] = []
    for step, own in zip(steps, "f-gh", strict=False):
        for name, product in step.products:
            assert sp.Symbol(name) not in known
            known[sp.Symbol(name)] = product.xreplace(known)
        found.append(step.expr.xreplace(known))
        known[sp.Symbol(own)] = found[-1]
    return found


def test_the_longest_product_is_taken_out_once() -> None:
    """A coefficient that stands in another one is computed before the first of them."""
    steps = shared([B * A**2 * C / N - C, -(A**2) * C / N, A * B])
    assert [step.products for step in steps] == [(("product1", A**2 * C / N),), (), ()]
    assert [step.expr for step in steps] == [B * sp.Symbol("product1") - C, -sp.Symbol("product1"), A * B]


def test_a_product_may_be_made_of_another() -> None:
    """The longest is found first; what it has in common with a term that is left comes before it."""
    first, second = shared([B * A**2 * C / N - C / N, -(A**2) * C / N])
    short, long = sp.symbols("product2 product1")
    assert first == Step(B * long - short, (("product2", C / N), ("product1", A**2 * short)))
    assert second == Step(-long, ())


def test_a_formula_that_is_a_product_needs_no_other_name() -> None:
    """Half of a square counts, and what may not be used under its name is computed again."""
    exprs = [A * B, -(A**2) * B / N]
    assert shared(exprs, (), ["first", None]) == [Step(A * B, ()), Step(-A * sp.Symbol("first") / N, ())]
    first, second = shared(exprs, (), [None, None])
    assert first == Step(sp.Symbol("product1"), (("product1", A * B),))
    assert second == Step(-A * sp.Symbol("product1") / N, ())
    assert shared(exprs[::-1], (), [None, "second"])[1] == Step(sp.Symbol("product1"), ())


@pytest.mark.parametrize("exprs", [[A * B, A + B], [A / N, B / N], [A, A], [sp.Integer(2) * A, 3 * A], []])
def test_nothing_is_taken_out_that_costs_nothing(exprs: list[sp.Expr]) -> None:
    """Single factors and divisors stay where they are."""
    assert shared(exprs) == [Step(expr, ()) for expr in exprs]


def test_names_that_are_taken_are_left_alone() -> None:
    """A layer may call a tensor `product1`."""
    (first, second) = shared([A * B * C, 2 * A * B], {"product1"})
    assert first.products == (("product2", A * B),)
    assert second == Step(2 * sp.Symbol("product2"), ())


def test_any_formulas_stay_what_they_are() -> None:
    """Random sums of products, with powers and divisors, come back when the products are put back."""
    rng = random.Random(0)
    changed = 0
    for _ in range(60):
        exprs = [
            sp.Add(*(
                sp.Mul(rng.choice((-1, 1, 3)), *(s ** rng.choice((-1, 1, 2)) for s in rng.sample((A, B, C, N), 3)))
                for _ in range(rng.randint(1, 3))
            ))
            for _ in range(4)
        ]  # fmt: skip
        steps = shared(exprs, (), rng.choice([(), ("f", None, "g", "h")]))
        changed += any(step.products for step in steps)
        assert all(sp.simplify(a - b) == 0 for a, b in zip(_inserted(steps), exprs, strict=True))
    assert changed > 30
