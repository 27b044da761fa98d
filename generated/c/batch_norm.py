"""batch_norm: forward and backward kernels for C, called from Python.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels batch_norm

The forward and backward pass of batch_norm for float32 and float64 arrays, derived from

    mean = sum[n,s](x)/(N_n*N_s)
    var = sum[n,s]((x - mean)**2)/(N_n*N_s)
    x_norm = (x - mean)/sqrt(var + eps)
    y = gamma*x_norm + beta
    d = x - mean
    inv_std = 1/sqrt(var + eps)
    grad_input = gamma*inv_std*(
        grad_output - inv_std**2*d*sum[n,s](d*grad_output)/(N_n*N_s) - sum[n,s](grad_output)/(N_n*N_s)
    )
    grad_gamma = inv_std*sum[n,s](d*grad_output)
    grad_beta = sum[n,s](grad_output)

Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.

It relies on these theorems about the layer, each proven and checked independently:

- deviations of x from mean sum to zero
- closed form of grad_x
- closed form of grad_gamma
- closed form of grad_beta
- the vanishing term
- closed form of tangent_y
- closed form of grad_grad_output of the backward pass
- closed form of grad_x of the backward pass
- closed form of grad_gamma of the backward pass

It assumes of what it is given:

- running_var + eps > 0 (where it does not hold, a call is refused)

Derivation: sha256 3fc0aa5b1d6127f94b82197626a31276ec1f5f93bcd83402954f96932612a331
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import math
import operator
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

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
    "backward_inference",
    "double_backward",
    "double_backward_inference",
    "forward",
    "forward_inference",
    "jvp",
    "jvp_inference",
    "update_running",
]

# ======================================================================================
# The interface: what this layer computes.
# ======================================================================================

Real = TypeVar("Real", np.float32, np.float64)
_Array = NDArray[Any]
_Float64 = NDArray[np.float64]
_HEADER = "batch_norm.h"
_PREFIX = "batch_norm"

_AXES = ("n", "c", "s...")
_SAVED_AXES = {
    "mean": ("c",),
    "mean_low": ("c",),
    "var": ("c",),
    "inv_std": ("c",),
}
_CLASSES = {"n": "n", "c": "c", "s": "n"}


class _SavedFields(NamedTuple):
    """What `Saved` consists of."""

    mean: NDArray[np.float64]
    mean_low: NDArray[np.float64]
    var: NDArray[np.float64]
    inv_std: NDArray[np.float64]
    count: int  # type: ignore[assignment]  # hides tuple.count
    eps: float


class Saved(_SavedFields):
    """What `forward` keeps for `backward`: read-only float64 arrays and numbers.

    mean: shape (c,); mean of the batch.
    mean_low: shape (c,); what float64 cannot hold of it.
    var: shape (c,); biased variance of the batch.
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
    gamma: NDArray[Real] | None = None,
    beta: NDArray[Real] | None = None,
    *,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> tuple[NDArray[Real], Saved]:
    """Compute y.

        mean = sum[n,s](x)/(N_n*N_s)
        var = sum[n,s]((x - mean)**2)/(N_n*N_s)
        x_norm = (x - mean)/sqrt(var + eps)
        y = gamma*x_norm + beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        beta: shape (c,), the dtype of x; None means zeros; shift per channel.
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
    try:
        _kind: tuple[Any, ...] = (
            "forward",
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            None if beta is None else (type(beta), beta.dtype, beta.shape),
            type(axis), axis,
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("gamma", "beta"), x=x, gamma=gamma, beta=beta)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("beta", beta, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
    if x.size == 0:
        raise ValueError(f"x has shape {x.shape}: no elements, so there are no statistics")
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {"x": x, "gamma": gamma, "beta": beta}
        result = _output(out, x, given)
    mean, mean_low, var, inv_std = _forward(bound, x, gamma, beta, result, eps, threads)
    saved = Saved(  # in their order: by name takes longer
        mean,
        mean_low,
        var,
        inv_std,
        bound.size(("n", "s")),
        eps,
    )
    saved._bound = bound
    return (result if out is None else out), saved


def backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None = None,
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
            grad_output - inv_std**2*d*sum[n,s](d*grad_output)/(N_n*N_s) - sum[n,s](grad_output)/(N_n*N_s)
        )
        grad_gamma = inv_std*sum[n,s](d*grad_output)
        grad_beta = sum[n,s](grad_output)

    Args:
        grad_output: the shape and dtype of x, any strides; the gradient of y.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
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
    try:
        _kind: tuple[Any, ...] = (
            "backward",
            type(grad_output), grad_output.dtype, grad_output.shape,
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            type(axis), axis,
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("gamma",), grad_output=grad_output, x=x, gamma=gamma)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
    if saved is not None and (
        type(saved) is not Saved
        or saved._bound is not bound
        or saved.eps != eps
    ):
        _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("n", "s")), eps=eps)
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {"grad_output": grad_output, "x": x, "gamma": gamma}
        result = _output(out, x, given, saved)
    if x.size == 0:
        return Gradients(
            grad_input=result if out is None else out,
            grad_gamma=None if gamma is None else np.zeros(bound.shape(("c",)), x.dtype),
            grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
        )
    if saved is None:
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    grad_gamma, grad_beta = _backward(bound, grad_output, x, gamma, mean, mean_low, inv_std, result, threads)
    return Gradients(  # in their order: by name takes longer
        result if out is None else out,
        None if gamma is None else grad_gamma,
        grad_beta,
    )


def backward_float32(
    grad_output: NDArray[np.float32],
    x: NDArray[np.float32],
    gamma: NDArray[np.float32] | None = None,
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
        saved=saved,
        eps=eps,
        axis=axis,
        out=out,
        threads=threads,
    )


def backward_float64(
    grad_output: NDArray[np.float64],
    x: NDArray[np.float64],
    gamma: NDArray[np.float64] | None = None,
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
        saved=saved,
        eps=eps,
        axis=axis,
        out=out,
        threads=threads,
    )


def jvp(
    x: NDArray[Real],
    gamma: NDArray[Real] | None = None,
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
            tangent_x - inv_std**2*d*sum[n,s](d*tangent_x)/(N_n*N_s) - sum[n,s](tangent_x)/(N_n*N_s)
        ) + d*inv_std*tangent_gamma + tangent_beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
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
    try:
        _kind: tuple[Any, ...] = (
            "jvp",
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
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
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("tangent_x", tangent_x, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("tangent_gamma", tangent_gamma, bound, ("c",))
        _check_parameter("tangent_beta", tangent_beta, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _check_pair("tangent_gamma", tangent_gamma, "gamma", gamma)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
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
            "x": x, "gamma": gamma, "tangent_x": tangent_x, "tangent_gamma": tangent_gamma, "tangent_beta": tangent_beta
        }
        result = _output(out, x, given, saved)
    if x.size == 0:
        return result if out is None else out
    if saved is None:
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    tangent_x = _or_zeros(tangent_x, x)
    _jvp(bound, x, tangent_x, gamma, tangent_gamma, tangent_beta, mean, mean_low, inv_std, result, threads)
    return result if out is None else out


def double_backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None = None,
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
            cotangent_grad_input - inv_std**2*d*sum[n,s](cotangent_grad_input*d)/(N_n*N_s)
            - sum[n,s](cotangent_grad_input)/(N_n*N_s)
        ) + cotangent_grad_gamma*d*inv_std + cotangent_grad_beta
        grad_x = (
            cotangent_grad_gamma*inv_std*(
                grad_output - inv_std**2*d*sum[n,s](d*grad_output)/(N_n*N_s) - sum[n,s](grad_output)/(N_n*N_s)
            )
            - (
                inv_std**3*gamma*grad_output*sum[n,s](cotangent_grad_input*d)/(N_n*N_s)
                + inv_std**3*cotangent_grad_input*gamma*sum[n,s](d*grad_output)/(N_n*N_s)
                - d*(
                    3*inv_std**5*gamma*sum[n,s](cotangent_grad_input*d)*sum[n,s](d*grad_output)/(N_n**2*N_s**2)
                    + inv_std**3*gamma*sum[n,s](cotangent_grad_input)*sum[n,s](grad_output)/(N_n**2*N_s**2)
                    - inv_std**3*gamma*sum[n,s](cotangent_grad_input*grad_output)/(N_n*N_s)
                )
                - inv_std**3*gamma*sum[n,s](cotangent_grad_input*d)*sum[n,s](grad_output)/(N_n**2*N_s**2)
                - inv_std**3*gamma*sum[n,s](d*grad_output)*sum[n,s](cotangent_grad_input)/(N_n**2*N_s**2)
            )
        )
        grad_gamma = inv_std*(
            sum[n,s](cotangent_grad_input*grad_output)
            - inv_std**2*sum[n,s](cotangent_grad_input*d)*sum[n,s](d*grad_output)/(N_n*N_s)
            - sum[n,s](cotangent_grad_input)*sum[n,s](grad_output)/(N_n*N_s)
        )

    Args:
        grad_output: the shape and dtype of x, any strides; as given to `backward`.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
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
    try:
        _kind: tuple[Any, ...] = (
            "double_backward",
            type(grad_output), grad_output.dtype, grad_output.shape,
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
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
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_shape("cotangent_grad_input", cotangent_grad_input, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("cotangent_grad_gamma", cotangent_grad_gamma, bound, ("c",))
        _check_parameter("cotangent_grad_beta", cotangent_grad_beta, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _check_pair("cotangent_grad_gamma", cotangent_grad_gamma, "gamma", gamma)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
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
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    cotangent_grad_input = _or_zeros(cotangent_grad_input, x)
    grad_grad_output = np.empty_like(x, subok=False)
    grad_x = np.empty_like(x, subok=False)
    grad_gamma, = _double_backward(
        bound, grad_output, x, cotangent_grad_input, gamma, cotangent_grad_gamma, cotangent_grad_beta, mean, mean_low,
        inv_std, grad_grad_output, grad_x, threads
    )
    return SecondGradients(
        grad_grad_output=grad_grad_output,
        grad_x=grad_x,
        grad_gamma=None if gamma is None else grad_gamma,
        grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
    )


@np.errstate(all="ignore")
def forward_inference(
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    *,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> NDArray[Real]:
    """Compute y.

        x_norm = (x - running_mean)/sqrt(running_var + eps)
        y = gamma*x_norm + beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        beta: shape (c,), the dtype of x; None means zeros; shift per channel.
        running_mean: shape (c,), float32 or float64; mean of earlier batches; takes no gradient.
        running_var: shape (c,), float32 or float64; variance of earlier batches; takes no gradient.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives y; may be exactly x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        y, in the shape and dtype of x.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number or out does not fit, or running_var + eps > 0 does not hold.
    """
    try:
        _kind: tuple[Any, ...] = (
            "forward_inference",
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            None if beta is None else (type(beta), beta.dtype, beta.shape),
            type(running_mean), running_mean.dtype, running_mean.shape,
            type(running_var), running_var.dtype, running_var.shape,
            type(axis), axis,
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("gamma", "beta"), x=x, gamma=gamma, beta=beta)
        _check_each_type(running_mean=running_mean, running_var=running_var)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("beta", beta, bound, ("c",))
        _check_parameter("running_mean", running_mean, bound, ("c",))
        _check_parameter("running_var", running_var, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
    else:
        bound, eps, threads = _known
    _check_condition("running_var + eps", ">", _aligned(bound, running_var, ("c",), ("c",)) + eps)
    if _known is None:
        _keep(_CHECKED, _kind, (bound, eps, threads))
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {
            "x": x, "gamma": gamma, "beta": beta, "running_mean": running_mean, "running_var": running_var
        }
        result = _output(out, x, given)
    if x.size == 0:
        return result if out is None else out
    _forward_inference(bound, x, gamma, beta, running_mean, running_var, result, eps, threads)
    return result if out is None else out


@np.errstate(all="ignore")
def backward_inference(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    *,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> Gradients[Real]:
    """Compute the gradients of `forward_inference` from grad_output.

        running_d = x - running_mean
        running_inv_std = 1/sqrt(running_var + eps)
        grad_input = gamma*grad_output*running_inv_std
        grad_gamma = running_inv_std*sum[n,s](grad_output*running_d)
        grad_beta = sum[n,s](grad_output)

    Args:
        grad_output: the shape and dtype of x, any strides; the gradient of y.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        running_mean: shape (c,), float32 or float64; mean of earlier batches; takes no gradient.
        running_var: shape (c,), float32 or float64; variance of earlier batches; takes no gradient.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives grad_input; may be exactly grad_output or x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_input, grad_gamma, grad_beta, in the dtype of x (grad_gamma is None without gamma). Without
        elements the smaller gradients are zero.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number, saved or out does not fit, or running_var + eps > 0 does not
            hold.
    """
    try:
        _kind: tuple[Any, ...] = (
            "backward_inference",
            type(grad_output), grad_output.dtype, grad_output.shape,
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            type(running_mean), running_mean.dtype, running_mean.shape,
            type(running_var), running_var.dtype, running_var.shape,
            type(axis), axis,
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("gamma",), grad_output=grad_output, x=x, gamma=gamma)
        _check_each_type(running_mean=running_mean, running_var=running_var)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("running_mean", running_mean, bound, ("c",))
        _check_parameter("running_var", running_var, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
    else:
        bound, eps, threads = _known
    _check_condition("running_var + eps", ">", _aligned(bound, running_var, ("c",), ("c",)) + eps)
    if _known is None:
        _keep(_CHECKED, _kind, (bound, eps, threads))
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {
            "grad_output": grad_output, "x": x, "gamma": gamma, "running_mean": running_mean, "running_var": running_var
        }
        result = _output(out, x, given)
    if x.size == 0:
        return Gradients(
            grad_input=result if out is None else out,
            grad_gamma=None if gamma is None else np.zeros(bound.shape(("c",)), x.dtype),
            grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
        )
    grad_gamma, grad_beta = _backward_inference(
        bound, grad_output, x, gamma, running_mean, running_var, result, eps, threads
    )
    return Gradients(  # in their order: by name takes longer
        result if out is None else out,
        None if gamma is None else grad_gamma,
        grad_beta,
    )


@np.errstate(all="ignore")
def jvp_inference(
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    *,
    tangent_x: NDArray[Real] | None = None,
    tangent_gamma: NDArray[Real] | None = None,
    tangent_beta: NDArray[Real] | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> NDArray[Real]:
    """Compute the derivative of y along directions in the inputs, its tangent.

        running_d = x - running_mean
        running_inv_std = 1/sqrt(running_var + eps)
        tangent_y = gamma*running_inv_std*tangent_x + running_d*running_inv_std*tangent_gamma + tangent_beta

    Args:
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        running_mean: shape (c,), float32 or float64; mean of earlier batches; takes no gradient.
        running_var: shape (c,), float32 or float64; variance of earlier batches; takes no gradient.
        tangent_x: the shape and dtype of x, any strides; None means zero; the direction in x.
        tangent_gamma: shape (c,), the dtype of x; None means zero; the direction in gamma.
        tangent_beta: shape (c,), the dtype of x; None means zero; the direction in beta.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        out: receives the tangent; may be exactly x or tangent_x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        The tangent of y, in the shape and dtype of x.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number, saved or out does not fit, or running_var + eps > 0 does not
            hold.
    """
    try:
        _kind: tuple[Any, ...] = (
            "jvp_inference",
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            type(running_mean), running_mean.dtype, running_mean.shape,
            type(running_var), running_var.dtype, running_var.shape,
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
        _check_each_type(running_mean=running_mean, running_var=running_var)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("tangent_x", tangent_x, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("running_mean", running_mean, bound, ("c",))
        _check_parameter("running_var", running_var, bound, ("c",))
        _check_parameter("tangent_gamma", tangent_gamma, bound, ("c",))
        _check_parameter("tangent_beta", tangent_beta, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
    else:
        bound, eps, threads = _known
    _check_condition("running_var + eps", ">", _aligned(bound, running_var, ("c",), ("c",)) + eps)
    if _known is None:
        _check_pair("tangent_gamma", tangent_gamma, "gamma", gamma)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {
            "x": x, "gamma": gamma, "running_mean": running_mean, "running_var": running_var, "tangent_x": tangent_x,
            "tangent_gamma": tangent_gamma, "tangent_beta": tangent_beta
        }
        result = _output(out, x, given)
    if x.size == 0:
        return result if out is None else out
    tangent_x = _or_zeros(tangent_x, x)
    _jvp_inference(
        bound, x, tangent_x, gamma, running_mean, running_var, tangent_gamma, tangent_beta, result, eps, threads
    )
    return result if out is None else out


@np.errstate(all="ignore")
def double_backward_inference(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    *,
    cotangent_grad_input: NDArray[Real] | None = None,
    cotangent_grad_gamma: NDArray[Real] | None = None,
    cotangent_grad_beta: NDArray[Real] | None = None,
    eps: float = 1e-05,
    axis: int = 1,
    threads: int = 1,
) -> SecondGradients[Real]:
    """Compute the gradients of what `backward_inference` computes, from the cotangents of its results.

        running_d = x - running_mean
        running_inv_std = 1/sqrt(running_var + eps)
        grad_grad_output = (
            cotangent_grad_gamma*running_d*running_inv_std
            + cotangent_grad_input*gamma*running_inv_std
            + cotangent_grad_beta
        )
        grad_x = cotangent_grad_gamma*grad_output*running_inv_std
        grad_gamma = running_inv_std*sum[n,s](cotangent_grad_input*grad_output)

    Args:
        grad_output: the shape and dtype of x, any strides; as given to `backward_inference`.
        x: shape (n, c, s...), float32 or float64, any strides; the data.
        gamma: shape (c,), the dtype of x; None means ones; scale per channel.
        running_mean: shape (c,), float32 or float64; mean of earlier batches; takes no gradient.
        running_var: shape (c,), float32 or float64; variance of earlier batches; takes no gradient.
        cotangent_grad_input: the shape and dtype of x, any strides; None means zero; the cotangent of the
            gradient of x.
        cotangent_grad_gamma: shape (c,), the dtype of x; None means zero; the cotangent of the gradient of
            gamma.
        cotangent_grad_beta: shape (c,), the dtype of x; None means zero; the cotangent of the gradient of beta.
        eps: finite and greater than zero.
        axis: the dimension of x that holds the channels.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_grad_output, grad_x, grad_gamma, grad_beta, in the dtype of x (grad_gamma is None without gamma;
        grad_beta is always zero): the gradients of the sum of the products of the results of
        `backward_inference` and their cotangents.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes differ.
        ValueError: a shape, an axis, a number or saved does not fit, or running_var + eps > 0 does not hold.
    """
    try:
        _kind: tuple[Any, ...] = (
            "double_backward_inference",
            type(grad_output), grad_output.dtype, grad_output.shape,
            type(x), x.dtype, x.shape,
            None if gamma is None else (type(gamma), gamma.dtype, gamma.shape),
            type(running_mean), running_mean.dtype, running_mean.shape,
            type(running_var), running_var.dtype, running_var.shape,
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
        _check_each_type(running_mean=running_mean, running_var=running_var)
        bound = _bind("x", x, _AXES, {"c": axis}, "axis")
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_shape("cotangent_grad_input", cotangent_grad_input, x.shape, "the shape of x")
        _check_parameter("gamma", gamma, bound, ("c",))
        _check_parameter("running_mean", running_mean, bound, ("c",))
        _check_parameter("running_var", running_var, bound, ("c",))
        _check_parameter("cotangent_grad_gamma", cotangent_grad_gamma, bound, ("c",))
        _check_parameter("cotangent_grad_beta", cotangent_grad_beta, bound, ("c",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
    else:
        bound, eps, threads = _known
    _check_condition("running_var + eps", ">", _aligned(bound, running_var, ("c",), ("c",)) + eps)
    if _known is None:
        _check_pair("cotangent_grad_gamma", cotangent_grad_gamma, "gamma", gamma)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    if x.size == 0:
        return SecondGradients(
            grad_grad_output=np.empty_like(x, subok=False),
            grad_x=np.empty_like(x, subok=False),
            grad_gamma=None if gamma is None else np.zeros(bound.shape(("c",)), x.dtype),
            grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
        )
    cotangent_grad_input = _or_zeros(cotangent_grad_input, x)
    grad_grad_output = np.empty_like(x, subok=False)
    grad_x = np.empty_like(x, subok=False)
    grad_gamma, = _double_backward_inference(
        bound, grad_output, x, cotangent_grad_input, gamma, running_mean, running_var, cotangent_grad_gamma,
        cotangent_grad_beta, grad_grad_output, grad_x, eps, threads
    )
    return SecondGradients(
        grad_grad_output=grad_grad_output,
        grad_x=grad_x,
        grad_gamma=None if gamma is None else grad_gamma,
        grad_beta=np.zeros(bound.shape(("c",)), x.dtype),
    )


def update_running(
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    saved: Saved,
    *,
    momentum: float = 0.1,
    unbiased: bool = True,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return new running statistics, each in the dtype of the one given.

        running_mean = (1 - momentum)*running_mean + mean*momentum
        running_var = (1 - momentum)*running_var + momentum*var
        running_var = (1 - momentum)*running_var + count*momentum*var/(count - 1)   (unbiased)

    Args:
        running_mean: float32 or float64, the shape of saved.mean; not changed.
        running_var: float32 or float64, the shape of saved.var; not changed.
        saved: the second result of `forward`.
        momentum: the weight of the new batch, finite.
        unbiased: whether the variance of the new batch is taken with count - 1 in its denominator.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: a shape or momentum does not fit, or `unbiased` with a single element.
    """
    _check_each_type(running_mean=running_mean, running_var=running_var)
    if not isinstance(saved, Saved):
        raise TypeError(f"saved must be a Saved, not {type(saved).__name__}")
    _check_shape("running_mean", running_mean, saved.mean.shape, "the shape of saved.mean")
    _check_shape("running_var", running_var, saved.var.shape, "the shape of saved.var")
    momentum = _check_number("momentum", momentum)
    if unbiased and saved.count < 2:
        raise ValueError(f"unbiased: saved.count is {saved.count}, expected at least 2 elements")
    with np.errstate(all="ignore"):
        new_running_mean = (1 - momentum)*running_mean.astype(np.float64) + momentum*saved.mean
        new_running_var = (1 - momentum)*running_var.astype(np.float64) + momentum*saved.var
        if unbiased:
            new_running_var = (1 - momentum)*running_var.astype(np.float64) + momentum*saved.count*saved.var/(
                saved.count - 1
            )
        return (
            new_running_mean.astype(running_mean.dtype),
            new_running_var.astype(running_var.dtype),
        )


