"""Sums of few float64 terms that nearly cancel: what float64 loses of products and sums is kept, against fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import targets

EPS = float(np.finfo(np.float64).eps)
LEFT = 2.0**-9  # of the sum of magnitudes: above what 80-bit numbers lose of it, below what float64 does
# Columns, rows shorter than a vector, with an end beyond one, and of several of them.
SHAPES = [(3, 40), (20, 33), (63, 7), (2, 5, 3), (2, 6, 17), (3, 4, 2, 9), (1, 3, 62)]
SHAPES += [(1, 3, n) for n in range(18, 25)]  # every length of an end


def _nearly_cancelling(shape: tuple[int, ...], seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Data and cotangents whose sum of products of cotangents and deviations is small beside its terms."""
    random = np.random.default_rng(seed)
    x = random.standard_normal(shape) + 3.0
    grad = random.standard_normal(shape)
    axes = (0, *range(2, x.ndim))
    d = x - x.mean(axes, keepdims=True)
    terms = (grad * d).sum(axes, keepdims=True)
    wanted = LEFT * np.abs(grad * d).sum(axes, keepdims=True)
    return x, grad - d * (terms - wanted) / (d * d).sum(axes, keepdims=True)


@pytest.mark.parametrize("target", targets.of_arrays())
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_products_that_cancel_are_not_rounded(target: str, shape: tuple[int, ...]) -> None:
    """grad_gamma * std is sum(grad_output * (x - mean)); the module's own statistics are taken as they are."""
    targets.require(target)
    module = targets.module("batch_norm", target)
    x, grad = _nearly_cancelling(shape, sum(shape))
    gamma = np.ones(shape[1])
    _, saved = module.forward(x, gamma, gamma)
    found = module.backward(grad, x, gamma, saved=saved).grad_gamma
    for channel in range(shape[1]):
        own_x, own_grad = (np.moveaxis(a, 1, 0)[channel].ravel().tolist() for a in (x, grad))
        mean = Fraction(saved.mean[channel]) + Fraction(saved.mean_low[channel])
        exact = sum(Fraction(g) * (Fraction(v) - mean) for g, v in zip(own_grad, own_x, strict=True))
        expected = exact * Fraction(saved.inv_std[channel])
        off = abs(Fraction(found[channel]) - expected)
        assert off <= 1.5 * EPS * abs(expected), (shape, channel, float(off / abs(expected)) / EPS)
