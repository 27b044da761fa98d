"""layer_norm: forward and backward kernels for Numba.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels layer_norm

The forward and backward pass of layer_norm for float32 and float64 arrays, derived from

    mean = sum[d](x)/N_d
    var = sum[d]((x - mean)**2)/N_d
    x_norm = (x - mean)/sqrt(var + eps)
    y = weight*x_norm + bias
    x_centred = x - mean
    inv_std = 1/sqrt(var + eps)
    grad_input = inv_std*(
        grad_output*weight - inv_std**2*x_centred*sum[d](grad_output*weight*x_centred)/N_d
        - sum[d](grad_output*weight)/N_d
    )
    grad_weight = sum[n](grad_output*inv_std*x_centred)
    grad_bias = sum[n](grad_output)

Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.

It relies on these theorems about the layer, each proven and checked independently:

- deviations of x from mean sum to zero
- closed form of grad_x
- closed form of grad_weight
- closed form of grad_bias
- the vanishing term
- closed form of tangent_y
- closed form of grad_grad_output of the backward pass
- closed form of grad_x of the backward pass
- closed form of grad_weight of the backward pass

Numba compiles a kernel when it is first called for a type of data, which takes seconds, and keeps it on disk. Compiled
loops run without Python's lock. With `threads` above one the calling thread shares the blocks of a call, or the parts
of large ones, with threads that all such modules of a process have in common, unless there is so little to do that one
is done sooner; results do not depend on how many there are. The threads are kept; after a call they look for another
one for less than a millisecond before they sleep.

Derivation: sha256 2c592d531d88c542f4447b52e8e923796cc7e80d23f5a4fdfa8b7ae0270fc08e
"""

from __future__ import annotations

import copy
import functools
import math
import operator
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import ModuleType
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload
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
_Array = NDArray[Any]
_Float64 = NDArray[np.float64]
_Int64 = NDArray[np.int64]


_Function = TypeVar("_Function", bound=Callable[..., Any])
_njit: Any = njit
_overload: Any = overload
_int: Any = np.int64  # for literals, of which Numba would compile a function for each


def _compiled(function: _Function) -> _Function:
    """Compile at the first call for arrays of a dtype, and keep the result on disk; Python may go on during a call.

    Divisions by zero give infinity or NaN, as in NumPy.
    """
    made: _Function = _njit(cache=True, error_model="numpy", nogil=True)(function)
    return made


def _inner(function: _Function) -> _Function:
    """Compile likewise what is called by compiled functions alone."""
    made: _Function = _njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


def _inlined(function: _Function) -> _Function:
    """Compile likewise what is put in the place of each call: calls take a tenth of the time of 196 elements."""
    options = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: _Function = _njit(error_model="numpy", **options)(function)
    return made


def _loop(function: _Function) -> _Function:
    """Compile likewise what is done to every element; a product and a sum may be one step, rounded once."""
    options = {"fastmath": {"contract"}, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: _Function = _njit(error_model="numpy", **options)(function)
    return made


def _chosen(called: Callable[..., Any], **options: Any) -> Callable[[_Function], _Function]:
    """Let a function choose, when a kernel is compiled, what another one does for operands of its types."""
    made: Callable[[_Function], _Function] = _overload(called, jit_options=options)
    return made


class _Place(NamedTuple):
    """A smaller tensor in the memory of a kernel: dense over some classes, read along some of them."""

    name: str
    layout: str
    along: str
    kind: str  # given, total, result; sum, part, largest: a sum (in two numbers) or maximum that is gathered there


@dataclass(frozen=True, eq=False)
class _Kernel:
    """A compiled kernel: its function, and what the walk through its arrays depends on.

    Args:
        blocks: the function. It does tasks of a call until none is left; True if what others have taken is done, too.
        arrays, reads: how many arrays it takes, and how many of these, the first ones, it reads.
        places, outer: the smaller tensors, and the classes that blocks are cut along.
        numbers: how many numbers it takes.
        sums, phases: how many sums there are per lane, and in how many phases all is done.
        overs: the classes that sums are taken over whose terms may be few.
        copies: whether smaller tensors are copied to tiles.
        apart: arrays that are read when something already stands in one that is written, each with that one.
    """

    blocks: Callable[..., bool]
    arrays: int
    reads: int
    places: tuple[_Place, ...]
    numbers: int
    outer: str
    sums: int
    phases: int
    overs: tuple[str, ...]
    copies: bool
    apart: tuple[tuple[int, int], ...]

_AXES = ("n...", "d...")
_SAVED_AXES = {
    "mean": ("n",),
    "mean_low": ("n",),
    "var": ("n",),
    "inv_std": ("n",),
}
_CLASSES = {"n": "n", "d": "d"}


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

    mean: shape (n,); mean of each example.
    mean_low: shape (n,); what float64 cannot hold of it.
    var: shape (n,); biased variance of each example.
    inv_std: shape (n,); one over the standard deviation, eps included.
    count: the number of elements along d.
    eps: as given.
    """

    _bound: Any = None  # the binding that the fields are known to fit; what is copied or read back is checked anew

    def __getstate__(self) -> None:
        """Return nothing: the fields are all there is to a copy."""


class Gradients(NamedTuple, Generic[Real]):
    """The gradients with respect to input, weight (None without it), bias."""

    grad_input: NDArray[Real]
    grad_weight: NDArray[Real] | None
    grad_bias: NDArray[Real]


class SecondGradients(NamedTuple, Generic[Real]):
    """What `double_backward` returns: the gradients with respect to what `backward` was given.

    grad_weight is None without weight; grad_bias is always zero.
    """

    grad_grad_output: NDArray[Real]
    grad_x: NDArray[Real]
    grad_weight: NDArray[Real] | None
    grad_bias: NDArray[Real]


@np.errstate(all="ignore")
def forward(
    x: NDArray[Real],
    weight: NDArray[Real] | None = None,
    bias: NDArray[Real] | None = None,
    *,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> tuple[NDArray[Real], Saved]:
    """Compute y.

        mean = sum[d](x)/N_d
        var = sum[d]((x - mean)**2)/N_d
        x_norm = (x - mean)/sqrt(var + eps)
        y = weight*x_norm + bias

    Args:
        x: shape (n..., d...), float32 or float64, any strides; the data.
        weight: shape (d,), the dtype of x; None means ones; scale per feature.
        bias: shape (d,), the dtype of x; None means zeros; shift per feature.
        eps: finite and greater than zero.
        normalized_shape: the shape of the last dimensions of x, an int for one; None means the last one alone;
            the features, over which the statistics are taken.
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
            None if weight is None else (type(weight), weight.dtype, weight.shape),
            None if bias is None else (type(bias), bias.dtype, bias.shape),
            _check_trailing("normalized_shape", normalized_shape, "x", x),
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("weight", "bias"), x=x, weight=weight, bias=bias)
        bound = _bind("x", x, _AXES, {}, lengths={"d": _check_trailing("normalized_shape", normalized_shape, "x", x)})
        _check_parameter("weight", weight, bound, ("d",))
        _check_parameter("bias", bias, bound, ("d",))
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
        given: dict[str, _Array | None] = {"x": x, "weight": weight, "bias": bias}
        result = _output(out, x, given)
    mean, mean_low, var, inv_std = _forward(bound, x, weight, bias, result, eps, threads)
    saved = Saved(  # in their order: by name takes longer
        mean,
        mean_low,
        var,
        inv_std,
        bound.size(("d",)),
        eps,
    )
    saved._bound = bound
    return (result if out is None else out), saved


@np.errstate(all="ignore")
def backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    weight: NDArray[Real] | None = None,
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> Gradients[Real]:
    """Compute the gradients of `forward` from grad_output.

        x_centred = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_input = inv_std*(
            grad_output*weight - inv_std**2*x_centred*sum[d](grad_output*weight*x_centred)/N_d
            - sum[d](grad_output*weight)/N_d
        )
        grad_weight = sum[n](grad_output*inv_std*x_centred)
        grad_bias = sum[n](grad_output)

    Args:
        grad_output: the shape and dtype of x, any strides; the gradient of y.
        x: shape (n..., d...), float32 or float64, any strides; the data.
        weight: shape (d,), the dtype of x; None means ones; scale per feature.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        normalized_shape: the shape of the last dimensions of x, an int for one; None means the last one alone;
            the features, over which the statistics are taken.
        out: receives grad_input; may be exactly grad_output or x.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_input, grad_weight, grad_bias, in the dtype of x (grad_weight is None without weight). Without
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
            None if weight is None else (type(weight), weight.dtype, weight.shape),
            _check_trailing("normalized_shape", normalized_shape, "x", x),
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types("x", ("weight",), grad_output=grad_output, x=x, weight=weight)
        bound = _bind("x", x, _AXES, {}, lengths={"d": _check_trailing("normalized_shape", normalized_shape, "x", x)})
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_parameter("weight", weight, bound, ("d",))
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
        _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("d",)), eps=eps)
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {"grad_output": grad_output, "x": x, "weight": weight}
        result = _output(out, x, given, saved)
    if x.size == 0:
        return Gradients(
            grad_input=result if out is None else out,
            grad_weight=None if weight is None else np.zeros(bound.shape(("d",)), x.dtype),
            grad_bias=np.zeros(bound.shape(("d",)), x.dtype),
        )
    if saved is None:
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    grad_weight, grad_bias = _backward(bound, grad_output, x, weight, mean, mean_low, inv_std, result, threads)
    return Gradients(  # in their order: by name takes longer
        result if out is None else out,
        None if weight is None else grad_weight,
        grad_bias,
    )


def backward_float32(
    grad_output: NDArray[np.float32],
    x: NDArray[np.float32],
    weight: NDArray[np.float32] | None = None,
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    out: NDArray[np.float32] | None = None,
    threads: int = 1,
) -> Gradients[np.float32]:
    """Do as `backward`, for float32 only (else TypeError)."""
    _check_kernel(np.float32, grad_output=grad_output, x=x, weight=weight)
    return backward(
        grad_output,
        x,
        weight,
        saved=saved,
        eps=eps,
        normalized_shape=normalized_shape,
        out=out,
        threads=threads,
    )


def backward_float64(
    grad_output: NDArray[np.float64],
    x: NDArray[np.float64],
    weight: NDArray[np.float64] | None = None,
    *,
    saved: Saved | None = None,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    out: NDArray[np.float64] | None = None,
    threads: int = 1,
) -> Gradients[np.float64]:
    """Do as `backward`, for float64 only (else TypeError)."""
    _check_kernel(np.float64, grad_output=grad_output, x=x, weight=weight)
    return backward(
        grad_output,
        x,
        weight,
        saved=saved,
        eps=eps,
        normalized_shape=normalized_shape,
        out=out,
        threads=threads,
    )


@np.errstate(all="ignore")
def jvp(
    x: NDArray[Real],
    weight: NDArray[Real] | None = None,
    *,
    tangent_x: NDArray[Real] | None = None,
    tangent_weight: NDArray[Real] | None = None,
    tangent_bias: NDArray[Real] | None = None,
    saved: Saved | None = None,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    out: NDArray[Real] | None = None,
    threads: int = 1,
) -> NDArray[Real]:
    """Compute the derivative of y along directions in the inputs, its tangent.

        x_centred = x - mean
        inv_std = 1/sqrt(var + eps)
        tangent_y = inv_std*weight*(
            tangent_x - inv_std**2*x_centred*sum[d](tangent_x*x_centred)/N_d - sum[d](tangent_x)/N_d
        ) + inv_std*tangent_weight*x_centred + tangent_bias

    Args:
        x: shape (n..., d...), float32 or float64, any strides; the data.
        weight: shape (d,), the dtype of x; None means ones; scale per feature.
        tangent_x: the shape and dtype of x, any strides; None means zero; the direction in x.
        tangent_weight: shape (d,), the dtype of x; None means zero; the direction in weight.
        tangent_bias: shape (d,), the dtype of x; None means zero; the direction in bias.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        normalized_shape: the shape of the last dimensions of x, an int for one; None means the last one alone;
            the features, over which the statistics are taken.
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
            None if weight is None else (type(weight), weight.dtype, weight.shape),
            None if tangent_x is None else (type(tangent_x), tangent_x.dtype, tangent_x.shape),
            None if tangent_weight is None else (type(tangent_weight), tangent_weight.dtype, tangent_weight.shape),
            None if tangent_bias is None else (type(tangent_bias), tangent_bias.dtype, tangent_bias.shape),
            _check_trailing("normalized_shape", normalized_shape, "x", x),
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types(
            "x", ("weight", "tangent_x", "tangent_weight", "tangent_bias"), x=x, weight=weight, tangent_x=tangent_x,
            tangent_weight=tangent_weight, tangent_bias=tangent_bias
        )
        bound = _bind("x", x, _AXES, {}, lengths={"d": _check_trailing("normalized_shape", normalized_shape, "x", x)})
        _check_shape("tangent_x", tangent_x, x.shape, "the shape of x")
        _check_parameter("weight", weight, bound, ("d",))
        _check_parameter("tangent_weight", tangent_weight, bound, ("d",))
        _check_parameter("tangent_bias", tangent_bias, bound, ("d",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _check_pair("tangent_weight", tangent_weight, "weight", weight)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
    if saved is not None and (
        type(saved) is not Saved
        or saved._bound is not bound
        or saved.eps != eps
    ):
        _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("d",)), eps=eps)
    if out is None:
        result = np.empty_like(x, subok=False)
    else:
        given: dict[str, _Array | None] = {
            "x": x, "weight": weight, "tangent_x": tangent_x, "tangent_weight": tangent_weight,
            "tangent_bias": tangent_bias
        }
        result = _output(out, x, given, saved)
    if x.size == 0:
        return result if out is None else out
    if saved is None:
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    tangent_x = _or_zeros(tangent_x, x)
    _jvp(bound, x, tangent_x, weight, tangent_weight, tangent_bias, mean, mean_low, inv_std, result, threads)
    return result if out is None else out


