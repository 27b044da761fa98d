"""group_norm for JAX, with derivatives of every order.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels group_norm

group_norm as functions of JAX arrays, under jit and vmap, in two forms. One has custom_vjp rules, for grad and
grad of grad: the backward pass, and the backward pass of that one. The other, with forward_mode in its name,
has a custom_jvp rule, for jvp, jacfwd, hessian and all that mixes them with grad. JAX takes higher derivatives
of these. Half precision is computed in float32 and rounded once. The formulas are derived from

    mean = sum[k,s](x)/(N_k*N_s)
    var = sum[k,s]((x - mean)**2)/(N_k*N_s)
    x_norm = (x - mean)/sqrt(var + eps)
    y = weight*x_norm + bias
    d = x - mean
    inv_std = 1/sqrt(var + eps)
    grad_input = inv_std*(
        grad_output*weight - inv_std**2*d*sum[k,s](d*grad_output*weight)/(N_k*N_s)
        - sum[k,s](grad_output*weight)/(N_k*N_s)
    )
    grad_weight = sum[n,s](d*grad_output*inv_std)
    grad_bias = sum[n,s](grad_output)

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

Derivation: sha256 1592e8a741397b65f6940d54747e0b9df715e7280715c643cacb37baa629e7d5
"""

from __future__ import annotations

import copy
import functools
import math
import numbers
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp

__all__ = [
    "Saved",
    "forward",
    "group_norm",
    "group_norm_forward_mode",
]

# ======================================================================================
# The interface: what this layer computes.
# ======================================================================================

_Array: TypeAlias = jax.Array
_AXES = ("n", "c", "s...")
_CLASSES = {"n": "n", "g": "g", "k": "k", "s": "s"}


class Saved(NamedTuple):
    """The statistics of the layer, in the dtype that it computes in; they take no gradient.

    mean: shape (n, g); mean of each group of each example.
    mean_low: shape (n, g); what the dtype of mean cannot hold of it.
    var: shape (n, g); biased variance of each group of each example.
    inv_std: shape (n, g); one over the standard deviation, eps included.
    count: the number of elements that they are taken over.
    eps: as given.
    """

    mean: jax.Array
    mean_low: jax.Array
    var: jax.Array
    inv_std: jax.Array
    count: int  # type: ignore[assignment]  # hides tuple.count
    eps: float


def forward(
    x: jax.Array,
    weight: jax.Array | None = None,
    bias: jax.Array | None = None,
    *,
    eps: float = 1e-05,
    num_groups: int,
    axis: int = 1,
) -> tuple[jax.Array, Saved]:
    """Compute y and the statistics of the layer.

        mean = sum[k,s](x)/(N_k*N_s)
        var = sum[k,s]((x - mean)**2)/(N_k*N_s)
        x_norm = (x - mean)/sqrt(var + eps)
        y = weight*x_norm + bias

    Its gradients, with grad_output for the gradient of y:

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_input = inv_std*(
            grad_output*weight - inv_std**2*d*sum[k,s](d*grad_output*weight)/(N_k*N_s)
            - sum[k,s](grad_output*weight)/(N_k*N_s)
        )
        grad_weight = sum[n,s](d*grad_output*inv_std)
        grad_bias = sum[n,s](grad_output)

    Args:
        x: shape (n, c, s...), float16, bfloat16, float32 or float64; the data.
        weight: shape (c,), the dtype of x, or float32 beside half precision; None means ones; scale per
            channel.
        bias: shape (c,), the dtype of x, or float32 beside half precision; None means zeros; shift per channel.
        eps: finite and greater than zero.
        num_groups: into how many groups the channels are cut; divides the size of the dimension c.
        axis: the dimension of x that holds the channels.

    Returns:
        y, in the shape and dtype of x; it may be differentiated, and the statistics, which take no gradient.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes do not go together.
        ValueError: a shape, an axis or a number does not fit, or there are no elements.
    """
    x, weight, bias = _arrays(x=x, weight=weight, bias=bias)
    _check_types("x", ("weight", "bias"), x=x, weight=weight, bias=bias)
    bound = _Binding("x", x, _AXES, {"c": axis}, "axis")
    _check_parameter("weight", weight, bound, ("c",))
    _check_parameter("bias", bias, bound, ("c",))
    inner = bound.split("c", ("g", "k"), "num_groups", num_groups)
    eps = _check_positive("eps", eps)
    if 0 in x.shape:
        raise ValueError(f"x has shape {tuple(x.shape)}: no elements, so there are no statistics")
    at = _Layout(inner._shape, inner.labels(_CLASSES))
    output, *statistics = _differentiable(
        x.reshape(at.shape),
        _placed(weight, x, inner, ("g", "k"), 1.0),
        _placed(bias, x, inner, ("g", "k"), 0.0),
        eps,
        at,
    )
    saved = Saved(
        _declared(statistics[0], inner, ("n", "g")),
        _declared(statistics[1], inner, ("n", "g")),
        _declared(statistics[2], inner, ("n", "g")),
        _declared(statistics[3], inner, ("n", "g")),
        math.prod(inner.shape(("k", "s"))),
        eps,
    )
    return output.reshape(x.shape), saved


