"""The numbers of the failing check's story: each from the proven derivation, or from loops of + - * / and sqrt.

Verdicts and printed digits are the same on every machine: float32 and float64 operations come in an explicit order,
and what is proven is evaluated with 60 digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
import sympy as sp

from derive.calculus.mutants import Mutant, mutants
from derive.language import axes_of
from derive.layers.batch_norm import differences as fd
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import DigitsArithmetic, Evaluation, positions

CASES, SEED, LARGE_STEP = 200, 2067, 3e-3
UNIT = 2.0**-24  # what the differences of the failing check's loss are whole multiples of

PRECISIONS: dict[str, fd.Float] = {"float32": np.float32, "float64": np.float64}


@dataclass(frozen=True)
class Rounding:
    """How one output changes when one element of x is moved up instead of down, in units of 2**-24."""

    element: int
    true: float
    found: int

    @property
    def error(self) -> float:
        """What rounding added."""
        return self.found - self.true


def jacobian(derivation: Derivation) -> list[list[Any]]:
    """The derivative of output j by element k in row j, column k, with 60 digits."""
    grad, x = derivation.backward.grad("x"), [Fraction(v) for v in fd.X]
    basis = [[float(j == k) for k in range(fd.SIZE)] for j in range(fd.SIZE)]
    return [list(fd.gradient(derivation, grad, row, x)) for row in basis]


def roundings(rows: list[list[Any]], element: int) -> list[Rounding]:
    """For the outputs in the element's own channel; those of the other one do not change."""
    up, down = fd.ends(fd.STEP, np.float32)[element]
    channel = next(c for c in (0, 1) if element in fd.members(c))
    return [
        Rounding(j, float(rows[j][element] * Fraction(2 * fd.STEP) / Fraction(UNIT)), round((up[j] - down[j]) / UNIT))
        for j in fd.members(channel)
    ]


def grid(sums: fd.Float) -> int:
    """The smallest k such that every difference of two losses is a whole multiple of 2**-k."""
    ends = fd.ends(fd.STEP, np.float32)
    changes = [Fraction(fd.loss(up, fd.ONES, sums) - fd.loss(down, fd.ONES, sums)) for up, down in ends]
    return max(change.denominator for change in changes).bit_length() - 1


def squares(step: float, real: fd.Float) -> list[float]:
    """Central differences of the sum of the squares of the outputs, all of it rounded to `real`."""
    return [
        (fd.loss(up, up, real) - fd.loss(down, down, real)) / (2 * step) for up, down in fd.ends(step, real)
    ]  # fmt: skip


def evaluated(derivation: Derivation, expr: sp.Expr) -> list[float]:
    """An expression in the layer's tensors at the failing check's input, at all of its positions, rounded once."""
    sample = fd.sample(fd.ONES, [Fraction(v) for v in fd.X])
    evaluation = Evaluation(derivation.equations, sample, DigitsArithmetic())
    axes = [axis for axis in derivation.graph.axes if axis in axes_of(expr)]
    return [float(evaluation(expr, where)) for where in positions(axes, fd.SHAPE)]


@dataclass(frozen=True)
class Luck:
    """How often the exact gradient passes the failing check's criterion, over many cotangents."""

    layer: str
    sums: str
    step: float
    cotangents: int
    elements: int


def cotangents() -> list[list[float]]:
    """Standard normal numbers, rounded to float32."""
    drawn = np.random.default_rng(SEED).standard_normal((CASES, fd.SIZE)).astype(np.float32)
    return [[float(value) for value in row] for row in drawn]


def luck(rows: list[list[Any]]) -> Iterator[Luck]:
    """In float32 throughout, with the sum in float64, and in float64, at two steps each."""
    drawn = cotangents()
    exact = [[float(sum(w * row[k] for w, row in zip(g, rows, strict=True))) for k in range(fd.SIZE)] for g in drawn]
    for layer, sums in (("float32", "float32"), ("float32", "float64"), ("float64", "float64")):
        for step in (fd.STEP, LARGE_STEP):
            ends, real = fd.ends(step, PRECISIONS[layer]), PRECISIONS[sums]
            passed = []
            for g, truth in zip(drawn, exact, strict=True):
                found = [(fd.loss(up, g, real) - fd.loss(down, g, real)) / (2 * step) for up, down in ends]
                passed.append([fd.passes(a, n) for a, n in zip(truth, found, strict=True)])
            yield Luck(layer, sums, step, sum(map(all, passed)), sum(map(sum, passed)))


@dataclass(frozen=True)
class Verdict:
    """What the check, made in float64, says of one wrong gradient: whether it passes, by the name of the loss."""

    mistake: str
    passes: dict[str, bool]


LOSSES = ("ones", "squares", "varied")


def verdicts(derivation: Derivation) -> list[Verdict]:
    """For every single mistake in the backward pass that changes the gradient by x."""
    y = fd.outputs(fd.X, np.float64)
    weights: dict[str, Sequence[float]] = {"ones": fd.ONES, "squares": [2 * v for v in y], "varied": fd.VARIED}
    numerical = {
        "ones": fd.numerical(fd.ONES, fd.STEP, np.float64),
        "squares": squares(fd.STEP, np.float64),
        "varied": fd.numerical(fd.VARIED, fd.STEP, np.float64),
    }
    true = fd.truth(derivation, fd.VARIED).gradient
    found = []
    for mutant in mutants(derivation.backward):
        wrong = {name: _by_x(mutant, weights[name]) for name in LOSSES}
        # Far above the longdouble round-off of the right ones, far below the least that a mistake changes.
        if max(abs(a - b) for a, b in zip(wrong["varied"], true, strict=True)) < 1e-9:
            continue
        found.append(Verdict(mutant.description, {name: agree(wrong[name], numerical[name]) for name in LOSSES}))
    return found


def agree(analytical: Sequence[float], numerical: Sequence[float]) -> bool:
    """Whether all elements meet the failing check's criterion."""
    return all(fd.passes(a, n) for a, n in zip(analytical, numerical, strict=True))


def _by_x(mutant: Mutant, grad_output: Sequence[float]) -> list[float]:
    shape = tuple(fd.SHAPE.values())
    inputs = {
        "x": np.array(fd.X).reshape(shape),
        "gamma": np.array(fd.GAMMA),
        "beta": np.array(fd.BETA),
    }
    axes = {name: (k,) for k, name in enumerate(fd.SHAPE)}
    found = mutant.gradients(inputs, np.array(grad_output).reshape(shape), {"eps": fd.EPS}, axes)["x"]
    return [float(value) for value in found.ravel()]


def suppression(along_output: sp.Expr, along_others: sp.Expr, output: sp.Expr, seed: sp.Expr) -> sp.Expr:
    """By what factor the gradient of one cotangent is smaller than that of others of its size.

    Args:
        along_output: the gradient for a cotangent that is `output`.
        along_others: the gradient for those that the layer passes on, in terms of the cotangent `seed`.
    """
    return cast(sp.Expr, sp.cancel(along_output / along_others.subs(seed, output)))


def rms(values: Sequence[float]) -> float:
    """The root of the mean square."""
    return math.sqrt(math.fsum(value * value for value in values) / len(values))
