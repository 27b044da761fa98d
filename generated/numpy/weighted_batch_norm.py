"""weighted_batch_norm: forward and backward kernels for NumPy.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels weighted_batch_norm

The forward and backward pass of weighted_batch_norm for float32 and float64 arrays, derived from

    mass = sum[n,s](weights)
    mean = sum[n,s](weights*x)/mass
    var = sum[n,s]((x - mean)**2*weights)/mass
    x_norm = (x - mean)/sqrt(var + eps)
    y = gamma*x_norm + beta
    d = x - mean
    inv_std = 1/sqrt(var + eps)
    grad_input = gamma*inv_std*(
        grad_output - inv_std**2*d*weights*sum[n,s](d*grad_output)/mass - weights*sum[n,s](grad_output)/mass
    )
    grad_gamma = inv_std*sum[n,s](d*grad_output)
    grad_beta = sum[n,s](grad_output)

Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.

It relies on these theorems about the layer, each proven and checked independently:

- weighted deviations of x from mean sum to zero
- closed form of grad_x
- closed form of grad_gamma
- closed form of grad_beta
- the vanishing term
- closed form of tangent_y
- closed form of grad_grad_output of the backward pass
- closed form of grad_x of the backward pass
- closed form of grad_gamma of the backward pass

Derivation: sha256 3007d3a875e59e7b49979aec5c5b8bfce1330442acf8885965ae8ab83a1a6703
"""

from __future__ import annotations

import copy
import math
import operator
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import lru_cache
from itertools import product
from typing import Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import NDArray

__all__ = [
    "Gradients",
    "Saved",
    "SecondGradients",
    "backward",
    "backward_float32",
    "backward_float64",
    "double_backward",
    "forward",
    "jvp",
]

# ======================================================================================
# The interface: what this layer computes.
# ======================================================================================

Real = TypeVar("Real", np.float32, np.float64)
_Item = TypeVar("_Item")
_Array = NDArray[Any]
_Float64 = NDArray[np.float64]
_Index = tuple[slice, ...]
_ALL = slice(None)

_AXES = ("n", "c", "s...")
_SAVED_AXES = {
    "mass": (),
    "mean": ("c",),
    "mean_low": ("c",),
    "var": ("c",),
    "inv_std": ("c",),
}
_CLASSES = {"n": "n", "c": "c", "s": "n"}


class _SavedFields(NamedTuple):
    """What `Saved` consists of."""

    mass: NDArray[np.float64]
    mean: NDArray[np.float64]
    mean_low: NDArray[np.float64]
    var: NDArray[np.float64]
    inv_std: NDArray[np.float64]
    count: int  # type: ignore[assignment]  # hides tuple.count
    eps: float


class Saved(_SavedFields):
    """What `forward` keeps for `backward`: read-only float64 arrays and numbers.

    mass: shape (); the sum of the weights.
    mean: shape (c,); weighted mean of each channel.
    mean_low: shape (c,); what float64 cannot hold of it.
    var: shape (c,); weighted variance of each channel, biased.
    inv_std: shape (c,); one over the standard deviation, eps included.
    count: the number of elements along n, s.
    eps: as given.
    """

    _bound: Any = None  # the binding that the fields are known to fit; what is copied or read back is checked anew

    def __getstate__(self) -> None:
        """Return nothing: the fields are all there is to a copy."""


class Gradients(NamedTuple, Generic[Real]):
    """The gradients with respect to input, gamma (None without it), beta."""

    grad_input: NDArray[Real]
    grad_gamma: NDArray[Real] | None
    grad_beta: NDArray[Real]


class SecondGradients(NamedTuple, Generic[Real]):
    """What `double_backward` returns: the gradients with respect to what `backward` was given.

    grad_gamma is None without gamma; grad_beta is always zero.
    """

    grad_grad_output: NDArray[Real]
    grad_x: NDArray[Real]
    grad_gamma: NDArray[Real] | None
    grad_beta: NDArray[Real]


def forward(
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    weights: NDArray[Any],
    *,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> tuple[NDArray[Real], Saved]:
    """Compute y.

        mass = sum[n,s](weights)
        mean = sum[n,s](weights*x)/mass
        var = sum[n,s]((x - mean)**2*weights)/mass
        x_norm = (x - mean)/sqrt(var + eps)
        y = gamma*x_norm + beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        beta: shape (c,), the dtype of x; None means zeros; shift per channel.
        weights: shape (n, s...), float32 or float64, finite, not negative and not all zero; how much each
            element counts, for all channels alike; takes no gradient.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives y; may be exactly x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        y, in the shape and dtype of x, and what `backward` needs of the forward pass.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number or out does not fit, or there are no elements.
    """
    _before = _SETTING.set(_SILENT)
    try:
        try:
            _kind: tuple[Any, ...] = (
                "forward",
                type(x), x.dtype, x.shape,
                None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
                None if beta is None else (type(beta), beta.dtype, beta.shape),
                type(weights), weights.dtype, weights.shape,
                type(axis), axis,
                type(eps), eps,
                type(threads), threads,
            )
            _known = _CHECKED.get(_kind)
        except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
            _kind, _known = (), None
        if _known is None:
            _check_types("x", ("gamma", "beta"), x=x, gamma=gamma, beta=beta)
            _check_each_type(weights=weights)
            bound = _bind("x", x, _AXES, {"c": axis}, "axis")
            _check_parameter("gamma", gamma, bound, ("c",))
            _check_parameter("beta", beta, bound, ("c",))
            _check_parameter("weights", weights, bound, ("n", "s"))
            eps = _check_positive("eps", eps)
            threads = _check_count("threads", threads)
        else:
            bound, eps, threads = _known
        _check_weights("weights", weights)
        if _known is None:
            _keep(_CHECKED, _kind, (bound, eps, threads))
        if x.size == 0:
            raise ValueError(f"x has shape {x.shape}: no elements, so there are no statistics")
        if out is None:
            result = np.empty_like(x, subok=False)
        else:
            given: dict[str, _Array | None] = {"x": x, "gamma": gamma, "beta": beta, "weights": weights}
            result = _output(out, x, given)
        mass, mean, mean_low, var, inv_std = _forward(bound, x, gamma, beta, weights, result, eps, threads)
        saved = Saved(  # in their order: by name takes longer
            mass,
            mean,
            mean_low,
            var,
            inv_std,
            bound.size(("n", "s")),
            eps,
        )
        saved._bound = bound
        return (result if out is None else out), saved
    finally:
        _SETTING.reset(_before)


def backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> Gradients[Real]:
    """Compute the gradients of `forward` from grad_output.

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_input = gamma*inv_std*(
            grad_output - inv_std**2*d*weights*sum[n,s](d*grad_output)/mass - weights*sum[n,s](grad_output)/mass
        )
        grad_gamma = inv_std*sum[n,s](d*grad_output)
        grad_beta = sum[n,s](grad_output)

    Args:
        grad_output: the shape and dtype of x, any strides; the gradient of y.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        weights: shape (n, s...), float32 or float64, finite, not negative and not all zero; how much each
            element counts, for all channels alike; takes no gradient.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives grad_input; may be exactly grad_output or x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_input, grad_gamma, grad_beta, in the dtype of x (grad_gamma is None without gamma). Without
        elements the smaller gradients are zero.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number, saved or out does not fit.
    """
    _before = _SETTING.set(_SILENT)
    try:
        try:
            _kind: tuple[Any, ...] = (
                "backward",
                type(grad_output), grad_output.dtype, grad_output.shape,
                type(x), x.dtype, x.shape,
                None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
                type(weights), weights.dtype, weights.shape,
                type(axis), axis,
                type(eps), eps,
                type(threads), threads,
            )
            _known = _CHECKED.get(_kind)
        except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
            _kind, _known = (), None
        if _known is None:
            _check_types("x", ("gamma",), grad_output=grad_output, x=x, gamma=gamma)
            _check_each_type(weights=weights)
            bound = _bind("x", x, _AXES, {"c": axis}, "axis")
            _check_shape("grad_output", grad_output, x.shape, "the shape of x")
            _check_parameter("gamma", gamma, bound, ("c",))
            _check_parameter("weights", weights, bound, ("n", "s"))
            eps = _check_positive("eps", eps)
            threads = _check_count("threads", threads)
        else:
            bound, eps, threads = _known
        _check_weights("weights", weights)
        if _known is None:
            _keep(_CHECKED, _kind, (bound, eps, threads))
        if saved is not None and (
            type(saved) is not Saved
            or saved._bound is not bound
            or saved.eps != eps
        ):
            _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("n", "s")), eps=eps)
        if out is None:
            result = np.empty_like(x, subok=False)
        else:
            given: dict[str, _Array | None] = {"grad_output": grad_output, "x": x, "gamma": gamma, "weights": weights}
            result = _output(out, x, given, saved)
        if x.size == 0:
            return Gradients(
                grad_input=result if out is None else out,
                grad_gamma=None if gamma is None else np.zeros(bound.shape(("c",)), x.dtype),
                grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
            )
        if saved is None:
            mass, mean, mean_low, _, inv_std = _statistics(bound, x, weights, eps, threads)
        else:
            mass, mean, mean_low, inv_std = saved.mass, saved.mean, saved.mean_low, saved.inv_std
        grad_gamma, grad_beta = _backward(
            bound, grad_output, x, gamma, weights, mass, mean, mean_low, inv_std, result, threads
        )
        return Gradients(  # in their order: by name takes longer
            result if out is None else out,
            None if gamma is None else grad_gamma,
            grad_beta,
        )
    finally:
        _SETTING.reset(_before)


def backward_float32(
    grad_output: NDArray[np.float32],
    x: NDArray[np.float32],
    gamma: NDArray[np.float32] | None,
    weights: NDArray[Any],
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[np.float32] | None = None,
    threads: int = 1,
) -> Gradients[np.float32]:
    """Do as `backward`, for float32 only (else TypeError)."""
    _check_kernel(np.float32, grad_output=grad_output, x=x, gamma=gamma)
    return backward(
        grad_output,
        x,
        gamma,
        weights,
        saved=saved,
        eps=eps,
        axis=axis,
        out=out,
        threads=threads,
    )


def backward_float64(
    grad_output: NDArray[np.float64],
    x: NDArray[np.float64],
    gamma: NDArray[np.float64] | None,
    weights: NDArray[Any],
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[np.float64] | None = None,
    threads: int = 1,
) -> Gradients[np.float64]:
    """Do as `backward`, for float64 only (else TypeError)."""
    _check_kernel(np.float64, grad_output=grad_output, x=x, gamma=gamma)
    return backward(
        grad_output,
        x,
        gamma,
        weights,
        saved=saved,
        eps=eps,
        axis=axis,
        out=out,
        threads=threads,
    )


def jvp(
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    *,
    tangent_x: NDArray[Real] | None = None,
    tangent_gamma: NDArray[Real] | None = None,
    tangent_beta: NDArray[Real] | None = None,
    saved: Saved | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> NDArray[Real]:
    """Compute the derivative of y along directions in the inputs, its tangent.

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        tangent_y = gamma*inv_std*(
            tangent_x - inv_std**2*d*sum[n,s](d*tangent_x*weights)/mass - sum[n,s](tangent_x*weights)/mass
        ) + d*inv_std*tangent_gamma + tangent_beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        weights: shape (n, s...), float32 or float64, finite, not negative and not all zero; how much each
            element counts, for all channels alike; takes no gradient.
        tangent_x: the shape and dtype of x, any strides; None means zero; the direction in x.
        tangent_gamma: shape (c,), the dtype of x; None means zero; the direction in gamma.
        tangent_beta: shape (c,), the dtype of x; None means zero; the direction in beta.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives the tangent; may be exactly x or tangent_x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        The tangent of y, in the shape and dtype of x.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number, saved or out does not fit.
    """
    _before = _SETTING.set(_SILENT)
    try:
        try:
            _kind: tuple[Any, ...] = (
                "jvp",
                type(x), x.dtype, x.shape,
                None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
                type(weights), weights.dtype, weights.shape,
                None if tangent_x is None else (type(tangent_x), tangent_x.dtype, tangent_x.shape),
                None if tangent_gamma is None else (type(tangent_gamma), tangent_gamma.dtype, tangent_gamma.shape),
                None if tangent_beta is None else (type(tangent_beta), tangent_beta.dtype, tangent_beta.shape),
                type(axis), axis,
                type(eps), eps,
                type(threads), threads,
            )
            _known = _CHECKED.get(_kind)
        except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
            _kind, _known = (), None
        if _known is None:
            _check_types(
                "x", ("gamma", "tangent_x", "tangent_gamma", "tangent_beta"), x=x, gamma=gamma, tangent_x=tangent_x,
                tangent_gamma=tangent_gamma, tangent_beta=tangent_beta
            )
            _check_each_type(weights=weights)
            bound = _bind("x", x, _AXES, {"c": axis}, "axis")
            _check_shape("tangent_x", tangent_x, x.shape, "the shape of x")
            _check_parameter("gamma", gamma, bound, ("c",))
            _check_parameter("weights", weights, bound, ("n", "s"))
            _check_parameter("tangent_gamma", tangent_gamma, bound, ("c",))
            _check_parameter("tangent_beta", tangent_beta, bound, ("c",))
            eps = _check_positive("eps", eps)
            threads = _check_count("threads", threads)
        else:
            bound, eps, threads = _known
        _check_weights("weights", weights)
        if _known is None:
            _check_pair("tangent_gamma", tangent_gamma, "gamma", gamma)
            _keep(_CHECKED, _kind, (bound, eps, threads))
        if saved is not None and (
            type(saved) is not Saved
            or saved._bound is not bound
            or saved.eps != eps
        ):
            _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("n", "s")), eps=eps)
        if out is None:
            result = np.empty_like(x, subok=False)
        else:
            given: dict[str, _Array | None] = {
                "x": x, "gamma": gamma, "weights": weights, "tangent_x": tangent_x, "tangent_gamma": tangent_gamma,
                "tangent_beta": tangent_beta
            }
            result = _output(out, x, given, saved)
        if x.size == 0:
            return result if out is None else out
        if saved is None:
            mass, mean, mean_low, _, inv_std = _statistics(bound, x, weights, eps, threads)
        else:
            mass, mean, mean_low, inv_std = saved.mass, saved.mean, saved.mean_low, saved.inv_std
        tangent_x = _or_zeros(tangent_x, x)
        _jvp(
            bound, x, tangent_x, gamma, weights, tangent_gamma, tangent_beta, mass, mean, mean_low, inv_std, result,
            threads
        )
        return result if out is None else out
    finally:
        _SETTING.reset(_before)


