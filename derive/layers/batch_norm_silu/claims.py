"""What is claimed about batch normalization with SiLU: its family's theorems, for what the activation sends back."""

from __future__ import annotations

import sympy as sp

from derive.language import sigmoid, sqrt
from derive.layers.batch_norm_silu.forward import eps, gamma, mean, n, s, var, x, z
from derive.proofs.derivation import Derivation
from derive.proofs.families import CONSTANT, Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems, and that the activation makes a loss which adds up the outputs see something."""
    unit = (x - mean) / sqrt(var + eps)
    family = Centred(derivation, (n, s), x - mean, var, eps, unit, gamma, output="z")
    seen = Claim(
        f"{CONSTANT} gradient of the output",
        derivation.backward.grad("x"),
        sp.S.Zero,
        given=((derivation.backward.grad("z"), sigmoid(z) + z * sigmoid(z) * sigmoid(-z)),),
        holds=False,
        remark="A loss that adds up the outputs has a gradient here: the activation lets large elements through.",
    )
    return (family.vanishing("mean", "var"), *family.claims(), seen)
