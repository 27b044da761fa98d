"""Gradients of small layers against results derived by hand and against SymPy on layers written out by hand."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derive import Layer, axes, exp, log, sqrt, tensor, total
from derive.calculus.chain_rule import Backward, backward
from derive.graph import lower
from derive.language import name_of
from derive.proofs.brute_force import SymbolicArithmetic
from derive.proofs.evaluate import Sample
from tests.calculus import examples, written
from tests.calculus.values import elements

n, d = axes("n d")
x = tensor("x", n, d)


def symbolic(backward_: Backward, of: str, sizes: dict[str, int], **values: Any) -> list[sp.Expr]:
    """The elements of a gradient as expressions in the symbols that are given for inputs and grad_output."""
    tables = {}
    for name, value in values.items():
        cells: dict[tuple[int, ...], Any] = {(): value}
        while any(isinstance(v, list) for v in cells.values()):
            cells = {(*place, k): v for place, row in cells.items() for k, v in enumerate(row)}
        tables[name] = cells
    sample = Sample(sizes, tables)
    found = elements(backward_.equations, backward_.grad(of), sample, SymbolicArithmetic())
    return list(found.values())


def same(found: list[sp.Expr], expected: list[sp.Expr]) -> bool:
    return len(found) == len(expected) and all(sp.simplify(a - b) == 0 for a, b in zip(found, expected, strict=True))


def flat(rows: list[list[sp.Expr]]) -> list[sp.Expr]:
    return [value for row in rows for value in row]


def layer_of(expression: sp.Expr, *inputs: sp.Expr) -> Backward:
    layer = Layer("small", inputs=inputs)
    layer.output("y", expression)
    return backward(lower(layer))


def test_a_quotient_by_its_own_sum() -> None:
    """y_i = x_i / S: grad_x_i = (g_i - Sum g*y) / S."""
    (xs,), (gs,) = written.symbols("x", 1, 3), written.symbols("g", 1, 3)
    total_ = sum(xs, sp.S.Zero)
    projected = sum((g * v for g, v in zip(gs, xs, strict=True)), sp.S.Zero) / total_
    found = symbolic(layer_of(x / total(x, over=d), x), "x", {"n": 1, "d": 3}, x=[xs], grad_output=[gs])
    assert same(found, [(g - projected) / total_ for g in gs])


def test_softmax_has_its_well_known_gradient() -> None:
    """grad_x_i = y_i * (g_i - Sum g*y)."""
    xs, gs = written.symbols("x", 2, 2), written.symbols("g", 2, 2)
    ys = written.softmax(xs)
    expected = [
        y * (g - sp.Add(*[a * b for a, b in zip(grow, yrow, strict=True)]))
        for grow, yrow in zip(gs, ys, strict=True)
        for g, y in zip(grow, yrow, strict=True)
    ]
    for make in (examples.softmax, examples.softmax_in_one):
        found = symbolic(backward(lower(make())), "x", {"n": 2, "d": 2}, x=xs, grad_output=gs)
        assert same(found, expected)


def test_log_softmax_has_its_well_known_gradient() -> None:
    """grad_x_i = g_i - softmax_i * Sum g."""
    xs, gs = written.symbols("x", 1, 3), written.symbols("g", 1, 3)
    (ys,) = written.softmax(xs)
    found = symbolic(backward(lower(examples.log_softmax())), "x", {"n": 1, "d": 3}, x=xs, grad_output=gs)
    assert same(found, [g - y * sp.Add(*gs[0]) for g, y in zip(gs[0], ys, strict=True)])


def test_l2_normalization_projects_onto_the_sphere() -> None:
    """y = x/|x|: grad_x = (g - y * <g, y>) / |x|."""
    (xs,), (gs,) = written.symbols("x", 1, 3), written.symbols("g", 1, 3)
    norm = sp.sqrt(sp.Add(*[v**2 for v in xs]))
    dot = sp.Add(*[g * v for g, v in zip(gs, xs, strict=True)]) / norm
    found = symbolic(layer_of(x / sqrt(total(x**2, over=d)), x), "x", {"n": 1, "d": 3}, x=[xs], grad_output=[gs])
    assert same(found, [(g - v / norm * dot) / norm for g, v in zip(gs, xs, strict=True)])


def test_a_matrix_product_is_in_the_language() -> None:
    """y[n] = Sum_d x[n,d]*v[d], as a column that is added to x: both gradients by hand."""
    v = tensor("v", d)
    xs, gs, vs = written.symbols("x", 2, 3), written.symbols("g", 2, 3), written.symbols("v", 1, 3)[0]
    result = layer_of(x + total(x * v, over=d), x, v)
    values = {"x": xs, "v": vs, "grad_output": gs}
    row_sums = [sp.Add(*row) for row in gs]
    assert same(
        symbolic(result, "x", {"n": 2, "d": 3}, **values),
        [gs[i][j] + row_sums[i] * vs[j] for i in range(2) for j in range(3)],
    )
    assert same(
        symbolic(result, "v", {"n": 2, "d": 3}, **values),
        [sp.Add(*[row_sums[i] * xs[i][j] for i in range(2)]) for j in range(3)],
    )


def test_a_sum_of_sums_counts_every_path() -> None:
    """y = x * Sum_n (Sum_d x)**2: two paths, one of them through two sums."""
    xs, gs = written.symbols("x", 2, 2), written.symbols("g", 2, 2)
    result = layer_of(x * total(total(x, over=d) ** 2, over=n), x)
    square = sp.Add(*[sp.Add(*row) ** 2 for row in xs])
    loss = written.loss(gs, [[v * square for v in row] for row in xs])
    found = symbolic(result, "x", {"n": 2, "d": 2}, x=xs, grad_output=gs)
    assert same(found, flat(written.gradient(loss, xs)))


def test_powers_roots_and_functions_together() -> None:
    v = tensor("v", d)
    xs, vs, gs = ([[sp.Symbol(f"{a}{j}", positive=True) for j in range(2)]] for a in "xvg")
    result = layer_of(log(x) * x ** sp.Rational(-3, 2) / (v**2 + exp(v * x)), x, v)
    y = [sp.log(a) * a ** sp.Rational(-3, 2) / (b**2 + sp.exp(b * a)) for a, b in zip(xs[0], vs[0], strict=True)]
    loss = written.loss(gs, [y])
    for name, of in (("x", xs), ("v", vs)):
        found = symbolic(result, name, {"n": 1, "d": 2}, x=xs, v=vs[0], grad_output=gs)
        assert same(found, flat(written.gradient(loss, of)))


@pytest.mark.parametrize("make", [examples.layer_norm, examples.layer_norm_in_one])
def test_layer_norm_equals_sympy_on_the_written_out_layer(make: examples.Maker) -> None:
    xs, gs = written.symbols("x", 1, 2), written.symbols("g", 1, 2)
    ws, bs = written.symbols("w", 1, 2)[0], written.symbols("b", 1, 2)[0]
    eps = sp.Symbol("eps", positive=True)
    loss = written.loss(gs, written.layer_norm(xs, ws, bs, eps))
    result = backward(lower(make()))
    values: dict[str, Any] = {"x": xs, "weight": ws, "bias": bs, "eps": eps, "grad_output": gs}
    for name, of in (("x", xs), ("weight", [ws]), ("bias", [bs])):
        assert same(symbolic(result, name, {"n": 1, "d": 2}, **values), flat(written.gradient(loss, of)))


@pytest.mark.parametrize("make", [examples.rms_norm, examples.rms_norm_in_one])
def test_rms_norm_equals_sympy_on_the_written_out_layer(make: examples.Maker) -> None:
    xs, gs, ws = written.symbols("x", 2, 2), written.symbols("g", 2, 2), written.symbols("w", 1, 2)[0]
    eps = sp.Symbol("eps", positive=True)
    loss = written.loss(gs, written.rms_norm(xs, ws, eps))
    result = backward(lower(make()))
    for name, of in (("x", xs), ("weight", [ws])):
        found = symbolic(result, name, {"n": 2, "d": 2}, x=xs, weight=ws, eps=eps, grad_output=gs)
        assert same(found, flat(written.gradient(loss, of)))


def test_the_inputs_of_every_example_have_a_gradient_each() -> None:
    for make in examples.ALL:
        graph = lower(make())
        assert [name_of(a.of) for a in backward(graph).gradients] == [name_of(t) for t in graph.inputs]