# ======================================================================================
# The kernels: calls of the functions of the header.
# ======================================================================================


def _statistics(
    bound: _Binding,
    x: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64]:
    """Run 2 sweeps over the data: reduce pass (0 operations per element, 1 sum), then reduce pass (1 operation
    per element, 2 sums).
    """
    call = _prepared("statistics", bound, x.shape, x.itemsize)
    _reals = call.reals
    strides_x = _NULL
    _shape_0 = call.orders[("c",)][0]
    result_mean = np.empty(_shape_0, _FLOAT64)
    result_mean_low = np.empty(_shape_0, _FLOAT64)
    result_var = np.empty(_shape_0, _FLOAT64)
    result_inv_std = np.empty(_shape_0, _FLOAT64)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            x, strides_x = _walked(x)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, x),
                strides_x,
                _pointer(_DOUBLES, result_mean),
                _pointer(_DOUBLES, result_mean_low),
                _pointer(_DOUBLES, result_var),
                _pointer(_DOUBLES, result_inv_std),
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    _set_writeable(result_mean, False)
    _set_writeable(result_mean_low, False)
    _set_writeable(result_var, False)
    _set_writeable(result_inv_std, False)
    return (
        result_mean,
        result_mean_low,
        result_var,
        result_inv_std,
    )


