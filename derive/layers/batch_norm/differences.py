"""Finite differences at the failing check's input, in float32 and float64, by loops of + - * / and sqrt alone.

The check summed its float32 outputs in float64, so a loss here is a float64 number in both precisions.
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


def loss(x: Sequence[float], g: Sequence[float], real: Float) -> float:
    """The sum of the outputs, weighted, in float64."""
    total = 0.0
    outputs = [0.0] * SIZE
    for channel in (0, 1):
        for k, y in zip(members(channel), forward(x, real, channel), strict=True):
            outputs[k] = y
    for weight, y in zip(g, outputs, strict=True):
        total = total + weight * y
    return total


def numerical(g: Sequence[float], step: float, real: Float) -> list[float]:
    """Central differences of the loss, element by element; the moved element is rounded to `real`."""
    found = []
    for k in range(SIZE):
        ends = []
        for side in (step, -step):
            x = list(X)
            x[k] = float(real(x[k] + side))
            ends.append(loss(x, g, real))
        found.append((ends[0] - ends[1]) / (2 * step))
    return found


def _fused(total: np.float32, a: np.float32, b: np.float32) -> np.float32:
    """`total + a*b` rounded once, as a compiler that contracts products into sums has it."""
    return np.float32(float(total) + float(a) * float(b))


def analytical() -> list[float]:
    """The failing check's own three-term backward in scalar float32, products contracted, for a cotangent of ones."""
    found = [0.0] * SIZE
    count, half, two = np.float32(COUNT), np.float32(-0.5), np.float32(2)
    for channel in (0, 1):
        own, gamma = members(channel), np.float32(GAMMA[channel])
        x = {k: np.float32(X[k]) for k in own}
        total = np.float32(0)
        for k in own:
            total = total + x[k]
        mean, squares = total / count, np.float32(0)
        for k in own:
            squares = _fused(squares, x[k] - mean, x[k] - mean)
        var = squares / count + np.float32(EPS)
        std = np.sqrt(var)
        power = np.float32(1.0 / (float(var) * math.sqrt(float(var))))
        grad_var, grad_mean = np.float32(0), np.float32(0)
        for k in own:
            grad_var = _fused(grad_var, gamma * (x[k] - mean) * half, power)
            grad_mean = grad_mean - gamma / std
        for k in own:
            found[k] = float(gamma / std + grad_var * two * (x[k] - mean) / count + grad_mean / count)
    return found


@dataclass(frozen=True)
class Truth:
    """The exact gradient at this input, and the third derivative along each element, rounded once."""

    gradient: tuple[float, ...]
    third: tuple[float, ...]


def _sample(g: Sequence[float], x: Sequence[Fraction]) -> Sample:
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
    grad = _gradient(derivation, backward.grad("x"), g, x)
    step = Fraction(1, 10**12)
    third = []
    for k in range(SIZE):
        ends = []
        for side in (step, -step):
            moved = list(x)
            moved[k] += side
            ends.append(next(_gradient(derivation, backward.grad("x"), g, moved, k)))
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


def _gradient(
    derivation: Derivation, wanted: Any, g: Sequence[float], x: Sequence[Fraction], only: int | None = None
) -> Iterator[Any]:
    """The gradient's elements by the chain rule's equations, with 60 digits; one of them if it is named."""
    evaluation = Evaluation(derivation.equations, _sample(g, x), DigitsArithmetic())
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
