"""Evaluation of equations at concrete sizes and values, element by element.

This is the independent witness of every proof: it knows what Sum, +, * and powers mean and nothing of the rules by
which the prover rewrites. Numbers are exact (`Surd`) where possible, else have 60 digits.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, cast

import sympy as sp
from mpmath.ctx_mp import MPContext

from derive.errors import ProofError
from derive.graph import Equation, Graph
from derive.language import Axis, Constant, Size, axes_of, indices, is_indicator, name_of
from derive.proofs.exact import NotExact, OutsideDomain, Surd
from derive.vocabulary import Stabilizer

DIGITS = 60
_AGREE = DIGITS - 12  # digits that two 60-digit evaluations of one value are expected to share


class Arithmetic(Protocol):
    """The number type that an evaluation works in."""

    name: str

    def number(self, value: Fraction) -> Any:
        """A rational number."""

    def power(self, base: Any, exponent: Fraction) -> Any:
        """A rational power."""

    def function(self, name: str, argument: Any) -> Any:
        """A function of the vocabulary."""

    def largest(self, values: list[Any]) -> Any:
        """The largest of some numbers."""

    def pi(self) -> Any:
        """The number pi, which SymPy's own derivatives may hold."""

    def equal(self, a: Any, b: Any) -> bool:
        """Whether two numbers are the same."""


class ExactArithmetic:
    """Rationals and square roots, without rounding."""

    name = "exactly"

    def number(self, value: Fraction) -> Surd:
        """A rational number."""
        return Surd.of(value)

    def power(self, base: Surd, exponent: Fraction) -> Surd:
        """A whole or half-whole power."""
        return base.power(exponent)

    def function(self, name: str, argument: Surd) -> Surd:
        """No transcendental function is exact."""
        raise NotExact(name)

    def largest(self, values: list[Surd]) -> Surd:
        """The largest of rational numbers."""
        return max(values, key=lambda value: value.rational)

    def pi(self) -> Surd:
        """Pi is no surd."""
        raise NotExact("pi")

    def equal(self, a: Surd, b: Surd) -> bool:
        """Exact equality."""
        return a == b


class DigitsArithmetic:
    """Floating point with 60 digits, for layers with exp, log, tanh or nested roots."""

    name = f"to {_AGREE} of {DIGITS} digits"

    def __init__(self) -> None:
        self.context: Any = MPContext()
        self.context.dps = DIGITS

    def number(self, value: Fraction) -> Any:
        """A rational number."""
        return self.context.mpf(value.numerator) / value.denominator

    def power(self, base: Any, exponent: Fraction) -> Any:
        """A rational power of a positive number, a whole power of any."""
        if (base == 0 and exponent < 0) or (base < 0 and exponent.denominator != 1):
            raise OutsideDomain(f"({base})**({exponent})")
        return self.context.power(base, self.number(exponent)) if base != 0 else self.number(Fraction(exponent == 0))

    def function(self, name: str, argument: Any) -> Any:
        """A function of the vocabulary."""
        if name == "log" and argument <= 0:
            raise OutsideDomain(f"log({argument})")
        if name == "erf_slope":
            return 2 / self.context.sqrt(self.context.pi) * self.context.exp(-(argument**2))
        if name == "sigmoid":
            return 1 / (1 + self.context.exp(-argument))
        return getattr(self.context, name)(argument)

    def largest(self, values: list[Any]) -> Any:
        """The largest of some numbers."""
        return max(values)

    def pi(self) -> Any:
        """The number pi."""
        return +self.context.pi

    def equal(self, a: Any, b: Any) -> bool:
        """Equality up to the last dozen digits."""
        scale = max(1, abs(a), abs(b))
        return bool(abs(a - b) <= scale * self.context.mpf(10) ** -_AGREE)


@dataclass(frozen=True)
class Sample:
    """Concrete sizes, and the value of every input element, buffer element and constant."""

    sizes: Mapping[str, int]
    values: Mapping[str, Mapping[tuple[int, ...], Fraction]]

    def describe(self) -> str:
        """The sizes in words, such as `n=2, c=3, s=2`."""
        return ", ".join(f"{name}={size}" for name, size in self.sizes.items())


def positions(over: Iterable[Axis], sizes: Mapping[str, int]) -> Iterator[dict[Axis, int]]:
    """Every assignment of indices to the given axes."""
    axes = list(over)
    for where in itertools.product(*[range(sizes[axis.name]) for axis in axes]):
        yield dict(zip(axes, where, strict=True))


