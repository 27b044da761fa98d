"""From what was proven, planned and emitted to the report object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import sympy as sp

from derive.calculus.chain_rule import Adjoint
from derive.calculus.reductions import Step
from derive.kernels.subject import Emission, Subject
from derive.language import indices, name_of
from derive.proofs.licence import zero_statements
from derive.proofs.prove import Proven
from derive.proofs.theorem import Claim, Misuse, Theorem
from derive.report.blind_spots import BlindSpots
from derive.report.domain import conditions
from derive.report.graph import graph_picture
from derive.report.model import (
    AdjointShares,
    Code,
    Confirmation,
    Counterexample,
    Formula,
    Part,
    Report,
    Share,
    Side,
    Stories,
    Tensor,
    TheoremView,
)
from derive.report.passes import kernel_view
from derive.report.trust import commands, trust

TITLES = {"": "Training", "_inference": "Inference"}


def build_report(
    emission: Emission,
    proven: tuple[Proven, ...],
    sources: Mapping[str, tuple[str, str]],
    blind_spots: tuple[BlindSpots | None, ...],
    stories: Stories | None = None,
) -> Report:
    """The report of one layer.

    Args:
        emission: what the targets were given, one subject for each derivation.
        proven: the proven derivations, in the same order.
        sources: what each target emitted: path and text.
        blind_spots: what gradient checks see of each derivation.
        stories: what the layer adds of its own.
    """
    alone = len(proven) == 1
    parts = tuple(
        _part(one, subject, sources, emission.source, "Derivation" if alone else TITLES.get(subject.suffix), spots)
        for one, subject, spots in zip(proven, emission.subjects, blind_spots, strict=True)
    )
    told = stories(proven[0]) if stories is not None else ()
    return Report(emission.name, emission.source, emission.digest, parts, told, commands(emission.source))


def _part(
    proven: Proven,
    subject: Subject,
    sources: Mapping[str, tuple[str, str]],
    source: str,
    title: str | None,
    blind_spots: BlindSpots | None,
) -> Part:
    derivation, meanings = proven.derivation, subject.interface.meanings
    title = title or subject.suffix.strip("_")
    anchor = title.lower()
    adjoints = _adjoints(proven)
    theorems = tuple(theorem_view(t, k, anchor, proven) for k, t in enumerate(proven.theorems, 1))
    plan = subject.plan
    kernels = (kernel_view(plan, plan.forward, "", {}), kernel_view(plan, plan.backward, subject.suffix, sources))
    graph = derivation.graph
    return Part(
        title,
        anchor,
        _given(subject, meanings),
        tuple(Formula(e.target, e.value) for e in graph.equations),
        conditions(proven),
        tuple(
            (Formula(e.target, e.value), meanings.get(e.name) or _meaning(e.target, derivation.basis))
            for e in derivation.basis.definitions
        ),
        tuple((Formula(axis.size), axis.name) for axis in graph.axes),
        graph_picture(graph, adjoints, "graph" if not subject.suffix else f"{anchor}-graph", title),
        adjoints,
        tuple(Formula(derivation.backward.grad(name), form) for name, form in proven.closed_forms),
        Confirmation(proven.gradient_check.how, proven.gradient_check.detail),
        theorems,
        kernels,
        trust(proven, theorems, source),
        blind_spots,
    )


def _given(subject: Subject, meanings: Mapping[str, str]) -> tuple[Tensor, ...]:
    graph = subject.derivation.graph

    def tensors(role: Literal["input", "buffer", "constant"], given: Iterable[sp.Expr]) -> tuple[Tensor, ...]:
        return tuple(
            Tensor(Formula(t), role, tuple(a.name for a in indices(t)), meanings.get(name_of(t), "")) for t in given
        )

    return tensors("input", graph.inputs) + tensors("buffer", graph.buffers) + tensors("constant", graph.constants)


def _meaning(symbol: sp.Expr, basis: Any) -> str:
    """What an atom of the basis is, in words."""
    for centre in basis.centres:
        if centre.deviation == symbol:
            return f"the deviation of {name_of(centre.tensor)} from {name_of(centre.mean)}, kept whole"
    if symbol in basis.tails:
        return "what the elementwise tail sends back, kept whole"
    for root in basis.roots:
        if root.symbol == symbol:
            return "a root that occurs again and again, so it has a name"
    return "a function that occurs again and again, so it has a name"


def _adjoints(proven: Proven) -> tuple[AdjointShares, ...]:
    zero, number, result = zero_statements(proven.theorems), 0, []
    for adjoint in proven.derivation.backward.adjoints:
        shares = []
        for c in adjoint.contributions:
            number += 1
            theorem = zero.get(c.equation.target)
            order = theorem.claim.order if theorem is not None and isinstance(theorem.claim, Claim) else None
            shares.append(
                Share(
                    number,
                    name_of(c.via),
                    name_of(c.of),
                    Formula(c.equation.target),
                    Formula(c.equation.value),
                    theorem.name if theorem is not None else "",
                    order,
                )
            )
        result.append(AdjointShares(Formula(adjoint.symbol), Formula(adjoint.symbol, _whole(adjoint)), tuple(shares)))
    return tuple(result)


def _whole(adjoint: Adjoint) -> sp.Expr:
    """The adjoint by its contributions; by its formula when there is only one."""
    return adjoint.contributions[0].equation.value if len(adjoint.contributions) == 1 else adjoint.value


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
