"""With grad_output = 1 the true gradient is zero, and what the seed's check compared was round-off.

The seed printed ``-0.0035762786865234375 = -6 * 2**-23 / 2e-4`` for the numerical gradient of
element 0 and ``-2**-21`` for the analytical one. `test_the_seed_printed_this` gets both, to the
last digit.

Where the grid comes from. Summed in sequence in float32, the loss ends with an addition of two
numbers between 2 and 4 (the last term is ``2.0 * 1.31``), so it is a multiple of their spacing
2**-22, and so is every difference. The seed's own reduction accumulated the float32 outputs in
float64: nothing in that sum rounds, and the grid is the spacing of the smallest output, 2**-24 at
0.9. So ``6 * 2**-23``, six spacings at magnitude one, is 3 steps of the one grid and 12 of the
other.

Where the size comes from. One rounding of the channel's sum, at a magnitude of 4 to 8, moves all 8
outputs alike: two fifths to a half of the variance. Nearly all the rest is the partial sums of the
loss, at magnitudes up to 13; in the seed's float64 sum they are exact.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from . import written_out
from .emitted import grad_input
from .rounding_model import lattice, predict_noise
from .seed_case import (
    COUNT,
    GAMMA,
    MEMBERS,
    SIZE,
    STEP,
    Dtype,
    Float32,
    Float64,
    X,
    add_product,
    close,
    contract_scale,
    differences_float32,
    outputs_float32,
    running_sums,
    statistics_float32,
)

ONES: Float32 = np.ones((1, SIZE), dtype=np.float32)
SEED_NUMERICAL = -0.0035762786865234375
SEED_ANALYTICAL = -4.76837158203125e-07


@pytest.mark.parametrize("channel", [0, 1])
def test_true_gradient_is_exactly_zero(channel: int) -> None:
    """The written-out layer, differentiated, at the seed's very input; beta stays a symbol."""

    def weighted(y: list[Any]) -> Any:
        return sum((1 + i**2) * value for i, value in enumerate(y))

    assert written_out.gradient(channel, sum) == [0] * COUNT
    assert all(value != 0 for value in written_out.gradient(channel, weighted))


def grid_exponent(*, summed_in_float32: bool) -> int:
    """The k of the grid ``2**-k`` of the losses, from the magnitudes of terms and sums."""
    outputs = np.concatenate(outputs_float32(STEP))
    grids = [lattice(y, running_sums(y) if summed_in_float32 else None) for y in outputs]
    return round(-math.log2(min(grids)))


def counts_on_grid(numerical: Float64, k: int) -> list[int]:
    """Numerical gradients in units of ``2**-k / 2e-4``; fails unless they are whole numbers."""
    counts = [round(value * 2 * STEP * 2.0**k) for value in numerical]
    assert [count * 2.0**-k / (2 * STEP) for count in counts] == numerical.tolist()
    return counts


def test_noise_lies_on_the_grid_of_the_magnitudes_summed() -> None:
    k = grid_exponent(summed_in_float32=True)
    assert 2.0**-k == np.spacing(
        np.float32(2.0 * 1.31)
    )  # the binade of the last term, as argued above
    counts = counts_on_grid(differences_float32(ONES, STEP)[0], k)
    assert len(counts) == SIZE
    assert math.gcd(*counts) == 1  # they fit no coarser grid
    assert counts_on_grid(np.array([SEED_NUMERICAL]), k) == [-3]


def test_noise_has_the_size_that_the_seed_printed() -> None:
    numerical = differences_float32(ONES, STEP)[0]
    floor = predict_noise(ONES, STEP).floor[0]
    # Normal noise exceeds 4 floors with probability 6e-5. The errors of a channel's elements are
    # correlated; if fully, the mean square has two degrees of freedom, and leaves this interval
    # with probability 0.4%.
    assert np.all(np.abs(numerical) <= 4 * floor)
    assert 0.002 <= np.mean((numerical / floor) ** 2) <= 6.2
    assert 0.1 <= abs(SEED_NUMERICAL) / floor[0] <= 3
    assert np.abs(numerical[numerical != 0]).min() <= abs(SEED_NUMERICAL) <= np.abs(numerical).max()
    # So the seed's check turns down the exact gradient, at every element whose noise is not zero by
    # chance.
    assert np.array_equal(close(np.zeros(SIZE), numerical), numerical == 0)


def seed_backward(*, fused: bool) -> Float32:
    """The seed's three-term backward in scalar float32, at grad_output = 1."""
    x, found = X.ravel(), np.zeros(SIZE, dtype=np.float32)
    count, zero = np.float32(COUNT), np.float32(0)
    for gamma, members, channel in zip(GAMMA, MEMBERS, (0, 1), strict=True):
        mean, var_eps = statistics_float32(x, channel, fused)
        std, power = np.float32(np.sqrt(var_eps)), np.float32(float(var_eps) ** -1.5)
        grad_var, grad_mean = zero, zero
        for i in members:
            half = np.float32(np.float32(gamma * np.float32(x[i] - mean)) * np.float32(-0.5))
            grad_var = add_product(grad_var, half, power, fused)
            grad_mean = np.float32(grad_mean - np.float32(gamma / std))
        for i in members:
            twice = np.float32(grad_var * np.float32(2))
            through_var = np.float32(np.float32(twice * np.float32(x[i] - mean)) / count)
            found[i] = np.float32(np.float32(gamma / std) + through_var)
            found[i] = np.float32(found[i] + np.float32(grad_mean / count))
    return found


@pytest.mark.parametrize("fused", [False, True])
def test_the_seed_printed_this(fused: bool) -> None:
    """Layer in float32, loss accumulated in float64: the seed's numerical value, with or without
    FMA.

    The analytical one comes out where products are contracted into the sums, as the seed's compiler
    may do; else it is zero by luck. Both are within the rounding of the two terms of 3.6 that
    cancel there.
    """
    plus, minus = (y.astype(float).sum(axis=1) for y in outputs_float32(STEP, fused))
    numerical = (plus - minus) / (2 * STEP)
    assert numerical[0] == SEED_NUMERICAL
    assert counts_on_grid(numerical, grid_exponent(summed_in_float32=False))[0] == -12
    analytical = seed_backward(fused=fused)
    assert analytical[0] == (SEED_ANALYTICAL if fused else 0)
    assert np.all(np.abs(analytical) <= 2 * np.finfo(np.float32).eps * contract_scale(ONES)[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_emitted_kernels_return_zero_to_rounding(dtype: Dtype) -> None:
    """The bound is the accuracy contract's: 2 eps of the scale of the terms that cancel."""
    bound = 2 * float(np.finfo(dtype).eps) * contract_scale(ONES)
    assert np.all(np.abs(grad_input(ONES, dtype)) <= bound)
    # The terms are not small, so a kernel that drops one does not pass.
    assert contract_scale(ONES).min() > 1
