"""How L2 normalization is called: the dimension of the vectors, eps as PyTorch has it."""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import sqrt
from derive.layers.l2_normalize.forward import eps, square

interface = Interface(
    defaults={"eps": 1e-12},
    axis=AxisArgument("dim", axis="d", default=1, meaning="the dimension of x that the vectors lie along"),
    names={"inv_length": 1 / sqrt(square + eps**2)},
    meanings={
        "x": "the vectors",
        "square": "the square of each length",
        "inv_length": "one over the length, eps included",
    },
)
