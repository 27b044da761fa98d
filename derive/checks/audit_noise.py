"""What rounding may do to a right gradient at these data.

A kernel is right when what it returns is exact for data within a few units in the last place of those given. So the
allowance for each element of a gradient is `SIGMAS` times the sum of

* `eps * S`, where `S` is the closed form with every term and every summand taken by its absolute value. An element goes
  through at most eight roundings of `eps/2` each, and a sum of `n` terms taken one by one adds an error of
  `eps/2 * sqrt(n/3)` of its absolute value (the rounding errors of equal terms; it is less for any other order), hence
  the factor `growth(n) = 1 + sqrt(n)/4 + (n*eps)**1.5/(64*eps)` on each sum; the last term is for float32 sums so long
  that small squares vanish beside them: rounding to multiples of h changes the mean of squares of normal numbers by
  some `h**1.5/40` downwards (their density has a pole at zero), with `h = n*eps/2` half way;
* what the exact gradient moves when all inputs and grad_output move by `eps` of themselves, the largest of several
  seeded draws;
* what it moves when each statistic of the forward pass moves by `eps * growth(n)` of the sum of absolute values behind
  it: this is a mean saved in the dtype of the data, which costs `eps * |mean| / std`, a thousand eps for data far from
  zero, and still is arithmetic and not a wrong formula.

The last two are taken at their largest within a group, since an error of a statistic shifts all elements of a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import sympy as sp

from derive.calculus.numeric import ArrayEvaluation
from derive.checks.binding import Array
from derive.checks.mistakes.remembered import closed_forms
from derive.checks.problem import LARGE, Problem
from derive.language import Axis, Size, name_of

SIGMAS = 4.0
DRAWS = 3


def growth(terms: int, eps: float) -> float:
    """The rounding error of a sum of so many terms, in eps of the sum of their absolute values."""
    return float(1.0 + 0.25 * terms**0.5 + (terms * eps) ** 1.5 / (64 * eps))


@dataclass(frozen=True)
class Noise:
    """What rounding may do to one gradient; arrays broadcast against the data.

    Args:
        allowance: how far each element of a right kernel's result may be from the exact one.
        scale: per element, the sum of the absolute values of the terms.
        dims: the dimensions of the data along which the elements of one group lie.
    """

    allowance: Array
    scale: Array
    dims: tuple[int, ...]

    @property
    def group_scale(self) -> Array:
        """The largest scale of each group."""
        return cast(Array, self.scale.max(axis=self.dims, keepdims=True))


def noises(problem: Problem, right: ArrayEvaluation, eps: Mapping[str, float]) -> dict[str, Noise]:
    """The allowance for each gradient that has one; `eps` is the relative spacing of its numbers."""
    largest = max(eps.values())
    moved = list(_moved(problem, right, largest))
    found = {}
    for name in eps:
        grad = problem.derivation.backward.grad(name)
        true = right.tensor(grad)
        dims = tuple(d for d in range(true.ndim) if true.shape[d] > 1 and d not in problem.kept_dims)
        if true.shape != problem.shape:
            dims = ()  # of a smaller gradient each element is a group
        form = closed_forms(problem.derivation)[name]
        terms = [sp.Mul(*form.front, form.common) * term.expr for term in form.terms]
        scale = np.broadcast_to(_added(right, terms, None), true.shape)
        allowance = eps[name] * np.broadcast_to(_added(right, terms, largest), true.shape)
        for kind in moved:
            shift = np.zeros_like(allowance)
            for other in kind:
                change = np.abs(other.tensor(grad) - true)
                shift = np.maximum(shift, np.where(np.isfinite(change), change, 0))
            allowance = allowance + shift.max(axis=dims, keepdims=True) / _STEP[problem.dtype.itemsize]
        tiny = float(np.finfo(problem.dtype).tiny)
        found[name] = Noise(SIGMAS * allowance + tiny, scale, dims)
    return found


# The exact gradient is moved by more than one eps where eps is small: the rounding of the evaluation must not show.
_STEP = {4: 1.0, 8: 64.0}


def _moved(problem: Problem, right: ArrayEvaluation, eps: float) -> Iterator[list[ArrayEvaluation]]:
    """Evaluations of moved data: of the inputs together, then of each statistic alone."""
    step = eps * _STEP[problem.dtype.itemsize]
    rng = np.random.default_rng(4093)
    tensors = (*problem.graph.inputs, *problem.graph.buffers, problem.derivation.backward.grad_output)

    def signs(like: Array) -> Array:
        return rng.integers(0, 2, like.shape) * 2.0 - 1.0

    draws = []
    many = DRAWS if problem.size <= LARGE else 1
    for _ in range(many):
        values: dict[str, Any] = {}
        for tensor in tensors:
            value = right.tensor(tensor)
            values[name_of(tensor)] = value * (1 + step * signs(value))
        draws.append(right.altered(values=values))
    yield draws
    basis = problem.derivation.basis.fork()  # in which a deviation is one number, as it is for a kernel
    for equation in problem.graph.equations:
        if equation.over:
            value = right.tensor(equation.target)
            terms = int(np.prod([problem.shape[d] for d in right.dims_of(equation.over)], dtype=np.int64))
            moves = step * growth(terms, eps) * _magnitude(right, basis.enter(equation.value), None)
            yield [right.altered(values={equation.name: value + moves * signs(value)}) for _ in range(max(many - 1, 1))]


def _added(right: ArrayEvaluation, terms: list[sp.Expr], eps: float | None) -> Array:
    return cast(Array, sum(_magnitude(right, term, eps) for term in terms))


def _magnitude(right: ArrayEvaluation, expr: sp.Expr, eps: float | None) -> Array:
    """An expression with every term and summand by its absolute value, and with `growth` on sums if eps is given."""
    if isinstance(expr, sp.Indexed | sp.Symbol | sp.Rational) or isinstance(expr, Size):
        return np.abs(right(expr))
    args = [cast(sp.Expr, arg) for arg in expr.args]
    if isinstance(expr, sp.Sum):
        inner = _magnitude(right, cast(sp.Expr, expr.function), eps)
        over = right.dims_of(cast(Axis, limit[0]) for limit in expr.limits)
        sizes = inner.shape or (1,) * len(right.shape)
        full = [n if dim in over else sizes[dim] for dim, n in enumerate(right.shape)]
        total = np.broadcast_to(inner, full).sum(axis=over, keepdims=True)
        terms = int(np.prod([right.shape[d] for d in over], dtype=np.int64))
        return cast(Array, total if eps is None else total * growth(terms, eps))
    if isinstance(expr, sp.Add):
        return cast(Array, sum(_magnitude(right, arg, eps) for arg in args))
    if isinstance(expr, sp.Mul):
        result = _magnitude(right, args[0], eps)
        for arg in args[1:]:
            result = result * _magnitude(right, arg, eps)
        return result
    if isinstance(expr, sp.Pow) and expr.base != sp.E and expr.exp.is_Integer and expr.exp > 0:
        return _magnitude(right, args[0], eps) ** int(expr.exp)
    return np.abs(right(expr))
