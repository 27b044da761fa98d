"""How the threads of a Numba module share the work of a call."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
        self.shares: list[Any] = []

    def ask(self, share: Any) -> None:
        self.shares.append(share)


class Eager(Absent):
    """A pool whose thread has done all it can when the caller begins."""

    def ask(self, share: Any) -> None:
        super().ask(share)
        thread = threading.Thread(target=share.serve)
        thread.start()
        thread.join()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_nobody_is_waited_for_who_does_not_come(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    run, absent = call(module, shape), Absent()
    alone = run(1)
    pool(absent)
    assert_same(run(3), alone)
    assert bool(absent.shares) == (shape != SHAPES[-1])


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
def test_who_comes_late_writes_nothing(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    run, absent = call(module, shape), Absent()
    pool(absent)
    found = run(3)
    kept = [array.copy() for array in found]
    for share in absent.shares:
        share.serve()
    assert_same(found, tuple(kept))


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
def test_others_do_a_part_of_the_work(module: Any, pool: Any, shape: tuple[int, ...]) -> None:
    """The thread that calls begins when the others have done all they could: the bits are the same."""
    run = call(module, shape)
    alone = run(1)
    pool(Eager())
    assert_same(run(3), alone)


@pytest.mark.parametrize("most", [1, 3])
def test_more_calls_at_once_than_there_are_threads(module: Any, pool: Any, most: int) -> None:
    """Threads that do not get one of the pool's do all of their own work, phase after phase."""
    runs = [call(module, shape) for shape in SHAPES[:2] * 4]
    alone = [run(1) for run in runs]
    small = module._Pool(most)
    pool(small)
    with ThreadPoolExecutor(len(runs)) as callers:
        for _ in range(5):
            for found, expected in zip(callers.map(lambda run: run(3), runs), alone, strict=True):
                assert_same(found, expected)
    assert 1 <= small._threads <= most


def shares(module: Any, answers: Sequence[Callable[[], bool]]) -> list[Any]:
    """Shares of work that ask such functions, one each, whether all is done."""
    return [module._Share(answer, ()) for answer in answers]


def failing() -> bool:
    raise MemoryError("no memory for the other one")


def test_an_error_of_another_thread_is_raised_by_who_waits_for_it(module: Any) -> None:
    waiting, fine, failed = shares(module, [lambda: False, lambda: True, failing])
    fine.serve()
    failed.serve()
    with pytest.raises(MemoryError, match="the other one"):
        waiting.work([fine, failed])


def test_a_thread_that_waits_looks_again(module: Any) -> None:
    answers = iter([False, False, True])
    one, other = shares(module, [lambda: next(answers), lambda: True])
    one.work([other])
    assert next(answers, None) is None


def test_there_are_as_many_threads_as_are_busy_up_to_the_most(module: Any) -> None:
    """One that is free again is asked again; a share that nobody is free for waits."""
    pool, release = module._Pool(2), threading.Event()
    for count in (1, 2, 2):
        (share,) = shares(module, [release.wait])
        pool.ask(share)
        assert pool._threads == count
    release.set()
    share.wait()
    for _ in range(3):
        (share,) = shares(module, [lambda: True])
        pool.ask(share)
        share.wait()
    assert pool._threads == 2


def test_a_thread_keeps_nothing_of_what_it_has_done(module: Any) -> None:
    """The arrays of a call are its caller's."""
    pool, array = module._Pool(1), np.zeros(3)
    share = module._Share(lambda values: True, (array,))
    pool.ask(share)
    share.wait()
    found, deadline = weakref.ref(array), time.monotonic() + 10
    del share, array
    while found() is not None and time.monotonic() < deadline:
        time.sleep(0.001)
    assert found() is None


def test_no_thread_can_be_started(module: Any, pool: Any) -> None:
    """When the error is raised those that were started have ended, whatever they have done by then."""
    run, ended = call(module, SHAPES[0]), threading.Event()

    class Reluctant(Absent):
        def ask(self, share: Any) -> None:
            if self.shares:
                raise RuntimeError("can't start new thread")
            super().ask(share)
            threading.Thread(target=slowly, args=(share,)).start()

    def slowly(share: Any) -> None:
        time.sleep(0.05)
        ended.set()
        share.serve()

    pool(Reluctant())
    with pytest.raises(RuntimeError, match="can't start new thread"):
        run(3)
    assert ended.is_set()


def test_a_pool_that_cannot_grow_says_so_and_goes_on(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = module._Pool(1)
    (share,) = shares(module, [lambda: True])
    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", lambda thread: failing())
        with pytest.raises(MemoryError):
            pool.ask(share)
    pool.ask(share)
    share.wait()
    assert pool._threads == 1


def test_after_an_error_nobody_works_on(module: Any, pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the error is raised the others have ended: they find no task, and wait for none."""
    begun, ended = threading.Event(), threading.Event()
    work, run = module._Share.work, call(module, SHAPES[0])

    def works(share: Any, others: Any) -> None:
        if others:
            begun.wait()
            raise KeyboardInterrupt
        share._arguments[0][0] += 1  # a task that somebody has taken and never does
        begun.set()
        work(share, others)
        ended.set()

    monkeypatch.setattr(module._Share, "work", works)
    pool(module._Pool(1))
    with pytest.raises(KeyboardInterrupt):
        run(2)
    assert ended.is_set()
