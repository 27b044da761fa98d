"""What is proven about second derivatives, and that a theorem for first derivatives is not used for them."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
import sympy as sp

from derive import catalogue, layer_names
from derive.calculus.chain_rule import backward
from derive.calculus.forward_mode import forward
from derive.errors import ProofError
from derive.graph import Equation
from derive.language import atom, indices, name_of
from derive.pipeline import make
from derive.proofs import second_order as module
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.evaluate import Evaluation, fill, positions, with_best_arithmetic
from derive.proofs.licence import require, valid_for, vanishing
from derive.proofs.misuse import hold
from derive.proofs.prove import Proven, prove_all
from derive.proofs.second_check import check_second_derivatives
from derive.proofs.second_order import derive_tangent, second_order
from derive.proofs.theorem import Claim, Misuse, Theorem

VANISHING = "the vanishing term"


@cache
def batch_norm() -> Proven:
    entry = catalogue.builtin("batch_norm")
    return prove_all(derive_layer(entry.layer, entry.interface.names), entry.claims)


def theorem(name: str) -> Theorem:
    return next(t for t in batch_norm().theorems if t.name == name)


def with_order(name: str, order: int | None) -> Theorem:
    claim = theorem(name).claim
    assert isinstance(claim, Claim)
    return replace(theorem(name), claim=replace(claim, order=order))


def test_a_rewrite_that_is_valid_for_first_derivatives_only_is_refused() -> None:
    with pytest.raises(ProofError, match="'the vanishing term' is valid for derivatives up to order 1.*order 2"):
        second_order(batch_norm(), rewrites=[theorem(VANISHING)])


def test_no_file_is_made_with_a_rewrite_that_is_not_licensed(monkeypatch: pytest.MonkeyPatch) -> None:
    own = second_order

    def greedy(proven: Proven, **more: object) -> object:
        return own(proven, rewrites=[t for t in proven.theorems if t.name == VANISHING])

    monkeypatch.setattr("derive.pipeline.second_order", greedy)
    with pytest.raises(ProofError, match="must not shorten a computation that is differentiated to order 2"):
        make(catalogue.builtin("batch_norm"))


def test_if_it_were_used_all_the_same_the_proof_would_fail() -> None:
    """The licence is not the only guard: what is emitted is proven against the chain rule without any shortcut."""
    forged = with_order(VANISHING, None)
    with pytest.raises(ProofError, match="cannot be brought to the same form"):
        second_order(batch_norm(), rewrites=[forged])


def test_the_tangent_may_leave_out_what_vanishes_and_the_double_backward_pass_may_not() -> None:
    found = second_order(batch_norm())
    assert [t.name for t in found.jvp.relied] == [VANISHING]
    assert found.double_backward.relied == ()
    short = {e.name: e.value for e in found.jvp.derivation.graph.equations}
    full = {e.name: e.value for e in found.double_backward.derivation.graph.equations}
    tangent_mean = atom("tangent_mean", indices(found.jvp.derivation.graph["mean"]))
    assert not short["tangent_var"].has(tangent_mean)
    assert full["tangent_var"].has(tangent_mean)


def test_without_licences_nothing_is_left_out_and_the_formulas_are_the_same() -> None:
    free, usual = second_order(batch_norm(), rewrites=[]), second_order(batch_norm())
    assert free.jvp.relied == ()
    assert dict(free.jvp.closed_forms) == dict(usual.jvp.closed_forms)


def test_what_a_theorem_is_valid_for() -> None:
    assert valid_for(theorem(VANISHING), 1) and not valid_for(theorem(VANISHING), 2)
    assert valid_for(theorem("deviations of x from mean sum to zero"), 2)
    counterexample = next(t for t in batch_norm().theorems if isinstance(t.claim, Misuse))
    assert not valid_for(counterexample, 1)
    with pytest.raises(ProofError, match="as no rewrite at all"):
        require(counterexample, 1)
    assert vanishing(batch_norm().derivation, batch_norm().theorems).keys() == {("var", "mean")}


def hessian_vector_product(first: Derivation, constant: tuple[tuple[str, str], ...] = ()) -> list[sp.Expr]:
    """Along one direction in x, at data whose root is rational: 3 elements, variance 2, eps 2."""
    names = {t: f"direction_{name_of(t)}" for t in first.graph.inputs}
    second = derive_tangent(first, names, constant)
    sample = fill(second.graph, {"n": 3, "c": 1, "s": 1}, random.Random(0), (second.backward.grad_output,))
    values = {name: dict(table) for name, table in sample.values.items()}
    given = {"x": (0, 0, 3), "gamma": (1,), "eps": (2,), "grad_output": (1, -2, 4), "direction_x": (2, 0, -1)}
    given |= {"direction_gamma": (0,), "direction_beta": (0,)}
    for name, numbers in given.items():
        for place, number in zip(values[name], numbers, strict=True):
            values[name][place] = type(values[name][place])(number)
    at = replace(sample, values=values)
    gradient = second.backward.grad("x")
    found: list[sp.Expr] = []

    def run(arithmetic: object) -> bool:
        evaluation = Evaluation(second.equations, at, arithmetic)  # type: ignore[arg-type]
        found[:] = [evaluation(gradient, w).rational for w in positions(indices(gradient), at.sizes)]
        return True

    assert with_best_arithmetic(run)[1] == "exactly"
    return found


def test_detaching_the_mean_in_the_variance_makes_hessian_vector_products_wrong() -> None:
    """The bug of frameworks: the variance takes the value of the mean without its derivative. Ours is right."""
    right = hessian_vector_product(batch_norm().derivation)
    wrong = hessian_vector_product(batch_norm().derivation, (("var", "mean"),))
    assert right != wrong
    # By SymPy, from the layer written out: the loss along the direction, differentiated once more.
    xs = sp.symbols("x0:3")
    mean = sp.Add(*xs) / 3
    deviations = [x - mean for x in xs]
    var = sp.Add(*[d**2 for d in deviations]) / 3
    held = sp.Symbol("held")
    detached = sp.Add(*[(x - held) ** 2 for x in xs]) / 3
    at = dict(zip(xs, (0, 0, 3), strict=True))
    g, v = (1, -2, 4), (2, 0, -1)

    def product(variance: sp.Expr) -> list[Fraction]:
        loss = sp.Add(*[gk * d / sp.sqrt(variance + 2) for gk, d in zip(g, deviations, strict=True)])
        slope = sp.Add(*[vk * sp.diff(loss, x) for vk, x in zip(v, xs, strict=True)])
        exact = [sp.diff(slope, x).subs({held: mean}).subs(at) for x in xs]
        return [Fraction(int(q.p), int(q.q)) for q in exact]

    assert right == product(var)
    assert wrong == product(detached)
    off = max(abs(a - b) for a, b in zip(right, wrong, strict=True)) / max(map(abs, right))
    assert off > Fraction(1, 20)


def test_the_detached_graph_has_right_first_and_wrong_second_derivatives() -> None:
    """The same bug as a graph: every first-order check passes."""
    graph = batch_norm().derivation.graph
    changed, held = hold(graph, "var", "mean")
    right, wrong = backward(graph), backward(changed)
    sample = fill(graph, {"n": 3, "c": 1, "s": 1}, random.Random(3), (right.grad_output,))
    more = tuple(Equation(t, value) for t, value in held)

    def agrees(arithmetic: object) -> bool:
        ours = Evaluation(right.equations, sample, arithmetic)  # type: ignore[arg-type]
        theirs = Evaluation((*wrong.equations, *more), sample, arithmetic)  # type: ignore[arg-type]
        grad = right.grad("x")
        return all(
            arithmetic.equal(ours(grad, w), theirs(wrong.grad("x"), w))  # type: ignore[attr-defined]
            for w in positions(indices(grad), sample.sizes)
        )

    assert with_best_arithmetic(agrees)[0]


def test_the_independent_check_refuses_a_wrong_tangent_and_a_wrong_gradient() -> None:
    first = batch_norm().derivation
    names = {t: f"tangent_{name_of(t)}" for t in first.graph.inputs}
    right = derive_tangent(first, names)
    assert "carry their derivatives" in check_second_derivatives(first, right, names, gradients=True).how
    # With a constant mean in the variance the tangent is right and its gradient is wrong.
    shortened = derive_tangent(first, names, (("var", "mean"),))
    check_second_derivatives(first, shortened, names, gradients=False)
    with pytest.raises(ProofError, match="chain rule's grad_x.*the layer itself gives"):
        check_second_derivatives(first, shortened, names, gradients=True)
    with pytest.raises(ProofError, match="chain rule's tangent_y.*the layer itself gives"):
        check_second_derivatives(first, derive_tangent(first, names, (("x_norm", "x"),)), names, gradients=False)


@pytest.mark.parametrize("name", layer_names())
def test_forward_over_reverse_is_reverse_over_forward(name: str) -> None:
    """Second derivatives are symmetric: the tangent of a gradient is the gradient of the tangent."""
    entry = catalogue.builtin(name)
    first = derive_layer(entry.layer, entry.interface.names)
    names = {t: f"tangent_{name_of(t)}" for t in first.graph.inputs}
    second = derive_tangent(first, names)
    for adjoint in second.backward.gradients:
        gradient = first.backward.as_graph(name_of(adjoint.of))
        through = forward(gradient, {t: names[t] for t in gradient.inputs if t in names})
        sizes = {axis.name: (2, 3, 1, 2)[k] for k, axis in enumerate(first.graph.axes)}
        sample = fill(second.graph, sizes, random.Random(f"{name} 1"), (first.backward.grad_output,))

        def agrees(arithmetic: object, through=through, adjoint=adjoint, sample=sample) -> bool:  # type: ignore[no-untyped-def]
            ours = Evaluation(second.equations, sample, arithmetic)  # type: ignore[arg-type]
            theirs = Evaluation(through.equations, sample, arithmetic)  # type: ignore[arg-type]
            tangent = through.tangent(f"grad_{name_of(adjoint.of)}")
            return all(
                arithmetic.equal(ours(adjoint.symbol, w), theirs(tangent, w))  # type: ignore[attr-defined]
                for w in positions(indices(adjoint.of), sample.sizes)
            )

        assert with_best_arithmetic(agrees)[0], f"{name}: {adjoint.of}"


def test_the_tangent_is_linear_in_its_directions() -> None:
    found = second_order(batch_norm())
    (name, form), along = found.jvp.closed_forms[0], found.jvp.along
    assert name == "tangent_y"
    twice = form.xreplace({direction: 2 * direction for direction in along})
    assert sp.expand(twice.doit() - 2 * form.doit()) == 0 or sp.simplify(twice - 2 * form) == 0


def test_progress_is_told() -> None:
    told: list[str] = []
    second_order(batch_norm(), progress=told.append)
    assert "tangent" in told and any("grad_x" in words for words in told)
    assert module.TANGENT == "tangent_"
