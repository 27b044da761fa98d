"""How batch normalization is called: the channel axis, optional gamma and beta, running statistics."""

from __future__ import annotations

import sympy as sp

from derive.interface import AxisArgument, Interface, Update
from derive.language import sqrt
from derive.layers.batch_norm.forward import eps, mean, var, x
from derive.layers.batch_norm.inference import inference, running_mean, running_var

_momentum, _mean, _var, _count = sp.symbols("momentum mean var count")
_running_mean, _running_var = sp.symbols("running_mean running_var")

interface = Interface(
    optional={"gamma": 1.0, "beta": 0.0},
    defaults={"eps": 1e-5},
    axis=AxisArgument("axis", axis="c", default=1, meaning="the dimension of x that holds the channels"),
    names={
        "d": x - mean,
        "inv_std": 1 / sqrt(var + eps),
        "running_inv_std": 1 / sqrt(running_var + eps),
        "running_d": x - running_mean,
    },
    inference=inference,
    updates=(
        Update("running_mean", (1 - _momentum) * _running_mean + _momentum * _mean),
        Update(
            "running_var",
            (1 - _momentum) * _running_var + _momentum * _var,
            unbiased=(1 - _momentum) * _running_var + _momentum * _var * _count / (_count - 1),
        ),
    ),
    meanings={
        "x": "the data",
        "gamma": "scale per channel",
        "beta": "shift per channel",
        "running_mean": "mean of earlier batches; takes no gradient",
        "running_var": "variance of earlier batches; takes no gradient",
        "mean": "mean of the batch",
        "mean_low": "what float64 cannot hold of it",
        "var": "biased variance of the batch",
        "inv_std": "one over the standard deviation, eps included",
    },
)
