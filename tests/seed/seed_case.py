"""The seed case: the input, the layer written out in three arithmetics, and the seed's own check.

Nothing here comes from the product or shares code with an emitted kernel. The layer is written
forwards only: in scalar float32 with every sum taken in sequence, in float64, and in 60 digits.
Derivatives come from differences of those forwards.

The input is ``0.1 * arange(16)`` with a float32 ``arange``, so the product is a float32 product, as
in the seed's ``Float32(i) * 0.1``. Rounding the float64 products instead changes elements 9 and 13
by one unit, and with them every digit of the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import mpmath
import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Dtype = type[np.float32] | type[np.float64]

SHAPE = (2, 2, 2, 2)
SIZE = 16
COUNT = 8  # elements per channel
EPS = 1e-5
STEP = 1e-4
RTOL, ATOL = 1e-2, 1e-5

X: Float32 = (0.1 * np.arange(SIZE, dtype=np.float32)).reshape(SHAPE)
GAMMA: Float32 = np.array([1.5, 2.0], dtype=np.float32)
BETA: Float32 = np.zeros(2, dtype=np.float32)

# The channel of each element in memory order, and each channel's elements in memory order.
CHANNEL: NDArray[np.intp] = np.arange(SIZE) // 4 % 2
MEMBERS: tuple[NDArray[np.intp], NDArray[np.intp]] = (
    np.flatnonzero(CHANNEL == 0),
    np.flatnonzero(CHANNEL == 1),
)


def cotangents(number: int, seed: int) -> Float32:
    """Standard normal grad_outputs, shape (number, 16)."""
    return np.random.default_rng(seed).standard_normal((number, SIZE)).astype(np.float32)


# ---- float32, everything summed in sequence ----


def add_product(total: np.float32, a: np.float32, b: np.float32, fused: bool) -> np.float32:
    """``total + a * b`` with two roundings, or with one as a compiler that contracts to FMA does.

    The product of two float32 is exact in float64. Its sum is rounded to float64 first, which
    differs from one rounding only if that lands exactly on a tie between two float32 numbers.
    """
    if fused:
        return np.float32(float(total) + float(a) * float(b))
    return np.float32(total + np.float32(a * b))


def statistics_float32(x: Float32, channel: int, fused: bool) -> tuple[np.float32, np.float32]:
    """The mean and ``var + eps`` of one channel, in scalar float32."""
    total = np.float32(0)
    for i in MEMBERS[channel]:
        total = np.float32(total + x[i])
    mean = np.float32(total / np.float32(COUNT))
    squares = np.float32(0)
    for i in MEMBERS[channel]:
        deviation = np.float32(x[i] - mean)
        squares = add_product(squares, deviation, deviation, fused)
    return mean, np.float32(np.float32(squares / np.float32(COUNT)) + np.float32(EPS))


def forward_float32(x: Float32, *, fused: bool = False) -> Float32:
    """The layer in scalar float32. ``x`` and the result have shape (16,), in memory order."""
    y = np.zeros(SIZE, dtype=np.float32)
    for channel in (0, 1):
        mean, var_eps = statistics_float32(x, channel, fused)
        std = np.float32(np.sqrt(var_eps))
        for i in MEMBERS[channel]:
            x_norm = np.float32(np.float32(x[i] - mean) / std)
            y[i] = np.float32(np.float32(GAMMA[channel] * x_norm) + BETA[channel])
    return y


def running_sums(terms: Float32) -> Float32:
    """Float32 partial sums over the last axis, one addition after the other."""
    sums = np.empty_like(terms)
    total = np.zeros(terms.shape[:-1], dtype=np.float32)
    for j in range(terms.shape[-1]):
        total = (total + terms[..., j]).astype(np.float32)
        sums[..., j] = total
    return sums


def moved(x: Float32, k: int, step: float) -> Float32:
    """``x`` with element k moved by ``step`` and rounded to float32, as the seed's checker does."""
    result = x.copy()
    result[k] = np.float32(float(x[k]) + step)
    return result


@cache
def outputs_float32(step: float, fused: bool = False) -> tuple[Float32, Float32]:
    """y at ``x + step e_k`` and at ``x - step e_k``; row k of each has element k moved."""
    flat = X.ravel()
    plus = [forward_float32(moved(flat, k, step), fused=fused) for k in range(SIZE)]
    minus = [forward_float32(moved(flat, k, -step), fused=fused) for k in range(SIZE)]
    return np.stack(plus), np.stack(minus)


def actual_steps(step: float) -> Float64:
    """The distance between the two float32 points that were really evaluated, over ``2 * step``."""
    flat = X.ravel()
    ends = [[float(moved(flat, k, s)[k]) for s in (step, -step)] for k in range(SIZE)]
    return np.array([(high - low) / (2 * step) for high, low in ends])


