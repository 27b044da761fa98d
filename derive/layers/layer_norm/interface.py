"""How layer normalization is called: the shape of the features, optional weight and bias."""

from __future__ import annotations

from derive.interface import Interface, ShapeArgument
from derive.language import sqrt
from derive.layers.layer_norm.forward import eps, var

interface = Interface(
    optional={"weight": 1.0, "bias": 0.0},
    defaults={"eps": 1e-5},
    axis=ShapeArgument("normalized_shape", axis="d", meaning="the features, over which the statistics are taken"),
    names={"inv_std": 1 / sqrt(var + eps)},
    meanings={
        "x": "the data",
        "weight": "scale per feature",
        "bias": "shift per feature",
        "mean": "mean of each example",
        "mean_low": "what float64 cannot hold of it",
        "var": "biased variance of each example",
        "inv_std": "one over the standard deviation, eps included",
    },
)
