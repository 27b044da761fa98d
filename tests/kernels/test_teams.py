"""Threads of the NumPy target that work on one chunk together, because there are fewer chunks than threads."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.contract import DTYPES

SHAPE = (64, 1, 60, 60)  # one channel, of which a module in blocks has several slabs


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", targets.IN_BLOCKS)


def results(module: Any, dtype: Any, threads: int, shape: tuple[int, ...] = SHAPE) -> list[bytes]:
    random = np.random.default_rng(0)
    x, g = (random.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma = random.standard_normal(shape[1]).astype(dtype)
    y, saved = module.forward(x, gamma, gamma, threads=threads)
    gradients = module.backward(g, x, gamma, saved=saved, threads=threads)
    again = module.backward(g, x, gamma, threads=threads)
    return [a.tobytes() for a in (y, *saved[:4], *gradients, *again)]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_bits_do_not_depend_on_the_team(module: Any, dtype: Any, channels: int) -> None:
    shape = (SHAPE[0], channels, *SHAPE[2:])
    alone = results(module, dtype, 1, shape)
    for threads in (2, 3, 5, 8, 64):
        assert results(module, dtype, threads, shape) == alone, f"{threads} threads"


def test_a_chunk_is_shared_only_where_threads_would_be_left_without_one(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    team = module._Team

    def spy(size: int) -> Any:
        sizes.append(size)
        return team(size)

    monkeypatch.setattr(module, "_Team", spy)
    ran: list[tuple[int, int]] = []

    def work(items: list[int], member: Any) -> None:
        ran.extend((item, member._number) for item in items)

    for items, threads, pieces, expected in (
        (1, 2, 4, [2]),
        (1, 8, 4, [4]),
        (3, 2, 4, [2]),
        (3, 8, 4, [4, 4]),
        (2, 2, 4, [1, 1]),  # equally many for each
        (9, 2, 4, [1, 1]),  # nearly so
        (1, 8, 1, [1]),  # one slab
        (5, 1, 4, [1]),
    ):
        sizes.clear()
        ran.clear()
        module._run(work, range(items), threads, pieces)
        assert sizes == expected, f"{items} chunks of {pieces} slabs, {threads} threads"
        size = expected[0]
        assert sorted(ran) == [(item, number) for item in range(items) for number in range(size)]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_the_failure_of_one_thread_is_told_and_nobody_waits_for_it(module: Any, failing: int) -> None:
    class Trouble(Exception):
        pass

    def work(items: list[int], member: Any) -> None:
        if member._number == failing:
            raise Trouble(f"thread {failing}")
        member.values(module._Sum())

    before = threading.active_count()
    with pytest.raises(Trouble, match=f"thread {failing}"):
        module._run(work, range(1), 3, 3)
    assert threading.active_count() == before


def test_no_thread_can_be_started(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    pool = module.ThreadPoolExecutor

    class Reluctant(pool):  # type: ignore[misc, valid-type]
        def submit(self, *task: Any, **more: Any) -> Any:
            if started:
                raise RuntimeError("can't start new thread")
            started.append(1)
            return super().submit(*task, **more)

    monkeypatch.setattr(module, "ThreadPoolExecutor", Reluctant)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        results(module, np.float32, 3)
