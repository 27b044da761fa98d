"""The clock: calls in turns, low quantiles, ratios.

Every call of a set runs once a round, so that whatever else the machine does meets all of them, and each time in
another order, so that what one leaves behind does not always meet the same one. A round is a burst of calls that lasts
long enough to be timed, after a short pause (threads of another library that still spin, waiting for work, give up; the
caller does not sleep, or the system may wake it beside its own threads, on one processor) and, for quick calls, one
call that is not timed (the caches hold its data again). What is reported is the 20th percentile of the rounds, which
interruptions do not reach as they reach a mean, and as spread how far the 80th lies above it.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LOW, HIGH = 0.2, 0.8
PAUSE = 0.012  # seconds; OpenMP's threads spin for less than that: 7.6 ms were the longest seen
SLOW = 0.02  # seconds: calls that bring their data back themselves


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds between `least` and `most`, about `seconds` in all, bursts of `burst` seconds."""

    least: int
    most: int
    seconds: float
    burst: float


USUAL = Effort(least=3, most=15, seconds=1.0, burst=0.004)  # in one of several processes
ALONE = Effort(least=5, most=25, seconds=2.0, burst=0.004)
QUICK = Effort(least=2, most=2, seconds=0.0, burst=0.0005)


def in_turns(calls: Mapping[str, Callable[[], object]], effort: Effort = USUAL) -> dict[str, list[float]]:
    """Seconds per call, one number for each round; of nothing, nothing."""
    if not calls:
        return {}
    single = {}
    for name, call in calls.items():
        call()  # the second after that of a check of the results: allocators have found their places by now
        single[name] = _timed(call, 1)
    repeats = {name: max(1, round(effort.burst / max(seconds, 1e-7))) for name, seconds in single.items()}
    untimed = {name: seconds < SLOW for name, seconds in single.items()}
    cost = sum(PAUSE + single[name] * (repeats[name] + untimed[name]) for name in calls)
    rounds = max(effort.least, min(effort.most, round(effort.seconds / cost)))
    found: dict[str, list[float]] = {name: [] for name in calls}
    order, draw = list(calls.items()), random.Random(0)
    for _ in range(rounds):
        draw.shuffle(order)
        for name, call in order:
            _pause()
            if untimed[name]:
                call()
            found[name].append(_timed(call, repeats[name]))
    return found


def _pause() -> None:
    """Let some time pass, and keep the processor: even to sleep for no time gives it away."""
    end = time.monotonic() + PAUSE
    while time.monotonic() < end:
        pass


def _timed(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which that share of the values lies; one of the values; ValueError without any."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("values: expected at least one, got none")
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def geometric_mean(ratios: Sequence[float]) -> float:
    """What ratios are averaged by: that of a ratio and its inverse is one. ValueError for none, or one not above 0."""
    if not ratios or min(ratios) <= 0:
        raise ValueError(f"ratios: expected at least one and all above zero, got {list(ratios)}")
    return math.exp(math.fsum(map(math.log, ratios)) / len(ratios))
