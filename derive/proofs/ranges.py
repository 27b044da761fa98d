"""What values an expression can take, by the signs and bounds of its parts.

A range is sound, not tight: the parts are taken to vary independently of each other, so `x**2 - 2*x + 1` has no bound
here. Where a root or a logarithm occurs, its own condition is taken to hold; that condition is about a smaller
expression, so nothing is assumed in a circle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, cast

import sympy as sp

from derive.calculus.canonical import factors, terms
from derive.graph import Equation, Graph
from derive.language import Constant, Size, indices, is_indicator

Number: TypeAlias = Fraction | float  # a float is an infinity
_INF = math.inf


@dataclass(frozen=True)
class Range:
    """The numbers between `low` and `high`; `above` and `below` say that the end itself is not reached."""

    low: Number = -_INF
    high: Number = _INF
    above: bool = True
    below: bool = True

    @property
    def unbounded(self) -> bool:
        """Whether nothing is known."""
        return self.low == -_INF and self.high == _INF

    @property
    def positive(self) -> bool:
        """Whether every number of the range is greater than zero."""
        return self.low > 0 or (self.low == 0 and self.above)

    @property
    def negative(self) -> bool:
        """Whether every number of the range is less than zero."""
        return self.high < 0 or (self.high == 0 and self.below)

    @property
    def nonzero(self) -> bool:
        """Whether zero is not in the range."""
        return self.positive or self.negative

    def relations(self, expr: sp.Expr) -> tuple[sp.Rel, ...]:
        """What is known of an expression that has this range: a lower bound, an upper one, or both."""
        found: list[sp.Rel] = []
        if self.low != -_INF:
            found.append((sp.Gt if self.above else sp.Ge)(expr, _number(self.low), evaluate=False))
        if self.high != _INF:
            found.append((sp.Gt if self.below else sp.Ge)(_number(self.high), expr, evaluate=False))
        return tuple(found)

    def __add__(self, other: Range) -> Range:
        return Range(
            self.low + other.low, self.high + other.high, self.above or other.above, self.below or other.below
        )

    def __mul__(self, other: Range) -> Range:
        ends = [
            _times(a, not a_open, b, not b_open)
            for a, a_open in ((self.low, self.above), (self.high, self.below))
            for b, b_open in ((other.low, other.above), (other.high, other.below))
        ]
        low, high = min(value for value, _ in ends), max(value for value, _ in ends)
        reached = [any(closed for value, closed in ends if value == end) for end in (low, high)]
        return Range(low, high, not reached[0], not reached[1])

    def power(self, exponent: int) -> Range:
        """The whole, positive powers of the numbers."""
        low, high = (end**exponent for end in (self.low, self.high))
        if exponent % 2:
            return Range(low, high, self.above, self.below)
        if self.low >= 0:
            return Range(low, high, self.above, self.below)
        if self.high <= 0:
            return Range(high, low, self.below, self.above)
        top = max(low, high)
        reached = (low == top and not self.above) or (high == top and not self.below)
        return Range(Fraction(0), top, False, not reached)

    def reciprocal(self) -> Range:
        """One over the numbers, where that exists."""
        if not self.nonzero:
            return Range(Fraction(0), above=True) if self.low == 0 else Range()
        ends = [Fraction(0) if abs(end) == _INF else _INF if end == 0 else 1 / end for end in (self.high, self.low)]
        if self.negative:
            ends = [-_INF if end == _INF else end for end in ends]
        return Range(ends[0], ends[1], self.below, self.above)


def _times(a: Number, a_reached: bool, b: Number, b_reached: bool) -> tuple[Number, bool]:
    """The product of two ends, and whether it is reached; zero times infinity is the zero."""
    if a == 0 or b == 0:
        return Fraction(0), (a == 0 and a_reached) or (b == 0 and b_reached)
    return a * b, a_reached and b_reached


def _number(value: Number) -> sp.Rational:
    return cast(sp.Rational, sp.Rational(value.numerator, value.denominator))  # type: ignore[union-attr]


POSITIVE = Range(Fraction(0))
NOT_NEGATIVE = Range(Fraction(0), above=False)


@dataclass(frozen=True)
class Reason:
    """One step: by `rule`, from what is known of its parts, `expr` has this range."""

    rule: str
    expr: sp.Expr
    range: Range


@dataclass(frozen=True)
class _Found:
    range: Range
    rule: str
    parts: tuple[sp.Expr, ...] = ()


class Ranges:
    """The ranges of the expressions of one layer, each with the steps that led to it.

    Args:
        graph: the layer.
        equations: definitions to look names up in.
    """

    def __init__(self, graph: Graph, equations: Iterable[Equation]) -> None:
        self._buffers = frozenset(graph.buffers)
        self._equations = {equation.target: equation for equation in equations}
        self._known: dict[sp.Expr, _Found] = {}

    def __call__(self, expr: sp.Expr) -> Range:
        """The range of an expression."""
        if expr not in self._known:
            self._known[expr] = self._find(expr)
        return self._known[expr].range

    def reasons(self, expr: sp.Expr) -> tuple[Reason, ...]:
        """The steps to the range of an expression, parts first; parts of which nothing is known are left out."""
        steps: dict[sp.Expr, Reason] = {}

        def take(part: sp.Expr) -> None:
            whole = self(part)
            found = self._known[part]
            if part in steps or whole.unbounded:
                return
            for inner in found.parts:
                take(inner)
            if found.rule:
                steps[part] = Reason(found.rule, part, whole)

        take(expr)
        return tuple(steps.values())

    def _find(self, expr: sp.Expr) -> _Found:
        if isinstance(expr, sp.Rational):
            value = Fraction(int(expr.p), int(expr.q))
            return _Found(Range(value, value, False, False), "")
        if isinstance(expr, Size):
            return _Found(Range(Fraction(1), above=False), "the size of an axis")
        if isinstance(expr, sp.Indexed | sp.Symbol):
            return self._tensor(expr)
        if isinstance(expr, sp.Add | sp.Mul):
            parts = tuple(terms(expr) if isinstance(expr, sp.Add) else factors(expr))
            total = self(parts[0])
            for part in parts[1:]:
                total = total + self(part) if isinstance(expr, sp.Add) else total * self(part)
            return _Found(total, "a sum" if isinstance(expr, sp.Add) else "a product", parts)
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            return self._power(cast(sp.Expr, expr.base), cast(sp.Rational, expr.exp))
        argument = cast(sp.Expr, expr.args[0]) if expr.args else sp.S.Zero
        rule = FUNCTIONS.get(type(expr).__name__)
        return _Found(rule[1](self(argument)), rule[0], (argument,)) if rule else _Found(Range(), "")

    def _tensor(self, tensor: sp.Expr) -> _Found:
        if isinstance(tensor, Constant) and tensor.is_positive:
            return _Found(POSITIVE, "a positive constant")
        if tensor in self._buffers and is_indicator(tensor):
            return _Found(Range(Fraction(0), Fraction(1), False, False), "zeros and ones")
        if tensor in self._buffers and tensor.is_nonnegative:
            return _Found(NOT_NEGATIVE, "given not to be negative")
        if tensor not in self._equations:
            return _Found(Range(), "")
        equation = self._equations[tensor]
        if not equation.over:
            return _Found(self(equation.summand), "its definition", (equation.summand,))
        inner = self(equation.summand)
        if equation.stabilizer:
            return _Found(inner, "the largest of such values", (equation.summand,))
        if equation.is_average:
            return _Found(inner, "an average", (equation.summand,))
        if equation.summand in self._buffers and set(equation.over) == set(indices(equation.summand)):
            whole = Range(inner.low, _INF, inner.low == 0 or inner.above)
            rule, parts = "a total of what is not zero everywhere", (equation.summand,)
        else:
            whole, rule, parts = _total(inner), "a total", (equation.summand,)
        if equation.factor == 1:
            return _Found(whole, rule, parts)
        return _Found(whole * self(equation.factor), f"{rule}, times a factor", (*parts, equation.factor))

    def _power(self, base: sp.Expr, exponent: sp.Rational) -> _Found:
        inner = self(base)
        if not exponent.is_Integer:
            return _Found(POSITIVE, "a root, where there is one")
        rule = "an even power" if exponent % 2 == 0 else "an odd power"
        if exponent > 0:
            return _Found(inner.power(int(exponent)), rule, (base,))
        # Where the power exists, its base is not zero.
        whole = inner.power(int(-exponent)).reciprocal()
        return _Found(whole, "a reciprocal" if exponent == -1 else f"{rule}, where there is one", (base,))


def _total(inner: Range) -> Range:
    """The sums of one or more numbers of a range."""
    low = inner.low if inner.low >= 0 else -_INF
    high = inner.high if inner.high <= 0 else _INF
    return Range(low, high, inner.above or low == -_INF, inner.below or high == _INF)


def _odd(inner: Range) -> Range:
    """A function from -1 to 1 that has the sign of its argument."""
    low = (Fraction(0), inner.above) if inner.low >= 0 else (Fraction(-1), True)
    high = (Fraction(0), inner.below) if inner.high <= 0 else (Fraction(1), True)
    if inner.low > 0:
        low = (Fraction(0), True)
    if inner.high < 0:
        high = (Fraction(0), True)
    return Range(low[0], high[0], low[1], high[1])


def _log(inner: Range) -> Range:
    """Above zero where the argument is above one."""
    return Range(Fraction(0), above=inner.above or inner.low > 1) if inner.low >= 1 else Range()


def _exp(inner: Range) -> Range:
    """Above one where the argument is above zero."""
    return Range(Fraction(1), above=inner.above or inner.low > 0) if inner.low >= 0 else POSITIVE


# The functions of the vocabulary: what is said of each, and its range by that of its argument.
FUNCTIONS: dict[str, tuple[str, Callable[[Range], Range]]] = {
    "exp": ("an exponential", _exp),
    "log": ("a logarithm", _log),
    "tanh": ("a hyperbolic tangent", _odd),
    "erf": ("an error function", _odd),
    "sigmoid": ("a logistic function", lambda _: Range(Fraction(0), Fraction(1))),
    "erf_slope": ("a bell curve", lambda _: POSITIVE),
}
