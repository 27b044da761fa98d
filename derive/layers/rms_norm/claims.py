"""What is claimed about RMS normalization: the theorems of its family, with a weight inside the sums."""

from __future__ import annotations

from derive.language import sqrt
from derive.layers.rms_norm.forward import d, eps, mean_square, weight, x
from derive.proofs.derivation import Derivation
from derive.proofs.families import Uncentred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, for the features of one example."""
    return Uncentred(derivation, (d,), x, mean_square, eps, x / sqrt(mean_square + eps), weight).claims()
