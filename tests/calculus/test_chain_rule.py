"""Contributions: kept apart, labelled by their path, and each with its formula."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import Layer, average, axes, exp, positive, sqrt, tensor, total
from derive.calculus.chain_rule import Backward, backward, contribution, partial
from derive.errors import ChainRuleError
from derive.graph import Equation, Graph, lower
from derive.language import atom, count
from derive.layers.batch_norm.forward import c, eps, gamma, mean, n, s, var, x
from tests.calculus import examples

m, k = axes("m k")


@pytest.fixture(scope="module")
def batch_norm() -> Backward:
    return backward(lower(examples.batch_norm()))


def test_every_path_of_batch_norm_has_a_contribution_of_its_own(batch_norm: Backward) -> None:
    labels = {str(a.symbol).partition("[")[0]: [p.label for p in a.contributions] for a in batch_norm.adjoints}
    assert labels == {
        "grad_x_norm": ["y -> x_norm"],
        "grad_var": ["x_norm -> var"],
        "grad_mean": ["x_norm -> mean", "var -> mean"],
        "grad_x": ["x_norm -> x", "var -> x", "mean -> x"],
        "grad_gamma": ["y -> gamma"],
        "grad_beta": ["y -> beta"],
    }


def test_each_contribution_of_batch_norm_has_its_formula(batch_norm: Backward) -> None:
    g, size, std = batch_norm.grad_output, count((n, s)), sqrt(var + eps)
    grad = {name: batch_norm.grad(name) for name in ("x_norm", "var", "mean")}
    x_norm = batch_norm.graph["x_norm"]
    expected = {
        ("x_norm", "y"): gamma * g,
        ("var", "x_norm"): total(-grad["x_norm"] * (x - mean) / (2 * std**3), over=(n, s)),
        ("mean", "x_norm"): total(-grad["x_norm"] / std, over=(n, s)),
        ("mean", "var"): total(-2 * grad["var"] * (x - mean), over=(n, s)) / size,
        ("x", "x_norm"): grad["x_norm"] / std,
        ("x", "var"): 2 * grad["var"] * (x - mean) / size,
        ("x", "mean"): grad["mean"] / size,
        ("gamma", "y"): total(g * x_norm, over=(n, s)),
        ("beta", "y"): total(g, over=(n, s)),
    }
    found = {
        (of, via): batch_norm.adjoint(of).via(via).equation
        for of in ("x_norm", "var", "mean", "x", "gamma", "beta")
        for via in [str(share.via).partition("[")[0] for share in batch_norm.adjoint(of).contributions]
    }
    assert found.keys() == expected.keys()
    for path, equation in found.items():
        assert sp.expand(equation.value - expected[path]) == 0 or _same_sum(equation, expected[path])


def _same_sum(equation: Equation, expected: sp.Expr) -> bool:
    """Whether factor and summand are those of the expected sum."""
    (wanted,) = expected.atoms(sp.Sum)
    factor = expected / wanted
    same_axes = {limit[0] for limit in wanted.limits} == set(equation.over)
    return same_axes and sp.simplify(equation.factor * equation.summand - factor * wanted.function) == 0


def test_an_adjoint_is_the_sum_of_its_contributions(batch_norm: Backward) -> None:
    for adjoint in batch_norm.adjoints:
        assert adjoint.value == sp.Add(*[share.equation.target for share in adjoint.contributions])
        assert Equation(adjoint.symbol, adjoint.value) in batch_norm.equations


def test_every_gradient_has_the_axes_of_its_tensor(batch_norm: Backward) -> None:
    assert batch_norm.grad("x") == atom("grad_x", (n, c, s))
    assert batch_norm.grad("gamma") == atom("grad_gamma", (c,))
    assert batch_norm.grad_output == atom("grad_output", (n, c, s))
    assert [a.of for a in batch_norm.gradients] == list(batch_norm.graph.inputs)


def test_an_unknown_path_is_refused_and_the_known_ones_are_listed(batch_norm: Backward) -> None:
    with pytest.raises(ChainRuleError, match=r"has no contribution via 'y'; it has x_norm, var, mean"):
        batch_norm.adjoint("x").via("y")
    with pytest.raises(ChainRuleError, match="layer 'batch_norm': there is no gradient of 'eps'"):
        batch_norm.adjoint("eps")


def test_the_adjoint_of_a_broadcast_sums_over_the_missing_axes() -> None:
    v, row, one, full = tensor("v", k), tensor("row", m), tensor("one"), tensor("full", m, k)
    layer = Layer("broadcast", inputs=(full, v, row, one))
    layer.output("y", full * v * row * one)
    result = backward(lower(layer))
    g = result.grad_output
    overs = {str(a.of).partition("[")[0]: a.contributions[0].equation.over for a in result.gradients}
    assert overs == {"full": (), "v": (m,), "row": (k,), "one": (m, k)}
    assert result.adjoint("v").contributions[0].equation.value == total(g * full * row * one, over=m)
    assert result.grad("one") == sp.Symbol("grad_one", real=True)


def test_the_adjoint_of_a_sum_is_a_broadcast() -> None:
    full = tensor("full", m, k)
    layer = Layer("summed", inputs=(full,))
    layer.output("y", total(full**2, over=k))
    share = backward(lower(layer)).adjoint("full").via("y").equation
    assert (share.over, share.value) == ((), 2 * full * atom("grad_output", (m,)))


def test_a_weighted_sum_sends_back_over_summed_and_kept_axes() -> None:
    """y[m] = Sum_k v[k]*full[m,k]: v receives over m, which y keeps, and nothing over k, which v has."""
    full, v = tensor("full", m, k), tensor("v", k)
    layer = Layer("weighted", inputs=(full, v))
    layer.output("y", total(v * full, over=k))
    share = backward(lower(layer)).adjoint("v").via("y").equation
    assert share.value == total(atom("grad_output", (m,)) * full, over=m)


def test_a_summed_axis_that_the_tensor_lacks_is_summed_in_its_adjoint() -> None:
    """y = Sum_m,k row[m]*full[m,k]: row receives Sum_k full[m,k]."""
    full, row = tensor("full", m, k), tensor("row", m)
    layer = Layer("weighted", inputs=(full, row))
    layer.output("y", full * total(row * full, over=(m, k)))
    share = backward(lower(layer)).adjoint("row").contributions[0].equation
    assert share.over == (k,)


def test_the_factor_of_an_average_stays_in_its_contribution() -> None:
    full = tensor("full", m, k)
    layer = Layer("averaged", inputs=(full,))
    mean_ = layer.define("mean", average(full, over=(m, k)))
    layer.output("y", full - mean_)
    share = backward(lower(layer)).adjoint("full").via("mean").equation
    assert (share.factor, share.summand) == (1 / (m.size * k.size), sp.Symbol("grad_mean", real=True))


def test_a_tensor_used_twice_in_one_equation_has_one_contribution() -> None:
    full = tensor("full", m, k)
    layer = Layer("twice", inputs=(full,))
    layer.output("y", full * exp(full))
    (share,) = backward(lower(layer)).adjoint("full").contributions
    assert sp.expand(share.equation.value - atom("grad_output", (m, k)) * (exp(full) + full * exp(full))) == 0


def test_the_identity_passes_its_gradient_on() -> None:
    full = tensor("full", m, k)
    layer = Layer("identity", inputs=(full,))
    layer.output("y", full)
    assert backward(lower(layer)).adjoint("full").contributions[0].equation.value == atom("grad_output", (m, k))


def test_buffers_and_constants_take_no_gradient() -> None:
    result = backward(lower(examples.batch_norm_inference()))
    assert {str(a.of).partition("[")[0] for a in result.adjoints} == {"x_norm", "x", "gamma", "beta"}


def test_a_definition_made_of_buffers_alone_takes_no_gradient() -> None:
    full, mask = tensor("full", m, k), tensor("mask", m)
    layer = Layer("masked", inputs=(full,), buffers=(mask,))
    weight = layer.define("weight", mask / total(mask, over=m))
    layer.output("y", full * weight)
    assert [str(a.of) for a in backward(lower(layer)).adjoints] == ["full[m, k]"]


def test_an_input_that_does_not_influence_the_output_is_refused() -> None:
    full, idle = tensor("full", m, k), tensor("idle", m)
    output = atom("y", (m, k))
    graph = Graph("idle_layer", (m, k), (full, idle), (), (), (Equation(output, 2 * full),))
    with pytest.raises(ChainRuleError, match=r"layer 'idle_layer': the output does not depend on the input idle\[m\]"):
        backward(graph)


def test_an_input_that_only_feeds_a_dead_end_is_refused() -> None:
    full, idle = tensor("full", m, k), tensor("idle", m)
    dead = Equation(atom("dead", (m,)), idle**2)
    graph = Graph("dead_end", (m, k), (full, idle), (), (), (dead, Equation(atom("y", (m, k)), 2 * full)))
    with pytest.raises(ChainRuleError, match=r"does not depend on the input idle\[m\]"):
        backward(graph)


def test_a_consumer_with_zero_derivative_sends_nothing() -> None:
    full, idle = tensor("full", m, k), tensor("idle", m)
    equation = Equation(atom("y", (m, k)), full + sp.Mul(0, idle, evaluate=False))
    graph = Graph("zero", (m, k), (full, idle), (), (), (equation,))
    assert contribution(graph, equation, idle, atom("grad_output", (m, k))) is None


def test_other_tensors_are_held_fixed_in_a_partial_derivative() -> None:
    a, b, e = tensor("a", m), tensor("b", m, k), positive("e")
    assert partial(a**2 * b + e * a, a) == 2 * a * b + e
    assert partial(a**2 * b, tensor("b", m)) == 0  # the same name with other axes is another tensor


def test_a_derivative_that_is_not_elementary_is_refused() -> None:
    a = tensor("a", m)
    with pytest.raises(ChainRuleError, match=r"derivative of Abs\(a\[m\]\) with respect to a\[m\] is not elementary"):
        partial(sp.Abs(a), a)


def test_names_of_seed_and_adjoints_can_be_chosen() -> None:
    result = backward(lower(examples.rms_norm()), "direction", prefix="second_")
    assert str(result.grad_output) == "direction[n, d]"
    assert str(result.grad("x")) == "second_x[n, d]"