def group_norm(
    x: jax.Array,
    weight: jax.Array | None = None,
    bias: jax.Array | None = None,
    *,
    eps: float = 1e-05,
    num_groups: int,
    axis: int = 1,
) -> jax.Array:
    """Compute y.

        mean = sum[k,s](x)/(N_k*N_s)
        var = sum[k,s]((x - mean)**2)/(N_k*N_s)
        x_norm = (x - mean)/sqrt(var + eps)
        y = weight*x_norm + bias

    Its gradients, with grad_output for the gradient of y:

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_input = inv_std*(
            grad_output*weight - inv_std**2*d*sum[k,s](d*grad_output*weight)/(N_k*N_s)
            - sum[k,s](grad_output*weight)/(N_k*N_s)
        )
        grad_weight = sum[n,s](d*grad_output*inv_std)
        grad_bias = sum[n,s](grad_output)

    Args:
        x: shape (n, c, s...), float16, bfloat16, float32 or float64; the data.
        weight: shape (c,), the dtype of x, or float32 beside half precision; None means ones; scale per
            channel.
        bias: shape (c,), the dtype of x, or float32 beside half precision; None means zeros; shift per channel.
        eps: finite and greater than zero.
        num_groups: into how many groups the channels are cut; divides the size of the dimension c.
        axis: the dimension of x that holds the channels.

    Returns:
        y, in the shape and dtype of x; it may be differentiated.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes do not go together.
        ValueError: a shape, an axis or a number does not fit, or there are no elements.
    """
    return forward(x, weight, bias, eps=eps, num_groups=num_groups, axis=axis)[0]


