"""How RMS normalization is called: the shape of the features, an optional weight, eps as PyTorch has it."""

from __future__ import annotations

from derive.interface import MACHINE_EPSILON, Interface, ShapeArgument
from derive.language import sqrt
from derive.layers.rms_norm.forward import eps, mean_square

interface = Interface(
    optional={"weight": 1.0},
    defaults={"eps": MACHINE_EPSILON},
    axis=ShapeArgument("normalized_shape", axis="d", meaning="the features, over which the mean is taken"),
    names={"inv_rms": 1 / sqrt(mean_square + eps)},
    meanings={
        "x": "the data",
        "weight": "scale per feature",
        "mean_square": "mean of the squares of each example",
        "inv_rms": "one over its root, eps included",
    },
)
