"""The derivation report as Markdown; every formula in it is printed from the proven object."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.calculus.chain_rule import Adjoint
from derive.calculus.reductions import Step
from derive.catalogue import Entry
from derive.formula import latex
from derive.kernels.plan import Sweep
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.language import name_of
from derive.proofs.prove import Proven
from derive.proofs.theorem import Claim, Misuse, Theorem


def markdown(entry: Entry, parts: tuple[tuple[str, Proven], ...], emission: Emission) -> str:
    """The report of one layer."""
    sections = [
        section(suffix, proven, subject.plan)
        for (suffix, proven), subject in zip(parts, emission.subjects, strict=True)
    ]
    return render(
        "report/report.md.j2", name=entry.name, source=entry.source, digest=emission.digest, sections=sections
    )


def section(suffix: str, proven: Proven, plan: Any) -> dict[str, Any]:
    """What the template shows of one derivation."""
    derivation = proven.derivation
    zero = {
        t.claim.lhs for t in proven.theorems if isinstance(t.claim, Claim) and t.claim.rhs == 0 and not t.claim.given
    }
    return {
        "title": {"": "Training", "_inference": "Inference"}.get(suffix, suffix),
        "forward": [latex.relation(e.target, e.value) for e in derivation.graph.equations],
        "atoms": [latex.relation(e.target, e.value) for e in derivation.basis.definitions],
        "adjoints": [
            {
                "formula": latex.relation(adjoint.symbol, _whole(adjoint)),
                "contributions": [
                    {"path": c.label, "formula": latex(c.equation.value), "vanishes": c.equation.target in zero}
                    for c in adjoint.contributions
                ],
            }
            for adjoint in derivation.backward.adjoints
        ],
        "closed": [latex.relation(derivation.backward.grad(name), form) for name, form in proven.closed_forms],
        "gradient_check": proven.gradient_check,
        "theorems": [theorem_view(theorem) for theorem in proven.theorems],
        "kernels": [
            {"name": kernel.name, "passes": [_pass(sweep) for sweep in kernel.sweeps]}
            for kernel in (plan.forward, plan.backward)
        ],
    }


def _whole(adjoint: Adjoint) -> sp.Expr:
    """The adjoint by its contributions; by its formula when there is only one."""
    return adjoint.contributions[0].equation.value if len(adjoint.contributions) == 1 else adjoint.value


def _pass(sweep: Sweep) -> dict[str, Any]:
    return {
        "kind": "map pass" if sweep.writes else "reduce pass",
        "ops": len(sweep.ops),
        "sums": [latex.relation(sp.Symbol(r.name), r.expr) for r in sweep.reductions],
        "writes": [w.output for w in sweep.writes],
    }


def theorem_view(theorem: Theorem) -> dict[str, Any]:
    """What is shown of a theorem, in text that GitHub renders."""
    claim = theorem.claim
    view: dict[str, Any] = {
        "name": theorem.name,
        "remark": claim.remark,
        "checks": theorem.checks,
        "steps": [],
        "hypotheses": [],
        "evidence": theorem.evidence,
    }
    if isinstance(claim, Misuse):
        held = ", ".join(f"{name_of(h)} is set to the value of {name_of(t)}" for h, t in claim.held)
        return view | {
            "statement": "",
            "order": "",
            "held": held,
            "derivative": {1: "the gradient", 2: "the Hessian-vector product along direction"}[claim.derivative],
            "of": claim.of,
        }
    view["hypotheses"] = [latex.relation(a, b) for a, b in claim.given]
    view["hypotheses"] += [latex.relation(total, sp.S.Zero) for total in claim.assuming]
    view["hypotheses"] += [latex(condition) for condition in claim.conditions]
    return view | {
        "statement": latex.relation(claim.lhs, claim.rhs),
        "order": "every order" if claim.order is None else f"order {claim.order}",
        "steps": [_steps("left side", theorem.lhs_steps), _steps("right side", theorem.rhs_steps)],
    }


def _steps(side: str, steps: tuple[Step, ...]) -> dict[str, Any]:
    return {
        "side": side,
        "start": latex(steps[0].before) if steps else "",
        "rows": [(step.rule, latex(step.after)) for step in steps],
    }
