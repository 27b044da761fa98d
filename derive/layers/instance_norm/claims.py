"""What is claimed about instance normalization: the theorems of its family."""

from __future__ import annotations

from derive.layers.instance_norm.forward import eps, mean, s, var, weight, x, x_norm
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for the positions of one channel of one example."""
    family = Centred(derivation, (s,), x - mean, var, eps, x_norm, weight)
    return (family.vanishing("mean", "var"), *family.claims())
