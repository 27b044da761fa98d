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
from derive.interface import Interface
from derive.language import Axis, Constant, indices, name_of

Array = NDArray[Any]
REALS = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True)
class Binding:
    """The dimensions of the data that each axis of a layer is.

    Args:
        axes: the axes of the layer.
        shape: the shape of the data.
        dims: for each axis, by name, its dimensions of the data.
    """

    axes: tuple[Axis, ...]
    shape: tuple[int, ...]
    dims: Mapping[str, tuple[int, ...]]

    def declared_dims(self, tensor: sp.Expr) -> tuple[int, ...]:
        """The dimensions of the data that a tensor has, in the tensor's own order; data order when it has all."""
        if set(indices(tensor)) == set(self.axes):
            return tuple(range(len(self.shape)))
        return tuple(dim for axis in indices(tensor) for dim in self.dims[axis.name])

    def shape_of(self, tensor: sp.Expr) -> tuple[int, ...]:
        """The shape of a tensor as callers give it."""
        return tuple(self.shape[dim] for dim in self.declared_dims(tensor))

    def lined_up(self, tensor: sp.Expr, values: Array) -> Array:
        """A tensor as callers give it, shaped to broadcast against the data."""
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


def bind_axes(
    graph: Graph, interface: Interface, data_name: str, data: Array, axis: int | None, axes: Mapping[str, int] | None
) -> Binding:
    """The dimensions of the data that each axis is; CheckError when they do not fit."""
    bound = dict(axes or {})
    labels = {name: f"axes[{name!r}]" for name in bound}
    if interface.axis is not None:
        if interface.axis.axis in bound and axis is not None:
            raise CheckError(f"{interface.axis.name} and axes both bind {interface.axis.axis!r}; give one of them")
        if interface.axis.axis not in bound:
            bound[interface.axis.axis] = interface.axis.default if axis is None else axis
            labels[interface.axis.axis] = interface.axis.name
    elif axis is not None:
        raise CheckError(f"layer {graph.name!r} has no axis argument; bind its axes with axes={{name: dimension}}")
    plain = [a.name for a in graph.axes if not a.many]
    many = [a.name for a in graph.axes if a.many]
    if data.ndim < len(plain) or (data.ndim > len(plain) and not many):
        least = "at least " if many else ""
        words = ", ".join(f"{a.name}..." if a.many else a.name for a in graph.axes)
        raise CheckError(f"{data_name} has shape {data.shape}, expected {least}{len(plain)} dimensions: ({words})")
    where: dict[int, str] = {}
    for name, dim in bound.items():
        if name not in plain:
            raise CheckError(f"axes binds {name!r}, expected some of {', '.join(map(repr, plain))}")
        found = _dimension(labels[name], dim, data.ndim)
        if found in where:
            raise CheckError(f"axes binds {name!r} and {where[found]!r} to the same dimension {found}")
        where[found] = name
    rest = [dim for dim in range(data.ndim) if dim not in where]
    spare = len(rest) - sum(name not in bound for name in plain)
    for layer_axis in graph.axes:
        if layer_axis.many:
            where |= {rest.pop(0): layer_axis.name for _ in range(spare)}
        elif layer_axis.name not in bound:
            where[rest.pop(0)] = layer_axis.name
    dims = {a.name: tuple(d for d in range(data.ndim) if where[d] == a.name) for a in graph.axes}
    return Binding(graph.axes, data.shape, dims)


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
    constants: Sequence[Constant], given: Mapping[str, float], defaults: Mapping[str, float]
) -> dict[str, float]:
    """The constants by name, defaults filled in; CheckError when one is missing or cannot have its value."""
    found = {}
    for constant in constants:
        name = str(constant)
        value = given.get(name, defaults.get(name))
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