def _forward(
    bound: _Binding,
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    y: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64]:
    """Run 3 sweeps over the data: reduce pass (0 operations per element, 1 sum), then reduce pass (1 operation
    per element, 2 sums), then map pass (3 operations per element).
    """
    call = _prepared("forward", bound, x.shape, x.itemsize)
    _reals = call.reals
    strides_x = _NULL
    strides_y = _NULL
    into_y = place_y = y
    _shape_0 = call.orders[("c",)][0]
    result_mean = np.empty(_shape_0, _FLOAT64)
    result_mean_low = np.empty(_shape_0, _FLOAT64)
    result_var = np.empty(_shape_0, _FLOAT64)
    result_inv_std = np.empty(_shape_0, _FLOAT64)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_y = y if _fits(y) else np.empty(y.shape, y.dtype)
            place_y, strides_y = _walked(into_y)
            x, strides_x = _walked(x)
            gamma = None if gamma is None else _dense(gamma)
            beta = None if beta is None else _dense(beta)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, x),
                strides_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _NULL if beta is None else _pointer(_reals, beta),
                _pointer(_reals, place_y),
                strides_y,
                _pointer(_DOUBLES, result_mean),
                _pointer(_DOUBLES, result_mean_low),
                _pointer(_DOUBLES, result_var),
                _pointer(_DOUBLES, result_inv_std),
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_y is not y:
        y[...] = into_y
    _set_writeable(result_mean, False)
    _set_writeable(result_mean_low, False)
    _set_writeable(result_var, False)
    _set_writeable(result_inv_std, False)
    return (
        result_mean,
        result_mean_low,
        result_var,
        result_inv_std,
    )