@np.errstate(all="ignore")
def double_backward(
    grad_output: NDArray[Real],
    x: NDArray[Real],
    weight: NDArray[Real] | None = None,
    *,
    cotangent_grad_input: NDArray[Real] | None = None,
    cotangent_grad_weight: NDArray[Real] | None = None,
    cotangent_grad_bias: NDArray[Real] | None = None,
    saved: Saved | None = None,
    eps: float = 1e-05,
    normalized_shape: int | Sequence[int] | None = None,
    threads: int = 1,
) -> SecondGradients[Real]:
    """Compute the gradients of what `backward` computes, from the cotangents of its results.

        x_centred = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_grad_output = inv_std*weight*(
            cotangent_grad_input - inv_std**2*x_centred*sum[d](cotangent_grad_input*x_centred)/N_d
            - sum[d](cotangent_grad_input)/N_d
        ) + cotangent_grad_weight*inv_std*x_centred + cotangent_grad_bias
        grad_x = (
            inv_std*(
                cotangent_grad_weight*grad_output
                - inv_std**2*x_centred*sum[d](cotangent_grad_weight*grad_output*x_centred)/N_d
                - sum[d](cotangent_grad_weight*grad_output)/N_d
            )
            - (
                inv_std**3*grad_output*weight*sum[d](cotangent_grad_input*x_centred)/N_d
                + inv_std**3*cotangent_grad_input*sum[d](grad_output*weight*x_centred)/N_d
                - x_centred*(
                    3*inv_std**5*sum[d](cotangent_grad_input*x_centred)*sum[d](grad_output*weight*x_centred)/N_d**2
                    + inv_std**3*sum[d](grad_output*weight)*sum[d](cotangent_grad_input)/N_d**2
                    - inv_std**3*sum[d](cotangent_grad_input*grad_output*weight)/N_d
                )
                - inv_std**3*sum[d](cotangent_grad_input*x_centred)*sum[d](grad_output*weight)/N_d**2
                - inv_std**3*sum[d](grad_output*weight*x_centred)*sum[d](cotangent_grad_input)/N_d**2
            )
        )
        grad_weight = sum[n](cotangent_grad_input*grad_output*inv_std) - sum[n](
            inv_std**3*grad_output*x_centred*sum[d](cotangent_grad_input*x_centred)
        )/N_d - sum[n](grad_output*inv_std*sum[d](cotangent_grad_input))/N_d

    Args:
        grad_output: the shape and dtype of x, any strides; as given to `backward`.
        x: shape (n..., d...), float32 or float64, any strides; the data.
        weight: shape (d,), the dtype of x; None means ones; scale per feature.
        cotangent_grad_input: the shape and dtype of x, any strides; None means zero; the cotangent of the
            gradient of x.
        cotangent_grad_weight: shape (d,), the dtype of x; None means zero; the cotangent of the gradient of
            weight.
        cotangent_grad_bias: shape (d,), the dtype of x; None means zero; the cotangent of the gradient of bias.
        saved: what `forward` returned; None computes it again.
        eps: finite and greater than zero.
        normalized_shape: the shape of the last dimensions of x, an int for one; None means the last one alone;
            the features, over which the statistics are taken.
        threads: how many threads share the work; the result does not depend on it.

    Returns:
        grad_grad_output, grad_x, grad_weight, grad_bias, in the dtype of x (grad_weight is None without weight;
        grad_bias is always zero): the gradients of the sum of the products of the results of `backward` and
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
            None if weight is None else (type(weight), weight.dtype, weight.shape),
            None if cotangent_grad_input is None else (
                type(cotangent_grad_input), cotangent_grad_input.dtype, cotangent_grad_input.shape
            ),
            None if cotangent_grad_weight is None else (
                type(cotangent_grad_weight), cotangent_grad_weight.dtype, cotangent_grad_weight.shape
            ),
            None if cotangent_grad_bias is None else (
                type(cotangent_grad_bias), cotangent_grad_bias.dtype, cotangent_grad_bias.shape
            ),
            _check_trailing("normalized_shape", normalized_shape, "x", x),
            type(eps), eps,
            type(threads), threads,
        )
        _known = _CHECKED.get(_kind)
    except (AttributeError, TypeError, ValueError):  # what is not an array, or cannot be a key: it is checked below
        _kind, _known = (), None
    if _known is None:
        _check_types(
            "x", ("weight", "cotangent_grad_input", "cotangent_grad_weight", "cotangent_grad_bias"),
            grad_output=grad_output, x=x, weight=weight, cotangent_grad_input=cotangent_grad_input,
            cotangent_grad_weight=cotangent_grad_weight, cotangent_grad_bias=cotangent_grad_bias
        )
        bound = _bind("x", x, _AXES, {}, lengths={"d": _check_trailing("normalized_shape", normalized_shape, "x", x)})
        _check_shape("grad_output", grad_output, x.shape, "the shape of x")
        _check_shape("cotangent_grad_input", cotangent_grad_input, x.shape, "the shape of x")
        _check_parameter("weight", weight, bound, ("d",))
        _check_parameter("cotangent_grad_weight", cotangent_grad_weight, bound, ("d",))
        _check_parameter("cotangent_grad_bias", cotangent_grad_bias, bound, ("d",))
        eps = _check_positive("eps", eps)
        threads = _check_count("threads", threads)
        _check_pair("cotangent_grad_weight", cotangent_grad_weight, "weight", weight)
        _keep(_CHECKED, _kind, (bound, eps, threads))
    else:
        bound, eps, threads = _known
    if saved is not None and (
        type(saved) is not Saved
        or saved._bound is not bound
        or saved.eps != eps
    ):
        _check_saved(saved, Saved, bound, _SAVED_AXES, count=bound.size(("d",)), eps=eps)
    if x.size == 0:
        return SecondGradients(
            grad_grad_output=np.empty_like(x, subok=False),
            grad_x=np.empty_like(x, subok=False),
            grad_weight=None if weight is None else np.zeros(bound.shape(("d",)), x.dtype),
            grad_bias=np.zeros(bound.shape(("d",)), x.dtype),
        )
    if saved is None:
        mean, mean_low, _, inv_std = _statistics(bound, x, eps, threads)
    else:
        mean, mean_low, inv_std = saved.mean, saved.mean_low, saved.inv_std
    cotangent_grad_input = _or_zeros(cotangent_grad_input, x)
    grad_grad_output = np.empty_like(x, subok=False)
    grad_x = np.empty_like(x, subok=False)
    grad_weight, = _double_backward(
        bound, grad_output, x, cotangent_grad_input, weight, cotangent_grad_weight, cotangent_grad_bias, mean,
        mean_low, inv_std, grad_grad_output, grad_x, threads
    )
    return SecondGradients(
        grad_grad_output=grad_grad_output,
        grad_x=grad_x,
        grad_weight=None if weight is None else grad_weight,
        grad_bias=np.zeros(bound.shape(("d",)), x.dtype),
    )


# ======================================================================================
# The kernels: the passes over the data, block by block.
# ======================================================================================




@_loop
def _statistics_0(
    first: int, end: int, lanes: int, x: _Array, memory: _Float64, partial: int, walk: _Int64, start: _Int64,
    at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 2 * lanes] = 0.0
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // x.itemsize
    piece = _SHORT if x.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if x.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _cleared(wide, 0, _int(3), until)
    between = _FIRST + walk[0, _INNERS] - 1
    step_x = np.uint64(walk[2, between])
    done, since = first, 0
    while done < end:
        unit, rows = _next(walk, first, done, end, _int(0))
        done, since = done + rows, since + rows
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            if columns:
                if rows == _ROWS:
                    for k in range(n):
                        i = np.uint64(k)
                        sum_of_sum_x = 0.0
                        for u in range(_ROWS):
                            r = np.uint64(u)
                            one_x = np.float64(x[at_x + r * step_x + i])
                            sum_of_sum_x = sum_of_sum_x + one_x
                        wide[i] = wide[i] + sum_of_sum_x
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = np.float64(x[at_x + i])
                    wide[i] = wide[i] + one_x
            else:
                for begin in range(0, n, piece):
                    sum_of_sum_x = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_x = np.float64(x[at_x + i])
                        sum_of_sum_x = _plus(sum_of_sum_x, one_x)
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_sum_x)
        if columns and since >= fold:
            since = 0
            _fold(wide[0 * _PITCH :], _int(1), until)
    if columns:
        _sums_of_columns(wide[0 * _PITCH :], _int(1), until, memory, partial + 0 * lanes, lanes)


__STATISTICS_1_WIDE = np.array([1, ], np.int64)


@_loop
def _statistics_1(
    first: int, end: int, lanes: int, x: _Array, memory: _Float64, partial: int, walk: _Int64, start: _Int64,
    at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 4 * lanes] = 0.0
    if few is not None:
        for unit in range(first, end):
            run = _unit(walk, start, unit, at)
            for b in range(lanes):
                mean_pivot = lane[1, b]
                for k in range(run):
                    of_x = _there(walk, at, _int(0), b, k)
                    one_x = np.float64(x[of_x])
                    x_centred, lost_x_centred = _sum(one_x, 0.0, -(mean_pivot), -(0.0))
                    _add_pair(memory, partial + 0 * lanes + b, lanes, x_centred, lost_x_centred)
                    _add_pair(
                        memory, partial + 2 * lanes + b, lanes,
                        *_product(x_centred, lost_x_centred, x_centred, lost_x_centred)
                    )
        return
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // x.itemsize
    piece = _SHORT if x.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if x.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __STATISTICS_1_WIDE, lanes, wide, until)
        _cleared(wide, 1, _int(6), until)
    between = _FIRST + walk[0, _INNERS] - 1
    step_x = np.uint64(walk[2, between])
    done, since = first, 0
    while done < end:
        unit, rows = _next(walk, first, done, end, _int(1))
        done, since = done + rows, since + rows
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            if columns:
                if rows == _ROWS:
                    for k in range(n):
                        i = np.uint64(k)
                        mean_pivot = wide[i]
                        sum_of_sum_x_centred = 0.0
                        sum_of_sum_x_centred_x_centred = 0.0
                        for u in range(_ROWS):
                            r = np.uint64(u)
                            one_x = np.float64(x[at_x + r * step_x + i])
                            x_centred = one_x - mean_pivot
                            sum_of_sum_x_centred = sum_of_sum_x_centred + x_centred
                            sum_of_sum_x_centred_x_centred = sum_of_sum_x_centred_x_centred + x_centred * x_centred
                        wide[np.uint64(1 * _PITCH) + i] = wide[np.uint64(1 * _PITCH) + i] + sum_of_sum_x_centred
                        wide[np.uint64(4 * _PITCH) + i] = wide[
                            np.uint64(4 * _PITCH) + i
                        ] + sum_of_sum_x_centred_x_centred
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = np.float64(x[at_x + i])
                    mean_pivot = wide[i]
                    x_centred = one_x - mean_pivot
                    wide[np.uint64(1 * _PITCH) + i] = wide[np.uint64(1 * _PITCH) + i] + x_centred
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + x_centred * x_centred
            else:
                mean_pivot = lane[1, b]
                for begin in range(0, n, piece):
                    sum_of_sum_x_centred = 0.0
                    sum_of_sum_x_centred_x_centred = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_x = np.float64(x[at_x + i])
                        x_centred = one_x - mean_pivot
                        sum_of_sum_x_centred = _plus(sum_of_sum_x_centred, x_centred)
                        sum_of_sum_x_centred_x_centred = _plus(sum_of_sum_x_centred_x_centred, x_centred * x_centred)
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_sum_x_centred)
                    _add(memory, partial + 2 * lanes + b, lanes, sum_of_sum_x_centred_x_centred)
        if columns and since >= fold:
            since = 0
            _fold(wide[1 * _PITCH :], _int(2), until)
    if columns:
        _sums_of_columns(wide[1 * _PITCH :], _int(2), until, memory, partial + 0 * lanes, lanes)


@_compiled
def _statistics_blocks(counts: _Int64, x: _Array, memory: _Float64, walk: _Int64, few: int | None) -> bool:
    if counts[_PLACES] != 0 and counts[_JOB] == 0:  # whoever calls has not yet asked others to do the same
        counts[_GIVEN] = _address(counts, _int(_COUNTED + 6))
        _offer(counts, _job((counts, x, memory, walk, few), counts[_GIVEN]))
    start, at = np.empty(5, np.int64), np.empty(5, np.int64)
    lane, wide = np.empty((9, walk[0, _LANES])), np.empty(7 * _PITCH)
    near = np.empty(0 * _PITCH, x.dtype)
    splits, units = walk[0, _SPLITS], walk[0, _UNITS]
    eps = memory[0]
    v_count_d = memory[1]
    kind = x.dtype.type
    exact = x.itemsize == 8
    phase, task = _take(walk, counts, _int(0), _int(3))
    while task >= 0:
        begin, until, share, shares, since, last = _share(walk, phase, task, _int(3))
        for block in range(begin, until):
            lanes = _locate(walk, block, task, start)
            sums = walk[0, _PARTIAL] + (block if walk[0, _INSIDE] else task) * walk[0, _ROOM]
            if since <= 0 < last:
                for k in range(share, shares):
                    _statistics_0(
                        units * k // splits, units * (k + 1) // splits, lanes, x, memory,
                        sums + 0 * walk[0, _LANES] * splits + 2 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 1:
                partial = sums + 0 * walk[0, _LANES] * splits
                step = 2 * lanes
                for b in range(lanes):
                    lane[0, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
            if last > 1:
                for b in range(lanes):
                    sum_x = lane[0, b]
                    mean_pivot = np.float64(kind(sum_x/v_count_d))
                    lane[1, b] = mean_pivot
            if since <= 1 < last:
                for k in range(shares - 1, share - 1, -1):
                    _statistics_1(
                        units * k // splits, units * (k + 1) // splits, lanes, x, memory,
                        sums + 2 * walk[0, _LANES] * splits + 4 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 2:
                partial = sums + 2 * walk[0, _LANES] * splits
                step = 4 * lanes
                for b in range(lanes):
                    lane[2, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
                    lane[3, b] = _combined(memory, partial + 2 * lanes + b, lanes, step, splits)
            if last > 2:
                for b in range(lanes):
                    sum_x_centred = lane[2, b]
                    mean_pivot = lane[1, b]
                    sum_x_centred_x_centred = lane[3, b]
                    mean_rest = sum_x_centred/v_count_d
                    mean, mean_low = _exact_sum(mean_pivot, mean_rest, exact)
                    var = _not_negative(sum_x_centred_x_centred/v_count_d - mean_rest**2)
                    inv_std = 1/np.sqrt(eps + var)
                    lane[4, b] = mean_rest
                    lane[5, b] = mean
                    lane[6, b] = mean_low
                    lane[7, b] = var
                    lane[8, b] = inv_std
            if last == 3 and share == 0:
                for b in range(lanes):
                    memory[start[1] + b * walk[3, _LANE]] = lane[5, b]
                    memory[start[2] + b * walk[4, _LANE]] = lane[6, b]
                    memory[start[3] + b * walk[5, _LANE]] = lane[7, b]
                    memory[start[4] + b * walk[6, _LANE]] = lane[8, b]
        _added(_address(counts, _COUNTED + 2 * phase + 1), _int(1))
        phase, task = _take(walk, counts, phase, _int(3))
    return task == _FINISHED


_STATISTICS = _Kernel(
    _statistics_blocks,
    arrays=1,
    reads=1,
    places=(
        _Place("result mean", "n", "n", "result"),
        _Place("result mean_low", "n", "n", "result"),
        _Place("result var", "n", "n", "result"),
        _Place("result inv_std", "n", "n", "result"),
    ),
    numbers=2,
    outer="n",
    sums=3,
    phases=3,
    overs=("d", ),
    copies=False,
    apart=(),
)


def _statistics(
    bound: _Binding,
    x: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64]:
    """Run 2 sweeps over the data: reduce pass (0 operations per element, 1 sum), then reduce pass (1 operation
    per element, 2 sums).
    """
    _call = _Call(_STATISTICS, bound, threads, x)
    _call.numbers(eps, _call.count("d"))
    _call.run()
    return (
        _call.result(_call.leaf("result mean"), ("n",), "n"),
        _call.result(_call.leaf("result mean_low"), ("n",), "n"),
        _call.result(_call.leaf("result var"), ("n",), "n"),
        _call.result(_call.leaf("result inv_std"), ("n",), "n"),
    )


__FORWARD_1_WIDE = np.array([1, ], np.int64)


@_loop
def _forward_1(
    first: int, end: int, lanes: int, x: _Array, memory: _Float64, partial: int, walk: _Int64, start: _Int64,
    at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 4 * lanes] = 0.0
    if few is not None:
        for unit in range(first, end):
            run = _unit(walk, start, unit, at)
            for b in range(lanes):
                mean_pivot = lane[1, b]
                for k in range(run):
                    of_x = _there(walk, at, _int(0), b, k)
                    one_x = np.float64(x[of_x])
                    x_centred, lost_x_centred = _sum(one_x, 0.0, -(mean_pivot), -(0.0))
                    _add_pair(memory, partial + 0 * lanes + b, lanes, x_centred, lost_x_centred)
                    _add_pair(
                        memory, partial + 2 * lanes + b, lanes,
                        *_product(x_centred, lost_x_centred, x_centred, lost_x_centred)
                    )
        return
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // x.itemsize
    piece = _SHORT if x.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if x.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __FORWARD_1_WIDE, lanes, wide, until)
        _cleared(wide, 1, _int(6), until)
    between = _FIRST + walk[0, _INNERS] - 1
    step_x = np.uint64(walk[2, between])
    done, since = first, 0
    while done < end:
        unit, rows = _next(walk, first, done, end, _int(0))
        done, since = done + rows, since + rows
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            if columns:
                if rows == _ROWS:
                    for k in range(n):
                        i = np.uint64(k)
                        mean_pivot = wide[i]
                        sum_of_sum_x_centred = 0.0
                        sum_of_sum_x_centred_x_centred = 0.0
                        for u in range(_ROWS):
                            r = np.uint64(u)
                            one_x = np.float64(x[at_x + r * step_x + i])
                            x_centred = one_x - mean_pivot
                            sum_of_sum_x_centred = sum_of_sum_x_centred + x_centred
                            sum_of_sum_x_centred_x_centred = sum_of_sum_x_centred_x_centred + x_centred * x_centred
                        wide[np.uint64(1 * _PITCH) + i] = wide[np.uint64(1 * _PITCH) + i] + sum_of_sum_x_centred
                        wide[np.uint64(4 * _PITCH) + i] = wide[
                            np.uint64(4 * _PITCH) + i
                        ] + sum_of_sum_x_centred_x_centred
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = np.float64(x[at_x + i])
                    mean_pivot = wide[i]
                    x_centred = one_x - mean_pivot
                    wide[np.uint64(1 * _PITCH) + i] = wide[np.uint64(1 * _PITCH) + i] + x_centred
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + x_centred * x_centred
            else:
                mean_pivot = lane[1, b]
                for begin in range(0, n, piece):
                    sum_of_sum_x_centred = 0.0
                    sum_of_sum_x_centred_x_centred = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_x = np.float64(x[at_x + i])
                        x_centred = one_x - mean_pivot
                        sum_of_sum_x_centred = _plus(sum_of_sum_x_centred, x_centred)
                        sum_of_sum_x_centred_x_centred = _plus(sum_of_sum_x_centred_x_centred, x_centred * x_centred)
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_sum_x_centred)
                    _add(memory, partial + 2 * lanes + b, lanes, sum_of_sum_x_centred_x_centred)
        if columns and since >= fold:
            since = 0
            _fold(wide[1 * _PITCH :], _int(2), until)
    if columns:
        _sums_of_columns(wide[1 * _PITCH :], _int(2), until, memory, partial + 0 * lanes, lanes)


__FORWARD_2_NEAR = np.array([1, 9, 10, ], np.int64)


@_loop
def _forward_2(
    first: int, end: int, lanes: int, x: _Array, y: _Array, memory: _Float64, partial: int, walk: _Int64,
    start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    kind = x.dtype.type
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    past = walk[0, _PAST] != 0
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __FORWARD_2_NEAR, lanes, near, until)
    for unit in range(end - 1, first - 1, -1):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[4, _LANE] != 0):
                _leaf(memory, at[2] + b * walk[4, _LANE], walk[4], length, run, wide[0 * _PITCH :])
            if (b == 0 or walk[5, _LANE] != 0):
                _leaf(memory, at[3] + b * walk[5, _LANE], walk[5], length, run, wide[1 * _PITCH :])
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            at_y = np.uint64(at[1] + b * walk[3, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_x = x[at_x + i]
                    weight = wide[i]
                    bias = wide[np.uint64(1 * _PITCH) + i]
                    mean_pivot = near[i]
                    mean_rest_cast = near[np.uint64(1 * _PITCH) + i]
                    inv_std_cast = near[np.uint64(2 * _PITCH) + i]
                    weight_cast = weight
                    bias_cast = bias
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t1 = x_centred1 * kind(weight_cast)
                    t2 = t1 * inv_std_cast
                    t3 = t2 + kind(bias_cast)
                    y[at_y + i] = t3
            else:
                mean_pivot = x.dtype.type(lane[1, b])
                mean_rest_cast = x.dtype.type(lane[9, b])
                inv_std_cast = x.dtype.type(lane[10, b])
                if past:
                    for begin in range(_before_line(y, at_y) - _CHUNK, n, _CHUNK):
                        low, high = max(begin, 0), min(begin + _CHUNK, n)
                        for k in range(high - low):
                            i = np.uint64(low + k)
                            one_x = x[at_x + i]
                            weight = wide[i]
                            bias = wide[np.uint64(1 * _PITCH) + i]
                            weight_cast = weight
                            bias_cast = bias
                            x_centred = one_x - mean_pivot
                            x_centred1 = x_centred - mean_rest_cast
                            t1 = x_centred1 * kind(weight_cast)
                            t2 = t1 * inv_std_cast
                            t3 = t2 + kind(bias_cast)
                            near[np.uint64(k)] = t3
                        _put(y, at_y + np.uint64(low), near, high - low, begin >= 0)
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = x[at_x + i]
                    weight = wide[i]
                    bias = wide[np.uint64(1 * _PITCH) + i]
                    weight_cast = weight
                    bias_cast = bias
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t1 = x_centred1 * kind(weight_cast)
                    t2 = t1 * inv_std_cast
                    t3 = t2 + kind(bias_cast)
                    y[at_y + i] = t3
    if past:
        _settle()


@_compiled
def _forward_blocks(counts: _Int64, x: _Array, y: _Array, memory: _Float64, walk: _Int64, few: int | None) -> bool:
    if counts[_PLACES] != 0 and counts[_JOB] == 0:  # whoever calls has not yet asked others to do the same
        counts[_GIVEN] = _address(counts, _int(_COUNTED + 6))
        _offer(counts, _job((counts, x, y, memory, walk, few), counts[_GIVEN]))
    start, at = np.empty(8, np.int64), np.empty(8, np.int64)
    lane, wide = np.empty((11, walk[0, _LANES])), np.empty(7 * _PITCH)
    near = np.empty(3 * _PITCH, x.dtype)
    splits, units = walk[0, _SPLITS], walk[0, _UNITS]
    eps = memory[0]
    v_count_d = memory[1]
    kind = x.dtype.type
    exact = x.itemsize == 8
    phase, task = _take(walk, counts, _int(0), _int(3))
    while task >= 0:
        begin, until, share, shares, since, last = _share(walk, phase, task, _int(3))
        for block in range(begin, until):
            lanes = _locate(walk, block, task, start)
            sums = walk[0, _PARTIAL] + (block if walk[0, _INSIDE] else task) * walk[0, _ROOM]
            if since <= 0 < last:
                for k in range(share, shares):
                    _statistics_0(
                        units * k // splits, units * (k + 1) // splits, lanes, x, memory,
                        sums + 0 * walk[0, _LANES] * splits + 2 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 1:
                partial = sums + 0 * walk[0, _LANES] * splits
                step = 2 * lanes
                for b in range(lanes):
                    lane[0, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
            if last > 1:
                for b in range(lanes):
                    sum_x = lane[0, b]
                    mean_pivot = np.float64(kind(sum_x/v_count_d))
                    lane[1, b] = mean_pivot
            if since <= 1 < last:
                for k in range(share, shares):
                    _forward_1(
                        units * k // splits, units * (k + 1) // splits, lanes, x, memory,
                        sums + 2 * walk[0, _LANES] * splits + 4 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 2:
                partial = sums + 2 * walk[0, _LANES] * splits
                step = 4 * lanes
                for b in range(lanes):
                    lane[2, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
                    lane[3, b] = _combined(memory, partial + 2 * lanes + b, lanes, step, splits)
            if last > 2:
                for b in range(lanes):
                    sum_x_centred = lane[2, b]
                    mean_pivot = lane[1, b]
                    sum_x_centred_x_centred = lane[3, b]
                    mean_rest = sum_x_centred/v_count_d
                    mean, mean_low = _exact_sum(mean_pivot, mean_rest, exact)
                    var = _not_negative(sum_x_centred_x_centred/v_count_d - mean_rest**2)
                    inv_std = 1/np.sqrt(eps + var)
                    mean_rest_cast = mean_rest
                    inv_std_cast = inv_std
                    lane[4, b] = mean_rest
                    lane[5, b] = mean
                    lane[6, b] = mean_low
                    lane[7, b] = var
                    lane[8, b] = inv_std
                    lane[9, b] = mean_rest_cast
                    lane[10, b] = inv_std_cast
            if since <= 2 < last:
                for k in range(shares - 1, share - 1, -1):
                    _forward_2(
                        units * k // splits, units * (k + 1) // splits, lanes, x, y, memory, 0, walk, start, at, lane,
                        wide, near, few
                    )
            if last == 3 and share == 0:
                for b in range(lanes):
                    memory[start[4] + b * walk[6, _LANE]] = lane[5, b]
                    memory[start[5] + b * walk[7, _LANE]] = lane[6, b]
                    memory[start[6] + b * walk[8, _LANE]] = lane[7, b]
                    memory[start[7] + b * walk[9, _LANE]] = lane[8, b]
        _added(_address(counts, _COUNTED + 2 * phase + 1), _int(1))
        phase, task = _take(walk, counts, phase, _int(3))
    return task == _FINISHED


_FORWARD = _Kernel(
    _forward_blocks,
    arrays=2,
    reads=1,
    places=(
        _Place("weight", "d", "d", "given"),
        _Place("bias", "d", "d", "given"),
        _Place("result mean", "n", "n", "result"),
        _Place("result mean_low", "n", "n", "result"),
        _Place("result var", "n", "n", "result"),
        _Place("result inv_std", "n", "n", "result"),
    ),
    numbers=2,
    outer="n",
    sums=3,
    phases=3,
    overs=("d", ),
    copies=True,
    apart=(),
)


def _forward(
    bound: _Binding,
    x: NDArray[Real],
    weight: NDArray[Real] | None,
    bias: NDArray[Real] | None,
    y: NDArray[Real],
    eps: float,
    threads: int,
) -> tuple[_Float64, _Float64, _Float64, _Float64]:
    """Run 3 sweeps over the data: reduce pass (0 operations per element, 1 sum), then reduce pass (1 operation
    per element, 2 sums), then map pass (5 operations per element).
    """
    _call = _Call(_FORWARD, bound, threads, x, y)
    _call.numbers(eps, _call.count("d"))
    _call.give("weight", weight, ("d",), 1.0)
    _call.give("bias", bias, ("d",), 0.0)
    _call.run()
    return (
        _call.result(_call.leaf("result mean"), ("n",), "n"),
        _call.result(_call.leaf("result mean_low"), ("n",), "n"),
        _call.result(_call.leaf("result var"), ("n",), "n"),
        _call.result(_call.leaf("result inv_std"), ("n",), "n"),
    )


__BACKWARD_0_WIDE = np.array([0, 2, 3, ], np.int64)


@_loop
def _backward_0(
    first: int, end: int, lanes: int, grad_output: _Array, x: _Array, memory: _Float64, partial: int, walk: _Int64,
    start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 4 * lanes] = 0.0
    if few is not None:
        for unit in range(first, end):
            run = _unit(walk, start, unit, at)
            for b in range(lanes):
                mean_pivot = lane[0, b]
                mean_rest_cast = lane[2, b]
                inv_std_cast = lane[3, b]
                for k in range(run):
                    of_grad_output = _there(walk, at, _int(0), b, k)
                    of_x = _there(walk, at, _int(1), b, k)
                    one_grad_output = np.float64(grad_output[of_grad_output])
                    one_x = np.float64(x[of_x])
                    weight = _read(memory, _there(walk, at, _int(3), b, k), walk[5, _LOW])
                    weight_cast = weight
                    x_centred, lost_x_centred = _sum(one_x, 0.0, -(mean_pivot), -(0.0))
                    x_centred1, lost_x_centred1 = _sum(x_centred, lost_x_centred, -(mean_rest_cast), -(0.0))
                    t1, lost_t1 = _product(one_grad_output, 0.0, inv_std_cast, 0.0)
                    t2, lost_t2 = _product(one_grad_output, 0.0, weight_cast, 0.0)
                    _add_pair(memory, partial + 0 * lanes + b, lanes, t2, lost_t2)
                    _add_pair(
                        memory, partial + 2 * lanes + b, lanes, *_product(t2, lost_t2, x_centred1, lost_x_centred1)
                    )
                    to = _there(walk, at, _int(7), b, k)
                    _add_pair(memory, to, walk[9, _LOW], *_product(t1, lost_t1, x_centred1, lost_x_centred1))
                    to = _there(walk, at, _int(8), b, k)
                    _add_pair(memory, to, walk[10, _LOW], one_grad_output, 0.0)
        return
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // grad_output.itemsize
    piece = _SHORT if grad_output.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if grad_output.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __BACKWARD_0_WIDE, lanes, wide, until)
        _cleared(wide, 6, _int(6), until)
    wide[4 * _PITCH : 5 * _PITCH] = 0.0
    wide[5 * _PITCH : 6 * _PITCH] = 0.0
    for unit in range(first, end):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[5, _LANE] != 0):
                _leaf(memory, at[3] + b * walk[5, _LANE], walk[5], length, run, wide[3 * _PITCH :])
            at_grad_output = np.uint64(at[0] + b * walk[2, _LANE])
            at_x = np.uint64(at[1] + b * walk[3, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = np.float64(grad_output[at_grad_output + i])
                    one_x = np.float64(x[at_x + i])
                    weight = wide[np.uint64(3 * _PITCH) + i]
                    mean_pivot = wide[i]
                    mean_rest_cast = wide[np.uint64(1 * _PITCH) + i]
                    inv_std_cast = wide[np.uint64(2 * _PITCH) + i]
                    weight_cast = weight
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t1 = one_grad_output * inv_std_cast
                    t2 = one_grad_output * weight_cast
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + t1 * x_centred1
                    wide[np.uint64(5 * _PITCH) + i] = wide[np.uint64(5 * _PITCH) + i] + one_grad_output
                    wide[np.uint64(6 * _PITCH) + i] = wide[np.uint64(6 * _PITCH) + i] + t2
                    wide[np.uint64(9 * _PITCH) + i] = wide[np.uint64(9 * _PITCH) + i] + t2 * x_centred1
            else:
                mean_pivot = lane[0, b]
                mean_rest_cast = lane[2, b]
                inv_std_cast = lane[3, b]
                for begin in range(0, n, piece):
                    sum_of_sum_grad_output_weight = 0.0
                    sum_of_sum_grad_output_weight_x_centred = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(grad_output, at_grad_output + np.uint64(k + _LATER * line))
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_grad_output = np.float64(grad_output[at_grad_output + i])
                        one_x = np.float64(x[at_x + i])
                        weight = wide[np.uint64(3 * _PITCH) + i]
                        weight_cast = weight
                        x_centred = one_x - mean_pivot
                        x_centred1 = x_centred - mean_rest_cast
                        t1 = one_grad_output * inv_std_cast
                        t2 = one_grad_output * weight_cast
                        wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + t1 * x_centred1
                        wide[np.uint64(5 * _PITCH) + i] = wide[np.uint64(5 * _PITCH) + i] + one_grad_output
                        sum_of_sum_grad_output_weight = _plus(sum_of_sum_grad_output_weight, t2)
                        sum_of_sum_grad_output_weight_x_centred = _plus(
                            sum_of_sum_grad_output_weight_x_centred, t2 * x_centred1
                        )
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_sum_grad_output_weight)
                    _add(memory, partial + 2 * lanes + b, lanes, sum_of_sum_grad_output_weight_x_centred)
            if (b + 1 == groups or walk[9, _LANE] != 0 or (b + 1) % fold == 0):
                _gather(wide[4 * _PITCH :], memory, at[7] + b * walk[9, _LANE], walk[9], length, run)
            if (b + 1 == groups or walk[10, _LANE] != 0 or (b + 1) % fold == 0):
                _gather(wide[5 * _PITCH :], memory, at[8] + b * walk[10, _LANE], walk[10], length, run)
        if columns and (unit - first) % fold == 0:
            _fold(wide[6 * _PITCH :], _int(2), until)
    if columns:
        _sums_of_columns(wide[6 * _PITCH :], _int(2), until, memory, partial + 0 * lanes, lanes)


__BACKWARD_1_NEAR = np.array([6, 0, 7, 3, ], np.int64)


@_loop
def _backward_1(
    first: int, end: int, lanes: int, grad_output: _Array, x: _Array, grad_x: _Array, memory: _Float64, partial: int,
    walk: _Int64, start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    kind = grad_output.dtype.type
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    past = walk[0, _PAST] != 0
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __BACKWARD_1_NEAR, lanes, near, until)
    for unit in range(end - 1, first - 1, -1):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[5, _LANE] != 0):
                _leaf(memory, at[3] + b * walk[5, _LANE], walk[5], length, run, wide[0 * _PITCH :])
            at_grad_output = np.uint64(at[0] + b * walk[2, _LANE])
            at_x = np.uint64(at[1] + b * walk[3, _LANE])
            at_grad_x = np.uint64(at[2] + b * walk[4, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = grad_output[at_grad_output + i]
                    one_x = x[at_x + i]
                    weight = wide[i]
                    shift = near[i]
                    mean_pivot = near[np.uint64(1 * _PITCH) + i]
                    slope = near[np.uint64(2 * _PITCH) + i]
                    inv_std_cast = near[np.uint64(3 * _PITCH) + i]
                    weight_cast = weight
                    t1 = one_grad_output * kind(weight_cast)
                    t2 = t1 + shift
                    x_centred = one_x - mean_pivot
                    t3 = x_centred * slope
                    t4 = t2 + t3
                    t5 = t4 * inv_std_cast
                    grad_x[at_grad_x + i] = t5
            else:
                shift = grad_output.dtype.type(lane[6, b])
                mean_pivot = grad_output.dtype.type(lane[0, b])
                slope = grad_output.dtype.type(lane[7, b])
                inv_std_cast = grad_output.dtype.type(lane[3, b])
                if past:
                    for begin in range(_before_line(grad_x, at_grad_x) - _CHUNK, n, _CHUNK):
                        low, high = max(begin, 0), min(begin + _CHUNK, n)
                        for k in range(high - low):
                            i = np.uint64(low + k)
                            one_grad_output = grad_output[at_grad_output + i]
                            one_x = x[at_x + i]
                            weight = wide[i]
                            weight_cast = weight
                            t1 = one_grad_output * kind(weight_cast)
                            t2 = t1 + shift
                            x_centred = one_x - mean_pivot
                            t3 = x_centred * slope
                            t4 = t2 + t3
                            t5 = t4 * inv_std_cast
                            near[np.uint64(k)] = t5
                        _put(grad_x, at_grad_x + np.uint64(low), near, high - low, begin >= 0)
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = grad_output[at_grad_output + i]
                    one_x = x[at_x + i]
                    weight = wide[i]
                    weight_cast = weight
                    t1 = one_grad_output * kind(weight_cast)
                    t2 = t1 + shift
                    x_centred = one_x - mean_pivot
                    t3 = x_centred * slope
                    t4 = t2 + t3
                    t5 = t4 * inv_std_cast
                    grad_x[at_grad_x + i] = t5
    if past:
        _settle()


@_compiled
def _backward_blocks(
    counts: _Int64, grad_output: _Array, x: _Array, grad_x: _Array, memory: _Float64, walk: _Int64, few: int | None
) -> bool:
    if counts[_PLACES] != 0 and counts[_JOB] == 0:  # whoever calls has not yet asked others to do the same
        counts[_GIVEN] = _address(counts, _int(_COUNTED + 4))
        _offer(counts, _job((counts, grad_output, x, grad_x, memory, walk, few), counts[_GIVEN]))
    start, at = np.empty(9, np.int64), np.empty(9, np.int64)
    lane, wide = np.empty((11, walk[0, _LANES])), np.empty(12 * _PITCH)
    near = np.empty(4 * _PITCH, grad_output.dtype)
    splits, units = walk[0, _SPLITS], walk[0, _UNITS]
    v_count_d = memory[0]
    kind = grad_output.dtype.type
    phase, task = _take(walk, counts, _int(0), _int(2))
    while task >= 0:
        begin, until, share, shares, since, last = _share(walk, phase, task, _int(2))
        for block in range(begin, until):
            lanes = _locate(walk, block, task, start)
            sums = walk[0, _PARTIAL] + (block if walk[0, _INSIDE] else task) * walk[0, _ROOM]
            for b in range(lanes):
                lane[8, b] = memory[start[4] + b * walk[6, _LANE]]
                lane[9, b] = memory[start[5] + b * walk[7, _LANE]]
                lane[10, b] = memory[start[6] + b * walk[8, _LANE]]
            if last > 0:
                for b in range(lanes):
                    mean = lane[8, b]
                    mean_low = lane[9, b]
                    inv_std = lane[10, b]
                    mean_pivot = np.float64(kind(mean))
                    mean_rest = (mean - mean_pivot) + mean_low
                    mean_rest_cast = mean_rest
                    inv_std_cast = inv_std
                    lane[0, b] = mean_pivot
                    lane[1, b] = mean_rest
                    lane[2, b] = mean_rest_cast
                    lane[3, b] = inv_std_cast
            if since <= 0 < last:
                for k in range(share, shares):
                    _backward_0(
                        units * k // splits, units * (k + 1) // splits, lanes, grad_output, x, memory,
                        sums + 0 * walk[0, _LANES] * splits + 4 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 1:
                partial = sums + 0 * walk[0, _LANES] * splits
                step = 4 * lanes
                for b in range(lanes):
                    lane[4, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
                    lane[5, b] = _combined(memory, partial + 2 * lanes + b, lanes, step, splits)
            if last > 1:
                for b in range(lanes):
                    inv_std = lane[10, b]
                    mean_rest = lane[1, b]
                    sum_grad_output_weight = lane[4, b]
                    sum_grad_output_weight_x_centred = lane[5, b]
                    shift = (
                        inv_std**2*mean_rest*sum_grad_output_weight_x_centred/v_count_d
                        - sum_grad_output_weight/v_count_d
                    )
                    slope = -inv_std**2*sum_grad_output_weight_x_centred/v_count_d
                    lane[6, b] = shift
                    lane[7, b] = slope
            if since <= 1 < last:
                for k in range(shares - 1, share - 1, -1):
                    _backward_1(
                        units * k // splits, units * (k + 1) // splits, lanes, grad_output, x, grad_x, memory, 0, walk,
                        start, at, lane, wide, near, few
                    )
        _added(_address(counts, _COUNTED + 2 * phase + 1), _int(1))
        phase, task = _take(walk, counts, phase, _int(2))
    return task == _FINISHED


_BACKWARD = _Kernel(
    _backward_blocks,
    arrays=3,
    reads=2,
    places=(
        _Place("weight", "d", "d", "given"),
        _Place("mean", "n", "n", "given"),
        _Place("mean_low", "n", "n", "given"),
        _Place("inv_std", "n", "n", "given"),
        _Place("sum_grad_output_inv_std_x_centred", "d", "d", "part"),
        _Place("sum_grad_output", "d", "d", "part"),
    ),
    numbers=1,
    outer="n",
    sums=2,
    phases=2,
    overs=("d", ),
    copies=True,
    apart=(),
)


def _backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    weight: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real], NDArray[Real]]:
    """Run 2 sweeps over the data: reduce pass (4 operations per element, 4 sums), then map pass (6 operations
    per element).
    """
    _call = _Call(_BACKWARD, bound, threads, grad_output, x, grad_x)
    _call.numbers(_call.count("d"))
    _call.give("weight", weight, ("d",), 1.0)
    _call.give("mean", mean, ("n",))
    _call.give("mean_low", mean_low, ("n",))
    _call.give("inv_std", inv_std, ("n",))
    _call.run()
    with np.errstate(all="ignore"):
        at_sum_grad_output_inv_std_x_centred = _call.leaf("sum_grad_output_inv_std_x_centred")
        at_sum_grad_output = _call.leaf("sum_grad_output")
    return (
        _call.result(at_sum_grad_output_inv_std_x_centred, ("d",), "d").astype(grad_output.dtype),
        _call.result(at_sum_grad_output, ("d",), "d").astype(grad_output.dtype),
    )


__JVP_0_WIDE = np.array([0, ], np.int64)


@_loop
def _jvp_0(
    first: int, end: int, lanes: int, x: _Array, tangent_x: _Array, memory: _Float64, partial: int, walk: _Int64,
    start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 4 * lanes] = 0.0
    if few is not None:
        for unit in range(first, end):
            run = _unit(walk, start, unit, at)
            for b in range(lanes):
                mean_pivot = lane[0, b]
                for k in range(run):
                    of_x = _there(walk, at, _int(0), b, k)
                    of_tangent_x = _there(walk, at, _int(1), b, k)
                    one_x = np.float64(x[of_x])
                    one_tangent_x = np.float64(tangent_x[of_tangent_x])
                    x_centred, lost_x_centred = _sum(one_x, 0.0, -(mean_pivot), -(0.0))
                    _add_pair(
                        memory, partial + 0 * lanes + b, lanes, *_product(one_tangent_x, 0.0, x_centred, lost_x_centred)
                    )
                    _add_pair(memory, partial + 2 * lanes + b, lanes, one_tangent_x, 0.0)
        return
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // x.itemsize
    piece = _SHORT if x.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if x.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __JVP_0_WIDE, lanes, wide, until)
        _cleared(wide, 1, _int(6), until)
    between = _FIRST + walk[0, _INNERS] - 1
    step_x = np.uint64(walk[2, between])
    step_tangent_x = np.uint64(walk[3, between])
    done, since = first, 0
    while done < end:
        unit, rows = _next(walk, first, done, end, _int(0))
        done, since = done + rows, since + rows
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            at_tangent_x = np.uint64(at[1] + b * walk[3, _LANE])
            if columns:
                if rows == _ROWS:
                    for k in range(n):
                        i = np.uint64(k)
                        mean_pivot = wide[i]
                        sum_of_near_sum_tangent_x_x_centred = 0.0
                        sum_of_sum_tangent_x = 0.0
                        for u in range(_ROWS):
                            r = np.uint64(u)
                            one_x = np.float64(x[at_x + r * step_x + i])
                            one_tangent_x = np.float64(tangent_x[at_tangent_x + r * step_tangent_x + i])
                            x_centred = one_x - mean_pivot
                            sum_of_near_sum_tangent_x_x_centred = (
                                sum_of_near_sum_tangent_x_x_centred + one_tangent_x * x_centred
                            )
                            sum_of_sum_tangent_x = sum_of_sum_tangent_x + one_tangent_x
                        wide[np.uint64(1 * _PITCH) + i] = wide[
                            np.uint64(1 * _PITCH) + i
                        ] + sum_of_near_sum_tangent_x_x_centred
                        wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + sum_of_sum_tangent_x
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = np.float64(x[at_x + i])
                    one_tangent_x = np.float64(tangent_x[at_tangent_x + i])
                    mean_pivot = wide[i]
                    x_centred = one_x - mean_pivot
                    wide[np.uint64(1 * _PITCH) + i] = wide[np.uint64(1 * _PITCH) + i] + one_tangent_x * x_centred
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + one_tangent_x
            else:
                mean_pivot = lane[0, b]
                for begin in range(0, n, piece):
                    sum_of_near_sum_tangent_x_x_centred = 0.0
                    sum_of_sum_tangent_x = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                            _ask(tangent_x, at_tangent_x + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_x = np.float64(x[at_x + i])
                        one_tangent_x = np.float64(tangent_x[at_tangent_x + i])
                        x_centred = one_x - mean_pivot
                        sum_of_near_sum_tangent_x_x_centred = _plus(
                            sum_of_near_sum_tangent_x_x_centred, one_tangent_x * x_centred
                        )
                        sum_of_sum_tangent_x = _plus(sum_of_sum_tangent_x, one_tangent_x)
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_near_sum_tangent_x_x_centred)
                    _add(memory, partial + 2 * lanes + b, lanes, sum_of_sum_tangent_x)
        if columns and since >= fold:
            since = 0
            _fold(wide[1 * _PITCH :], _int(2), until)
    if columns:
        _sums_of_columns(wide[1 * _PITCH :], _int(2), until, memory, partial + 0 * lanes, lanes)


__JVP_1_NEAR = np.array([5, 0, 6, 7, 8, ], np.int64)


@_loop
def _jvp_1(
    first: int, end: int, lanes: int, x: _Array, tangent_x: _Array, tangent_y: _Array, memory: _Float64, partial: int,
    walk: _Int64, start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    kind = x.dtype.type
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    past = walk[0, _PAST] != 0
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __JVP_1_NEAR, lanes, near, until)
    for unit in range(end - 1, first - 1, -1):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[5, _LANE] != 0):
                _leaf(memory, at[3] + b * walk[5, _LANE], walk[5], length, run, wide[0 * _PITCH :])
            if (b == 0 or walk[6, _LANE] != 0):
                _leaf(memory, at[4] + b * walk[6, _LANE], walk[6], length, run, wide[1 * _PITCH :])
            if (b == 0 or walk[7, _LANE] != 0):
                _leaf(memory, at[5] + b * walk[7, _LANE], walk[7], length, run, wide[2 * _PITCH :])
            at_x = np.uint64(at[0] + b * walk[2, _LANE])
            at_tangent_x = np.uint64(at[1] + b * walk[3, _LANE])
            at_tangent_y = np.uint64(at[2] + b * walk[4, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_x = x[at_x + i]
                    one_tangent_x = tangent_x[at_tangent_x + i]
                    weight = wide[i]
                    tangent_weight = wide[np.uint64(1 * _PITCH) + i]
                    tangent_bias = wide[np.uint64(2 * _PITCH) + i]
                    shift = near[i]
                    mean_pivot = near[np.uint64(1 * _PITCH) + i]
                    mean_rest_cast = near[np.uint64(2 * _PITCH) + i]
                    slope = near[np.uint64(3 * _PITCH) + i]
                    inv_std_cast = near[np.uint64(4 * _PITCH) + i]
                    weight_cast = weight
                    tangent_weight_cast = tangent_weight
                    tangent_bias_cast = tangent_bias
                    t1 = one_tangent_x - shift
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t2 = x_centred1 * slope
                    t3 = t1 + t2
                    t4 = t3 * kind(weight_cast)
                    t5 = t4 * inv_std_cast
                    t6 = x_centred1 * kind(tangent_weight_cast)
                    t7 = t6 * inv_std_cast
                    t8 = t5 + t7
                    t9 = t8 + kind(tangent_bias_cast)
                    tangent_y[at_tangent_y + i] = t9
            else:
                shift = x.dtype.type(lane[5, b])
                mean_pivot = x.dtype.type(lane[0, b])
                mean_rest_cast = x.dtype.type(lane[6, b])
                slope = x.dtype.type(lane[7, b])
                inv_std_cast = x.dtype.type(lane[8, b])
                if past:
                    for begin in range(_before_line(tangent_y, at_tangent_y) - _CHUNK, n, _CHUNK):
                        low, high = max(begin, 0), min(begin + _CHUNK, n)
                        for k in range(high - low):
                            i = np.uint64(low + k)
                            one_x = x[at_x + i]
                            one_tangent_x = tangent_x[at_tangent_x + i]
                            weight = wide[i]
                            tangent_weight = wide[np.uint64(1 * _PITCH) + i]
                            tangent_bias = wide[np.uint64(2 * _PITCH) + i]
                            weight_cast = weight
                            tangent_weight_cast = tangent_weight
                            tangent_bias_cast = tangent_bias
                            t1 = one_tangent_x - shift
                            x_centred = one_x - mean_pivot
                            x_centred1 = x_centred - mean_rest_cast
                            t2 = x_centred1 * slope
                            t3 = t1 + t2
                            t4 = t3 * kind(weight_cast)
                            t5 = t4 * inv_std_cast
                            t6 = x_centred1 * kind(tangent_weight_cast)
                            t7 = t6 * inv_std_cast
                            t8 = t5 + t7
                            t9 = t8 + kind(tangent_bias_cast)
                            near[np.uint64(k)] = t9
                        _put(tangent_y, at_tangent_y + np.uint64(low), near, high - low, begin >= 0)
                    continue
                for k in range(n):
                    i = np.uint64(k)
                    one_x = x[at_x + i]
                    one_tangent_x = tangent_x[at_tangent_x + i]
                    weight = wide[i]
                    tangent_weight = wide[np.uint64(1 * _PITCH) + i]
                    tangent_bias = wide[np.uint64(2 * _PITCH) + i]
                    weight_cast = weight
                    tangent_weight_cast = tangent_weight
                    tangent_bias_cast = tangent_bias
                    t1 = one_tangent_x - shift
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t2 = x_centred1 * slope
                    t3 = t1 + t2
                    t4 = t3 * kind(weight_cast)
                    t5 = t4 * inv_std_cast
                    t6 = x_centred1 * kind(tangent_weight_cast)
                    t7 = t6 * inv_std_cast
                    t8 = t5 + t7
                    t9 = t8 + kind(tangent_bias_cast)
                    tangent_y[at_tangent_y + i] = t9
    if past:
        _settle()


@_compiled
def _jvp_blocks(
    counts: _Int64, x: _Array, tangent_x: _Array, tangent_y: _Array, memory: _Float64, walk: _Int64, few: int | None
) -> bool:
    if counts[_PLACES] != 0 and counts[_JOB] == 0:  # whoever calls has not yet asked others to do the same
        counts[_GIVEN] = _address(counts, _int(_COUNTED + 4))
        _offer(counts, _job((counts, x, tangent_x, tangent_y, memory, walk, few), counts[_GIVEN]))
    start, at = np.empty(9, np.int64), np.empty(9, np.int64)
    lane, wide = np.empty((12, walk[0, _LANES])), np.empty(7 * _PITCH)
    near = np.empty(5 * _PITCH, x.dtype)
    splits, units = walk[0, _SPLITS], walk[0, _UNITS]
    v_count_d = memory[0]
    kind = x.dtype.type
    phase, task = _take(walk, counts, _int(0), _int(2))
    while task >= 0:
        begin, until, share, shares, since, last = _share(walk, phase, task, _int(2))
        for block in range(begin, until):
            lanes = _locate(walk, block, task, start)
            sums = walk[0, _PARTIAL] + (block if walk[0, _INSIDE] else task) * walk[0, _ROOM]
            for b in range(lanes):
                lane[9, b] = memory[start[6] + b * walk[8, _LANE]]
                lane[10, b] = memory[start[7] + b * walk[9, _LANE]]
                lane[11, b] = memory[start[8] + b * walk[10, _LANE]]
            if last > 0:
                for b in range(lanes):
                    mean = lane[9, b]
                    mean_low = lane[10, b]
                    mean_pivot = np.float64(kind(mean))
                    mean_rest = (mean - mean_pivot) + mean_low
                    lane[0, b] = mean_pivot
                    lane[1, b] = mean_rest
            if since <= 0 < last:
                for k in range(share, shares):
                    _jvp_0(
                        units * k // splits, units * (k + 1) // splits, lanes, x, tangent_x, memory,
                        sums + 0 * walk[0, _LANES] * splits + 4 * k * lanes, walk, start, at, lane, wide, near, few
                    )
            if last > 1:
                partial = sums + 0 * walk[0, _LANES] * splits
                step = 4 * lanes
                for b in range(lanes):
                    lane[2, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
                    lane[3, b] = _combined(memory, partial + 2 * lanes + b, lanes, step, splits)
            if last > 1:
                for b in range(lanes):
                    mean_rest = lane[1, b]
                    near_sum_tangent_x_x_centred = lane[2, b]
                    sum_tangent_x = lane[3, b]
                    inv_std = lane[11, b]
                    sum_tangent_x_x_centred = near_sum_tangent_x_x_centred - mean_rest*sum_tangent_x
                    shift = sum_tangent_x/v_count_d
                    mean_rest_cast = mean_rest
                    slope = -inv_std**2*sum_tangent_x_x_centred/v_count_d
                    inv_std_cast = inv_std
                    lane[4, b] = sum_tangent_x_x_centred
                    lane[5, b] = shift
                    lane[6, b] = mean_rest_cast
                    lane[7, b] = slope
                    lane[8, b] = inv_std_cast
            if since <= 1 < last:
                for k in range(shares - 1, share - 1, -1):
                    _jvp_1(
                        units * k // splits, units * (k + 1) // splits, lanes, x, tangent_x, tangent_y, memory, 0,
                        walk, start, at, lane, wide, near, few
                    )
        _added(_address(counts, _COUNTED + 2 * phase + 1), _int(1))
        phase, task = _take(walk, counts, phase, _int(2))
    return task == _FINISHED


_JVP = _Kernel(
    _jvp_blocks,
    arrays=3,
    reads=2,
    places=(
        _Place("weight", "d", "d", "given"),
        _Place("tangent_weight", "d", "d", "given"),
        _Place("tangent_bias", "d", "d", "given"),
        _Place("mean", "n", "n", "given"),
        _Place("mean_low", "n", "n", "given"),
        _Place("inv_std", "n", "n", "given"),
    ),
    numbers=1,
    outer="n",
    sums=2,
    phases=2,
    overs=("d", ),
    copies=True,
    apart=(),
)


def _jvp(
    bound: _Binding,
    x: NDArray[Real],
    tangent_x: NDArray[Real],
    weight: NDArray[Real] | None,
    tangent_weight: NDArray[Real] | None,
    tangent_bias: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    tangent_y: NDArray[Real],
    threads: int,
) -> None:
    """Run 2 sweeps over the data: reduce pass (1 operation per element, 2 sums), then map pass (11 operations
    per element).
    """
    _call = _Call(_JVP, bound, threads, x, tangent_x, tangent_y)
    _call.numbers(_call.count("d"))
    _call.give("weight", weight, ("d",), 1.0)
    _call.give("tangent_weight", tangent_weight, ("d",), 0.0)
    _call.give("tangent_bias", tangent_bias, ("d",), 0.0)
    _call.give("mean", mean, ("n",))
    _call.give("mean_low", mean_low, ("n",))
    _call.give("inv_std", inv_std, ("n",))
    _call.run()


__DOUBLE_BACKWARD_0_WIDE = np.array([2, 0, ], np.int64)


@_loop
def _double_backward_0(
    first: int, end: int, lanes: int, grad_output: _Array, x: _Array, cotangent_grad_input: _Array, memory: _Float64,
    partial: int, walk: _Int64, start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    memory[partial : partial + 14 * lanes] = 0.0
    if few is not None:
        for unit in range(first, end):
            run = _unit(walk, start, unit, at)
            for b in range(lanes):
                inv_std_cast = lane[2, b]
                mean_pivot = lane[0, b]
                for k in range(run):
                    of_grad_output = _there(walk, at, _int(0), b, k)
                    of_x = _there(walk, at, _int(1), b, k)
                    of_cotangent_grad_input = _there(walk, at, _int(2), b, k)
                    one_grad_output = np.float64(grad_output[of_grad_output])
                    one_x = np.float64(x[of_x])
                    one_cotangent_grad_input = np.float64(cotangent_grad_input[of_cotangent_grad_input])
                    weight = _read(memory, _there(walk, at, _int(5), b, k), walk[7, _LOW])
                    cotangent_grad_weight = _read(memory, _there(walk, at, _int(6), b, k), walk[8, _LOW])
                    weight_cast = weight
                    cotangent_grad_weight_cast = cotangent_grad_weight
                    t1, lost_t1 = _product(one_grad_output, 0.0, inv_std_cast, 0.0)
                    t2, lost_t2 = _product(one_grad_output, 0.0, weight_cast, 0.0)
                    x_centred, lost_x_centred = _sum(one_x, 0.0, -(mean_pivot), -(0.0))
                    t3, lost_t3 = _product(one_grad_output, 0.0, cotangent_grad_weight_cast, 0.0)
                    _add_pair(
                        memory, partial + 0 * lanes + b, lanes, *_product(t2, lost_t2, one_cotangent_grad_input, 0.0)
                    )
                    _add_pair(
                        memory, partial + 2 * lanes + b, lanes,
                        *_product(one_cotangent_grad_input, 0.0, x_centred, lost_x_centred)
                    )
                    _add_pair(memory, partial + 4 * lanes + b, lanes, t3, lost_t3)
                    _add_pair(memory, partial + 6 * lanes + b, lanes, *_product(t3, lost_t3, x_centred, lost_x_centred))
                    _add_pair(memory, partial + 8 * lanes + b, lanes, t2, lost_t2)
                    _add_pair(
                        memory, partial + 10 * lanes + b, lanes, *_product(t2, lost_t2, x_centred, lost_x_centred)
                    )
                    _add_pair(memory, partial + 12 * lanes + b, lanes, one_cotangent_grad_input, 0.0)
                    to = _there(walk, at, _int(11), b, k)
                    _add_pair(memory, to, walk[13, _LOW], *_product(t1, lost_t1, one_cotangent_grad_input, 0.0))
        return
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    ahead, line = walk[0, _AHEAD] != 0, 64 // grad_output.itemsize
    piece = _SHORT if grad_output.itemsize == 8 else _MIDDLE if ahead else _LONG
    fold = _FEW if grad_output.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __DOUBLE_BACKWARD_0_WIDE, lanes, wide, until)
        _cleared(wide, 5, _int(21), until)
    wide[4 * _PITCH : 5 * _PITCH] = 0.0
    for unit in range(first, end):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[7, _LANE] != 0):
                _leaf(memory, at[5] + b * walk[7, _LANE], walk[7], length, run, wide[2 * _PITCH :])
            if (b == 0 or walk[8, _LANE] != 0):
                _leaf(memory, at[6] + b * walk[8, _LANE], walk[8], length, run, wide[3 * _PITCH :])
            at_grad_output = np.uint64(at[0] + b * walk[2, _LANE])
            at_x = np.uint64(at[1] + b * walk[3, _LANE])
            at_cotangent_grad_input = np.uint64(at[2] + b * walk[4, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = np.float64(grad_output[at_grad_output + i])
                    one_x = np.float64(x[at_x + i])
                    one_cotangent_grad_input = np.float64(cotangent_grad_input[at_cotangent_grad_input + i])
                    weight = wide[np.uint64(2 * _PITCH) + i]
                    cotangent_grad_weight = wide[np.uint64(3 * _PITCH) + i]
                    inv_std_cast = wide[i]
                    mean_pivot = wide[np.uint64(1 * _PITCH) + i]
                    weight_cast = weight
                    cotangent_grad_weight_cast = cotangent_grad_weight
                    t1 = one_grad_output * inv_std_cast
                    t2 = one_grad_output * weight_cast
                    x_centred = one_x - mean_pivot
                    t3 = one_grad_output * cotangent_grad_weight_cast
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + t1 * one_cotangent_grad_input
                    wide[np.uint64(5 * _PITCH) + i] = wide[np.uint64(5 * _PITCH) + i] + t2 * one_cotangent_grad_input
                    wide[np.uint64(8 * _PITCH) + i] = wide[
                        np.uint64(8 * _PITCH) + i
                    ] + one_cotangent_grad_input * x_centred
                    wide[np.uint64(11 * _PITCH) + i] = wide[np.uint64(11 * _PITCH) + i] + t3
                    wide[np.uint64(14 * _PITCH) + i] = wide[np.uint64(14 * _PITCH) + i] + t3 * x_centred
                    wide[np.uint64(17 * _PITCH) + i] = wide[np.uint64(17 * _PITCH) + i] + t2
                    wide[np.uint64(20 * _PITCH) + i] = wide[np.uint64(20 * _PITCH) + i] + t2 * x_centred
                    wide[np.uint64(23 * _PITCH) + i] = wide[np.uint64(23 * _PITCH) + i] + one_cotangent_grad_input
            else:
                inv_std_cast = lane[2, b]
                mean_pivot = lane[0, b]
                for begin in range(0, n, piece):
                    sum_of_sum_cotangent_grad_input_grad_output_weight = 0.0
                    sum_of_near_sum_cotangent_grad_input_x_centred = 0.0
                    sum_of_sum_cotangent_grad_weight_grad_output = 0.0
                    sum_of_near_sum_cotangent_grad_weight_grad_output_x_centred = 0.0
                    sum_of_sum_grad_output_weight = 0.0
                    sum_of_near_sum_grad_output_weight_x_centred = 0.0
                    sum_of_sum_cotangent_grad_input = 0.0
                    if ahead:
                        for k in range(begin, min(begin + piece, n), line):
                            _ask(grad_output, at_grad_output + np.uint64(k + _LATER * line))
                            _ask(x, at_x + np.uint64(k + _LATER * line))
                            _ask(cotangent_grad_input, at_cotangent_grad_input + np.uint64(k + _LATER * line))
                    for k in range(begin, min(begin + piece, n)):
                        i = np.uint64(k)
                        one_grad_output = np.float64(grad_output[at_grad_output + i])
                        one_x = np.float64(x[at_x + i])
                        one_cotangent_grad_input = np.float64(cotangent_grad_input[at_cotangent_grad_input + i])
                        weight = wide[np.uint64(2 * _PITCH) + i]
                        cotangent_grad_weight = wide[np.uint64(3 * _PITCH) + i]
                        weight_cast = weight
                        cotangent_grad_weight_cast = cotangent_grad_weight
                        t1 = one_grad_output * inv_std_cast
                        t2 = one_grad_output * weight_cast
                        x_centred = one_x - mean_pivot
                        t3 = one_grad_output * cotangent_grad_weight_cast
                        wide[np.uint64(4 * _PITCH) + i] = wide[
                            np.uint64(4 * _PITCH) + i
                        ] + t1 * one_cotangent_grad_input
                        sum_of_sum_cotangent_grad_input_grad_output_weight = _plus(
                            sum_of_sum_cotangent_grad_input_grad_output_weight, t2 * one_cotangent_grad_input
                        )
                        sum_of_near_sum_cotangent_grad_input_x_centred = _plus(
                            sum_of_near_sum_cotangent_grad_input_x_centred, one_cotangent_grad_input * x_centred
                        )
                        sum_of_sum_cotangent_grad_weight_grad_output = _plus(
                            sum_of_sum_cotangent_grad_weight_grad_output, t3
                        )
                        sum_of_near_sum_cotangent_grad_weight_grad_output_x_centred = _plus(
                            sum_of_near_sum_cotangent_grad_weight_grad_output_x_centred, t3 * x_centred
                        )
                        sum_of_sum_grad_output_weight = _plus(sum_of_sum_grad_output_weight, t2)
                        sum_of_near_sum_grad_output_weight_x_centred = _plus(
                            sum_of_near_sum_grad_output_weight_x_centred, t2 * x_centred
                        )
                        sum_of_sum_cotangent_grad_input = _plus(
                            sum_of_sum_cotangent_grad_input, one_cotangent_grad_input
                        )
                    _add(memory, partial + 0 * lanes + b, lanes, sum_of_sum_cotangent_grad_input_grad_output_weight)
                    _add(memory, partial + 2 * lanes + b, lanes, sum_of_near_sum_cotangent_grad_input_x_centred)
                    _add(memory, partial + 4 * lanes + b, lanes, sum_of_sum_cotangent_grad_weight_grad_output)
                    _add(
                        memory, partial + 6 * lanes + b, lanes,
                        sum_of_near_sum_cotangent_grad_weight_grad_output_x_centred
                    )
                    _add(memory, partial + 8 * lanes + b, lanes, sum_of_sum_grad_output_weight)
                    _add(memory, partial + 10 * lanes + b, lanes, sum_of_near_sum_grad_output_weight_x_centred)
                    _add(memory, partial + 12 * lanes + b, lanes, sum_of_sum_cotangent_grad_input)
            if (b + 1 == groups or walk[13, _LANE] != 0 or (b + 1) % fold == 0):
                _gather(wide[4 * _PITCH :], memory, at[11] + b * walk[13, _LANE], walk[13], length, run)
        if columns and (unit - first) % fold == 0:
            _fold(wide[5 * _PITCH :], _int(7), until)
    if columns:
        _sums_of_columns(wide[5 * _PITCH :], _int(7), until, memory, partial + 0 * lanes, lanes)


__DOUBLE_BACKWARD_1_WIDE = np.array([0, 13, 14, 15, ], np.int64)


@_loop
def _double_backward_1(
    first: int, end: int, lanes: int, grad_output: _Array, x: _Array, memory: _Float64, partial: int, walk: _Int64,
    start: _Int64, at: _Int64, lane: _Float64, wide: _Float64, near: _Array, few: int | None
) -> None:
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    fold = _FEW if grad_output.itemsize == 8 else _MANY
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __DOUBLE_BACKWARD_1_WIDE, lanes, wide, until)
    wide[4 * _PITCH : 5 * _PITCH] = 0.0
    wide[5 * _PITCH : 6 * _PITCH] = 0.0
    for unit in range(first, end):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            at_grad_output = np.uint64(at[0] + b * walk[2, _LANE])
            at_x = np.uint64(at[1] + b * walk[3, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = np.float64(grad_output[at_grad_output + i])
                    one_x = np.float64(x[at_x + i])
                    mean_pivot = wide[i]
                    mean_rest_cast = wide[np.uint64(1 * _PITCH) + i]
                    factor = wide[np.uint64(2 * _PITCH) + i]
                    factor_2 = wide[np.uint64(3 * _PITCH) + i]
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t1 = one_grad_output * factor
                    t2 = one_grad_output * factor_2
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + t1 * x_centred1
                    wide[np.uint64(5 * _PITCH) + i] = wide[np.uint64(5 * _PITCH) + i] + t2
            else:
                mean_pivot = lane[0, b]
                mean_rest_cast = lane[13, b]
                factor = lane[14, b]
                factor_2 = lane[15, b]
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = np.float64(grad_output[at_grad_output + i])
                    one_x = np.float64(x[at_x + i])
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t1 = one_grad_output * factor
                    t2 = one_grad_output * factor_2
                    wide[np.uint64(4 * _PITCH) + i] = wide[np.uint64(4 * _PITCH) + i] + t1 * x_centred1
                    wide[np.uint64(5 * _PITCH) + i] = wide[np.uint64(5 * _PITCH) + i] + t2
            if (b + 1 == groups or walk[14, _LANE] != 0 or (b + 1) % fold == 0):
                _gather(wide[4 * _PITCH :], memory, at[12] + b * walk[14, _LANE], walk[14], length, run)
            if (b + 1 == groups or walk[15, _LANE] != 0 or (b + 1) % fold == 0):
                _gather(wide[5 * _PITCH :], memory, at[13] + b * walk[15, _LANE], walk[15], length, run)


__DOUBLE_BACKWARD_2_NEAR = np.array([16, 17, 18, 0, 13, 19, 20, 21, 2, 22, 23, ], np.int64)


@_loop
def _double_backward_2(
    first: int, end: int, lanes: int, grad_output: _Array, x: _Array, cotangent_grad_input: _Array, grad_x: _Array,
    grad_grad_output: _Array, memory: _Float64, partial: int, walk: _Int64, start: _Int64, at: _Int64, lane: _Float64,
    wide: _Float64, near: _Array, few: int | None
) -> None:
    kind = grad_output.dtype.type
    columns = walk[0, _COLUMNS] != 0
    groups, length = (1, lanes) if columns else (lanes, 1)
    until = lanes * walk[1, _RUN]
    if columns:
        _spread(lane, __DOUBLE_BACKWARD_2_NEAR, lanes, near, until)
    for unit in range(end - 1, first - 1, -1):
        run = _unit(walk, start, unit, at)
        n = run * length
        for b in range(groups):
            if (b == 0 or walk[7, _LANE] != 0):
                _leaf(memory, at[5] + b * walk[7, _LANE], walk[7], length, run, wide[0 * _PITCH :])
            if (b == 0 or walk[8, _LANE] != 0):
                _leaf(memory, at[6] + b * walk[8, _LANE], walk[8], length, run, wide[1 * _PITCH :])
            if (b == 0 or walk[9, _LANE] != 0):
                _leaf(memory, at[7] + b * walk[9, _LANE], walk[9], length, run, wide[2 * _PITCH :])
            at_grad_output = np.uint64(at[0] + b * walk[2, _LANE])
            at_x = np.uint64(at[1] + b * walk[3, _LANE])
            at_cotangent_grad_input = np.uint64(at[2] + b * walk[4, _LANE])
            at_grad_x = np.uint64(at[4] + b * walk[6, _LANE])
            at_grad_grad_output = np.uint64(at[3] + b * walk[5, _LANE])
            if columns:
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = grad_output[at_grad_output + i]
                    one_x = x[at_x + i]
                    one_cotangent_grad_input = cotangent_grad_input[at_cotangent_grad_input + i]
                    weight = wide[i]
                    cotangent_grad_weight = wide[np.uint64(1 * _PITCH) + i]
                    cotangent_grad_bias = wide[np.uint64(2 * _PITCH) + i]
                    slope = near[i]
                    shift = near[np.uint64(1 * _PITCH) + i]
                    slope_2 = near[np.uint64(2 * _PITCH) + i]
                    mean_pivot = near[np.uint64(3 * _PITCH) + i]
                    mean_rest_cast = near[np.uint64(4 * _PITCH) + i]
                    slope_3 = near[np.uint64(5 * _PITCH) + i]
                    shift_2 = near[np.uint64(6 * _PITCH) + i]
                    slope_4 = near[np.uint64(7 * _PITCH) + i]
                    inv_std_cast = near[np.uint64(8 * _PITCH) + i]
                    shift_3 = near[np.uint64(9 * _PITCH) + i]
                    slope_5 = near[np.uint64(10 * _PITCH) + i]
                    weight_cast = weight
                    cotangent_grad_weight_cast = cotangent_grad_weight
                    cotangent_grad_bias_cast = cotangent_grad_bias
                    t1 = one_cotangent_grad_input * slope
                    t2 = t1 + shift
                    t3 = one_grad_output * kind(weight_cast)
                    t4 = t3 * slope_2
                    t5 = t2 + t4
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t6 = x_centred1 * slope_3
                    t7 = t5 + t6
                    t8 = one_grad_output * kind(cotangent_grad_weight_cast)
                    t9 = t8 - shift_2
                    t10 = x_centred1 * slope_4
                    t11 = t9 + t10
                    t12 = t11 * inv_std_cast
                    t13 = t7 + t12
                    t14 = one_cotangent_grad_input - shift_3
                    t15 = x_centred1 * slope_5
                    t16 = t14 + t15
                    t17 = t16 * kind(weight_cast)
                    t18 = t17 * inv_std_cast
                    t19 = x_centred1 * kind(cotangent_grad_weight_cast)
                    t20 = t19 * inv_std_cast
                    t21 = t18 + t20
                    t22 = t21 + kind(cotangent_grad_bias_cast)
                    grad_x[at_grad_x + i] = t13
                    grad_grad_output[at_grad_grad_output + i] = t22
            else:
                slope = grad_output.dtype.type(lane[16, b])
                shift = grad_output.dtype.type(lane[17, b])
                slope_2 = grad_output.dtype.type(lane[18, b])
                mean_pivot = grad_output.dtype.type(lane[0, b])
                mean_rest_cast = grad_output.dtype.type(lane[13, b])
                slope_3 = grad_output.dtype.type(lane[19, b])
                shift_2 = grad_output.dtype.type(lane[20, b])
                slope_4 = grad_output.dtype.type(lane[21, b])
                inv_std_cast = grad_output.dtype.type(lane[2, b])
                shift_3 = grad_output.dtype.type(lane[22, b])
                slope_5 = grad_output.dtype.type(lane[23, b])
                for k in range(n):
                    i = np.uint64(k)
                    one_grad_output = grad_output[at_grad_output + i]
                    one_x = x[at_x + i]
                    one_cotangent_grad_input = cotangent_grad_input[at_cotangent_grad_input + i]
                    weight = wide[i]
                    cotangent_grad_weight = wide[np.uint64(1 * _PITCH) + i]
                    cotangent_grad_bias = wide[np.uint64(2 * _PITCH) + i]
                    weight_cast = weight
                    cotangent_grad_weight_cast = cotangent_grad_weight
                    cotangent_grad_bias_cast = cotangent_grad_bias
                    t1 = one_cotangent_grad_input * slope
                    t2 = t1 + shift
                    t3 = one_grad_output * kind(weight_cast)
                    t4 = t3 * slope_2
                    t5 = t2 + t4
                    x_centred = one_x - mean_pivot
                    x_centred1 = x_centred - mean_rest_cast
                    t6 = x_centred1 * slope_3
                    t7 = t5 + t6
                    t8 = one_grad_output * kind(cotangent_grad_weight_cast)
                    t9 = t8 - shift_2
                    t10 = x_centred1 * slope_4
                    t11 = t9 + t10
                    t12 = t11 * inv_std_cast
                    t13 = t7 + t12
                    t14 = one_cotangent_grad_input - shift_3
                    t15 = x_centred1 * slope_5
                    t16 = t14 + t15
                    t17 = t16 * kind(weight_cast)
                    t18 = t17 * inv_std_cast
                    t19 = x_centred1 * kind(cotangent_grad_weight_cast)
                    t20 = t19 * inv_std_cast
                    t21 = t18 + t20
                    t22 = t21 + kind(cotangent_grad_bias_cast)
                    grad_x[at_grad_x + i] = t13
                    grad_grad_output[at_grad_grad_output + i] = t22


@_compiled
def _double_backward_blocks(
    counts: _Int64, grad_output: _Array, x: _Array, cotangent_grad_input: _Array, grad_grad_output: _Array,
    grad_x: _Array, memory: _Float64, walk: _Int64, few: int | None
) -> bool:
    if counts[_PLACES] != 0 and counts[_JOB] == 0:  # whoever calls has not yet asked others to do the same
        counts[_GIVEN] = _address(counts, _int(_COUNTED + 6))
        _offer(
            counts,
            _job(
                (counts, grad_output, x, cotangent_grad_input, grad_grad_output, grad_x, memory, walk, few),
                counts[_GIVEN]
            )
        )
    start, at = np.empty(14, np.int64), np.empty(14, np.int64)
    lane, wide = np.empty((27, walk[0, _LANES])), np.empty(26 * _PITCH)
    near = np.empty(11 * _PITCH, grad_output.dtype)
    splits, units = walk[0, _SPLITS], walk[0, _UNITS]
    v_count_d = memory[0]
    kind = grad_output.dtype.type
    phase, task = _take(walk, counts, _int(0), _int(3))
    while task >= 0:
        begin, until, share, shares, since, last = _share(walk, phase, task, _int(3))
        for block in range(begin, until):
            lanes = _locate(walk, block, task, start)
            sums = walk[0, _PARTIAL] + (block if walk[0, _INSIDE] else task) * walk[0, _ROOM]
            for b in range(lanes):
                lane[24, b] = memory[start[8] + b * walk[10, _LANE]]
                lane[25, b] = memory[start[9] + b * walk[11, _LANE]]
                lane[26, b] = memory[start[10] + b * walk[12, _LANE]]
            if last > 0:
                for b in range(lanes):
                    mean = lane[24, b]
                    mean_low = lane[25, b]
                    inv_std = lane[26, b]
                    mean_pivot = np.float64(kind(mean))
                    mean_rest = (mean - mean_pivot) + mean_low
                    inv_std_cast = inv_std
                    lane[0, b] = mean_pivot
                    lane[1, b] = mean_rest
                    lane[2, b] = inv_std_cast
            if since <= 0 < last:
                for k in range(share, shares):
                    _double_backward_0(
                        units * k // splits, units * (k + 1) // splits, lanes, grad_output, x, cotangent_grad_input,
                        memory, sums + 0 * walk[0, _LANES] * splits + 14 * k * lanes, walk, start, at, lane, wide,
                        near, few
                    )
            if last > 1:
                partial = sums + 0 * walk[0, _LANES] * splits
                step = 14 * lanes
                for b in range(lanes):
                    lane[3, b] = _combined(memory, partial + 0 * lanes + b, lanes, step, splits)
                    lane[4, b] = _combined(memory, partial + 2 * lanes + b, lanes, step, splits)
                    lane[5, b] = _combined(memory, partial + 4 * lanes + b, lanes, step, splits)
                    lane[6, b] = _combined(memory, partial + 6 * lanes + b, lanes, step, splits)
                    lane[7, b] = _combined(memory, partial + 8 * lanes + b, lanes, step, splits)
                    lane[8, b] = _combined(memory, partial + 10 * lanes + b, lanes, step, splits)
                    lane[9, b] = _combined(memory, partial + 12 * lanes + b, lanes, step, splits)
            if last > 1:
                for b in range(lanes):
                    mean_rest = lane[1, b]
                    near_sum_cotangent_grad_input_x_centred = lane[4, b]
                    sum_cotangent_grad_input = lane[9, b]
                    near_sum_grad_output_weight_x_centred = lane[8, b]
                    sum_grad_output_weight = lane[7, b]
                    near_sum_cotangent_grad_weight_grad_output_x_centred = lane[6, b]
                    sum_cotangent_grad_weight_grad_output = lane[5, b]
                    inv_std = lane[26, b]
                    sum_cotangent_grad_input_x_centred = (
                        near_sum_cotangent_grad_input_x_centred - mean_rest*sum_cotangent_grad_input
                    )
                    sum_grad_output_weight_x_centred = (
                        near_sum_grad_output_weight_x_centred - mean_rest*sum_grad_output_weight
                    )
                    sum_cotangent_grad_weight_grad_output_x_centred = (
                        near_sum_cotangent_grad_weight_grad_output_x_centred
                        - mean_rest*sum_cotangent_grad_weight_grad_output
                    )
                    mean_rest_cast = mean_rest
                    factor = inv_std**3*sum_cotangent_grad_input_x_centred
                    factor_2 = inv_std*sum_cotangent_grad_input
                    lane[10, b] = sum_cotangent_grad_input_x_centred
                    lane[11, b] = sum_grad_output_weight_x_centred
                    lane[12, b] = sum_cotangent_grad_weight_grad_output_x_centred
                    lane[13, b] = mean_rest_cast
                    lane[14, b] = factor
                    lane[15, b] = factor_2
            if since <= 1 < last:
                for k in range(share, shares):
                    _double_backward_1(
                        units * k // splits, units * (k + 1) // splits, lanes, grad_output, x, memory, 0, walk, start,
                        at, lane, wide, near, few
                    )
            if last > 2:
                for b in range(lanes):
                    inv_std = lane[26, b]
                    sum_grad_output_weight_x_centred = lane[11, b]
                    sum_cotangent_grad_input = lane[9, b]
                    sum_cotangent_grad_input_x_centred = lane[10, b]
                    sum_grad_output_weight = lane[7, b]
                    sum_cotangent_grad_input_grad_output_weight = lane[3, b]
                    sum_cotangent_grad_weight_grad_output = lane[5, b]
                    sum_cotangent_grad_weight_grad_output_x_centred = lane[12, b]
                    slope = -inv_std**3*sum_grad_output_weight_x_centred/v_count_d
                    shift = (
                        inv_std**3*sum_cotangent_grad_input*sum_grad_output_weight_x_centred/v_count_d**2
                        + inv_std**3*sum_cotangent_grad_input_x_centred*sum_grad_output_weight/v_count_d**2
                    )
                    slope_2 = -inv_std**3*sum_cotangent_grad_input_x_centred/v_count_d
                    slope_3 = (
                        3*inv_std**5*sum_cotangent_grad_input_x_centred*sum_grad_output_weight_x_centred/v_count_d**2
                        + inv_std**3*sum_cotangent_grad_input*sum_grad_output_weight/v_count_d**2
                        - inv_std**3*sum_cotangent_grad_input_grad_output_weight/v_count_d
                    )
                    shift_2 = sum_cotangent_grad_weight_grad_output/v_count_d
                    slope_4 = -inv_std**2*sum_cotangent_grad_weight_grad_output_x_centred/v_count_d
                    shift_3 = sum_cotangent_grad_input/v_count_d
                    slope_5 = -inv_std**2*sum_cotangent_grad_input_x_centred/v_count_d
                    lane[16, b] = slope
                    lane[17, b] = shift
                    lane[18, b] = slope_2
                    lane[19, b] = slope_3
                    lane[20, b] = shift_2
                    lane[21, b] = slope_4
                    lane[22, b] = shift_3
                    lane[23, b] = slope_5
            if since <= 2 < last:
                for k in range(shares - 1, share - 1, -1):
                    _double_backward_2(
                        units * k // splits, units * (k + 1) // splits, lanes, grad_output, x, cotangent_grad_input,
                        grad_x, grad_grad_output, memory, 0, walk, start, at, lane, wide, near, few
                    )
        _added(_address(counts, _COUNTED + 2 * phase + 1), _int(1))
        phase, task = _take(walk, counts, phase, _int(3))
    return task == _FINISHED


_DOUBLE_BACKWARD = _Kernel(
    _double_backward_blocks,
    arrays=5,
    reads=3,
    places=(
        _Place("weight", "d", "d", "given"),
        _Place("cotangent_grad_weight", "d", "d", "given"),
        _Place("cotangent_grad_bias", "d", "d", "given"),
        _Place("mean", "n", "n", "given"),
        _Place("mean_low", "n", "n", "given"),
        _Place("inv_std", "n", "n", "given"),
        _Place("sum_cotangent_grad_input_grad_output_inv_std", "d", "d", "part"),
        _Place("sum_inv_std3_sum_grad_output_x_centred", "d", "d", "part"),
        _Place("sum_sum_grad_output_inv_std", "d", "d", "part"),
    ),
    numbers=1,
    outer="n",
    sums=7,
    phases=3,
    overs=("d", ),
    copies=True,
    apart=(),
)


def _double_backward(
    bound: _Binding,
    grad_output: NDArray[Real],
    x: NDArray[Real],
    cotangent_grad_input: NDArray[Real],
    weight: NDArray[Real] | None,
    cotangent_grad_weight: NDArray[Real] | None,
    cotangent_grad_bias: NDArray[Real] | None,
    mean: _Float64,
    mean_low: _Float64,
    inv_std: _Float64,
    grad_grad_output: NDArray[Real],
    grad_x: NDArray[Real],
    threads: int,
) -> tuple[NDArray[Real]]:
    """Run 3 sweeps over the data: reduce pass (4 operations per element, 8 sums), then reduce pass (4
    operations per element, 2 sums), then map pass (24 operations per element).
    """
    _call = _Call(_DOUBLE_BACKWARD, bound, threads, grad_output, x, cotangent_grad_input, grad_grad_output, grad_x)
    _call.numbers(_call.count("d"))
    _call.give("weight", weight, ("d",), 1.0)
    _call.give("cotangent_grad_weight", cotangent_grad_weight, ("d",), 0.0)
    _call.give("cotangent_grad_bias", cotangent_grad_bias, ("d",), 0.0)
    _call.give("mean", mean, ("n",))
    _call.give("mean_low", mean_low, ("n",))
    _call.give("inv_std", inv_std, ("n",))
    _call.run()
    with np.errstate(all="ignore"):
        at_sum_cotangent_grad_input_grad_output_inv_std = _call.leaf("sum_cotangent_grad_input_grad_output_inv_std")
        at_sum_inv_std3_sum_grad_output_x_centred = _call.leaf("sum_inv_std3_sum_grad_output_x_centred")
        at_sum_sum_grad_output_inv_std = _call.leaf("sum_sum_grad_output_inv_std")
        count_d = _call.count("d")
        at_grad_weight = (
            at_sum_cotangent_grad_input_grad_output_inv_std
            - at_sum_inv_std3_sum_grad_output_x_centred/count_d
            - at_sum_sum_grad_output_inv_std/count_d
        )
    return (
        _call.result(at_grad_weight, ("d",), "d").astype(grad_output.dtype),
    )


# ======================================================================================
# The runtime: how arrays are walked through, summed and checked. The same for every layer.
# ======================================================================================


def _second_cache() -> int:
    """Return the bytes of this machine's second cache, 0 where the system does not say."""
    try:
        with open("/sys/devices/system/cpu/cpu0/cache/index2/size", encoding="ascii") as size:
            return 1024 * int(size.read().strip().removesuffix("K"))
    except (OSError, ValueError):
        return 0


