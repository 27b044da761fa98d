"""How often the verdicts are right; `benchmarks/check_rates.py` runs the same cases by the thousand."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.check_rates import MutantOutcome, mutant_outcomes, right_outcomes

# Seeds of their own, so that these are other cases than the benchmark's.
SEED, COUNT = 41, 60


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_right_kernel_disagrees() -> None:
    """On any data; and where neither data nor cotangent is in the way, nearly all agree."""
    outcomes = list(right_outcomes(SEED, COUNT))
    assert [one.name for one in outcomes if one.verdict == "disagrees"] == []
    kind = [one for one in outcomes if not one.hostile and not one.blind]
    assert len(kind) >= 10
    assert sum(one.verdict == "agrees" for one in kind) >= 0.95 * len(kind)


@pytest.fixture(scope="module")
def wrong() -> list[MutantOutcome]:
    """Mutants that the check is asked to notice; those closer than that are left out."""
    return [one for one in mutant_outcomes(SEED, COUNT) if one.distance > one.required]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_mutant_agrees(wrong: list[MutantOutcome]) -> None:
    assert len(wrong) >= 0.8 * COUNT
    assert [one.name for one in wrong if one.verdict == "agrees"] == []
    plain = [one for one in wrong if not one.hostile and not one.blind]
    assert len(plain) >= 10
    assert sum(one.verdict == "disagrees" for one in plain) >= 0.95 * len(plain), Counter(o.verdict for o in plain)


def test_the_audit_names_them(wrong: list[MutantOutcome]) -> None:
    plain = [one for one in wrong if not one.hostile and not one.blind]
    misnamed = [f"{one.name} called {one.called}" for one in plain if not one.named]
    assert len(misnamed) <= 0.1 * len(plain), misnamed
