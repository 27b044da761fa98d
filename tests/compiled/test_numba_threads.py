"""How the threads of a Numba module share the work of a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.support import targets

pytest.importorskip("numba")

# Blocks of lanes, parts of one block in turn, and one block that nobody can share.
SHAPES = ((16, 256, 14, 14), (4, 1, 200, 200), (3, 1, 2, 2))


@pytest.fixture(scope="module")
def module() -> Any:
    return targets.module("batch_norm", "numba")


def call(module: Any, shape: tuple[int, ...]) -> Callable[[int], tuple[Any, ...]]:
    """The forward and the backward pass of the same data on so many threads."""
    rng = np.random.default_rng(5)
    x, grad_output = (rng.standard_normal(shape, np.float32) for _ in range(2))
    gamma = rng.standard_normal(shape[1], np.float32)

    def with_threads(threads: int) -> tuple[Any, ...]:
        y, saved = module.forward(x, gamma, threads=threads)
        return (y, *module.backward(grad_output, x, gamma, saved=saved, threads=threads))

    return with_threads


def assert_same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def pool(module: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """A setter of the pool that the module takes threads from; there are as many processors as are asked for."""
    monkeypatch.setattr(module, "_processors", lambda: 8)
    yield lambda found: monkeypatch.setattr(module, "_pool", lambda: found)


class Absent:
    """A pool without a thread."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Any, ...]] = []

    def submit(self, *task: Any) -> Future[None]:
        self.tasks.append(task)
        return Future()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_nobody_is_waited_for_who_does_not_come(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    run, absent = call(module, shape), Absent()
    alone = run(1)
    pool(absent)
    assert_same(run(3), alone)
    assert bool(absent.tasks) == (shape != SHAPES[-1])


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
def test_who_comes_late_writes_nothing(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    run, absent = call(module, shape), Absent()
    pool(absent)
    found = run(3)
    kept = [array.copy() for array in found]
    for task, *arguments in absent.tasks:
        task(*arguments)
    assert_same(found, tuple(kept))


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
def test_others_do_a_part_of_the_work(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    """The thread that calls begins when the others have done all they could: the bits are the same."""
    run = call(module, shape)
    alone = run(1)

    class Eager(ThreadPoolExecutor):
        def submit(self, *task: Any) -> Any:  # type: ignore[override]
            future = super().submit(*task)
            future.result()
            return future

    with Eager(2) as eager:
        pool(eager)
        assert_same(run(3), alone)


def test_more_calls_at_once_than_there_are_threads(module: Any, pool: Any) -> None:
    """Threads that do not get one of the pool's do all of their own work, phase after phase."""
    runs = [call(module, shape) for shape in SHAPES[:2] * 4]
    alone = [run(1) for run in runs]
    with ThreadPoolExecutor(1) as small, ThreadPoolExecutor(len(runs)) as callers:
        pool(small)
        for _ in range(5):
            for found, expected in zip(callers.map(lambda run: run(3), runs), alone, strict=True):
                assert_same(found, expected)


def test_an_error_of_another_thread_is_raised_by_who_waits_for_it(module: Any) -> None:
    failed: Future[None] = Future()
    failed.set_exception(MemoryError("no memory for the other one"))
    with pytest.raises(MemoryError, match="the other one"):
        module._work(lambda: False, (), [Future(), failed])


def test_a_thread_that_waits_looks_again(module: Any) -> None:
    answers = iter([False, False, True])
    module._work(lambda: next(answers), (), [Future()])
    assert next(answers, None) is None


def test_no_thread_can_be_started(module: Any, pool: Any) -> None:
    """When the error is raised those that were started have ended, whatever they have done by then."""
    run, started, ended = call(module, SHAPES[0]), list[int](), threading.Event()

    class Reluctant(ThreadPoolExecutor):
        def submit(self, work: Any, *task: Any) -> Any:  # type: ignore[override]
            if started:
                raise RuntimeError("can't start new thread")
            started.append(1)

            def slowly() -> None:
                time.sleep(0.05)
                work(*task)
                ended.set()

            return super().submit(slowly)

    with Reluctant(2) as reluctant:
        pool(reluctant)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            run(3)
        assert ended.is_set()


def test_after_an_error_nobody_works_on(module: Any, pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the error is raised the others have ended: they find no task, and wait for none."""
    begun, ended = threading.Event(), threading.Event()
    work, run = module._work, call(module, SHAPES[0])

    def works(blocks: Any, share: Any, others: Any) -> None:
        if others:
            begun.wait()
            raise KeyboardInterrupt
        share[0][0] += 1  # a task that somebody has taken and never does
        begun.set()
        work(blocks, share, others)
        ended.set()

    monkeypatch.setattr(module, "_work", works)
    with ThreadPoolExecutor(1) as one:
        pool(one)
        with pytest.raises(KeyboardInterrupt):
            run(2)
        assert ended.is_set()
