"""How instance normalization is called: the channel axis, optional weight and bias."""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import sqrt
from derive.layers.instance_norm.forward import eps, mean, var, x

interface = Interface(
    optional={"weight": 1.0, "bias": 0.0},
    defaults={"eps": 1e-5},
    axis=AxisArgument("axis", axis="c", default=1, meaning="the dimension of x that holds the channels"),
    names={"d": x - mean, "inv_std": 1 / sqrt(var + eps)},
    meanings={
        "x": "the data",
        "weight": "scale per channel",
        "bias": "shift per channel",
        "mean": "mean of each channel of each example",
        "mean_low": "what float64 cannot hold of it",
        "var": "biased variance of each channel of each example",
        "inv_std": "one over the standard deviation, eps included",
    },
)
