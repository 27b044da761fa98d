"""Quantiles, means and the clock, on numbers whose answers are known; no test depends on how fast anything is."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from benchmarks.support import timing
from benchmarks.support.timing import Effort

PAUSE = 2.0**-9


class Clock:
    """A clock that only calls and pauses move, and what has been called."""

    def __init__(self) -> None:
        self.now = 0.0
        self.called: list[str] = []

    def call(self, name: str, seconds: float) -> Callable[[], None]:
        def run() -> None:
            self.now += seconds
            self.called.append(name)

        return run

    def monotonic(self) -> float:
        self.now += PAUSE / 4
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Its times are sums of powers of two, and so exact."""
    found = Clock()
    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: found.now, monotonic=found.monotonic))
    monkeypatch.setattr(timing, "PAUSE", PAUSE)
    return found


def test_the_low_quantile_is_one_of_the_values_and_ignores_interruptions() -> None:
    values = [5.0, 1.0, 2.0, 1000.0, 3.0, 4.0, 6.0, 7.0, 8.0, 1000.0]
    assert timing.quantile(values, timing.LOW) == 3.0
    assert timing.quantile(values, timing.HIGH) == 1000.0
    assert timing.quantile([2.0, 1.0], 1.0) == 2.0
    assert timing.quantile([7.0], timing.LOW) == timing.quantile([7.0], timing.HIGH) == 7.0
    with pytest.raises(ValueError, match="at least one"):
        timing.quantile([], 0.5)


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one() -> None:
    assert timing.geometric_mean([4.0, 0.25]) == pytest.approx(1.0, rel=4 * 2**-52)
    assert timing.geometric_mean([2.0, 4.0, 8.0]) == pytest.approx(4.0, rel=8 * 2**-52)
    for wrong in ([], [1.0, 0.0], [-1.0]):
        with pytest.raises(ValueError, match="above zero"):
            timing.geometric_mean(wrong)


def test_the_order_changes_from_round_to_round_and_is_the_same_in_every_run(clock: Clock) -> None:
    effort = Effort(least=20, most=20, seconds=0.0, burst=0.5)
    calls = {name: clock.call(name, 2.0) for name in "abcd"}
    timing.in_turns(calls, effort)
    called = list(clock.called)
    rounds = [tuple(called[place : place + 4]) for place in range(8, len(called), 4)]
    assert len(rounds) == 20 and all(sorted(one) == list("abcd") for one in rounds)
    assert len({one[0] for one in rounds}) == 4 and len(set(rounds)) > 10
    clock.called.clear()
    timing.in_turns(calls, effort)
    assert clock.called == called


def test_everyone_runs_once_a_round_in_turns(clock: Clock) -> None:
    """Pauses and calls that are not timed stay out of the numbers, which are exact here."""
    effort = Effort(least=3, most=3, seconds=0.0, burst=0.5)
    found = timing.in_turns({"slow": clock.call("slow", 2.0), "slower": clock.call("slower", 4.0)}, effort)
    assert found == {"slow": [2.0] * 3, "slower": [4.0] * 3}
    turns = clock.called[-6:]
    assert all(sorted(turns[place : place + 2]) == ["slow", "slower"] for place in (0, 2, 4))


def test_quick_calls_are_repeated_until_a_burst_is_long_enough(clock: Clock) -> None:
    effort = Effort(least=2, most=2, seconds=0.0, burst=2.0**-8)
    found = timing.in_turns({"quick": clock.call("quick", 2.0**-12)}, effort)
    assert found == {"quick": [2.0**-12] * 2}
    assert len(clock.called) == 2 + 2 * (1 + 16)  # to begin with, and in each round one that is not timed


@pytest.mark.parametrize(("seconds", "rounds"), [(0.0, 4), (1e6, 9), (6 * (0.5 + PAUSE), 6)])
def test_the_number_of_rounds_follows_from_the_time_there_is(clock: Clock, seconds: float, rounds: int) -> None:
    effort = Effort(least=4, most=9, seconds=seconds, burst=0.1)
    found = timing.in_turns({"it": clock.call("it", 0.5)}, effort)
    assert len(found["it"]) == rounds
    assert math.fsum(found["it"]) == 0.5 * rounds
