"""How much of a cotangent lies in the directions that a layer's theorems say are blind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import sympy as sp

from derive.checks.binding import Array
from derive.checks.mistakes.remembered import closed_forms
from derive.checks.problem import Problem
from derive.language import name_of
from derive.proofs.theorem import Claim

SUPPRESSED = 0.1  # a direction is nearly blind when the gradient is below this share of what it would be uncancelled


@dataclass(frozen=True)
class BlindDirection:
    """A cotangent that a theorem speaks about: `gradient` is the input whose gradient is zero or suppressed."""

    claim: str
    gradient: str
    share: float


@dataclass(frozen=True)
class BlindShare:
    """The share of the squared norm of a cotangent that lies in blind directions.

    Args:
        overall: over all elements, from 0 to 1.
        groups: the same per group, with the dimensions of the data (one where an axis is summed over).
        directions: the share of each theorem, in their order; what an earlier one holds is not counted again.
    """

    overall: float
    groups: Array
    directions: tuple[BlindDirection, ...]


def blind_share(problem: Problem, grad_output: Array, claims: Iterable[object]) -> BlindShare:
    """How much of grad_output is blind, with one free coefficient per group and direction.

    Args:
        problem: the layer at its data.
        grad_output: the cotangent.
        claims: the layer's claims; those of the form "given grad_output = expression, the gradient is ..." count where
            the gradient of an input is indeed suppressed at these data.
    """
    seed = problem.derivation.backward.grad_output
    over = tuple(dim for dim in range(len(problem.shape)) if dim not in problem.kept_dims)
    rest = np.broadcast_to(problem.binding.lined_up(seed, grad_output), problem.shape).astype(problem.real)
    if not np.isfinite(rest).all():
        rest = np.where(np.isfinite(rest), rest, 0)
    whole = (rest**2).sum(axis=over, keepdims=True)
    total, found = float(whole.sum()), np.zeros_like(whole)
    basis: list[Array] = []
    directions = []
    for claim in claims:
        gradient, direction = _direction(problem, claim)
        if gradient is None or direction is None:
            continue
        before = (direction**2).sum(axis=over, keepdims=True)
        for unit in basis:
            direction = direction - unit * (direction * unit).sum(axis=over, keepdims=True)
        norm = (direction**2).sum(axis=over, keepdims=True)
        usable = norm > 1e-12 * before
        unit = np.where(usable, direction / np.sqrt(np.where(usable, norm, 1)), 0)
        basis.append(unit)
        share = (rest * unit).sum(axis=over, keepdims=True) ** 2
        found = found + share
        directions.append(BlindDirection(str(getattr(claim, "name", "")), gradient, _ratio(float(share.sum()), total)))
    groups = np.where(whole > 0, found / np.where(whole > 0, whole, 1), 0).astype(np.float64)
    return BlindShare(_ratio(float(found.sum()), total), groups, tuple(directions))


def _ratio(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole > 0 else 0.0


def _direction(problem: Problem, claim: object) -> tuple[str | None, Array | None]:
    """The gradient and the cotangent that a claim speaks about, if the one suppresses the other at these data."""
    derivation = problem.derivation
    seed = derivation.backward.grad_output
    if not isinstance(claim, Claim) or len(claim.given) != 1 or claim.given[0][0] != seed:
        return None, None
    gradient = next((n for n in problem.names if derivation.backward.grad(n) == claim.lhs), None)
    if gradient is None:
        return None, None
    form = closed_forms(derivation)[gradient]
    with np.errstate(all="ignore"):
        value = np.broadcast_to(problem.forward(claim.given[0][1]), problem.shape)
        found = problem.forward.altered(values={name_of(seed): value})
        shown = np.abs(found.tensor(claim.lhs)).max()
        uncancelled = np.abs(found(sp.Mul(*form.front, form.common) * form.terms[0].expr)).max()
    if not np.isfinite(value).all() or not shown <= SUPPRESSED * uncancelled:
        return None, None
    return gradient, value
