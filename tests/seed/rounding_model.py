"""What float32 rounding does to a central difference, predicted from magnitudes and spacings alone.

Every value carries its *grid*: a power of two that it is a whole multiple of. An operation's exact
result lies on a grid known from its operands (a sum: the finer of the two; a product: their
product), and rounding moves it to a multiple of the float32 spacing ``u`` at its magnitude, if that
is coarser. Where it is not, the operation is exact: ``2.0 * x_norm``, or ``x - mean`` when the two
are close.

Where it is, with exact results on a grid ``q < u``, the error is one of ``-u/2, -u/2 + q, ...,
u/2``, all equally likely but the two ends (ties, half as likely each), so its variance is ``(u**2 +
2*q**2) / 12``. The errors are taken as independent, with mean zero, and carried to the loss by the
exact first derivatives.

A rounding that the two evaluations of a difference share cancels: everything in the other channel,
and a partial sum ahead of the moved element. A partial sum behind it that gains an unchanged term
is in between, for the two sums differ by a multiple of some grid ``g``: each error is one of the
``u/g`` numbers that the term modulo g leaves, so its variance is ``(u**2 - g**2) / 12``. If the
term is a multiple of g too, the two ends are ties, and it is ``(u**2 + 2*g**2) / 12`` as above. If
g is u, the two errors are equal and cancel, unless the term ends in ``u/2``: then both are ties,
decided by the parity of the sums, ``u/2`` up or down. All other errors count in full, once for each
evaluation.

What does not depend on grad_output (mean, var, x_norm, y) is rounded once and for all for the 16
moved elements: 200 grad_outputs see the very same errors, so the model draws them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .seed_case import (
    CHANNEL,
    COUNT,
    EPS,
    GAMMA,
    MEMBERS,
    SIZE,
    Bool,
    Float32,
    Float64,
    X,
    moved,
    scales,
)

# Shared errors: of the mean, of std, then of the deviations and outputs of one channel.
SHARED = 2 + 2 * COUNT


def spacing(value: Float64) -> Float64:
    """The float32 spacing at the magnitude of ``value``."""
    return np.spacing(np.abs(value).astype(np.float32)).astype(float)


def lowest_bit(value: Float32) -> Float64:
    """The largest power of two that ``value`` is a whole multiple of; infinite for zero."""
    mantissa, exponent = np.frexp(value.astype(float))
    whole = np.abs(mantissa * 2.0**24).astype(np.int64)
    bit: Float64 = np.ldexp((whole & -whole).astype(float), exponent - 24)
    return np.where(value == 0, np.inf, bit)


def rounded(value: Float64, grid: Float64) -> tuple[Float64, Float64]:
    """The grid after rounding ``value`` to float32, and the variance of the error made."""
    unit = spacing(value)
    return np.maximum(unit, grid), np.where(unit > grid, (unit**2 + 2 * grid**2) / 12, 0.0)


def unchanged_variance(unit: Float64, apart: Float64, term: Float64) -> Float64:
    """The variance when both evaluations add ``term`` to sums multiples of ``apart`` apart."""
    left = np.fmod(np.abs(term), apart)
    finer = np.where(left == 0, unit**2 + 2 * apart**2, unit**2 - apart**2) / 12
    equal = np.where(left == unit / 2, unit**2 / 4, 0.0)
    return np.where(unit > apart, finer, np.where(unit == apart, equal, 0.0))


def rounded_sum(terms: Float64, grids: Float64, changed: Bool) -> tuple[Float64, Float64, Float64]:
    """Partial sums over the last axis, their grids, and the variance of each addition's error.

    ``terms`` are float32 numbers; ``changed`` says which terms differ between the two evaluations
    of the difference.
    """
    sums = np.cumsum(terms, axis=-1)
    sum_grids, variances = np.empty_like(sums), np.zeros_like(sums)
    grid, apart = np.full(sums.shape[:-1], np.inf), np.full(sums.shape[:-1], np.inf)
    for j in range(sums.shape[-1]):
        grid, variance = rounded(sums[..., j], np.minimum(grid, grids[..., j]))
        unit = spacing(sums[..., j])
        if changed[j]:
            variances[..., j] = variance
            apart = np.maximum(unit, np.minimum(apart, grids[..., j]))
        elif changed[:j].any():
            variances[..., j] = unchanged_variance(unit, apart, terms[..., j])
            apart = np.maximum(unit, apart)
        sum_grids[..., j] = grid
    return sums, sum_grids, variances


def lattice(terms: Float32, sums: Float32 | None) -> float:
    """A power of two that the sum of ``terms`` is a whole multiple of, from their binades alone.

    A term is a multiple of its spacing; a float32 sum of the finer of its two operands' grids, and
    of its own spacing where that is coarser. ``sums`` are the float32 partial sums, or None for a
    sum without rounding.
    """
    term_grids = spacing(terms.astype(float))
    if sums is None:
        return float(term_grids.min())
    grid = np.inf
    for term, unit in zip(term_grids, spacing(sums.astype(float)), strict=True):
        grid = max(float(unit), min(grid, float(term)))
    return grid


@dataclass(frozen=True)
class Forward:
    """One evaluation: error variances in the moved element's channel, and what it returns."""

    shared: Float64  # (SHARED,): variances of the errors that do not depend on the loss
    y: Float64  # (16,)
    y_grid: Float64  # (16,)


