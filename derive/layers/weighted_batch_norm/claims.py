"""What is claimed about batch normalization with weights: its family's theorems, with the weights where they belong."""

from __future__ import annotations

from derive.layers.weighted_batch_norm.forward import eps, gamma, mean, n, s, var, weights, x, x_norm
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for one channel."""
    family = Centred(derivation, (n, s), x - mean, var, eps, x_norm, gamma, weights)
    return (
        family.vanishing("mean", "var"),
        family.shift_claim(),
        family.scale_claim(),
        family.constant_claim(),
        family.output_claim(),
    )
