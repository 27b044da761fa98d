"""Derivations with one deliberate mistake, from ``derive``, through the same check.

A mutant is the chain rule's own result with a contribution dropped, doubled or altered; it is
evaluated in longdouble and rounded to the dtype, as the kernel of a wrong derivation would be at
its best. This file is the only one in this folder that imports ``derive``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive import derive_backward
from derive.calculus.mutants import mutants
from tests.support import data, numeric, oracles
from tests.support.arrays import to_channels
from tests.support.contract import DTYPES, Array
from tests.support.data import Case, CaseSpec
from tests.support.mutants import Exact, Found, survives_because
from tests.support.numeric import Trial

pytestmark = pytest.mark.skipif(
    not oracles.LONGDOUBLE_IS_WIDE,
    reason=f"mutants are evaluated in longdouble, which has {oracles.LONGDOUBLE_BITS} bits here",
)

BACKWARD = derive_backward("batch_norm")
MUTANTS: list[Any] = list(mutants(BACKWARD))
EQUIVALENT: list[Any] = list(mutants(BACKWARD, equivalent=True))

CASES: tuple[CaseSpec, ...] = (
    *data.SMALL[:9],
    *(data.find(name) for name in (
        "two per channel", "257 rows", "mean 1e4, deviation 0.1, last", "constant channels",
        "grad_output of mean 100", "very different channels", "tiny deviations", "outliers",
        "coherent 0.1",
    )),
)  # fmt: skip


def binding(case: Case) -> dict[str, tuple[int, ...]]:
    """Which array dimensions are the batch, channel and spatial axes of the derivation."""
    channel = case.axis % case.x.ndim
    others = [dim for dim in range(case.x.ndim) if dim != channel]
    return {"n": (others[0],), "c": (channel,), "s": tuple(others[1:])}


def gradients(mutant: Any, case: Case) -> dict[str, Array]:
    """The adaptor: everything this file knows about the interface of a mutant."""
    assert case.gamma is not None
    beta = np.zeros_like(case.gamma) if case.beta is None else case.beta
    inputs = {"x": case.x, "gamma": case.gamma, "beta": beta}
    with np.errstate(all="ignore"):  # leaving out eps divides by zero: NaN, which is caught
        found: dict[str, Array] = mutant.gradients(
            inputs, case.grad_output, {"eps": case.eps}, binding(case)
        )
    return found


def outcome(mutant: Any, on: Trial) -> bool:
    """Whether the check catches the mutant; where it does not, the reason must hold."""
    found, case = gradients(mutant, on.case), on.case
    rounded = {name: np.asarray(value).astype(case.x.dtype) for name, value in found.items()}
    try:
        numeric.check_gradients(Found(rounded["x"], rounded["gamma"], rounded["beta"]), on)
    except AssertionError:
        return True
    exact: Exact = {
        "input": to_channels(found["x"], case.axis),
        "gamma": found["gamma"].reshape(-1, 1),
        "beta": found["beta"].reshape(-1, 1),
    }
    half = on.eps / 2  # one rounding to the dtype is all that separates it from its exact self
    slack = {name: half * abs(value).astype(np.float64) for name, value in exact.items()}
    survives_because(on, exact, slack)
    return False


def resolved(on: Trial) -> bool:
    """Whether one longdouble can hold the mean for this case: the mutants have no mean_low, and
    float64 data of mean 1e4 and deviation 0.1 would show that as a mistake of its own."""
    unit = float(np.finfo(np.longdouble).eps)
    far = float((abs(on.reference.mean) * on.reference.inv_std).max())
    return far * unit < on.eps


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    drawn = [numeric.trial(spec.build(dtype)) for dtype in DTYPES for spec in CASES]
    return [on for on in drawn if resolved(on)]


def test_there_are_mutants() -> None:
    """Dropped, doubled, negated contributions, and the classic mistakes."""
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) >= 10
    assert EQUIVALENT, "dropping the vanishing term should be here"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.name))
def test_every_derivation_mutant_is_caught(trials: list[Trial], mutant: Any) -> None:
    """In both dtypes, by at least one case; the others must be unable to see it."""
    for dtype in DTYPES:
        chosen = [on for on in trials if on.case.x.dtype == dtype]
        killers = [on.case.name for on in chosen if outcome(mutant, on)]
        print(f"\n{mutant.name}[{dtype}]: {len(killers)} of {len(chosen)} cases catch it")
        assert killers, f"{mutant.name}: {mutant.description}"


@pytest.mark.parametrize("mutant", EQUIVALENT, ids=lambda mutant: str(mutant.name))
def test_mistakes_that_change_nothing_pass(trials: list[Trial], mutant: Any) -> None:
    """The contribution of var to grad_mean is zero (the theorem of the vanishing term): nothing
    can catch a mistake in it, and a check that did would be wrong itself."""
    for on in trials:
        assert not outcome(mutant, on), on.case.name
