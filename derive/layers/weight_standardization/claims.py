"""What is claimed about weight standardization: the theorems of its family, without a scale."""

from __future__ import annotations

from derive.language import sqrt
from derive.layers.weight_standardization.forward import eps, i, mean, s, var, x
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for the weights of one output channel."""
    family = Centred(derivation, (i, s), x - mean, var, eps, (x - mean) / sqrt(var + eps))
    return (family.vanishing("mean", "var"), *family.claims())
