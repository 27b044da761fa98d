"""A stabilizer is proven to change nothing, at the first order and at the second, and refused where it does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import pytest
import sympy as sp

from derive import Layer, average, axes, exp, log, maximum, stabilizer, tensor, total
from derive.calculus.chain_rule import backward
from derive.errors import LanguageError, ProofError
from derive.graph import lower
from derive.language import indices
from derive.proofs.brute_force import write_out
from derive.proofs.derivation import derive_layer
from derive.proofs.evaluate import DigitsArithmetic, Evaluation, Sample, positions
from derive.proofs.prove import prove_all
from derive.proofs.theorem import Claim

n, d = axes("n d")
x = tensor("x", n, d)


def layer(numerator: Any, denominator: Any, name: str = "soft") -> Layer:
    made = Layer(name, inputs=(x,))
    shift = made.define("shift", stabilizer(maximum(x, over=d)))
    made.output("y", numerator(shift) / total(denominator(shift), over=d))
    return made


SOFTMAX = layer(lambda shift: exp(x - shift), lambda shift: exp(x - shift))


def test_the_theorem_comes_first_and_holds_at_every_order() -> None:
    theorem = prove_all(derive_layer(SOFTMAX)).theorems[0]
    assert theorem.name == "the output does not depend on shift"
    assert isinstance(theorem.claim, Claim) and theorem.claim.order is None and theorem.claim.rhs == 0
    assert theorem.steps and theorem.checks


def test_nothing_flows_back_through_it() -> None:
    derivation = derive_layer(SOFTMAX)
    with pytest.raises(Exception, match="no gradient of 'shift'"):
        derivation.backward.grad("shift")
    assert [c.label for c in derivation.backward.adjoint("x").contributions if "shift" in c.label] == []


REFUSED = {
    "twice the shift": lambda: layer(lambda s: exp(x - 2 * s), lambda s: exp(x - s)),
    "above only": lambda: layer(lambda s: exp(x - s), lambda s: exp(x)),
    "below only": lambda: layer(lambda s: exp(x), lambda s: exp(x - s)),
    "beside the exponentials": lambda: layer(lambda s: s * exp(x - s), lambda s: exp(x - s)),
    "another function": lambda: layer(lambda s: (x - s) ** 2 + 1, lambda s: (x - s) ** 2 + 1),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_changes_the_output_is_refused(what: str) -> None:
    with pytest.raises(ProofError) as caught:
        prove_all(derive_layer(REFUSED[what]()))
    message = str(caught.value)
    assert "'shift' is no stabilizer" in message and "'soft'" in message and "not zero but" in message


def test_an_inline_stabilizer_has_a_name_of_its_own() -> None:
    made = Layer("inline", inputs=(x,))
    shift = stabilizer(maximum(x, over=d))
    made.output("y", x - shift - log(total(exp(x - shift), over=d)))
    graph = lower(made)
    assert [e.name for e in graph.equations if e.stabilizer] == ["y_shift"]  # once, although it stands there twice
    prove_all(derive_layer(made))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (lambda: stabilizer(x), "expected maximum"),
        (lambda: stabilizer(average(x, over=d)), "expected maximum"),
        (lambda: stabilizer(maximum(x, over=d) + 1), "expected maximum"),
        (lambda: stabilizer(stabilizer(maximum(x, over=d))), "expected maximum"),
        (lambda: maximum(x, over=()), "names no axis"),
        (lambda: maximum(average(x, over=d), over=d), "does not occur"),
        (lambda: Layer("bad", inputs=(x,)).output("y", x - maximum(x, over=d)), "only stabilizer(maximum(...))"),
    ],
)
def test_what_is_not_in_the_language(written: Any, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        written()
    assert said in str(caught.value) and "test_stabilizer.py" in str(caught.value)


def test_second_derivatives_are_those_of_the_layer_without_it() -> None:
    """A Hessian-vector product with the stabilizer, against SymPy's derivative of the textbook's softmax."""
    graph = lower(SOFTMAX)
    first = backward(graph)
    second = backward(first.as_graph("x"), "direction", prefix="second_")
    sizes = {"n": 1, "d": 3}
    values = {
        "x": [Fraction(1, 2), Fraction(-3), Fraction(2)],
        "grad_output": [Fraction(2), Fraction(-1, 3), Fraction(5)],
        "direction": [Fraction(1), Fraction(4), Fraction(-2)],
    }
    sample = Sample(sizes, {name: {(0, k): v for k, v in enumerate(row)} for name, row in values.items()})
    arithmetic = DigitsArithmetic()
    ours = Evaluation(second.equations, sample, arithmetic)
    written = write_out(graph, sizes)
    symbols = list(written.symbols["x"].values())
    g, direction = ([sp.Rational(q.numerator, q.denominator) for q in values[k]] for k in ("grad_output", "direction"))
    loss = sp.Add(*[a * y for a, y in zip(g, written.outputs.values(), strict=True)])
    along = sp.Add(*[a * sp.diff(loss, s) for a, s in zip(direction, symbols, strict=True)])
    at = {s: sp.Rational(q.numerator, q.denominator) for s, q in zip(symbols, values["x"], strict=True)}
    wanted = second.grad("x")
    for place, symbol in zip(positions(indices(wanted), sizes), symbols, strict=True):
        exact = cast(sp.Expr, sp.diff(along, symbol).subs(at)).evalf(50)
        assert abs(sp.Float(str(ours(wanted, place)), 50) - exact) < sp.Float("1e-40", 50)
