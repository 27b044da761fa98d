"""What the plans find: how many sweeps, which sums, what is read, and what never appears."""

from __future__ import annotations

from typing import cast

import pytest
import sympy as sp

from derive import Layer, axes, exp, positive, sqrt, tensor, total
from derive.calculus.canonical import key
from derive.errors import PlanError
from derive.kernels.operations import OPERATIONS
from derive.kernels.plan import Kernel, Plan, Ref, Scalar, Scalars
from derive.kernels.planner import axis_classes, plan
from derive.kernels.sweeps import SweepBuilder
from derive.language import name_of
from derive.proofs.derivation import derive_layer
from tests.calculus import examples
from tests.kernels.plans import planned
from tests.proofs.proven import derived

NORMS = (examples.batch_norm, examples.layer_norm, examples.layer_norm_in_one, examples.rms_norm, examples.softmax)
every_example = pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)


def shape(kernel: Kernel) -> list[str]:
    """Each sweep in a word: what it writes, or how many sums it takes."""
    return ["map" if sweep.writes else f"reduce {len(sweep.reductions)}" for sweep in kernel.sweeps]


def operands(kernel: Kernel) -> list[tuple[str, ...]]:
    """Each sum by what it adds up and over what."""
    return [(key(r.expr.function if isinstance(r.expr, sp.Sum) else r.expr), r.over) for r in kernel.reductions]


def summands(kernel: Kernel) -> list[sp.Expr]:
    """What each sum adds up."""
    return [cast(sp.Expr, cast(sp.Sum, r.expr).function) for r in kernel.reductions]


def scalars(kernel: Kernel) -> list[Scalar]:
    items = [i for stage in kernel.stages if isinstance(stage, Scalars) for i in stage.items]
    return [i for i in items if isinstance(i, Scalar)]


@pytest.fixture(scope="module")
def batch_norm() -> Plan:
    return planned(examples.batch_norm)


def test_the_backward_pass_of_batch_norm_is_one_reduce_sweep_of_two_sums_and_one_map(batch_norm: Plan) -> None:
    assert shape(batch_norm.backward) == ["reduce 2", "map"]
    d = derived(examples.batch_norm).basis.centres[0].deviation
    g = derived(examples.batch_norm).backward.grad_output
    assert set(summands(batch_norm.backward)) == {g, g * d}


def test_the_map_of_batch_norm_is_affine(batch_norm: Plan) -> None:
    """a*((g - c) + b*d): five operations, d included, and no other tensor."""
    sweep = batch_norm.backward.sweeps[-1]
    assert [op.function for op in sweep.ops] == ["add", "subtract", "multiply", "add", "multiply"]
    assert (sweep.ops[0].args[0].name, sweep.ops[0].args[1].kind) == ("grad_output", "scalar")
    assert [w.output for w in sweep.writes] == ["grad_x"]


def test_the_forward_pass_of_batch_norm_takes_three_sums(batch_norm: Plan) -> None:
    assert shape(batch_norm.forward) == ["reduce 1", "reduce 2", "map"]
    assert batch_norm.statistics is not None
    assert shape(batch_norm.statistics) == ["reduce 1", "reduce 2"]
    stages = len(batch_norm.statistics.sweeps)
    assert batch_norm.forward.sweeps[:stages] == batch_norm.statistics.sweeps