def _backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real], NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 2 sums), then map pass (5 operations
    per element).
    """
    call = _prepared("backward", bound, grad_output.shape, grad_output.itemsize)
    _reals = call.reals
    strides_grad_output = _NULL
    strides_x = _NULL
    strides_grad_x = _NULL
    into_grad_x = place_grad_x = grad_x
    _shape_0 = call.orders[("c",)][0]
    result_grad_gamma = np.empty(_shape_0, call.dtype)
    result_grad_beta = np.empty(_shape_0, call.dtype)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_grad_x = grad_x if _fits(grad_x) else np.empty(grad_x.shape, grad_x.dtype)
            place_grad_x, strides_grad_x = _walked(into_grad_x)
            grad_output, strides_grad_output = _walked(grad_output)
            x, strides_x = _walked(x)
            gamma = None if gamma is None else _dense(gamma)
            mean = _dense(mean)
            mean_low = _dense(mean_low)
            inv_std = _dense(inv_std)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, grad_output),
                strides_grad_output,
                _pointer(_reals, x),
                strides_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _pointer(_DOUBLES, mean),
                _pointer(_DOUBLES, mean_low),
                _pointer(_DOUBLES, inv_std),
                _pointer(_reals, place_grad_x),
                strides_grad_x,
                _pointer(_reals, result_grad_gamma),
                _pointer(_reals, result_grad_beta),
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_grad_x is not grad_x:
        grad_x[...] = into_grad_x
    return (
        result_grad_gamma,
        result_grad_beta,
    )


def _jvp(
    bound: _Binding,
    x: NDArray[Real],
    tangent_x: NDArray[Real],
    gamma: NDArray[Real] | None,
    tangent_gamma: NDArray[Real] | None,
    tangent_beta: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    tangent_y: NDArray[Real],
    threads: int,
) -> None:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 2 sums), then map pass (9 operations
    per element).
    """
    call = _prepared("jvp", bound, x.shape, x.itemsize)
    _reals = call.reals
    strides_x = _NULL
    strides_tangent_x = _NULL
    strides_tangent_y = _NULL
    into_tangent_y = place_tangent_y = tangent_y
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_tangent_y = tangent_y if _fits(tangent_y) else np.empty(tangent_y.shape, tangent_y.dtype)
            place_tangent_y, strides_tangent_y = _walked(into_tangent_y)
            x, strides_x = _walked(x)
            tangent_x, strides_tangent_x = _walked(tangent_x)
            gamma = None if gamma is None else _dense(gamma)
            tangent_gamma = None if tangent_gamma is None else _dense(tangent_gamma)
            tangent_beta = None if tangent_beta is None else _dense(tangent_beta)
            mean = _dense(mean)
            mean_low = _dense(mean_low)
            inv_std = _dense(inv_std)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, x),
                strides_x,
                _pointer(_reals, tangent_x),
                strides_tangent_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _NULL if tangent_gamma is None else _pointer(_reals, tangent_gamma),
                _NULL if tangent_beta is None else _pointer(_reals, tangent_beta),
                _pointer(_DOUBLES, mean),
                _pointer(_DOUBLES, mean_low),
                _pointer(_DOUBLES, inv_std),
                _pointer(_reals, place_tangent_y),
                strides_tangent_y,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_tangent_y is not tangent_y:
        tangent_y[...] = into_tangent_y