def double_backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    *,
    cotangent_grad_input: NDArray[Real] | None = None,
    cotangent_grad_gamma: NDArray[Real] | None = None,
    cotangent_grad_beta: NDArray[Real] | None = None,
    saved: Saved | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    threads: int = 1,
) -> SecondGradients[Real]:
    """Compute the gradients of what `backward` computes, from the cotangents of its results.

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_grad_output = gamma*inv_std*(
            cotangent_grad_input - inv_std**2*d*sum[n,s](cotangent_grad_input*d*weights)/mass
            - sum[n,s](cotangent_grad_input*weights)/mass
        ) + cotangent_grad_gamma*d*inv_std + cotangent_grad_beta
        grad_x = (
            cotangent_grad_gamma*inv_std*(
                grad_output - inv_std**2*d*weights*sum[n,s](d*grad_output)/mass - weights*sum[n,s](grad_output)/mass
            )
            - (
                inv_std**3*gamma*grad_output*sum[n,s](cotangent_grad_input*d*weights)/mass
                + inv_std**3*d*gamma*weights*sum[n,s](cotangent_grad_input*grad_output)/mass
                + inv_std**3*cotangent_grad_input*gamma*weights*sum[n,s](d*grad_output)/mass
                - weights*(
                    inv_std**3*gamma*sum[n,s](cotangent_grad_input*d*weights)*sum[n,s](grad_output)
                    + inv_std**3*gamma*sum[n,s](cotangent_grad_input*weights)*sum[n,s](d*grad_output)
                )/mass**2
                - inv_std**3*d*gamma*weights*sum[n,s](cotangent_grad_input*weights)*sum[n,s](grad_output)/mass**2
                - 3*inv_std**5*d*gamma*weights*sum[n,s](cotangent_grad_input*d*weights)*sum[n,s](d*grad_output)/mass**2
            )
        )
        grad_gamma = inv_std*(
            sum[n,s](cotangent_grad_input*grad_output)
            - inv_std**2*sum[n,s](cotangent_grad_input*d*weights)*sum[n,s](d*grad_output)/mass
            - sum[n,s](cotangent_grad_input*weights)*sum[n,s](grad_output)/mass
        )

    Args:
        grad_output: the shape and dtype of x, any strides; as given to `backward`.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        weights: shape (n, s...), float32 or float64, finite, not negative and not all zero; how much each
            element counts, for all channels alike; takes no gradient.
        cotangent_grad_input: the shape and dtype of x, any strides; None means zero; the cotangent of the
            gradient of x.
        cotangent_grad_gamma: shape (c,), the dtype of x; None means zero; the cotangent of the gradient of
            gamma.
        cotangent_grad_beta: shape (c,), the dtype of x; None means zero; the cotangent of the gradient of beta.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_grad_output, grad_x, grad_gamma, grad_beta, in the dtype of x (grad_gamma is None without gamma;
        grad_beta is always zero): the gradients of the sum of the products of the results of `backward` and
        their cotangents.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number or saved does not fit.
    """
    _before = _SETTING.set(_SILENT)
    try:
        try:
            _kind: tuple[Any, ...] = (
                "double_backward",
                type(grad_output), grad_output.dtype, grad_output.shape,
                type(x), x.dtype, x.shape,
                None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
                type(weights), weights.dtype, weights.shape,
                None if cotangent_grad_input is None else (
                    type(cotangent_grad_input), cotangent_grad_input.dtype, cotangent_grad_input.shape
                ),
                None if cotangent_grad_gamma is None else (
                    type(cotangent_grad_gamma), cotangent_grad_gamma.dtype, cotangent_grad_gamma.shape
                ),
                None if cotangent_grad_beta is None else (
                    type(cotangent_grad_beta), cotangent_grad_beta.dtype, cotangent_grad_beta.shape
                ),
                type(axis), axis,
                type(eps), eps,
                type(threads), threads,
            )
            _known = _CHECKED.get(_kind)
        except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
            _kind, _known = (), None
        if _known is None:
            _check_types(
                "x", ("gamma", "cotangent_grad_input", "cotangent_grad_gamma", "cotangent_grad_beta"),
                grad_output=grad_output, x=x, gamma=gamma, cotangent_grad_input=cotangent_grad_input,
                cotangent_grad_gamma=cotangent_grad_gamma, cotangent_grad_beta=cotangent_grad_beta
            )
            _check_each_type(weights=weights)
            bound = _bind("x", x, _AXES, {"c": axis}, "axis")
            _check_shape("grad_output", grad_output, x.shape, "the shape of x")
            _check_shape("cotangent_grad_input", cotangent_grad_input, x.shape, "the shape of x")
            _check_parameter("gamma", gamma, bound, ("c",))
            _check_parameter("weights", weights, bound, ("n", "s"))
            _check_parameter("cotangent_grad_gamma", cotangent_grad_gamma, bound, ("c",))
            _check_parameter("cotangent_grad_beta", cotangent_grad_beta, bound, ("c",))
            eps = _check_positive("eps", eps)
            threads = _check_count("threads", threads)
        else:
            bound, eps, threads = _known
        _check_weights("weights", weights)
        if _known is None:
            _check_pair("cotangent_grad_gamma", cotangent_grad_gamma, "gamma", gamma)
            _keep(_CHECKED, _kind, (bound, eps, threads))
        if saved is not None and (
            type(saved) is not Saved
            or saved._bound is not bound
            or saved.eps != eps
        ):
            _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("n", "s")), eps=eps)
        if x.size == 0:
            return SecondGradients(
                grad_grad_output=np.empty_like(x, subok=False),
                grad_x=np.empty_like(x, subok=False),
                grad_gamma=None if gamma is None else np.zeros(bound.shape(("c",)), x.dtype),
                grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
            )
        if saved is None:
            mass, mean, mean_low, _, inv_std = _statistics(bound, x, weights, eps, threads)
        else:
            mass, mean, mean_low, inv_std = saved.mass, saved.mean, saved.mean_low, saved.inv_std
        cotangent_grad_input = _or_zeros(cotangent_grad_input, x)
        grad_grad_output = np.empty_like(x, subok=False)
        grad_x = np.empty_like(x, subok=False)
        grad_gamma, = _double_backward(
            bound, grad_output, x, cotangent_grad_input, gamma, weights, cotangent_grad_gamma, cotangent_grad_beta,
            mass, mean, mean_low, inv_std, grad_grad_output, grad_x, threads
        )
        return SecondGradients(
            grad_grad_output=grad_grad_output,
            grad_x=grad_x,
            grad_gamma=None if gamma is None else grad_gamma,
            grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
        )
    finally:
        _SETTING.reset(_before)


# ======================================================================================
# The kernels: the passes over the data, chunk by chunk.
# ======================================================================================


def _statistics(
    bound: _Binding,
    x: NDArray[Real],
    weights: NDArray[Any],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64, _Float64]:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 1 sum), then reduce pass (2 operations
    per element, 2 sums).
    """
    _strides = (x.strides,)
    _asked = (bound, _strides, x.dtype, "c", 4, threads == 1)
    _found = _SPACES.get(_asked)
    space = _found or _keep(
        _SPACES, _asked, _Space(x.shape, _strides, x.dtype, bound.labels(_CLASSES), "c", 4, threads == 1)
    )
    dtype = x.dtype
    x_view = space.view(x)
    all_weights = _spread(space, bound, weights, ("n", "s"), "n")
    all_mass = _summed(space, all_weights, "n")
    all_mean = space.empty("c")
    all_mean_low = space.empty("c")
    all_var = space.empty("c")
    all_inv_std = space.empty("c")
    over_n = space.dims("n")

    def work(chunks: list[_Chunk], member: _Member) -> None:
        scratch = _Scratch(space, dtype)
        settled: tuple[_Array, ...]
        widths = _widths(scratch, space, "n")
        for chunk in chunks:
            slabs = member.share(chunk.slabs)
            first = x_view[chunk.slabs[0]]
            at_ = chunk.at("")
            at_c = chunk.at("c")
            at_n = chunk.at("n")
            weights = all_weights[at_n]
            mass = all_mass[at_]
            # Reduce pass.
            settled = ()
            for sums in widths:
                total_sum_weights_x = _Sum()
                for slab in slabs:
                    x_slab = sums.read("x", x_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], x_slab)
                    t1 = np.multiply(x_slab, weights_cast, out=sums.block("t1", x_slab))
                    total_sum_weights_x.add(sums.sum(t1, None, over_n))
                settled = _settle(space, settled, *member.values(total_sum_weights_x))
                if sums is widths[-1] or _finite(*settled):
                    break
            sum_weights_x, = settled
            mean_pivot = scratch.rounded(sum_weights_x/mass)
            # Reduce pass.
            settled = ()
            for sums in widths:
                mean_pivot_row = sums.cast(mean_pivot, first)
                total_sum_d_weights = _Sum()
                total_sum_d_d_weights = _Sum()
                for slab in slabs:
                    x_slab = sums.read("x", x_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], x_slab)
                    d = np.subtract(x_slab, mean_pivot_row, out=sums.block("d", x_slab))
                    t1 = np.multiply(d, weights_cast, out=sums.block("t1", x_slab))
                    total_sum_d_weights.add(sums.sum(t1, None, over_n))
                    total_sum_d_d_weights.add(sums.sum(t1, d, over_n))
                settled = _settle(space, settled, *member.values(total_sum_d_weights, total_sum_d_d_weights))
                if sums is widths[-1] or _finite(*settled):
                    break
            sum_d_weights, sum_d_d_weights = settled
            mean_rest = sum_d_weights/mass
            mean, mean_low = _exact_sum(mean_pivot, mean_rest, dtype)
            var = np.maximum(sum_d_d_weights/mass - (mean_rest*mean_rest), 0.0)
            inv_std = 1/np.sqrt(eps + var)
            all_mean[at_c] = mean
            all_mean_low[at_c] = mean_low
            all_var[at_c] = var
            all_inv_std[at_c] = inv_std

    _run(work, space.chunks, threads, space.pieces)
    return (
        _result(space, bound, all_mass, (), ""),
        _result(space, bound, all_mean, ("c",), "c"),
        _result(space, bound, all_mean_low, ("c",), "c"),
        _result(space, bound, all_var, ("c",), "c"),
        _result(space, bound, all_inv_std, ("c",), "c"),
    )


def _forward(
    bound: _Binding,
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    weights: NDArray[Any],
    y: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64, _Float64]:
    """Run 3 sweeps over the data: reduce pass (1 operation per element, 1 sum), then reduce pass (2 operations
    per element, 2 sums), then map pass (3 operations per element).
    """
    _strides = (x.strides, y.strides)
    _asked = (bound, _strides, x.dtype, "c", 4, threads == 1)
    _found = _SPACES.get(_asked)
    space = _found or _keep(
        _SPACES, _asked, _Space(x.shape, _strides, x.dtype, bound.labels(_CLASSES), "c", 4, threads == 1)
    )
    if space.small:
        return _forward_small(space, bound, x, gamma, beta, weights, y, eps)
    dtype = x.dtype
    x_view = space.view(x)
    y_view = space.view(y)
    all_gamma = _spread(space, bound, gamma, ("c",), "c", 1.0)
    all_beta = _spread(space, bound, beta, ("c",), "c", 0.0)
    all_weights = _spread(space, bound, weights, ("n", "s"), "n")
    all_mass = _summed(space, all_weights, "n")
    all_mean = space.empty("c")
    all_mean_low = space.empty("c")
    all_var = space.empty("c")
    all_inv_std = space.empty("c")
    over_n = space.dims("n")

    def work(chunks: list[_Chunk], member: _Member) -> None:
        scratch = _Scratch(space, dtype)
        settled: tuple[_Array, ...]
        widths = _widths(scratch, space, "n")
        for chunk in chunks:
            slabs = member.share(chunk.slabs)
            first = x_view[chunk.slabs[0]]
            at_ = chunk.at("")
            at_c = chunk.at("c")
            at_n = chunk.at("n")
            gamma = all_gamma[at_c]
            beta = all_beta[at_c]
            weights = all_weights[at_n]
            mass = all_mass[at_]
            # Reduce pass.
            settled = ()
            for sums in widths:
                total_sum_weights_x = _Sum()
                for slab in slabs:
                    x_slab = sums.read("x", x_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], x_slab)
                    t1 = np.multiply(x_slab, weights_cast, out=sums.block("t1", x_slab))
                    total_sum_weights_x.add(sums.sum(t1, None, over_n))
                settled = _settle(space, settled, *member.values(total_sum_weights_x))
                if sums is widths[-1] or _finite(*settled):
                    break
            sum_weights_x, = settled
            mean_pivot = scratch.rounded(sum_weights_x/mass)
            # Reduce pass.
            settled = ()
            for sums in widths:
                mean_pivot_row = sums.cast(mean_pivot, first)
                total_sum_d_weights = _Sum()
                total_sum_d_d_weights = _Sum()
                for part, slab in enumerate(slabs):
                    x_slab = sums.read("x", x_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], x_slab)
                    d = np.subtract(x_slab, mean_pivot_row, out=sums.kept("d", part, x_slab))
                    t1 = np.multiply(d, weights_cast, out=sums.block("t1", x_slab))
                    total_sum_d_weights.add(sums.sum(t1, None, over_n))
                    total_sum_d_d_weights.add(sums.sum(t1, d, over_n))
                settled = _settle(space, settled, *member.values(total_sum_d_weights, total_sum_d_d_weights))
                if sums is widths[-1] or _finite(*settled):
                    break
            sum_d_weights, sum_d_d_weights = settled
            again = sums is not scratch or not space.keeps
            mean_rest = sum_d_weights/mass
            mean, mean_low = _exact_sum(mean_pivot, mean_rest, dtype)
            var = np.maximum(sum_d_d_weights/mass - (mean_rest*mean_rest), 0.0)
            inv_std = 1/np.sqrt(eps + var)
            # Map pass.
            slope = scratch.cast(gamma*inv_std, first)
            shift = scratch.cast(beta - gamma*inv_std*mean_rest, first)
            for part, slab in reversed(list(enumerate(slabs))):
                x_slab = x_view[slab]
                d = scratch.kept("d", part, x_slab)
                if again:
                    mean_pivot_row = scratch.cast(mean_pivot, first)
                    np.subtract(x_slab, mean_pivot_row, out=d)
                t1 = np.multiply(d, slope, out=d)
                np.add(t1, shift, out=y_view[slab])
            all_mean[at_c] = mean
            all_mean_low[at_c] = mean_low
            all_var[at_c] = var
            all_inv_std[at_c] = inv_std

    _run(work, space.chunks, threads, space.pieces)
    return (
        _result(space, bound, all_mass, (), ""),
        _result(space, bound, all_mean, ("c",), "c"),
        _result(space, bound, all_mean_low, ("c",), "c"),
        _result(space, bound, all_var, ("c",), "c"),
        _result(space, bound, all_inv_std, ("c",), "c"),
    )


def _forward_small(
    space: _Space,
    bound: _Binding,
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    weights: NDArray[Any],
    y: NDArray[Real],
    eps: float,
    again: bool = False,
) -> tuple[_Float64, _Float64, _Float64, _Float64, _Float64]:
    """Do as `_forward` for small arrays, where calls cost more than what they compute."""
    room = space.room(again, "n")
    over_n = space.dims("n")
    number_0 = room.constant(0.0)
    number_1 = room.constant(1.0)
    number_eps = room.constant(eps)
    x_slab = room.whole(x)
    y_view = room.view(y)
    all_gamma = room.as_given(bound, gamma, ("c",), "c", 1.0)
    all_beta = room.as_given(bound, beta, ("c",), "c", 0.0)
    all_weights = room.spread(bound, weights, ("n", "s"), "n")
    mass = room.summed(all_weights, "n")
    weights_row = room.row(all_weights)
    sum_weights_x = room.total(x_slab, weights_row, over_n)
    mean_pivot = room.pivot(sum_weights_x/mass)
    mean_pivot_row = room.row(mean_pivot)
    d = np.subtract(x_slab, mean_pivot_row)
    t1_2 = np.multiply(d, weights_row)
    sum_d_weights = room.total(t1_2, None, over_n)
    sum_d_d_weights = room.total(t1_2, d, over_n)
    if room.lost(sum_d_weights, sum_d_d_weights):
        return _forward_small(space, bound, x, gamma, beta, weights, y, eps, True)
    mean_rest = sum_d_weights/mass
    mean, mean_low = room.parted(mean_pivot, mean_rest)
    var = np.maximum(sum_d_d_weights/mass - mean_rest**2, number_0)
    inv_std = number_1/np.sqrt(number_eps + var)
    slope = all_gamma*inv_std
    shift = all_beta - mean_rest*slope
    slope_row = room.row(slope)
    part1 = np.multiply(d, slope_row, out=d)
    shift_row = room.row(shift)
    room.store(np.add(part1, shift_row, out=y_view), y, y_view)
    result_mass, = room.results(bound, (), "", mass)
    result_mean, result_mean_low, result_var, result_inv_std = room.results(
        bound, ("c",), "c", mean, mean_low, var, inv_std
    )
    return result_mass, result_mean, result_mean_low, result_var, result_inv_std


def _backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    mass: _Float64,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real], NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 2 sums), then map pass (9 operations
    per element).
    """
    _strides = (grad_output.strides, x.strides, grad_x.strides)
    _asked = (bound, _strides, grad_output.dtype, "c", 4, threads == 1)
    _found = _SPACES.get(_asked)
    space = _found or _keep(
        _SPACES, _asked,
        _Space(grad_output.shape, _strides, grad_output.dtype, bound.labels(_CLASSES), "c", 4, threads == 1)
    )
    if space.small:
        return _backward_small(space, bound, grad_output, x, gamma, weights, mass, mean, mean_low, inv_std, grad_x)
    dtype = grad_output.dtype
    grad_output_view = space.view(grad_output)
    x_view = space.view(x)
    grad_x_view = space.view(grad_x)
    all_gamma = _spread(space, bound, gamma, ("c",), "c", 1.0)
    all_weights = _spread(space, bound, weights, ("n", "s"), "n")
    all_mass = _spread(space, bound, mass, (), "")
    all_mean = _spread(space, bound, mean, ("c",), "c")
    all_mean_low = _spread(space, bound, mean_low, ("c",), "c")
    all_inv_std = _spread(space, bound, inv_std, ("c",), "c")
    grad_x_own = _apart(grad_x, grad_output, x)
    all_grad_gamma = space.empty("c")
    all_grad_beta = space.empty("c")
    over_n = space.dims("n")

    def work(chunks: list[_Chunk], member: _Member) -> None:
        scratch = _Scratch(space, dtype)
        settled: tuple[_Array, ...]
        widths = _widths(scratch, space, "n")
        for chunk in chunks:
            slabs = member.share(chunk.slabs)
            first = grad_output_view[chunk.slabs[0]]
            at_ = chunk.at("")
            at_c = chunk.at("c")
            at_n = chunk.at("n")
            gamma = all_gamma[at_c]
            weights = all_weights[at_n]
            mass = all_mass[at_]
            mean = all_mean[at_c]
            mean_low = all_mean_low[at_c]
            inv_std = all_inv_std[at_c]
            mean_pivot = scratch.rounded(mean)
            mean_rest = (mean - mean_pivot) + mean_low
            # Reduce pass.
            settled = ()
            for sums in widths:
                mean_pivot_row = sums.cast(mean_pivot, first)
                total_near_sum_d_grad_output = _Sum()
                total_sum_grad_output = _Sum()
                for part, slab in enumerate(slabs):
                    grad_output_slab = sums.load("grad_output", grad_output_view[slab])
                    x_slab = sums.read("x", x_view[slab])
                    d = np.subtract(x_slab, mean_pivot_row, out=sums.kept("d", part, grad_output_slab))
                    total_near_sum_d_grad_output.add(sums.sum(grad_output_slab, d, over_n))
                    total_sum_grad_output.add(sums.sum(grad_output_slab, None, over_n))
                settled = _settle(space, settled, *member.values(total_near_sum_d_grad_output, total_sum_grad_output))
                if sums is widths[-1] or _finite(*settled):
                    break
            near_sum_d_grad_output, sum_grad_output = settled
            again = sums is not scratch or not space.keeps
            sum_d_grad_output = near_sum_d_grad_output - mean_rest*sum_grad_output
            grad_gamma = inv_std*sum_d_grad_output
            # Map pass.
            sum_grad_output_cast = scratch.cast(sum_grad_output, first)
            mean_rest_cast = scratch.cast(mean_rest, first)
            slope_2 = scratch.cast((inv_std*inv_std)*sum_d_grad_output, first)
            scale = scratch.cast(gamma*inv_std, first)
            for part, slab in reversed(list(enumerate(slabs))):
                grad_output_slab = grad_output_view[slab]
                slope = scratch.cast((-weights/mass)[space.inner(slab, "n")], grad_output_slab)
                d = scratch.kept("d", part, grad_output_slab)
                if again:
                    mean_pivot_row = scratch.cast(mean_pivot, first)
                    x_slab = x_view[slab]
                    np.subtract(x_slab, mean_pivot_row, out=d)
                grad_x_slab = scratch.output("grad_x", grad_x_view[slab], grad_x_own)
                t1 = _fill(grad_x_slab, sum_grad_output_cast)
                t2 = np.multiply(t1, slope, out=t1)
                t3 = np.add(grad_output_slab, t2, out=t2)
                d1 = np.subtract(d, mean_rest_cast, out=d)
                t4 = np.multiply(d1, slope_2, out=d1)
                t5 = np.multiply(t4, slope, out=t4)
                t6 = np.add(t3, t5, out=t3)
                np.multiply(t6, scale, out=grad_x_view[slab])
            all_grad_gamma[at_c] = grad_gamma
            all_grad_beta[at_c] = sum_grad_output

    _run(work, space.chunks, threads, space.pieces)
    return (
        _result(space, bound, all_grad_gamma, ("c",), "c").astype(dtype),
        _result(space, bound, all_grad_beta, ("c",), "c").astype(dtype),
    )


