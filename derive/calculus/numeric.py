"""Equations evaluated on NumPy arrays: the reference for mutants and reports, with no plan and no kernel involved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.errors import AlgebraError
from derive.graph import Equation
from derive.language import Axis, Size, indices, name_of
from derive.vocabulary import Stabilizer, erf, erf_slope, sigmoid

Array = NDArray[Any]


class ArrayEvaluation:
    """The values of tensors as arrays that broadcast against the data.

    Args:
        equations: whatever may be needed.
        axes: all axes of the layer, in its order.
        dims: for each axis the array dimensions of the data that it is, as `{"n": (0,), "c": (1,), "s": (2, 3)}`.
        values: the given tensors, each with the dimensions of its own axes in the order of the data, and numbers.
        shape: the shape of the data.
    """

    def __init__(
        self,
        equations: Iterable[Equation],
        axes: Iterable[Axis],
        dims: Mapping[str, tuple[int, ...]],
        values: Mapping[str, Array | float],
        shape: tuple[int, ...],
    ) -> None:
        self._equations = {e.name: e for e in equations}
        self._dims = {axis: dims.get(axis.name, ()) for axis in axes}
        self._values = values
        self._shape = shape
        self._table: dict[str, Array] = {}

    def tensor(self, tensor: sp.Expr) -> Array:
        """A tensor in longdouble, with dimensions of size one where it has no axis."""
        name = name_of(tensor)
        if name not in self._table:
            if name in self._values:
                kept = {dim for axis in indices(tensor) for dim in self._dims[axis]}
                full = [n if dim in kept else 1 for dim, n in enumerate(self._shape)]
                self._table[name] = np.asarray(self._values[name]).astype(np.longdouble).reshape(full)
            elif name in self._equations:
                self._table[name] = self(self._equations[name].value)
            else:
                raise AlgebraError(f"{tensor} has neither a value nor an equation")
        return self._table[name]

    def own_shape(self, tensor: sp.Expr) -> Array:
        """A tensor in longdouble with its own dimensions only."""
        kept = {dim for axis in indices(tensor) for dim in self._dims[axis]}
        own = [n for dim, n in enumerate(self._shape) if dim in kept]
        full = [n if dim in kept else 1 for dim, n in enumerate(self._shape)]
        return np.broadcast_to(self.tensor(tensor), full).reshape(own)

    def __call__(self, expr: sp.Expr) -> Array:
        """The value of an expression."""
        if isinstance(expr, sp.Rational):
            return np.asarray(np.longdouble(int(expr.p)) / np.longdouble(int(expr.q)))
        if isinstance(expr, Size):
            axis = next(a for a in self._dims if a.size == expr)
            return np.asarray(np.longdouble(np.prod([self._shape[d] for d in self._dims[axis]], dtype=np.int64)))
        if isinstance(expr, sp.Indexed | sp.Symbol):
            return self.tensor(expr)
        if isinstance(expr, sp.Sum):
            over = [dim for limit in expr.limits for dim in self._dims[cast(Axis, limit[0])]]
            inner = self(cast(sp.Expr, expr.function))
            full = (
                [n if dim in over else inner.shape[dim] for dim, n in enumerate(self._shape)]
                if inner.ndim
                else self._shape
            )
            return cast(Array, np.broadcast_to(inner, full).sum(axis=tuple(over), keepdims=True))
        if isinstance(expr, Stabilizer):
            over = [dim for limit in expr.limits for dim in self._dims[cast(Axis, limit[0])]]
            return cast(Array, self(cast(sp.Expr, expr.function)).max(axis=tuple(over), keepdims=True))
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            base, power = self(cast(sp.Expr, expr.base)), self(cast(sp.Expr, expr.exp))
            return np.sqrt(base) if expr.exp == sp.Rational(1, 2) else base**power
        args = [self(cast(sp.Expr, arg)) for arg in expr.args]
        if isinstance(expr, sp.Add | sp.Mul):
            result = args[0]
            for arg in args[1:]:
                result = result + arg if isinstance(expr, sp.Add) else result * arg
            return result
        if isinstance(expr, sigmoid):
            return cast(Array, 1 / (1 + np.exp(-args[0])))
        if isinstance(expr, erf):
            return cast(Array, np.vectorize(_erf, otypes=[np.longdouble])(args[0]))
        if isinstance(expr, erf_slope):
            return cast(Array, 2 / np.sqrt(np.arccos(np.longdouble(-1))) * np.exp(-args[0] ** 2))
        return cast(Array, getattr(np, type(expr).__name__)(args[0]))


def _erf(value: np.longdouble) -> np.longdouble:
    """The error function in longdouble: its power series, or one less the continued fraction of erfc."""
    x = abs(value)
    bell = np.exp(-x * x) / np.sqrt(np.arccos(np.longdouble(-1)))
    if x < 3:
        term = total = 2 * x
        for k in range(1, 90):
            term = term * 2 * x * x / (2 * k + 1)
            total = total + term
        return cast(np.longdouble, np.copysign(bell * total, value))
    tail = x
    for k in range(120, 0, -1):
        tail = x + np.longdouble(k) / 2 / tail
    return cast(np.longdouble, np.copysign(1 - bell / tail, value))
