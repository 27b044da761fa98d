"""Everything that is proven about one layer, and the independent checks that it passed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.calculus.factor import AffineForm
from derive.errors import BackproofError, ProofError
from derive.formula import text
from derive.graph import Graph
from derive.language import name_of, sum_over
from derive.proofs.brute_force import check_gradient
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.domain import Domain, prove_domain
from derive.proofs.misuse import prove_misuse
from derive.proofs.prover import prove
from derive.proofs.theorem import Check, Claim, Misuse, Theorem

Claims = Callable[[Derivation], Iterable[Claim | Misuse]]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Proven:
    """A derivation with its theorems.

    `gradient_check` is the comparison of every gradient with brute force; `closed_forms` are the proven formulas of the
    gradients, by the inputs' names; `domain` is where all of this exists.
    """

    derivation: Derivation
    gradient_check: Check
    theorems: tuple[Theorem, ...]
    closed_forms: tuple[tuple[str, sp.Expr], ...]
    domain: Domain = Domain()


def prove_all(derivation: Derivation, claims: Claims | None = None, progress: Progress = lambda _: None) -> Proven:
    """Check the gradient, prove what holds for every layer, then the layer's own claims; ProofError when one fails."""
    progress("where it is defined")
    domain = prove_domain(derivation)
    theorems = [prove_stabilizer(derivation, s, progress) for s in derivation.graph.stabilizers]
    progress("gradient against brute force")
    check = check_gradient(derivation)
    forms = {name_of(t): derivation.closed_form(name_of(t)) for t in derivation.graph.inputs}
    for tail in tail_claims(derivation):
        progress(tail.name)
        theorems.append(prove(derivation.without_tails(), tail))
    for claim in (
        *deviation_claims(derivation),
        *closed_form_claims(derivation, forms),
        *(own_claims(derivation, claims) if claims else ()),
    ):
        progress(claim.name)
        theorems.append(prove_misuse(claim) if isinstance(claim, Misuse) else prove(derivation, claim))
    closed_forms = tuple((name, form.expr) for name, form in forms.items())
    return Proven(derivation, check, tuple(theorems), closed_forms, domain)


def prove_stabilizer(derivation: Derivation, stabilizer: sp.Expr, progress: Progress = lambda _: None) -> Theorem:
    """That the output does not depend on a stabilizer, whatever its value; ProofError when that cannot be shown.

    In the layer to which all stabilizers are given, as inputs like any other, the gradient of this one is zero.
    """
    name, graph = name_of(stabilizer), derivation.graph
    statement = f"the output does not depend on {name}"
    progress(statement)
    equations = tuple(e for e in graph.equations if not e.stabilizer)
    inputs = (*graph.inputs, *graph.stabilizers)
    free = derive_layer(Graph(graph.name, graph.axes, inputs, graph.buffers, graph.constants, equations))
    claim = Claim(
        statement,
        free.backward.grad(name),
        sp.S.Zero,
        remark="Its derivative vanishes identically, whatever value the stabilizer has, so those of higher order "
        "vanish too. The chain rule takes it for a constant.",
    )
    try:
        return prove(free, claim)
    except ProofError as error:
        gradient = free.unfolded(free.backward.grad(name), free.algebra)
        raise ProofError(
            f"layer {graph.name!r}: {name!r} is no stabilizer, or the rules cannot show it: the derivative of the "
            f"output with respect to it is not zero but {text(gradient)}. A stabilizer must cancel, as the shift "
            "does in exp(x - shift)/total(exp(x - shift)); what the output does depend on cannot be a maximum"
        ) from error


def own_claims(derivation: Derivation, claims: Claims) -> list[Claim | Misuse]:
    """What a layer claims about itself; ProofError, saying where, when it cannot be asked."""
    try:
        found = claims(derivation)
        made = list(found) if found is not None else None
    except BackproofError:
        raise
    except Exception as error:
        file = getattr(getattr(claims, "__code__", None), "co_filename", "")
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
        where = f" at {os.path.basename(file)}:{lines[-1]}" if lines else ""
        raise ProofError(f"{derivation.name}: claims failed{where}: {type(error).__name__}: {error}") from error
    if made is None or not all(isinstance(claim, Claim | Misuse) for claim in made):
        wrong = "None" if made is None else next(repr(c) for c in made if not isinstance(c, Claim | Misuse))
        raise ProofError(f"{derivation.name}: claims must return Claim and Misuse objects, it returned {wrong}")
    return made


def deviation_claims(derivation: Derivation) -> list[Claim]:
    """That deviations from an average sum to zero, which licenses the centred form."""
    claims = []
    for centre in derivation.basis.centres:
        if centre.over:
            name = f"deviations of {name_of(centre.tensor)} from {name_of(centre.mean)} sum to zero"
            name = f"weighted {name}" if centre.weights != 1 else name
            statement = sum_over(cast(sp.Expr, centre.weights * (centre.tensor - centre.mean)), centre.over)
            claims.append(Claim(name, statement, sp.S.Zero, moment_form=True))
    return claims


def tail_claims(derivation: Derivation) -> list[Claim]:
    """That what an elementwise tail sends back is what the chain rule gives; formulas take it for one thing."""
    return [
        Claim(f"{d.name}, element by element", d.target, d.value)
        for d in derivation.basis.definitions
        if d.target in derivation.basis.tails
    ]


def closed_form_claims(derivation: Derivation, forms: dict[str, AffineForm]) -> list[Claim]:
    """That the formulas which the kernels are planned from equal the chain rule's result."""
    return [
        Claim(f"closed form of grad_{name}", derivation.backward.grad(name), form.expr) for name, form in forms.items()
    ]