def group_norm_forward_mode(
    x: jax.Array,
    weight: jax.Array | None = None,
    bias: jax.Array | None = None,
    *,
    eps: float = 1e-05,
    num_groups: int,
    axis: int = 1,
) -> jax.Array:
    """Compute y.

        mean = sum[k,s](x)/(N_k*N_s)
        var = sum[k,s]((x - mean)**2)/(N_k*N_s)
        x_norm = (x - mean)/sqrt(var + eps)
        y = weight*x_norm + bias

    Its gradients, with grad_output for the gradient of y:

        d = x - mean
        inv_std = 1/sqrt(var + eps)
        grad_input = inv_std*(
            grad_output*weight - inv_std**2*d*sum[k,s](d*grad_output*weight)/(N_k*N_s)
            - sum[k,s](grad_output*weight)/(N_k*N_s)
        )
        grad_weight = sum[n,s](d*grad_output*inv_std)
        grad_bias = sum[n,s](grad_output)

    Args:
        x: shape (n, c, s...), float16, bfloat16, float32 or float64; the data.
        weight: shape (c,), the dtype of x, or float32 beside half precision; None means ones; scale per
            channel.
        bias: shape (c,), the dtype of x, or float32 beside half precision; None means zeros; shift per channel.
        eps: finite and greater than zero.
        num_groups: into how many groups the channels are cut; divides the size of the dimension c.
        axis: the dimension of x that holds the channels.

    Returns:
        y, in the shape and dtype of x; it may be differentiated.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes do not go together.
        ValueError: a shape, an axis or a number does not fit, or there are no elements.
    """
    x, weight, bias = _arrays(x=x, weight=weight, bias=bias)
    _check_types("x", ("weight", "bias"), x=x, weight=weight, bias=bias)
    bound = _Binding("x", x, _AXES, {"c": axis}, "axis")
    _check_parameter("weight", weight, bound, ("c",))
    _check_parameter("bias", bias, bound, ("c",))
    inner = bound.split("c", ("g", "k"), "num_groups", num_groups)
    eps = _check_positive("eps", eps)
    if 0 in x.shape:
        raise ValueError(f"x has shape {tuple(x.shape)}: no elements, so there are no statistics")
    at = _Layout(inner._shape, inner.labels(_CLASSES))
    output, *_ = _differentiable_forward_mode(
        x.reshape(at.shape),
        _placed(weight, x, inner, ("g", "k"), 1.0),
        _placed(bias, x, inner, ("g", "k"), 0.0),
        eps,
        at,
    )
    result: jax.Array = output.reshape(x.shape)
    return result


# ======================================================================================
# The derivatives: which kernel is whose.
# ======================================================================================


@functools.partial(jax.custom_vjp, nondiff_argnums=(3, 4))
def _differentiable(x: Any, weight: Any, bias: Any, eps: Any, at: Any) -> Any:
    """Compute y and the statistics, of which y alone takes a gradient."""
    return _forward(x, weight, bias, eps, at)


def _kept(x: Any, weight: Any, bias: Any, eps: Any, at: Any) -> Any:
    """Compute the same, and what the backward pass needs."""
    results = _forward(x, weight, bias, eps, at)
    return results, (x, weight, *results[1:])


def _pulled(eps: Any, at: Any, held: Any, cotangents: Any) -> Any:
    """Compute the gradients, which have derivatives of their own."""
    grad_x, grad_weight, grad_bias = _gradients(cotangents[0], *held, eps, at)
    return (grad_x, grad_weight, grad_bias)


_differentiable.defvjp(_kept, _pulled)


@functools.partial(jax.custom_vjp, nondiff_argnums=(7, 8))
def _gradients(
    grad_output: Any, x: Any, weight: Any, mean: Any, mean_low: Any, var: Any, inv_std: Any, eps: Any, at: Any
) -> Any:
    """Compute the gradients, as functions of grad_output and of the inputs that they depend on."""
    return _backward(grad_output, x, weight, mean, mean_low, inv_std, at)


def _gradients_kept(
    grad_output: Any, x: Any, weight: Any, mean: Any, mean_low: Any, var: Any, inv_std: Any, eps: Any, at: Any
) -> Any:
    """Compute the same, and what the backward pass of the backward pass needs."""
    return _backward(grad_output, x, weight, mean, mean_low, inv_std, at), (grad_output, x, weight)


def _gradients_pulled(eps: Any, at: Any, held: Any, cotangents: Any) -> Any:
    """Compute the gradients of the gradients, in operations that JAX differentiates further.

    The statistics are computed again: they depend on x, and what was kept of them does not.
    """
    grad_output, x, weight = held
    cotangent_grad_input, cotangent_grad_weight, cotangent_grad_bias = cotangents
    mean, mean_low, var, inv_std = _statistics(x, eps, at)
    grad_grad_output, grad_x, grad_weight = _double_backward(
        grad_output, x, cotangent_grad_input, weight, cotangent_grad_weight, cotangent_grad_bias, mean, mean_low,
        inv_std, at
    )
    return (grad_grad_output, grad_x, grad_weight, None, None, None, None)


