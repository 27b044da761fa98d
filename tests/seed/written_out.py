"""One channel of the layer written out, differentiated by SymPy, at the seed's input: exact."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp

from .seed_case import COUNT, GAMMA, MEMBERS, X

EPS = sp.Rational(1, 100000)
BETA = sp.Symbol("beta")
INPUTS = sp.symbols(f"x0:{COUNT}")
VAR = sum((x - sum(INPUTS) / COUNT) ** 2 for x in INPUTS) / COUNT


@cache
def values(channel: int) -> dict[Any, Any]:
    """The float32 inputs of a channel, as the rational numbers they are."""
    numbers = [sp.Rational(float(X.ravel()[i])) for i in MEMBERS[channel]]
    return dict(zip(INPUTS, numbers, strict=True))


def deviation(position: int) -> Any:
    return INPUTS[position] - sum(INPUTS) / COUNT


def gradient(channel: int, loss: Callable[[list[Any]], Any]) -> list[Any]:
    """d loss(y) / d x for the elements of a channel, at the seed's input; beta stays a symbol."""
    gamma = sp.Rational(float(GAMMA[channel]))
    y = [gamma * deviation(i) / sp.sqrt(VAR + EPS) + BETA for i in range(COUNT)]
    value = loss(y)
    return [sp.expand(sp.diff(value, x).subs(values(channel))) for x in INPUTS]


def suppressed(channel: int) -> list[Any]:
    """``2 * gamma**2 * inv_std * x_norm * eps / (var + eps)``; x_norm holds the other root."""
    gamma = sp.Rational(float(GAMMA[channel]))
    found = [2 * gamma**2 * deviation(i) * EPS / (VAR + EPS) ** 2 for i in range(COUNT)]
    return [formula.subs(values(channel)) for formula in found]
