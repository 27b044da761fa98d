"""Finite differences at the failing check's input, in float32 and float64, by loops of + - * / and sqrt alone.

The check summed its float32 outputs in float64, so a loss here is a float64 number in both precisions, unless its sums
are asked for in float32 too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import DigitsArithmetic, Evaluation, Sample, positions

Float = type[np.float32] | type[np.float64]

SHAPE = {"n": 2, "c": 2, "s": 4}
SIZE = 16
COUNT = 8  # elements per channel
X = tuple(float(np.float32(0.1) * np.float32(k)) for k in range(SIZE))
GAMMA, BETA = (1.5, 2.0), (0.0, 0.0)
EPS = float(np.float32(1e-5))
STEP = 1e-4
RTOL, ATOL = 1e-2, 1e-5
ONES = (1.0,) * SIZE
# Whole quarters, without a pattern that the layer removes, so that nothing but the layer rounds.
VARIED = tuple(((5 * k * k + 3 * k) % 11 - 5) / 4 for k in range(SIZE))


def members(channel: int) -> list[int]:
    """The places of one channel's elements in memory order."""
    return [k for k in range(SIZE) if k // 4 % 2 == channel]


def forward(x: Sequence[float], real: Float, channel: int) -> list[float]:
    """The outputs of one channel, every operation rounded to `real`, sums in sequence."""
    own = members(channel)
    zero, count = real(0), real(COUNT)
    total = zero
    for k in own:
        total = total + real(x[k])
    mean = total / count
    squares = zero
    for k in own:
        d = real(x[k]) - mean
        squares = squares + d * d
    std = np.sqrt(squares / count + real(EPS))
    gamma, beta = real(GAMMA[channel]), real(BETA[channel])
    return [float(gamma * ((real(x[k]) - mean) / std) + beta) for k in own]


def outputs(x: Sequence[float], real: Float) -> list[float]:
    """All outputs in memory order."""
    found = [0.0] * SIZE
    for channel in (0, 1):
        for k, y in zip(members(channel), forward(x, real, channel), strict=True):
            found[k] = y
    return found


def loss(y: Sequence[float], g: Sequence[float], sums: Float = np.float64) -> float:
    """The sum of the outputs, weighted, every operation rounded to `sums`."""
    total = sums(0)
    for weight, value in zip(g, y, strict=True):
        total = total + sums(weight) * sums(value)
    return float(total)


def ends(step: float, real: Float) -> list[tuple[list[float], list[float]]]:
    """For each element the outputs with it moved up and with it moved down; the moved element is rounded to `real`."""
    found = []
    for k in range(SIZE):
        up, down = list(X), list(X)
        up[k], down[k] = float(real(X[k] + step)), float(real(X[k] - step))
        found.append((outputs(up, real), outputs(down, real)))
    return found


def numerical(g: Sequence[float], step: float, real: Float, sums: Float = np.float64) -> list[float]:
    """Central differences of the loss, element by element; the quotient is taken in float64."""
    return [(loss(up, g, sums) - loss(down, g, sums)) / (2 * step) for up, down in ends(step, real)]


def _add_product(total: np.float32, a: np.float32, b: np.float32, fused: bool) -> np.float32:
    """`total + a*b`, rounded twice, or once as by a compiler that contracts products into sums."""
    return np.float32(float(total) + float(a) * float(b)) if fused else total + a * b


def three_terms(fused: bool = True) -> list[tuple[np.float32, np.float32, np.float32]]:
    """The failing check's own backward in scalar float32 for a cotangent of ones: what it adds up for each element.

    The first term is direct, the second comes through the variance, the third through the mean.
    """
    zero = np.float32(0)
    found = [(zero, zero, zero)] * SIZE
    count, half, two = np.float32(COUNT), np.float32(-0.5), np.float32(2)
    for channel in (0, 1):
        own, gamma = members(channel), np.float32(GAMMA[channel])
        x = {k: np.float32(X[k]) for k in own}
        total = zero
        for k in own:
            total = total + x[k]
        mean, squares = total / count, zero
        for k in own:
            squares = _add_product(squares, x[k] - mean, x[k] - mean, fused)
        var = squares / count + np.float32(EPS)
        std = np.sqrt(var)
        power = np.float32(1.0 / (float(var) * math.sqrt(float(var))))
        grad_var, grad_mean = zero, zero
        for k in own:
            grad_var = _add_product(grad_var, gamma * (x[k] - mean) * half, power, fused)
            grad_mean = grad_mean - gamma / std
        for k in own:
            found[k] = (gamma / std, grad_var * two * (x[k] - mean) / count, grad_mean / count)
    return found


def analytical(fused: bool = True) -> list[float]:
    """The failing check's own gradient: the sum of the three terms, from left to right."""
    return [float(direct + through_var + through_mean) for direct, through_var, through_mean in three_terms(fused)]


@dataclass(frozen=True)
class Truth:
    """The exact gradient at this input, and the third derivative along each element, rounded once."""

    gradient: tuple[float, ...]
    third: tuple[float, ...]


def sample(g: Sequence[float], x: Sequence[Fraction]) -> Sample:
    """The failing check's input, for a cotangent, as exact numbers."""

    def places(names: str, values: Sequence[Any]) -> dict[tuple[int, ...], Fraction]:
        where = _places(names)
        return {place: Fraction(value) for place, value in zip(where, values, strict=True)}

    return Sample(
        SHAPE,
        {
            "x": places("ncs", x),
            "gamma": places("c", GAMMA),
            "beta": places("c", BETA),
            "eps": {(): Fraction(EPS)},
            "grad_output": places("ncs", g),
        },
    )


def _places(names: str) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for name in names:
        found = [(*place, k) for place in found for k in range(SHAPE[name])]
    return found


def truth(derivation: Derivation, g: Sequence[float]) -> Truth:
    """Both from the derivation, with 60 digits: the gradient by its equations, the third derivative by differences."""
    backward = derivation.backward
    x = [Fraction(v) for v in X]
    grad = gradient(derivation, backward.grad("x"), g, x)
    step = Fraction(1, 10**12)
    third = []
    for k in range(SIZE):
        ends = []
        for side in (step, -step):
            moved = list(x)
            moved[k] += side
            ends.append(next(gradient(derivation, backward.grad("x"), g, moved, k)))
        third.append((ends[0] + ends[1], k))
    middle = list(grad)
    square = DigitsArithmetic().number(step * step)
    return Truth(
        tuple(_number(v, 1e-45) for v in middle),
        tuple(_number((total - 2 * middle[k]) / square, 1e-20) for total, k in third),
    )


def _number(value: Any, noise: float) -> float:
    """Rounded once; zero if 60 digits cannot tell it from zero."""
    return float(value) if abs(value) > noise else 0.0


def gradient(
    derivation: Derivation, wanted: Any, g: Sequence[float], x: Sequence[Fraction], only: int | None = None
) -> Iterator[Any]:
    """The gradient's elements by the chain rule's equations, with 60 digits; one of them if it is named."""
    evaluation = Evaluation(derivation.equations, sample(g, x), DigitsArithmetic())
    for k, where in enumerate(positions(derivation.graph.axes, SHAPE)):
        if only is None or only == k:
            yield evaluation(wanted, where)


@cache
def largest_output() -> float:
    """The largest output by magnitude."""
    return max(abs(y) for channel in (0, 1) for y in forward(X, np.float64, channel))


def spacing(real: Float) -> float:
    """One unit in the last place of the largest output."""
    return float(np.spacing(real(largest_output())))


def passes(a: float, n: float) -> bool:
    """The failing check's criterion."""
    return abs(a - n) <= ATOL + RTOL * abs(n)
