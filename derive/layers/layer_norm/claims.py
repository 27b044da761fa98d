"""What is claimed about layer normalization: the theorems of its family, with a weight inside the sums."""

from __future__ import annotations

from derive.layers.layer_norm.forward import d, eps, mean, var, weight, x, x_norm
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for the features of one example."""
    family = Centred(derivation, (d,), x - mean, var, eps, x_norm, weight)
    return (family.vanishing("mean", "var"), *family.claims())
