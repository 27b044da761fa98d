"""Where a layer is defined, in sentences: what is proven, with the steps, and what is assumed of the data."""

from __future__ import annotations

from derive.proofs.domain import Condition
from derive.proofs.prove import Proven
from derive.report.model import Code, Formula, Prose


def conditions(proven: Proven) -> tuple[tuple[Prose, tuple[Prose, ...]], ...]:
    """Each condition with the steps that prove it; an assumption has none."""
    return tuple(
        ((*_needed(condition), f" {_verdict(condition, proven)}."), _steps(condition))
        for condition in proven.domain.conditions
    )


def assumptions(proven: Proven) -> list[Prose]:
    """What is assumed of the data."""
    return [
        (Formula(condition.relation), f", on the data; {_checked(condition, proven)}.")
        for condition in proven.domain.assumptions
    ]


def _needed(condition: Condition) -> Prose:
    names: list[str | Code] = []
    for name in condition.of:
        names += [" and " if names else "", Code(name)]
    needs = "need" if len(condition.of) > 1 else "needs"
    return (Formula(condition.relation), ", which ", *(n for n in names if n), f" {needs}:")


def _verdict(condition: Condition, proven: Proven) -> str:
    return "proven" if condition.proven else f"assumed; {_checked(condition, proven)}"


def _checked(condition: Condition, proven: Proven) -> str:
    if condition.is_small(proven.derivation.graph):
        return "where it does not hold, a call is refused"
    return "a call does not check it, there being as many values as data"


def _steps(condition: Condition) -> tuple[Prose, ...]:
    steps: list[Prose] = []
    for reason in condition.reasons:
        shown: list[str | Formula | Code] = []
        for relation in reason.range.relations(reason.expr):
            shown += [" and " if shown else "", Formula(relation)]
        steps.append((*(part for part in shown if part), f": {reason.rule}"))
    return tuple(steps)
