"""The graph: inline reductions become definitions of their own, each once."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import Layer, average, axes, exp, positive, sqrt, tensor, total
from derive.errors import LanguageError
from derive.graph import Equation, Graph, lower
from derive.language import Constant, atom, atoms_of, axes_of
from tests.calculus import examples

n, d = axes("n d")
x, w = tensor("x", n, d), tensor("w", d)
eps = positive("eps")


def graph_of(expression: sp.Expr, *inputs: sp.Expr, constants: tuple[Constant, ...] = ()) -> Graph:
    layer = Layer("lifted", inputs=inputs or (x,), constants=constants)
    layer.output("y", expression)
    return lower(layer)


def targets(graph: Graph) -> list[str]:
    return [equation.name for equation in graph.equations]


def test_an_inline_sum_gets_a_definition_of_its_own() -> None:
    graph = graph_of(exp(x) / total(exp(x), over=d))
    y_sum = atom("y_sum", (n,))
    assert graph.equations == (
        Equation(y_sum, exp(x), (d,)),
        Equation(graph.output, exp(x) / y_sum),
    )


def test_an_average_is_lifted_whole() -> None:
    graph = graph_of(x / sqrt(average(x**2, over=d) + eps), constants=(eps,))
    mean = graph.equation("y_mean")
    assert mean == Equation(atom("y_mean", (n,)), x**2, (d,), 1 / d.size)
    assert mean.is_average
    assert mean.value == average(x**2, over=d)


def test_a_sum_divided_by_another_count_is_no_average() -> None:
    graph = graph_of(x - total(x, over=d) / n.size)
    lifted = graph.equations[0]
    assert lifted.factor == 1 and not lifted.is_average
    assert graph.equations[1].summand == x - lifted.target / n.size


def test_an_average_is_found_beside_other_factors() -> None:
    graph = graph_of(x * w * average(x, over=(n, d)), x, w)
    assert graph.equations[0].is_average
    assert graph.equations[1].summand == x * w * graph.equations[0].target


def test_one_sum_used_twice_is_lifted_once() -> None:
    mean = average(x, over=d)
    graph = graph_of((x - mean) / sqrt(average((x - mean) ** 2, over=d) + 1))
    assert targets(graph) == ["y_mean", "y_mean_2", "y"]
    assert graph.equation("y_mean_2").summand == (x - graph["y_mean"]) ** 2


def test_an_inline_sum_that_is_defined_already_is_shared() -> None:
    layer = Layer("shared", inputs=(x,))
    mean = layer.define("mean", average(x, over=d))
    layer.output("y", x * mean - average(x, over=d))
    assert lower(layer).equations[-1].summand == x * mean - mean


def test_a_sum_and_an_average_of_one_thing_are_two_definitions() -> None:
    graph = graph_of(x * total(x, over=d) + average(x, over=d))
    assert sorted(e.factor == 1 for e in graph.equations[:-1]) == [False, True]


def test_two_names_for_one_reduction_stay_two() -> None:
    layer = Layer("two", inputs=(x,))
    first, second = layer.define("first", total(x, over=d)), layer.define("second", total(x, over=d))
    layer.output("y", x * first + second)
    assert targets(lower(layer)) == ["first", "second", "y"]


def test_sums_inside_of_sums_are_lifted_inside_out() -> None:
    inner = total(x * w, over=d)
    graph = graph_of(x * total(inner**2, over=n), x, w)
    assert [(e.name, e.over) for e in graph.equations] == [("y_sum", (d,)), ("y_sum_2", (n,)), ("y", ())]
    assert graph.equation("y_sum_2").summand == graph["y_sum"] ** 2


def test_a_lifted_name_gives_way_to_names_of_the_layer() -> None:
    layer = Layer("names", inputs=(x, tensor("y_sum", d)))
    layer.output("y", x * total(x, over=d) + tensor("y_sum", d))
    assert targets(lower(layer)) == ["y_sum_2", "y"]


def test_a_definition_that_is_a_scaled_reduction_keeps_its_factor() -> None:
    layer = Layer("scaled", inputs=(x,), constants=(eps,))
    scaled = layer.define("scaled", -3 * eps * total(x**2, over=d))
    layer.output("y", x + scaled)
    equation = lower(layer).equation("scaled")
    assert (equation.factor, equation.summand, equation.over) == (-3 * eps, x**2, (d,))
    assert not equation.is_average


def test_a_reduction_scaled_by_a_tensor_is_elementwise_after_lifting() -> None:
    graph = graph_of(x + w * total(x, over=n), x, w)
    assert graph.equations[-1].over == ()
    assert graph.equations[-1].summand == x + w * graph.equations[0].target


def test_axes_of_a_sum_are_in_the_order_of_the_layer() -> None:
    assert graph_of(x * total(x, over=(d, n))).equations[0].over == (n, d)


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_after_lifting_no_summand_contains_a_sum(make: examples.Maker) -> None:
    for equation in lower(make()).equations:
        assert not equation.summand.has(sp.Sum)
        assert not equation.factor.has(sp.Sum, sp.Indexed)
        assert set(equation.over) <= set(axes_of(equation.summand))


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_every_equation_uses_what_is_made_before_it(make: examples.Maker) -> None:
    graph = lower(make())
    known = {*graph.inputs, *graph.buffers, *graph.constants}
    for equation in graph.equations:
        assert set(atoms_of(equation.value)) <= known
        known.add(equation.target)


def test_a_graph_knows_its_tensors_by_name() -> None:
    graph = lower(examples.layer_norm())
    assert graph["var"] == graph.equation("var").target
    assert graph["eps"] == examples.eps
    with pytest.raises(LanguageError, match="layer 'layer_norm' has no 'median'; it has x, weight, bias, eps, mean"):
        graph["median"]
    with pytest.raises(LanguageError, match="layer 'layer_norm' does not define 'x'"):
        graph.equation("x")
