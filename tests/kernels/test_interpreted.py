"""The plans, run exactly: whatever a pivot is rounded to, results are those of the derivation."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import sympy as sp

from derive.kernels.plan import Kernel, Reduction, Scalar, Scalars, Sweep
from derive.language import name_of
from derive.proofs.evaluate import Arithmetic, DigitsArithmetic, ExactArithmetic, Sample, fill
from tests.calculus import examples
from tests.kernels.interpreter import PlanIsWrong
from tests.kernels.plans import exact, execute, output_name, planned, same, saved_values
from tests.proofs.proven import derived

SIZES = [(2, 2, 3), (1, 3, 2), (3, 1, 1), (1, 1, 1)]
FUNCTIONS = {"softmax", "softmax_in_one", "log_softmax", "gate"}

every_example = pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)


def arithmetic_for(make: examples.Maker) -> Arithmetic:
    return DigitsArithmetic() if make.__name__ in FUNCTIONS else ExactArithmetic()


def sample_for(make: examples.Maker, sizes: tuple[int, ...], seed: int) -> Sample:
    derivation = derived(make)
    named = {axis.name: size for axis, size in zip(derivation.graph.axes, sizes, strict=False)}
    return fill(derivation.graph, named, random.Random(seed), (derivation.backward.grad_output,))


@every_example
@pytest.mark.parametrize("sizes", SIZES)
def test_the_backward_kernel_gives_the_gradients_of_the_derivation(
    make: examples.Maker, sizes: tuple[int, ...]
) -> None:
    arithmetic, at = arithmetic_for(make), sample_for(make, sizes, 1)
    outcome = execute(make, planned(make).backward, at, arithmetic, 2, saved_values(make, at, arithmetic, 3))
    found = {**outcome.writes, **{name: field.at for name, field in outcome.results.items()}}
    wanted = {f"grad_{name_of(t)}" for t in derived(make).graph.inputs}
    assert found.keys() == wanted
    for name in wanted:
        assert same(arithmetic, found[name], exact(derived(make), name, at, arithmetic)), name


@every_example
@pytest.mark.parametrize("sizes", SIZES)
def test_the_forward_kernel_gives_the_output_and_what_is_saved(make: examples.Maker, sizes: tuple[int, ...]) -> None:
    arithmetic, at = arithmetic_for(make), sample_for(make, sizes, 4)
    outcome = execute(make, planned(make).forward, at, arithmetic, 5)
    name = output_name(make)
    assert outcome.writes.keys() == {name}
    assert same(arithmetic, outcome.writes[name], exact(derived(make), name, at, arithmetic))
    assert outcome.results.keys() == {result.name for result in planned(make).saved}
    for result in planned(make).saved:
        if not result.name.endswith("_low") and f"{result.name}_low" not in outcome.results:
            assert same(arithmetic, outcome.results[result.name].at, exact(derived(make), result.name, at, arithmetic))


@pytest.mark.parametrize("make", [examples.batch_norm, examples.layer_norm])
def test_a_mean_and_its_low_part_add_up_to_the_mean(make: examples.Maker) -> None:
    arithmetic, at = ExactArithmetic(), sample_for(make, (2, 2, 3), 6)
    saved = saved_values(make, at, arithmetic, 7)
    together = {place: saved["mean"][place] + saved["mean_low"][place] for place in saved["mean"]}
    assert together == exact(derived(make), "mean", at, arithmetic)
    assert saved["mean"] != together  # the split was a random one


@pytest.mark.parametrize("make", [examples.batch_norm, examples.layer_norm, examples.batch_norm_inference])
def test_results_do_not_depend_on_what_a_pivot_is_rounded_to(make: examples.Maker) -> None:
    arithmetic, at = ExactArithmetic(), sample_for(make, (2, 2, 2), 8)
    runs = [
        execute(make, planned(make).backward, at, arithmetic, seed, saved_values(make, at, arithmetic, seed + 50))
        for seed in range(4)
    ]
    assert all(run.writes == runs[0].writes for run in runs)
    assert all(run.results == runs[0].results for run in runs)


def changed_backward(make: examples.Maker, change: str) -> Kernel:
    """The backward kernel with one mistake."""
    kernel = planned(make).backward
    stages: list[Scalars | Sweep] = []
    for stage in kernel.stages:
        if isinstance(stage, Scalars):
            items = tuple(
                replace(i, expr=-i.expr) if change == "sign" and isinstance(i, Scalar) and i.name == "slope" else i
                for i in stage.items
            )
            stages.append(Scalars(items))
        else:
            reductions = stage.reductions
            if change == "sum":
                reductions = tuple(replace(r, right=None) if r.right is not None else r for r in reductions)
            if change == "across":
                reductions = tuple(replace(r, across=True) for r in reductions)
            stages.append(replace(stage, reductions=reductions))
    return replace(kernel, stages=tuple(stages), outer="ncs" if change == "outer" else kernel.outer)


@pytest.mark.parametrize("change", ["sign", "sum"])
def test_the_interpreter_notices_a_wrong_plan(change: str) -> None:
    make, arithmetic = examples.batch_norm, ExactArithmetic()
    at = sample_for(make, (2, 2, 3), 1)
    outcome = execute(make, changed_backward(make, change), at, arithmetic, 2, saved_values(make, at, arithmetic, 3))
    assert not same(arithmetic, outcome.writes["grad_x"], exact(derived(make), "grad_x", at, arithmetic))


@pytest.mark.parametrize("change", ["across"])
def test_the_interpreter_notices_a_sum_that_is_read_before_it_is_complete(change: str) -> None:
    make, arithmetic = examples.batch_norm, ExactArithmetic()
    at = sample_for(make, (2, 2, 3), 1)
    with pytest.raises(PlanIsWrong, match="not there yet"):
        execute(make, changed_backward(make, change), at, arithmetic, 2, saved_values(make, at, arithmetic, 3))


def test_a_sum_keeps_and_sums_all_classes_between_them() -> None:
    for make in examples.ALL:
        plan = planned(make)
        everything = set(dict(plan.classes).values())
        kernels = [k for k in (plan.statistics, plan.forward, plan.backward) if k is not None]
        reductions: list[Reduction] = [r for k in kernels for r in k.reductions]
        for red in reductions:
            assert set(red.kept) | set(red.over) == everything
            assert not set(red.kept) & set(red.over)
            assert not isinstance(red.expr, sp.Add)