class Evaluation:
    """The values of tensors and expressions at one sample.

    Args:
        equations: whatever may be needed; the later one counts where two define the same name.
        sample: sizes and given values.
        arithmetic: the number type.
    """

    def __init__(self, equations: Iterable[Equation], sample: Sample, arithmetic: Arithmetic) -> None:
        self.equations = {equation.name: equation for equation in equations}
        self.sample = sample
        self.arithmetic = arithmetic
        self._table: dict[tuple[str, tuple[int, ...]], Any] = {}
        self._memo: dict[tuple[sp.Expr, tuple[int, ...]], Any] = {}
        self._values: dict[str, sp.Expr] = {}
        self._axes: dict[sp.Expr, tuple[Axis, ...]] = {}

    def tensor(self, tensor: sp.Expr, where: Mapping[Axis, int]) -> Any:
        """One element of a tensor."""
        name, axes = name_of(tensor), indices(tensor)
        place = (name, tuple(where[axis] for axis in axes))
        if place not in self._table:
            if name in self.sample.values:
                self._table[place] = self.arithmetic.number(self.sample.values[name][place[1]])
            elif name in self.equations:
                if name not in self._values:
                    self._values[name] = self.equations[name].value
                self._table[place] = self(self._values[name], where)
            else:
                raise ProofError(f"evaluation: {tensor} has neither a value nor an equation")
        return self._table[place]

    def __call__(self, expr: sp.Expr, where: Mapping[Axis, int]) -> Any:
        """The value of an expression at given indices."""
        axes = self._axes.get(expr)
        if axes is None:
            axes = self._axes[expr] = axes_of(expr)
        place = (expr, tuple([where[axis] for axis in axes]))
        if place not in self._memo:
            self._memo[place] = self._compute(expr, where)
        return self._memo[place]

    def _compute(self, expr: sp.Expr, where: Mapping[Axis, int]) -> Any:
        if isinstance(expr, sp.Rational):
            return self.arithmetic.number(Fraction(int(expr.p), int(expr.q)))
        if isinstance(expr, Size):
            return self.arithmetic.number(Fraction(self.sample.sizes[str(expr).removeprefix("N_")]))
        if isinstance(expr, sp.Indexed | sp.Symbol):
            return self.tensor(expr, where)
        if isinstance(expr, sp.Sum):
            total = self.arithmetic.number(Fraction(0))
            for inner in positions([cast(Axis, limit[0]) for limit in expr.limits], self.sample.sizes):
                total = total + self(cast(sp.Expr, expr.function), {**where, **inner})
            return total
        if expr is sp.pi:
            return self.arithmetic.pi()
        if isinstance(expr, Stabilizer):
            places = positions([cast(Axis, limit[0]) for limit in expr.limits], self.sample.sizes)
            return self.arithmetic.largest([self(cast(sp.Expr, expr.function), {**where, **i}) for i in places])
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            exponent = cast(sp.Rational, expr.exp)
            return self.arithmetic.power(
                self(cast(sp.Expr, expr.base), where), Fraction(int(exponent.p), int(exponent.q))
            )
        args = [self(cast(sp.Expr, arg), where) for arg in expr.args]
        if isinstance(expr, sp.Add | sp.Mul):
            result = args[0]
            for arg in args[1:]:
                result = result + arg if isinstance(expr, sp.Add) else result * arg
            return result
        return self.arithmetic.function(type(expr).__name__, args[0])

    def agree(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether two expressions have the same value at all of their indices."""
        axes = dict.fromkeys((*axes_of(a), *axes_of(b)))
        return all(self.arithmetic.equal(self(a, w), self(b, w)) for w in positions(axes, self.sample.sizes))


def draw(graph: Graph, rng: random.Random, extra: Iterable[sp.Expr] = (), *, positive: bool = False) -> Sample:
    """A random sample: sizes 1 to 3, rationals with small denominators, positive constants and buffers."""
    sizes = {axis.name: rng.choice((1, 2, 2, 3)) for axis in graph.axes}
    return fill(graph, sizes, rng, extra, positive=positive)


def fill(
    graph: Graph, sizes: Mapping[str, int], rng: random.Random, extra: Iterable[sp.Expr] = (), *, positive: bool = False
) -> Sample:
    """A random sample of given sizes."""

    def rational(above_zero: bool) -> Fraction:
        size = Fraction(rng.randint(1, 9), rng.choice((1, 2, 3)))
        return size if above_zero or rng.random() < 0.5 else -size

    values: dict[str, dict[tuple[int, ...], Fraction]] = {}
    for tensor in (*graph.inputs, *graph.buffers, *graph.constants, *extra):
        sure = positive or tensor in graph.buffers or isinstance(tensor, Constant)
        places = positions(indices(tensor), sizes)
        mask = is_indicator(tensor)
        values[name_of(tensor)] = {
            tuple(where.values()): Fraction(rng.randint(0, 1)) if mask else rational(sure) for where in places
        }
    return Sample(dict(sizes), values)


def with_best_arithmetic(run: Callable[[Arithmetic], bool]) -> tuple[bool, str]:
    """Run a check exactly, or with 60 digits when a value has no exact form; tells which it was."""
    try:
        return run(ExactArithmetic()), ExactArithmetic.name
    except NotExact:
        return run(DigitsArithmetic()), DigitsArithmetic.name
