"""What is claimed about softmax: what its rows add up to, and what it does not see."""

from __future__ import annotations

import sympy as sp

from derive.language import average, total
from derive.layers.softmax.forward import d
from derive.proofs.derivation import Derivation
from derive.proofs.families import CONSOLIDATED, CONSTANT, SHIFT
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The theorems, for one row."""
    y, g, grad_x = derivation.graph["y"], derivation.backward.grad_output, derivation.backward.grad("x")
    return (
        Claim("a row adds up to one", total(y, over=d), sp.S.One),
        Claim(CONSOLIDATED, grad_x, y * (g - total(g * y, over=d))),
        Claim(SHIFT, total(grad_x, over=d), sp.S.Zero),
        Claim(
            CONSTANT,
            grad_x,
            sp.S.Zero,
            given=((g, sp.S.One),),
            remark="A loss that adds up the outputs has no gradient: they always add up to one.",
        ),
        Claim(
            "the mean of the outputs",
            average(y, over=d),
            1 / d.size,
            remark="So the loss that averages the outputs has no gradient either.",
        ),
    )