# How one call walks through its arrays, as a table of integers. A block is some neighbours, its lanes, along one
# dimension of the outer classes, with everything that belongs to them; a unit of a block is one run along its innermost
# other dimension. The first row holds numbers, the second the sizes of dimensions, the others where an array or a
# smaller tensor begins and its steps: per lane, along a run, to what is lost of a sum, per portion, per dimension.
_LANES, _LANE_BLOCKS, _BLOCKS, _TASKS, _SEGMENT, _SEGMENTS, _UNITS, _SPLITS = 0, 1, 2, 3, 4, 5, 6, 7
_COLUMNS, _INNERS, _OUTERS, _PARTIAL, _ROOM, _INSIDE, _AHEAD, _PAST, _NUMBERS = 8, 9, 10, 11, 12, 13, 14, 15, 16
_BEGIN, _LANE, _RUN, _LOW, _PORTION, _FIRST = 0, 1, 2, 3, 4, 5

_LARGE = _second_cache() >= 2_000_000  # whether blocks are made for the second cache
_TILE = 2048  # the most elements of a tile: those that stand side by side in columns, or are copied
_PITCH = _TILE + 24  # from a tile to the next, so that they do not share places in the nearest cache
# Set by batch norm's backward pass in float32 on a Zen 3 (in ns for each element) and a Zen 5 (over PyTorch's time), by
# turns in one process. Zen 3: rows of 5x5 take 1.6 side by side and 2.4 one by one, of 6x6 1.7 and 1.4, of 7x7 1.25 and
# 0.95. Rows of 14x14 take 1.15 where a block reads 4 kB in a run, 0.86 where 16 kB and 0.82 where 64 kB. Zen 5, 16, 64
# and 128 kB: 56x56 0.84, 0.73, 0.72; float64 of 14x14 0.98, 0.80, 0.81, of 7x7 0.98, 0.75, 0.66.
_NARROW = 8  # fewer columns are rows with steps: (300, 12) takes 2.4 and 4.0 so, (5000, 4) 2.2 and 0.9
_FLAT = 32  # rows shorter than this stand side by side
_SIDE_BY_SIDE = 4096  # bytes that lie together in an array are this many at least, where blocks can be so wide
# The same where rows stand one by one. With a large second cache it is shorter: 56x56 8147 us, else 9030.
_STRETCH = 16384 if _LARGE else 65536
# More of them where the last cache holds all arrays: us with 64 kB and with 256, one thread and two, (32, 256, 14, 14)
# 430 and 403, 292 and 262, (64, 512, 7, 7) 773 and 743, 467 and 464, (32, 64, 28, 28) 398 and 354, 275 and 252, float64
# (16, 256, 14, 14) 374 and 358, 303 and 255; of 154 MB, float64 of 56x56 5607 and 5576, but 4218 and 4501.
_LONG_STRETCH = 262144
_CACHED = 400_000  # bytes of a block's arrays: they are read again before they leave the cache
_LONGEST = 8192  # elements of a run that are one unit
# Sums of float64 data ask for what comes later, if a call's arrays have more bytes than the last cache holds. Zen 5, in
# us, with that and without: 56x56 5681 and 6187, 14x14 1181 and 1416, 7x7 1441 and 1593, 224x224 1873 and 1904; of 29
# MB, (24, 256, 14, 14) 726 and 786, (48, 512, 7, 7) 909 and 888; of 19 MB, (16, 256, 14, 14) 413 and 403. Asked 8 kB
# ahead, 5895, 1129, 1461, 1768. Float32 took 3 to 12 % more time with it there, but less where the last cache is far
# away, in pieces of 256 elements: Xeon of the fifth generation, 56x56 10225 and 9163, 224x224 2494 and 2145, forward of
# 56x56 6070 and 5062; with two threads 56x56 4540 and 3859, 28x28 of 103 MB 4539 and 3897.
_CROWDED = 24_000_000
# The only result of a pass goes past the cache, if the arrays have more bytes than the second cache holds and that is a
# large one: the last cache of the machine that was measured is far away and shared by many. Xeon of the fifth
# generation (2 MB and 300 MB), us so and else, 56x56 7611 and 9689, 14x14 1787 and 2035, 224x224 2295 and 2920, 28x28
# 1487 and 1972; float64 11992 and 18985, 3343 and 3865, 4693 and 6044; forward 6908 and 10403, 1476 and 1707, 1834 and
# 2985.
_UNHELD = 8_000_000 if _LARGE else 2**62
_STREAMED = 700  # bytes of a row, from which on it is written so
_LATER = 64  # lines of memory from what is read to what is asked for
_PORTIONS = 16  # the most groups of blocks that a sum across blocks is gathered in
_ROWS = 4  # units whose columns are summed together
_PARTS = 16  # the most parts that a block is cut into, each of at least _WORTH elements
_WORTH = 32768
_COMBINED = 512  # the most parts of lanes of a block: whoever takes a part of the next phase adds all of them up
_HANDS = 131072  # elements that are worth a thread: half as many take two threads 72 us and one 42
_TURNS = 8  # tasks for each thread: one that comes late finds less to do
_LOOKS = 4_000  # how often it is looked whether others are done before the thread sleeps for _NAP seconds
_NAP = 5e-5
_FINISHED, _AWAITED = -1, -2
_FEW_TERMS = 64  # float64 sums of fewer terms are taken with more digits: their rounding errors do not average out


