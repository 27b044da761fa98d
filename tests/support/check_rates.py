"""The verdicts of the gradient check and the audit on the random cases, one outcome after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from derive.checks.audit import audit_problem
from derive.checks.cotangents import given, normal
from derive.checks.gradient import REQUIRED, check
from tests.support.audit_cases import named_right
from tests.support.check_cases import Case, MutantCase, cases, mutant_cases
from tests.support.contract import Array


@dataclass(frozen=True)
class RightOutcome:
    """What the check says of a right kernel."""

    name: str
    hostile: bool
    blind: bool
    verdict: str


@dataclass(frozen=True)
class MutantOutcome:
    """What the check says of a mutant, and what the audit calls it.

    `distance` is how far its exact gradient is off, `required` what the check is asked to notice; a mutant closer than
    that is neither checked nor audited. `named` says that the audit's first name is the mistake, or one that the data
    cannot tell from it.
    """

    name: str
    hostile: bool
    blind: bool
    distance: float
    required: float
    verdict: str = ""
    named: bool = False
    called: str = ""


def cotangents_of(case: Case, seed: int) -> list[Array]:
    """The cotangents that the check will use."""
    y = case.forward(*case.inputs.values())
    return [given(case.cotangent, y).value] if case.cotangent else [normal(y, seed, k).value for k in range(3)]


def right_outcomes(seed: int, count: int) -> Iterator[RightOutcome]:
    """Check right kernels."""
    for case in cases(seed, count):
        report = check(case.forward, case.backward, case.inputs, cotangent=case.cotangent, seed=seed)
        yield RightOutcome(case.name, case.hostile, case.blind, report.verdict)


def mutant_outcomes(seed: int, count: int) -> Iterator[MutantOutcome]:
    """Check and audit mutants."""
    for mutant in mutant_cases(seed, count):
        yield mutant_outcome(mutant, seed)


def mutant_outcome(mutant: MutantCase, seed: int) -> MutantOutcome:
    """Check and audit one mutant."""
    case = mutant.case
    required = REQUIRED[case.problem.dtype]
    cotangents = cotangents_of(case, seed)
    distance = mutant.distance(cotangents)
    if distance <= required:
        return MutantOutcome(mutant.name, case.hostile, case.blind, distance, required)
    report = check(case.forward, mutant.backward, case.inputs, cotangent=case.cotangent, seed=seed)
    g = cotangents[0]
    found = mutant.backward(g, *case.inputs.values())
    binding, graph = case.problem.binding, case.problem.graph
    supplied = {
        name: gradient.reshape(binding.shape_of(graph[name]))
        for name, gradient in zip(case.inputs, found, strict=True)
        if gradient is not None
    }
    with np.errstate(all="ignore"):
        audited = audit_problem(case.problem, g.reshape(binding.shape_of(graph.output)), supplied)
    called = audited.explanations[0].name if audited.explanations else audited.verdict
    named = named_right(audited, mutant.mutant)
    return MutantOutcome(mutant.name, case.hostile, case.blind, distance, required, report.verdict, named, called)
