"""The kernels of second derivatives, run exactly: whatever a pivot is rounded to, they give what was derived."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from derive.kernels.plan import Plan, Scalar, Scalars
from derive.kernels.planner import plan
from derive.language import name_of
from derive.proofs.evaluate import Arithmetic, DigitsArithmetic, ExactArithmetic, Sample, fill
from derive.proofs.prove import prove_all
from derive.proofs.second_order import Directional, SecondOrder, second_order
from tests.calculus import examples
from tests.kernels.interpreter import Interpreter, Outcome
from tests.kernels.plans import exact, given_values, same
from tests.proofs.proven import derived

SIZES = [(2, 2, 3), (1, 3, 2), (3, 1, 1), (1, 1, 1)]
MAKERS = (examples.batch_norm, examples.layer_norm, examples.rms_norm, examples.softmax, examples.gate)


@cache
def second(make: examples.Maker) -> SecondOrder:
    return second_order(prove_all(derived(make)))


@cache
def planned(make: examples.Maker) -> Plan:
    return plan(derived(make), second(make))


def arithmetic_for(make: examples.Maker) -> Arithmetic:
    return ExactArithmetic() if make in MAKERS[:3] else DigitsArithmetic()


def run(make: examples.Maker, part: Directional, sizes: tuple[int, ...], seed: int) -> tuple[Outcome, Sample]:
    """A kernel at random numbers, with statistics that the statistics kernel has computed of them."""
    first, made, arithmetic = derived(make), planned(make), arithmetic_for(make)
    named = {axis.name: size for axis, size in zip(first.graph.axes, sizes, strict=False)}
    at = fill(first.graph, named, random.Random(seed), (first.backward.grad_output, *part.along))
    values = given_values(first, at, arithmetic)
    if made.statistics is not None:
        found = Interpreter(made, made.statistics, named, values, arithmetic, seed + 1).run()
        values |= {name: field.at for name, field in found.results.items()}
    kernel = made.jvp if part is second(make).jvp else made.double_backward
    assert kernel is not None
    return Interpreter(made, kernel, named, values, arithmetic, seed + 2).run(), at


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_kernel_of_the_tangent_gives_the_tangent_of_the_derivation(
    make: examples.Maker, sizes: tuple[int, ...]
) -> None:
    part, arithmetic = second(make).jvp, arithmetic_for(make)
    outcome, at = run(make, part, sizes, 1)
    name = name_of(part.derivation.graph.output)
    assert outcome.writes.keys() == {name} and not outcome.results
    assert same(arithmetic, outcome.writes[name], exact(part.derivation, name, at, arithmetic))


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_double_backward_kernel_gives_the_gradients_of_the_derivation(
    make: examples.Maker, sizes: tuple[int, ...]
) -> None:
    part, arithmetic = second(make).double_backward, arithmetic_for(make)
    outcome, at = run(make, part, sizes, 4)
    found = {**outcome.writes, **{name: field.at for name, field in outcome.results.items()}}
    assert found.keys() == dict(part.closed_forms).keys()
    for name in found:
        own = name_of(part.derivation.graph.output) if name == "grad_grad_output" else name
        assert same(arithmetic, found[name], exact(part.derivation, own, at, arithmetic)), name


def test_every_input_that_the_gradients_depend_on_is_there() -> None:
    part = second(examples.batch_norm).double_backward
    assert [name_of(t) for t in part.vanishing] == ["beta"]
    assert list(dict(part.closed_forms)) == ["grad_grad_output", "grad_x", "grad_gamma"]


def test_all_sums_of_a_centred_layer_are_taken_in_one_sweep() -> None:
    made = planned(examples.batch_norm)
    assert made.jvp is not None and made.double_backward is not None
    assert [len(sweep.reductions) for sweep in made.jvp.sweeps] == [2, 0]
    assert [len(sweep.reductions) for sweep in made.double_backward.sweeps] == [5, 0]


def test_the_interpreter_notices_a_wrong_plan() -> None:
    make, part, arithmetic = examples.batch_norm, second(examples.batch_norm).double_backward, ExactArithmetic()
    kernel = planned(make).double_backward
    assert kernel is not None
    stages = tuple(
        Scalars(
            tuple(
                replace(i, expr=-i.expr) if isinstance(i, Scalar) and i.name == "slope_2" else i for i in stage.items
            )
        )
        if isinstance(stage, Scalars)
        else stage
        for stage in kernel.stages
    )
    wrong = replace(planned(make), double_backward=replace(kernel, stages=stages))
    named = {"n": 2, "c": 2, "s": 3}
    first = derived(make)
    at = fill(first.graph, named, random.Random(7), (first.backward.grad_output, *part.along))
    values = given_values(first, at, arithmetic)
    assert wrong.statistics is not None and wrong.double_backward is not None
    found = Interpreter(wrong, wrong.statistics, named, values, arithmetic, 1).run()
    values |= {name: field.at for name, field in found.results.items()}
    outcome = Interpreter(wrong, wrong.double_backward, named, values, arithmetic, 1).run()
    assert not same(arithmetic, outcome.writes["grad_x"], exact(part.derivation, "grad_x", at, arithmetic))
