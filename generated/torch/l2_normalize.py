"""l2_normalize for PyTorch, with derivatives of every order.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels l2_normalize

l2_normalize as functions of PyTorch tensors, which autograd, torch.func and torch.compile differentiate by the
kernels below: the backward pass, the backward pass of that one, and the derivative along tangents; PyTorch
takes higher derivatives of these. Forward mode within forward mode is not to be used: there PyTorch loses the
outer tangent of every autograd.Function. torch.func.hessian, forward mode over reverse mode, is right. Half
precision is computed in float32 and rounded once. The formulas are derived from

    square = sum[d](x**2)
    y = x/sqrt(square + eps**2)
    inv_length = 1/sqrt(square + eps**2)
    grad_input = inv_length*(grad_output - inv_length**2*x*sum[d](grad_output*x))

Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.

It relies on these theorems about the layer, each proven and checked independently:

- closed form of grad_x
- closed form of tangent_y
- closed form of grad_grad_output of the backward pass
- closed form of grad_x of the backward pass

Derivation: sha256 1eb3c12581667852d2d8d357586a0ab3548ec405f5f5978aadb646a4def9083c
"""

from __future__ import annotations

import copy
import math
import numbers
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import torch

__all__ = [
    "Saved",
    "forward",
    "l2_normalize",
]

# ======================================================================================
# The interface: what this layer computes.
# ======================================================================================

_Array: TypeAlias = torch.Tensor
_AXES = ("n...", "d")
_CLASSES = {"n": "n", "d": "d"}


class Saved(NamedTuple):
    """The statistics of the layer, in the dtype that it computes in; they take no gradient.

    square: shape (n,); the square of each length.
    inv_length: shape (n,); one over the length, eps included.
    count: the number of elements that they are taken over.
    eps: as given.
    """

    square: torch.Tensor
    inv_length: torch.Tensor
    count: int  # type: ignore[assignment]  # hides tuple.count
    eps: float


def forward(
    x: torch.Tensor,
    *,
    eps: float = 1e-12,
    dim: int = 1,
) -> tuple[torch.Tensor, Saved]:
    """Compute y and the statistics of the layer.

        square = sum[d](x**2)
        y = x/sqrt(square + eps**2)

    Its gradients, with grad_output for the gradient of y:

        inv_length = 1/sqrt(square + eps**2)
        grad_input = inv_length*(grad_output - inv_length**2*x*sum[d](grad_output*x))

    Args:
        x: shape (n..., d), float16, bfloat16, float32 or float64; the vectors.
        eps: finite and greater than zero.
        dim: the dimension of x that the vectors lie along.

    Returns:
        y, in the shape and dtype of x; it may be differentiated, and the statistics, which take no gradient.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes do not go together.
        ValueError: a shape, an axis or a number does not fit, or there are no elements.
    """
    _check_types("x", (), x=x)
    bound = _Binding("x", x, _AXES, {"d": dim}, "dim")
    eps = _check_positive("eps", eps)
    if 0 in x.shape:
        raise ValueError(f"x has shape {tuple(x.shape)}: no elements, so there are no statistics")
    at = _Layout(bound._shape, bound.labels(_CLASSES))
    output, *statistics = _applied(_Forward, _ForwardBothWays)(
        x.reshape(at.shape),
        eps,
        at,
    )
    saved = Saved(
        _declared(statistics[0], bound, ("n",)),
        _declared(statistics[1], bound, ("n",)),
        math.prod(bound.shape(("d",))),
        eps,
    )
    return output.reshape(x.shape), saved


