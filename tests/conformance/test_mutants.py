"""Wrong kernels through the very code that checks the right one: all of them must be caught.

For every pair of mutant and case, either the check fails, or the exact gradients of the mutant
differ from the right ones by less than that case's tolerance; and every mutant is caught by at
least one case in each dtype in which it is wrong at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import data, numeric, oracles
from tests.support.contract import DTYPES, BatchNorm
from tests.support.data import CaseSpec
from tests.support.mutants import (
    GRADIENT_MUTANTS,
    GradientMutant,
    closed_form,
    right,
    survives_because,
)
from tests.support.numeric import Trial

CASES: tuple[CaseSpec, ...] = (
    *data.SMALL,
    *data.HOSTILE,
    *data.ONE_ELEMENT,
    data.find("7x7 images"),
    data.find("digits as columns"),
)
LARGE = data.find("400000 per channel, NCHW")

# These are right in float32 by construction: it saves no mean_low.
HARMLESS = {("mean_low left out", "float32")}


def caught(mutant: GradientMutant, kernel: BatchNorm, on: Trial) -> bool:
    """Whether the accuracy check fails; where it does not, the reason must hold."""
    try:
        numeric.gradients_accurate(mutant.make(kernel), on)
    except AssertionError:
        return True
    # The mutant is a kernel, too: it may be off from its exact self by a kernel's tolerance.
    slack = {name: getattr(on.allowed, f"grad_{name}") for name in ("input", "gamma", "beta")}
    survives_because(on, mutant.exact(on), slack)
    return False


@pytest.fixture(scope="module")
def trials() -> dict[str, list[Trial]]:
    return {
        str(dtype): [
            numeric.trial(spec.build(dtype)) for spec in CASES if oracles.checkable(spec.size)
        ]
        for dtype in DTYPES
    }


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("mutant", GRADIENT_MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_caught(
    kernel: BatchNorm, trials: dict[str, list[Trial]], mutant: GradientMutant, dtype: Any
) -> None:
    killers = [on.case.name for on in trials[str(dtype)] if caught(mutant, kernel, on)]
    print(f"\n{mutant.name}[{dtype}]: {len(killers)} of {len(trials[str(dtype)])} cases catch it")
    assert bool(killers) is ((mutant.name, str(dtype)) not in HARMLESS)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_right_kernel_passes_where_mutants_are_caught(
    kernel: BatchNorm, trials: dict[str, list[Trial]], dtype: Any
) -> None:
    """The other half: a suite that fails everything would catch every mutant."""
    for on in trials[str(dtype)]:
        numeric.gradients_accurate(kernel, on)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_hostile_data_catch_a_float32_mean(
    kernel: BatchNorm, trials: dict[str, list[Trial]], dtype: Any
) -> None:
    """Each of the cases of mean 1e4 does, alone: this is what they are there for."""
    mutant = next(m for m in GRADIENT_MUTANTS if m.name == "mean saved in float32")
    hostile = [on for on in trials[str(dtype)] if on.case.name.startswith("mean 1e4")]
    assert len(hostile) == 3 or not oracles.LONGDOUBLE_IS_WIDE
    assert all(caught(mutant, kernel, on) for on in hostile)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_one_wrong_element_among_a_million(kernel: BatchNorm, dtype: Any) -> None:
    on = numeric.prepared(LARGE, dtype)
    mutant = next(m for m in GRADIENT_MUTANTS if m.name == "one wrong element")
    assert caught(mutant, kernel, on)
    with pytest.raises(AssertionError, match=f"in 1 of {on.case.x.size} elements"):
        numeric.gradients_accurate(mutant.make(kernel), on)


def test_the_closed_form_is_the_staged_chain_rule(trials: dict[str, list[Trial]]) -> None:
    """The exact gradients of the mutants start from a formula that is itself right."""
    for on in trials["float64"]:
        closed, staged = closed_form(on), right(on)
        for name, values in closed.items():
            allowed = getattr(on.allowed, f"grad_{name}")
            assert (abs(values - staged[name]).astype(np.float64) <= 0.05 * allowed).all(), (
                on.case.name,
                name,
            )


def test_blind_cotangents_are_where_mutants_live(
    kernel: BatchNorm, trials: dict[str, list[Trial]]
) -> None:
    """A constant grad_output has no input gradient, so it cannot see a 1% error in it."""
    mutant = GRADIENT_MUTANTS[0]
    blind = [on for on in trials["float64"] if on.case.name.startswith("coherent 1/count")]
    assert blind or not oracles.LONGDOUBLE_IS_WIDE
    assert not any(caught(mutant, kernel, on) for on in blind)
