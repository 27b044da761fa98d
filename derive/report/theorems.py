"""Theorems as the reader meets them: the statement, its hypotheses, its steps, its checks."""

from __future__ import annotations

import sympy as sp

from derive.calculus.reductions import Step
from derive.language import name_of
from derive.proofs.prove import Proven
from derive.proofs.theorem import Misuse, Theorem
from derive.report.elements import Code, Formula
from derive.report.model import Confirmation, Counterexample, Side, TheoremView


def theorem_view(theorem: Theorem, number: int, anchor: str, proven: Proven) -> TheoremView:
    """What is shown of a theorem."""
    claim = theorem.claim
    checks = tuple(Confirmation(c.how, c.detail) for c in theorem.checks)
    place = f"{anchor}-theorem-{number}"
    if isinstance(claim, Misuse):
        example = _counterexample(theorem, claim)
        return TheoremView(number, place, theorem.name, None, (), None, claim.remark, (), (), checks, example, False)
    seed = proven.derivation.lead
    given = [Formula(a, b) for a, b in claim.given]
    given += [Formula(total, sp.S.Zero) for total in claim.assuming] + [Formula(c) for c in claim.conditions]
    sides = tuple(
        _side(name, start, steps)
        for name, start, steps in (
            ("left side", claim.lhs, theorem.lhs_steps),
            ("right side", claim.rhs, theorem.rhs_steps),
        )
        if steps
    )
    return TheoremView(
        number,
        place,
        theorem.name if claim.holds else f"no {theorem.name}",
        Formula(claim.lhs, claim.rhs) if claim.holds else Formula(sp.Ne(claim.lhs, claim.rhs, evaluate=False)),
        tuple(given),
        claim.order,
        claim.remark,
        tuple(Formula(e.target, e.value) for e in theorem.definitions),
        sides,
        checks,
        None,
        claim.holds and any(tensor == seed for tensor, _ in claim.given),
        not claim.holds,
    )


def _side(name: str, start: sp.Expr, steps: tuple[Step, ...]) -> Side:
    first = steps[0].before if steps else start
    return Side(name, Formula(first, literal=True), tuple((s.rule, Formula(s.after, literal=True)) for s in steps))


def _counterexample(theorem: Theorem, claim: Misuse) -> Counterexample:
    evidence = theorem.evidence
    assert evidence is not None
    change: list[str | Formula | Code] = []
    for held, tensor in claim.held:
        change += [" and " if change else "", Code(name_of(held)), " holds the value of ", Formula(tensor)]
    what = {1: "gradient", 2: "Hessian-vector product along direction"}[claim.derivative]
    return Counterexample(
        tuple(part for part in change if part != ""),
        f"{what} with respect to {claim.of}",
        evidence.sizes,
        tuple((name, str(values)) for name, values in evidence.data),
        evidence.true_value,
        evidence.changed_value,
    )
