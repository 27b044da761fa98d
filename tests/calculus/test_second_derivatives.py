"""The gradient is a graph again: Hessian-vector products against SymPy on layers written out by hand, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import Layer, axes, tensor, total
from derive.calculus.chain_rule import Backward, backward
from derive.graph import lower
from derive.proofs.evaluate import Sample
from tests.calculus import examples, written
from tests.calculus.values import elements, fractions, given, rows, sample_of, to_sympy

# Three elements per channel and two channels; both variances are 2, so that the root of 2 + 2 is rational.
CHANNELS = [[0, 0, 3], [5, 2, 2]]
VECTORS = [([[1, -2, 4], [3, 1, 0]], [[2, 0, -1], [1, 5, -3]]), ([[0, 1, 0], [-1, 0, 7]], [[1, 1, 1], [0, -2, 3]])]


def second(first: Backward, of: str) -> Backward:
    return backward(first.as_graph(of), "direction", prefix="second_")


def transposed(matrix: list[list[int]]) -> list[list[list[int]]]:
    """Channels as rows, put in the order n, c, s."""
    return [[[row[k]] for row in matrix] for k in range(len(matrix[0]))]


@pytest.mark.parametrize(("g", "v"), VECTORS)
def test_the_hessian_vector_product_of_batch_norm_is_exact(g: list[list[int]], v: list[list[int]]) -> None:
    result = second(backward(lower(examples.batch_norm())), "x")
    sample = given(
        {"n": 3, "c": 2, "s": 1},
        x=transposed(CHANNELS),
        gamma=[3, "-1/2"],
        eps=2,
        grad_output=transposed(g),
        direction=transposed(v),
    )
    xs = written.symbols("x", 2, 3)
    y = written.batch_norm(xs, [sp.Integer(3), sp.Rational(-1, 2)], [sp.S.Zero] * 2, sp.Integer(2))
    at = {xs[c][k]: value for c, row in enumerate(CHANNELS) for k, value in enumerate(row)}
    slope = written.along(written.loss(sp.Matrix(g).tolist(), y), xs, sp.Matrix(v).tolist())
    expected = [[slope.diff(symbol).subs(at) for symbol in row] for row in xs]
    found = fractions(result.equations, result.grad("x"), sample)
    assert found == [Fraction(int(row[k].p), int(row[k].q)) for k in range(3) for row in expected]
    assert any(found)


@pytest.mark.parametrize("seed", range(3))
def test_the_mixed_derivatives_of_rms_norm_are_exact(seed: int) -> None:
    """Along a direction in x, the derivative with respect to weight and to grad_output, at irrational values."""
    first = backward(lower(examples.rms_norm()))
    result = second(first, "x")
    sizes = {"n": 2, "d": 2}
    sample = sample_of(first.graph, sizes, seed, (first.grad_output, result.grad_output))
    xs, ws, gs = written.symbols("x", 2, 2), written.symbols("w", 1, 2), written.symbols("g", 2, 2)
    eps = sp.Symbol("eps", positive=True)
    slope = written.along(written.loss(gs, written.rms_norm(xs, ws[0], eps)), xs, rows(sample, result.grad_output))
    at = {eps: written.number(sample.values["eps"][()])}
    for name, table in (("x", xs), ("grad_output", gs)):
        at |= {s: written.number(sample.values[name][i, j]) for i, row in enumerate(table) for j, s in enumerate(row)}
    at |= {s: written.number(sample.values["weight"][(j,)]) for j, s in enumerate(ws[0])}
    for name, table in (("x", xs), ("weight", ws), ("grad_output", gs)):
        found = elements(result.equations, result.grad(name), sample)
        for symbol, value in zip([s for row in table for s in row], found.values(), strict=True):
            assert sp.simplify(slope.diff(symbol).subs(at) - to_sympy(value)) == 0


def test_the_second_derivative_of_a_cube_is_known_by_hand() -> None:
    n, d = axes("n d")
    x = tensor("x", n, d)
    layer = Layer("cube", inputs=(x,))
    layer.output("y", x**3)
    result = second(backward(lower(layer)), "x")
    sample = given({"n": 1, "d": 2}, x=[[2, -5]], grad_output=[[7, 1]], direction=[[3, 11]])
    assert fractions(result.equations, result.grad("x"), sample) == [6 * 2 * 7 * 3, 6 * -5 * 1 * 11]
    assert fractions(result.equations, result.grad("grad_output"), sample) == [3 * 4 * 3, 3 * 25 * 11]


def test_the_second_derivative_through_a_sum_is_known_by_hand() -> None:
    """L = Sum g * x * S with S = Sum x: H v = g * Sum v + Sum g*v."""
    n, d = axes("n d")
    x = tensor("x", n, d)
    layer = Layer("by_sum", inputs=(x,))
    layer.output("y", x * total(x, over=d))
    result = second(backward(lower(layer)), "x")
    g, v = [2, 3, -1], [1, 4, 6]
    sample = given({"n": 1, "d": 3}, x=[[1, 1, 1]], grad_output=[g], direction=[v])
    dot = sum(a * b for a, b in zip(g, v, strict=True))
    assert fractions(result.equations, result.grad("x"), sample) == [a * sum(v) + dot for a in g]


def test_a_gradient_graph_keeps_only_what_it_needs() -> None:
    first = backward(lower(examples.batch_norm()))
    graph = first.as_graph("beta")
    assert [str(t) for t in graph.inputs] == ["grad_output[n, c, s]"]
    assert (graph.constants, [e.name for e in graph.equations]) == ((), ["grad_beta_via_y", "grad_beta"])
    assert graph.name == "batch_norm_grad_beta"
    graph = first.as_graph("x")
    assert [str(t) for t in graph.inputs] == ["x[n, c, s]", "gamma[c]", "grad_output[n, c, s]"]
    assert graph.output == first.grad("x")


def test_the_gradient_graph_computes_the_gradient() -> None:
    first = backward(lower(examples.layer_norm()))
    sample = sample_of(first.graph, {"n": 2, "d": 3}, 1, (first.grad_output,))
    graph = first.as_graph("x")
    kept = {"x", "weight", "eps", "grad_output"}
    alone = Sample(sample.sizes, {name: sample.values[name] for name in kept})
    assert elements(graph.equations, graph.output, alone) == elements(first.equations, first.grad("x"), sample)