def _backward_small(
    space: _Space,
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    mass: _Float64,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_x: NDArray[Real],
    again: bool = False,
) -> tuple[NDArray[Real], NDArray[Real]]:
    """Do as `_backward` for small arrays, where calls cost more than what they compute."""
    room = space.room(again, "n")
    over_n = space.dims("n")
    grad_output_slab = room.whole(grad_output)
    x_slab = room.whole(x)
    grad_x_view = room.view(grad_x)
    place_grad_x = room.place(grad_x_view, grad_x, grad_output, x)
    all_gamma = room.spread(bound, gamma, ("c",), "c", 1.0)
    all_weights = room.spread(bound, weights, ("n", "s"), "n")
    all_mass = room.spread(bound, mass, (), "")
    all_mean = room.as_given(bound, mean, ("c",), "c")
    all_mean_low = room.low(bound, mean_low, ("c",), "c")
    all_inv_std = room.spread(bound, inv_std, ("c",), "c")
    mean_pivot = room.pivot(all_mean)
    mean_rest = room.rest(all_mean, mean_pivot, all_mean_low)
    mean_pivot_row = room.row(mean_pivot)
    d = np.subtract(x_slab, mean_pivot_row)
    near_sum_d_grad_output = room.total(grad_output_slab, d, over_n)
    sum_grad_output = room.total(grad_output_slab, None, over_n)
    if room.lost(near_sum_d_grad_output, sum_grad_output):
        return _backward_small(
            space, bound, grad_output, x, gamma, weights, mass, mean, mean_low, inv_std, grad_x, True
        )
    sum_d_grad_output = near_sum_d_grad_output - mean_rest*sum_grad_output
    grad_gamma = all_inv_std*sum_d_grad_output
    slope = -all_weights/all_mass
    slope_2 = all_inv_std*grad_gamma
    scale = all_gamma*all_inv_std
    mean_rest_row = room.row(mean_rest)
    d1 = np.subtract(d, mean_rest_row, out=d)
    sum_grad_output_row = room.row(sum_grad_output)
    slope_row = room.row(slope)
    part3 = np.multiply(sum_grad_output_row, slope_row)
    part2 = np.add(grad_output_slab, part3, out=place_grad_x)
    slope_2_row = room.row(slope_2)
    part5 = np.multiply(d1, slope_2_row, out=d1)
    part4 = np.multiply(part5, slope_row, out=part5)
    part1 = np.add(part2, part4, out=part2)
    scale_row = room.row(scale)
    room.store(np.multiply(part1, scale_row, out=grad_x_view), grad_x, grad_x_view)
    result_grad_gamma, result_grad_beta = room.gradients(bound, ("c",), "c", grad_gamma, sum_grad_output)
    return result_grad_gamma, result_grad_beta


def _jvp(
    bound: _Binding,
    x: NDArray[Real],
    tangent_x: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    tangent_gamma: NDArray[Real] | None,
    tangent_beta: NDArray[Real] | None,
    mass: _Float64,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    tangent_y: NDArray[Real],
    threads: int,
) -> None:
    """Run 2 sweeps over the data: reduce pass (3 operations per element, 2 sums), then map pass (9 operations
    per element).
    """
    _strides = (x.strides, tangent_x.strides, tangent_y.strides)
    _asked = (bound, _strides, x.dtype, "c", 6, threads == 1)
    _found = _SPACES.get(_asked)
    space = _found or _keep(
        _SPACES, _asked, _Space(x.shape, _strides, x.dtype, bound.labels(_CLASSES), "c", 6, threads == 1)
    )
    dtype = x.dtype
    x_view = space.view(x)
    tangent_x_view = space.view(tangent_x)
    tangent_y_view = space.view(tangent_y)
    all_gamma = _spread(space, bound, gamma, ("c",), "c", 1.0)
    all_weights = _spread(space, bound, weights, ("n", "s"), "n")
    all_tangent_gamma = _spread(space, bound, tangent_gamma, ("c",), "c", 0.0)
    all_tangent_beta = _spread(space, bound, tangent_beta, ("c",), "c", 0.0)
    all_mass = _spread(space, bound, mass, (), "")
    all_mean = _spread(space, bound, mean, ("c",), "c")
    all_mean_low = _spread(space, bound, mean_low, ("c",), "c")
    all_inv_std = _spread(space, bound, inv_std, ("c",), "c")
    tangent_y_own = _apart(tangent_y, x, tangent_x)
    over_n = space.dims("n")

    def work(chunks: list[_Chunk], member: _Member) -> None:
        scratch = _Scratch(space, dtype)
        settled: tuple[_Array, ...]
        widths = _widths(scratch, space, "n")
        for chunk in chunks:
            slabs = member.share(chunk.slabs)
            first = x_view[chunk.slabs[0]]
            at_ = chunk.at("")
            at_c = chunk.at("c")
            at_n = chunk.at("n")
            gamma = all_gamma[at_c]
            weights = all_weights[at_n]
            tangent_gamma = all_tangent_gamma[at_c]
            tangent_beta = all_tangent_beta[at_c]
            mass = all_mass[at_]
            mean = all_mean[at_c]
            mean_low = all_mean_low[at_c]
            inv_std = all_inv_std[at_c]
            mean_pivot = scratch.rounded(mean)
            mean_rest = (mean - mean_pivot) + mean_low
            # Reduce pass.
            settled = ()
            for sums in widths:
                mean_pivot_row = sums.cast(mean_pivot, first)
                total_near_sum_d_tangent_x_weights = _Sum()
                total_sum_tangent_x_weights = _Sum()
                for part, slab in enumerate(slabs):
                    x_slab = sums.read("x", x_view[slab])
                    tangent_x_slab = sums.load("tangent_x", tangent_x_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], x_slab)
                    d = np.subtract(x_slab, mean_pivot_row, out=sums.kept("d", part, x_slab))
                    t1 = np.multiply(d, weights_cast, out=sums.block("t1", x_slab))
                    total_near_sum_d_tangent_x_weights.add(sums.sum(t1, tangent_x_slab, over_n))
                    t2 = np.multiply(tangent_x_slab, weights_cast, out=sums.block("t2", x_slab))
                    total_sum_tangent_x_weights.add(sums.sum(t2, None, over_n))
                settled = _settle(
                    space, settled, *member.values(total_near_sum_d_tangent_x_weights, total_sum_tangent_x_weights)
                )
                if sums is widths[-1] or _finite(*settled):
                    break
            near_sum_d_tangent_x_weights, sum_tangent_x_weights = settled
            again = sums is not scratch or not space.keeps
            sum_d_tangent_x_weights = near_sum_d_tangent_x_weights - mean_rest*sum_tangent_x_weights
            # Map pass.
            shift = scratch.cast(sum_tangent_x_weights/mass, first)
            mean_rest_cast = scratch.cast(mean_rest, first)
            slope = scratch.cast(-(inv_std*inv_std)*sum_d_tangent_x_weights/mass, first)
            scale = scratch.cast(gamma*inv_std, first)
            scale_2 = scratch.cast(inv_std*tangent_gamma, first)
            tangent_beta_cast = scratch.cast(tangent_beta, first)
            for part, slab in reversed(list(enumerate(slabs))):
                tangent_x_slab = tangent_x_view[slab]
                d = scratch.kept("d", part, tangent_x_slab)
                if again:
                    mean_pivot_row = scratch.cast(mean_pivot, first)
                    x_slab = x_view[slab]
                    np.subtract(x_slab, mean_pivot_row, out=d)
                tangent_y_slab = scratch.output("tangent_y", tangent_y_view[slab], tangent_y_own)
                t1 = np.subtract(tangent_x_slab, shift, out=tangent_y_slab)
                d1 = np.subtract(d, mean_rest_cast, out=d)
                t2 = np.multiply(d1, slope, out=scratch.block("t2", tangent_x_slab))
                t3 = np.add(t1, t2, out=t1)
                t4 = np.multiply(t3, scale, out=t3)
                t5 = np.multiply(d1, scale_2, out=d1)
                t6 = np.add(t4, t5, out=t4)
                np.add(t6, tangent_beta_cast, out=tangent_y_view[slab])

    _run(work, space.chunks, threads, space.pieces)


