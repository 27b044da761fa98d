"""Plans of the examples, and the interpreter fed with a derivation's samples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from derive.kernels.plan import Kernel, Plan
from derive.kernels.planner import plan
from derive.language import indices, name_of
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import Arithmetic, Evaluation, Sample, positions
from tests.calculus import examples
from tests.kernels.interpreter import Interpreter, Outcome, Place
from tests.proofs.proven import derived

Values = Mapping[str, Mapping[Place, Any]]


@cache
def planned(make: examples.Maker) -> Plan:
    return plan(derived(make))


def given_values(derivation: Derivation, sample: Sample, arithmetic: Arithmetic) -> dict[str, Mapping[Place, Any]]:
    """Inputs, buffers, constants and grad_output as numbers of the arithmetic."""
    return {
        name: {place: arithmetic.number(value) for place, value in table.items()}
        for name, table in sample.values.items()
    }


def exact(derivation: Derivation, name: str, sample: Sample, arithmetic: Arithmetic) -> dict[Place, Any]:
    """A tensor of the derivation, element by element, straight from the equations."""
    evaluation = Evaluation(derivation.equations, sample, arithmetic)
    tensor = next(e.target for e in derivation.equations if e.name == name)
    return {tuple(w.values()): evaluation(tensor, w) for w in positions(indices(tensor), sample.sizes)}


def execute(
    make: examples.Maker, kernel: Kernel, sample: Sample, arithmetic: Arithmetic, seed: int, more: Values | None = None
) -> Outcome:
    """One kernel of an example's plan."""
    values = given_values(derived(make), sample, arithmetic) | dict(more or {})
    return Interpreter(planned(make), kernel, sample.sizes, values, arithmetic, seed).run()


def saved_values(
    make: examples.Maker, sample: Sample, arithmetic: Arithmetic, seed: int
) -> dict[str, Mapping[Place, Any]]:
    """What the statistics kernel returns, as values for the backward kernel."""
    statistics = planned(make).statistics
    if statistics is None:
        return {}
    outcome = execute(make, statistics, sample, arithmetic, seed)
    return {name: field.at for name, field in outcome.results.items()}


def same(arithmetic: Arithmetic, left: Mapping[Place, Any], right: Mapping[Place, Any]) -> bool:
    return left.keys() == right.keys() and all(arithmetic.equal(left[p], right[p]) for p in left)


def output_name(make: examples.Maker) -> str:
    return name_of(derived(make).graph.output)
