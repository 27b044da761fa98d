"""Elements of tensors at concrete sizes, through the evaluation that proofs are checked with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.graph import Equation, Graph
from derive.language import indices, name_of
from derive.proofs.evaluate import Arithmetic, Evaluation, ExactArithmetic, Sample, fill, positions
from derive.proofs.exact import Surd


def sample_of(graph: Graph, sizes: Mapping[str, int], seed: int, extra: Iterable[sp.Expr] = ()) -> Sample:
    """Positive random rationals, so that roots and logarithms exist."""
    return fill(graph, sizes, random.Random(seed), extra, positive=True)


def given(sizes: Mapping[str, int], **values: Any) -> Sample:
    """A sample from nested lists or single numbers."""
    return Sample(sizes, {name: dict(_places(value, ())) for name, value in values.items()})


def _places(value: Any, where: tuple[int, ...]) -> Iterable[tuple[tuple[int, ...], Fraction]]:
    if isinstance(value, list):
        for k, part in enumerate(value):
            yield from _places(part, (*where, k))
    else:
        yield where, Fraction(value)


def elements(
    equations: Iterable[Equation], tensor: sp.Expr, sample: Sample, arithmetic: Arithmetic | None = None
) -> dict[tuple[int, ...], Any]:
    """Every element of a tensor, by its indices."""
    evaluation = Evaluation(equations, sample, arithmetic or ExactArithmetic())
    places = positions(indices(tensor), sample.sizes)
    return {tuple(where.values()): evaluation(tensor, where) for where in places}


def fractions(equations: Iterable[Equation], tensor: sp.Expr, sample: Sample) -> list[Fraction]:
    """The elements of a tensor that is rational at this sample, in order."""
    return [value.rational for value in elements(equations, tensor, sample).values()]


def to_sympy(value: Surd) -> sp.Expr:
    return sp.Add(*[sp.Rational(q.numerator, q.denominator) * sp.sqrt(k) for k, q in value.terms.items()])


def table(sample: Sample, tensor: sp.Expr) -> dict[tuple[int, ...], sp.Rational]:
    """The given values of a tensor as SymPy numbers."""
    return {place: sp.Rational(q.numerator, q.denominator) for place, q in sample.values[name_of(tensor)].items()}


def rows(sample: Sample, tensor: sp.Expr) -> list[list[sp.Expr]]:
    """The given values of a tensor of two axes, row by row."""
    values = table(sample, tensor)
    height = 1 + max(i for i, _ in values)
    return [[values[i, j] for i_, j in sorted(values) if i_ == i] for i in range(height)]
