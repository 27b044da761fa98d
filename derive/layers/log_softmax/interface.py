"""How log-softmax is called: the dimension of the classes."""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import exp, log
from derive.layers.log_softmax.forward import mass, shift, x

interface = Interface(
    axis=AxisArgument("dim", axis="d", default=-1, meaning="the dimension of x that holds the classes"),
    names={"exp_shifted": exp(x - shift), "log_mass": log(mass)},
    meanings={
        "x": "the logits",
        "shift": "the largest logit of each row",
        "mass": "the sum of exp(x - shift) of each row",
        "log_mass": "its logarithm",
    },
)
