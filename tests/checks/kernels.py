"""Kernels as people write them, for the checks to judge: textbook NumPy, right or with one mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
EPS = 1e-5


def statistics(x: Array) -> tuple[Array, Array]:
    """x_norm and one over the standard deviation, per channel (dimension 1), in the dtype of x."""
    over = tuple(d for d in range(x.ndim) if d != 1)
    d = x - x.mean(axis=over, keepdims=True)
    inv_std = 1 / np.sqrt((d * d).mean(axis=over, keepdims=True) + x.dtype.type(EPS))
    return d * inv_std, inv_std


def along(parameter: Array, x: Array) -> Array:
    """A parameter per channel, to be multiplied with x."""
    return parameter.reshape(1, -1, *[1] * (x.ndim - 2))


def forward(x: Array, gamma: Array, beta: Array) -> Array:
    return along(gamma, x) * statistics(x)[0] + along(beta, x)


def backward(grad_output: Array, x: Array, gamma: Array, beta: Array, mistake: str = "") -> tuple[Array, ...]:
    """The consolidated formula, with one of `MISTAKES` if it is named."""
    g, (x_norm, inv_std) = grad_output, statistics(x)
    over = tuple(d for d in range(x.ndim) if d != 1)
    count = x.size // x.shape[1]
    if mistake == "N-1":
        count -= 1
    mean_g = g.sum(axis=over, keepdims=True) / x.dtype.type(count)
    mean_gx = (g * x_norm).sum(axis=over, keepdims=True) / x.dtype.type(count)
    if mistake == "mean term missing":
        mean_g = 0 * mean_g
    if mistake == "x_norm term missing":
        mean_gx = 0 * mean_gx
    grad_input = inv_std * (g - mean_g - x_norm * mean_gx)
    if mistake != "gamma left out":
        grad_input = along(gamma, x) * grad_input
    if mistake == "1% too large":
        grad_input = grad_input * x.dtype.type(1.01)
    return grad_input, (g * x_norm).sum(axis=over), g.sum(axis=over)


MISTAKES = ("x_norm term missing", "mean term missing", "gamma left out", "N-1", "1% too large")


def with_mistake(mistake: str) -> Callable[..., tuple[Array, ...]]:
    """`backward` with that mistake."""
    assert mistake in MISTAKES, mistake
    return lambda g, x, gamma, beta: backward(g, x, gamma, beta, mistake)


def data(shape: tuple[int, ...], dtype: Any, seed: int = 3) -> tuple[Array, Array, Array]:
    """Random x, gamma away from 1 and of both signs, beta."""
    rng = np.random.default_rng(seed)
    channels = shape[1]
    gamma = rng.uniform(0.5, 2.0, channels) * rng.choice([-1.0, 1.0], channels)
    return rng.standard_normal(shape).astype(dtype), gamma.astype(dtype), rng.standard_normal(channels).astype(dtype)
