"""The loss ``sum(y**2)`` is nearly blind: its gradient is suppressed by ``eps / (var + eps)``, for
any beta.

The cotangent is ``2*y = 2*gamma*x_norm + 2*beta``. The part along x_norm gives ``2 * gamma**2 *
inv_std * x_norm * eps / (var + eps)``; the constant part is blind and gives nothing. Here ``eps /
(var + eps)`` is 5.8e-5, and the gradient sinks below the float32 noise of its own differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from . import written_out
from .emitted import grad_input
from .rounding_model import predict_noise
from .seed_case import (
    CHANNEL,
    EPS,
    SIZE,
    STEP,
    Dtype,
    Float32,
    Float64,
    X,
    close,
    contract_scale,
    exact,
    forward_float64,
    outputs_float32,
    running_sums,
    scales,
)

X_NORM, GAMMA, INV_STD = scales()
Y = GAMMA * X_NORM
SUPPRESSION = EPS * INV_STD**2
GRADIENT: Float64 = 2 * GAMMA**2 * INV_STD * X_NORM * SUPPRESSION


def square_differences() -> Float64:
    """Float32 central differences of ``sum(y**2)``, summed in sequence."""
    squares = [(y * y).astype(np.float32) for y in outputs_float32(STEP)]
    plus, minus = (running_sums(terms)[:, -1].astype(float) for terms in squares)
    quotient: Float64 = (plus - minus) / (2 * STEP)
    return quotient


@pytest.mark.parametrize("channel", [0, 1])
def test_suppression_is_exact_for_any_beta(channel: int) -> None:
    """The written-out layer in rationals and one square root, with beta a symbol."""

    def square(y: list[Any]) -> Any:
        return sum(value**2 for value in y)

    found = written_out.gradient(channel, square)
    for derivative, formula in zip(found, written_out.suppressed(channel), strict=True):
        assert derivative - formula == 0
        assert formula != 0


def test_formula_in_numbers() -> None:
    """The float64 numbers used below agree with 60-digit differences, and are that small."""
    noise = 16 * np.finfo(float).eps * contract_scale((2 * Y)[None])[0]
    assert np.all(np.abs(exact((2 * Y)[None])[0] - GRADIENT) <= noise)
    unsuppressed = 2 * GAMMA**2 * INV_STD * np.abs(X_NORM)
    np.testing.assert_allclose(np.abs(GRADIENT) / unsuppressed, SUPPRESSION, rtol=1e-14)
    assert SUPPRESSION.max() < 1e-4


@pytest.mark.parametrize("beta", [(0.0, 0.0), (0.75, -1.25)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_emitted_kernels_give_the_suppressed_gradient(
    dtype: Dtype, beta: tuple[float, float]
) -> None:
    """Within the contract's bound: 2 eps of the scale of the terms that cancel."""
    g = (2 * (Y + np.array(beta)[CHANNEL])).astype(dtype)[None]
    bound = 2 * float(np.finfo(dtype).eps) * contract_scale(g)
    found = grad_input(g, dtype)
    assert np.all(np.abs(found - exact(g)) <= bound)
    # Rounding the cotangent moves its gradient by up to eps / 2 of the same scale.
    assert np.all(np.abs(found - GRADIENT) <= 1.25 * bound)


def test_gradient_drowns_in_float32_noise() -> None:
    """Floor 0.025, largest gradient 0.0015: zero, its double or its negative do as well."""
    cotangent: Float32 = (2 * Y).astype(np.float32)[None]
    floor = predict_noise(cotangent, STEP, square=True).floor[0]
    numerical = square_differences()
    error = numerical - GRADIENT
    # As in test_blind_ones.py: normal noise, and two degrees of freedom at the least.
    assert np.all(np.abs(error) <= 4 * floor)
    assert 0.002 <= np.mean((error / floor) ** 2) <= 6.2
    assert np.abs(GRADIENT).max() < floor.min() / 10
    for factor in (1, 2, -1):
        assert close(factor * GRADIENT, numerical).mean() < 0.1
    # Zero does better than the truth: it passes wherever the two losses happen to agree to the last
    # bit.
    assert np.array_equal(close(np.zeros(SIZE), numerical), numerical == 0)


def test_gradient_is_small_but_there() -> None:
    """In float64 the same differences see it, and tell all those candidates apart."""
    flat, moves = X.ravel().astype(float), STEP * np.eye(SIZE)
    losses = [np.square(forward_float64(flat + side)).sum(axis=1) for side in (moves, -moves)]
    numerical = (losses[0] - losses[1]) / (2 * STEP)
    # Round-off: 16 additions at the size of the loss, in both losses. Truncation: h**2 / 6 times
    # the third derivative, which is below 100 / var of the first.
    roundoff = 16 * np.finfo(float).eps * losses[0][0] / STEP
    truncation = STEP**2 / 6 * 100 * INV_STD**2
    assert np.all(np.abs(numerical - GRADIENT) <= roundoff + truncation * np.abs(GRADIENT))
    assert close(GRADIENT, numerical).all()
    for factor in (0, 2, -1):
        assert not close(factor * GRADIENT, numerical).any()
