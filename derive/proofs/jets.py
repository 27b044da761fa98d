"""Numbers that carry their derivatives: the witness of second derivatives.

A `Jet` is `value + s*p + u*q + s*u*mixed` with `s**2 = u**2 = 0`. Evaluating the layer at `x + s*e + u*t` gives, as the
coefficients of its output, the derivatives along `e` and along `t` and the mixed one: no chain rule over the layer's
equations takes part, only the product of two such numbers and the derivatives of powers and functions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.proofs.evaluate import Arithmetic


class Jet:
    """One number with its derivatives; None stands for a derivative that is zero."""

    __slots__ = ("mixed", "p", "q", "value")

    def __init__(self, value: Any, p: Any = None, q: Any = None, mixed: Any = None) -> None:
        self.value, self.p, self.q, self.mixed = value, p, q, mixed

    def __add__(self, other: Jet) -> Jet:
        return Jet(
            self.value + other.value, _add(self.p, other.p), _add(self.q, other.q), _add(self.mixed, other.mixed)
        )

    def __mul__(self, other: Jet) -> Jet:
        a, b = self.value, other.value
        mixed = _add(_times(self.p, other.q), _times(self.q, other.p))
        return Jet(
            a * b,
            _add(_times(a, other.p), _times(self.p, b)),
            _add(_times(a, other.q), _times(self.q, b)),
            _add(mixed, _add(_times(a, other.mixed), _times(self.mixed, b))),
        )

    def through(self, value: Any, first: Any, second: Any) -> Jet:
        """A function of this number, given its value and its first two derivatives there."""
        mixed = _add(_times(first, self.mixed), _times(second, _times(self.p, self.q)))
        return Jet(value, _times(first, self.p), _times(first, self.q), mixed)


def _add(a: Any, b: Any) -> Any:
    return b if a is None else a if b is None else a + b


def _times(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a * b


class JetArithmetic:
    """Evaluates in jets over another arithmetic. Stabilizers are left out: a layer is the same without them."""

    def __init__(self, base: Arithmetic) -> None:
        self.base = base
        self.name = base.name

    def number(self, value: Any) -> Jet:
        """A rational number, or a jet that an input is set to."""
        return value if isinstance(value, Jet) else Jet(self.base.number(value))

    def power(self, base: Jet, exponent: Fraction) -> Jet:
        """A rational power."""

        def derivative(order: int) -> Any:
            factor = Fraction(1)
            for k in range(order):
                factor *= exponent - k
            power = None if factor == 0 else self.base.power(base.value, exponent - order)
            return _times(self.base.number(factor), power)

        return base.through(derivative(0), derivative(1), derivative(2))

    def function(self, name: str, argument: Jet) -> Jet:
        """A function of the vocabulary."""
        value = self.base.function(name, argument.value)
        return argument.through(value, *_DERIVATIVES[name](self.base, argument.value, value))

    def largest(self, values: list[Jet]) -> Jet:
        """Nothing is subtracted."""
        return self.number(Fraction(0))

    def pi(self) -> Jet:
        """The number pi."""
        return Jet(self.base.pi())

    def equal(self, a: Jet, b: Jet) -> bool:
        """Equality of the values."""
        return self.base.equal(a.value, b.value)


# A function's first two derivatives from its argument and its value.
_Derivatives = Callable[[Arithmetic, Any, Any], tuple[Any, Any]]


def _tanh(base: Arithmetic, x: Any, y: Any) -> tuple[Any, Any]:
    one, minus_two = base.number(Fraction(1)), base.number(Fraction(-2))
    first = one + base.number(Fraction(-1)) * y * y
    return first, minus_two * y * first


def _sigmoid(base: Arithmetic, x: Any, y: Any) -> tuple[Any, Any]:
    one, minus = base.number(Fraction(1)), base.number(Fraction(-1))
    first = y * (one + minus * y)
    return first, first * (one + base.number(Fraction(-2)) * y)


def _log(base: Arithmetic, x: Any, y: Any) -> tuple[Any, Any]:
    return base.power(x, Fraction(-1)), base.number(Fraction(-1)) * base.power(x, Fraction(-2))


def _erf(base: Arithmetic, x: Any, y: Any) -> tuple[Any, Any]:
    slope = base.function("erf_slope", x)
    return slope, base.number(Fraction(-2)) * x * slope


_DERIVATIVES: dict[str, _Derivatives] = {
    "exp": lambda base, x, y: (y, y),
    "log": _log,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "erf": _erf,
}
