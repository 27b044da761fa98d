"""Forward mode on plain NumPy functions: pairs of a value and a derivative along one direction.

A ``Dual`` goes through a plain function of NumPy arrays by NumPy's own protocols. Its two components may themselves be
anything that such a function takes: arrays, complex arrays, the boxes of HIPS autograd, or traced numbers whose
absolute contributions are wanted. So the tangent of a reference layer is a plain function again, which every oracle for
first derivatives can differentiate.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

anp: Any = importlib.import_module("autograd.numpy")
_ufuncs: Any = np  # its overloads do not know the class below

Function = Callable[[Mapping[str, Any], Mapping[str, float]], Any]
PREFIX = "tangent_"


class Dual:
    """A value and its derivative along the direction; None stands for a derivative that is zero."""

    __array_priority__ = 2000
    rules: ClassVar[dict[Any, Callable[..., Dual]]]

    def __init__(self, value: Any, slope: Any = None) -> None:
        self.value, self.slope = value, slope

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Dual:
        if method == "reduce" and ufunc is np.add:
            return _linear(lambda v: anp.sum(v, **settings), inputs[0])
        if method != "__call__" or settings or ufunc not in self.rules:
            raise NotImplementedError(f"the tangent of {ufunc.__name__}.{method}")
        made = self.rules[ufunc](*(item if isinstance(item, Dual) else Dual(item) for item in inputs))
        return type(self)(made.value, made.slope)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Dual:
        if function not in _LINEAR:
            raise NotImplementedError(f"the tangent of numpy.{function.__name__}")
        item, *rest = inputs
        own = _LINEAR[function]
        return _linear(lambda v: own(v, *rest, **settings), item)

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

    def __pow__(self, power: Any) -> Any:
        return _ufuncs.power(self, power)


def _linear(function: Callable[[Any], Any], item: Dual) -> Dual:
    return type(item)(function(item.value), None if item.slope is None else function(item.slope))


def _sum(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


def _scaled(factor: Any, slope: Any) -> Any:
    return None if slope is None else factor * slope


def _product(a: Dual, b: Dual) -> Dual:
    return Dual(a.value * b.value, _sum(_scaled(b.value, a.slope), _scaled(a.value, b.slope)))


def _quotient(a: Dual, b: Dual) -> Dual:
    value = a.value / b.value
    along = None if b.slope is None else -(value * b.slope / b.value)
    return Dual(value, _sum(None if a.slope is None else a.slope / b.value, along))


def _power(a: Dual, b: Dual) -> Dual:
    assert b.slope is None, "constant powers only"
    return Dual(a.value**b.value, _scaled(b.value * a.value ** (b.value - 1), a.slope))


def _function(function: Any, slope: Callable[[Any, Any], Any]) -> Callable[[Dual], Dual]:
    def apply(a: Dual) -> Dual:
        value = function(a.value)
        return Dual(value, None if a.slope is None else slope(a.value, value) * a.slope)

    return apply


def _difference(a: Dual, b: Dual) -> Dual:
    return Dual(a.value - b.value, _sum(a.slope, None if b.slope is None else -b.slope))


Dual.rules = {
    np.add: lambda a, b: Dual(a.value + b.value, _sum(a.slope, b.slope)),
    np.subtract: _difference,
    np.multiply: _product,
    np.divide: _quotient,
    np.power: _power,
    np.negative: lambda a: Dual(-a.value, None if a.slope is None else -a.slope),
    np.sqrt: _function(anp.sqrt, lambda a, value: 0.5 / value),
    np.exp: _function(anp.exp, lambda a, value: value),
    np.log: _function(anp.log, lambda a, value: 1 / a),
    np.tanh: _function(anp.tanh, lambda a, value: 1 - value * value),
}


class Magnitude(Dual):
    """A value, and the sum of the absolute contributions to its derivative: nothing cancels."""


def _sized(slope: Callable[[Any, Any], Any], function: Any) -> Callable[[Dual], Dual]:
    return _function(function, lambda a, value: abs(slope(a, value)))


Magnitude.rules = {
    np.add: Dual.rules[np.add],
    np.subtract: lambda a, b: Dual(a.value - b.value, _sum(a.slope, b.slope)),
    np.multiply: lambda a, b: Dual(
        a.value * b.value, _sum(_scaled(abs(b.value), a.slope), _scaled(abs(a.value), b.slope))
    ),
    np.divide: lambda a, b: Dual(
        a.value / b.value,
        _sum(_scaled(abs(1 / b.value), a.slope), _scaled(abs(a.value / (b.value * b.value)), b.slope)),
    ),
    np.power: lambda a, b: Dual(a.value**b.value, _scaled(abs(b.value * a.value ** (b.value - 1)), a.slope)),
    np.negative: lambda a: Dual(-a.value, a.slope),
    np.sqrt: _sized(lambda a, value: 0.5 / value, np.sqrt),
    np.exp: _sized(lambda a, value: value, np.exp),
    np.log: _sized(lambda a, value: 1 / a, np.log),
    # 1 - value**2 is a difference, whose rounding errors are those of its terms.
    np.tanh: _sized(lambda a, value: 1 + value * value, np.tanh),
}
_LINEAR: dict[Any, Any] = {
    np.sum: anp.sum,
    np.mean: anp.mean,
    np.reshape: anp.reshape,
    np.expand_dims: anp.expand_dims,
}


def magnitude(function: Function, inputs: list[str], buffers: list[str]) -> Function:
    """The sum of the absolute contributions of all paths to what `tangent` gives, as a plain function of the same."""

    def along(values: Mapping[str, Any], constants: Mapping[str, float]) -> Any:
        duals = {name: Magnitude(values[name], abs(values[f"{PREFIX}{name}"])) for name in inputs}
        duals |= {name: Magnitude(values[name]) for name in buffers}
        return function(duals, constants).slope

    return along


def tangent(function: Function, inputs: list[str], buffers: list[str]) -> Function:
    """The derivative of a plain function along directions that it is given too, each as ``tangent_<name>``."""

    def along(values: Mapping[str, Any], constants: Mapping[str, float]) -> Any:
        duals = {name: Dual(values[name], values[f"{PREFIX}{name}"]) for name in inputs}
        duals |= {name: Dual(values[name]) for name in buffers}
        return function(duals, constants).slope

    return along
