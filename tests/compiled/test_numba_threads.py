"""How the threads of a Numba module share the work of a call."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.support import targets

pytest.importorskip("numba")

ROOT = Path(__file__).resolve().parents[2]

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


@pytest.fixture
def counted(module: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The counts of every call that shares its work, as they are when it ends."""
    found: list[Any] = []
    withdrawn = module._withdrawn

    def seen(counts: Any) -> bool:
        found.append(counts)
        ended: bool = withdrawn(counts)
        return ended

    monkeypatch.setattr(module, "_withdrawn", seen)
    return found


class Absent:
    """A pool of threads that never come."""

    def __init__(self) -> None:
        self.memory = np.zeros(8, np.int64)
        self.asked = 0

    def ask(self, wanted: int) -> list[int]:
        self.asked += wanted
        return [self.memory.ctypes.data + 8 * k for k in range(wanted)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_nobody_is_waited_for_who_does_not_come(
    module: Any, pool: Any, counted: list[Any], shape: tuple[int, ...]
) -> None:
    """And nothing is left for those who would come late."""
    run, absent = call(module, shape), Absent()
    alone = run(1)
    pool(absent)
    assert_same(run(3), alone)
    assert bool(absent.asked) == (shape != SHAPES[-1])
    assert not absent.memory.any()
    assert [counts[module._JOINED] for counts in counted] == [0] * len(counted)
    assert all(counts[module._JOB] != 0 for counts in counted)  # they could have come


@pytest.mark.parametrize("shape", SHAPES[:2], ids=str)
def test_others_do_a_part_of_the_work(module: Any, pool: Any, counted: list[Any], shape: tuple[int, ...]) -> None:
    run = call(module, shape)
    alone, deadline = run(1), time.monotonic() + 60
    pool(module._Pool(2))
    while not any(counts[module._JOINED] for counts in counted) and time.monotonic() < deadline:
        assert_same(run(3), alone)
    assert any(counts[module._JOINED] for counts in counted)
    assert all(counts[module._JOINED] == counts[module._LEFT] for counts in counted)


@pytest.mark.parametrize("most", [1, 3])
def test_more_calls_at_once_than_there_are_threads(module: Any, pool: Any, most: int) -> None:
    """Those that do not get one of the pool's do all of their own work, phase after phase."""
    runs = [call(module, shape) for shape in SHAPES[:2] * 4]
    alone = [run(1) for run in runs]
    small = module._Pool(most)
    pool(small)
    with ThreadPoolExecutor(len(runs)) as callers:
        for _ in range(5):
            for found, expected in zip(callers.map(lambda run: run(3), runs), alone, strict=True):
                assert_same(found, expected)
    assert 1 <= len(small._threads) <= most
    assert not module._jobs


def test_calls_of_all_kinds_one_after_the_other(module: Any, pool: Any) -> None:
    """Memory that a call has given back is the next one's, and threads that still have it write nothing to it."""
    runs = [call(module, shape) for shape in ((8, 32, 14, 14), (2, 1, 200, 200), (16, 128, 7, 7), (4000, 48))]
    alone = [run(1) for run in runs]
    pool(module._Pool(3))
    rng = np.random.default_rng(0)
    for k in rng.integers(0, len(runs), 600):
        kept = [np.full(n, 7.0) for n in rng.integers(1, 400, 4)]
        assert_same(runs[k](int(rng.integers(2, 5))), alone[k])
        assert all((array == 7.0).all() for array in kept)


class Job:
    """A call of which nothing is left to do, whose job still stands where a thread would look for it."""

    def __init__(self, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        taken: list[Any] = []
        shared = module._shared

        def seen(*given: Any) -> None:
            taken.append(given)
            shared(*given)

        with monkeypatch.context() as patched:
            patched.setattr(module, "_shared", seen)
            call(module, SHAPES[0])(1)
        kernel, _, *arguments = taken[-1]  # the backward pass
        self.results = [*arguments[:-2]]
        self.line = np.zeros(1, np.int64)
        self.done = module._COUNTED + 1
        self.counts = np.zeros(self.done + 2 * kernel.phases + module._WORDS * (len(arguments) + 1) + 1, np.int64)
        self.counts[module._PLACES], self.counts[-1] = 1, self.line.ctypes.data
        assert kernel.blocks(self.counts, *arguments)
        assert self.line[0] == self.counts.ctypes.data


def test_who_comes_late_writes_nothing(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(module, monkeypatch)
    kept = [array.copy() for array in job.results]
    assert module._attend(job.line.ctypes.data, 0) == 0
    assert job.counts[module._LEFT] == 1 and job.line[0] == module._FREE
    for found, expected in zip(job.results, kept, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_who_waits_for_others_for_long_comes_back(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that sleeps meanwhile has not left its job, nor is its place free."""
    job = Job(module, monkeypatch)
    tasks, job.counts[job.done] = int(job.counts[job.done]), 0
    again = module._attend(job.line.ctypes.data, 0)
    assert again == job.counts.ctypes.data
    assert job.counts[module._LEFT] == 0 and job.line[0] == module._BUSY
    job.counts[job.done] = tasks
    assert module._attend(job.line.ctypes.data, again) == 0
    assert job.counts[module._LEFT] == 1 and job.line[0] == module._FREE


def kernel(blocks: Callable[..., bool]) -> Any:
    return SimpleNamespace(phases=1, blocks=blocks)


def test_a_call_that_waits_looks_again(module: Any) -> None:
    answers = iter([False, False, True])
    module._shared(kernel(lambda counts: next(answers)), Absent().ask(1))
    assert next(answers, None) is None


def test_after_an_error_nobody_works_on(module: Any) -> None:
    """When the error is raised those who had joined have left: they find no task, and wait for none."""
    absent, left = Absent(), threading.Event()

    def interrupted(counts: Any) -> bool:
        assert list(module._jobs) == [id(counts)]
        counts[module._JOINED] = 1

        def leave() -> None:
            assert counts[module._COUNTED] > 10**9 and counts[module._COUNTED + 1] > 10**9
            left.set()
            counts[module._LEFT] = 1

        threading.Timer(0.05, leave).start()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        module._shared(kernel(interrupted), absent.ask(1))
    assert left.is_set()
    assert not module._jobs and not absent.memory.any()


def test_there_are_as_many_threads_as_are_busy_up_to_the_most(module: Any) -> None:
    """One that is free again is asked again."""
    pool = module._Pool(2)
    (first,) = pool.ask(1)
    assert pool.ask(1) == [first]
    pool._threads[0]._memory[8] = module._BUSY
    (second,) = pool.ask(2)
    assert second != first and len(pool._threads) == 2
    pool._threads[1]._memory[8] = module._BUSY
    assert pool.ask(1) == []
    pool._threads[0]._memory[8] = module._FREE
    assert pool.ask(3) == [first]
    assert len(pool._threads) == 2


def test_a_thread_sleeps_and_is_woken(module: Any) -> None:
    pool, deadline = module._Pool(1), time.monotonic() + 60
    pool.ask(1)
    (thread,) = pool._threads
    for _ in range(3):
        while not thread._asleep and time.monotonic() < deadline:
            time.sleep(0.001)
        assert thread._asleep
        thread.ask()
        assert not thread._asleep


def test_a_pool_that_cannot_grow_says_so_and_goes_on(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool = module._Pool(1)
    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", failing)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            pool.ask(1)
    assert len(pool._threads) == 0
    assert len(pool.ask(1)) == 1


def test_all_modules_have_the_same_threads(module: Any) -> None:
    other = targets.module("layer_norm", "numba")
    assert other is not module and other._pool() is module._pool()
    x = np.random.default_rng(0).standard_normal((512, 600), np.float32)
    alone = other.forward(x, normalized_shape=(600,))[0]
    for _ in range(20):
        np.testing.assert_array_equal(other.forward(x, normalized_shape=(600,), threads=2)[0], alone)
        call(module, SHAPES[0])(2)


def test_nothing_is_kept_of_a_call(module: Any, pool: Any) -> None:
    """The arrays of a call are its caller's."""
    pool(module._Pool(2))
    x = np.random.default_rng(0).standard_normal(SHAPES[0], np.float32)
    y, _ = module.forward(x, threads=3)
    found = [weakref.ref(array) for array in (x, y)]
    del x, y
    assert [ref() for ref in found] == [None, None]
    assert not module._jobs


SCRIPT = """
import os, sys
import numpy as np
from tests.support import targets

module = targets.module("batch_norm", "numba")
module._processors = lambda: 4
x = np.random.default_rng(0).standard_normal((16, 256, 14, 14), np.float32)
alone, _ = module.forward(x)

def same():
    return all(np.array_equal(module.forward(x, threads=3)[0], alone) for _ in range(20))

assert same()
"""
FORK = """
child = os.fork()
if child == 0:
    os._exit(0 if same() and len(module._pool()._threads) > 0 else 1)
assert same()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


FORKS = pytest.param(FORK, marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"), id="fork")


@pytest.mark.parametrize("more", [pytest.param("", id="end"), FORKS])
def test_threads_end_with_python_and_a_new_process_has_its_own(more: str) -> None:
    command = [sys.executable, "-c", SCRIPT + more]
    ended = subprocess.run(command, cwd=ROOT, timeout=300, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