def _double_backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    cotangent_grad_input: NDArray[Real],
    gamma: NDArray[Real] | None,
    weights: NDArray[Any],
    cotangent_grad_gamma: NDArray[Real] | None,
    cotangent_grad_beta: NDArray[Real] | None,
    mass: _Float64,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_grad_output: NDArray[Real],
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (2 operations per element, 5 sums), then map pass (33 operations
    per element).
    """
    _strides = (grad_output.strides, x.strides, cotangent_grad_input.strides, grad_grad_output.strides, grad_x.strides)
    _asked = (bound, _strides, grad_output.dtype, "c", 9, threads == 1)
    _found = _SPACES.get(_asked)
    space = _found or _keep(
        _SPACES, _asked,
        _Space(grad_output.shape, _strides, grad_output.dtype, bound.labels(_CLASSES), "c", 9, threads == 1)
    )
    dtype = grad_output.dtype
    grad_output_view = space.view(grad_output)
    x_view = space.view(x)
    cotangent_grad_input_view = space.view(cotangent_grad_input)
    grad_grad_output_view = space.view(grad_grad_output)
    grad_x_view = space.view(grad_x)
    all_gamma = _spread(space, bound, gamma, ("c",), "c", 1.0)
    all_weights = _spread(space, bound, weights, ("n", "s"), "n")
    all_cotangent_grad_gamma = _spread(space, bound, cotangent_grad_gamma, ("c",), "c", 0.0)
    all_cotangent_grad_beta = _spread(space, bound, cotangent_grad_beta, ("c",), "c", 0.0)
    all_mass = _spread(space, bound, mass, (), "")
    all_mean = _spread(space, bound, mean, ("c",), "c")
    all_mean_low = _spread(space, bound, mean_low, ("c",), "c")
    all_inv_std = _spread(space, bound, inv_std, ("c",), "c")
    grad_grad_output_own = _apart(grad_grad_output, grad_output, x, cotangent_grad_input, grad_x)
    grad_x_own = _apart(grad_x, grad_output, x, cotangent_grad_input, grad_grad_output)
    all_grad_gamma = space.empty("c")
    over_n = space.dims("n")

    def work(chunks: list[_Chunk], member: _Member) -> None:
        scratch = _Scratch(space, dtype)
        settled: tuple[_Array, ...]
        widths = _widths(scratch, space, "n")
        for chunk in chunks:
            slabs = member.share(chunk.slabs)
            first = grad_output_view[chunk.slabs[0]]
            at_ = chunk.at("")
            at_c = chunk.at("c")
            at_n = chunk.at("n")
            gamma = all_gamma[at_c]
            weights = all_weights[at_n]
            cotangent_grad_gamma = all_cotangent_grad_gamma[at_c]
            cotangent_grad_beta = all_cotangent_grad_beta[at_c]
            mass = all_mass[at_]
            mean = all_mean[at_c]
            mean_low = all_mean_low[at_c]
            inv_std = all_inv_std[at_c]
            mean_pivot = scratch.rounded(mean)
            mean_rest = (mean - mean_pivot) + mean_low
            # Reduce pass.
            settled = ()
            for sums in widths:
                mean_pivot_row = sums.cast(mean_pivot, first)
                total_sum_cotangent_grad_input_grad_output = _Sum()
                total_near_sum_d_grad_output = _Sum()
                total_near_sum_cotangent_grad_input_d_weights = _Sum()
                total_sum_cotangent_grad_input_weights = _Sum()
                total_sum_grad_output = _Sum()
                for part, slab in enumerate(slabs):
                    grad_output_slab = sums.load("grad_output", grad_output_view[slab])
                    x_slab = sums.read("x", x_view[slab])
                    cotangent_grad_input_slab = sums.load("cotangent_grad_input", cotangent_grad_input_view[slab])
                    weights_cast = sums.cast(weights[space.inner(slab, "n")], grad_output_slab)
                    total_sum_cotangent_grad_input_grad_output.add(
                        sums.sum(grad_output_slab, cotangent_grad_input_slab, over_n)
                    )
                    d = np.subtract(x_slab, mean_pivot_row, out=sums.kept("d", part, grad_output_slab))
                    total_near_sum_d_grad_output.add(sums.sum(grad_output_slab, d, over_n))
                    t1 = np.multiply(cotangent_grad_input_slab, weights_cast, out=sums.block("t1", grad_output_slab))
                    total_near_sum_cotangent_grad_input_d_weights.add(sums.sum(t1, d, over_n))
                    total_sum_cotangent_grad_input_weights.add(sums.sum(t1, None, over_n))
                    total_sum_grad_output.add(sums.sum(grad_output_slab, None, over_n))
                settled = _settle(
                    space, settled,
                    *member.values(
                        total_near_sum_cotangent_grad_input_d_weights, total_sum_cotangent_grad_input_grad_output,
                        total_sum_cotangent_grad_input_weights, total_near_sum_d_grad_output, total_sum_grad_output
                    )
                )
                if sums is widths[-1] or _finite(*settled):
                    break
            (
                near_sum_cotangent_grad_input_d_weights, sum_cotangent_grad_input_grad_output,
                sum_cotangent_grad_input_weights, near_sum_d_grad_output, sum_grad_output
            ) = settled
            again = sums is not scratch or not space.keeps
            sum_cotangent_grad_input_d_weights = (
                near_sum_cotangent_grad_input_d_weights - mean_rest*sum_cotangent_grad_input_weights
            )
            sum_d_grad_output = near_sum_d_grad_output - mean_rest*sum_grad_output
            grad_gamma = (
                inv_std*sum_cotangent_grad_input_grad_output
                - (inv_std*inv_std*inv_std)*sum_cotangent_grad_input_d_weights*sum_d_grad_output/mass
                - inv_std*sum_cotangent_grad_input_weights*sum_grad_output/mass
            )
            # Map pass.
            slope = scratch.cast((inv_std*inv_std*inv_std)*gamma*sum_d_grad_output, first)
            factor = scratch.cast(
                (inv_std*inv_std*inv_std)*gamma*sum_cotangent_grad_input_d_weights*sum_grad_output + (
                    inv_std*inv_std*inv_std
                )*gamma*sum_cotangent_grad_input_weights*sum_d_grad_output,
                first
            )
            mean_rest_cast = scratch.cast(mean_rest, first)
            slope_4 = scratch.cast((inv_std*inv_std*inv_std)*gamma*sum_cotangent_grad_input_grad_output, first)
            slope_5 = scratch.cast(-(inv_std*inv_std*inv_std)*gamma*sum_cotangent_grad_input_d_weights/mass, first)
            slope_6 = scratch.cast(
                (inv_std*inv_std*inv_std*inv_std*inv_std)*gamma*sum_cotangent_grad_input_d_weights*sum_d_grad_output,
                first
            )
            slope_8 = scratch.cast(
                (inv_std*inv_std*inv_std)*gamma*sum_cotangent_grad_input_weights*sum_grad_output, first
            )
            sum_grad_output_cast = scratch.cast(sum_grad_output, first)
            slope_9 = scratch.cast((inv_std*inv_std)*sum_d_grad_output, first)
            scale = scratch.cast(cotangent_grad_gamma*inv_std, first)
            shift = scratch.cast(sum_cotangent_grad_input_weights/mass, first)
            slope_10 = scratch.cast(-(inv_std*inv_std)*sum_cotangent_grad_input_d_weights/mass, first)
            scale_2 = scratch.cast(gamma*inv_std, first)
            cotangent_grad_beta_cast = scratch.cast(cotangent_grad_beta, first)
            for part, slab in reversed(list(enumerate(slabs))):
                grad_output_slab = grad_output_view[slab]
                cotangent_grad_input_slab = cotangent_grad_input_view[slab]
                slope_2 = scratch.cast((-weights/mass)[space.inner(slab, "n")], grad_output_slab)
                slope_3 = scratch.cast((weights/(mass*mass))[space.inner(slab, "n")], grad_output_slab)
                slope_7 = scratch.cast((3*weights/(mass*mass))[space.inner(slab, "n")], grad_output_slab)
                d = scratch.kept("d", part, grad_output_slab)
                if again:
                    mean_pivot_row = scratch.cast(mean_pivot, first)
                    x_slab = x_view[slab]
                    np.subtract(x_slab, mean_pivot_row, out=d)
                grad_grad_output_slab = scratch.output(
                    "grad_grad_output", grad_grad_output_view[slab], grad_grad_output_own
                )
                grad_x_slab = scratch.output("grad_x", grad_x_view[slab], grad_x_own)
                t1 = np.multiply(cotangent_grad_input_slab, slope, out=grad_x_slab)
                t2 = np.multiply(t1, slope_2, out=t1)
                t3 = _fill(grad_grad_output_slab, factor)
                t4 = np.multiply(t3, slope_3, out=t3)
                t5 = np.add(t2, t4, out=t2)
                d1 = np.subtract(d, mean_rest_cast, out=d)
                t6 = np.multiply(d1, slope_4, out=grad_grad_output_slab)
                t7 = np.multiply(t6, slope_2, out=t6)
                t8 = np.add(t5, t7, out=t5)
                t9 = np.multiply(grad_output_slab, slope_5, out=grad_grad_output_slab)
                t10 = np.add(t8, t9, out=t8)
                t11 = np.multiply(d1, slope_6, out=grad_grad_output_slab)
                t12 = np.multiply(t11, slope_7, out=t11)
                t13 = np.add(t10, t12, out=t10)
                t14 = np.multiply(d1, slope_8, out=grad_grad_output_slab)
                t15 = np.multiply(t14, slope_3, out=t14)
                t16 = np.add(t13, t15, out=t13)
                t17 = _fill(grad_grad_output_slab, sum_grad_output_cast)
                t18 = np.multiply(t17, slope_2, out=t17)
                t19 = np.add(grad_output_slab, t18, out=t18)
                t20 = np.multiply(d1, slope_9, out=scratch.block("t20", grad_output_slab))
                t21 = np.multiply(t20, slope_2, out=t20)
                t22 = np.add(t19, t21, out=t19)
                t23 = np.multiply(t22, scale, out=t22)
                np.add(t16, t23, out=grad_x_view[slab])
                t25 = np.subtract(cotangent_grad_input_slab, shift, out=grad_grad_output_slab)
                t26 = np.multiply(d1, slope_10, out=scratch.block("t26", grad_output_slab))
                t27 = np.add(t25, t26, out=t25)
                t28 = np.multiply(t27, scale_2, out=t27)
                t29 = np.multiply(d1, scale, out=d1)
                t30 = np.add(t28, t29, out=t28)
                np.add(t30, cotangent_grad_beta_cast, out=grad_grad_output_view[slab])
            all_grad_gamma[at_c] = grad_gamma

    _run(work, space.chunks, threads, space.pieces)
    return (
        _result(space, bound, all_grad_gamma, ("c",), "c").astype(dtype),
    )


# ======================================================================================
# The runtime: how arrays are walked through, summed and checked. The same for every layer.
# ======================================================================================


# The 80-bit numbers of x86 cost next to nothing for a few values per channel or row of a large array, and for tiny
# arrays as a whole; others are emulated.
_EXACT: type[np.floating[Any]] = np.longdouble if np.finfo(np.longdouble).nmant == 63 else np.float64
_CHUNK_BYTES = 12800 * 1024  # all arrays of a chunk, which are read several times; smaller ones cost more calls
_SINGLE_BYTES = 1000 * 1024  # all arrays of a single channel, from which it takes less time as a chunk of its own
_KEPT_BYTES = 16 * 1024 * 1024  # of a larger chunk, what a sweep has computed is computed again in the next
_ROW_BYTES = 1024  # a BLAS row: short, so that equal rounding errors cannot pile up in it
_LINE_BYTES = 4096  # cutting rows shorter than this in memory costs more than threads win back
_REPEAT = 1024  # up to this length of a row, its coefficient is worth repeating
_SHORT = 16  # a trailing dimension below this is not worth an inner loop
_MANY = 320  # bytes; of shorter rows there are so many that their dot products take more time than sums across them
_CHAIN = 8  # terms that are added one after the other, in their own dtype
_GATHERED = 4096  # float32 terms, up to which adding all in float64 at once takes less time than chains first
_MULTIPLIED = 32768  # elements, up to which products have a sweep of their own, for BLAS to add them up
_ALONE = 16384  # elements, up to which one call more costs more than it saves
_STACK = 32  # terms that BLAS adds at a time along a dimension other than the last
_PRODUCT = 8192  # elements of one product of BLAS; above 9215 OpenBLAS may take several threads
_FEW = 64  # sums of fewer terms are taken with more digits
_SMALL = 131072  # elements, half in float64, up to which few calls take less time: 0.7 of the loops' at a quarter
_TINY = 4096  # elements, up to which float64 takes 0.8 of float32's time (1.1 at 16384); longdouble an eighth of that
_TABLE = 1024  # elements of images, up to which a table takes less time; where dimensions change places it always does
_FEW_ITEMS = 4  # chunks for each thread, below which it matters whether all have equally many
_PORTIONS = 16  # partial results of a sum across chunks
_BITS: dict[int, type[np.signedinteger[Any]]] = {4: np.int32, 8: np.int64}  # integers by the size of a number
_BUFFER = 1024  # elements; with the default, 8192, NumPy's broadcasting loops take twice as long


class _Errstate:
    """NumPy's error handling and the size of its buffers, set in public ways, for the current thread alone."""

    def set(self, value: object) -> np.errstate:
        """Let NumPy warn of nothing and broadcast in short pieces; return how to undo it."""
        state = np.errstate(all="ignore")
        state.__enter__()
        np.setbufsize(_BUFFER)
        return state

    def reset(self, before: np.errstate) -> None:
        """Undo it, the size of the buffers too."""
        before.__exit__(None, None, None)


def _setting() -> tuple[Any, object]:
    """Return where NumPy keeps its error handling and the size of its buffers, and the value to set there.

    It is a context variable, found by making the setting in a context that has no other; to set it takes a tenth of
    the time of `errstate`. Where NumPy keeps it in another way, `errstate` does it.
    """
    own = Context()
    own.run(np.seterr, all="ignore")
    own.run(np.setbufsize, _BUFFER)
    found = list(own.items())
    return found[0] if len(found) == 1 else (_Errstate(), None)


_SETTING, _SILENT = _setting()


class _Chunk:
    """A part of a space that is worked on as a whole: its slabs, and where smaller tensors meet it.

    Tensors that have a single value within the chunk are met as NumPy scalars, whose arithmetic costs a tenth.
    """

    def __init__(self, region: _Index, slabs: list[_Index], labels: str, outer: str) -> None:
        self.slabs: list[_Index] = slabs
        self._region, self._labels, self._outer = region, labels, outer
        self._places: dict[str, Any] = {}

    def at(self, classes: str) -> Any:
        """Return where spread values over these classes meet the chunk."""
        place = self._places.get(classes)
        return self._places.setdefault(classes, self._at(classes)) if place is None else place

    def _at(self, classes: str) -> Any:
        own = [label in classes for label in self._labels]
        pairs = list(zip(self._region, own, strict=True))
        if set(classes) <= set(self._outer) and all(s.stop - s.start == 1 for s, o in pairs if o):
            return tuple(s.start if o else 0 for s, o in pairs)
        return tuple(s if o else _ALL for s, o in pairs)


class _Space:
    """How one call walks through its full-size arrays.

    Array dimensions carry a one-letter label, the class of axes they are bound to. They are
    put into the memory order of the first array, and neighbours of one class are merged where
    every array allows it as a view. *Chunks* cut the outer class; *slabs* cut a chunk along all
    other dimensions. Both depend on shapes, strides and item size alone, and on `streams`: how many
    arrays and blocks of that size are worked on. Where one value of the outer class has much data, `alone` makes it a
    chunk of its own, which stays near the processor; not for several threads, whose many calls would wait for each
    other. None is for kernels whose sums are not complete within a chunk.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        strides: Sequence[tuple[int, ...]],
        dtype: np.dtype[Any],
        labels: str,
        outer: str,
        streams: int,
        alone: bool | None = None,
    ) -> None:
        size, lead = dtype.itemsize, strides[0]
        groups: list[list[int]] = []
        long = [i for i in range(len(shape)) if shape[i] > 1]
        for i in sorted(long, key=lambda i: -abs(lead[i])):
            j = groups[-1][-1] if groups else i
            if groups and labels[i] == labels[j] and all(s[j] == s[i] * shape[i] for s in strides):
                groups[-1].append(i)
            else:
                groups.append([i])
        groups = groups or [[]]
        sizes = [math.prod(shape[i] for i in group) for group in groups]
        # The trailing dimension carries the inner loops: the innermost one that is long enough.
        fit = [k for k, n in enumerate(sizes) if n >= _SHORT]
        last = fit[-1] if fit else sizes.index(max(sizes))
        view = [k for k in range(len(groups)) if k != last] + [last]
        memory = [view.index(k) for k in range(len(groups))]

        self.array_shape = shape
        self.array_labels = labels
        self._order = [i for k in view for i in groups[k]]
        self.plain = self._order == sorted(self._order)  # dimensions of one element may stand anywhere
        self._order += [i for i in range(len(shape)) if shape[i] <= 1]
        self.shape = tuple(sizes[k] for k in view)
        # In chunks, smaller tensors are computed with more digits than the data where the processor has them.
        self.exact: np.dtype[Any] = np.dtype(_EXACT if dtype == np.float64 else np.float64)
        self.labels = "".join(labels[groups[k][-1]] if groups[k] else labels[:1] for k in view)

        is_outer = [label in outer for label in self.labels]
        run = dict(zip(memory, _inner_products([self.shape[k] for k in memory]), strict=True))
        cuts = [[slice(0, n)] for n in self.shape]
        kept = math.prod(n for n, o in zip(self.shape, is_outer, strict=True) if not o)
        size_of_all = math.prod(shape)
        one = streams * kept * size
        pieces = [self.shape[-1], *(run[k] for k in memory if is_outer[k])]
        #: Whether one value of the outer classes has so much data that its sums are taken apart from those of others.
        self.apart = alone is not None and one >= _SINGLE_BYTES and size_of_all * size > 4 * _SMALL
        self.apart = self.apart and not is_outer[-1] and min(pieces) * size >= _LINE_BYTES
        room = 1 if self.apart and alone else _CHUNK_BYTES // one
        for k in reversed(memory):
            if is_outer[k]:
                least = -(-_LINE_BYTES // (run[k] * size))
                cuts[k] = _cut(self.shape[k], max(room, least))
                room //= cuts[k][0].stop
        held = math.prod(c[0].stop for c, o in zip(cuts, is_outer, strict=True) if o)
        room = _CHUNK_BYTES // (streams * held * size)
        for k in reversed(memory):
            if not is_outer[k]:
                cuts[k] = _cut(self.shape[k], room)
                room //= cuts[k][0].stop
        self.block = math.prod(c[0].stop for c in cuts)
        #: Whether what one sweep has computed of a chunk is kept for the next.
        self.keeps = held * kept * size <= _KEPT_BYTES
        regions = _grid([c if o else [slice(0, n)] for c, o, n in zip(cuts, is_outer, self.shape, strict=True)])
        slabs = _grid([[_ALL] if o else c for c, o in zip(cuts, is_outer, strict=True)])
        self.chunks = [_Chunk(region, self._slabs(region, slabs, is_outer), self.labels, outer) for region in regions]
        #: How many slabs every chunk has.
        self.pieces = len(slabs)
        self._outer = outer
        self._cut = [not o and len(c) > 1 for c, o in zip(cuts, is_outer, strict=True)]
        #: Whether the slabs of a chunk cut the trailing dimension, into pieces of several lengths.
        self.cuts_rows = self._cut[-1]
        self.dtype = dtype
        #: Whether the form for small arrays is faster, and whether there all digits cost nothing, and there are more.
        self.small = size_of_all * size <= 4 * _SMALL and len(self.chunks) == 1 and not any(self._cut)
        self.tiny = size_of_all <= (_TINY if size == 4 else _TINY // 8)
        self.fine = self.small and self.tiny and self.exact is not dtype
        #: By classes: the shape of spread values over them, the dimensions that belong to them, and how many elements.
        self.kept = lru_cache(maxsize=None)(self._kept)
        self.dims = lru_cache(maxsize=None)(self._dims)
        self.count = lru_cache(maxsize=None)(self._count)
        self._rooms: dict[Any, _Room] = {}

    @staticmethod
    def _slabs(region: _Index, slabs: list[_Index], is_outer: list[bool]) -> list[_Index]:
        """Return the slabs of a chunk, in a fixed order."""
        return [tuple(c if o else s for c, s, o in zip(region, slab, is_outer, strict=True)) for slab in slabs]

    def _dims(self, classes: str) -> tuple[int, ...]:
        return tuple([k for k, label in enumerate(self.labels) if label in classes])

    def view(self, array: NDArray[Real]) -> NDArray[Real]:
        """Return a full-size array as a view with the dimensions of the space."""
        return array.reshape(self.shape) if self.plain else array.transpose(self._order).reshape(self.shape)

    def spread(self, values: _Array, classes: str) -> _Array:
        """Return values over these classes, at least float64, shaped to broadcast against the space."""
        if not self.plain:
            pairs = zip(self.array_shape, self.array_labels, strict=True)
            full = [n if label in classes else 1 for n, label in pairs]
            values = values.reshape(full).transpose(self._order)
        return values.reshape(self.kept(classes))

    def empty(self, classes: str) -> _Float64:
        """Return uninitialized float64 values over these classes, as `spread` shapes them."""
        return np.empty(self.kept(classes))

    def restore(self, values: _Float64, classes: str) -> _Float64:
        """Undo `spread`: values with the array dimensions of these classes, in C order."""
        kept = [label in classes for label in self.array_labels]
        if not self.plain:
            full = [self.array_shape[i] if kept[i] else 1 for i in self._order]
            values = values.reshape(full).transpose(np.argsort(self._order))
        return values.reshape([n for n, k in zip(self.array_shape, kept, strict=True) if k])

    def inner(self, slab: _Index, classes: str) -> _Index:
        """Return where a slab meets values over these classes that a chunk has already cut."""
        if not any(self._cut):
            return ()
        own = [cut and label in classes for label, cut in zip(self.labels, self._cut, strict=True)]
        return tuple(s if o else _ALL for s, o in zip(slab, own, strict=True)) if any(own) else ()

    def narrow(self, values: _Array, classes: str) -> _Array:
        """Return values that are the same along all other classes without those dimensions."""
        if not isinstance(values, np.ndarray):
            return values
        single = values[tuple(_ALL if label in classes else slice(0, 1) for label in self.labels)]
        outer = all(label not in self.labels or label in self._outer for label in classes)
        return cast(_Array, single[(0,) * single.ndim]) if outer and single.size == 1 else single

    def zeros(self, classes: str, chunk: _Chunk) -> _Float64:
        """Return float64 zeros over these classes, as far as the chunk goes."""
        return np.zeros_like(self.empty(classes)[chunk.at(classes)])

    def _count(self, classes: str) -> int:
        return math.prod([self.shape[k] for k in self.dims(classes)])

    def room(self, again: bool, *sums: str) -> _Room:
        """Return how the space is worked on as a whole, or is so again, when sums over these classes are taken."""
        key = again, sums
        return self._rooms.get(key) or self._rooms.setdefault(key, self._room(again, sums))

    def flat_room(self, again: bool, *sums: str) -> _Room:
        """Do as `room` for a kernel whose smaller tensors all have those classes that its sums leave."""
        key = again, sums, "flat"
        return self._rooms.get(key) or self._rooms.setdefault(key, self._room(again, sums).flat())

    def _room(self, again: bool, sums: tuple[str, ...]) -> _Room:
        """Return a table where it takes less time, and has rows that are each summed as a whole."""
        is_table = self.tiny and (not self.plain or (len(self.shape) > 2 and math.prod(self.shape) <= _TABLE))
        is_table = is_table and len(sums) == 1 == len(sums[0]) and len({*self.array_labels, sums[0]}) < 3
        return _Table(self, sums[0]) if is_table else _Room(self, sums, again)

    def portions(self, partial: int) -> list[list[_Chunk]]:
        """Group the chunks, in order, for sums across chunks with `partial` values each.

        The partial sums of all portions together stay below about 3 % of a full-size array.
        """
        limit = max(1, math.prod(self.shape) // (64 * partial))
        count = min(len(self.chunks), _PORTIONS, limit)
        return _shares(self.chunks, count)

    def _kept(self, classes: str) -> tuple[int, ...]:
        return tuple([n if label in classes else 1 for n, label in zip(self.shape, self.labels, strict=True)])


#: The spaces of calls before, by binding, strides, dtype, and what a kernel asks for; `_CHECKED` keeps the bindings.
_SPACES: dict[tuple[Any, ...], _Space] = {}


def _apart(output: _Array, *others: _Array) -> bool:
    """Return whether what is written to an output changes none of the other arrays."""
    for array in others:
        own = output.flags.owndata and array.flags.owndata  # then there is nothing to search
        if array is output or not own and np.may_share_memory(output, array):
            return False
    return True


def _inner_products(sizes: Sequence[int]) -> list[int]:
    return [math.prod(sizes[k + 1 :]) for k in range(len(sizes))]


def _cut(size: int, extent: int) -> list[slice]:
    """Cut range(size) into nearly equal pieces of at most max(extent, 1); the first is largest."""
    count = -(-size // max(extent, 1))
    step = -(-size // count)
    return [slice(i, min(i + step, size)) for i in range(0, size, step)]


def _grid(cuts: Sequence[Sequence[slice]]) -> list[_Index]:
    return list(product(*cuts))


def _shares(items: Sequence[_Item], count: int) -> list[list[_Item]]:
    """Share out items, in order, into at most `count` nearly equal lists."""
    count = max(1, min(count, len(items)))
    bounds = [len(items) * k // count for k in range(count + 1)]
    return [list(items[i:j]) for i, j in zip(bounds, bounds[1:], strict=False)]


@lru_cache(maxsize=256)
def _ones(length: int, dtype: np.dtype[Real]) -> NDArray[Real]:
    """Return ones, not to be changed."""
    return np.ones(length, dtype)


@lru_cache(maxsize=256)
def _row_length(length: int, itemsize: int) -> int:
    """Return a BLAS row length; the rest of the length makes a shorter row of its own.

    In float64 OpenBLAS adds what exceeds a multiple of 32 one by one: keep that part short.
    """
    most = _ROW_BYTES // itemsize
    if length > most:
        return next((row for row in range(most, most // 2, -16) if length % row < 16), most)
    return length // 16 * 16 if itemsize == 8 and length >= 16 else length


class _Rows:
    """How BLAS takes dot products of rows: short ones, the last of which may be shorter than the others."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], tables: bool) -> None:
        lead, length = shape[:-1], shape[-1]
        row = _row_length(length, dtype.itemsize)
        count, rest = divmod(length, row)
        self._single = count == 1 and not rest
        self._whole, self._count, self._end = (*lead, count, row), count, count * row
        self._ones, self._rest = _ones(row, dtype), _ones(rest, dtype) if rest else None
        self._sums = lead if self._single else (*lead, count + (rest > 0))
        self._table = (-1, row) if tables and not rest and math.prod(shape) <= _PRODUCT else ()

    def sums(self, a: NDArray[Real], b: NDArray[Real] | None) -> NDArray[Real]:
        """Return the sums of a * b (or a) along each row; where there are several in the last dimension, it stays."""
        sums: NDArray[Real]
        if b is None and self._table and a.flags.c_contiguous:  # one product takes half the time
            sums = a.reshape(self._table).dot(self._ones)
            return sums.reshape(self._sums)
        right: NDArray[Real] = self._ones if b is None else b
        if self._single:
            sums = np.vecdot(a, right)
        elif self._rest is None:
            sums = np.vecdot(a.reshape(self._whole), right if b is None else right.reshape(self._whole))
        else:
            end, count = self._end, self._count
            sums = np.empty(self._sums, a.dtype)
            right = right if b is None else right[..., :end].reshape(self._whole)
            np.vecdot(a[..., :end].reshape(self._whole), right, out=sums[..., :count])
            np.vecdot(a[..., end:], self._rest if b is None else b[..., end:], out=sums[..., count])
        return sums


