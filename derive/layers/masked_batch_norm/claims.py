"""What is claimed about batch normalization of padded data: its family's theorems, and what padding means."""

from __future__ import annotations

from typing import cast

import sympy as sp

from derive.language import sqrt
from derive.layers.masked_batch_norm.forward import eps, gamma, mask, mean, n, s, var, x
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The family's theorems for one channel; padding gets nothing and gives nothing."""
    g, grad_x = derivation.backward.grad_output, derivation.backward.grad("x")
    family = Centred(derivation, (n, s), x - mean, var, eps, (x - mean) / sqrt(var + eps), gamma, mask)
    padding = cast(sp.Expr, 1 - mask)
    return (
        Claim("padding has no output", derivation.graph["y"] * padding, sp.S.Zero),
        Claim("padding gets no gradient", grad_x * padding, sp.S.Zero),
        Claim("padding gives no gradient", grad_x, sp.S.Zero, given=((g, x * padding),)),
        family.vanishing("mean", "var"),
        family.shift_claim(),
        family.constant_claim(),
        family.output_claim(),
    )