def _double_backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    cotangent_grad_input: NDArray[Real],
    gamma: NDArray[Real] | None,
    cotangent_grad_gamma: NDArray[Real] | None,
    cotangent_grad_beta: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_grad_output: NDArray[Real],
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 5 sums), then map pass (20 operations
    per element).
    """
    call = _prepared("double_backward", bound, grad_output.shape, grad_output.itemsize)
    _reals = call.reals
    strides_grad_output = _NULL
    strides_x = _NULL
    strides_cotangent_grad_input = _NULL
    strides_grad_grad_output = _NULL
    strides_grad_x = _NULL
    into_grad_grad_output = place_grad_grad_output = grad_grad_output
    into_grad_x = place_grad_x = grad_x
    _shape_0 = call.orders[("c",)][0]
    result_grad_gamma = np.empty(_shape_0, call.dtype)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_grad_grad_output = grad_grad_output if _fits(grad_grad_output) else np.empty(
                grad_grad_output.shape, grad_grad_output.dtype
            )
            place_grad_grad_output, strides_grad_grad_output = _walked(into_grad_grad_output)
            into_grad_x = grad_x if _fits(grad_x) else np.empty(grad_x.shape, grad_x.dtype)
            place_grad_x, strides_grad_x = _walked(into_grad_x)
            grad_output, strides_grad_output = _walked(grad_output)
            x, strides_x = _walked(x)
            cotangent_grad_input, strides_cotangent_grad_input = _walked(cotangent_grad_input)
            gamma = None if gamma is None else _dense(gamma)
            cotangent_grad_gamma = None if cotangent_grad_gamma is None else _dense(cotangent_grad_gamma)
            cotangent_grad_beta = None if cotangent_grad_beta is None else _dense(cotangent_grad_beta)
            mean = _dense(mean)
            mean_low = _dense(mean_low)
            inv_std = _dense(inv_std)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, grad_output),
                strides_grad_output,
                _pointer(_reals, x),
                strides_x,
                _pointer(_reals, cotangent_grad_input),
                strides_cotangent_grad_input,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _NULL if cotangent_grad_gamma is None else _pointer(_reals, cotangent_grad_gamma),
                _NULL if cotangent_grad_beta is None else _pointer(_reals, cotangent_grad_beta),
                _pointer(_DOUBLES, mean),
                _pointer(_DOUBLES, mean_low),
                _pointer(_DOUBLES, inv_std),
                _pointer(_reals, place_grad_grad_output),
                strides_grad_grad_output,
                _pointer(_reals, place_grad_x),
                strides_grad_x,
                _pointer(_reals, result_grad_gamma),
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_grad_grad_output is not grad_grad_output:
        grad_grad_output[...] = into_grad_grad_output
    if into_grad_x is not grad_x:
        grad_x[...] = into_grad_x
    return (
        result_grad_gamma,
    )


def _forward_inference(
    bound: _Binding,
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    beta: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    y: NDArray[Real],
    eps: float,
    threads: int,
) -> None:
    """Run 1 sweep over the data: map pass (3 operations per element).
    """
    call = _prepared("forward_inference", bound, x.shape, x.itemsize)
    _reals = call.reals
    strides_x = _NULL
    strides_y = _NULL
    into_y = place_y = y
    running_mean = running_mean.astype(_FLOAT64, copy=False)
    running_var = running_var.astype(_FLOAT64, copy=False)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_y = y if _fits(y) else np.empty(y.shape, y.dtype)
            place_y, strides_y = _walked(into_y)
            x, strides_x = _walked(x)
            gamma = None if gamma is None else _dense(gamma)
            beta = None if beta is None else _dense(beta)
            running_mean = _dense(running_mean)
            running_var = _dense(running_var)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, x),
                strides_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _NULL if beta is None else _pointer(_reals, beta),
                _pointer(_DOUBLES, running_mean),
                _pointer(_DOUBLES, running_var),
                _pointer(_reals, place_y),
                strides_y,
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_y is not y:
        y[...] = into_y


def _backward_inference(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    grad_x: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[NDArray[Real], NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 2 sums), then map pass (1 operation
    per element).
    """
    call = _prepared("backward_inference", bound, grad_output.shape, grad_output.itemsize)
    _reals = call.reals
    strides_grad_output = _NULL
    strides_x = _NULL
    strides_grad_x = _NULL
    into_grad_x = place_grad_x = grad_x
    running_mean = running_mean.astype(_FLOAT64, copy=False)
    running_var = running_var.astype(_FLOAT64, copy=False)
    _shape_0 = call.orders[("c",)][0]
    result_grad_gamma = np.empty(_shape_0, call.dtype)
    result_grad_beta = np.empty(_shape_0, call.dtype)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_grad_x = grad_x if _fits(grad_x) else np.empty(grad_x.shape, grad_x.dtype)
            place_grad_x, strides_grad_x = _walked(into_grad_x)
            grad_output, strides_grad_output = _walked(grad_output)
            x, strides_x = _walked(x)
            gamma = None if gamma is None else _dense(gamma)
            running_mean = _dense(running_mean)
            running_var = _dense(running_var)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, grad_output),
                strides_grad_output,
                _pointer(_reals, x),
                strides_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _pointer(_DOUBLES, running_mean),
                _pointer(_DOUBLES, running_var),
                _pointer(_reals, place_grad_x),
                strides_grad_x,
                _pointer(_reals, result_grad_gamma),
                _pointer(_reals, result_grad_beta),
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_grad_x is not grad_x:
        grad_x[...] = into_grad_x
    return (
        result_grad_gamma,
        result_grad_beta,
    )