class _Walk(NamedTuple):
    """A walk, where the smaller tensors are in the memory of a kernel and their shapes, and how much there is.

    `threads` is how many the work is worth. `few` is 1 where sums are of so few terms that they are taken with more
    digits, else None.
    """

    table: _Int64
    places: Mapping[str, tuple[slice, tuple[int, ...]]]
    full: Mapping[str, int]
    maxima: tuple[tuple[int, int], ...]
    sums: tuple[tuple[int, int], ...]
    parts: tuple[tuple[int, int, int], ...]
    size: int
    threads: int
    few: int | None


class _Dimension(NamedTuple):
    """A dimension of the data: its size, its class, and the step along it in every array and smaller tensor."""

    size: int
    label: str
    steps: tuple[int, ...]

    def holds(self, inner: _Dimension) -> bool:
        """Whether it and the next one are one dimension."""
        steps = zip(self.steps, inner.steps, strict=True)
        return self.label == inner.label and all(step == inner.size * own for step, own in steps)


def _dense(sizes: Sequence[int], labels: str, place: _Place) -> list[int]:
    """Return the steps of a smaller tensor along the dimensions of the data."""
    steps, step = [0] * len(sizes), 1
    for d in range(len(sizes) - 1, -1, -1):
        if labels[d] in place.layout:
            steps[d] = step if labels[d] in place.along else 0
            step *= sizes[d]
    return steps


