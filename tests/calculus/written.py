"""Layers written out by hand on nested lists of SymPy numbers or symbols; nothing here comes from `derive`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

Number = sp.Expr
Matrix = Sequence[Sequence[Number]]
Rows = list[list[sp.Expr]]


def mean(values: Sequence[Number]) -> sp.Expr:
    return sp.Mul(sp.Add(*values), sp.Rational(1, len(values)))


def normalized(values: Sequence[Number], eps: Number) -> list[sp.Expr]:
    centre = mean(values)
    spread = mean([(v - centre) ** 2 for v in values])
    return [(v - centre) / sp.sqrt(spread + eps) for v in values]


def layer_norm(x: Matrix, weight: Sequence[Number], bias: Sequence[Number], eps: Number) -> Rows:
    return [[w * v + b for v, w, b in zip(normalized(row, eps), weight, bias, strict=True)] for row in x]


def batch_norm(x: Matrix, gamma: Sequence[Number], beta: Sequence[Number], eps: Number) -> Rows:
    """The rows are channels."""
    return [[g * v + b for v in normalized(row, eps)] for row, g, b in zip(x, gamma, beta, strict=True)]


def rms_norm(x: Matrix, weight: Sequence[Number], eps: Number) -> Rows:
    return [[w * v / sp.sqrt(mean([u**2 for u in row]) + eps) for v, w in zip(row, weight, strict=True)] for row in x]


def softmax(x: Matrix) -> Rows:
    return [[sp.exp(v) / sp.Add(*map(sp.exp, row)) for v in row] for row in x]


def symbols(name: str, rows: int, columns: int) -> list[list[sp.Symbol]]:
    return [[sp.Symbol(f"{name}{i}{j}", real=True) for j in range(columns)] for i in range(rows)]


def loss(g: Matrix, y: Matrix) -> sp.Expr:
    return sp.Add(*[a * b for gs, ys in zip(g, y, strict=True) for a, b in zip(gs, ys, strict=True)])


def gradient(value: sp.Expr, wrt: Sequence[Sequence[sp.Symbol]]) -> Rows:
    return [[value.diff(v) for v in row] for row in wrt]


def along(value: sp.Expr, wrt: Sequence[Sequence[sp.Symbol]], direction: Matrix) -> sp.Expr:
    """The derivative of a value in a direction."""
    return loss(direction, gradient(value, wrt))


def number(value: Fraction) -> sp.Expr:
    return sp.Mul(sp.Integer(value.numerator), sp.Rational(1, value.denominator))


def fraction(value: sp.Expr) -> Fraction:
    """A value that is known to be rational."""
    assert isinstance(value, sp.Rational), value
    return Fraction(int(value.p), int(value.q))


def at(value: sp.Expr, table: Mapping[sp.Symbol, Any]) -> sp.Expr:
    """The value where the symbols have the given values."""
    pairs: dict[Any, Any] = dict(table)
    found = value.subs(pairs)
    assert isinstance(found, sp.Expr)
    return found