def _jvp_inference(
    bound: _Binding,
    x: NDArray[Real],
    tangent_x: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    tangent_gamma: NDArray[Real] | None,
    tangent_beta: NDArray[Real] | None,
    tangent_y: NDArray[Real],
    eps: float,
    threads: int,
) -> None:
    """Run 1 sweep over the data: map pass (6 operations per element).
    """
    call = _prepared("jvp_inference", bound, x.shape, x.itemsize)
    _reals = call.reals
    strides_x = _NULL
    strides_tangent_x = _NULL
    strides_tangent_y = _NULL
    into_tangent_y = place_tangent_y = tangent_y
    running_mean = running_mean.astype(_FLOAT64, copy=False)
    running_var = running_var.astype(_FLOAT64, copy=False)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_tangent_y = tangent_y if _fits(tangent_y) else np.empty(tangent_y.shape, tangent_y.dtype)
            place_tangent_y, strides_tangent_y = _walked(into_tangent_y)
            x, strides_x = _walked(x)
            tangent_x, strides_tangent_x = _walked(tangent_x)
            gamma = None if gamma is None else _dense(gamma)
            running_mean = _dense(running_mean)
            running_var = _dense(running_var)
            tangent_gamma = None if tangent_gamma is None else _dense(tangent_gamma)
            tangent_beta = None if tangent_beta is None else _dense(tangent_beta)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, x),
                strides_x,
                _pointer(_reals, tangent_x),
                strides_tangent_x,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _pointer(_DOUBLES, running_mean),
                _pointer(_DOUBLES, running_var),
                _NULL if tangent_gamma is None else _pointer(_reals, tangent_gamma),
                _NULL if tangent_beta is None else _pointer(_reals, tangent_beta),
                _pointer(_reals, place_tangent_y),
                strides_tangent_y,
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_tangent_y is not tangent_y:
        tangent_y[...] = into_tangent_y


