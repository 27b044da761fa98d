"""Independent oracles. None of them shares a line, or a formula, with any emitted kernel.

- ``batch_norm_reference``: the *staged* chain rule (grad_x_norm, then grad_var, then grad_mean
  with both of its contributions), in longdouble, with centred two-pass statistics. Where
  longdouble is no wider than 60 bits it runs on mpmath numbers instead, and large cases skip.
- ``batch_norm_by_differences``: no calculus at all, forward differences of the definition with
  60 digits, for tiny cases.
- ``complex_step_vjp``: the vector-Jacobian product of any layer, a plain NumPy function.
- ``autograd_vjp``: the same by HIPS autograd.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from .arrays import to_channels
from .contract import Array
from .data import Case

Function = Callable[[Mapping[str, Any], Mapping[str, float]], Any]

LONGDOUBLE_BITS = int(np.finfo(np.longdouble).nmant) + 1
LONGDOUBLE_IS_WIDE = LONGDOUBLE_BITS > 60
MPMATH_LIMIT = 5_000
MPMATH_DIGITS = 40


@dataclass(frozen=True)
class Numbers:
    """A number system to compute a reference in: how to enter it and how to take a root."""

    name: str
    enter: Callable[[Any], Array]
    root: Callable[[Array], Array]


def _enter_mpmath(values: Any) -> Array:
    mpmath: Any = importlib.import_module("mpmath")
    mpmath.mp.dps = max(mpmath.mp.dps, MPMATH_DIGITS)  # for good: the numbers are used everywhere
    flat = [mpmath.mpf(float(value)) for value in np.asarray(values, np.float64).ravel()]
    entered = np.empty(len(flat), object)
    entered[:] = flat
    return entered.reshape(np.shape(values))


def _root_mpmath(values: Array) -> Array:
    mpmath: Any = importlib.import_module("mpmath")
    return np.asarray(np.vectorize(mpmath.sqrt, otypes=[object])(values))


LONGDOUBLE = Numbers(
    "longdouble", lambda values: np.array(values, np.longdouble, order="C"), np.sqrt
)
MPMATH = Numbers("mpmath", _enter_mpmath, _root_mpmath)


def checkable(size: int) -> bool:
    """Whether there is an exact reference for that many elements on this machine."""
    return LONGDOUBLE_IS_WIDE or size <= MPMATH_LIMIT


def plain(values: Array) -> Array:
    """Reference numbers that may meet longdouble arrays: the same, or float64 for mpmath's."""
    return values.astype(np.float64) if values.dtype == object else values


def numbers_for(size: int) -> Numbers:
    """Longdouble where it is wide enough; mpmath where it is not; else a skip that says so."""
    if LONGDOUBLE_IS_WIDE:
        return LONGDOUBLE
    if checkable(size):
        return MPMATH
    pytest.skip(
        f"np.longdouble has only {LONGDOUBLE_BITS} bits here, and {size} elements are too many "
        f"for mpmath (limit {MPMATH_LIMIT}): this case was NOT checked on this machine"
    )


@dataclass(frozen=True)
class Reference:
    """Exact results as (channels, elements) matrices and (channels, 1) columns."""

    numbers: Numbers
    count: int
    mean: Array
    mean_low: Array  # the mean is mean + mean_low: even longdouble cannot hold it near 1e4
    deviation: Array
    var: Array
    inv_std: Array
    x_norm: Array
    grad_output: Array
    gamma: Array
    beta: Array
    y: Array
    grad_input: Array
    grad_gamma: Array
    grad_beta: Array


def _columns(numbers: Numbers, values: Array | None, otherwise: float, channels: int) -> Array:
    given = np.full(channels, otherwise) if values is None else values
    return numbers.enter(given).reshape(channels, 1)


def batch_norm_reference(case: Case, numbers: Numbers | None = None) -> Reference:
    """Forward and staged backward. ``case.running`` replaces the batch statistics (inference)."""
    numbers = numbers or numbers_for(case.x.size)
    half, zero = numbers.enter(np.array([0.5])), numbers.enter(np.array([0.0]))
    x = numbers.enter(to_channels(case.x, case.axis))
    g = numbers.enter(to_channels(case.grad_output, case.axis))
    channels, count = x.shape
    gamma = _columns(numbers, case.gamma, 1.0, channels)
    beta = _columns(numbers, case.beta, 0.0, channels)
    eps = numbers.enter(np.array([case.eps]))

    def total(terms: Array) -> Array:
        return np.asarray(terms.sum(axis=1, keepdims=True))

    if case.running is None:
        mean = total(x) / count
        centred = x - mean  # exact or nearly so: both are multiples of a tiny unit
        low = total(centred) / count
        deviation = centred - low
        var = total(deviation * deviation) / count
    else:
        mean = _columns(numbers, case.running[0], 0.0, channels)
        low = mean * zero
        deviation = x - mean
        var = _columns(numbers, case.running[1], 0.0, channels)
    inv_std = 1 / numbers.root(var + eps)
    x_norm = deviation * inv_std

    grad_x_norm = g * gamma
    grad_input = grad_x_norm * inv_std
    if case.running is None:
        grad_var = total(grad_x_norm * deviation) * (-half) * inv_std * inv_std * inv_std
        grad_mean = total(-grad_x_norm * inv_std)
        grad_mean = grad_mean + grad_var * total(-2 * deviation) / count
        grad_input = grad_input + grad_var * 2 * deviation / count + grad_mean / count
    return Reference(
        numbers, count, mean, low, deviation, var, inv_std, x_norm, g, gamma, beta,
        y=gamma * x_norm + beta,
        grad_input=grad_input,
        grad_gamma=total(g * x_norm),
        grad_beta=total(g),
    )  # fmt: skip


