"""The witness of every proof: it computes what SymPy computes when the sums are written as their terms."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import cast

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import axes, exp, log, positive, sqrt, tanh, tensor, total
from derive.errors import ProofError
from derive.graph import Equation
from derive.language import Axis, atom, indices
from derive.proofs.evaluate import (
    DIGITS,
    Arithmetic,
    DigitsArithmetic,
    Evaluation,
    ExactArithmetic,
    Sample,
    draw,
    fill,
    positions,
    with_best_arithmetic,
)
from derive.proofs.exact import NotExact, OutsideDomain, Surd
from tests.calculus import examples
from tests.calculus.expressions import PLAIN, SIZES, expressions, sample
from tests.calculus.values import to_sympy
from tests.calculus.written import number
from tests.proofs.proven import derived

SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, database=None)
n, d = axes("n d")
f, a = tensor("f", n, d), tensor("a", n)
SMALL = Sample(
    {"n": 2, "d": 2},
    {
        "f": {(i, j): Fraction(1 + i + 3 * j) for i in (0, 1) for j in (0, 1)},
        "a": {(0,): Fraction(2), (1,): Fraction(-5)},
    },
)


def by_sympy(expr: sp.Expr, at: Sample, where: dict[Axis, int]) -> sp.Expr:
    """The value of an expression with every sum expanded by SymPy itself."""
    sizes = {axis.size: at.sizes[axis.name] for axis in (n, d)}
    terms = expr.xreplace(sizes).doit().xreplace({axis: sp.Integer(k) for axis, k in where.items()})
    cells = {
        sp.IndexedBase(name, real=True)[tuple(map(sp.Integer, place))]: number(value)
        for name, values in at.values.items()
        for place, value in values.items()
        if place
    }
    return cast(sp.Expr, sp.expand(terms.xreplace({**cells, positive("k"): number(at.values["k"][()])})))


@SETTINGS
@given(expressions(PLAIN, 5, again=True), SIZES, st.integers(0, 1000))
def test_evaluation_is_what_sympy_computes(expression: sp.Expr, sizes: dict[str, int], seed: int) -> None:
    at = sample(sizes, seed)
    evaluation = Evaluation((), at, ExactArithmetic())
    for where in positions((n, d), sizes):
        expected = by_sympy(expression, at, dict(where))
        assert sp.expand(to_sympy(evaluation(expression, where)) - expected) == 0


def test_values_by_hand() -> None:
    evaluation = Evaluation((), SMALL, ExactArithmetic())
    assert evaluation(total(f * a, over=n), {d: 1}) == Surd.of(4 * 2 - 5 * 5)
    assert evaluation(total(a * total(f, over=d), over=n), {}) == Surd.of(2 * 5 - 5 * 7)
    assert evaluation(n.size**2 / d.size, {}) == Surd.of(2)
    assert evaluation(sqrt(f + 1), {n: 0, d: 0}) == Surd.of(2).sqrt()


def test_an_inner_sum_over_the_same_axis_has_its_own_index() -> None:
    evaluation = Evaluation((), SMALL, ExactArithmetic())
    assert evaluation(total(a * total(a, over=n), over=n), {}) == Surd.of(9)


def test_equations_are_used_where_a_value_is_missing_and_values_win() -> None:
    doubled = Equation(atom("b", (n,)), 2 * a)
    assert Evaluation((doubled,), SMALL, ExactArithmetic())(atom("b", (n,)), {n: 1}) == Surd.of(-10)
    given_ = Sample(SMALL.sizes, {**SMALL.values, "b": {(0,): Fraction(1), (1,): Fraction(7)}})
    assert Evaluation((doubled,), given_, ExactArithmetic())(atom("b", (n,)), {n: 1}) == Surd.of(7)


def test_the_later_of_two_equations_counts() -> None:
    target = atom("b", (n,))
    both = (Equation(target, a), Equation(target, a + 1))
    assert Evaluation(both, SMALL, ExactArithmetic())(target, {n: 0}) == Surd.of(3)


def test_a_tensor_without_value_and_equation_is_refused() -> None:
    with pytest.raises(ProofError, match=r"evaluation: z\[n\] has neither a value nor an equation"):
        Evaluation((), SMALL, ExactArithmetic())(tensor("z", n), {n: 0})


def test_agreement_is_at_all_indices() -> None:
    evaluation = Evaluation((), SMALL, ExactArithmetic())
    assert evaluation.agree(total(f, over=d), total(f, over=d) * 1)
    assert evaluation.agree(a * f, f * a)
    assert not evaluation.agree(a, sp.Integer(2))  # right at n = 0, wrong at n = 1
    assert not evaluation.agree(total(f, over=d), total(f, over=n))


@pytest.mark.parametrize("make", [examples.layer_norm, examples.rms_norm, examples.batch_norm_inference])
@pytest.mark.parametrize("seed", range(3))
def test_exact_values_and_60_digits_agree(make: examples.Maker, seed: int) -> None:
    derivation = derived(make)
    sizes = {axis.name: 2 for axis in derivation.graph.axes}
    g = derivation.backward.grad_output
    at = fill(derivation.graph, sizes, random.Random(seed), (g,), positive=True)
    digits = DigitsArithmetic()
    exact = Evaluation(derivation.equations, at, ExactArithmetic())
    rounded = Evaluation(derivation.equations, at, digits)
    for adjoint in derivation.backward.gradients:
        for where in positions(indices(adjoint.of), sizes):
            shown = sp.N(to_sympy(exact(adjoint.symbol, where)), DIGITS + 5)
            assert digits.equal(digits.context.mpf(str(shown)), rounded(adjoint.symbol, where))


def test_functions_fall_back_to_60_digits() -> None:
    def run(arithmetic: Arithmetic) -> bool:
        evaluation = Evaluation((), SMALL, arithmetic)
        return evaluation.agree(exp(log(f)), f) and not evaluation.agree(tanh(f), f)

    assert with_best_arithmetic(run) == (True, "to 48 of 60 digits")
    assert with_best_arithmetic(lambda arithmetic: Evaluation((), SMALL, arithmetic).agree(a, a)) == (True, "exactly")


def test_digits_tell_apart_what_differs_in_the_47th() -> None:
    digits = DigitsArithmetic()
    one = digits.number(Fraction(1))
    assert digits.equal(one, one + digits.number(Fraction(1, 10**49)))
    assert not digits.equal(one, one + digits.number(Fraction(1, 10**47)))


def test_what_does_not_exist_is_outside_the_domain() -> None:
    exact, digits = ExactArithmetic(), DigitsArithmetic()
    for arithmetic in (exact, digits):
        evaluation = Evaluation((), SMALL, arithmetic)
        with pytest.raises(OutsideDomain):
            evaluation(sqrt(a), {n: 1})
        with pytest.raises(OutsideDomain):
            evaluation(1 / (a - 2), {n: 0})
    with pytest.raises(OutsideDomain):
        Evaluation((), SMALL, digits)(log(a), {n: 1})
    with pytest.raises(NotExact):
        Evaluation((), SMALL, exact)(exp(a), {n: 0})


def test_zero_has_positive_powers_in_both_arithmetics() -> None:
    zero = a - 2
    assert Evaluation((), SMALL, ExactArithmetic())(zero**2 + sqrt(zero), {n: 0}) == Surd({})
    assert Evaluation((), SMALL, DigitsArithmetic())(zero**2 + sqrt(zero), {n: 0}) == 0


def test_samples_are_drawn_in_the_domain_of_constants_and_buffers() -> None:
    graph = derived(examples.batch_norm_inference).graph
    for seed in range(20):
        at = draw(graph, random.Random(seed))
        assert set(at.sizes.values()) <= {1, 2, 3}
        assert all(v > 0 for name in ("running_mean", "running_var", "eps") for v in at.values[name].values())
        assert len(at.values["x"]) == at.sizes["n"] * at.sizes["c"] * at.sizes["s"]
    signs = {v > 0 for seed in range(20) for v in draw(graph, random.Random(seed)).values["x"].values()}
    assert signs == {True, False}
    assert draw(graph, random.Random(3)) == draw(graph, random.Random(3))