def _dimensions(sizes: Sequence[int], labels: str, steps: Sequence[Sequence[int]], arrays: int) -> list[_Dimension]:
    """Return the dimensions longer than one, in the order of memory, neighbours merged where every step allows it."""
    found = [
        _Dimension(size, labels[d], tuple(own[d] for own in steps)) for d, size in enumerate(sizes) if size != 1
    ]
    found.sort(key=lambda dimension: -sum(map(abs, dimension.steps[:arrays])))
    merged: list[_Dimension] = []
    for dimension in found:
        if merged and merged[-1].holds(dimension):
            dimension = dimension._replace(size=merged.pop().size * dimension.size)
        merged.append(dimension)
    return merged


@functools.lru_cache(maxsize=256)
def _walk(
    kernel: _Kernel, labels: str, sizes: tuple[int, ...], strides: tuple[tuple[int, ...], ...], item: int, threads: int
) -> _Walk | None:
    """Choose how a kernel walks through arrays of these sizes and strides (in bytes); no size is zero.

    None where their elements do not lie side by side in the same order.
    """
    if any(step % item for own in strides for step in own):
        return None
    arrays, outer = kernel.arrays, kernel.outer
    steps = [[step // item for step in own] for own in strides]
    steps += [_dense(sizes, labels, place) for place in kernel.places]
    dimensions = _dimensions(sizes, labels, steps, arrays)
    nothing = _Dimension(1, "", (0,) * len(steps))
    lane = next((d for d in reversed(dimensions) if d.label in outer), nothing)
    run = next((d for d in reversed(dimensions) if d.label not in outer), nothing)
    inside = math.prod(d.size for d in dimensions if d.label not in outer)

    # How many lanes: enough for long stretches of memory, few enough for what is read again to be in the cache.
    innermost = dimensions[-1] if dimensions else nothing
    columns = innermost is lane and lane is not nothing and (run is nothing or lane.size >= _NARROW)
    if columns:
        run = nothing
    flat = all(d == 1 and e == run.size for d, e in zip(run.steps[:arrays], lane.steps[:arrays], strict=True))
    columns = columns or (flat and run.size < _FLAT and lane is not nothing and run is not nothing)
    crowded = math.prod(sizes) * item * arrays > _CROWDED
    together = _SIDE_BY_SIDE if columns else _STRETCH if crowded else _LONG_STRETCH
    past = not columns and math.prod(sizes) * item * arrays > _UNHELD and run.size * item >= _STREAMED
    lanes = max(_CACHED // (inside * item * arrays), -(-together // (run.size * item)), 1)
    lanes = min(lanes, _TILE // run.size if columns else _TILE, lane.size)
    lane_blocks = -(-lane.size // lanes)
    lanes = -(-lane.size // lane_blocks)
    lane_blocks = -(-lane.size // lanes)

    inners = [d for d in dimensions if d is not run and d.label not in outer]
    outers = [d for d in dimensions if d is not lane and d.label in outer]
    segment = min(run.size, _TILE if kernel.copies else _LONGEST)
    segments = -(-run.size // segment)
    units = segments * math.prod(d.size for d in inners)
    blocks = lane_blocks * math.prod(d.size for d in outers)
    direct = all(step == 1 or run.size == 1 for step in run.steps[:arrays])
    if not direct or (columns and any(step != run.size and lanes > 1 for step in lane.steps[:arrays])):
        return None

    # Who shares the work: portions of blocks, or the parts of all blocks, phase after phase.
    gathered = any(place.kind in ("sum", "part", "largest") for place in kernel.places)
    splits = 1 if gathered else max(1, min(_PARTS, _COMBINED // lanes, inside * lanes // _WORTH, units))
    partial = [math.prod(_shape(sizes, labels, p.layout)) for p in kernel.places if p.kind == "part"]
    threads = max(1, min(threads, math.prod(sizes) // _HANDS))
    if threads > 1 and not (gathered or outers) and lane_blocks % threads and lane_blocks < 8 * threads:
        blocks = -(-lane_blocks // threads) * threads  # each thread has as many; the sums of a lane are the same
        lanes = -(-lane.size // blocks)
        blocks = lane_blocks = -(-lane.size // lanes)
    alone = threads > 1 and splits > 1 and blocks % threads != 0 and blocks < 8 * threads
    tasks = min(blocks, threads if threads == 1 else _TURNS * threads)
    if partial:
        tasks = max(1, min(_PORTIONS, blocks, math.prod(sizes) // (64 * (1 + sum(partial)))))
    elif alone:
        tasks = splits

    # Where everything is.
    table = np.zeros((2 + len(steps), max(_NUMBERS, _FIRST + len(inners) + len(outers))), np.int64)
    size, places = kernel.numbers, dict[str, tuple[slice, tuple[int, ...]]]()
    maxima, sums, parts = [], [], []
    for t, own in enumerate(steps):
        spread = (lane.steps[t], run.steps[t], 0, 0, *(d.steps[t] for d in (*inners, *outers)))
        table[2 + t, _LANE : _LANE + len(spread)] = spread
        if t < arrays:
            table[2 + t, _BEGIN] = sum(-s * (n - 1) for s, n in zip(own, sizes, strict=True) if s < 0)
            continue
        place = kernel.places[t - arrays]
        shape = _shape(sizes, labels, place.layout)
        count = math.prod(shape)
        table[2 + t, _BEGIN], places[place.name] = size, (slice(size, size + count), shape)
        if place.kind == "largest":
            maxima.append((size, count))
        if place.kind == "sum":
            sums.append((size, count))
        if place.kind in ("sum", "part", "largest"):
            table[2 + t, _LOW] = count
            size += count
        size += count
        if place.kind == "part":
            table[2 + t, _PORTION] = 2 * count
            parts.append((size - 2 * count, count, tasks))
            size += 2 * count * (tasks - 1)
    room = 2 * lanes * splits * kernel.sums
    numbers: tuple[int, ...] = (lanes, lane_blocks, blocks, tasks, segment, segments, units, splits)
    numbers += (columns, len(inners), len(outers), size, room, alone, crowded and (item == 8 or _LARGE), past)
    table[0, : len(numbers)] = numbers
    own_sizes = (lane.size, run.size, 1, 1, *(d.size for d in (*inners, *outers)))
    table[1, _LANE : _LANE + len(own_sizes)] = own_sizes
    size += room * (blocks if alone else tasks)
    full = {label: math.prod(_shape(sizes, labels, label)) for label in set(labels)}
    fewest = min([math.prod(full.get(label, 1) for label in over) for over in kernel.overs], default=_FEW_TERMS)
    few = 1 if item == 8 and fewest < _FEW_TERMS else None
    found = (tuple(maxima), tuple(sums), tuple(parts))
    return _Walk(table, places, full, *found, size, min(threads, tasks), few)


def _shape(sizes: Sequence[int], labels: str, layout: str) -> tuple[int, ...]:
    """Return the shape of what has some of the classes of the data: one along all other dimensions."""
    return tuple(size if label in layout else 1 for size, label in zip(sizes, labels, strict=True))


@_inner
def _take(walk: _Int64, counts: _Int64, phase: int, phases: int) -> tuple[int, int]:
    """Take the next task, in a later phase where none is left in this one and all of it is done; return both.

    From _COUNTED on, `counts` has how many were taken and how many are done, phase by phase. Instead of a task it is
    _FINISHED where none is left, _AWAITED where others are at work on the last ones for long: perhaps they have no
    processor.
    """
    tasks = walk[0, _TASKS]
    while phase < (phases if walk[0, _INSIDE] else 1):
        task = _added(_address(counts, _COUNTED + 2 * phase), _int(1))
        if task < tasks:
            return phase, task
        looks = 0
        while _seen(_address(counts, _COUNTED + 2 * phase + 1)) < tasks:
            _rest()
            looks += 1
            if looks == _LOOKS:
                return phase, _AWAITED
        phase += 1
    return phase, _FINISHED


@_inner
def _share(walk: _Int64, phase: int, task: int, phases: int) -> tuple[int, int, int, int, int, int]:
    """Return what is done for a task: which blocks, which parts of them, which phases of the work."""
    blocks, tasks = walk[0, _BLOCKS], walk[0, _TASKS]
    if walk[0, _INSIDE]:
        return 0, blocks, task, task + 1, phase, phase + 1
    return blocks * task // tasks, blocks * (task + 1) // tasks, 0, walk[0, _SPLITS], 0, phases


@_inner
def _locate(walk: _Int64, block: int, portion: int, start: _Int64) -> int:
    """Find where a block begins in every table; return how many lanes it has."""
    begin = block % walk[0, _LANE_BLOCKS] * walk[0, _LANES]
    rest = block // walk[0, _LANE_BLOCKS]
    for t in range(start.size):
        start[t] = walk[t + 2, _BEGIN] + begin * walk[t + 2, _LANE] + portion * walk[t + 2, _PORTION]
    for d in range(_FIRST + walk[0, _INNERS] + walk[0, _OUTERS] - 1, _FIRST + walk[0, _INNERS] - 1, -1):
        place = rest % walk[1, d]
        rest //= walk[1, d]
        for t in range(start.size):
            start[t] += place * walk[t + 2, d]
    lanes: int = min(walk[0, _LANES], walk[1, _LANE] - begin)
    return lanes


@_inner
def _unit(walk: _Int64, start: _Int64, unit: int, at: _Int64) -> int:
    """Find where a unit of a block begins in every table; return the length of its run."""
    begin = unit % walk[0, _SEGMENTS] * walk[0, _SEGMENT]
    rest = unit // walk[0, _SEGMENTS]
    for t in range(start.size):
        at[t] = start[t] + begin * walk[t + 2, _RUN]
    for d in range(_FIRST + walk[0, _INNERS] - 1, _FIRST - 1, -1):
        place = rest % walk[1, d]
        rest //= walk[1, d]
        for t in range(start.size):
            at[t] += place * walk[t + 2, d]
    run: int = min(walk[0, _SEGMENT], walk[1, _RUN] - begin)
    return run


@_inner
def _next(walk: _Int64, first: int, done: int, end: int, back: int) -> tuple[int, int]:
    """Return the first of the next units, from the end if `back` is not zero, and how many are taken together.

    These are units of columns that are evenly spaced.
    """
    unit, size = (first + end - done - _ROWS if back else done), walk[1, _FIRST + walk[0, _INNERS] - 1]
    if walk[0, _COLUMNS] and walk[0, _INNERS] and end - done >= _ROWS:
        if unit % size + _ROWS <= size:
            return unit, _ROWS
    return (first + end - done - 1 if back else done), 1


# How the thread that calls shares its tasks with others: it leaves a job, which is a function and its arguments, at
# places where threads of the pool look for one. They do so in compiled code, and go on for a while after each job: then
# they need neither be woken nor take Python's lock, for which the caller would wait at the end. Batch norm's backward
# pass of (32, 256, 14, 14) on a Xeon of the fifth generation with two threads, in us: 838 where a queue wakes them, 664
# so; of these 577 are loops.
_FREE, _BUSY = 0, 1  # what stands at such a place, unless it is the address of a job
_PATIENCE = 8_000  # how often a thread looks for the next job before it sleeps: 0.1 to 0.5 ms
# What the counts of a call begin with: the job's function, where its arguments are, how many threads have taken it, how
# many have left it, at how many places it stands. Next come the counts of tasks, then the arguments, then the places.
_JOB, _GIVEN, _JOINED, _LEFT, _PLACES, _COUNTED = 0, 1, 2, 3, 4, 5
_WORDS = 9  # integers that an argument needs at the most: a table of two dimensions
_WORD = ir.IntType(64)
_KIND = ir.FunctionType(ir.IntType(1), [_WORD])  # of a job's function: what it is called with is the job's address


def _at_address(context: Any, array: Any, place: Any) -> Any:
    """Generate where an element stands in memory."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(builder.gep(data, [arguments[1]]), _WORD)

    return types.int64(array, types.int64), generate


def _atomic_load(context: Any, address: Any) -> Any:
    """Generate what reads an integer that other threads write."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(builder.inttoptr(arguments[0], _WORD.as_pointer()), "acquire", 8)

    return types.int64(types.int64), generate


def _atomic_store(context: Any, address: Any, value: Any) -> Any:
    """Generate what writes an integer that other threads read."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        there = builder.inttoptr(arguments[0], _WORD.as_pointer())
        builder.store_atomic(arguments[1], there, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


def _atomic_add(context: Any, address: Any, more: Any) -> Any:
    """Generate an addition that no other thread can come between; the value is that before it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        there = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.atomic_rmw("add", there, arguments[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


def _compare_and_swap(context: Any, address: Any, old: Any, new: Any) -> Any:
    """Generate what writes an integer in the place of another one, if it is there; the value is whether it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        there = builder.inttoptr(arguments[0], _WORD.as_pointer())
        return builder.extract_value(builder.cmpxchg(there, *arguments[1:], "seq_cst", "seq_cst"), 1)

    return types.boolean(types.int64, types.int64, types.int64), generate


def _pause(context: Any) -> Any:
    """Generate what leaves a core to its other thread for a moment, where the processor has a word for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        machine, nothing = platform.machine().lower(), ir.FunctionType(ir.VoidType(), [])
        if machine in ("x86_64", "amd64"):
            builder.call(cgutils.get_or_insert_function(builder.module, nothing, "llvm.x86.sse2.pause"), [])
        elif machine in ("aarch64", "arm64"):
            hint = ir.FunctionType(ir.VoidType(), [ir.IntType(32)])
            builder.call(cgutils.get_or_insert_function(builder.module, hint, "llvm.aarch64.hint"), [ir.IntType(32)(1)])
        return context.get_dummy_value()

    return types.void(), generate


def _call_of_job(context: Any, job: Any) -> Any:
    """Generate the call of a job's function; the value is whether all is done."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        there = builder.load(builder.inttoptr(arguments[0], _WORD.as_pointer()), align=8)
        return builder.call(builder.inttoptr(there, _KIND.as_pointer()), [arguments[0]])

    return types.boolean(types.int64), generate


def _as_job(context: Any, arguments: Any, room: Any) -> Any:
    """Generate a function that calls the one in which this stands, with arguments that it leaves in some room.

    The value is its address. It returns what is returned to it, a truth value, and True for an error: there is one only
    where there is no memory, before a task is taken.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = values[0].type.as_pointer()
        builder.store(values[0], builder.inttoptr(values[1], kind), align=8)
        job = ir.Function(builder.module, _KIND, builder.module.get_unique_name("job"))
        job.linkage = "internal"
        inside = ir.IRBuilder(job.append_basic_block())
        place = inside.inttoptr(inside.add(job.args[0], _WORD(8 * _GIVEN)), _WORD.as_pointer())
        given = inside.load(inside.inttoptr(inside.load(place, align=8), kind), align=8)
        parts = [inside.extract_value(given, k) for k in range(len(arguments))]
        for k, own in enumerate(arguments):
            if isinstance(own, types.Array):  # it belongs to nobody here: Numba's counts of owners end with a call
                array = context.make_array(own)(context, inside, value=parts[k])
                array.meminfo = array.meminfo.type(None)
                array.parent = array.parent.type(None)
                parts[k] = array._getvalue()
        called = builder.function, types.boolean, tuple(arguments), parts
        status, done = context.call_conv.call_function(inside, *called)
        inside.ret(inside.select(status.is_error, ir.IntType(1)(1), done))
        return builder.ptrtoint(job, _WORD)

    return types.int64(arguments, types.int64), generate


_address: Any = intrinsic(_at_address)
_seen: Any = intrinsic(_atomic_load)
_written: Any = intrinsic(_atomic_store)
_added: Any = intrinsic(_atomic_add)
_swapped: Any = intrinsic(_compare_and_swap)
_rest: Any = intrinsic(_pause)
_begun: Any = intrinsic(_call_of_job)
_job: Any = intrinsic(_as_job)


@_inner
def _offer(counts: _Int64, job: int) -> None:
    """Leave a job at the places that stand at the end of the counts, unless there is another one."""
    counts[_JOB] = job
    for k in range(counts.size - counts[_PLACES], counts.size):
        if not _swapped(counts[k], _int(_FREE), _address(counts, _int(0))):
            counts[k] = 0


@_compiled
def _withdrawn(counts: _Int64) -> bool:
    """Take a job back from where nobody has found it; False if some who have are still at it after a while."""
    for k in range(counts.size - counts[_PLACES], counts.size):
        if counts[_JOB] != 0 and counts[k] != 0:
            if not _swapped(counts[k], _address(counts, _int(0)), _int(_FREE)):
                counts[_JOINED] += 1
            counts[k] = 0
    for _ in range(_LOOKS):
        if _seen(_address(counts, _int(_LEFT))) == counts[_JOINED]:
            return True
        _rest()
    return False


@_compiled
def _attend(place: int, job: int) -> int:
    """Do a job, if one is given, and those that are left at a place, until there has been none for a while.

    Return 0, or a job where others are at work on its last tasks for long: to be given again.
    """
    looks = 0
    while looks < _PATIENCE:
        if job == 0:
            job = _seen(place)
            if job <= _BUSY or not _swapped(place, job, _int(_BUSY)):
                job = 0
        if job != 0:
            if not _begun(job):
                return job
            _added(job + 8 * _LEFT, _int(1))  # the last that is done to it: it is the caller's
            _written(place, _int(_FREE))
            job, looks = 0, 0
        _rest()
        looks += 1
    return 0


class _Thread:
    """A thread that does jobs, and the place where it looks for them; it sleeps when there have been none for long."""

    def __init__(self) -> None:
        self._memory = np.zeros(16, np.int64)
        self.place = self._memory.ctypes.data + 64  # in a line of memory of its own, wherever the array begins
        self._asked, self._asleep = 0, False
        self._bell: SimpleQueue[None] = SimpleQueue()
        threading.Thread(target=self._serve, daemon=True).start()

    def is_free(self) -> bool:
        """Whether no job stands at its place."""
        return bool(self._memory[8] == _FREE)

    def ask(self) -> None:
        """See to it that it looks for jobs."""
        self._asked += 1
        if self._asleep:
            self._asleep = False
            self._bell.put(None)

    def _serve(self) -> None:
        job = 0
        while True:
            asked = self._asked
            job = _attend(self.place, job)
            if job:
                time.sleep(_NAP)
                continue
            self._asleep = True
            if self._asked == asked:
                self._bell.get()
            self._asleep = False


class _Pool:
    """Threads that share the work of calls with those that call; they are kept, and end with Python."""

    def __init__(self, most: int) -> None:
        self._most, self._threads = most, list[_Thread]()
        self._growing = threading.Lock()

    def ask(self, wanted: int) -> list[int]:
        """Ask threads that have no job to look for one; return their places, which are as many as wanted or fewer."""
        free = [thread for thread in self._threads if thread.is_free()][:wanted]
        while len(free) < wanted and len(self._threads) < self._most:
            with self._growing:
                if len(self._threads) < self._most:
                    free.append(_Thread())
                    self._threads.append(free[-1])
        for thread in free:
            thread.ask()
        return [thread.place for thread in free]


# Where a process keeps the threads of all modules that are emitted so: a thread of another module's would look for jobs
# on a processor that this one's need. Two kernels in turns, in us: 880 so, 1000 with threads of their own, 840 for both
# alone. The number is that of how jobs are laid out.
_OURS = "_backproof_numba_threads_1"


@functools.cache
def _pool() -> _Pool:
    """The threads of this process."""
    ours = sys.modules.setdefault(_OURS, ModuleType(_OURS))
    pool: _Pool = vars(ours).setdefault("pool", _Pool(_processors()))
    return pool


def _leave_pool() -> None:
    """Forget the threads, of which a new process has none."""
    sys.modules.pop(_OURS, None)
    _pool.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_pool)


@functools.cache
def _processors() -> int:
    """How many processors this process may use; to ask takes as long as a small call."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_jobs: dict[int, Sequence[Any]] = {}  # what calls have given to others: it is kept as long as these may read it


def _shared(kernel: _Kernel, places: Sequence[int], *arguments: Any) -> None:
    """Do the tasks of a call until none is left, with the threads that look for a job at some places.

    Nobody is waited for who has not found it: it takes longer to wake a thread than small tasks take.
    """
    begin = _COUNTED + 2 * kernel.phases
    counts = np.zeros(begin + (_WORDS * (len(arguments) + 1) + len(places) if places else 0), np.int64)
    if not places:
        kernel.blocks(counts, *arguments)
        return
    counts[_PLACES] = len(places)
    counts[-len(places) :] = places
    _jobs[id(counts)] = (counts, *arguments)
    try:
        while not kernel.blocks(counts, *arguments) or not _withdrawn(counts):
            time.sleep(_NAP)
    except BaseException:
        counts[_COUNTED:begin] = np.iinfo(np.int64).max // 2  # no task is left to take, and none to wait for
        while not _withdrawn(counts):
            time.sleep(_NAP)  # nothing may be written to afterwards
        del _jobs[id(counts)]
        raise
    del _jobs[id(counts)]


_ALIGNED = 0x100  # of ndarray.flags.num
_PLAIN = _ALIGNED | 0x401  # in C order and writeable, too


class _Memory:
    """Memory that belongs to an array, as NumPy asks for it."""

    def __init__(self, address: int, count: int, dtype: str) -> None:
        self.__array_interface__ = {"version": 3, "data": (address, False), "shape": (count,), "typestr": dtype}


def _flat(array: _Array) -> _Array:
    """Return the memory from the first to the last element as one row; what is read-only is not written to."""
    if array.flags.c_contiguous and array.flags.writeable:
        return array.reshape(-1)
    reach = [(n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True)]
    address = array.__array_interface__["data"][0] + sum(r for r in reach if r < 0)
    return np.asarray(_Memory(address, 1 + sum(map(abs, reach)) // array.itemsize, array.dtype.str))


class _Call:
    """One call of a kernel: its arrays, and all smaller tensors, numbers and sums in one stretch of memory.

    Arrays that compiled loops cannot walk through side by side, element after element, are copied first, all into one
    order: those of which neighbours are not neighbours in memory, or that are not aligned.
    """

    __slots__ = (
        "_arrays", "_bound", "_given", "_kernel", "_labels", "_memory", "_places", "_plain", "_threads", "_walk"
    )

    def __init__(self, kernel: _Kernel, bound: _Binding, threads: int, *arrays: _Array) -> None:
        self._kernel, self._bound = kernel, bound
        self._threads = 1 if threads == 1 else min(threads, _processors())
        self._given = self._arrays = arrays
        for read, written in kernel.apart:
            if np.may_share_memory(self._arrays[read], self._arrays[written]):
                copied = np.empty_like(self._arrays[written], subok=False)
                self._arrays = (*self._arrays[:written], copied, *self._arrays[written + 1 :])
        self._labels = bound.labels(_CLASSES)
        flags = _PLAIN
        for array in self._arrays:
            flags &= array.flags.num
        self._plain = flags == _PLAIN
        walk = self._walked() if flags & _ALIGNED else None
        if walk is None:
            self._plain = False
            self._arrays = tuple(_in_order(array, self._labels, kernel.outer) for array in self._arrays)
            walk = self._walked()
        if walk is None:  # it would be another mistake of ours
            raise AssertionError("copies of arrays that stand side by side do not stand side by side")
        self._walk = walk
        self._places = _pool().ask(walk.threads - 1) if walk.threads > 1 else ()  # they wake while all is made ready
        self._memory = np.zeros(walk.size)
        for begin, count in walk.maxima:
            self._memory[begin : begin + count] = -np.inf

    def _walked(self) -> _Walk | None:
        first, strides = self._arrays[0], tuple([array.strides for array in self._arrays])
        return _walk(self._kernel, self._labels, first.shape, strides, first.itemsize, self._threads)

    def numbers(self, *values: float) -> None:
        """Pass constants and counts."""
        for k, value in enumerate(values):
            self._memory[k] = value

    def count(self, label: str) -> int:
        """Return the number of elements along the dimensions of a class."""
        return self._walk.full.get(label, 1)

    def give(self, name: str, values: _Array | None, axes: Sequence[str], neutral: float = 0.0) -> None:
        """Pass a smaller tensor; None stands for its neutral element."""
        place, shape = self._walk.places[name]
        if values is None:
            self._memory[place] = neutral
        elif values.ndim == len(axes) == 1:
            self._memory[place] = values
        else:
            self._memory[place].reshape(shape)[...] = self._bound.lined_up(values, axes).reshape(shape)

    def total(self, name: str, of: str, over: str) -> None:
        """Take the sum of a smaller tensor, in more digits than it has."""
        dims = tuple(d for d, label in enumerate(self._labels) if label in over)
        self.leaf(name)[...] = self.leaf(of).sum(axis=dims, keepdims=True, dtype=np.longdouble)

    def leaf(self, name: str) -> _Float64:
        """Return a smaller tensor in memory, one element long along the dimensions that it lacks."""
        place, shape = self._walk.places[name]
        return self._memory[place].reshape(shape)

    def rounded(self, values: _Float64) -> _Float64:
        """Return numbers that the type of the data holds."""
        return values.astype(self._given[0].dtype).astype(np.float64)

    def exact_sum(self, pivot: _Float64, rest: _Float64) -> tuple[_Float64, _Float64]:
        """Return a sum of whole tensors, and what is lost of it; of float32 data nothing is."""
        total = pivot + rest
        if self._given[0].itemsize == 4:
            return total, np.zeros_like(total)
        added = total - pivot
        return total, (pivot - (total - added)) + (rest - added)

    def run(self) -> None:
        """Run the kernel, on several threads where that is asked for; Python may go on meanwhile."""
        kernel, walk = self._kernel, self._walk
        arrays = [array.reshape(-1) if self._plain else _flat(array) for array in self._arrays]
        _shared(kernel, self._places, *arrays, self._memory, walk.table, walk.few)
        for begin, count, portions in walk.parts:
            _gather_portions(self._memory, begin, count, portions)
        for begin, count in walk.sums:
            _gather_portions(self._memory, begin, count, 1)
        for given, copied in zip(self._given[kernel.reads :], self._arrays[kernel.reads :], strict=True):
            if given is not copied:
                given[...] = copied

    def gradient(self, name: str, axes: Sequence[str], classes: str) -> NDArray[Any]:
        """Return a gradient that the kernel left in memory, in the dtype of the data and its own dimensions."""
        place, _ = self._walk.places[name]
        dtype, values = self._given[0].dtype, self._memory[place]
        if self._bound.shape(axes) == values.shape:
            return values.astype(dtype)
        return self.result(self.leaf(name), axes, classes).astype(dtype)

    def result(self, values: _Float64, axes: Sequence[str], classes: str) -> _Float64:
        """Return a result with its dimensions as the layer declares them, read-only."""
        if values.size == max(values.shape, default=1) and self._bound.shape(axes) == (values.size,):
            result = values.flatten()
            result.setflags(write=False)
            return result
        sizes = [n for n, label in zip(self._given[0].shape, self._labels, strict=True) if label in classes]
        only = tuple(slice(None) if label in classes else slice(1) for label in self._labels)
        whole = np.empty(_shape(self._given[0].shape, self._labels, classes))
        whole[...] = values[only]
        result = self._bound.declared(whole.reshape(sizes), axes)
        result.setflags(write=False)
        return result


def _in_order(array: _Array, labels: str, outer: str) -> _Array:
    """Return a copy in which the dimensions of the outer classes come first in memory."""
    order = sorted(range(array.ndim), key=lambda d: labels[d] not in outer)
    copied = np.empty([array.shape[d] for d in order], array.dtype).transpose(np.argsort(order))
    copied[...] = array
    return copied


def _in_any_order(context: Any, total: Any, term: Any) -> Any:
    """Generate the sum of two numbers: the terms of a sum may be added in any order, which nothing else here allows."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments, flags=("reassoc", "contract"))

    return types.float64(types.float64, types.float64), generate


_plus: Any = intrinsic(_in_any_order)


def _ahead(context: Any, array: Any, place: Any) -> Any:
    """Generate what asks for an element, to be near when it is read: nothing waits, and it need not be there."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        there = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        kinds = [there.type, *[ir.IntType(32)] * 3]
        how = [ir.IntType(32)(number) for number in (0, 3, 1)]  # to be read, into all caches, as data
        signed = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.module.declare_intrinsic("llvm.prefetch", [there.type], signed), [there, *how])
        return context.get_dummy_value()

    return types.void(array, types.uint64), generate


_ask: Any = intrinsic(_ahead)


@_inner
def _larger(left: float, right: float) -> float:
    """Return the larger one; NaN where there is one."""
    return left if left > right or left != left else right


@_inner
def _rank(value: float) -> np.int64:
    """Return a whole number that is the larger the larger the number is, largest for NaN.

    The maximum of whole numbers can be taken in any order, so that loops over it become vector instructions.
    """
    bits = np.float64(value).view(np.int64)
    rank: np.int64 = bits ^ ((bits >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))
    return rank if value == value else np.int64(0x7FFFFFFFFFFFFFFF)


@_inner
def _ranked(rank: np.int64) -> np.float64:
    """Return the number that has a rank."""
    value: np.float64 = np.int64(rank ^ ((rank >> np.int64(63)) & np.int64(0x7FFFFFFFFFFFFFFF))).view(np.float64)
    return value


@_inner
def _not_negative(value: float) -> float:
    """Return zero for what rounding errors have made negative."""
    return 0.0 if value < 0 else value


@_inner
def _exact_sum(left: float, right: float, exact: bool) -> tuple[float, float]:
    """Return a sum and what is lost of it; of float32 data nothing is."""
    total = left + right
    if not exact:
        return total, 0.0
    added = total - left
    return total, (left - (total - added)) + (right - added)


@_loop
def _two_to(exponent: np.uint64) -> np.float64:
    """Return a power of two; its exponent comes with 1023 added."""
    power: np.float64 = np.uint64(exponent << np.uint64(52)).view(np.float64)
    return power


def _exp_of_float64(value: Any) -> Any:
    """Return exp without branches or calls, so that loops over it become vector instructions, within an ulp.

    The argument is count * log(2) + rest. Of exp(rest), |rest| <= log(2)/2, the terms of the Taylor series that matter
    in float64 are kept (rest^14/14! < 2^-57); two halves of the exponent reach the subnormal numbers. Adding 1.5 * 2^52
    rounds to a whole number, which then stands in the last bits.
    """
    wide = np.float64(value)
    above = -1000.0 if wide < -1000.0 else wide
    within = 1000.0 if above > 1000.0 else above
    shifted = within * 1.4426950408889634 + 6755399441055744.0
    count = shifted - 6755399441055744.0
    rest = (within - count * 6.93147180369123816490e-01) - count * 1.90821492927058770002e-10
    series = 1 / 6227020800
    series = series * rest + 1 / 479001600
    series = series * rest + 1 / 39916800
    series = series * rest + 1 / 3628800
    series = series * rest + 1 / 362880
    series = series * rest + 1 / 40320
    series = series * rest + 1 / 5040
    series = series * rest + 1 / 720
    series = series * rest + 1 / 120
    series = series * rest + 1 / 24
    series = series * rest + 1 / 6
    series = series * rest + 1 / 2
    series = 1 + (rest + rest * rest * series)
    exponent = (np.float64(shifted).view(np.uint64) + np.uint64(2046)) & np.uint64(4095)
    half = exponent >> np.uint64(1)
    return series * _two_to(half) * _two_to(exponent - half)


def _exp_of_float64_in_sums(value: Any, like: Any) -> Any:
    """Return exp in float64 with the digits that sums over float32 data need.

    The polynomial has the values of the series at the Chebyshev points of |rest| <= log(2)/2, and differs by less than
    2^-32. The power of two is one factor, zero or infinite where a normal number would not do: far beyond float32.
    """
    above = -709.2 if value < -709.2 else value
    within = 710.0 if above > 710.0 else above
    shifted = within * 1.4426950408889634 + 6755399441055744.0
    rest = within - (shifted - 6755399441055744.0) * 6.93147180559945309417e-01
    series = 0.00019890980869750327
    series = series * rest + 0.0013933641031986701
    series = series * rest + 0.008333310934448869
    series = series * rest + 0.04166646500604005
    series = series * rest + 0.16666666681614256
    series = series * rest + 0.5000000013457727
    series = 1 + (rest + rest * rest * series)
    return series * _two_to(np.float64(shifted).view(np.uint64) + np.uint64(1023))


def _exp_of_float32(value: Any) -> Any:
    """Return exp likewise, within 1.1 ulp of float32: the polynomial is less than 2^-26 from the series."""
    one = np.float32(1.0)
    above = np.float32(-105.0) if value < np.float32(-105.0) else value
    within = np.float32(90.0) if above > np.float32(90.0) else above
    shifted = within * np.float32(1.4426950408889634) + np.float32(12582912.0)
    count = shifted - np.float32(12582912.0)
    rest = (within - count * np.float32(0.693359375)) - count * np.float32(-2.12194440e-4)
    series = np.float32(0.001392617611993558)
    series = series * rest + np.float32(0.008363173074513711)
    series = series * rest + np.float32(0.041666554662050534)
    series = series * rest + np.float32(0.1666657702559799)
    series = series * rest + np.float32(0.5)
    series = one + (rest + rest * rest * series)
    exponent = (np.float32(shifted).view(np.uint32) + np.uint32(254)) & np.uint32(511)
    half = exponent >> np.uint32(1)
    first, second = np.uint32(half << np.uint32(23)), np.uint32((exponent - half) << np.uint32(23))
    return series * first.view(np.float32) * second.view(np.float32)


def _exp_at(value: Any) -> Any:
    """Return exp in the type of its operand."""


@_chosen(_exp_at, fastmath={"contract"}, error_model="numpy")
def _exp_of(value: Any) -> Any:
    """Choose the function for a type, when a kernel is compiled."""
    return _exp_of_float32 if value == types.float32 else _exp_of_float64


def _exp_of_float32_difference(value: Any, less: Any) -> Any:
    """Return exp of a difference that is not above zero, within 1.2 ulp.

    What float32 loses of it is added to the rest: else all that are equal were off by the same, and so their sum. A
    power of two that is 2^64 too large reaches the subnormal numbers.
    """
    one, zero = np.float32(1.0), np.float32(0.0)
    below = value - less
    back = below - value
    lost = (value - (below - back)) - (less + back)
    shifted = below * np.float32(1.4426950408889634) + np.float32(12583103.0)  # 1.5 * 2^23, 64 and the exponent of one
    count = shifted - np.float32(12583103.0)
    rest = ((below - count * np.float32(0.693359375)) - count * np.float32(-2.12194440e-4)) + lost
    series = np.float32(0.001392617611993558)
    series = series * rest + np.float32(0.008363173074513711)
    series = series * rest + np.float32(0.041666554662050534)
    series = series * rest + np.float32(0.1666657702559799)
    series = series * rest + np.float32(0.5)
    series = one + (rest + rest * rest * series)
    power = np.uint32(np.float32(shifted).view(np.uint32) << np.uint32(23)).view(np.float32)
    raised = series * power * np.float32(5.42101086242752217004e-20)  # 2^-64
    return zero if below < np.float32(-104.0) else raised


def _exp_less_at(value: Any, less: Any) -> Any:
    """Return exp(value - less) in the type of its operands, of which the second is not the smaller one."""


@_chosen(_exp_less_at, fastmath={"contract"}, error_model="numpy")
def _exp_less_of(value: Any, less: Any) -> Any:
    """Choose the function for a type, when a kernel is compiled."""

    def exact(value: Any, less: Any) -> Any:
        return _exp_at(value - less)

    return _exp_of_float32_difference if value == types.float32 else exact


def _exp_for(value: Any, like: Any) -> Any:
    """Return exp in float64 of a float64, in a sum over data of the type of `like`."""


@_chosen(_exp_for, fastmath={"contract"}, error_model="numpy")
def _exp_in_sums(value: Any, like: Any) -> Any:
    """Choose the function for a type, when a kernel is compiled."""

    def exact(value: Any, like: Any) -> Any:
        return _exp_at(value)

    return _exp_of_float64_in_sums if like == types.float32 else exact


def _sigmoid_at(value: Any) -> Any:
    """Return 1/(1 + exp(-value)) without overflow, in the type of its operand."""


@_chosen(_sigmoid_at, error_model="numpy")
def _sigmoid_of(value: Any) -> Any:
    """Make the function for a type, when a kernel is compiled."""
    kind = value

    def sigmoid(value: Any) -> Any:
        one, small = kind(1.0), _exp_at(-abs(value))
        return (one if value >= 0 else small) / (one + small)

    return sigmoid


def _sigmoid_for(value: Any, like: Any) -> Any:
    """Return 1/(1 + exp(-value)) in float64, in a sum over data of the type of `like`."""


@_chosen(_sigmoid_for, error_model="numpy")
def _sigmoid_in_sums(value: Any, like: Any) -> Any:
    """Choose the function for a type, when a kernel is compiled."""

    def exact(value: Any, like: Any) -> Any:
        return _sigmoid_at(value)

    def shared(value: Any, like: Any) -> Any:
        small = _exp_for(-abs(value), like)
        return (1.0 if value >= 0 else small) * (1.0 / (1.0 + small))  # a quotient that is the same for -value

    return shared if like == types.float32 else exact


@_inner
def _erf_slope_at(value: float) -> float:
    """Return the derivative of the error function."""
    wide = np.float64(value)
    slope: float = 1.1283791670955126 * _exp_at(-wide * wide)  # 2/sqrt(pi)
    return slope


@_inner
def _power_at(value: float, exponent: float, rest: float) -> float:
    """Return value ** (exponent + rest), the rest being what float64 cannot hold; NaN where the value is negative."""
    power: float = np.float64(value) ** exponent
    if rest != 0.0 and 0.0 < value < np.inf:
        power += power * np.log(np.float64(value)) * rest
    return power


@_inner
def _add(memory: _Float64, at: int, low: int, term: float) -> None:
    """Add to a sum that is held in two numbers, the second `low` places further on: what is lost of the first."""
    before = memory[at]
    total = before + term
    added = total - before
    memory[at + low] += (before - (total - added)) + (term - added)
    memory[at] = total


@_inner
def _add_pair(memory: _Float64, at: int, low: int, term: float, lost: float) -> None:
    """Add likewise a term that is held in two numbers."""
    _add(memory, at, low, term)
    memory[at + low] += lost


def _without_rounding(context: Any, left: Any, right: Any, term: Any) -> Any:
    """Generate left * right + term, rounded once."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


_fma: Any = intrinsic(_without_rounding)


@_inner
def _sum(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    """Return the sum of two numbers that are held in two each, as two; nothing is lost of an infinite one."""
    total = a + b
    if not np.isfinite(total):
        return total, 0.0
    added = total - a
    return total, ((a - (total - added)) + (b - added)) + (a_low + b_low)


@_inner
def _product(a: float, a_low: float, b: float, b_low: float) -> tuple[float, float]:
    """Return the product of two numbers that are held in two each, as two; nothing is lost of an infinite one."""
    product = a * b
    if not np.isfinite(product):
        return product, 0.0
    return product, _fma(a, b, -product) + (a * b_low + a_low * b)


@_inner
def _whole(high: float, low: float) -> float:
    """Return a sum that is held in two numbers; what is lost of an infinite one is no number."""
    return high + low if np.isfinite(high) else high


@_inner
def _combined(memory: _Float64, at: int, low: int, step: int, splits: int) -> float:
    """Return the sum of the parts of a block, in their order."""
    high, lost = memory[at], memory[at + low]
    for k in range(1, splits):
        term = memory[at + k * step]
        total = high + term
        added = total - high
        lost += ((high - (total - added)) + (term - added)) + memory[at + k * step + low]
        high = total
    return _whole(high, lost)


@_inner
def _largest(memory: _Float64, at: int, low: int, step: int, splits: int) -> float:
    """Return the maximum of the parts of a block."""
    found: float = memory[at]
    for k in range(1, splits):
        found = _larger(found, memory[at + k * step])
    return found


@_compiled
def _gather_portions(memory: _Float64, begin: int, count: int, portions: int) -> None:
    """Add up what the portions hold of sums in two numbers each, in their order; the first holds the result."""
    for p in range(1, portions):
        for k in range(begin, begin + count):
            _add(memory, k, count, memory[k + 2 * p * count])
            memory[k + count] += memory[k + (2 * p + 1) * count]
    for k in range(begin, begin + count):
        memory[k] = _whole(memory[k], memory[k + count])


# What goes past the cache is computed into a tile so many elements at a time, and from there written line by line.
_CHUNK = 512


def _of_line(context: Any, array: Any, place: Any) -> Any:
    """Generate how many bytes of its line of memory lie before an element."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        there = builder.ptrtoint(builder.gep(data, [arguments[1]]), ir.IntType(64))
        return builder.and_(there, ir.IntType(64)(63))

    return types.int64(array, types.uint64), generate


_bytes_into_line: Any = intrinsic(_of_line)


def _past_cache(context: Any, array: Any, place: Any, room: Any, begin: Any) -> Any:
    """Generate what writes a line of memory, which begins at a place, without reading it or keeping it in a cache."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, room = (context.make_array(signature.args[k])(context, builder, arguments[k]).data for k in (0, 2))
        size = context.get_abi_sizeof(to.type.pointee)
        line = ir.VectorType(to.type.pointee, 64 // size).as_pointer()
        value = builder.load(builder.bitcast(builder.gep(room, [arguments[3]]), line), align=size)
        written = builder.store(value, builder.bitcast(builder.gep(to, [arguments[1]]), line), align=64)
        written.set_metadata("nontemporal", builder.module.add_metadata([ir.IntType(32)(1)]))
        return context.get_dummy_value()

    return types.void(array, types.uint64, room, types.uint64), generate


_stream: Any = intrinsic(_past_cache)


def _in_order_of_memory(context: Any) -> Any:
    """Generate what waits until others see all that was written before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


_settle: Any = intrinsic(_in_order_of_memory)


@_inlined
def _before_line(array: _Array, place: np.uint64) -> int:
    """Return how many elements there are before the next line of memory."""
    before: int = (64 - _bytes_into_line(array, place)) % 64 // array.itemsize
    return before


@_inlined
def _put(array: _Array, place: np.uint64, room: _Array, count: int, lines: bool) -> None:
    """Write what stands in a tile: whole lines past the cache, where the first one begins with a line."""
    line = 64 // array.itemsize
    until = count // line * line if lines else 0
    for k in range(0, until, line):
        _stream(array, place + np.uint64(k), room, np.uint64(k))
    for k in range(until, count):
        array[place + np.uint64(k)] = room[np.uint64(k)]


# How many elements of float64 and of float32 data are summed in one number, along a row and in a column; in the middle
# are rows of float32 of which what comes later is asked for.
# What costs much is computed for so many before they are summed, of float32 for a tile at once; the map pass finds it
# in the array that it writes. Softmax of (4096, 1000) over PyTorch on a Xeon of the fifth generation: forward 1.16 so
# and 1.84 where it is computed twice, once of it in float64, backward 1.14 and 1.89.
_SHORT, _MIDDLE, _LONG = 64, 256, 4096
_FEW, _MANY = 8, 256


@_inner
def _there(walk: _Int64, at: _Int64, t: int, b: int, j: int) -> int:
    """Return where a place along the run of a lane is in a table."""
    there: int = at[t] + b * walk[t + 2, _LANE] + j * walk[t + 2, _RUN]
    return there


@_inner
def _spread(lane: _Float64, rows: _Int64, lanes: int, tiles: _Array, until: int) -> None:
    """Give every column the values of its lane, a tile for each."""
    run = until // lanes
    for t in range(rows.size):
        for b in range(lanes):
            value, first = lane[rows[t], b], t * _PITCH + b * run
            for j in range(first, first + run):
                tiles[np.uint64(j)] = value


@_inner
def _cleared(tiles: _Float64, first: int, count: int, until: int) -> None:
    """Let the sums of columns begin at zero, in so many tiles."""
    for t in range(first, first + count):
        tiles[t * _PITCH : t * _PITCH + until] = 0.0


@_inner
def _fold(wide: _Float64, sums: int, until: int) -> None:
    """Add the sums of columns to longer ones, in two numbers each, and begin anew: three tiles for a sum."""
    for s in range(sums):
        for j in range(until):
            first = np.uint64(3 * s * _PITCH + j)
            high, low = first + np.uint64(_PITCH), first + np.uint64(2 * _PITCH)
            term, before = wide[first], wide[high]
            total = before + term
            added = total - before
            wide[low] += (before - (total - added)) + (term - added)
            wide[high] = total
            wide[first] = 0.0


@_inner
def _sums_of_columns(wide: _Float64, sums: int, until: int, memory: _Float64, partial: int, lanes: int) -> None:
    """Add the columns of every lane to its sums."""
    _fold(wide, sums, until)
    run = until // lanes
    for s in range(sums):
        for b in range(lanes):
            to, begin = partial + 2 * s * lanes + b, (3 * s + 1) * _PITCH + b * run
            for k in range(begin, begin + run):
                _add_pair(memory, to, lanes, wide[k], wide[k + _PITCH])


@_inner
def _largest_of_columns(wide: _Float64, until: int, memory: _Float64, to: int, lanes: int) -> None:
    """Take the columns of every lane into its maximum."""
    run = until // lanes
    for b in range(lanes):
        for k in range(b * run, (b + 1) * run):
            memory[to + b] = _larger(memory[to + b], wide[k])


@_inner
def _read(memory: _Float64, at: int, low: int) -> float:
    """Return an element of a smaller tensor; where a second number belongs to it, `low` places on, the sum of both."""
    value: float = memory[at]
    return _whole(value, memory[at + low]) if low != 0 else value


@_inner
def _leaf(memory: _Float64, at: int, steps: _Int64, lanes: int, n: int, tile: _Float64) -> None:
    """Copy lanes times a run of a smaller tensor into a tile."""
    low, along, run = steps[_LOW], steps[_LANE], steps[_RUN]
    for b in range(lanes):
        own, first = tile[b * n : (b + 1) * n], at + b * along
        if run == 0:
            own[:] = _read(memory, first, low)
        elif run == 1 and low == 0:
            own[:] = memory[first : first + n]
        else:
            for j in range(n):
                own[j] = _read(memory, first + j * run, low)


@_inner
def _gather(tile: _Float64, memory: _Float64, at: int, steps: _Int64, lanes: int, n: int) -> None:
    """Add the terms of a tile to sums in memory, in two numbers each; the tile begins anew."""
    low, along, run = steps[_LOW], steps[_LANE], steps[_RUN]
    for b in range(lanes):
        own, first = tile[b * n : (b + 1) * n], at + b * along
        if run == 1:
            high, lost = memory[first : first + n], memory[first + low : first + low + n]
            for j in range(n):
                k = np.uint64(j)
                term, before = own[k], high[k]
                total = before + term
                added = total - before
                lost[k] += (before - (total - added)) + (term - added)
                high[k] = total
        else:
            for j in range(n):
                _add(memory, first + j * run, low, own[j])
        own[:] = 0.0


@_inner
def _raise(tile: _Float64, memory: _Float64, at: int, steps: _Int64, lanes: int, n: int) -> None:
    """Take the terms of a tile into maxima in memory; the tile begins anew."""
    for b in range(lanes):
        for j in range(n):
            k = at + b * steps[_LANE] + j * steps[_RUN]
            memory[k] = _larger(memory[k], tile[b * n + j])
            tile[b * n + j] = -np.inf


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
