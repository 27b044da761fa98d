"""The theorems of batch normalization: all are there, their steps chain, and they hold at data of the tests' own."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import Claim, Misuse
from derive.graph import Equation
from derive.language import axes_of, indices, total
from derive.layers.batch_norm.forward import eps, gamma, mean, n, s, var, x
from derive.proofs.brute_force import check_gradient, write_out
from derive.proofs.evaluate import DigitsArithmetic, Evaluation, ExactArithmetic, positions
from derive.proofs.exact import NotExact
from derive.proofs.prove import closed_form_claims
from derive.proofs.prover import prove, sample_for
from tests.calculus import examples, written
from tests.calculus.values import given
from tests.proofs.proven import batch_norm, claim, derived, theorem

ORDERS = {
    "deviations of x from mean sum to zero": None,
    "closed form of grad_x": None,
    "closed form of grad_gamma": None,
    "closed form of grad_beta": None,
    "the vanishing term": 1,
    "three-term formula": None,
    "consolidated formula": None,
    "invariance to a shift of the input": None,
    "near-invariance to the scale of the input": None,
    "blind to a constant": None,
    "nearly blind to the output itself": None,
    "spectrum of the input Jacobian": None,
}
MISUSES = {
    "detaching the mean in the variance breaks second derivatives": 2,
    "detaching the mean in the raw-moment variance breaks first derivatives": 1,
}
CLAIMS = sorted(ORDERS)

# Three elements per channel, both variances 2, and eps = 2: every root is rational.
X, GAMMA, G = [[0, 0, 3], [5, 2, 2]], [3, -1], [[1, -2, 4], [3, 1, 7]]


def test_the_list_of_theorems_is_complete() -> None:
    theorems = batch_norm().theorems
    assert {t.name: t.claim.order for t in theorems if isinstance(t.claim, Claim)} == ORDERS
    assert {t.name: t.claim.derivative for t in theorems if isinstance(t.claim, Misuse)} == MISUSES
    assert len(theorems) == len(ORDERS) + len(MISUSES)


def test_statements_and_hypotheses_are_those_of_the_design() -> None:
    b, g = batch_norm().derivation.backward, batch_norm().derivation.backward.grad_output
    assert claim("deviations of x from mean sum to zero").lhs == total(x - mean, over=(n, s))
    assert claim("the vanishing term").lhs == b.adjoint("mean").via("var").equation.target
    assert claim("invariance to a shift of the input").lhs == total(b.grad("x"), over=(n, s))
    assert [claim(t).rhs for t in ("the vanishing term", "invariance to a shift of the input")] == [0, 0]
    assert claim("blind to a constant").given == ((g, sp.S.One),)
    assert claim("blind to a constant").rhs == 0
    assert claim("nearly blind to the output itself").given == ((g, b.graph["x_norm"]),)
    spectrum = claim("spectrum of the input Jacobian")
    assert spectrum.assuming == (total(g, over=(n, s)), total(g * (x - mean), over=(n, s)))
    assert sp.Gt(var, 0) in spectrum.conditions
    assert spectrum.rhs == gamma * g / sp.sqrt(var + eps)


@pytest.mark.parametrize("name", CLAIMS)
def test_the_steps_of_each_side_form_one_chain_to_the_same_end(name: str) -> None:
    found = theorem(name)
    assert found.steps == found.lhs_steps + found.rhs_steps
    assert found.steps, "a theorem without a step says nothing"
    ends = []
    derivation = batch_norm().derivation
    basis = (derivation.moment_form if claim(name).moment_form else derivation.algebra).basis
    for side, steps in ((claim(name).lhs, found.lhs_steps), (claim(name).rhs, found.rhs_steps)):
        start = basis.enter(side)
        assert not steps or steps[0].before == start
        assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
        assert all(step.before != step.after for step in steps)
        ends.append(steps[-1].after if steps else start)
    assert ends[0] == ends[1]


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("number", [101, 102])
def test_statement_and_steps_hold_at_data_that_the_prover_has_not_seen(name: str, number: int) -> None:
    derivation, stated = batch_norm().derivation, claim(name)
    at = sample_for(derivation, stated, number)
    hypotheses = [Equation(tensor, value) for tensor, value in stated.given]
    equations = (*derivation.equations, *derivation.moment_form.basis.definitions, *hypotheses)
    evaluation = Evaluation(equations, at, ExactArithmetic())
    for left, right in ((stated.lhs, stated.rhs), *((p.before, p.after) for p in theorem(name).steps)):
        for where in positions(dict.fromkeys((*axes_of(left), *axes_of(right))), at.sizes):
            assert evaluation(left, where) == evaluation(right, where)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_theorem_was_checked_exactly(name: str) -> None:
    first = theorem(name).checks[0]
    assert "evaluated exactly at random values" in first.how
    assert f"statement and {len(theorem(name).steps)} step" in first.how
    assert first.detail.count("n=") == 3


def test_the_spectrum_was_confirmed_by_a_characteristic_polynomial() -> None:
    assert "characteristic polynomial" in theorem("spectrum of the input Jacobian").checks[1].how


def test_the_gradient_was_compared_with_brute_force_at_two_sizes() -> None:
    check = batch_norm().gradient_check
    assert "exactly" in check.how
    assert check.detail == "n=2, c=2, s=2; n=3, c=1, s=2"


def true_gradient(g: list[list[sp.Expr]]) -> list[list[sp.Expr]]:
    """SymPy's derivative of batch norm written out by hand, at the data above."""
    xs = written.symbols("x", 2, 3)
    y = written.batch_norm(xs, list(map(sp.Integer, GAMMA)), [sp.S.Zero] * 2, sp.Integer(2))
    at = {xs[c][k]: value for c, row in enumerate(X) for k, value in enumerate(row)}
    return [[written.at(v, at) for v in row] for row in written.gradient(written.loss(g, y), xs)]


