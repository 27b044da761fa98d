"""What is claimed about group normalization: the theorems of its family, with a weight inside the sums."""

from __future__ import annotations

from derive.layers.group_norm.forward import eps, k, mean, s, var, weight, x, x_norm
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for one group of channels of one example."""
    family = Centred(derivation, (k, s), x - mean, var, eps, x_norm, weight)
    return (family.vanishing("mean", "var"), *family.claims())