def l2_normalize(
    x: torch.Tensor,
    *,
    eps: float = 1e-12,
    dim: int = 1,
) -> torch.Tensor:
    """Compute y.

        square = sum[d](x**2)
        y = x/sqrt(square + eps**2)

    Its gradients, with grad_output for the gradient of y:

        inv_length = 1/sqrt(square + eps**2)
        grad_input = inv_length*(grad_output - inv_length**2*x*sum[d](grad_output*x))

    Args:
        x: shape (n..., d), float16, bfloat16, float32 or float64; the vectors.
        eps: finite and greater than zero.
        dim: the dimension of x that the vectors lie along.

    Returns:
        y, in the shape and dtype of x; it may be differentiated.

    Raises:
        TypeError: an argument has the wrong type, or the dtypes do not go together.
        ValueError: a shape, an axis or a number does not fit, or there are no elements.
    """
    return forward(x, eps=eps, dim=dim)[0]


# ======================================================================================
# The derivatives: which kernel is whose.
# ======================================================================================


class _Forward(torch.autograd.Function):
    """y and the statistics, of which y alone takes a gradient."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Any, eps: Any, at: Any) -> Any:
        """Run the forward kernel."""
        return _forward(x, eps, at)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what the derivatives need."""
        x, eps, at = inputs
        _, *statistics = output
        ctx.mark_non_differentiable(*statistics)
        ctx.set_materialize_grads(False)
        held = (x, *statistics)
        ctx.save_for_backward(*held)
        ctx.save_for_forward(*held)
        ctx.settings = (eps, at)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Run the backward kernel, which has derivatives of its own."""
        grad_output = grad_outputs[0]
        if grad_output is None:
            return (None,) * 3
        back = _applied(_Backward, _BackwardBothWays)
        grad_x, = back(grad_output, *ctx.saved_tensors, *ctx.settings)
        return (grad_x, None, None)


class _ForwardBothWays(_Forward):
    """The same with the derivative along tangents."""

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Run the kernel for the tangent of y, in operations that PyTorch differentiates further.

        The statistics are computed again: they depend on x, and what was kept of them does not.
        """
        x, *_ = ctx.saved_tensors
        eps, at = ctx.settings
        tangent_x, *_ = grad_inputs
        tangent_x = _filled(tangent_x, x, at, "nd", whole=True)
        square, inv_length = _statistics(x, eps, at)
        return (_jvp(x, tangent_x, inv_length, at)[0], None, None,)


class _Backward(torch.autograd.Function):
    """The gradients, as functions of grad_output and of the inputs that they depend on."""

    generate_vmap_rule = True

    @staticmethod
    def forward(grad_output: Any, x: Any, square: Any, inv_length: Any, eps: Any, at: Any) -> Any:
        """Run the backward kernel."""
        return _backward(grad_output, x, inv_length, at)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what the derivatives need."""
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*inputs[:4])
        ctx.save_for_forward(*inputs[:4])
        ctx.settings = inputs[4:]

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Run the kernel for the gradients of the gradients, in operations that autograd differentiates further.

        The statistics are computed again: they depend on x, and what was kept of them does not.
        """
        grad_output, x, *_ = ctx.saved_tensors
        eps, at = ctx.settings
        cotangent_grad_input, = grad_outputs
        cotangent_grad_input = _filled(cotangent_grad_input, x, at, "nd", whole=True)
        square, inv_length = _statistics(x, eps, at)
        grad_grad_output, grad_x = _double_backward(grad_output, x, cotangent_grad_input, inv_length, at)
        return (grad_grad_output, grad_x, None, None, None, None)


