"""How weight standardization is called: the axis of the output channels.

The default of eps is that of the normalizations; it stands inside of the root, beside the variance.
"""

from __future__ import annotations

from derive.interface import AxisArgument, Interface
from derive.language import sqrt
from derive.layers.weight_standardization.forward import eps, mean, var, x

interface = Interface(
    defaults={"eps": 1e-5},
    axis=AxisArgument("axis", axis="o", default=0, meaning="the dimension of x that holds the output channels"),
    names={"d": x - mean, "inv_std": 1 / sqrt(var + eps)},
    meanings={
        "x": "the weights of a convolution or of a linear layer",
        "mean": "mean of the weights of each output channel",
        "mean_low": "what float64 cannot hold of it",
        "var": "their biased variance",
        "inv_std": "one over the standard deviation, eps included",
    },
)
