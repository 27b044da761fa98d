"""The sum of absolute contributions: the natural scale of a gradient's rounding errors.

A gradient is a sum over all paths from an input to the output of ``grad_output`` times a product
of local derivatives. Rounding each factor and each addition changes it by a few u of the sum of
the *absolute values* of those products, however much of it cancels. That sum is what one gets by
running reverse mode with every number replaced by its absolute value, which is what this tape
does: ``|adjoint| of parent += |adjoint| * |local derivative|``. The scale of the accuracy contract is this sum
for batch norm, with the three paths added up by hand.

The tape records a plain NumPy function through NumPy's own protocols (``__array_ufunc__`` and
``__array_function__``), so the function needs no change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .contract import Array

# NumPy as Traced sees it: its overloads do not know this class.
_ufuncs: Any = np

Local = tuple["Traced", Callable[[Array], Array]]


def _unbroadcast(array: Array, shape: tuple[int, ...]) -> Array:
    array = np.broadcast_to(array, np.broadcast_shapes(array.shape, shape))
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and array.shape[i] != 1)
    return np.asarray(array.sum(axis=stretched, keepdims=True)) if stretched else array


class Traced:
    """A value, the absolute terms it was added up from, and how it depends on its parents."""

    __array_priority__ = 1000

    def __init__(self, value: Array, parents: list[Local], terms: Array | None = None) -> None:
        self.value, self.parents = value, parents
        self.terms = abs(value) if terms is None else terms

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Traced:
        if method == "reduce" and ufunc is np.add:
            return _sum(inputs[0], **settings)
        if method != "__call__" or ufunc not in _DERIVATIVES or settings:
            raise NotImplementedError(
                f"absolute contributions of {ufunc.__name__}.{method}: add its derivatives to "
                f"_DERIVATIVES in tests/support/contributions.py"
            )
        values = [item.value if isinstance(item, Traced) else np.asarray(item) for item in inputs]
        result = np.asarray(ufunc(*values))
        derivatives = _DERIVATIVES[ufunc](*values, result)
        parents: list[Local] = []
        for item, derivative in zip(inputs, derivatives, strict=True):
            if isinstance(item, Traced):
                size, shape = abs(derivative), item.value.shape
                parents.append((item, lambda a, d=size, s=shape: _unbroadcast(a * d, s)))  # type: ignore[misc]
        terms = None
        if ufunc in (np.add, np.subtract):
            parts = [i.terms if isinstance(i, Traced) else abs(np.asarray(i)) for i in inputs]
            terms = parts[0] + parts[1]
        return Traced(result, parents, terms)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Traced:
        if function is np.sum:
            return _sum(*inputs, **settings)
        if function is np.mean:
            total = _sum(*inputs, **settings)
            shared: Traced = total / (inputs[0].value.size / total.value.size)
            return shared
        if function is np.expand_dims:
            (item, axis), shape = inputs, inputs[0].value.shape
            wider = np.expand_dims(item.value, axis)
            return Traced(wider, [(item, lambda a: a.reshape(shape))], np.expand_dims(item.terms, axis))
        if function is np.reshape:
            (item, shape), before = inputs, inputs[0].value.shape
            parents: list[Local] = [(item, lambda a: a.reshape(before))]
            return Traced(item.value.reshape(shape), parents, item.terms.reshape(shape))
        raise NotImplementedError(f"absolute contributions of numpy.{function.__name__}")

    def __add__(self, other: Any) -> Any:
        return _ufuncs.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return _ufuncs.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return _ufuncs.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _ufuncs.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return _ufuncs.multiply(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _ufuncs.divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _ufuncs.divide(other, self)

    def __neg__(self) -> Any:
        return _ufuncs.negative(self)

    def __abs__(self) -> Any:
        return _ufuncs.absolute(self)

    def __pow__(self, power: Any) -> Any:
        return _ufuncs.power(self, power)


def _sum(item: Traced, axis: Any = None, keepdims: bool = False, **settings: Any) -> Traced:
    axes = range(item.value.ndim) if axis is None else np.atleast_1d(axis)
    dimensions = tuple(int(i) % item.value.ndim for i in axes)
    result = np.asarray(item.value.sum(axis=dimensions, keepdims=keepdims))
    shape = item.value.shape

    def spread(adjoint: Array) -> Array:
        kept = adjoint if keepdims else np.expand_dims(adjoint, dimensions)
        return np.broadcast_to(kept, shape)

    terms = np.asarray(abs(item.value).sum(axis=dimensions, keepdims=keepdims))
    return Traced(result, [(item, spread)], terms)


_DERIVATIVES: dict[Any, Callable[..., tuple[Any, ...]]] = {
    np.add: lambda a, b, r: (np.ones_like(a), np.ones_like(b)),
    np.subtract: lambda a, b, r: (np.ones_like(a), -np.ones_like(b)),
    np.multiply: lambda a, b, r: (b, a),
    np.divide: lambda a, b, r: (1 / b, -r / b),
    np.negative: lambda a, r: (-np.ones_like(a),),
    np.absolute: lambda a, r: (np.ones_like(a),),
    np.sqrt: lambda a, r: (0.5 / r,),
    np.square: lambda a, r: (2 * a,),
    np.exp: lambda a, r: (r,),
    np.log: lambda a, r: (1 / a,),
    # 1 - r*r is a difference, whose rounding errors are those of its terms.
    np.tanh: lambda a, r: (1 + r * r,),
    np.power: lambda a, b, r: (b * a ** (b - 1), np.zeros_like(b)),  # constant powers only
}


def _ancestors(node: Traced) -> list[Traced]:
    """Every node before those it depends on."""
    order: list[Traced] = []
    seen: set[int] = set()
    stack: list[tuple[Traced, bool]] = [(node, False)]
    while stack:
        current, finished = stack.pop()
        if finished:
            order.append(current)
        elif id(current) not in seen:
            seen.add(id(current))
            stack.append((current, True))
            stack.extend((parent, False) for parent, _ in current.parents)
    return order[::-1]


def absolute_contributions(
    function: Callable[[Mapping[str, Any], Mapping[str, float]], Any],
    inputs: Mapping[str, Array],
    constants: Mapping[str, float],
    grad_output: Array,
) -> tuple[Array, dict[str, Array]]:
    """The terms of y, and for each input the sum of absolute contributions to its gradient."""
    traced = {name: Traced(value.astype(np.longdouble), []) for name, value in inputs.items()}
    y = function(traced, constants)
    adjoints: dict[int, Array] = {id(y): abs(grad_output.astype(np.longdouble))}
    for node in _ancestors(y):
        for parent, pull in node.parents:
            pulled = pull(adjoints[id(node)])
            before = adjoints.get(id(parent))
            adjoints[id(parent)] = pulled if before is None else before + pulled
    gradients = {
        name: adjoints.get(id(node), np.zeros_like(node.value)) for name, node in traced.items()
    }
    return y.terms, gradients