class _BackwardBothWays(_Backward):
    """The same with the derivative along tangents."""

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Differentiate along tangents.

        The gradients are linear in grad_output. In the inputs they are a gradient themselves, whose derivative is a
        symmetric matrix: the kernel for the gradients of the gradients multiplies with it. The operations are such that
        PyTorch differentiates them further.
        """
        grad_output, x, *_ = ctx.saved_tensors
        eps, at = ctx.settings
        tangent_grad_output, tangent_x, *_ = grad_inputs
        tangent_grad_output = _filled(tangent_grad_output, x, at, at.labels, whole=True)
        tangent_x = _filled(tangent_x, x, at, "nd", whole=True)
        square, inv_length = _statistics(x, eps, at)
        along_grad_x, = _backward(tangent_grad_output, x, inv_length, at)
        _, curved_grad_x = _double_backward(grad_output, x, tangent_x, inv_length, at)
        return (along_grad_x + curved_grad_x,)


def _applied(function: Any, both_ways: Any) -> Any:
    """Return what applies a function: with its derivative along tangents, which torch.compile cannot trace yet."""
    return function.apply if torch.compiler.is_compiling() else both_ways.apply


# ======================================================================================
# The kernels: sums over whole dimensions, and elementwise operations.
# ======================================================================================


def _statistics(
    x: torch.Tensor,
    eps: float,
    at: _Layout,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute what the backward pass needs of the forward pass."""
    x = _wide(x)
    over_d = at.dims("d")
    sum_x_x = _sum(x * x, over_d)
    inv_length = 1/torch.sqrt(eps**2 + sum_x_x)
    return (sum_x_x, inv_length)


