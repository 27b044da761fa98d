"""What a pass may compute in the digits of the data before it takes sums of it, and what its map pass takes over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.catalogue import builtin
from derive.kernels.filled import filled_of, with_differences
from derive.kernels.lowering import lower
from derive.kernels.plan import Kernel, Op, Plan, Ref, Result, Scalar, Scalars, Sweep
from derive.kernels.targets.c.fills import FILL, filled
from derive.kernels.targets.c.passes import PassSource
from derive.kernels.targets.c.tables import Tables
from derive.language import Layer
from tests.calculus import examples
from tests.kernels.plans import planned

X, G, PIVOT = Ref("array", "x"), Ref("array", "grad_output"), Ref("scalar", "shift_pivot")


def softmax() -> Layer:
    return builtin("softmax").layer


def log_softmax() -> Layer:
    return builtin("log_softmax").layer


def silu() -> Layer:
    return builtin("batch_norm_silu").layer


def kernels(make: examples.Maker) -> dict[str, Kernel]:
    return {kernel.name: kernel for kernel in planned(make).kernels}


def summing(kernel: Kernel) -> Sweep:
    """The last of the passes that take sums."""
    return [sweep for sweep in kernel.sweeps if sweep.reductions][-1]


def changed(kernel: Kernel, sweep: Sweep) -> tuple[Kernel, Sweep]:
    """The kernel with another pass in place of that one."""
    old = summing(kernel)
    return replace(kernel, stages=tuple(sweep if stage is old else stage for stage in kernel.stages)), sweep


def found(plan: Plan, kernel: Kernel, sweep: Sweep) -> bool:
    return filled_of(plan, kernel, sweep) is not None


@pytest.mark.parametrize(
    ("make", "outputs"),
    [
        (softmax, {"statistics": None, "forward": "y", "backward": "grad_x"}),
        (log_softmax, {"statistics": None, "forward": None}),
    ],
)
def test_exponentials_of_what_is_below_the_largest(make: examples.Maker, outputs: dict[str, str | None]) -> None:
    """They are left where the map pass that has them too will write."""
    plan, made = planned(make), kernels(make)
    for name, output in outputs.items():
        filling = filled_of(plan, made[name], summing(made[name]))
        assert filling is not None, name
        assert (filling.output, [op.function for op in filling.ops]) == (output, ["subtract", "exp"]), name


@pytest.mark.parametrize("make", [silu, examples.softmax, examples.batch_norm], ids=lambda make: make.__name__)
def test_what_else_is_added_up_is_not_filled_in(make: examples.Maker) -> None:
    """Other functions, exponentials of anything else, and passes without functions."""
    plan = planned(make)
    assert not any(found(plan, kernel, sweep) for kernel in plan.kernels for sweep in kernel.sweeps)


def test_the_pivot_has_to_be_the_largest_element() -> None:
    plan, kernel = planned(softmax), kernels(softmax)["statistics"]
    first = next(sweep for sweep in kernel.sweeps if sweep.reductions[0].largest)
    other = replace(first, reductions=(replace(first.reductions[0], largest=False),))
    stages = tuple(other if stage is first else stage for stage in kernel.stages)
    assert found(plan, kernel, summing(kernel))
    assert not found(plan, replace(kernel, stages=stages), summing(kernel))
    doubled = Scalar("shift_pivot", plan.axes[0].size, True)
    stages = tuple(Scalars((doubled,)) if stage is kernel.stages[1] else stage for stage in kernel.stages)
    assert not found(plan, replace(kernel, stages=stages), summing(kernel))


def test_what_was_saved_is_followed_to_where_it_was_computed() -> None:
    plan, kernel = planned(softmax), kernels(softmax)["backward"]
    assert found(plan, kernel, summing(kernel))
    assert not found(replace(plan, statistics=None), kernel, summing(kernel))


def test_sums_that_are_saved_are_sums_of_exponentials_alone() -> None:
    plan, kernel = planned(softmax), kernels(softmax)["forward"]
    sweep = summing(kernel)
    (sum_of,) = sweep.reductions
    assert not found(plan, *changed(kernel, replace(sweep, reductions=(replace(sum_of, right=X),))))
    more = replace(sum_of, name="more", left=X)  # one that has nothing to do with them may stand beside
    assert found(plan, *changed(kernel, replace(sweep, reductions=(sum_of, more))))


def test_a_sum_that_is_a_result_is_taken_of_exact_terms() -> None:
    plan, kernel = planned(softmax), kernels(softmax)["backward"]
    (name,) = (reduction.name for reduction in summing(kernel).reductions)
    result = Result("grad_weight", "weight", name, "n", False)
    assert not found(plan, replace(kernel, results=(result,)), summing(kernel))


def test_maxima_and_several_exponentials_are_left_as_they_are() -> None:
    plan, kernel = planned(softmax), kernels(softmax)["forward"]
    sweep = summing(kernel)
    (sum_of,) = sweep.reductions
    assert not found(plan, *changed(kernel, replace(sweep, reductions=(replace(sum_of, largest=True),))))
    again = Op("t9", "exp", (X,))
    assert not found(plan, *changed(kernel, replace(sweep, ops=(*sweep.ops, again))))


def test_the_map_pass_reads_no_more_than_it_needs() -> None:
    for name, arrays in {"forward": ("y",), "backward": ("grad_output", "grad_x")}.items():
        plan = planned(softmax)
        *_, last = lower(plan, kernels(softmax)[name]).sweeps
        assert last.taking is not None
        assert last.taking.arrays == arrays
        assert not {"exp", "subtract"} & {op.function for op in last.taking.ops[1:]}
        assert last.taking.writes == last.writes and last.taking.last == last.last


@pytest.mark.parametrize(("data", "type"), [("double", "double"), ("double", "pair"), ("double", "long double")])
def test_sums_of_doubles_are_of_exact_terms(data: str, type: str) -> None:
    assert filled(_source("backward", data, type)) == {"fill": None, "summed": None}


def test_the_two_functions_share_the_operations_out() -> None:
    parts = filled(_source("backward", "float", "double"))
    fill, summed = parts["fill"], parts["summed"]
    assert fill is not None and summed is not None
    assert (fill["type"], fill["arrays"], fill["coefficients"]) == ("float", ["x"], ["shift_pivot"])
    assert fill["body"] == ["const float at_t1 = p_exp_less_float(x, shift_pivot);", "*to_fill = at_t1;"]
    assert (summed["type"], summed["arrays"], summed["coefficients"]) == ("double", ["grad_output", FILL], [])
    assert summed["body"][0] == "const double at_t1 = fill;"
    assert not any("exp" in line.split("=")[1] for line in summed["body"])


def _source(name: str, data: str, type: str) -> PassSource:
    plan = planned(softmax)
    lowered = lower(plan, kernels(softmax)[name])
    return PassSource("p", lowered, lowered.sweeps[0], 0, "k", data, type, Tables(lowered), "d")


def test_a_difference_that_something_else_reads_stays() -> None:
    below, power = Op("t1", "subtract", (X, PIVOT)), Op("t2", "exp", (Ref("local", "t1"),))
    whole = Op("t2", "exp_less", (X, PIVOT))
    assert with_differences((below, power), [below.args], {"t2"}) == [whole]
    assert with_differences((below, power), [(G, PIVOT)], {"t2"}) == [below, power]
    assert with_differences((below, power), [below.args], {"t1", "t2"}) == [below, whole]
    product = Op("t3", "multiply", (Ref("local", "t1"), Ref("local", "t2")))
    assert with_differences((below, power, product), [below.args], {"t3"}) == [below, whole, product]
