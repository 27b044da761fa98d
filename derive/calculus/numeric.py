"""Equations evaluated on NumPy arrays: the reference for mutants, reports and checks; no plan, no kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.errors import AlgebraError
from derive.graph import Equation
from derive.language import Axis, Size, atoms_of, indices, name_of
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
        real: the dtype to calculate in.
    """

    def __init__(
        self,
        equations: Iterable[Equation],
        axes: Iterable[Axis],
        dims: Mapping[str, tuple[int, ...]],
        values: Mapping[str, Array | float],
        shape: tuple[int, ...],
        real: Any = np.longdouble,
    ) -> None:
        self._equations = {e.name: e for e in equations}
        self._dims = {axis: dims.get(axis.name, ()) for axis in axes}
        self._values = values
        self.shape = tuple(shape)
        self._real = real
        self._table: dict[str, Array] = {}
        self._sums: dict[sp.Expr, Array] = {}
        self._parent: ArrayEvaluation | None = None
        self._own: frozenset[str] = frozenset()

    def dims_of(self, axes: Iterable[Axis]) -> tuple[int, ...]:
        """The dimensions of the data that some axes are."""
        return tuple(dim for axis in axes for dim in self._dims[axis])

    def altered(
        self,
        equations: Iterable[Equation] = (),
        values: Mapping[str, Array | float] | None = None,
        kind: Callable[..., ArrayEvaluation] | None = None,
    ) -> ArrayEvaluation:
        """The same with other equations or values for some names; whatever does not depend on them is shared.

        Args:
            equations: definitions that replace those of the same name, or come in addition.
            values: values that replace those of the same name, whether given or computed.
            kind: makes another way of evaluating what is not shared, of the same arguments as this class.
        """
        others, new = {e.name: e for e in equations}, dict(values or {})
        # A value stands before an equation: a name that is given one loses the other.
        known = {name: e for name, e in {**self._equations, **others}.items() if name not in new}
        changed = {name for name, e in others.items() if name in known and self._equations.get(name) != e} | set(new)
        child = (kind or ArrayEvaluation)(
            known.values(), (), {}, {**self._drop(self._values, others), **new}, self.shape, self._real
        )
        child._dims, child._parent = self._dims, self
        child._own = frozenset(_downstream(known, changed))
        return child

    @staticmethod
    def _drop(values: Mapping[str, Array | float], names: Mapping[str, Equation]) -> dict[str, Array | float]:
        return {name: value for name, value in values.items() if name not in names}

    def tensor(self, tensor: sp.Expr) -> Array:
        """A tensor, with dimensions of size one where it has no axis."""
        name = _name(tensor)
        if self._parent is not None and name not in self._own:
            return self._parent.tensor(tensor)
        if name not in self._table:
            if name in self._values:
                full = self._sizes(tensor)
                self._table[name] = np.asarray(self._values[name]).astype(self._real).reshape(full)
            elif name in self._equations:
                self._table[name] = self(self._equations[name].value)
            else:
                raise AlgebraError(f"{tensor} has neither a value nor an equation")
        return self._table[name]

    def own_shape(self, tensor: sp.Expr) -> Array:
        """A tensor with its own dimensions only."""
        kept = {dim for axis in indices(tensor) for dim in self._dims[axis]}
        own = [n for dim, n in enumerate(self.shape) if dim in kept]
        return np.broadcast_to(self.tensor(tensor), self._sizes(tensor)).reshape(own)

    def __call__(self, expr: sp.Expr) -> Array:
        """The value of an expression."""
        if isinstance(expr, sp.Rational):
            return np.asarray(self._real(int(expr.p)) / self._real(int(expr.q)))
        if isinstance(expr, Size):
            axis = next(a for a in self._dims if a.size == expr)
            return np.asarray(self._real(np.prod([self.shape[d] for d in self._dims[axis]], dtype=np.int64)))
        if isinstance(expr, sp.Indexed | sp.Symbol):
            return self.tensor(expr)
        if isinstance(expr, sp.Sum):
            if self._parent is not None and self._own.isdisjoint(_names_in(expr)):
                return self._parent(expr)
            if expr not in self._sums:
                self._sums[expr] = self._sum(expr)
            return self._sums[expr]
        if isinstance(expr, Stabilizer):
            over = self.dims_of(cast(Axis, limit[0]) for limit in expr.limits)
            return self.largest(self(cast(sp.Expr, expr.function)), over)
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            return self._power(self(cast(sp.Expr, expr.base)), cast(sp.Rational, expr.exp))
        args = [self(cast(sp.Expr, arg)) for arg in expr.args]
        if isinstance(expr, sp.Add):
            return self.added(args)
        if isinstance(expr, sp.Mul):
            result = args[0]
            for arg in args[1:]:
                result = result * arg
            return result
        if isinstance(expr, sigmoid):
            return cast(Array, 1 / (1 + np.exp(-args[0])))
        if isinstance(expr, erf):
            return cast(Array, np.vectorize(_erf, otypes=[np.longdouble])(args[0]))
        if isinstance(expr, erf_slope):
            return cast(Array, 2 / np.sqrt(np.arccos(np.longdouble(-1))) * np.exp(-args[0] ** 2))
        return cast(Array, getattr(np, type(expr).__name__)(args[0]))

    def _sum(self, expr: sp.Sum) -> Array:
        over = self.dims_of(cast(Axis, limit[0]) for limit in expr.limits)
        inner = self(cast(sp.Expr, expr.function))
        sizes = inner.shape or (1,) * len(self.shape)
        full = [n if dim in over else sizes[dim] for dim, n in enumerate(self.shape)]
        return self.summed(np.broadcast_to(inner, full), over)

    def summed(self, terms: Array, over: tuple[int, ...]) -> Array:
        """The sum over dimensions of the data, which stay as ones."""
        return cast(Array, terms.sum(axis=over, keepdims=True))

    def largest(self, terms: Array, over: tuple[int, ...]) -> Array:
        """The maximum over dimensions of the data, which stay as ones."""
        return cast(Array, terms.max(axis=over, keepdims=True))

    def added(self, terms: list[Array]) -> Array:
        """The sum of arrays."""
        result = terms[0]
        for term in terms[1:]:
            result = result + term
        return result

    def _power(self, base: Array, exponent: sp.Rational) -> Array:
        """Whole powers and those of the square root by multiplication, which is fast and exact where it can be."""
        if exponent.q <= 2 and abs(exponent.p) <= 8:
            root, result = (np.sqrt(base) if exponent.q == 2 else base), None
            for _ in range(abs(int(exponent.p))):
                result = root if result is None else result * root
            return 1 / cast(Array, result) if exponent.p < 0 else cast(Array, result)
        return base ** self(exponent)

    def _sizes(self, tensor: sp.Expr) -> list[int]:
        kept = {dim for axis in indices(tensor) for dim in self._dims[axis]}
        return [n if dim in kept else 1 for dim, n in enumerate(self.shape)]


# Names are printed forms; many mutants ask for the same ones again and again.
_name = lru_cache(maxsize=4096)(name_of)


@lru_cache(maxsize=4096)
def _names_in(expr: sp.Expr) -> frozenset[str]:
    return frozenset(_name(a) for a in atoms_of(expr))


def _downstream(equations: Mapping[str, Equation], changed: Iterable[str]) -> set[str]:
    """The names whose values depend on a changed one, themselves included."""
    readers: dict[str, list[str]] = {}
    for name, equation in equations.items():
        for used in _names_in(equation.summand) | _names_in(equation.factor):
            readers.setdefault(used, []).append(name)
    reached, waiting = set(changed), list(changed)
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader not in reached:
                reached.add(reader)
                waiting.append(reader)
    return reached


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
