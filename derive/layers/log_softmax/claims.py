"""What is claimed about log-softmax: a shift of a row is not seen, and neither are the row's own probabilities."""

from __future__ import annotations

import sympy as sp

from derive.language import exp, total
from derive.layers.log_softmax.forward import d, mass, shift, x
from derive.proofs.derivation import Derivation
from derive.proofs.families import CONSOLIDATED, CONSTANT, SHIFT
from derive.proofs.theorem import Claim


def claims(derivation: Derivation) -> tuple[Claim, ...]:
    """The theorems, for one row."""
    g, grad_x = derivation.backward.grad_output, derivation.backward.grad("x")
    probability = exp(x - shift) / mass
    return (
        Claim(CONSOLIDATED, grad_x, g - probability * total(g, over=d)),
        Claim(SHIFT, total(grad_x, over=d), sp.S.Zero),
        Claim(
            "blind to its own probabilities",
            grad_x,
            sp.S.Zero,
            given=((g, probability),),
            remark="The expected slope of a log-likelihood is zero: labels drawn as predicted show nothing.",
        ),
        Claim(
            CONSTANT,
            grad_x,
            sp.S.Zero,
            given=((g, sp.S.One),),
            holds=False,
            remark="A loss that adds up the outputs pulls the logits together.",
        ),
    )
