"""The supplied gradient as a combination of the terms of the closed form: which coefficient is off, and how surely.

Least squares in units of the allowance for rounding. The uncertainty is one standard deviation, from the scatter that
remains or, when that is smaller, from what rounding usually leaves; a coefficient that another one can stand in for is
called undetermined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from derive.checks.audit_case import Case, Compared
from derive.checks.audit_noise import SIGMAS
from derive.checks.binding import Array
from derive.checks.mistakes.remembered import closed_forms
from derive.checks.mistakes.words import label, unsigned

UNDETERMINED = 0.3  # a coefficient is expected to be 1 or -1; with this uncertainty it says nothing
MOST_GROUPS = 1024


@dataclass(frozen=True)
class Coefficient:
    """The fitted coefficient of one term; `sigma` is one standard deviation, infinite when it is not determined."""

    term: str
    value: float
    sigma: float
    expected: float

    @property
    def determined(self) -> bool:
        """Whether the data say anything about it."""
        return self.sigma <= UNDETERMINED

    @property
    def off(self) -> bool:
        """Whether it is clearly not what it should be."""
        return self.determined and abs(self.value - self.expected) > 5 * self.sigma


@dataclass(frozen=True)
class Fit:
    """All coefficients of one gradient.

    Args:
        front: the factors in front of all terms, as a formula.
        coefficients: one for each term.
        left: the share of the squared error that remains, in units of the allowance.
        groups: the groups whose own coefficients differ from those of the rest: where, and what they are.
    """

    front: str
    coefficients: tuple[Coefficient, ...]
    left: float
    groups: tuple[tuple[str, tuple[Coefficient, ...]], ...] = ()


def fit(case: Case, one: Compared) -> Fit | None:
    """The coefficients of a supplied gradient; None when it has too few finite elements."""
    form = closed_forms(case.problem.derivation)[one.name]
    front = sp.Mul(*form.front, form.common)
    # What stands in front of a single term is the term.
    alone = len(form.terms) == 1
    whole = [front * term.expr for term in form.terms]
    shown = [unsigned(front if alone else term.expr) for term in form.terms]
    use = one.usable & ~one.missing
    precision = np.where(use, 1 / np.where(use, one.noise.allowance, 1), 0)
    with np.errstate(all="ignore"):
        columns = [np.where(use, np.broadcast_to(case.right(t), one.true.shape) * precision, 0) for t in whole]
    target = one.error * precision
    x = np.stack([c.astype(np.float64).ravel() for c in columns], axis=-1)
    y = target.astype(np.float64).ravel()
    kept = use.ravel()
    if kept.sum() < len(whole):
        return None
    values, sigmas, left = _solve(x[None], y[None], kept[None], one.eps)
    made = tuple(
        Coefficient(label(expr), sign * (1 + float(v)), float(s), float(sign))
        for (sign, expr), v, s in zip(shown, values[0], sigmas[0], strict=True)
    )
    before = float(y @ y)
    share = float(left[0]) / before if before > 0 else 0.0
    groups = _deviating(case, one, x, y, kept, made) if one.noise.dims else ()
    return Fit("" if alone else label(front), made, share, groups)


def _solve(x: Array, y: Array, use: Array, eps: float) -> tuple[Array, Array, Array]:
    """Least squares for every group: what is added to each coefficient, its uncertainty, what is left."""
    length = np.sqrt(np.einsum("kni,kni->ki", x, x))
    unit = x / np.where(length > 0, length, 1)[:, None, :]
    normal = np.einsum("kni,knj->kij", unit, unit)
    inverse = np.linalg.pinv(normal, rcond=1e-9, hermitian=True)
    change = np.einsum("kij,knj,kn->ki", inverse, unit, y)
    rest = y - np.einsum("kni,ki->kn", unit, change)
    left = np.einsum("kn,kn->k", rest, rest)
    free = np.maximum(use.sum(axis=1) - x.shape[2], 1)
    spread = np.maximum(np.sqrt(left / free), 1 / (4 * SIGMAS))
    # Along a direction that the terms do not span together nothing is known at all.
    values, vectors = np.linalg.eigh(normal)
    blind = np.einsum("kij,kj->ki", vectors**2, (values < 1e-9 * values[:, -1:]).astype(float)) > 1e-3
    variance = np.where(blind | (length == 0), np.inf, np.einsum("kii->ki", inverse))
    safe = np.where(length > 0, length, 1)
    sigma = np.hypot(spread[:, None] * np.sqrt(np.maximum(variance, 0)) / safe, SIGMAS * eps)
    return change / safe, sigma, left


def _deviating(
    case: Case, one: Compared, x: Array, y: Array, use: Array, overall: tuple[Coefficient, ...]
) -> tuple[tuple[str, tuple[Coefficient, ...]], ...]:
    """The groups whose coefficients are clearly not those of most others."""
    shape, dims = one.true.shape, case.problem.kept_dims
    count = int(np.prod([shape[d] for d in dims], dtype=np.int64))
    if not 2 <= count <= MOST_GROUPS:
        return ()
    terms = len(overall)

    def grouped(values: Array, tail: tuple[int, ...]) -> Array:
        whole = np.moveaxis(values.reshape(*shape, *tail), dims, range(len(dims)))
        return whole.reshape(count, -1, *tail)

    xs, ys, uses = grouped(x, (terms,)), grouped(y, ()), grouped(use, ())
    if xs.shape[1] < terms + 2:
        return ()
    values, sigmas, _ = _solve(xs, ys, uses, one.eps)
    values = np.where(sigmas <= UNDETERMINED, values, np.nan)
    with np.errstate(all="ignore"):
        usual = np.array([np.median(v[np.isfinite(v)]) if np.isfinite(v).any() else 0.0 for v in values.T])
        off = np.abs(values - usual) > np.maximum(6 * sigmas, 1e-3)
    chosen = np.flatnonzero(off.any(axis=1))
    if not 0 < len(chosen) <= count // 2:
        return ()
    found = []
    for k in chosen:
        place = np.unravel_index(k, [shape[d] for d in dims])
        where = ", ".join(f"index {i} of dimension {d}" for d, i in zip(dims, place, strict=True))
        made = tuple(
            Coefficient(c.term, c.expected * (1 + float(v)), float(s), c.expected)
            for c, v, s in zip(overall, np.nan_to_num(values[k]), sigmas[k], strict=True)
        )
        found.append((where, made))
    return tuple(found)