class _Stack:
    """How BLAS adds up along a dimension: so many terms at a time, as products of ones with so many columns.

    All terms of one product together are few enough for BLAS to stay with one thread.
    """

    def __init__(self, shape: tuple[int, ...], dim: int) -> None:
        self._lead, self._behind = shape[:dim], shape[dim + 1 :]
        self._size, self._width = shape[dim], math.prod(self._behind)
        self._terms = _part(self._size, _STACK)
        self._columns = _part(self._width, _PRODUCT // self._terms)
        count, self._rest = divmod(self._size, self._terms)
        whole, self._narrow = divmod(self._width, self._columns)
        self._split = whole > 1
        blocks = (whole, self._columns) if self._split else (self._columns,)
        self._blocks = (*self._lead, count, self._terms, *blocks)
        self._sums = (*self._lead, count, *self._behind)

    def sums(self, a: NDArray[Real]) -> NDArray[Real]:
        """Return the sums of all portions along the dimension."""
        if not self._rest and not self._narrow:
            blocks = a.reshape(self._blocks)
            if self._split:
                blocks = blocks.swapaxes(-3, -2)
            whole: NDArray[Real] = np.matmul(_ones(self._terms, a.dtype), blocks)
            return whole.reshape(self._sums)
        count, columns = self._size // self._terms, self._width // self._columns * self._columns
        sums = np.empty((*self._lead, count + (self._rest > 0), self._width), a.dtype)
        flat = a.reshape(*self._lead, self._size, self._width)
        for rows, into, n in (
            (slice(0, count * self._terms), slice(0, count), self._terms),
            (slice(count * self._terms, None), slice(count, None), self._rest),
        ):
            for place, m in ((slice(0, columns), self._columns), (slice(columns, None), self._narrow)):
                if n and m:
                    part, target = flat[..., rows, place], sums[..., into, place]
                    number = target.shape[-2], target.shape[-1] // m
                    blocks = part.reshape(*self._lead, number[0], n, number[1], m).swapaxes(-3, -2)
                    np.matmul(_ones(n, a.dtype), blocks, out=target.reshape(*self._lead, *number, m))
        return sums.reshape(*self._lead, -1, *self._behind)


def _part(size: int, most: int) -> int:
    """Return into parts of which size to cut something: a divisor, if there is one of at least half the most."""
    most = min(size, most)
    return next((n for n in range(most, most // 2, -1) if size % n == 0), most)


@lru_cache(maxsize=256)
def _stack(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int, dim: int) -> _Stack | None:
    """Return how BLAS adds up along a dimension, or None where what lies behind it is not one piece of memory."""
    expected = itemsize
    for n, stride in zip(shape[:dim:-1], strides[:dim:-1], strict=True):
        if n > 1 and stride != expected:
            return None
        expected *= n
    if shape[dim] < _CHAIN or expected < _CHAIN * itemsize or strides[dim] < expected or strides[dim] % itemsize:
        return None
    return _Stack(shape, dim)


def _chained(a: NDArray[Real], b: NDArray[Real] | None, dims: tuple[int, ...]) -> NDArray[Real]:
    """Add up a * b (or a), along the longest of these dimensions, _CHAIN terms one after the other, and so again.

    The arrays have one shape. One term more where the number is no multiple; what is left is for `_gather`. Products
    of large arrays are added as they are made, without a sweep of their own.
    """
    if not dims or (b is None and a.dtype == np.float32 and a.size <= _GATHERED):
        return a
    dim: int = dims[0] if len(dims) == 1 else max(dims, key=a.shape.__getitem__)
    if b is None and (stack := _stack(a.shape, a.strides, a.itemsize, dim)):
        return stack.sums(a)
    before: _Index = (_ALL,) * dim
    for _ in range(2):
        size = a.shape[dim]
        if b is None and (size == 1 or (a.dtype == np.float32 and a.size <= _GATHERED)):
            break
        count = -(-size // _CHAIN)
        length = size // count
        cut: _Index = (*before, slice(0, length * count))
        shape = (*a.shape[:dim], length, count, *a.shape[dim + 1 :])
        sums: NDArray[Real]
        if b is None:
            sums = np.add.reduce(a[cut].reshape(shape), axis=dim)
        else:
            sums = np.einsum(_product(len(shape), dim), a[cut].reshape(shape), b[cut].reshape(shape))
        if rest := size - length * count:
            left: _Index = (*before, slice(length * count, size))
            some = sums[(*before, slice(0, rest))]
            np.add(some, a[left] if b is None else np.multiply(a[left], b[left]), out=some)
        a, b = sums, None
    return a


@lru_cache(maxsize=256)
def _product(ndim: int, dim: int) -> str:
    """Return how `numpy.einsum` is told to multiply two arrays and to add along one dimension."""
    letters = "abcdefghijklmnopqrstuvwxyz"[:ndim]
    return f"{letters},{letters}->{letters[:dim]}{letters[dim + 1 :]}"


class _Gathered:
    """How few float32 numbers are added up in float64: over dimensions in front of others, behind them, or both.

    BLAS takes a third of the time of `numpy.add.reduce`.
    """

    def __init__(self, front: int, between: int, end: int, kept: tuple[int, ...]) -> None:
        rows = front * between
        self._end = _ones(end, _FLOAT64) if end > 1 or not kept else None
        self._front = _ones(front, _FLOAT64) if front > 1 else None
        self._rows, self._columns, self._kept = ((rows, end) if kept else (end,)), (front, between), kept

    def sums(self, terms: _Array) -> _Array:
        """Return the sums."""
        found: _Array = terms.astype(_FLOAT64)
        if self._end is not None:
            found = found.reshape(self._rows).dot(self._end)
        if self._front is not None:
            found = self._front.dot(found if found.shape == self._columns else found.reshape(self._columns))
        return found if found.shape == self._kept else found.reshape(self._kept)


class _Paired:
    """How numbers wider than float32 are added up: in pairs, until there are few."""

    def __init__(self, shape: tuple[int, ...], dims: tuple[int, ...], kept: tuple[int, ...]) -> None:
        self._list, self._kept = not kept, kept
        self._long = [dim for dim in dims if shape[dim] > 1] if kept else [0]

    def sums(self, terms: _Array) -> _Array:
        """Return the sums."""
        if self._list:
            terms = terms.ravel()
        elif not self._long:
            terms = terms.copy()  # it may be a block that is used again
        for dim in self._long:
            before: _Index = (_ALL,) * dim
            while (size := terms.shape[dim]) > _CHAIN:
                half = size // 2
                total = np.add(terms[(*before, slice(0, half))], terms[(*before, slice(half, 2 * half))])
                if size % 2:
                    some = total[(*before, slice(0, 1))]
                    np.add(some, terms[(*before, slice(size - 1, size))], out=some)
                terms = total
            terms = np.add.reduce(terms, axis=dim, keepdims=True)
        return cast(_Array, terms[0]) if self._list else terms.reshape(self._kept)


class _Apart:
    """How several values are each the sum of its own terms, in the same way however many there are."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], kept: tuple[int, ...]) -> None:
        number = math.prod(kept)
        each = math.prod(shape) // number
        self._table, self._kept = (number, each), kept
        self._pairs = _Paired(self._table, (1,), (number, 1)) if dtype != _FLOAT32 else None
        self._ones = _ones(each, _FLOAT64) if each <= _PRODUCT else None

    def sums(self, terms: _Array) -> _Array:
        """Return the sums."""
        found: _Array = terms.reshape(self._table)
        if self._pairs is not None:
            found = self._pairs.sums(found)
        elif self._ones is not None:
            found = np.vecdot(found.astype(_FLOAT64), self._ones)
        else:
            found = np.add.reduce(found.astype(_FLOAT64), axis=1)
        return found.reshape(self._kept) if self._kept else cast(_Array, found.ravel()[0])


class _Reduced:
    """How more float32 numbers are added up in float64."""

    def __init__(self, dims: tuple[int, ...], kept: tuple[int, ...]) -> None:
        self._dims, self._kept = dims, kept

    def sums(self, terms: _Array) -> _Array:
        """Return the sums."""
        sums: _Array = np.add.reduce(terms, axis=self._dims, dtype=_FLOAT64)
        return sums.reshape(self._kept) if self._kept else cast(_Array, sums.ravel()[0])


def _gathering(
    shape: tuple[int, ...], dtype: np.dtype[Any], dims: tuple[int, ...], kept: tuple[int, ...]
) -> _Gathered | _Paired | _Reduced:
    """Return how to add up in float64, which is plenty for float32, or in the dtype of wider numbers.

    The sums get the shape that is given; without dimensions, the single one is a scalar.
    """
    if dtype != _FLOAT32:
        return _Paired(shape, dims, kept)
    sizes = [(n, k in dims) for k, n in enumerate(shape) if n > 1]
    first = next((k for k, (_, summed) in enumerate(sizes) if not summed), 0)
    last = len(sizes) - next((k for k, (_, summed) in enumerate(sizes[::-1]) if not summed), len(sizes))
    front, between, end = (math.prod(n for n, _ in some) for some in (sizes[:first], sizes[first:last], sizes[last:]))
    if any(summed for _, summed in sizes[first:last]) or front * between * end > _PRODUCT:
        return _Reduced(dims, kept)
    return _Gathered(front, between, end, kept)


class _Adding:
    """How a * b (or a) is added up over dimensions: what does not depend on values, which is found out once.

    Apart, what is added up for a value depends on nothing but its own terms, not on how many values there are. The sums
    get the shape that is given; without it their dimensions stay as ones, but a single sum is a scalar.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        dtype: np.dtype[Any],
        dims: tuple[int, ...],
        other: tuple[int, ...] | None,
        apart: bool = False,
        result: tuple[int, ...] | None = None,
    ) -> None:
        kept = [k for k in range(len(shape)) if k not in dims]
        lead = len(kept) if apart else 0
        #: Apart, the dimensions in another order: those that stay come first.
        self._order = (*kept, *dims) if apart else None
        ones = tuple([1 if k in dims else n for k, n in enumerate(shape)])
        self._kept: tuple[int, ...] = result or (ones if math.prod(ones) > 1 else ())
        in_rows = len(shape) - 1 in dims and shape[-1] >= _SHORT
        #: Whether products are made before they are added up: where b is broadcast, or BLAS then adds more at a time.
        self.multiplies = other is not None and (
            shape != other or (not in_rows and (not dims or math.prod(shape) <= _MULTIPLIED))
        )
        if self._order is not None:
            shape, strides = (tuple([some[k] for k in self._order]) for some in (shape, strides))
            dims = tuple(range(lead, len(shape)))
        #: Dimensions along which chains are added before, or the products of BLAS that do so.
        self._chained: tuple[int, ...] | None = None if in_rows else dims
        self._stack: _Stack | None = None
        if in_rows and len(dims) > 1 and math.prod(shape[lead:]) > _ALONE:
            if other is None:
                self._stack = _stack(shape, strides, dtype.itemsize, dims[0])
            elif shape[-1] * dtype.itemsize < _MANY:
                self._chained = dims[:-1]
        self._dims, self._in_rows = dims, in_rows
        self._rows: _Rows | None = None
        self._gathering: _Gathered | _Paired | _Apart | _Reduced | None = None
        #: What adds up everything at once where no dimensions are turned and nothing is added before.
        self._plain: _Rows | None = None
        if in_rows and not apart and self._chained is None and self._stack is None:
            self._plain = _Rows(shape, dtype, True)

    def partial(self, a: NDArray[Real], b: NDArray[Real] | None) -> NDArray[Real]:
        """Add up as far as BLAS or NumPy do that fast, and accurately."""
        if self._order is not None:
            a, b = a.transpose(self._order), None if b is None else b.transpose(self._order)
        if self._chained is not None:
            a, b = _chained(a, b, self._chained), None
        elif self._stack is not None:
            a = self._stack.sums(a)
        if not self._in_rows:
            return a
        rows = self._rows
        if rows is None:
            rows = self._rows = _Rows(a.shape, a.dtype, self._order is None)
        return rows.sums(a, b)

    def sums(self, a: _Array, b: _Array | None) -> _Array:
        """Return the sums, at least float64."""
        terms: _Array = self.partial(a, b) if self._plain is None else self._plain.sums(a, b)
        gathering = self._gathering
        if gathering is None:
            dims = tuple([k for k in self._dims if k < terms.ndim])
            gathering = self._gathering = (
                _gathering(terms.shape, terms.dtype, dims, self._kept)
                if self._order is None
                else _Apart(terms.shape, terms.dtype, self._kept)
            )
        return gathering.sums(terms)


_adding = lru_cache(maxsize=256)(_Adding)


class _Scratch(Generic[Real]):
    """The working memory of one worker: blocks of one slab each, contiguous."""

    def __init__(self, space: _Space, dtype: np.dtype[Real]) -> None:
        self._size = space.block
        self._keeps = space.keeps
        self._repeats = not space.cuts_rows
        self._apart = space.apart
        self.dtype: np.dtype[Real] = dtype
        self._blocks: dict[Any, NDArray[Real]] = {}

    def block(self, name: object, like: NDArray[Any]) -> NDArray[Real]:
        """Return the block of this name in the shape of a slab."""
        block = self._blocks.get(name)
        if block is None or block.shape != like.shape:
            if block is None or block.base is None:
                whole = np.empty(self._size, self.dtype)
            else:
                whole = block.base
            block = self._blocks[name] = whole[: like.size].reshape(like.shape)
        return block

    def kept(self, name: str, number: int, like: NDArray[Any]) -> NDArray[Real]:
        """Return the block in which a sweep leaves what it has computed of a slab, by number, for the next sweep.

        Where a chunk is too large for that, it is one block for all slabs.
        """
        return self.block((name, number if self._keeps else 0), like)

    def output(self, name: str, slab: NDArray[Real], own: bool) -> NDArray[Real]:
        """Return where to work on a slab of an output: there, if nobody else reads that memory, else in a block."""
        return slab if own and slab.strides[-1] == slab.itemsize else self.block(name, slab)

    def rounded(self, values: _Array) -> NDArray[Real]:
        """Return numbers in the dtype of the slabs."""
        return cast("NDArray[Real]", _as(values, self.dtype))

    def cast(self, values: _Array, slab: NDArray[Any]) -> NDArray[Real]:
        """Return coefficients in the dtype of the slabs, ready for broadcasting.

        Where rows are short and many, each coefficient of a row is repeated along it, because
        NumPy can then merge rows into longer loops; not where the rows of later slabs may be shorter.
        """
        rounded = self.rounded(values)
        if not rounded.ndim:
            return rounded
        length = slab.shape[-1]
        many = length <= _REPEAT and 4 * rounded.size * length <= slab.size
        return rounded.repeat(length, axis=-1) if many and self._repeats and rounded.shape[-1] == 1 else rounded

    def read(self, name: str, slab: NDArray[Any]) -> NDArray[Real]:
        """Return a slab in the dtype of the blocks: itself, or a copy in a block."""
        return slab if slab.dtype == self.dtype else self._copy(name, slab)

    def load(self, name: str, slab: NDArray[Any]) -> NDArray[Real]:
        """Return a slab that `sum` can read fast: itself, or a copy in a block."""
        if slab.dtype == self.dtype and slab.strides[-1] == slab.itemsize and slab.flags.aligned:
            return slab
        return self._copy(name, slab)

    def _copy(self, name: str, slab: NDArray[Any]) -> NDArray[Real]:
        copy = self.block(name, slab)
        np.copyto(copy, slab)
        return copy

    def sum(self, a: NDArray[Real], b: NDArray[Real] | None, dims: tuple[int, ...]) -> _Float64:
        """Sum a * b (or a) over dimensions of a slab, which stay as ones, into float64. A single sum is a scalar."""
        adding = _adding(a.shape, a.strides, a.dtype, dims, None if b is None else b.shape, self._apart)
        if b is not None and adding.multiplies:
            a, b = np.multiply(a, b, out=self.block("sum", a)), None
            adding = _adding(a.shape, a.strides, a.dtype, dims, None, self._apart)
        return adding.sums(a, b)

    def largest(self, a: NDArray[Real], dims: tuple[int, ...]) -> _Float64:
        """Take the largest element over dimensions of a slab, which stay as ones; NaN where there is one."""
        most: _Float64 = np.maximum.reduce(a, axis=dims, keepdims=True)
        return cast(_Float64, most[(0,) * most.ndim]) if most.size == 1 else most


class _Room:
    """How a small space is worked on as a whole: the dtype, and what else does not depend on the values in it.

    Tiny arrays, and those with sums of few terms, are worked on with more digits: there that costs nothing, and with
    few terms rounding errors do not average out. Everywhere else smaller tensors are float64. What is worked on again
    is done so with care: sums that exceed the range of the data are taken with more digits, and so is what follows.

    A room has at most 30 attributes: Python finds those of objects with more of them in more time.
    """

    def __init__(self, space: _Space, sums: tuple[str, ...], again: bool = False) -> None:
        few = space.tiny or any(space.count(over) < _FEW for over in sums)
        self._space = space
        self._tiny = few and math.prod(space.shape) <= _TINY
        self.dtype: np.dtype[Any] = space.exact if few else space.dtype
        self._exact: np.dtype[Any] = space.exact if few else _FLOAT64
        self._same = self.dtype is space.dtype
        self._pivots = self.dtype if self._same else _FLOAT64
        self._careful = again
        self._plain = space.plain
        self._places = self._same and math.prod(space.shape) > _ALONE
        self._shape = space.shape
        size, length = math.prod(space.shape), space.shape[-1]
        worth = _TINY < size and 1 < length < _BUFFER  # longer rows have long loops as they are
        self._repeat, self._most = (length if worth else 0), size // 4  # coefficients, and up to how many of them
        self._numbers: dict[str, _Float64] = {}
        self._constants: dict[float, _Float64] = {}
        self._sums: dict[Any, _Adding] = {}
        self._nothing: _Array = np.zeros(())
        self._kept = space.kept
        self._left = [k for k in range(len(space.shape)) if not sums or k not in space.dims(sums[0])]
        #: Of a flat room: the shapes of smaller tensors, and of coefficients beside the data.
        self._column: tuple[int, ...] | None = None
        self._beside: tuple[int, ...] | None = None

    def flat(self) -> _Room:
        """Return the room with a single dimension for smaller tensors, which then need not be reshaped.

        It is for kernels whose smaller tensors all have one axis each, that which their sums leave.
        """
        if self._plain and len(self._left) == 1:
            (left,), length = self._left, self._shape[-1]
            column = self._column = (self._shape[left],)
            self._kept = lru_cache(maxsize=None)(lambda _: column)
            if left == len(self._shape) - 1 or self._shape[left] * self._repeat > self._most:
                self._repeat = 0
            if left < len(self._shape) - 1:
                last = length if self._repeat else 1
                self._beside = tuple([n if k == left else 1 for k, n in enumerate(self._shape[:-1])]) + (last,)
        return self

    def number(self, classes: str) -> _Float64:
        """Return the number of elements along these classes as an array, with which NumPy computes faster."""
        known = self._numbers.get(classes)
        if known is None:
            known = self._numbers.setdefault(classes, np.asarray(float(self._space.count(classes))))
        return known

    def constant(self, value: float) -> _Float64:
        """Return a number as an array, with which NumPy computes faster."""
        known = self._constants.get(value)
        if known is None:
            known = _keep(self._constants, value, np.asarray(value, self._exact))
        return known

    def whole(self, array: NDArray[Any]) -> _Array:
        """Return a full-size array as the space sees it, in the dtype of the room."""
        view = self._space.view(array)
        return view if self._same else view.astype(self.dtype)

    def view(self, output: NDArray[Any]) -> _Array | None:
        """Return where to write an output, a view with the dimensions of the space; None where `store` does that."""
        return self._space.view(output)

    def store(self, values: _Array | float, output: NDArray[Any], view: _Array | None) -> None:
        """Write values to an output, if they are not already there."""
        if view is not None and values is not view:
            np.copyto(view, values, casting="same_kind")

    def place(self, view: _Array | None, output: NDArray[Any], *arrays: NDArray[Any]) -> _Array | None:
        """Return where to work before an output is written: there, if memory matters and nobody else reads it."""
        return view if view is not None and self._places and _apart(output, *arrays) else None

    def spread(
        self, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
    ) -> _Array:
        """Do as `_spread`."""
        shaped = self.as_given(bound, values, axes, classes, neutral)
        return shaped if shaped.dtype is self._exact else shaped.astype(self._exact)

    def as_given(
        self, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
    ) -> _Array:
        """Do as `_spread`, in the dtype that the values have: enough, where nothing is computed of them."""
        kept = self._kept(classes)
        if values is None:
            return np.full(kept, neutral, self._exact)
        if not self._plain or len(axes) > 1:
            return _spread(self._space, bound, values, axes, classes, neutral)
        return values if values.shape == kept else values.reshape(kept)

    def low(self, bound: _Binding, values: _Array, axes: Sequence[str], classes: str) -> _Array | None:
        """Do as `spread` with what float64 cannot hold of other values; None for float32 data, where it is nothing."""
        return None if self._space.dtype is _FLOAT32 else self.spread(bound, values, axes, classes)

    def results(self, bound: _Binding, axes: Sequence[str], classes: str, *values: _Float64) -> list[_Float64]:
        """Do as `_result` for several, with values that nothing else holds."""
        declared = self._declared(bound, axes, classes, values)
        found = [value if value.dtype is _FLOAT64 else value.astype(_FLOAT64) for value in declared]
        for value in found:
            value.setflags(write=False)
        return found

    def gradients(self, bound: _Binding, axes: Sequence[str], classes: str, *values: _Float64) -> list[NDArray[Any]]:
        """Return smaller gradients with their own dimensions, in the dtype of the data."""
        dtype = self._space.dtype
        return [value.astype(dtype) for value in self._declared(bound, axes, classes, values)]

    def _declared(
        self, bound: _Binding, axes: Sequence[str], classes: str, values: Sequence[_Float64]
    ) -> list[_Array]:
        """Return smaller tensors with their own dimensions; a number is the same everywhere."""
        plain, kept = self._plain and len(axes) < 2, self._kept(classes)
        own, found = bound.shape(axes), []
        for value in values:
            if plain and isinstance(value, np.ndarray) and value.shape == kept:
                found.append(value if kept == own else value.reshape(own))
            else:
                found.append(_result(self._space, bound, value, axes, classes))
        return found

    def rounded(self, values: _Array | float) -> _Array:
        """Return coefficients in the dtype of the room; a number may stand for one that is the same everywhere."""
        if isinstance(values, (int, float)):
            return np.asarray(values, self.dtype)
        return values if values.dtype is self.dtype else values.astype(self.dtype)

    def pivot(self, values: _Array | float) -> _Array:
        """Return numbers that the data are compared with, in their dtype; float64 where the room has more digits."""
        if isinstance(values, (int, float)):
            return np.asarray(values, self._pivots)
        return values if values.dtype is self._pivots else values.astype(self._pivots)

    def parted(self, pivot: _Array, rest: _Array) -> tuple[_Array, _Array]:
        """Return pivot + rest as two numbers.

        Where the room has more digits than float64, they are two already: the rest is what rounding has left.
        """
        if self._same:
            return _exact_sum(pivot, rest, self._space.dtype)
        return (pivot + rest, np.zeros(pivot.shape)) if self._space.dtype is _FLOAT32 else (pivot, rest)

    def row(self, values: _Array | float) -> _Array:
        """Return coefficients in the dtype of the room as operands beside the data.

        They are repeated along short rows, which NumPy can then merge into longer loops.
        """
        rounded = self.rounded(values)
        if self._column is not None and rounded.ndim:
            if self._beside is None:
                return rounded
            return (rounded.repeat(self._repeat) if self._repeat else rounded).reshape(self._beside)
        if self._repeat and rounded.ndim and rounded.shape[-1] == 1 and rounded.size * self._repeat <= self._most:
            return rounded.repeat(self._repeat, axis=-1)
        return rounded

    def rest(self, values: _Array, pivot: _Array, low: _Array | None = None) -> _Array:
        """Return what values have beyond their pivots, and `low` beyond that; zeros, where nothing was rounded."""
        if pivot is values or pivot.itemsize > values.itemsize:
            if low is None and self._nothing.shape != values.shape:
                self._nothing = np.zeros(values.shape, self._exact)
            return self._nothing if low is None else low
        rest: _Array = np.subtract(values, pivot.astype(values.dtype))  # of two dtypes, it takes three times as long
        return rest if low is None else np.add(rest, low, out=rest)

    def total(self, a: _Array, b: _Array | None, dims: tuple[int, ...]) -> _Array:
        """Sum a * b (or a) over dimensions, which stay as ones, but not in a flat room."""
        if self._tiny:
            terms = a if b is None else np.multiply(a, b)
            exact: _Array = np.add.reduce(terms, axis=dims, keepdims=True)
            return exact if self._column is None else exact.reshape(self._column)
        found = self._added(a, b, dims)
        if not self._careful or math.isfinite(np.vdot(found, found)):
            return found
        wide = a.astype(self._space.exact)
        terms = wide if b is None else wide * b
        more = _gathering(terms.shape, terms.dtype, dims, found.shape).sums(terms)
        beyond = np.isfinite(more) & ~np.isfinite(found)
        return np.where(beyond, more, found) if beyond.any() else found

    def _added(self, a: _Array, b: _Array | None, dims: tuple[int, ...]) -> _Array:
        key = dims, a.shape, a.strides, None if b is None else b.shape
        adding = self._sums.get(key)
        if adding is None:
            result = self._column or tuple([1 if k in dims else n for k, n in enumerate(a.shape)])
            adding = self._sums.setdefault(key, _Adding(*key[1:3], a.dtype, dims, key[3], False, result))
        if b is not None and adding.multiplies:
            return self._added(np.multiply(a, b), None, dims)
        return adding.sums(a, b)

    def compared(self, array: NDArray[Any]) -> _Array:
        """Return a full-size array for `beyond` and for the mean that it is compared with."""
        return self.whole(array)

    def mean(self, a: _Array, b: _Array | None, classes: str) -> _Array:
        """Return the mean of a * b (or a) over these classes."""
        mean: _Array = self.total(a, b, self._space.dims(classes)) / self.number(classes)
        return mean

    def beyond(self, array: _Array, pivot: _Array) -> _Array:
        """Return the differences of the data from a pivot, in the dtype of the room."""
        return np.subtract(array, self.row(pivot))

    def centred(self, near: _Array, rest: _Array) -> _Array:
        """Return such differences, which nothing else holds, without what a mean has beyond its pivot."""
        return near if rest is self._nothing else np.subtract(near, self.row(rest), out=near)

    def lost(self, *sums: _Array) -> bool:
        """Return whether sums are infinite or no numbers, but might be something else with more digits."""
        if self._careful or not self._same:
            return False
        if len(sums) == 2 and sums[0].size == sums[1].size:
            return not math.isfinite(np.vdot(*sums))  # one call; a product too large makes it two passes, and no harm
        return not all([math.isfinite(np.vdot(some, some)) for some in sums])

    def summed(self, values: _Array, classes: str) -> _Float64:
        """Do as `_summed`."""
        return _summed(self._space, values, classes)


class _Table(_Room):
    """A room for the smallest arrays, laid out as a table: a row for each sum, the terms of the sum along it.

    There NumPy takes three times as long for an operation whose operands have different shapes as for one of equal
    shapes, and as long for a sum along an axis. So the data are put in the order of the table, its rows are summed by
    BLAS, and coefficients are repeated along them.
    """

    def __init__(self, space: _Space, over: str) -> None:
        super().__init__(space, (over,))
        shape, labels = space.array_shape, space.array_labels
        dims = [[i for i, label in enumerate(labels) if (label == over) is summed] for summed in (False, True)]
        sizes = tuple([math.prod(shape[i] for i in some) for some in dims])
        numbers = np.arange(math.prod(shape)).reshape(shape)
        self._order = numbers.transpose(dims[0] + dims[1]).reshape(sizes)
        self._back = np.argsort(self._order, axis=None).reshape(shape)
        self._number = np.arange(sizes[0]).repeat(sizes[1]).reshape(sizes)  # of the row, for every term
        self._over, self._others, self._sizes = over, {*labels} - {over}, sizes
        self._each: tuple[int, ...] = (sizes[0], 1)  # of a smaller tensor with a value for each row
        self._ones: _Array = np.ones((sizes[1], 1), self.dtype)
        shares: _Array = np.full((sizes[1], 1), 1 / self.dtype.type(sizes[1]), self.dtype)
        self._shares = {dtype: shares.astype(dtype) for dtype in (_FLOAT64, self.dtype)}  # float64 is what is compared
        self._kept = lru_cache(maxsize=None)(self._shape_over)

    def flat(self) -> _Table:
        """Return the room with a single dimension for smaller tensors, which then need not be reshaped."""
        return _List(self._space, self._over)

    def _dims(self, classes: str) -> tuple[bool, bool]:
        """Return whether values over these classes change from row to row, and along a row."""
        return not self._others.isdisjoint(classes), self._over in classes

    def _shape_over(self, classes: str) -> tuple[int, ...]:
        return tuple([n if own else 1 for n, own in zip(self._sizes, self._dims(classes), strict=True)])

    def number(self, classes: str) -> _Float64:
        """Return the number of elements along these classes, once for every row."""
        known = self._numbers.get(classes)
        if known is None:
            count = float(self._space.count(classes))
            known = self._numbers.setdefault(classes, np.full(self._each, count, self._exact))
        return known

    def whole(self, array: NDArray[Any]) -> _Array:
        """Return a full-size array in the order of the table, in the dtype of the room."""
        return array.take(self._order).astype(self.dtype, subok=False)

    def view(self, output: NDArray[Any]) -> None:
        """Return None: an output has not the order of the table."""

    def store(self, values: _Array | float, output: NDArray[Any], view: _Array | None) -> None:
        """Write values to an output, to where they belong; a number is the same everywhere."""
        if not isinstance(values, np.ndarray) or values.size != self._order.size:
            values = np.broadcast_to(values, self._order.shape)
        output[...] = values.take(self._back)

    def spread(
        self, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
    ) -> _Array:
        """Return a smaller tensor in the dtype of the room, shaped to broadcast within it; None means neutral."""
        if values is None:
            return np.full(self._kept(classes), neutral, self.dtype)
        if len(axes) > 1:
            values = bound.lined_up(values, axes)
        kept = self._kept(classes)
        shaped = values if values.shape == kept else values.reshape(kept)
        return shaped if shaped.dtype is self.dtype else shaped.astype(self.dtype, subok=False)

    def as_given(
        self, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
    ) -> _Array:
        """Do as `spread`, in the dtype that the values have."""
        kept = self._kept(classes)
        if values is None or len(axes) > 1:
            return self.spread(bound, values, axes, classes, neutral)
        return values if values.shape == kept else values.reshape(kept)

    def _declared(
        self, bound: _Binding, axes: Sequence[str], classes: str, values: Sequence[_Float64]
    ) -> list[_Array]:
        """Return smaller tensors with their own dimensions; a number is the same everywhere."""
        kept, own = self._kept(classes), bound.shape(axes)
        whole = [v if isinstance(v, np.ndarray) and v.shape == kept else np.full(kept, v) for v in values]
        if len(axes) < 2:
            return whole if kept == own else [value.reshape(own) for value in whole]
        pairs = zip(self._space.array_shape, self._space.array_labels, strict=True)
        sizes = [n for n, label in pairs if label in classes]
        return [bound.declared(value.reshape(sizes), axes) for value in whole]

    def row(self, values: _Array | float) -> _Array:
        """Return coefficients in the dtype of the room, repeated along the rows."""
        if not isinstance(values, np.ndarray) or values.shape != self._each:
            return self.rounded(values)
        row = values.take(self._number)
        return row if row.dtype is self.dtype else row.astype(self.dtype)

    def compared(self, array: NDArray[Any]) -> _Array:
        """Return a full-size array in the order of the table, as float64, which holds a pivot too."""
        slab = array.take(self._order)
        return slab if type(slab) is np.ndarray and slab.dtype is _FLOAT64 else slab.astype(_FLOAT64, subok=False)

    def mean(self, a: _Array, b: _Array | None, classes: str) -> _Array:
        """Return the mean of a * b (or a) along the rows: sums of shares, which never exceed the range of the data."""
        terms = a if b is None else np.multiply(a, b)
        mean: _Array = terms.dot(self._shares[terms.dtype])
        return mean

    def beyond(self, array: _Array, pivot: _Array) -> _Array:
        """Return the differences of the data from a pivot for each row, in the dtype of the room."""
        dtype = self.dtype
        if pivot.dtype is not dtype:  # of two dtypes, it takes longer
            array, pivot = array.astype(dtype, copy=False), pivot.astype(dtype)
        return np.subtract(array, pivot.take(self._number))

    def total(self, a: _Array, b: _Array | None, dims: tuple[int, ...]) -> _Array:
        """Sum a * b (or a) along the rows."""
        sums: _Array = a.dot(self._ones) if b is None else np.vecdot(a, b)
        return sums if sums.shape == self._each else sums.reshape(self._each)

    def summed(self, values: _Array, classes: str) -> _Float64:
        """Return the sum of values over these classes."""
        dims = tuple([dim for dim, summed in enumerate(self._dims(classes)) if summed])
        total: _Float64 = np.add.reduce(values, axis=dims, keepdims=True)
        return total


class _List(_Table):
    """A table whose smaller tensors are lists: all have a value for each row, and a single dimension."""

    def __init__(self, space: _Space, over: str) -> None:
        super().__init__(space, over)
        each = self._each = self._sizes[:1]
        self._ones, self._shares = self._ones[:, 0], {dtype: shares[:, 0] for dtype, shares in self._shares.items()}
        self._kept = lru_cache(maxsize=None)(lambda _: each)

    def as_given(
        self, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
    ) -> _Array:
        """Do as `spread`, in the dtype that the values have."""
        return self.spread(bound, values, axes, classes, neutral) if values is None else values

    def _declared(
        self, bound: _Binding, axes: Sequence[str], classes: str, values: Sequence[_Float64]
    ) -> list[_Array]:
        """Return smaller tensors with their own dimension; a number is the same everywhere."""
        return [v if isinstance(v, np.ndarray) and v.ndim else np.full(self._each, v) for v in values]

    def row(self, values: _Array | float) -> _Array:
        """Return coefficients in the dtype of the room, repeated along the rows."""
        if not isinstance(values, np.ndarray) or not values.ndim:
            return self.rounded(values)
        row = values.take(self._number)
        return row if row.dtype is self.dtype else row.astype(self.dtype)


class _Total:
    """A running float64 sum of equally shaped parts, added pairwise in the order given."""

    def __init__(self) -> None:
        self._count = 0
        self._stack: list[_Float64] = []

    def add(self, part: _Float64) -> None:
        """Add one more part."""
        below = self._count
        while below % 2:
            part = self._stack.pop() + part
            below //= 2
        self._stack.append(part)
        self._count += 1

    def value(self) -> _Float64:
        """Return the sum of at least one part."""
        total = self._stack[-1]
        for part in self._stack[-2::-1]:
            total = part + total
        return total


class _Across:
    """Running sums across chunks, which may be cut along what such a sum keeps: each adds to its region of it."""

    def __init__(self, whole: _Float64) -> None:
        self._whole = whole
        self._totals: dict[tuple[Any, ...], tuple[Any, _Total]] = {}

    def add(self, region: Any, part: _Float64) -> None:
        """Add what a chunk contributes to a region."""
        key = tuple([(s.start, s.stop) if isinstance(s, slice) else s for s in region])
        if key not in self._totals:
            self._totals[key] = region, _Total()
        self._totals[key][1].add(part)

    def value(self) -> _Float64:
        """Return the sums everywhere; zeros where no chunk has added anything."""
        self._whole.fill(0.0)
        for region, total in self._totals.values():
            self._whole[region] = total.value()
        return self._whole


def _combine(parts: Sequence[_Float64]) -> _Float64:
    """Add up partial results, pairwise and in their order."""
    if len(parts) == 1:
        return parts[0]
    total = _Total()
    for part in parts:
        total.add(part)
    return total.value()


class _Sum:
    """What the slabs of a chunk add up to: the partial sums, in the order of the slabs."""

    def __init__(self) -> None:
        self.parts: list[_Float64] = []

    def add(self, part: _Float64) -> None:
        """Take in the sum over one more slab."""
        self.parts.append(part)

    def value(self) -> _Float64:
        """Return the sum of at least one part."""
        return _combine(self.parts)


class _Largest(_Sum):
    """The largest of equally shaped parts, element by element."""

    def value(self) -> _Float64:
        """Return the largest elements of at least one part."""
        whole: _Float64 = np.maximum.reduce(self.parts)
        return whole


class _Team:
    """Threads that work on the same chunks, each on slabs of its own."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.barrier = threading.Barrier(size)
        # Whoever is at one exchange may find others at the one before it, but not further back.
        self.exchanged: tuple[list[Any], list[Any]] = ([None] * size, [None] * size)


class _Member:
    """One thread of a team: which slabs are its own, and what the sums over the slabs of all are.

    They are put together in the order of the slabs, so that they are the same however many there are in the team.
    """

    def __init__(self, team: _Team, number: int) -> None:
        self._team, self._number = team, number
        self._exchanges = 0

    def share(self, slabs: list[_Index]) -> list[_Index]:
        """Return the slabs of a chunk that this thread works on; there may be none."""
        size = self._team.size
        if size == 1:
            return slabs
        return slabs[len(slabs) * self._number // size : len(slabs) * (self._number + 1) // size]

    def values(self, *totals: _Sum) -> list[_Float64]:
        """Return the sums over all slabs of a chunk."""
        if self._team.size > 1:
            place = self._team.exchanged[self._exchanges % 2]
            self._exchanges += 1
            place[self._number] = [total.parts for total in totals]
            self._team.barrier.wait()
            for number, total in enumerate(totals):
                total.parts = [part for parts in place for part in parts[number]]
        return [total.value() for total in totals]


def _widths(scratch: _Scratch[Real], space: _Space, *sums: str) -> tuple[_Scratch[Any], ...]:
    """Return the working memories in which to take sums, to be tried until they are finite.

    Sums of few terms are taken with more digits, since their rounding errors do not average out; so are those that
    exceed the range of the data's dtype.
    """
    if scratch.dtype == space.exact:
        return (scratch,)
    wide: _Scratch[Any] = _Scratch(space, np.dtype(space.exact))
    return (wide,) if any(space.count(over) < _FEW for over in sums) else (scratch, wide)


def _settle(space: _Space, before: tuple[_Array, ...], *now: _Float64) -> tuple[_Array, ...]:
    """Return the sums of an earlier attempt where they are finite, those of this one elsewhere."""
    if not before:
        return tuple([values if values.dtype is space.exact else _as(values, space.exact) for values in now])
    return tuple(np.where(np.isfinite(old), old, new) for old, new in zip(before, now, strict=True))


def _finite(*sums: _Array) -> bool:
    """Return whether all values are finite; of large ones it may say that they are not when they are."""
    return all([math.isfinite(np.vdot(v, v) if v.ndim else v) for v in sums])


def _as(values: _Array, dtype: np.dtype[Any]) -> _Array:
    """Return numbers in a dtype. To convert a scalar as if it were an array takes five times as long."""
    if isinstance(values, np.ndarray):
        return values.astype(dtype)
    return values if values.dtype is dtype else cast(_Array, dtype.type(values))


def _spread(
    space: _Space, bound: _Binding, values: _Array | None, axes: Sequence[str], classes: str, neutral: float = math.nan
) -> _Array:
    """Return a smaller tensor, at least float64, shaped to broadcast against the space; None means neutral values."""
    if values is None:
        return np.full(space.kept(classes), neutral, space.exact)
    if values.dtype is not space.exact:
        values = values.astype(space.exact)
    if space.plain and len(axes) < 2:
        return values.reshape(space.kept(classes))
    return space.spread(bound.lined_up(values, axes), classes)


def _summed(space: _Space, values: _Array, classes: str) -> _Float64:
    """Return the sum of spread values over these classes."""
    total: _Float64 = values.sum(axis=space.dims(classes), keepdims=True).astype(np.float64)
    return total


def _result(
    space: _Space, bound: _Binding, values: _Float64 | float, axes: Sequence[str], classes: str
) -> _Float64:
    """Return a smaller result with its own dimensions, read-only; a number is the same everywhere."""
    shape = space.kept(classes)
    whole: _Array = np.broadcast_to(values, shape) if np.shape(values) != shape else np.asarray(values)
    if space.plain and len(axes) < 2:
        result = whole.reshape(bound.shape(axes)).astype(np.float64)
    else:
        result = bound.declared(space.restore(whole, classes), axes).astype(np.float64)
    result.flags.writeable = False
    return result


def _exact_sum(pivot: _Array, rest: _Array, dtype: np.dtype[Any]) -> tuple[_Float64, _Float64]:
    """Return pivot + rest as two float64 numbers; for float32 data one is enough.

    What they leave out is at most half an eps of the rest: pivot - rounded is exact where the rest is below half the
    pivot, and otherwise as large as the rest.
    """
    rounded = (pivot + rest).astype(np.float64, copy=False)
    if dtype.itemsize == 4:
        return rounded, np.zeros(rounded.shape)
    return rounded, ((pivot - rounded) + rest).astype(np.float64, copy=False)


def _fill(block: NDArray[Real], values: NDArray[Real] | float) -> NDArray[Real]:
    """Return the block, filled with broadcast values."""
    np.copyto(block, values)
    return block


def _select(values: NDArray[Real], mask: NDArray[Real], out: NDArray[Real]) -> NDArray[Real]:
    """Return the values where the mask is not zero, zero elsewhere, whatever the values are there.

    To keep the bits of some and none of others takes a tenth of the time of a copy with `where`.
    """
    bits = _BITS.get(values.itemsize)
    if bits is None:
        if out is not values:
            np.copyto(out, values)
        np.copyto(out, 0, where=mask == 0)
    else:
        kept = np.negative(np.not_equal(mask, 0).view(np.int8)).astype(bits)  # -1 has all bits
        np.bitwise_and(values.view(bits), kept, out=out.view(bits))
    return out


def _sigmoid(values: _Array, out: _Array | None = None, room: _Array | None = None) -> _Array:
    """Return 1/(1 + exp(-values)), which is zero where the exponential exceeds its range.

    `out` may be `values`; `room` is working memory of that shape.
    """
    with np.errstate(over="ignore"):
        raised = np.exp(np.negative(values, out=room), out=room)
    found: _Array = np.divide(1, np.add(raised, 1, out=room), out=out)
    return found


@lru_cache(maxsize=4)
def _raised_at_most(dtype: np.dtype[Any]) -> _Array:
    """Return a number whose exponential the dtype can still hold."""
    most: _Array = np.floor(np.log(np.finfo(dtype).max)).astype(dtype)
    return most


def _sigmoids(values: _Array, out: _Array, opposite: _Array, room: _Array) -> tuple[_Array, _Array]:
    """Return the sigmoids of values and of what is opposite to them, with all their digits, by one exponential.

    `opposite` may be `values`; all are of that shape. The exponential stays finite, for products with zero to be zero.
    """
    raised = np.minimum(np.negative(values, out=room), _raised_at_most(values.dtype), out=room)
    np.divide(1, np.add(np.exp(raised, out=room), 1, out=out), out=out)
    return out, np.multiply(room, out, out=opposite)


def _run(
    work: Callable[[list[_Item], _Member], None], items: Sequence[_Item], threads: int, pieces: int = 1
) -> None:
    """Share items out to threads; which thread does what never changes a result.

    An item is worked on by several threads, up to one for each of its pieces, where items are so few that threads
    would be left without any, or with less than others.
    """

    def quietly(share: list[_Item], member: _Member, team: _Team) -> None:
        before = _SETTING.set(_SILENT)  # it belongs to the current thread only
        try:
            work(share, member)
        except BaseException:
            team.barrier.abort()  # nobody waits for this thread
            raise
        finally:
            _SETTING.reset(before)

    size = min(threads, pieces) if len(items) % threads and len(items) < _FEW_ITEMS * threads else 1
    shares = _shares(items, threads // size)
    teams = [_Team(size) for _ in shares]
    tasks = [
        (
            share, _Member(team, number), team
        ) for share, team in zip(shares, teams, strict=True) for number in range(size)
    ]
    if len(tasks) == 1:
        quietly(*tasks[0])
        return
    with ThreadPoolExecutor(len(tasks) - 1) as pool:
        try:
            futures = [pool.submit(quietly, *task) for task in tasks[1:]]
        except BaseException:
            for team in teams:
                team.barrier.abort()
            raise
        try:
            quietly(*tasks[0])
        except threading.BrokenBarrierError:
            pass  # another thread has failed, and says why
    errors = [error for error in [future.exception() for future in futures] if error is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error


class _Binding:
    """Which dimension of the data belongs to which axis of the layer.

    Axes that are not bound by name take the remaining dimensions in the order declared; one written
    with dots takes any number of them.
    """

    def __init__(
        self,
        name: str,
        data: _Array,
        order: Sequence[str],
        axes: Mapping[str, int],
        label: str = "",
        lengths: Mapping[str, int] | None = None,
    ) -> None:
        plain = [axis for axis in order if not axis.endswith("...")]
        known = {**dict.fromkeys(plain, 1), **(lengths or {})}
        spare = data.ndim - sum(known.values())
        many = any(axis.removesuffix("...") not in known for axis in order)
        if spare < 0 or (spare and not many):
            least = "at least " if many else ""
            expected = f"{least}{sum(known.values())} dimensions: ({', '.join(order)})"
            raise ValueError(f"{name} has shape {data.shape}, expected {expected}")
        where: dict[int, str] = {}
        for axis, dim in axes.items():
            if axis not in plain:
                raise ValueError(f"axes binds {axis!r}, expected some of {', '.join(map(repr, plain))}")
            found = _check_axis(label or f"axes[{axis!r}]", dim, data.ndim)
            if found in where:
                raise ValueError(f"axes binds {axis!r} and {where[found]!r} to the same dimension {found}")
            where[found] = axis
        rest = [i for i in range(data.ndim) if i not in where]
        for axis in (a.removesuffix("...") for a in order if a not in axes):
            where |= {rest.pop(0): axis for _ in range(known.get(axis, spare))}
        self.names = [where[i] for i in range(data.ndim)]
        self._shape = data.shape

    def split(self, axis: str, parts: tuple[str, str], name: str, count: int) -> _Binding:
        """Return the binding of the data with the dimension of one axis seen as two, the first of size `count`."""
        count, dim = _check_count(name, count), self.names.index(axis)
        size = self._shape[dim]
        if size % count:
            raise ValueError(f"{name} is {count}, expected a divisor of {size}, the size of dimension {dim} ({axis})")
        result = copy.copy(self)
        result.names = [*self.names[:dim], *parts, *self.names[dim + 1 :]]
        result._shape = (*self._shape[:dim], count, size // count, *self._shape[dim + 1 :])
        return result

    def view(self, array: NDArray[Real]) -> NDArray[Real]:
        """Return a full-size array with the dimensions of the binding; to cut one in two takes no copy."""
        return array.reshape(self._shape)

    def labels(self, classes: Mapping[str, str]) -> str:
        """Return the class of every dimension."""
        return "".join(classes[name] for name in self.names)

    def shape(self, axes: Sequence[str]) -> tuple[int, ...]:
        """Return the shape of a tensor with these axes, in the order given."""
        return tuple(self._shape[i] for i in self._dims(axes))

    def lined_up(self, values: _Array, axes: Sequence[str]) -> _Array:
        """Return a tensor with these axes with its dimensions in the order of the data."""
        own = values.reshape(self.shape(axes))  # a dimension may be two axes
        return own.transpose(self._forth(axes))

    def declared(self, values: _Array, axes: Sequence[str]) -> _Array:
        """Undo `lined_up`."""
        return values.transpose(self._back(axes))

    def _forth(self, axes: Sequence[str]) -> tuple[int, ...]:
        return tuple(map(int, np.argsort(self._dims(axes))))

    def _back(self, axes: Sequence[str]) -> tuple[int, ...]:
        return tuple(map(int, np.argsort(self._forth(axes))))

    def _dims(self, axes: Sequence[str]) -> list[int]:
        return [i for axis in axes for i, name in enumerate(self.names) if name == axis]


_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_REMEMBERED = 256  # shapes; a call with a shape that is known costs half as much, and a program has few of them


class _Remembered(_Binding):
    """A binding that keeps its answers."""

    def __init__(
        self,
        name: str,
        data: _Array,
        order: Sequence[str],
        axes: Mapping[str, int],
        label: str = "",
        lengths: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(name, data, order, axes, label, lengths)
        self._answers: dict[Any, Any] = {}

    def split(self, axis: str, parts: tuple[str, str], name: str, count: int) -> _Remembered:
        """Return the binding of the data with the dimension of one axis seen as two, the first of size `count`."""
        key = ("split", axis, parts, count)
        if type(count) is int and key in self._answers:
            known: _Remembered = self._answers[key]
            return known
        inner: Any = super().split(axis, parts, name, count)
        inner._answers = {}
        made: _Remembered = _keep(self._answers, key, inner)
        return made

    def labels(self, classes: Mapping[str, str]) -> str:
        """Return the class of every dimension; a module has one assignment of classes."""
        known: str = self._answers.get("labels") or _keep(self._answers, "labels", super().labels(classes))
        return known

    def shape(self, axes: Sequence[str]) -> tuple[int, ...]:
        """Return the shape of a tensor with these axes, in the order given."""
        known: tuple[int, ...] = self._answers.get(axes) or _keep(self._answers, axes, super().shape(axes))
        return known

    def shapes(self, tensors: Mapping[str, Sequence[str]]) -> list[tuple[int, ...]]:
        """Return the shapes of tensors with these axes; a module asks this about what it saves alone."""
        known: list[tuple[int, ...]] | None = self._answers.get("shapes")
        return known or _keep(self._answers, "shapes", [self.shape(axes) for axes in tensors.values()])

    def size(self, axes: Sequence[str]) -> int:
        """Return the number of elements of a tensor with these axes."""
        key = ("size", axes)
        known: int | None = self._answers.get(key)
        return _keep(self._answers, key, math.prod(self.shape(axes))) if known is None else known

    def _forth(self, axes: Sequence[str]) -> tuple[int, ...]:
        key = ("forth", axes)
        return tuple(self._answers.get(key) or _keep(self._answers, key, super()._forth(axes)))

    def _back(self, axes: Sequence[str]) -> tuple[int, ...]:
        key = ("back", axes)
        return tuple(self._answers.get(key) or _keep(self._answers, key, super()._back(axes)))


_BINDINGS: dict[Any, _Remembered] = {}
#: The kinds of arguments (the types, dtypes and shapes of the arrays, and numbers) that were found right, how they are
#: bound and what the numbers are: what depends on them alone is checked once.
_CHECKED: dict[tuple[Any, ...], tuple[Any, ...]] = {}


def _keep(where: dict[Any, Any], key: object, value: Any) -> Any:
    """Return a value, after putting it where it is found again; what is full is emptied first."""
    if len(where) >= _REMEMBERED:
        where.clear()
    where[key] = value
    return value


def _bind(
    name: str,
    data: _Array,
    order: Sequence[str],
    axes: Mapping[str, int],
    label: str = "",
    lengths: Mapping[str, int] | None = None,
) -> _Remembered:
    """Return the binding of an array, the same one for all arrays of a shape."""
    for dim in axes.values():
        if type(dim) is not int:  # 1.0 and True equal 1, but are refused
            return _Remembered(name, data, order, axes, label, lengths)
    key = (data.shape, *axes.items()) if lengths is None else (data.shape, *axes.items(), *lengths.items())
    known: _Remembered | None = _BINDINGS.get(key)
    if known is None:
        known = _Remembered(name, data, order, axes, label, lengths)
        _keep(_BINDINGS, key, known)
    return known


def _check_types(first: str, optional: Sequence[str], **arrays: object) -> None:
    """Require NumPy arrays (or None, where that is allowed) with one dtype, float32 or float64."""
    lead = arrays[first]
    dtype = lead.dtype if type(lead) is np.ndarray else None
    if dtype is _FLOAT32 or dtype is _FLOAT64:
        for name, array in arrays.items():
            plain = type(array) is np.ndarray and array.dtype is dtype
            if not plain and (array is not None or name not in optional):
                break
        else:
            return
    dtypes = {}
    for name, array in arrays.items():
        if array is None and name in optional:
            continue
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} must be a numpy.ndarray, not {type(array).__name__}")
        dtypes[name] = array.dtype
    if dtypes[first] not in (np.float32, np.float64) or len(set(dtypes.values())) > 1:
        found = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise TypeError(f"all arrays must be float32, or all float64; {found}")


def _check_each_type(**arrays: object) -> None:
    """Require NumPy arrays, each float32 or float64."""
    for name, array in arrays.items():
        _check_types(name, (), **{name: array})


def _check_weights(name: str, weights: _Array) -> None:
    """Require finite weights that are not negative and not all zero; no weights at all are none to refuse."""
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"{name} must be finite and not negative, the smallest is {weights.min()}")
    if weights.size and not weights.any():
        raise ValueError(f"{name} must not all be zero: there is nothing to take statistics of")


def _check_mask_type(name: str, mask: object) -> None:
    """Require an array of bool, float32 or float64."""
    if not isinstance(mask, np.ndarray) or mask.dtype not in (np.bool_, np.float32, np.float64):
        found = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"{name} must be a numpy.ndarray of bool, float32 or float64, but is {found}")


def _check_mask(name: str, mask: _Array) -> _Float64:
    """Return a mask of zeros and ones, not all of them zero, as numbers."""
    if not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"{name} must be 0 or 1 everywhere, or of dtype bool")
    if mask.size and not mask.any():
        raise ValueError(f"{name} must not be zero everywhere: there is nothing to take statistics of")
    return mask.astype(np.float64)


def _check_saved(
    saved: Any, kind: type[Any], bound: _Remembered, arrays: Mapping[str, Sequence[str]], **others: float
) -> None:
    """Require what `forward` returned for data of this shape and these constants."""
    if not isinstance(saved, kind):
        raise TypeError(f"saved must be a {kind.__name__} or None, not {type(saved).__name__}")
    for array, shape in zip(saved, bound.shapes(arrays), strict=False):  # numbers come after the arrays
        if type(array) is not np.ndarray or array.dtype is not _FLOAT64 or array.shape != shape:
            _check_saved_arrays(saved, bound, arrays)
    for name, value in others.items():
        if getattr(saved, name) != value:
            found = getattr(saved, name)
            raise ValueError(f"{name} is {value}, but saved was computed with {name} {found}")
    saved._bound = bound


def _check_saved_arrays(saved: Any, bound: _Binding, arrays: Mapping[str, Sequence[str]]) -> None:
    for name, axes in arrays.items():
        array = getattr(saved, name)
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            found = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise TypeError(f"saved.{name} must be a float64 numpy.ndarray, but is {found}")
        _check_parameter(f"saved.{name}", array, bound, axes)


def _check_pair(name: str, direction: _Array | None, of: str, tensor: _Array | None) -> None:
    """Refuse a direction that belongs to a tensor which is not there."""
    if direction is not None and tensor is None:
        raise ValueError(f"{name} is given, but {of} is None")


def _or_zeros(direction: NDArray[Real] | None, like: NDArray[Real]) -> NDArray[Real]:
    """Return the direction; None stands for zeros, which take no memory."""
    return np.broadcast_to(np.zeros((), like.dtype), like.shape) if direction is None else direction


def _check_kernel(dtype: type[np.floating[Any]], **arrays: object) -> None:
    for name, array in arrays.items():
        if isinstance(array, np.ndarray) and array.dtype != dtype:
            found = f"{name} is {array.dtype}"
            raise TypeError(f"this kernel takes {np.dtype(dtype)} arrays only, but {found}")


def _check_axis(name: str, axis: int, ndim: int) -> int:
    """Return the dimension an axis is bound to, counted from the front."""
    try:
        return int(normalize_axis_index(operator.index(axis), ndim, name))
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(axis).__name__}") from None


def _overlaps_itself(array: _Array) -> bool:
    if array.size == 0:
        return False
    reach = array.itemsize
    dims = zip(array.strides, array.shape, strict=True)
    for stride, n in sorted((abs(s), n) for s, n in dims if n > 1):
        if stride < reach:
            return True
        reach += stride * (n - 1)
    return False


_IN_ORDER, _OWNER, _WRITEABLE = 0x1, 0x4, 0x400  # of ndarray.flags.num: C order, memory of its own, may be written to


def _output(
    out: NDArray[Real], like: NDArray[Real], inputs: Mapping[str, _Array | None], saved: Any = None
) -> NDArray[Real]:
    """Return `out` after making sure that writing to it harms no input and nothing that was saved."""
    if not isinstance(out, np.ndarray) or out.dtype != like.dtype:
        found = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"out must be a numpy.ndarray of {like.dtype}, but is {found}")
    _check_shape("out", out, like.shape, "the shape of the full-size arrays")
    flags = out.flags.num
    if not flags & _WRITEABLE:
        raise ValueError("out is read-only")
    if not flags & _IN_ORDER and _overlaps_itself(out):
        raise ValueError(f"out overlaps itself: shape {out.shape}, strides {out.strides}")
    owner = flags & _OWNER  # two arrays with memory of their own have nothing in common
    for name, array in inputs.items():
        if array is not None and array is not out and not owner & array.flags.num:
            _check_apart(out, name, array)
    if saved is not None:
        for name, field in zip(saved._fields, saved, strict=True):
            if isinstance(field, np.ndarray) and not owner & field.flags.num:
                _check_apart(out, "saved." + name, field)
    return out


def _check_apart(out: _Array, name: str, array: _Array) -> None:
    if not np.may_share_memory(out, array):
        return
    if array.shape == out.shape and array.ctypes.data == out.ctypes.data:
        steps = zip(array.strides, out.strides, out.shape, strict=True)
        if all(s == t for s, t, n in steps if n > 1):
            return  # exactly the same array
    try:
        overlap = np.shares_memory(out, array, max_work=100_000)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        overlap = True
    if overlap:
        raise ValueError(f"out overlaps {name} without being exactly the same array")


def _check_shape(name: str, array: _Array | None, expected: tuple[int, ...], why: str) -> None:
    if array is not None and array.shape != expected:
        raise ValueError(f"{name} has shape {array.shape}, expected {expected}: {why}")


def _check_number(name: str, value: float) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise TypeError(f"{name} must be a real number, not {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def _check_positive(name: str, value: float) -> float:
    number = _check_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be greater than zero, got {value}")
    return number


def _check_count(name: str, value: int) -> int:
    if isinstance(value, bool):
        raise TypeError(f"{name} must be an int, not bool")
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}") from None
    if count < 1:
        raise ValueError(f"{name} must be at least 1, got {count}")
    return count


def _check_trailing(name: str, shape: int | Sequence[int] | None, data: str, array: _Array) -> int:
    """Return how many of the last dimensions have this shape, which None leaves to the last one."""
    if shape is None:
        return 1
    try:
        given = tuple(shape) if isinstance(shape, Sequence) else (shape,)
        sizes = tuple(operator.index(size) for size in given)
    except TypeError:
        raise TypeError(f"{name} must be an int, a sequence of ints or None, not {shape!r}") from None
    if not sizes or array.shape[-len(sizes) :] != sizes:
        raise ValueError(f"{name} is {sizes}, expected the last dimensions of {data}, whose shape is {array.shape}")
    return len(sizes)


def _check_parameter(name: str, array: _Array | None, bound: _Binding, axes: Sequence[str]) -> None:
    """Require the shape that the axes of a smaller tensor have in the data."""
    if array is not None and array.shape != bound.shape(axes):
        _check_shape(name, array, bound.shape(axes), f"its axes are ({', '.join(axes)})")
