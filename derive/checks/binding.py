"""Which array dimension belongs to which axis, and which arrays fit: the rules of the emitted modules.

Axes that are not bound by name take the remaining dimensions in the order declared; one written with dots takes any
number of them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.errors import CheckError
from derive.graph import Graph
from derive.interface import MACHINE_EPSILON, Default, Interface, ShapeArgument
from derive.language import Axis, Constant, indices, name_of

Array = NDArray[Any]
REALS = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True)
class Binding:
    """The dimensions of the data that each axis of a layer is.

    Args:
        axes: the axes of the layer.
        shape: the shape of the data, a dimension that is two axes cut in two.
        dims: for each axis, by name, its dimensions of the data.
        cut: the two axes that are one dimension for callers; empty if there are none.
    """

    axes: tuple[Axis, ...]
    shape: tuple[int, ...]
    dims: Mapping[str, tuple[int, ...]]
    cut: tuple[str, ...] = ()

    def declared_dims(self, tensor: sp.Expr) -> tuple[int, ...]:
        """The dimensions of the data that a tensor has, in the tensor's own order; data order when it has all."""
        if set(indices(tensor)) == set(self.axes):
            return tuple(range(len(self.shape)))
        return tuple(dim for axis in indices(tensor) for dim in self.dims[axis.name])

    def shape_of(self, tensor: sp.Expr) -> tuple[int, ...]:
        """The shape of a tensor, in its own order."""
        return tuple(self.shape[dim] for dim in self.declared_dims(tensor))

    def callers_shape(self, tensor: sp.Expr) -> tuple[int, ...]:
        """The shape of a tensor as callers give it, where the dimension that is cut in two is whole."""
        whole = tuple(dim for name in self.cut for dim in self.dims[name])
        shape: list[int] = []
        for dim in self.declared_dims(tensor):
            if whole and dim == whole[1]:
                shape[-1] *= self.shape[dim]
            else:
                shape.append(self.shape[dim])
        return tuple(shape)

    def taken(self, name: str, tensor: sp.Expr, values: Array) -> Array:
        """A tensor as callers give it, in the shape that it has here; CheckError when it does not fit."""
        expected = self.callers_shape(tensor)
        if values.shape != expected:
            words = ", ".join(f"{a.name}..." if a.many else a.name for a in indices(tensor))
            raise CheckError(f"{name} has shape {values.shape}, expected {expected}: its axes are ({words})")
        return values.reshape(self.shape_of(tensor))

    def lined_up(self, tensor: sp.Expr, values: Array) -> Array:
        """A tensor in its own order, shaped to broadcast against the data."""
        dims = self.declared_dims(tensor)
        full = [n if dim in dims else 1 for dim, n in enumerate(self.shape)]
        return values.transpose(np.argsort(dims)).reshape(full)

    def declared(self, tensor: sp.Expr, values: Array) -> Array:
        """Undo `lined_up`; what broadcasts is spread out."""
        dims = self.declared_dims(tensor)
        full = [n if dim in dims else 1 for dim, n in enumerate(self.shape)]
        own = np.broadcast_to(values, full).reshape([self.shape[dim] for dim in sorted(dims)])
        return own.transpose(np.argsort(np.argsort(dims)))

    def check(self, name: str, tensor: sp.Expr, values: Array) -> None:
        """CheckError when an array does not have the shape that its axes have in the data."""
        expected = self.shape_of(tensor)
        if values.shape != expected:
            words = ", ".join(f"{a.name}..." if a.many else a.name for a in indices(tensor))
            raise CheckError(f"{name} has shape {values.shape}, expected {expected}: its axes are ({words})")


def arguments_of(interface: Interface) -> tuple[str, ...]:
    """The arguments by which a caller says what the dimensions are, beside the general `axes`."""
    axis = (interface.axis.name,) if interface.axis is not None else ()
    return (*axis, interface.split.argument) if interface.split is not None else axis


