"""A smaller case in which the mistakes of a large one can be looked for: some of its groups, each of them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from derive.calculus.mutants import Mutant
from derive.checks.audit_case import Case, make_case
from derive.checks.binding import Array
from derive.checks.problem import AnyMutant, bind
from derive.language import Axis, name_of

FOCUS = 100_000  # elements; a hundred mistakes are evaluated there in seconds


def focus(case: Case) -> Case:
    """The case itself, or a part of its groups when it is large and the groups do not depend on each other.

    Wrong groups come first. Gradients that add up over groups are left out of the part; when one of them is wrong, all
    data are needed.
    """
    problem = case.problem
    if problem.size <= FOCUS or not problem.kept_dims:
        return case
    dim = max(problem.kept_dims, key=lambda d: problem.shape[d])
    axis = next(name for name, dims in problem.dims.items() if dim in dims)
    whole = [name for name, one in case.compared.items() if one.true.shape[dim] == problem.shape[dim]]
    if not whole or any(name not in whole for name in case.disagreeing) or problem.shape[dim] == 1:
        return case
    many = max(1, FOCUS * problem.shape[dim] // problem.size)
    chosen = _chosen(case, whole, dim, many)
    if len(chosen) >= problem.shape[dim]:
        return case
    tensors = {name_of(t): t for t in (*problem.graph.inputs, *problem.graph.buffers)}

    def part(dims: tuple[int, ...], values: Array) -> Array:
        return np.take(values, chosen, axis=dims.index(dim)) if dim in dims else values

    arrays = {
        name: None if name in problem.absent else part(problem.binding.declared_dims(tensors[name]), values)
        for name, values in problem.arrays.items()
    }
    seed = problem.derivation.backward.grad_output
    shape = tuple(len(chosen) if d == dim else n for d, n in enumerate(problem.shape))
    smaller = bind(
        problem.derivation,
        problem.interface,
        arrays,
        problem.constants,
        training=problem.training,
        binding=replace(problem.binding, shape=shape),
    )
    supplied = {}
    for name in whole:
        one = case.compared[name]
        declared = problem.binding.declared(tensors[name], one.given).astype(_dtype(one.eps))
        supplied[name] = part(problem.binding.declared_dims(tensors[name]), declared)
    assert axis in smaller.dims
    return make_case(smaller, part(problem.binding.declared_dims(seed), case.grad_output), supplied)


def mixing_groups(
    case: Case, smaller: Case, mutants: Sequence[AnyMutant]
) -> tuple[list[AnyMutant], list[AnyMutant]]:
    """The mutants that need all groups, because they sum over an axis that a part was taken of, and the others."""
    if smaller is case:
        return [], list(mutants)
    full, part = case.problem.shape, smaller.problem.shape
    cut = {name for name, dims in case.problem.dims.items() if any(full[d] != part[d] for d in dims)}
    mixing: list[AnyMutant] = [m for m in mutants if isinstance(m, Mutant) and _sums_over(m, cut, case)]
    return mixing, [m for m in mutants if m not in mixing]


def _sums_over(mutant: Mutant, cut: set[str], case: Case) -> bool:
    known = set(case.problem.derivation.equations)
    for equation in mutant.equations:
        if equation not in known:
            summed = {axis.name for axis in equation.over}
            summed |= {str(limit[0]) for total in equation.summand.atoms(sp.Sum) for limit in total.limits}
            if summed & cut:
                return True
    return False


def _chosen(case: Case, whole: list[str], dim: int, many: int) -> list[int]:
    """Indices along a dimension: wrong ones and others, in equal parts as far as there are any."""
    count = case.problem.shape[dim]
    bad = np.zeros(count, dtype=bool)
    for name in whole:
        wrong = case.compared[name].wrong
        bad |= wrong.any(axis=tuple(d for d in range(wrong.ndim) if d != dim))
    wrong_ones, right_ones = list(np.flatnonzero(bad)), list(np.flatnonzero(~bad))
    first = wrong_ones[: max(many - min(len(right_ones), many // 2), 1)]
    return sorted(int(k) for k in (*first, *right_ones[: many - len(first)]))


def _many(axes: tuple[Axis, ...], name: str) -> bool:
    return next(axis for axis in axes if axis.name == name).many


def _dtype(eps: float) -> Any:
    return np.float32 if eps > 1e-10 else np.float64
