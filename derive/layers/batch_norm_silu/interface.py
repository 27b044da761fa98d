"""How batch normalization with SiLU is called: as batch normalization is."""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import sqrt
from derive.layers.batch_norm_silu.forward import eps, mean, var, x

interface = Interface(
    optional={"gamma": 1.0, "beta": 0.0},
    defaults={"eps": 1e-5},
    axis=AxisArgument("axis", axis="c", default=1, meaning="the dimension of x that holds the channels"),
    names={"d": x - mean, "inv_std": 1 / sqrt(var + eps)},
    meanings={
        "x": "the data",
        "gamma": "scale per channel",
        "beta": "shift per channel",
        "mean": "mean of the batch",
        "mean_low": "what float64 cannot hold of it",
        "var": "biased variance of the batch",
        "inv_std": "one over the standard deviation, eps included",
    },
)