@cache
def forward_model(k: int, step: float) -> Forward:
    """Roundings of ``seed_case.forward_float32`` at ``X + step e_k``, in its order."""
    flat = moved(X.ravel(), k, step)
    y, y_grid, shared = np.empty(SIZE), np.empty(SIZE), np.empty(SHARED)
    for channel, members in enumerate(MEMBERS):
        x, gamma = flat[members].astype(float), float(GAMMA[channel])
        x_grid = np.where(members == k, spacing(x), lowest_bit(flat[members]))
        sums, sum_grids, sum_errors = rounded_sum(x, x_grid, members == k)
        mean, mean_grid = sums[-1] / COUNT, sum_grids[-1] / COUNT
        deviation = x - mean
        grid, deviation_errors = rounded(deviation, np.minimum(x_grid, mean_grid))
        square_grid, square_errors = rounded(deviation**2, grid**2)
        everywhere = np.full(COUNT, True)
        total, total_grids, total_errors = rounded_sum(deviation**2, square_grid, everywhere)
        var_eps = total[-1] / COUNT + EPS
        eps_grid = lowest_bit(np.array([EPS], dtype=np.float32))
        grid, eps_error = rounded(var_eps, np.minimum(total_grids[-1] / COUNT, eps_grid))
        std = np.sqrt(var_eps)
        _, std_error = rounded(std, np.zeros(1))
        x_norm_grid, x_norm_errors = rounded(deviation / std, np.zeros(COUNT))
        y[members] = gamma * deviation / std
        gamma_bit = lowest_bit(GAMMA[channel : channel + 1])
        y_grid[members], y_errors = rounded(y[members], gamma_bit * x_norm_grid)
        if channel == CHANNEL[k]:
            var_error = (square_errors.sum() + total_errors.sum()) / COUNT**2 + eps_error[0]
            shared[0] = sum_errors.sum() / COUNT**2
            shared[1] = var_error / (2 * std) ** 2 + std_error[0]
            shared[2 : 2 + COUNT] = deviation_errors
            shared[2 + COUNT :] = gamma**2 * x_norm_errors + y_errors
    return Forward(shared, y, y_grid)


def sensitivities(grad_output: Float64, k: int) -> Float64:
    """d loss / d each shared error, shape (cases, SHARED), for the channel of element k."""
    members = MEMBERS[CHANNEL[k]]
    x_norm, gamma, inv_std = (part[members] for part in scales())
    g = grad_output[:, members]
    along = (g * x_norm).sum(axis=1, keepdims=True)
    to_mean = -gamma[:1] * inv_std[:1] * g.sum(axis=1, keepdims=True)
    to_std = -gamma[:1] * inv_std[:1] * along
    to_deviation = gamma * inv_std * (g - x_norm * along / COUNT)
    return np.concatenate([to_mean, to_std, to_deviation, g], axis=1)


@dataclass(frozen=True)
class Noise:
    """Predicted float32 noise of central differences for a number of grad_outputs."""

    shared: Float64  # (16, SHARED): standard deviations of the errors that all grad_outputs share
    weights: Float64  # (16, cases, SHARED): what each contributes to the numerical gradient
    own: Float64  # (cases, 16): standard deviation of the errors made in the loss itself

    @property
    def floor(self) -> Float64:
        """Standard deviation of each numerical gradient element, shape (cases, 16)."""
        shared: Float64 = (self.weights**2 @ self.shared[..., None] ** 2)[..., 0].T
        floor: Float64 = np.sqrt(shared + self.own**2)
        return floor

    def draw(self, rng: np.random.Generator) -> Float64:
        """One realisation, shape (cases, 16)."""
        errors = self.shared * rng.standard_normal(self.shared.shape)
        noise: Float64 = (self.weights @ errors[..., None])[..., 0].T
        return noise + self.own * rng.standard_normal(self.own.shape)


def predict_noise(grad_output: Float32, step: float, *, square: bool = False) -> Noise:
    """The noise of the loss ``sum(grad_output * y)``, or of ``sum(y**2)`` at grad_output = 2*y."""
    g = grad_output.astype(float)
    shared, own = np.zeros((SIZE, SHARED)), np.zeros((len(g), SIZE))
    weights = np.stack([sensitivities(g, k) for k in range(SIZE)]) / (2 * step)
    for k in range(SIZE):
        changed = CHANNEL == CHANNEL[k]
        for side in (step, -step):
            at = forward_model(k, side)
            terms = np.broadcast_to(at.y**2, g.shape) if square else g * at.y
            grids = at.y_grid**2 if square else lowest_bit(grad_output) * at.y_grid
            grid, term_errors = rounded(terms, np.broadcast_to(grids, g.shape))
            _, _, sum_errors = rounded_sum(terms.astype(np.float32).astype(float), grid, changed)
            shared[k] += at.shared
            own[:, k] += term_errors[:, changed].sum(axis=1)
            own[:, k] += sum_errors.sum(axis=1)
    return Noise(np.sqrt(shared), weights, np.sqrt(own) / (2 * step))
