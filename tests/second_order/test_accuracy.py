"""The tangent and the gradients of the gradients are right: every layer, both dtypes, many shapes, hostile data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.second_order.layers import EVERYWHERE, Layer, label
from tests.support import second_order
from tests.support.contract import DTYPES


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", EVERYWHERE, ids=label)
def test_second_derivatives_are_right(layer: Layer, dtype: Any) -> None:
    for sizes in layer.tried:
        trial, arguments = layer.trial(sizes, dtype)
        second_order.validate(layer.module, trial, arguments)


# Mean, deviation: float64 data is held against longdouble, which itself must know the mean.
FAR = {np.dtype(np.float32): (1e4, 0.1), np.dtype(np.float64): (1e3, 1.0)}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", [one for one in EVERYWHERE if one.shifts], ids=label)
def test_a_large_mean_costs_nothing(layer: Layer, dtype: Any) -> None:
    mean, deviation = FAR[dtype]
    for sizes in layer.sizes[-2:]:
        trial, arguments = layer.trial(sizes, dtype)
        x = (mean + deviation * np.random.default_rng(5).standard_normal(sizes)).astype(dtype)
        second_order.validate(layer.module, trial.with_input("x", x), arguments, threads=(2,))


@pytest.mark.parametrize("scale", [1e-4, 1e4])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", [one for one in EVERYWHERE if one.scales], ids=label)
def test_small_and_large_data(layer: Layer, dtype: Any, scale: float) -> None:
    for sizes in layer.sizes[3:5]:
        trial, arguments = layer.trial(sizes, dtype)
        x = (trial.inputs["x"] * scale).astype(dtype)
        second_order.validate(layer.module, trial.with_input("x", x), arguments, threads=(2,))
