"""What theorems license: which of them say that a path carries nothing, and for which derivatives that may be used.

Where the contribution of a consumer to the gradient of a tensor is zero, a first derivative is the same if the consumer
takes the value of the tensor as a constant. A second derivative need not be.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from derive.errors import ProofError
from derive.language import name_of
from derive.proofs.derivation import Derivation
from derive.proofs.theorem import Claim, Theorem

Path = tuple[str, str]  # the names of a consumer and of the tensor that it depends on


def valid_for(theorem: Theorem, derivative: int) -> bool:
    """Whether a derivative of that order may be computed with one side of the statement in the place of the other."""
    claim = theorem.claim
    return isinstance(claim, Claim) and claim.holds and (claim.order is None or derivative <= claim.order)


def require(theorem: Theorem, derivative: int) -> None:
    """Refuse a theorem as a rewrite where it is not valid; ProofError says for what it is."""
    if not valid_for(theorem, derivative):
        claim = theorem.claim
        order = claim.order if isinstance(claim, Claim) and claim.holds else None
        valid = f"for derivatives up to order {order}" if order is not None else "as no rewrite at all"
        raise ProofError(
            f"theorem {theorem.name!r} is valid {valid}, so it must not shorten a computation that is differentiated "
            f"to order {derivative}"
        )


def zero_statements(theorems: Iterable[Theorem]) -> dict[sp.Expr, Theorem]:
    """What theorems say is zero without further hypotheses, each with its theorem."""
    return {
        t.claim.lhs: t
        for t in theorems
        if isinstance(t.claim, Claim)
        and t.claim.holds
        and t.claim.rhs == 0
        and not (t.claim.given or t.claim.assuming or t.claim.conditions)
    }


def vanishing(derivation: Derivation, theorems: Iterable[Theorem]) -> dict[Path, Theorem]:
    """The paths whose contribution to an adjoint is zero by a theorem: consumer and tensor, by their names."""
    zero = zero_statements(theorems)
    shares = (share for adjoint in derivation.backward.adjoints for share in adjoint.contributions)
    return {
        (name_of(share.via), name_of(share.of)): zero[share.equation.target]
        for share in shares
        if share.equation.target in zero
    }
