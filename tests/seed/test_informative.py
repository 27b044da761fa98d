"""With a cotangent that is not blind, both emitted kernels meet the seed's criterion, and wrong
ones do not.

``rtol=1e-2, atol=1e-5`` against central differences of step 1e-4, taken in float64 at the very same
float32 input. It is met with certainty, not by luck: all errors together stay below ``atol``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from .emitted import grad_input
from .seed_case import (
    ATOL,
    COUNT,
    EPS,
    GAMMA,
    MEMBERS,
    RTOL,
    SIZE,
    STEP,
    Dtype,
    Float64,
    X,
    close,
    contract_scale,
    cotangents,
    differences_float64,
    exact,
    forward_float64,
)

COTANGENTS = cotangents(200, seed=2067)
NUMERICAL = differences_float64(COTANGENTS, STEP)
EXACT = exact(COTANGENTS)
TRUNCATION: Float64 = exact(COTANGENTS, order=3) * STEP**2 / 6

# Float64 round-off of a difference. An output carries at most COUNT + 8 roundings of eps/2 of |x|
# or |y| size, where |x| <= 1.5, amplified by at most gamma * inv_std < 5; both losses have it, over
# a step of 2h.
OUTPUT_ERROR = (
    (COUNT + 8)
    * np.finfo(float).eps
    / 2
    * (1.5 * 5 + np.abs(forward_float64(X.ravel().astype(float))))
)
ROUNDOFF: Float64 = (np.abs(COTANGENTS) @ OUTPUT_ERROR / STEP)[:, None]


def kernel_bound(dtype: Dtype) -> Float64:
    """The accuracy contract."""
    return 2 * float(np.finfo(dtype).eps) * contract_scale(COTANGENTS)


def test_differences_are_as_good_as_predicted() -> None:
    """Truncation is ``h**2 / 6`` times the third derivative; the next order is 1e-7 of it."""
    assert np.all(
        np.abs(NUMERICAL - EXACT - TRUNCATION) <= ROUNDOFF + 1e-4 * np.abs(TRUNCATION).max()
    )
    # Truncation shows above the round-off, so its sign and factor are tested too.
    assert np.sqrt(np.mean((NUMERICAL - EXACT) ** 2)) > 20 * np.sqrt(
        np.mean((NUMERICAL - EXACT - TRUNCATION) ** 2)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_emitted_kernels_meet_the_criterion(dtype: Dtype) -> None:
    found = grad_input(COTANGENTS, dtype)
    assert np.all(np.abs(found - EXACT) <= kernel_bound(dtype))
    assert close(found, NUMERICAL).all()


def test_criterion_is_met_with_certainty() -> None:
    budget = kernel_bound(np.float32) + np.abs(TRUNCATION) + ROUNDOFF
    assert budget.max() < ATOL
    # And the cotangents are not blind: typically the gradient is far above atol.
    assert np.median(np.abs(EXACT)) > 1e4 * ATOL


@dataclass(frozen=True)
class Formula:
    """``gamma * inv_std * (direct*g + centre*mean(g) + along*x_norm*mean(g*x_norm))``, mutable."""

    direct: float = 1.0
    centre: float = -1.0
    along: float = -1.0
    count: int = COUNT
    power: float = -0.5  # of (var + eps)
    eps: float = EPS
    with_gamma: bool = True
    factor: float = 1.0
    element_negated: bool = False

    def __call__(self) -> Float64:
        g, x = COTANGENTS.astype(float), X.ravel().astype(float)
        found = np.empty((len(g), SIZE))
        for members, weight in zip(MEMBERS, GAMMA.astype(float), strict=True):
            part = g[:, members]
            deviation = x[members] - x[members].mean()
            inv_std = (np.mean(deviation**2) + self.eps) ** self.power
            x_norm = deviation * inv_std
            centre = self.centre * part.sum(axis=1, keepdims=True) / self.count
            along = self.along * x_norm * (part @ x_norm)[:, None] / self.count
            gamma = weight if self.with_gamma else 1.0
            found[:, members] = (
                self.factor * gamma * inv_std * (self.direct * part + centre + along)
            )
        if self.element_negated:
            found[:, 5] *= -1
        return found


RIGHT = Formula()
MUTANTS = {
    "direct term negated": replace(RIGHT, direct=-1.0),
    "direct term dropped": replace(RIGHT, direct=0.0),
    "direct term doubled": replace(RIGHT, direct=2.0),
    "mean term negated": replace(RIGHT, centre=1.0),
    "mean term dropped": replace(RIGHT, centre=0.0),
    "mean term doubled": replace(RIGHT, centre=-2.0),
    "variance term negated": replace(RIGHT, along=1.0),
    "variance term dropped": replace(RIGHT, along=0.0),
    "variance term doubled": replace(RIGHT, along=-2.0),
    "all negated": replace(RIGHT, factor=-1.0),
    "N - 1 for N": replace(RIGHT, count=COUNT - 1),
    "var for std": replace(RIGHT, power=-1.0),
    "gamma left out": replace(RIGHT, with_gamma=False),
    "one element negated": replace(RIGHT, element_negated=True),
    "3% too large": replace(RIGHT, factor=1.03),
}
SURVIVORS = {
    "eps left out": replace(RIGHT, eps=0.0),
    "1% too large": replace(RIGHT, factor=1.01),
}


def test_right_formula_passes() -> None:
    """So a mutant that fails, fails for its mutation."""
    assert close(RIGHT(), NUMERICAL).all()
    assert np.all(np.abs(RIGHT() - EXACT) <= kernel_bound(np.float64))


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_fails_for_every_cotangent(name: str) -> None:
    """No luck in that either: there is a failing element for each one of the 200."""
    assert not close(MUTANTS[name](), NUMERICAL).all(axis=1).any()


@pytest.mark.parametrize("name", SURVIVORS)
def test_survivor_differs_by_less_than_the_tolerance(name: str) -> None:
    """The check lets these two live because, and where, their mistake is smaller than ``atol + rtol
    * |gradient|``.

    Where an element of the gradient is near zero, leaving out eps may show. Neither has a chance
    against the known error of the differences, which the right formula stays within.
    """
    found = SURVIVORS[name]()
    slack = np.abs(found - EXACT) - (ATOL + RTOL * np.abs(EXACT))
    decided = np.abs(slack) > ROUNDOFF + 2 * np.abs(TRUNCATION).max()
    assert np.array_equal(close(found, NUMERICAL)[decided], slack[decided] < 0)
    assert close(found, NUMERICAL).all(axis=1).mean() > 0.9
    tight = ROUNDOFF + 2 * np.abs(TRUNCATION).max()
    assert np.all(np.abs(RIGHT() - NUMERICAL) <= tight)
    assert not np.any(np.all(np.abs(found - NUMERICAL) <= tight, axis=1))