def batch_norm_by_differences(case: Case, digits: int = 60) -> dict[str, Array]:
    """Central differences of ``Sum grad_output * y`` from the definition alone, in mpmath.

    With 60 digits and a step of 1e-20 the truncation error is about 1e-40.
    """
    mpmath: Any = importlib.import_module("mpmath")
    with mpmath.workdps(digits):
        step, eps = mpmath.mpf(10) ** -20, mpmath.mpf(case.eps)

        def channel_loss(x: list[Any], g: list[Any], gamma: Any, beta: Any) -> Any:
            count = len(x)
            mean = mpmath.fsum(x) / count
            var = mpmath.fsum((value - mean) ** 2 for value in x) / count
            root = mpmath.sqrt(var + eps)
            return mpmath.fsum(
                weight * (gamma * (value - mean) / root + beta)
                for weight, value in zip(g, x, strict=True)
            )

        rows = _enter_mpmath(to_channels(case.x, case.axis))
        weights = _enter_mpmath(to_channels(case.grad_output, case.axis))
        channels, count = rows.shape
        gammas = _columns(MPMATH, case.gamma, 1.0, channels)[:, 0]
        betas = _columns(MPMATH, case.beta, 0.0, channels)[:, 0]
        grad_input = np.empty((channels, count), object)
        grad_gamma, grad_beta = np.empty((2, channels, 1), object)
        for c in range(channels):
            x, g, gamma, beta = list(rows[c]), list(weights[c]), gammas[c], betas[c]
            for i in range(count):
                up = channel_loss([*x[:i], x[i] + step, *x[i + 1 :]], g, gamma, beta)
                down = channel_loss([*x[:i], x[i] - step, *x[i + 1 :]], g, gamma, beta)
                grad_input[c, i] = (up - down) / (2 * step)
            grad_gamma[c, 0] = (
                channel_loss(x, g, gamma + step, beta) - channel_loss(x, g, gamma - step, beta)
            ) / (2 * step)
            grad_beta[c, 0] = (
                channel_loss(x, g, gamma, beta + step) - channel_loss(x, g, gamma, beta - step)
            ) / (2 * step)
    return {"grad_input": grad_input, "grad_gamma": grad_gamma, "grad_beta": grad_beta}


def complex_step_vjp(
    function: Function,
    inputs: Mapping[str, Array],
    constants: Mapping[str, float],
    grad_output: Array,
) -> dict[str, Array]:
    """``Sum grad_output * dy/d(input)`` with ``dy = Im f(input + i*h) / h``: no subtraction, so no
    cancellation, and with h = 1e-200 no truncation error either. One evaluation per element."""
    step = np.longdouble("1e-200")
    base = {name: np.asarray(value).astype(np.clongdouble) for name, value in inputs.items()}
    weights = grad_output.astype(np.longdouble)
    gradients = {}
    for name, value in base.items():
        gradient = np.empty(value.shape, np.longdouble)
        for index in np.ndindex(value.shape):
            moved = value.copy()
            moved[index] += 1j * step
            y = function({**base, name: moved}, constants)
            gradient[index] = (weights * (y.imag / step)).sum()
        gradients[name] = gradient
    return gradients


def autograd_vjp(
    function: Function,
    inputs: Mapping[str, Array],
    constants: Mapping[str, float],
    grad_output: Array,
    dtype: Any = np.float64,
) -> tuple[Array, dict[str, Array]]:
    """``y`` and the gradients by HIPS autograd, in float64 or any other real dtype of NumPy."""
    make_vjp: Any = importlib.import_module("autograd").make_vjp
    names = list(inputs)

    def of_tuple(values: tuple[Any, ...]) -> Any:
        return function(dict(zip(names, values, strict=True)), constants)

    values = tuple(np.asarray(inputs[name]).astype(dtype) for name in names)
    vjp, y = make_vjp(of_tuple)(values)
    return y, dict(zip(names, vjp(grad_output.astype(dtype)), strict=True))
