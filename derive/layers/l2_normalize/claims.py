"""What is claimed about L2 normalization: the theorems of its family, for a sum in the place of a mean."""

from __future__ import annotations

from derive.language import sqrt
from derive.layers.l2_normalize.forward import d, eps, square, x
from derive.proofs.derivation import Derivation
from derive.proofs.families import Uncentred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for one vector."""
    return Uncentred(derivation, (d,), x, square, eps**2, x / sqrt(square + eps**2), mean=False).claims()
