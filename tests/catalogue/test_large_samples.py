"""Samples that are larger than a chunk: sums over all samples are put together from parts of the channels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.contract import DTYPES

SHAPE = (2, 64, 192, 192)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("layer", "groups"), [("instance_norm", SHAPE[1]), ("group_norm", 4)])
def test_the_gradients_of_the_parameters(layer: str, groups: int, dtype: Any) -> None:
    module: Any = targets.module(layer, targets.WITH_SMALL_FORMS)
    assert np.prod(SHAPE[1:]) * 4 > module._CHUNK_BYTES // 8, "a sample is no larger than a chunk"
    random = np.random.default_rng(0)
    x, g = (random.standard_normal(SHAPE).astype(dtype) for _ in range(2))
    weight = random.standard_normal(SHAPE[1]).astype(dtype)
    more = {"num_groups": groups} if layer == "group_norm" else {}
    gradients = module.backward(g, x, weight, **more)

    own = x.reshape(SHAPE[0], groups, -1).astype(np.float64)
    x_norm = ((own - own.mean(-1, keepdims=True)) / np.sqrt(own.var(-1, keepdims=True) + 1e-5)).reshape(SHAPE)
    products = g * x_norm
    eps = np.finfo(dtype).eps if dtype == np.float32 else 1e-13  # of the plain sums that it is compared with
    for found, terms in ((gradients.grad_weight, products), (gradients.grad_bias, g.astype(np.float64))):
        assert found.shape == (SHAPE[1],)
        assert (abs(found - terms.sum((0, 2, 3))) <= 2 * eps * abs(terms).sum((0, 2, 3))).all()
