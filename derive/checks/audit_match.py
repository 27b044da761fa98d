"""Which mistake explains a wrong gradient: every mutant's exact gradients beside the supplied ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from derive.calculus.mutants import Mutant
from derive.checks.audit_case import Case, Compared
from derive.checks.audit_noise import SIGMAS
from derive.checks.binding import Array
from derive.checks.problem import AnyMutant

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Score:
    """How far one mutant is from what was supplied.

    Args:
        case: what it was compared with.
        mutant: the mistake.
        misfit: for each gradient, per group, the largest distance in units of the allowance.
        spread: for each gradient the root of the mean square of that distance.
        left: for each gradient the share of the squared error that the mutant leaves.
        shown: the largest distance of the mutant from the right gradient, in units of what these data would show.
    """

    case: Case
    mutant: AnyMutant
    misfit: dict[str, Array]
    spread: dict[str, float]
    left: dict[str, float]
    shown: float

    @property
    def gradients(self) -> dict[str, Array]:
        """The mutant's gradients, computed again: all of them together would not fit into memory."""
        return gradients_of(self.case, self.mutant) or {}

    def explains(self, names: Sequence[str]) -> bool:
        """Whether nothing but rounding is left of these gradients."""
        return all(float(self.misfit[name].max()) <= 1 for name in names)

    def total(self, names: Sequence[str]) -> float:
        """How much is left of these gradients together, in units of the allowance."""
        return max(self.spread[name] for name in names)


def scores(
    case: Case, mutants: Sequence[AnyMutant], limits: Mapping[str, float], progress: Progress = lambda _, __: None
) -> list[Score]:
    """Every mutant's distance from the supplied gradients.

    Args:
        case: the data and the gradients.
        mutants: the mistakes.
        limits: for each gradient, in units of what its terms add up to, the error from which on it would not have
            agreed, even where rounding may cause more.
        progress: told how many mutants are done, and of how many.
    """
    found = []
    for k, mutant in enumerate(mutants):
        progress(k, len(mutants))
        gradients = gradients_of(case, mutant)
        if gradients is not None:
            found.append(_score(case, mutant, gradients, limits))
    return found


def gradients_of(case: Case, mutant: AnyMutant) -> dict[str, Array] | None:
    """A mutant's gradients for the supplied ones' inputs, shaped to broadcast; None when it has none at this shape."""
    problem, right = case.problem, case.sketch
    with np.errstate(all="ignore"):
        if isinstance(mutant, Mutant):
            evaluation = right.altered(mutant.equations)
        else:
            evaluation = problem.without(mutant, right)
        found = {}
        for name, one in case.compared.items():
            value = evaluation.tensor(problem.derivation.backward.grad(name))
            try:
                value = np.broadcast_to(value, one.true.shape)
            except ValueError:
                return None
            if not isinstance(mutant, Mutant) and not mutant.written and one.true.shape == problem.shape:
                value = np.where(mutant.present, value, value.dtype.type(0))
            found[name] = value
    return found


def allowance_of(one: Compared, value: Array) -> Array:
    """The allowance for a mutant's gradient: in proportion where it is larger than anything in the right one."""
    largest = one.per_group(np.where(np.isfinite(value), np.abs(value), 0))
    scale = one.noise.group_scale
    ratio = np.where(scale > 0, largest / np.where(scale > 0, scale, 1), 1)
    return cast(Array, one.noise.allowance * np.maximum(ratio, 1) + SIGMAS * one.eps * np.abs(np.nan_to_num(value)))


def distance(one: Compared, value: Array, other: Array) -> Array:
    """How far two versions of a gradient are apart, in units of the allowance; not finite is like not finite."""
    with np.errstate(all="ignore"):
        apart = np.abs(value - other) / allowance_of(one, value)
        both = ~np.isfinite(value) & ~np.isfinite(other)
        apart = np.where(both, 0, np.where(np.isfinite(apart), apart, np.inf))
    return np.where(one.usable, apart, 0).astype(np.float64)


def _score(case: Case, mutant: AnyMutant, gradients: dict[str, Array], limits: Mapping[str, float]) -> Score:
    misfit, spread, left, shown = {}, {}, {}, 0.0
    for name, one in case.compared.items():
        value = gradients[name]
        apart = distance(one, value, one.given)
        misfit[name] = one.per_group(apart)
        with np.errstate(all="ignore"):
            spread[name] = float(np.sqrt((apart**2).mean()))
            precision = np.where(one.usable & ~one.missing, 1 / one.noise.allowance, 0)
            before = float((np.where(precision > 0, one.error * precision, 0) ** 2).sum())
            after = float((np.where(precision > 0, (one.given - value) * precision, 0) ** 2).sum())
            left[name] = after / before if before > 0 and np.isfinite(after) else float("inf")
            limit = np.minimum(one.noise.allowance, limits.get(name, np.inf) * one.noise.group_scale)
            shift = np.abs(value - one.true) / np.maximum(limit, np.finfo(np.float64).tiny)
            shown = max(shown, float(np.where(one.usable, np.where(np.isfinite(shift), shift, np.inf), 0).max()))
    return Score(case, mutant, misfit, spread, left, shown)
