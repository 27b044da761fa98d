"""The emitted kernels are right, on plain data of many shapes and on hostile data, in both dtypes and all layouts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import catalogue, layers
from tests.support.catalogue import EVERYWHERE, Member, label
from tests.support.contract import DTYPES


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("member", EVERYWHERE, ids=label)
def test_the_kernels_are_right(member: Member, dtype: Any) -> None:
    for sizes in member.sizes:
        reference, module = member.trial(sizes)
        inputs = layers.draw_inputs(reference, member.sized(sizes), dtype)
        layers.validate_layer(module, reference, inputs)


# Mean, deviation: float64 data is held against longdouble, which itself must know the mean.
FAR = {np.dtype(np.float32): (1e4, 0.1), np.dtype(np.float64): (1e3, 1.0)}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("member", [m for m in EVERYWHERE if m.shifts], ids=label)
def test_a_large_mean_costs_nothing(member: Member, dtype: Any) -> None:
    mean, deviation = FAR[dtype]
    for sizes in member.sizes[-3:]:
        reference, module = member.trial(sizes)
        inputs = layers.draw_inputs(reference, member.sized(sizes), dtype)
        x = mean + deviation * np.random.default_rng(5).standard_normal(sizes)
        layers.validate_layer(module, reference, {**inputs, "x": x.astype(dtype)}, threads=(2,))


@pytest.mark.parametrize("scale", [1e-12, 1e12])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("member", [m for m in EVERYWHERE if m.scales], ids=label)
def test_tiny_and_huge_data(member: Member, dtype: Any, scale: float) -> None:
    """Where eps is all there is, and where it is nothing."""
    for sizes in member.sizes[3:5]:
        reference, module = member.trial(sizes)
        inputs = layers.draw_inputs(reference, member.sized(sizes), dtype)
        layers.validate_layer(module, reference, {**inputs, "x": (inputs["x"] * scale).astype(dtype)}, threads=(2,))


def test_every_layer_is_here() -> None:
    """Batch norm has suites of its own."""
    from derive import layer_names

    assert {m.name for m in catalogue.MEMBERS} == set(layer_names()) - {"batch_norm"}