def bind_axes(
    graph: Graph, interface: Interface, data_name: str, data: Array, call: Mapping[str, Any]
) -> Binding:
    """The dimensions of the data that each axis is; CheckError when they do not fit.

    Args:
        graph: the layer.
        interface: its calling convention.
        data_name, data: the input that has all axes.
        call: the arguments that a caller gives, of which `axes` and those of the interface are looked at.
    """
    order = interface.dimensions(graph.axes)
    many = [a.name for a in graph.axes if a.many]
    bound, labels, lengths = _bound(graph, interface, data_name, data, call)
    plain = [name for name in order if name not in many]
    known = {**dict.fromkeys(plain, 1), **lengths}
    spare = data.ndim - sum(known.values())
    free = [name for name in many if name not in lengths]
    if spare < 0 or (spare and not free):
        least = "at least " if free else ""
        words = ", ".join(f"{name}..." if name in many else name for name in order)
        expected = f"{least}{sum(known.values())} dimensions: ({words})"
        raise CheckError(f"{data_name} has shape {data.shape}, expected {expected}")
    where: dict[int, str] = {}
    for name, dim in bound.items():
        if name not in plain:
            raise CheckError(f"axes binds {name!r}, expected some of {', '.join(map(repr, plain))}")
        found = _dimension(labels[name], dim, data.ndim)
        if found in where:
            raise CheckError(f"axes binds {name!r} and {where[found]!r} to the same dimension {found}")
        where[found] = name
    rest = [dim for dim in range(data.ndim) if dim not in where]
    for name in order:
        if name not in bound:
            where |= {rest.pop(0): name for _ in range(known.get(name, spare))}
    names, shape = [where[d] for d in range(data.ndim)], data.shape
    if interface.split is not None:
        split, place = interface.split, names.index(interface.split.dimension)
        count = _divisor(split.argument, call.get(split.argument), shape[place])
        names[place : place + 1] = split.axes
        shape = (*shape[:place], count, shape[place] // count, *shape[place + 1 :])
    dims = {a.name: tuple(d for d, name in enumerate(names) if name == a.name) for a in graph.axes}
    return Binding(graph.axes, shape, dims, interface.split.axes if interface.split is not None else ())


def _bound(
    graph: Graph, interface: Interface, data_name: str, data: Array, call: Mapping[str, Any]
) -> tuple[dict[str, int], dict[str, str], dict[str, int]]:
    """Dimensions by the names of axes, what to call each in a message, and how many dimensions a dotted axis has."""
    bound = dict(call.get("axes") or {})
    labels = {name: f"axes[{name!r}]" for name in bound}
    argument = interface.axis
    if argument is None:
        return bound, labels, {}
    value = call.get(argument.name)
    if isinstance(argument, ShapeArgument):
        return bound, labels, {argument.axis: _trailing(argument.name, value, data_name, data.shape)}
    if argument.axis in bound and value is not None:
        raise CheckError(f"{argument.name} and axes both bind {argument.axis!r}; give one of them")
    if argument.axis not in bound:
        bound[argument.axis] = argument.default if value is None else value
        labels[argument.axis] = argument.name
    return bound, labels, {}


def _trailing(name: str, value: Any, data_name: str, shape: tuple[int, ...]) -> int:
    """How many of the last dimensions have a shape; None leaves the last one alone."""
    if value is None:
        return 1
    try:
        sizes = tuple(operator.index(n) for n in (value if np.ndim(value) else (value,)))
    except TypeError:
        raise CheckError(f"{name} must be an int or a sequence of ints, not {value!r}") from None
    if not sizes or shape[-len(sizes) :] != sizes:
        raise CheckError(f"{name} is {sizes}, expected the last dimensions of {data_name}, whose shape is {shape}")
    return len(sizes)


def _divisor(name: str, value: Any, size: int) -> int:
    if value is None:
        raise CheckError(f"{name} is missing: into how many parts a dimension of size {size} is cut")
    try:
        count = operator.index(value)
    except TypeError:
        raise CheckError(f"{name} must be an int, not {type(value).__name__}") from None
    if count < 1 or size % count:
        raise CheckError(f"{name} is {count}, expected a divisor of {size}")
    return count


def _dimension(label: str, dim: int, ndim: int) -> int:
    try:
        found = operator.index(dim)
    except TypeError:
        raise CheckError(f"{label} must be an int, not {type(dim).__name__}") from None
    if isinstance(dim, bool) or not -ndim <= found < ndim:
        raise CheckError(f"{label} is {dim}, but the data has {ndim} dimensions")
    return found % ndim


def check_dtypes(arrays: Mapping[str, object], *, alike: bool = True) -> None:
    """CheckError unless these are NumPy arrays of float32 or float64, all of one dtype if they are to be alike."""
    dtypes = {}
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise CheckError(f"{name} must be a numpy.ndarray, not {type(array).__name__}")
        dtypes[name] = array.dtype.newbyteorder("=")
    wrong = any(dtype not in REALS for dtype in dtypes.values())
    if wrong or (alike and len(set(dtypes.values())) > 1):
        found = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        expected = "all arrays must be float32, or all float64" if alike else "each must be float32 or float64"
        raise CheckError(f"{expected}; {found}")


def check_constants(
    constants: Sequence[Constant], given: Mapping[str, Any], defaults: Mapping[str, Default], dtype: np.dtype[Any]
) -> dict[str, float]:
    """The constants by name, defaults filled in; CheckError when one is missing or cannot have its value."""
    found = {}
    for constant in constants:
        name = str(constant)
        value = given.get(name, defaults.get(name))
        if value == MACHINE_EPSILON:
            value = float(np.finfo(dtype).eps)
        if value is None:
            raise CheckError(f"the constant {name} has no default and must be given")
        if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
            raise CheckError(f"{name} must be a real number, not {type(value).__name__}")
        if not math.isfinite(value) or (constant.is_positive and value <= 0):
            kind = "finite and greater than zero" if constant.is_positive else "finite"
            raise CheckError(f"{name} must be {kind}, got {value}")
        found[name] = float(value)
    return found


def names_of(graph: Graph) -> tuple[str, ...]:
    """The arrays that a layer is called with, in its order."""
    return tuple(name_of(t) for t in (*graph.inputs, *graph.buffers))
