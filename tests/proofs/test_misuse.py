"""The two theorems on misuse: their numbers are confirmed on batch norm written out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from derive import Layer, Misuse, average, axes, tensor
from derive.calculus.chain_rule import backward
from derive.errors import ProofError
from derive.graph import lower
from derive.language import atom
from derive.proofs import misuse as misuse_module
from derive.proofs.misuse import hold, prove_misuse
from derive.proofs.theorem import Evidence
from tests.calculus import examples, written
from tests.calculus.values import elements, given
from tests.proofs.proven import misuse, theorem

SECOND = "detaching the mean in the variance breaks second derivatives"
FIRST = "detaching the mean in the raw-moment variance breaks first derivatives"

Symbols = list[sp.Symbol]


def evidence(name: str) -> tuple[Evidence, dict[str, list[sp.Rational]]]:
    found = theorem(name).evidence
    assert found is not None
    return found, {key: [sp.Rational(v) for v in values.split(", ")] for key, values in found.data}


def centred(xs: Symbols, inside: sp.Expr) -> sp.Expr:
    """The variance in the centred form, with the mean that is used inside of it."""
    return written.mean([(v - inside) ** 2 for v in xs])


def raw(xs: Symbols, inside: sp.Expr) -> sp.Expr:
    """The variance as a difference of raw moments."""
    return sp.Add(written.mean([v**2 for v in xs]), -(inside**2))


def loss(xs: Symbols, data: dict[str, list[sp.Rational]], variance: sp.Expr) -> sp.Expr:
    (gamma,), (beta,), (eps,) = data["gamma"], data["beta"], data["eps"]
    y = [gamma * (v - written.mean(xs)) / sp.sqrt(variance + eps) + beta for v in xs]
    return sp.Add(*[g * v for g, v in zip(data["grad_output"], y, strict=True)])


def derivatives(value: sp.Expr, xs: Symbols, data: dict[str, list[sp.Rational]], order: int) -> list[sp.Expr]:
    gradient = [value.diff(v) for v in xs]
    if order == 1:
        return gradient
    along = sp.Add(*[v * d for v, d in zip(data["direction"], gradient, strict=True)])
    return [along.diff(v) for v in xs]


@pytest.mark.parametrize(("name", "variance", "order"), [(SECOND, centred, 2), (FIRST, raw, 1)])
def test_the_numbers_of_the_counterexample_are_right(
    name: str, variance: Callable[[Symbols, sp.Expr], sp.Expr], order: int
) -> None:
    found, data = evidence(name)
    assert found.sizes == "n=3, c=1, s=1"
    (xs,), held = written.symbols("x", 1, 3), sp.Symbol("held", real=True)
    at: dict[sp.Symbol, sp.Expr] = dict(zip(xs, data["x"], strict=True))
    true = derivatives(loss(xs, data, variance(xs, written.mean(xs))), xs, data, order)
    detached = derivatives(loss(xs, data, variance(xs, held)), xs, data, order)
    held_at = {**at, held: written.mean(data["x"])}
    assert [written.at(v, at) for v in true] == [sp.Rational(v) for v in found.true_value]
    assert [written.at(v, held_at) for v in detached] == [sp.Rational(v) for v in found.changed_value]
    assert found.true_value != found.changed_value


def test_the_first_derivative_of_the_centred_form_survives_the_detach() -> None:
    """Which is why no first-order check notices."""
    _, data = evidence(SECOND)
    (xs,), held = written.symbols("x", 1, 3), sp.Symbol("held", real=True)
    at: dict[sp.Symbol, sp.Expr] = {**dict(zip(xs, data["x"], strict=True)), held: written.mean(data["x"])}
    true = derivatives(loss(xs, data, centred(xs, written.mean(xs))), xs, data, 1)
    detached = derivatives(loss(xs, data, centred(xs, held)), xs, data, 1)
    assert [written.at(v, at) for v in true] == [written.at(v, at) for v in detached]


@pytest.mark.parametrize("name", [SECOND, FIRST])
def test_the_counterexample_was_confirmed_by_brute_force(name: str) -> None:
    (check,) = theorem(name).checks
    assert "confirmed exactly by SymPy on the written-out layer" in check.how
    assert misuse(name).of == "x"


def test_holding_changes_one_consumer_only() -> None:
    graph = lower(examples.batch_norm())
    changed, held = hold(graph, "var", "mean")
    extra = atom("mean_held", (graph.axes[1],))
    assert held == ((extra, graph["mean"]),)
    assert changed.inputs == (*graph.inputs, extra)
    assert changed.equation("var").summand == graph.equation("var").summand.xreplace({graph["mean"]: extra})
    assert [e for e in changed.equations if e.name != "var"] == [e for e in graph.equations if e.name != "var"]
    assert changed.output == graph.output


def test_a_held_tensor_receives_its_own_gradient_and_passes_none_on() -> None:
    graph = lower(examples.batch_norm())
    changed, _ = hold(graph, "var", "mean")
    labels = [c.label for a in backward(changed).adjoints for c in a.contributions]
    assert "var -> mean_held" in labels and "var -> mean" not in labels


def test_the_held_graph_has_the_first_derivative_of_the_true_one() -> None:
    graph = lower(examples.batch_norm())
    changed, held = hold(graph, "var", "mean")
    x = [[["0"]], [["1"]], [["5"]]]
    values = {"x": x, "gamma": [3], "beta": [1], "eps": "1/3", "grad_output": [[[2]], [[-1]], [[4]]]}
    true, cut = backward(graph), backward(changed)
    at = given({"n": 3, "c": 1, "s": 1}, **values)
    at_held = given({"n": 3, "c": 1, "s": 1}, **values, mean_held=[2])
    assert elements(true.equations, true.grad("x"), at) == elements(cut.equations, cut.grad("x"), at_held)
    assert [str(h) for h, _ in held] == ["mean_held[c]"]


def test_a_harmless_change_is_not_proven_to_be_harmful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misuse_module, "_TRIES", 40)
    stated = misuse(SECOND)
    with pytest.raises(ProofError, match="theorem 'harmless': found no data at which the derivatives differ"):
        prove_misuse(replace(stated, name="harmless", derivative=1))


def test_a_change_of_nothing_is_not_proven_to_be_harmful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misuse_module, "_TRIES", 40)
    n, d = axes("n d")
    x = tensor("x", n, d)
    layer = Layer("plain", inputs=(x,))
    mean = layer.define("mean", average(x, over=d))
    layer.output("y", x * mean)
    graph = lower(layer)
    with pytest.raises(ProofError, match="found no data"):
        prove_misuse(Misuse("nothing", graph, graph, (), derivative=1, of="x"))


def test_a_harmful_change_of_any_layer_is_found() -> None:
    n, d = axes("n d")
    x = tensor("x", n, d)
    layer = Layer("plain", inputs=(x,))
    mean = layer.define("mean", average(x, over=n))
    layer.output("y", x * mean)
    changed, held = hold(lower(layer), "y", "mean")
    found = prove_misuse(Misuse("held", lower(layer), changed, held, derivative=1, of="x")).evidence
    assert found is not None and found.true_value != found.changed_value