def _double_backward_inference(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    cotangent_grad_input: NDArray[Real],
    gamma: NDArray[Real] | None,
    running_mean: NDArray[Any],
    running_var: NDArray[Any],
    cotangent_grad_gamma: NDArray[Real] | None,
    cotangent_grad_beta: NDArray[Real] | None,
    grad_grad_output: NDArray[Real],
    grad_x: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (0 operations per element, 1 sum), then map pass (7 operations
    per element).
    """
    call = _prepared("double_backward_inference", bound, grad_output.shape, grad_output.itemsize)
    _reals = call.reals
    strides_grad_output = _NULL
    strides_x = _NULL
    strides_cotangent_grad_input = _NULL
    strides_grad_grad_output = _NULL
    strides_grad_x = _NULL
    into_grad_grad_output = place_grad_grad_output = grad_grad_output
    into_grad_x = place_grad_x = grad_x
    running_mean = running_mean.astype(_FLOAT64, copy=False)
    running_var = running_var.astype(_FLOAT64, copy=False)
    _shape_0 = call.orders[("c",)][0]
    result_grad_gamma = np.empty(_shape_0, call.dtype)
    for _general in (False, True):  # first as if all were in C order and aligned, which is refused if it is not so
        if _general:
            into_grad_grad_output = grad_grad_output if _fits(grad_grad_output) else np.empty(
                grad_grad_output.shape, grad_grad_output.dtype
            )
            place_grad_grad_output, strides_grad_grad_output = _walked(into_grad_grad_output)
            into_grad_x = grad_x if _fits(grad_x) else np.empty(grad_x.shape, grad_x.dtype)
            place_grad_x, strides_grad_x = _walked(into_grad_x)
            grad_output, strides_grad_output = _walked(grad_output)
            x, strides_x = _walked(x)
            cotangent_grad_input, strides_cotangent_grad_input = _walked(cotangent_grad_input)
            gamma = None if gamma is None else _dense(gamma)
            running_mean = _dense(running_mean)
            running_var = _dense(running_var)
            cotangent_grad_gamma = None if cotangent_grad_gamma is None else _dense(cotangent_grad_gamma)
            cotangent_grad_beta = None if cotangent_grad_beta is None else _dense(cotangent_grad_beta)
        try:
            _status = call.function(
                call.extents,
                _pointer(_reals, grad_output),
                strides_grad_output,
                _pointer(_reals, x),
                strides_x,
                _pointer(_reals, cotangent_grad_input),
                strides_cotangent_grad_input,
                _NULL if gamma is None else _pointer(_reals, gamma),
                _pointer(_DOUBLES, running_mean),
                _pointer(_DOUBLES, running_var),
                _NULL if cotangent_grad_gamma is None else _pointer(_reals, cotangent_grad_gamma),
                _NULL if cotangent_grad_beta is None else _pointer(_reals, cotangent_grad_beta),
                _pointer(_reals, place_grad_grad_output),
                strides_grad_grad_output,
                _pointer(_reals, place_grad_x),
                strides_grad_x,
                _pointer(_reals, result_grad_gamma),
                eps,
                call.workspace(),
                call.size,
                threads if threads < _MOST_THREADS else _MOST_THREADS,
            )
        except ValueError:  # an array is not in C order
            if _general:
                raise
            _status = _UNALIGNED
        if _status != _UNALIGNED:
            break
    if _status:
        raise call.error(_status)
    if into_grad_grad_output is not grad_grad_output:
        grad_grad_output[...] = into_grad_grad_output
    if into_grad_x is not grad_x:
        grad_x[...] = into_grad_x
    return (
        result_grad_gamma,
    )


# ======================================================================================
# The runtime: how the library is found and called, and arguments are checked. The same for every layer.
# ======================================================================================


_ERRORS = {
    1: "a pointer that is needed is NULL",
    2: "the shape cannot be, or has more elements than can be counted",
    3: "the workspace is too small",
    4: "there are no threads",
    5: "there are no elements",
    6: "a pointer is not aligned",
}
_UNALIGNED = 6


def _load() -> Any:
    """Import what the builder made of the header beside this file."""
    folder = Path(__file__).resolve().parent
    name = f"_{_HEADER.removesuffix('.h')}"
    places = [place for place in sorted(folder.glob(f"{name}.*")) if place.suffix in (".so", ".pyd")]
    build = f"compile {_HEADER} with: python {folder / 'build.py'} {_HEADER}"
    if not places:
        raise ImportError(f"{folder} has no compiled {name}: {build}")
    for place in places:
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None and spec.loader is not None
        try:
            module = importlib.util.module_from_spec(spec)
        except ImportError:
            continue  # made for another Python
        spec.loader.exec_module(module)
        header = (folder / _HEADER).read_bytes()
        if module.ffi.string(module.lib.header_digest()).decode() != hashlib.sha256(header).hexdigest():
            raise ImportError(f"{place.name} was made of another {_HEADER}: {build}")
        return module
    raise ImportError(f"{places[0].name} does not fit this Python: {build}")


_native = _load()
_pointer, _NULL = _native.ffi.from_buffer, _native.ffi.NULL  # a pointer keeps its array alive
_set_writeable: Any = np.ndarray.setflags  # by position, which its type does not offer: by name it takes twice as long
_FLOATS, _DOUBLES = _native.ffi.typeof("float[]"), _native.ffi.typeof("double[]")
_NO_WORKSPACE = _native.ffi.new("double[1]")  # stands for one of no bytes, which nobody writes to
_DENSE = 0x101  # of ndarray.flags.num: in C order and aligned
_MOST_THREADS = 1 << 10


class _Call:
    """A function of the library, prepared for data of one shape and dtype; threads may share it.

    What it takes are full-size arrays with their strides (NULL for C order), and smaller tensors that are dense and
    in the order of the data's dimensions. Everything here is a constant; the interpreter is free while it runs.
    """

    __slots__ = ("_bound", "_kept", "_name", "dtype", "extents", "function", "orders", "reals", "size")

    def __init__(self, function: str, bound: _Binding, shape: tuple[int, ...], itemsize: int) -> None:
        ffi, labels = _native.ffi, bound.labels(_CLASSES)
        real, self.reals = ("float", _FLOATS) if itemsize == 4 else ("double", _DOUBLES)
        self.dtype: np.dtype[Any] = _FLOAT32 if itemsize == 4 else _FLOAT64
        self._name, self._bound = f"{_PREFIX}_{function}", bound
        self._kept = ffi.new("ptrdiff_t[]", shape), ffi.new("char[]", labels.encode())
        self.extents = ffi.new(f"{_PREFIX}_extents *", [len(shape), *self._kept])
        self.function = getattr(_native.lib, f"{self._name}_{real}")
        #: The bytes of a workspace.
        self.size = int(getattr(_native.lib, f"{self._name}_workspace")(self.extents))
        self.orders = _Orders(bound)

    def workspace(self) -> Any:
        """Return memory for one call."""
        return _pointer(_DOUBLES, np.empty(self.size // 8)) if self.size else _NO_WORKSPACE

    def error(self, status: int) -> ValueError:
        """Return what says why the library refused a call."""
        return ValueError(f"{self._name}: {_ERRORS.get(status, f'error {status}')}")

    def lined_up(self, values: NDArray[Real], axes: Sequence[str]) -> NDArray[Real]:
        """Return a smaller tensor of several axes with its dimensions in the order of the data's."""
        return values if self.orders[axes][1] else self._bound.lined_up(values, axes)

    def declared(self, result: NDArray[Real], axes: Sequence[str]) -> NDArray[Real]:
        """Return a result of several axes with its dimensions as the layer declares them."""
        return result if self.orders[axes][1] else self._bound.declared(result, axes).copy()


class _Orders(dict[Sequence[str], tuple[tuple[int, ...], bool]]):
    """By axes: the shape of a result as the library writes it, and whether that is the declared one."""

    def __init__(self, bound: _Binding) -> None:
        super().__init__()
        self._bound = bound

    def __missing__(self, axes: Sequence[str]) -> tuple[tuple[int, ...], bool]:
        shape = self._bound.shape(axes)
        lined_up = self._bound.lined_up(np.empty(shape), axes)
        stands = lined_up.flags.c_contiguous
        known = self[axes] = (shape if stands else lined_up.shape, stands)
        return known


_prepared = lru_cache(maxsize=1024)(_Call)


def _walked(array: _Array) -> tuple[Any, Any]:
    """Return where a full-size array begins, and its strides as the library takes them; what does not fit is copied."""
    fitting = array if _fits(array) else array.copy()
    strides = [stride // fitting.itemsize for stride in fitting.strides]
    first = fitting[(slice(1),) * fitting.ndim]  # one element, which is in C order, as a pointer's array has to be
    return first, _native.ffi.new("ptrdiff_t[]", strides)


def _dense(values: NDArray[Real]) -> NDArray[Real]:
    """Return a smaller tensor in C order and aligned: itself, or a copy."""
    return values if values.flags.num & _DENSE == _DENSE else values.copy(order="C")


def _fits(array: _Array) -> bool:
    """Whether the library can walk through an array: it takes strides in elements."""
    flags = array.flags
    return flags.aligned and (flags.c_contiguous or all(step % array.itemsize == 0 for step in array.strides))


def _aligned(
    bound: _Binding, values: _Array | None, axes: Sequence[str], within: Sequence[str], neutral: float = math.nan
) -> _Array:
    """Return a smaller tensor in float64, shaped to broadcast within tensors over more axes; None means neutral."""
    if values is None:
        return np.asarray(neutral, np.float64)
    sizes = [(axis in axes, bound.shape((axis,))) for axis in within]
    return values.astype(np.float64).reshape([n if own else 1 for own, shape in sizes for n in shape])


def _check_condition(expression: str, sign: str, values: _Array | np.floating[Any] | float) -> None:
    """Require values that are positive, or not zero; NaN goes through, as it does everywhere."""
    values = np.asarray(values)
    wrong = values <= 0 if sign == ">" else values == 0
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at {place} ({wrong.sum()} of {wrong.size} values)" if place else ""
        raise ValueError(f"{expression} {sign} 0 is needed, but {expression} is {values[place]}{where}")


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
