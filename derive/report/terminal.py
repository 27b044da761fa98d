"""The theorems and their steps as plain text for the terminal."""

from __future__ import annotations

from derive.formula import text
from derive.language import name_of
from derive.proofs.prove import Proven
from derive.proofs.theorem import Misuse, Theorem


def report_text(parts: tuple[tuple[str, Proven], ...]) -> str:
    """Forward equations, gradients and theorems of a layer."""
    lines: list[str] = []
    for _, proven in parts:
        derivation = proven.derivation
        lines += [f"{derivation.name}", "=" * len(derivation.name), "", "Forward equations"]
        lines += [f"  {text.relation(e.target, e.value)}" for e in derivation.graph.equations]
        if derivation.basis.definitions:
            lines += ["", "Names used below"]
            lines += [f"  {text.relation(e.target, e.value)}" for e in derivation.basis.definitions]
        lines += ["", "Gradients, by path"]
        for adjoint in derivation.backward.adjoints:
            lines.append(f"  {text.relation(adjoint.symbol, adjoint.value)}")
            lines += [f"    {c.label}: {text(c.equation.value)}" for c in adjoint.contributions]
        lines += ["", "Closed form"]
        lines += [f"  {text.relation(derivation.backward.grad(name), form)}" for name, form in proven.closed_forms]
        lines += [f"  checked: {proven.gradient_check.how} ({proven.gradient_check.detail})", ""]
        for number, theorem in enumerate(proven.theorems, 1):
            lines += [*_theorem(number, theorem), ""]
    return "\n".join(lines).rstrip()


def _theorem(number: int, theorem: Theorem) -> list[str]:
    claim = theorem.claim
    lines = [f"Theorem {number}: {theorem.name}"]
    if isinstance(claim, Misuse):
        evidence = theorem.evidence
        assert evidence is not None
        held = ", ".join(f"{name_of(h)} holds the value of {name_of(t)}" for h, t in claim.held)
        what = {1: "gradient", 2: "Hessian-vector product"}[claim.derivative]
        lines += [f"  changed layer: {held}", f"  at {evidence.sizes}"]
        lines += [f"    {name} = {values}" for name, values in evidence.data]
        lines.append(f"  true {what}:    {', '.join(evidence.true_value)}")
        lines.append(f"  changed {what}: {', '.join(evidence.changed_value)}")
    else:
        lines.append(f"  {text.relation(claim.lhs, claim.rhs)}")
        given = [text.relation(a, b) for a, b in claim.given]
        given += [f"{text(total)} = 0" for total in claim.assuming] + [text(c) for c in claim.conditions]
        if given:
            lines.append(f"  given {' and '.join(given)}")
        lines.append(
            "  valid for every order" if claim.order is None else f"  valid for derivatives of order {claim.order}"
        )
    if claim.remark:
        lines.append(f"  {claim.remark}")
    for side, steps in (("left", theorem.lhs_steps), ("right", theorem.rhs_steps)):
        if steps:
            lines += [f"  {side} side: {text(steps[0].before)}"]
            lines += [f"    = {text(step.after)}   [{step.rule}]" for step in steps]
    lines += [f"  checked: {c.how} ({c.detail})" for c in theorem.checks]
    return lines