def stated(name: str, side: str, g: list[list[int]]) -> list[list[Fraction]]:
    """One side of a theorem at the data above."""
    derivation = batch_norm().derivation
    cells = {k: [[[row[i]] for row in v] for i in range(3)] for k, v in (("x", X), ("grad_output", g))}
    at = given({"n": 3, "c": 2, "s": 1}, gamma=GAMMA, beta=[4, 5], eps=2, **cells)
    evaluation = Evaluation(derivation.equations, at, ExactArithmetic())
    expr = getattr(claim(name), side)
    axis_n, axis_c, axis_s = derivation.graph.axes
    return [[evaluation(expr, {axis_n: i, axis_c: k, axis_s: 0}).rational for i in range(3)] for k in range(2)]


def fraction_rows(rows: list[list[sp.Expr]]) -> list[list[Fraction]]:
    return [[written.fraction(v) for v in row] for row in rows]


@pytest.mark.parametrize("name", ["three-term formula", "consolidated formula", "closed form of grad_x"])
@pytest.mark.parametrize("side", ["lhs", "rhs"])
def test_the_formulas_give_the_gradient_of_the_layer_written_by_hand(name: str, side: str) -> None:
    expected = fraction_rows(true_gradient(sp.Matrix(G).tolist()))
    assert stated(name, side, G) == expected
    assert len({v for row in expected for v in row}) > 3


def test_the_blind_directions_are_blind_in_the_layer_written_by_hand() -> None:
    ones: list[list[sp.Expr]] = [[sp.Integer(1)] * 3] * 2
    assert fraction_rows(true_gradient(ones)) == [[0, 0, 0], [0, 0, 0]]
    x_norm = [written.normalized(list(map(sp.Integer, row)), sp.Integer(2)) for row in X]
    shrunk = [[g * v / 2 * sp.Rational(2, 4) for v in row] for row, g in zip(x_norm, GAMMA, strict=True)]
    assert true_gradient(x_norm) == shrunk
    assert stated("nearly blind to the output itself", "rhs", G) == fraction_rows(shrunk)


def test_the_invariances_hold_in_the_layer_written_by_hand() -> None:
    gradient = true_gradient(sp.Matrix(G).tolist())
    x_norm = [written.normalized(list(map(sp.Integer, row)), sp.Integer(2)) for row in X]
    assert [sp.Add(*row) for row in gradient] == [0, 0]
    for k, (grads, values, cotangents) in enumerate(zip(gradient, x_norm, G, strict=True)):
        projected = sp.Add(*[a * b for a, b in zip(grads, values, strict=True)])
        g_x_norm = sp.Add(*[a * b for a, b in zip(cotangents, values, strict=True)])
        assert projected == sp.Rational(GAMMA[k], 2) * sp.Rational(2, 4) * g_x_norm
        found = stated("near-invariance to the scale of the input", "lhs", G)[k][0]
        assert found == written.fraction(projected)


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_every_example_equals_brute_force(make: examples.Maker) -> None:
    check = check_gradient(derived(make))
    assert check.detail.count("=") >= 4
    functions = derived(make).graph.name in {"softmax", "softmax_in_one", "log_softmax", "gate"}
    assert ("48 of 60 digits" if functions else "exactly") in check.how


def test_a_layer_is_written_out_element_by_element() -> None:
    out = write_out(derived(examples.softmax).graph, {"n": 1, "d": 2})
    first, second = out.symbols["x"][0, 0], out.symbols["x"][0, 1]
    assert out.outputs[0, 1] == sp.exp(second) / (sp.exp(first) + sp.exp(second))


def test_the_spectrum_holds_at_sizes_with_enough_elements() -> None:
    at = sample_for(batch_norm().derivation, claim("spectrum of the input Jacobian"), 55)
    assert at.sizes["n"] * at.sizes["s"] >= 3
    evaluation = Evaluation(batch_norm().derivation.equations, at, ExactArithmetic())
    for hypothesis in claim("spectrum of the input Jacobian").assuming:
        for where in positions(axes_of(hypothesis), at.sizes):
            assert evaluation(hypothesis, where).rational == 0
    assert any(at.values["grad_output"].values())


def test_indices_of_the_gradient_are_those_of_its_tensor() -> None:
    for adjoint in batch_norm().derivation.backward.gradients:
        assert indices(adjoint.symbol) == indices(adjoint.of)


def test_a_proof_with_functions_says_that_it_used_digits() -> None:
    derivation = derived(examples.softmax)
    (only,) = closed_form_claims(derivation, {"x": derivation.closed_form("x")})
    assert "48 of 60 digits" in prove(derivation, only).checks[0].how
    with pytest.raises(NotExact):
        Evaluation(derivation.equations, sample_for(derivation, only, 0), ExactArithmetic()).agree(only.lhs, only.rhs)
    digits = Evaluation(derivation.equations, sample_for(derivation, only, 9), DigitsArithmetic())
    assert digits.agree(only.lhs, only.rhs)