_gradients.defvjp(_gradients_kept, _gradients_pulled)


@functools.partial(jax.custom_jvp, nondiff_argnums=(3, 4))
def _differentiable_forward_mode(x: Any, weight: Any, bias: Any, eps: Any, at: Any) -> Any:
    """Compute y."""
    return _forward(x, weight, bias, eps, at)[:1]


def _pushed(eps: Any, at: Any, primals: Any, tangents: Any) -> Any:
    """Compute y and its tangent."""
    x, weight, bias = primals
    tangent_x, tangent_weight, tangent_bias = tangents
    output = _differentiable_forward_mode(x, weight, bias, eps, at)
    mean, mean_low, var, inv_std = _statistics(x, eps, at)
    return output, _jvp(x, tangent_x, weight, tangent_weight, tangent_bias, mean, mean_low, inv_std, at)


_differentiable_forward_mode.defjvp(_pushed)


# ======================================================================================
# The kernels: sums over whole dimensions, and elementwise operations.
# ======================================================================================


def _statistics(
    x: jax.Array,
    eps: float,
    at: _Layout,
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Compute what the backward pass needs of the forward pass."""
    x = _wide(x)
    over_ks = at.dims("ks")
    count_k = at.count("k")
    count_s = at.count("s")
    sum_x = _sum(x, over_ks)
    mean_pivot = _rounded(sum_x/(count_k*count_s))
    d = x - mean_pivot
    sum_d = _sum(d, over_ks)
    sum_d_d = _sum(d * d, over_ks)
    mean_rest = _rounded(sum_d/(count_k*count_s))
    mean, mean_low = _exact_sum(mean_pivot, mean_rest)
    var = _floor(sum_d_d/(count_k*count_s) - mean_rest**2)
    inv_std = 1/jnp.sqrt(eps + var)
    return (mean, mean_low, var, inv_std)


def _forward(
    x: jax.Array,
    weight: jax.Array,
    bias: jax.Array,
    eps: float,
    at: _Layout,
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array, jax.Array]:
    """Compute the output and what the backward pass needs."""
    dtype = x.dtype
    x = _wide(x)
    over_ks = at.dims("ks")
    count_k = at.count("k")
    count_s = at.count("s")
    sum_x = _sum(x, over_ks)
    mean_pivot = _rounded(sum_x/(count_k*count_s))
    d = x - mean_pivot
    sum_d = _sum(d, over_ks)
    sum_d_d = _sum(d * d, over_ks)
    mean_rest = _rounded(sum_d/(count_k*count_s))
    mean, mean_low = _exact_sum(mean_pivot, mean_rest)
    var = _floor(sum_d_d/(count_k*count_s) - mean_rest**2)
    inv_std = 1/jnp.sqrt(eps + var)
    d1 = d - mean_rest
    y = d1 * weight * inv_std + bias
    return (_cast(y, dtype), mean, mean_low, var, inv_std)


def _backward(
    grad_output: jax.Array,
    x: jax.Array,
    weight: jax.Array,
    mean: jax.Array,
    mean_low: jax.Array,
    inv_std: jax.Array,
    at: _Layout,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Compute the gradients with respect to the inputs."""
    dtype = grad_output.dtype
    grad_output = _wide(grad_output)
    x = _wide(x)
    over_ks = at.dims("ks")
    over_ns = at.dims("ns")
    count_k = at.count("k")
    count_s = at.count("s")
    d = x - mean
    d1 = d - mean_low
    t2 = grad_output * weight
    sum_d_grad_output_inv_std = _sum(grad_output * inv_std * d1, over_ns)
    sum_d_grad_output_weight = _sum(t2 * d1, over_ks)
    sum_grad_output_weight = _sum(t2, over_ks)
    sum_grad_output = _sum(grad_output, over_ns)
    shift = inv_std**2*mean_low*sum_d_grad_output_weight/(count_k*count_s) - sum_grad_output_weight/(count_k*count_s)
    slope = -inv_std**2*sum_d_grad_output_weight/(count_k*count_s)
    grad_x = (t2 + shift + d * slope) * inv_std
    return (_cast(grad_x, dtype), sum_d_grad_output_inv_std, sum_grad_output)


def _jvp(
    x: jax.Array,
    tangent_x: jax.Array,
    weight: jax.Array,
    tangent_weight: jax.Array,
    tangent_bias: jax.Array,
    mean: jax.Array,
    mean_low: jax.Array,
    inv_std: jax.Array,
    at: _Layout,
) -> tuple[jax.Array]:
    """Compute the derivative of the output along tangents of the inputs."""
    dtype = x.dtype
    x = _wide(x)
    tangent_x = _wide(tangent_x)
    over_ks = at.dims("ks")
    count_k = at.count("k")
    count_s = at.count("s")
    d = x - mean
    near_sum_d_tangent_x = _sum(d * tangent_x, over_ks)
    sum_tangent_x = _sum(tangent_x, over_ks)
    sum_d_tangent_x = near_sum_d_tangent_x - mean_low*sum_tangent_x
    shift = sum_tangent_x/(count_k*count_s)
    slope = -inv_std**2*sum_d_tangent_x/(count_k*count_s)
    d1 = d - mean_low
    tangent_y = (tangent_x - shift + d1 * slope) * weight * inv_std + d1 * tangent_weight * inv_std + tangent_bias
    return (_cast(tangent_y, dtype),)


def _double_backward(
    grad_output: jax.Array,
    x: jax.Array,
    cotangent_grad_input: jax.Array,
    weight: jax.Array,
    cotangent_grad_weight: jax.Array,
    cotangent_grad_bias: jax.Array,
    mean: jax.Array,
    mean_low: jax.Array,
    inv_std: jax.Array,
    at: _Layout,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Compute the gradients of the gradients, weighted with their cotangents."""
    dtype = grad_output.dtype
    grad_output = _wide(grad_output)
    x = _wide(x)
    cotangent_grad_input = _wide(cotangent_grad_input)
    over_ks = at.dims("ks")
    over_ns = at.dims("ns")
    count_k = at.count("k")
    count_s = at.count("s")
    d = x - mean
    t2 = grad_output * weight
    t3 = grad_output * cotangent_grad_weight
    near_sum_cotangent_grad_input_d = _sum(cotangent_grad_input * d, over_ks)
    sum_cotangent_grad_input_grad_output_inv_std = _sum(grad_output * inv_std * cotangent_grad_input, over_ns)
    sum_cotangent_grad_input_grad_output_weight = _sum(t2 * cotangent_grad_input, over_ks)
    near_sum_cotangent_grad_weight_d_grad_output = _sum(t3 * d, over_ks)
    sum_cotangent_grad_weight_grad_output = _sum(t3, over_ks)
    near_sum_d_grad_output_weight = _sum(t2 * d, over_ks)
    sum_grad_output_weight = _sum(t2, over_ks)
    sum_cotangent_grad_input = _sum(cotangent_grad_input, over_ks)
    sum_cotangent_grad_input_d = near_sum_cotangent_grad_input_d - mean_low*sum_cotangent_grad_input
    sum_d_grad_output_weight = near_sum_d_grad_output_weight - mean_low*sum_grad_output_weight
    sum_cotangent_grad_weight_d_grad_output = (
        near_sum_cotangent_grad_weight_d_grad_output - mean_low*sum_cotangent_grad_weight_grad_output
    )
    factor = inv_std**3*sum_cotangent_grad_input_d
    factor_2 = inv_std*sum_cotangent_grad_input
    d1 = d - mean_low
    sum_inv_std3_sum_d_grad_output = _sum(grad_output * factor * d1, over_ns)
    sum_sum_grad_output_inv_std = _sum(grad_output * factor_2, over_ns)
    slope = -inv_std**3*sum_d_grad_output_weight/(count_k*count_s)
    shift = (
        inv_std**3*sum_cotangent_grad_input*sum_d_grad_output_weight/(count_k**2*count_s**2)
        + inv_std**3*sum_cotangent_grad_input_d*sum_grad_output_weight/(count_k**2*count_s**2)
    )
    slope_2 = -inv_std**3*sum_cotangent_grad_input_d/(count_k*count_s)
    slope_3 = (
        3*inv_std**5*sum_cotangent_grad_input_d*sum_d_grad_output_weight/(count_k**2*count_s**2)
        + inv_std**3*sum_cotangent_grad_input*sum_grad_output_weight/(count_k**2*count_s**2)
        - inv_std**3*sum_cotangent_grad_input_grad_output_weight/(count_k*count_s)
    )
    shift_2 = sum_cotangent_grad_weight_grad_output/(count_k*count_s)
    slope_4 = -inv_std**2*sum_cotangent_grad_weight_d_grad_output/(count_k*count_s)
    shift_3 = sum_cotangent_grad_input/(count_k*count_s)
    slope_5 = -inv_std**2*sum_cotangent_grad_input_d/(count_k*count_s)
    grad_x = cotangent_grad_input * slope + shift + t2 * slope_2 + d1 * slope_3 + (
        t3 - shift_2 + d1 * slope_4
    ) * inv_std
    grad_grad_output = (
        cotangent_grad_input - shift_3 + d1 * slope_5
    ) * weight * inv_std + d1 * cotangent_grad_weight * inv_std + cotangent_grad_bias
    grad_weight = (
        sum_cotangent_grad_input_grad_output_inv_std
        - sum_inv_std3_sum_d_grad_output/(count_k*count_s)
        - sum_sum_grad_output_inv_std/(count_k*count_s)
    )
    return (_cast(grad_grad_output, dtype), _cast(grad_x, dtype), grad_weight)


# ======================================================================================
# The runtime: dimensions, dtypes and checks. The same for every layer.
# ======================================================================================


@dataclass(frozen=True)
class _Layout:
    """The dimensions that the kernels work in: their sizes, and the class of axes that each belongs to."""

    shape: tuple[int, ...]
    labels: str

    def dims(self, classes: str) -> tuple[int, ...]:
        """Return the dimensions that belong to these classes."""
        return tuple([i for i, label in enumerate(self.labels) if label in classes])

    def count(self, classes: str) -> int:
        """Return the number of elements along these classes together."""
        return math.prod([self.shape[i] for i in self.dims(classes)])

    def kept(self, classes: str) -> tuple[int, ...]:
        """Return the shape of a tensor that has one element along all other classes."""
        return tuple([n if self.labels[i] in classes else 1 for i, n in enumerate(self.shape)])


def _declared(values: jax.Array, bound: _Binding, axes: Sequence[str]) -> jax.Array:
    """Return a tensor that has the dimensions of the data with its own dimensions alone, in the order declared."""
    own = [values.shape[i] for i, name in enumerate(bound.names) if name in axes]
    return bound.declared(values.reshape(own), axes)


def _wide_dtype(dtype: Any) -> Any:
    """Return the dtype that data of this dtype is computed in."""
    return jnp.dtype(jnp.float32) if dtype in (jnp.float16, jnp.bfloat16) else dtype


def _wide(values: jax.Array) -> jax.Array:
    """Return the tensor in the dtype that it is computed in."""
    return values.astype(_wide_dtype(values.dtype))


def _cast(values: jax.Array, dtype: Any) -> jax.Array:
    """Return the tensor in a dtype."""
    return values.astype(dtype)


def _placed(
    values: jax.Array | None, like: jax.Array, bound: _Binding, axes: Sequence[str], neutral: float = math.nan
) -> jax.Array:
    """Return a smaller tensor with one element along all other dimensions of the data; None means neutral values."""
    shape = [bound._shape[i] if name in axes else 1 for i, name in enumerate(bound.names)]
    dtype = _wide_dtype(like.dtype)
    if values is None:
        return jnp.full(shape, neutral, dtype)
    return bound.lined_up(values, axes).astype(dtype).reshape(shape)


def _sum(values: jax.Array, dims: tuple[int, ...]) -> jax.Array:
    """Return the sum over dimensions, which stay as ones; over no dimension it is the tensor itself."""
    return jnp.sum(values, dims, keepdims=True) if dims else values


def _rounded(values: jax.Array) -> jax.Array:
    """Return the array as numbers that are the same wherever they are used.

    XLA divides by a constant by multiplying, computes a product anew in each place that uses it, and leaves out its
    rounding where something is added to it, but not elsewhere. A bound that no finite number exceeds prevents that.
    """
    most = jnp.finfo(values.dtype).max
    return jnp.clip(values, -most, most)


def _exact_sum(a: jax.Array, b: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return a + b, and what rounding has taken from it (two-sum)."""
    high = a + b
    added = high - a
    return high, (a - (high - added)) + (b - added)


def _floor(values: jax.Array) -> jax.Array:
    """Return the tensor with zero in the place of what rounding has made negative."""
    return jnp.where(values < 0.0, 0.0, values)


def _arrays(**values: Any) -> list[Any]:
    """Return what may be arrays as arrays of JAX; the rest is left for the checks to refuse."""
    return [jnp.asarray(v) if hasattr(v, "__array__") else v for v in values.values()]


def _check_types(first: str, optional: Sequence[str], **arrays: object) -> None:
    """Require arrays (or None, where that is allowed) of one dtype; beside half precision, float32 will do."""
    dtypes = {}
    for name, array in arrays.items():
        if array is None and name in optional:
            continue
        if not isinstance(array, jax.Array):
            raise TypeError(f"{name} must be an array, not {type(array).__name__}")
        dtypes[name] = array.dtype
    data = dtypes[first]
    known = data in (jnp.float16, jnp.bfloat16, jnp.float32, jnp.float64)
    if not known or any(dtype not in (data, _wide_dtype(data)) for dtype in dtypes.values()):
        found = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise TypeError(
            f"{first} must be float16, bfloat16, float32 or float64, and all arrays of one dtype, or float32 beside "
            f"half precision; {found}"
        )


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

    def view(self, array: jax.Array) -> jax.Array:
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
        return _argsort(self._dims(axes))

    def _back(self, axes: Sequence[str]) -> tuple[int, ...]:
        return _argsort(self._forth(axes))

    def _dims(self, axes: Sequence[str]) -> list[int]:
        return [i for axis in axes for i, name in enumerate(self.names) if name == axis]


def _argsort(values: Sequence[int]) -> tuple[int, ...]:
    """Return the places of the values from the smallest to the largest."""
    return tuple(sorted(range(len(values)), key=lambda i: values[i]))


def _check_shape(name: str, array: _Array | None, expected: tuple[int, ...], why: str) -> None:
    if array is not None and array.shape != expected:
        raise ValueError(f"{name} has shape {array.shape}, expected {expected}: {why}")


def _check_number(name: str, value: float) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
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


def _check_axis(name: str, axis: int, ndim: int) -> int:
    """Return the dimension an axis is bound to, counted from the front."""
    try:
        found = operator.index(axis)
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(axis).__name__}") from None
    if not -ndim <= found < ndim:
        raise ValueError(f"{name}: axis {found} is out of bounds for array of dimension {ndim}")
    return found % ndim