@pytest.mark.parametrize(
    ("make", "backward"),
    [
        (examples.batch_norm_inference, ["reduce 2", "map"]),
        (examples.layer_norm, ["reduce 4", "map"]),
        (examples.layer_norm_in_one, ["reduce 4", "map"]),
        (examples.rms_norm, ["reduce 2", "map"]),
        (examples.rms_norm_in_one, ["reduce 2", "map"]),
        (examples.softmax, ["reduce 1", "map"]),
        (examples.softmax_in_one, ["reduce 1", "map"]),
        (examples.log_softmax, ["reduce 1", "map"]),
        (examples.gate, ["reduce 2", "map"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_other_layers_have_one_reduce_and_one_map_sweep_too(make: examples.Maker, backward: list[str]) -> None:
    assert shape(planned(make).backward) == backward


@every_example
def test_no_sum_is_taken_twice(make: examples.Maker) -> None:
    plan_ = planned(make)
    for kernel in (plan_.forward, plan_.backward):
        taken = operands(kernel)
        assert len(set(taken)) == len(taken)
        assert len({r.name for r in kernel.reductions}) == len(kernel.reductions)


@every_example
def test_backward_sums_are_none_of_the_forward_sums(make: examples.Maker) -> None:
    plan_ = planned(make)
    assert not set(operands(plan_.backward)) & set(operands(plan_.forward))


@every_example
def test_every_map_sweep_writes_each_full_gradient_once(make: examples.Maker) -> None:
    derivation, kernel = derived(make), planned(make).backward
    every = {axis for axis in derivation.graph.axes}
    full = [f"grad_{name_of(t)}" for t in derivation.graph.inputs if set(t.free_symbols) & every == every]
    assert [w.output for sweep in kernel.sweeps for w in sweep.writes] == full == list(kernel.writes)


@every_example
def test_every_operation_of_a_plan_is_on_the_list(make: examples.Maker) -> None:
    plan_ = planned(make)
    for kernel in (plan_.forward, plan_.backward):
        for sweep in kernel.sweeps:
            assert all(OPERATIONS[op.function] == len(op.args) for op in sweep.ops)
            assert len({op.result for op in sweep.ops}) == len(sweep.ops)
            known: set[str] = set()
            for op in sweep.ops:
                assert all(ref.name in known for ref in op.args if ref.kind == "local")
                known.add(op.result)


def test_the_vanishing_contribution_does_not_appear(batch_norm: Plan) -> None:
    """No sum of deviations alone, and nothing that is named after that path."""
    d = derived(examples.batch_norm).basis.centres[0].deviation
    assert d not in summands(batch_norm.backward)
    names = {str(s) for item in scalars(batch_norm.backward) for s in item.expr.free_symbols}
    assert not any("via" in name for name in names)
    assert {s for s in names if s.startswith("grad_")} == set()


@pytest.mark.parametrize("make", NORMS, ids=lambda make: make.__name__)
def test_nothing_is_computed_and_then_not_used(make: examples.Maker) -> None:
    kernel = planned(make).backward
    read = {r.value for r in kernel.results} | {str(s) for i in kernel.final for s in i.expr.free_symbols}
    read |= {str(s) for i in scalars(kernel) for s in i.expr.free_symbols}
    for stage in kernel.stages:
        for item in stage.items if isinstance(stage, Scalars) else ():
            read |= {getattr(item, name) for name in ("of", "low", "pivot", "a", "b") if getattr(item, name, None)}
    for sweep in kernel.sweeps:
        refs = [ref for op in sweep.ops for ref in op.args] + [w.value for w in sweep.writes]
        refs += [ref for r in sweep.reductions for ref in (r.left, r.right) if ref is not None]
        read |= {ref.name for ref in refs}
        used = {ref.name for ref in refs if ref.kind == "local"}
        assert {op.result for op in sweep.ops} <= used
    assert {r.name for r in kernel.reductions} <= read
    assert {i.name for i in scalars(kernel)} <= read
    assert {g.name for g in kernel.givens} <= read


@pytest.mark.parametrize(
    ("make", "classes", "outer"),
    [
        (examples.batch_norm, {"n": "n", "c": "c", "s": "n"}, "c"),
        (examples.layer_norm, {"n": "n", "d": "d"}, "n"),
        (examples.rms_norm, {"n": "n", "d": "d"}, "n"),
        (examples.softmax, {"n": "n", "d": "d"}, "n"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_axes_that_nothing_tells_apart_share_a_class(make: examples.Maker, classes: dict[str, str], outer: str) -> None:
    assert {axis.name: label for axis, label in planned(make).classes} == classes
    assert axis_classes([derived(make)]) == planned(make).classes
    assert planned(make).backward.outer == outer


def test_only_sums_that_no_map_needs_go_across_chunks() -> None:
    across = {r.name: r.across for r in planned(examples.layer_norm).backward.reductions}
    over = {r.name: r.over for r in planned(examples.layer_norm).backward.reductions}
    assert {name for name, yes in across.items() if yes} == {name for name, axes_ in over.items() if axes_ == "n"}
    assert {r.of: r.across for r in planned(examples.layer_norm).backward.results} == {"weight": True, "bias": True}
    assert {r.of: r.across for r in planned(examples.batch_norm).backward.results} == {"gamma": False, "beta": False}


def test_a_kernel_reads_what_it_needs_and_nothing_else(batch_norm: Plan) -> None:
    assert batch_norm.backward.arrays == ("grad_output", "x")
    givens = {(g.name, g.source) for g in batch_norm.backward.givens}
    assert givens == {("gamma", "input"), ("inv_sqrt_var", "saved"), ("mean", "saved"), ("mean_low", "saved")}
    assert (batch_norm.backward.constants, batch_norm.forward.constants) == ((), ("eps",))
    assert [g.name for g in batch_norm.forward.givens] == ["gamma", "beta"]
    assert [r.name for r in batch_norm.saved] == ["mean", "mean_low", "var", "inv_sqrt_var"]


def test_inference_takes_the_running_statistics_as_buffers() -> None:
    plan_ = planned(examples.batch_norm_inference)
    assert (plan_.statistics, plan_.saved) == (None, ())
    assert {(g.name, g.source) for g in plan_.backward.givens} == {
        ("gamma", "input"),
        ("running_mean", "buffer"),
        ("running_var", "buffer"),
    }
    assert shape(plan_.forward) == ["map"]


def test_softmax_raises_each_element_once_per_sweep() -> None:
    for kernel in (planned(examples.softmax).forward, planned(examples.softmax).backward):
        for sweep in kernel.sweeps:
            assert sum(op.function == "exp" for op in sweep.ops) <= 1


def refused(layer: Layer) -> str:
    derivation = derive_layer(layer)
    with pytest.raises(PlanError) as caught:
        plan(derivation)
    return str(caught.value)


m, k, j = axes("m k j")


def test_a_first_input_that_lacks_an_axis_is_refused() -> None:
    small, full = tensor("small", k), tensor("full", m, k)
    layer = Layer("backwards", inputs=(small, full))
    layer.output("y", small * full)
    assert "layer 'backwards': the first input, small[k], must have all axes; it lacks m" in refused(layer)


def test_an_output_that_lacks_an_axis_is_refused() -> None:
    full = tensor("full", m, k, j)
    layer = Layer("summed", inputs=(full,))
    layer.output("y", total(full, over=(m, j)))
    assert "layer 'summed': the output, y[k], must have all axes; it lacks m, j" in refused(layer)


def test_axes_out_of_order_are_refused() -> None:
    full, turned = tensor("full", m, k), tensor("turned", k, m)
    layer = Layer("turned_layer", inputs=(full, turned))
    layer.output("y", full * turned)
    assert "'turned_layer': the axes of turned[k, m] are not in the order of the layer's axes, m, k" in refused(layer)


def test_a_power_holds_its_exponent_as_two_whole_numbers() -> None:
    full = tensor("full", m, k)
    layer = Layer("cubic", inputs=(full,))
    layer.output("y", full ** sp.Rational(-2, 3))
    (sweep,) = plan(derive_layer(layer)).forward.sweeps
    assert [op.function for op in sweep.ops] == ["power"]
    assert sweep.ops[0].args == (Ref("array", "full"), Ref("number", "-2"), Ref("number", "3"))


def test_an_unknown_operation_is_refused_when_it_is_planned() -> None:
    builder = SweepBuilder(derived(examples.softmax).basis, {}, (m, k), lambda expr, name: name, {}, whole=False)
    with pytest.raises(PlanError, match="there is no elementwise operation 'cosine' of 0 operands"):
        builder.op("cosine")
    with pytest.raises(PlanError, match="there is no elementwise operation 'add' of 0 operands"):
        builder.op("add")


def test_a_plan_is_the_same_every_time() -> None:
    for make in NORMS:
        assert plan(derive_layer(make())) == planned(make)


def test_a_layer_of_functions_and_roots_is_planned_with_operations_on_the_list() -> None:
    full, eps = tensor("full", m, k), positive("eps")
    layer = Layer("mixed", inputs=(full,), constants=(eps,))
    layer.output("y", exp(full) / sqrt(full**2 + eps) + full**5)
    kernel = plan(derive_layer(layer)).backward
    assert shape(kernel) == ["map"]
    assert {op.function for sweep in kernel.sweeps for op in sweep.ops} <= set(OPERATIONS)
