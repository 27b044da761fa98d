"""How softmax is called: the dimension of the classes."""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import exp
from derive.layers.softmax.forward import shift, x

interface = Interface(
    axis=AxisArgument("dim", axis="d", default=-1, meaning="the dimension of x that holds the classes"),
    names={"exp_shifted": exp(x - shift)},
    meanings={
        "x": "the logits",
        "shift": "the largest logit of each row",
        "mass": "the sum of exp(x - shift) of each row",
    },
)