def differences_float32(grad_output: Float32, step: float) -> Float64:
    """Central differences of ``sum(grad_output * y)``: float32 loss, quotient in float64 (the
    seed's way).

    ``grad_output`` has shape (cases, 16), the result too.
    """
    losses = [
        running_sums((grad_output[:, None, :] * y[None]).astype(np.float32))[..., -1].astype(float)
        for y in outputs_float32(step)
    ]
    quotient: Float64 = (losses[0] - losses[1]) / (2 * step)
    return quotient


# ---- float64 ----


def forward_float64(x: Float64) -> Float64:
    """The layer in float64 for a stack of inputs of shape (..., 16)."""
    y = np.empty_like(x)
    for channel in (0, 1):
        part = x[..., MEMBERS[channel]]
        deviation = part - part.mean(axis=-1, keepdims=True)
        var = np.square(deviation).mean(axis=-1, keepdims=True)
        y[..., MEMBERS[channel]] = float(GAMMA[channel]) * deviation / np.sqrt(var + EPS)
    return y


def differences_float64(grad_output: Float32, step: float) -> Float64:
    """Central differences of ``sum(grad_output * y)`` in float64 at the very same float32 input."""
    flat, moves = X.ravel().astype(float), step * np.eye(SIZE)
    change = forward_float64(flat + moves) - forward_float64(flat - moves)
    return grad_output.astype(float) @ change.T / (2 * step)


# ---- 60 digits ----


def forward_exactly(x: Sequence[mpmath.mpf]) -> list[mpmath.mpf]:
    """The layer in mpmath, at the precision in force."""
    y = [mpmath.mpf(0)] * SIZE
    for channel in (0, 1):
        mean = mpmath.fsum(x[i] for i in MEMBERS[channel]) / COUNT
        var = mpmath.fsum((x[i] - mean) ** 2 for i in MEMBERS[channel]) / COUNT
        inv_std = 1 / mpmath.sqrt(var + mpmath.mpf(EPS))
        for i in MEMBERS[channel]:
            y[i] = mpmath.mpf(float(GAMMA[channel])) * (x[i] - mean) * inv_std
    return y


@cache
def derivatives(order: int) -> list[list[mpmath.mpf]]:
    """``d y_j / d x_k`` or ``d^3 y_j / d x_k^3`` in row k, column j, by central differences in 60
    digits.

    With step 1e-12 the first is good to 40 digits (its formula is of fourth order), the third to
    20.
    """
    assert order in (1, 3)
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -12
        base = [mpmath.mpf(float(v)) for v in X.ravel()]
        rows = []
        for k in range(SIZE):
            at = {}
            for multiple in (-2, -1, 1, 2):
                point = list(base)
                point[k] += multiple * step
                at[multiple] = forward_exactly(point)
            near = [a - b for a, b in zip(at[1], at[-1], strict=True)]
            far = [a - b for a, b in zip(at[2], at[-2], strict=True)]
            if order == 1:
                row = [(8 * n - f) / (12 * step) for n, f in zip(near, far, strict=True)]
            else:
                row = [(f - 2 * n) / (2 * step**3) for n, f in zip(near, far, strict=True)]
            rows.append(row)
    return rows


def exact(grad_output: Float32 | Float64, order: int = 1) -> Float64:
    """That derivative of the loss ``sum(grad_output * y)``, rounded once; shape (cases, 16)."""
    with mpmath.workdps(30):
        rows = derivatives(order)
        found = [
            [float(mpmath.fdot(g, row)) for row in rows] for g in grad_output.astype(float).tolist()
        ]
    return np.array(found)


@cache
def scales() -> tuple[Float64, Float64, Float64]:
    """x_norm, and gamma and inv_std of each element's channel, to float64 accuracy."""
    x = X.ravel()
    with mpmath.workdps(60):
        y = forward_exactly([mpmath.mpf(float(v)) for v in x])
        gamma = GAMMA.astype(float)[CHANNEL]
        x_norm = np.array([float(v) for v in y]) / gamma
        inv_std = np.empty(SIZE)
        for members in MEMBERS:
            low, high = members[0], members[-1]
            inv_std[members] = (x_norm[high] - x_norm[low]) / (float(x[high]) - float(x[low]))
    return x_norm, gamma, inv_std


def contract_scale(grad_output: Float32 | Float64) -> Float64:
    """The scale of grad_input's error bound (the accuracy contract), for each element's channel."""
    x_norm, gamma, inv_std = scales()
    g = grad_output.astype(float)
    scale = np.empty_like(g)
    for members in MEMBERS:
        mean_g = g[:, members].mean(axis=1, keepdims=True)
        mean_gx = (g[:, members] * x_norm[members]).mean(axis=1, keepdims=True)
        terms = np.abs(g[:, members]) + np.abs(mean_g) + np.abs(x_norm[members] * mean_gx)
        bound = np.abs(gamma[members]) * inv_std[members] * terms
        scale[:, members] = bound.max(axis=1, keepdims=True)
    return scale


def close(analytical: Float64, numerical: Float64) -> Bool:
    """The seed's criterion, element by element."""
    return np.abs(analytical - numerical) <= ATOL + RTOL * np.abs(numerical)