def _forward(
    x: torch.Tensor,
    eps: float,
    at: _Layout,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Compute the output and what the backward pass needs."""
    dtype = x.dtype
    x = _wide(x)
    over_d = at.dims("d")
    sum_x_x = _sum(x * x, over_d)
    inv_length = 1/torch.sqrt(eps**2 + sum_x_x)
    y = x * inv_length
    return (_cast(y, dtype), sum_x_x, inv_length)


def _backward(
    grad_output: torch.Tensor,
    x: torch.Tensor,
    inv_length: torch.Tensor,
    at: _Layout,
) -> tuple[torch.Tensor]:
    """Compute the gradients with respect to the inputs."""
    dtype = grad_output.dtype
    grad_output = _wide(grad_output)
    x = _wide(x)
    over_d = at.dims("d")
    sum_grad_output_x = _sum(grad_output * x, over_d)
    slope = -inv_length**2*sum_grad_output_x
    grad_x = (grad_output + x * slope) * inv_length
    return (_cast(grad_x, dtype),)


def _jvp(
    x: torch.Tensor,
    tangent_x: torch.Tensor,
    inv_length: torch.Tensor,
    at: _Layout,
) -> tuple[torch.Tensor]:
    """Compute the derivative of the output along tangents of the inputs."""
    dtype = x.dtype
    x = _wide(x)
    tangent_x = _wide(tangent_x)
    over_d = at.dims("d")
    sum_tangent_x_x = _sum(tangent_x * x, over_d)
    slope = -inv_length**2*sum_tangent_x_x
    tangent_y = (tangent_x + x * slope) * inv_length
    return (_cast(tangent_y, dtype),)


def _double_backward(
    grad_output: torch.Tensor,
    x: torch.Tensor,
    cotangent_grad_input: torch.Tensor,
    inv_length: torch.Tensor,
    at: _Layout,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the gradients of the gradients, weighted with their cotangents."""
    dtype = grad_output.dtype
    grad_output = _wide(grad_output)
    x = _wide(x)
    cotangent_grad_input = _wide(cotangent_grad_input)
    over_d = at.dims("d")
    sum_cotangent_grad_input_grad_output = _sum(grad_output * cotangent_grad_input, over_d)
    sum_cotangent_grad_input_x = _sum(cotangent_grad_input * x, over_d)
    sum_grad_output_x = _sum(grad_output * x, over_d)
    slope = -inv_length**3*sum_grad_output_x
    slope_2 = -inv_length**3*sum_cotangent_grad_input_x
    slope_3 = (
        3*inv_length**5*sum_cotangent_grad_input_x*sum_grad_output_x
        - inv_length**3*sum_cotangent_grad_input_grad_output
    )
    slope_4 = -inv_length**2*sum_cotangent_grad_input_x
    grad_x = cotangent_grad_input * slope + grad_output * slope_2 + x * slope_3
    grad_grad_output = (cotangent_grad_input + x * slope_4) * inv_length
    return (_cast(grad_grad_output, dtype), _cast(grad_x, dtype))


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


def _declared(values: torch.Tensor, bound: _Binding, axes: Sequence[str]) -> torch.Tensor:
    """Return a tensor that has the dimensions of the data with its own dimensions alone, in the order declared."""
    own = [values.shape[i] for i, name in enumerate(bound.names) if name in axes]
    return bound.declared(values.reshape(own), axes)


def _wide_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype that data of this dtype is computed in."""
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype


def _wide(values: torch.Tensor) -> torch.Tensor:
    """Return the tensor in the dtype that it is computed in."""
    return values.to(_wide_dtype(values.dtype))


def _cast(values: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return the tensor in a dtype."""
    return values.to(dtype)


def _placed(
    values: torch.Tensor | None, like: torch.Tensor, bound: _Binding, axes: Sequence[str], neutral: float = math.nan
) -> torch.Tensor:
    """Return a smaller tensor with one element along all other dimensions of the data; None means neutral values."""
    shape = [bound._shape[i] if name in axes else 1 for i, name in enumerate(bound.names)]
    dtype = _wide_dtype(like.dtype)
    if values is None:
        return torch.full(shape, neutral, dtype=dtype, device=like.device)
    return bound.lined_up(values, axes).to(dtype).reshape(shape)


def _filled(
    values: torch.Tensor | None, like: torch.Tensor, at: _Layout, classes: str, *, whole: bool = False
) -> torch.Tensor:
    """Return a direction, zeros for None; `whole` says that it has the dtype of the data and not the wide one."""
    if values is not None:
        return values
    return like.new_zeros(at.kept(classes), dtype=like.dtype if whole else _wide_dtype(like.dtype))


def _sum(values: torch.Tensor, dims: tuple[int, ...]) -> torch.Tensor:
    """Return the sum over dimensions, which stay as ones; over no dimension it is the tensor itself."""
    return torch.sum(values, dims, keepdim=True) if dims else values


def _check_types(first: str, optional: Sequence[str], **tensors: object) -> None:
    """Require tensors (or None, where that is allowed) of one dtype; beside half precision, float32 will do."""
    dtypes = {}
    for name, tensor in tensors.items():
        if tensor is None and name in optional:
            continue
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(f"{name} must be a torch.Tensor, not {type(tensor).__name__}")
        dtypes[name] = tensor.dtype
    data = dtypes[first]
    known = data in (torch.float16, torch.bfloat16, torch.float32, torch.float64)
    if not known or any(dtype not in (data, _wide_dtype(data)) for dtype in dtypes.values()):
        found = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise TypeError(
            f"{first} must be float16, bfloat16, float32 or float64, and all tensors of one dtype, or float32 beside "
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
            raise ValueError(f"{name} has shape {tuple(data.shape)}, expected {expected}")
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
        self._shape = tuple(data.shape)

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

    def view(self, array: torch.Tensor) -> torch.Tensor:
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
        return own.permute(self._forth(axes))

    def declared(self, values: _Array, axes: Sequence[str]) -> _Array:
        """Undo `lined_up`."""
        return values.permute(self._back(axes))

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
    if array is not None and tuple(array.shape) != expected:
        raise ValueError(f"{name} has shape {tuple(array.shape)}, expected {expected}: {why}")


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
    if not sizes or tuple(array.shape)[-len(sizes) :] != sizes:
        raise ValueError(
            f"{name} is {sizes}, expected the last dimensions of {data}, whose shape is {tuple(array.shape)}"
        )
    return len(sizes)


def _check_parameter(name: str, array: _Array | None, bound: _Binding, axes: Sequence[str]) -> None:
    """Require the shape that the axes of a smaller tensor have in the data."""
    if array is not None and tuple(array.shape) != bound.shape(axes):
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
