"""The sums of which rounding errors leave no trace: those that say where a pivot lies, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive.kernels.lowering import lower
from derive.kernels.plan import ExactSum, Kernel, Scalar, Scalars, Sweep
from derive.proofs.evaluate import ExactArithmetic
from tests.calculus import examples
from tests.kernels.interpreter import Interpreter, Outcome, PlanIsWrong
from tests.kernels.plans import given_values, planned
from tests.kernels.test_interpreted import sample_for
from tests.proofs.proven import derived


def rough(make: examples.Maker, kernel: Kernel) -> frozenset[str]:
    return lower(planned(make), kernel).rough_sums


def off(kernel: Kernel, sums: frozenset[str]) -> Kernel:
    """The kernel with these sums off by three wherever they are read."""
    wrong: dict[sp.Basic | complex, sp.Expr | complex] = {sp.Symbol(name): sp.Symbol(name) + 3 for name in sums}

    def read(stage: Scalars | Sweep) -> Scalars | Sweep:
        if isinstance(stage, Sweep):
            return stage
        items = (replace(i, expr=i.expr.subs(wrong)) if isinstance(i, Scalar) else i for i in stage.items)
        return Scalars(tuple(items))

    return replace(kernel, stages=tuple(map(read, kernel.stages)))


def outcome(make: examples.Maker, kernel: Kernel) -> Outcome:
    arithmetic, at = ExactArithmetic(), sample_for(make, (2, 2, 3), 1)
    values = given_values(derived(make), at, arithmetic)
    return Interpreter(planned(make), kernel, at.sizes, values, arithmetic, 2).run()


@pytest.mark.parametrize("make", [examples.batch_norm, examples.layer_norm])
def test_wherever_a_pivot_lies_the_output_is_the_same(make: examples.Maker) -> None:
    kernel = planned(make).forward
    sums = rough(make, kernel)
    assert sums == {"sum_x"}
    right, wrong = outcome(make, kernel), outcome(make, off(kernel, sums))
    assert right.writes == wrong.writes
    for name in right.results.keys() - {"mean", "mean_low"}:
        assert right.results[name].at == wrong.results[name].at
    whole, moved = (
        {place: of.results["mean"].at[place] + of.results["mean_low"].at[place] for place in of.results["mean"].at}
        for of in (right, wrong)
    )
    assert whole == moved


@pytest.mark.parametrize("make", [examples.batch_norm, examples.layer_norm])
def test_any_other_sum_leaves_a_trace(make: examples.Maker) -> None:
    kernel = planned(make).forward
    others = {r.name for r in kernel.reductions} - rough(make, kernel)
    assert others
    for name in others:
        try:
            moved = outcome(make, off(kernel, frozenset({name}))).writes
        except PlanIsWrong:  # a variance below zero
            continue
        assert outcome(make, kernel).writes != moved, name


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_what_is_a_result_or_only_rounded_is_not_rough(make: examples.Maker) -> None:
    """A maximum that is subtracted, sums of gradients, means that nothing completes."""
    for kernel in planned(make).kernels:
        items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
        assert not rough(make, kernel) or any(isinstance(item, ExactSum) for item in items), kernel.name
        assert rough(make, kernel).isdisjoint(result.value for result in kernel.results)
    assert not rough(make, planned(make).backward)


def test_a_pass_is_rough_only_where_all_of_its_sums_are() -> None:
    lowered = lower(planned(examples.batch_norm), planned(examples.batch_norm).forward)
    first, second, _ = lowered.sweeps
    assert lowered.is_rough(first) and not lowered.is_rough(second)
    assert not lowered.is_rough(replace(first, lane_sums=(*first.lane_sums, *second.lane_sums)))
    assert not lowered.is_rough(replace(first, place_sums=second.lane_sums))
    assert not lowered.is_rough(replace(first, lane_sums=()))
