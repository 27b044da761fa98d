"""Promises about bits and memory: threads, repeats, concurrent calls, BLAS threads, peak memory."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from . import data
from .arrays import assert_same_bits, assert_same_gradients
from .behaviour import backward
from .contract import DTYPES, Array, BatchNorm
from .numeric import prepared

SHAPES: tuple[tuple[tuple[int, ...], int], ...] = (
    ((5, 3), 1), ((4, 3, 5, 6), 1), ((16, 12, 14, 14), 1), ((20000, 5), 1), ((6, 1, 80, 90), 1),
    ((8, 20, 21, 10), -1), ((3, 2, 30011), 1), ((64, 70, 3, 3), 1),
)  # fmt: skip
THREADS = (1, 2, 3, 7)


def threads_same_bits(kernel: BatchNorm) -> None:
    for shape, axis in SHAPES:
        for dtype in DTYPES:
            case = data.draw(shape, axis, dtype)
            alone = backward(kernel, case)
            for threads in THREADS:
                for more in ({}, {"saved": None}, {"out": np.empty(shape, dtype)}):
                    gradients = backward(kernel, case, threads=threads, **more)
                    what = f"{shape} {np.dtype(dtype)}, threads={threads}, {list(more)}"
                    if "saved" in more:
                        first = backward(kernel, case, **more)
                        assert_same_gradients(gradients, first, what)
                    else:
                        assert_same_gradients(gradients, alone, what)


def forward_threads_same_bits(kernel: BatchNorm) -> None:
    """Where the other passes take ``threads=`` too, the same holds for them."""
    if "threads" not in inspect.signature(kernel.forward).parameters:
        return
    for shape, axis in SHAPES:
        case = data.draw(shape, axis)
        where: dict[str, Any] = {"eps": case.eps, "axis": axis}
        y, saved = kernel.forward(case.x, case.gamma, case.beta, **where)
        for threads in THREADS:
            more = {**where, "threads": threads}
            again, kept = kernel.forward(case.x, case.gamma, case.beta, **more)
            assert_same_bits(y, again, f"y of {shape}, threads={threads}")
            for name in ("mean", "mean_low", "var", "inv_std"):
                what = f"saved.{name} of {shape}, threads={threads}"
                assert_same_bits(getattr(saved, name), getattr(kept, name), what)


def inference_threads_same_bits(kernel: BatchNorm) -> None:
    """Inference, forward and backward, likewise."""
    if "threads" not in inspect.signature(kernel.forward_inference).parameters:
        return
    for shape, axis in SHAPES:
        case = data.with_running(data.draw(shape, axis), np.float32)
        assert case.running is not None
        mean, var = case.running
        results = []
        for threads in THREADS:
            where: dict[str, Any] = {"eps": case.eps, "axis": axis, "threads": threads}
            y = kernel.forward_inference(case.x, case.gamma, case.beta, mean, var, **where)
            gradients = kernel.backward_inference(
                case.grad_output, case.x, case.gamma, mean, var, **where
            )
            results.append((y, gradients))
            what = f"inference of {shape}, threads={threads}"
            assert_same_bits(y, results[0][0], what)
            assert_same_gradients(gradients, results[0][1], what)


def repeats_same_bits(kernel: BatchNorm) -> None:
    """Again, and again after other calls have used whatever scratch there is."""
    cases = [data.draw(shape, axis, dtype) for shape, axis in SHAPES for dtype in DTYPES]
    first = [backward(kernel, case) for case in cases]
    for turn in range(2):
        for case, before in zip(reversed(cases), reversed(first), strict=True):
            assert_same_gradients(backward(kernel, case), before, f"{case.name}, repeat {turn}")


def concurrent_same_bits(kernel: BatchNorm) -> None:
    """Several threads call at once, all starting together, on different shapes and dtypes."""
    cases = [data.draw(shape, axis, dtype) for shape, axis in SHAPES for dtype in DTYPES]
    alone = [backward(kernel, case) for case in cases]
    workers = 4
    start = threading.Barrier(workers)

    def work(worker: int) -> None:
        start.wait()
        for turn in range(2 * len(cases)):
            chosen = (turn * (2 * worker + 1) + worker) % len(cases)
            gradients = backward(kernel, cases[chosen], threads=1 + worker % 2)
            what = f"{cases[chosen].name} in thread {worker}"
            assert_same_gradients(gradients, alone[chosen], what)

    with ThreadPoolExecutor(workers) as pool:
        for finished in [pool.submit(work, worker) for worker in range(workers)]:
            finished.result()


def digests(kernel: BatchNorm) -> list[str]:
    """A digest of every result on cases with long rows, where BLAS would like to use threads."""
    found = []
    for shape, axis in (*SHAPES, ((2, 3, 250007), 1), ((300_000, 2), 1), ((300, 1000), 1), ((64, 90, 7, 7), 1)):
        for dtype in DTYPES:
            case = data.draw(shape, axis, dtype)
            y, _ = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=axis)
            gradients = backward(kernel, case)
            results = (y, gradients.grad_input, gradients.grad_gamma, gradients.grad_beta)
            digest = hashlib.sha256()
            for result in results:
                digest.update(np.ascontiguousarray(result).tobytes())
            found.append(f"{case.name} {digest.hexdigest()}")
    return found


_CHILD = """
import importlib.util, json, sys
sys.path[:] = json.loads(sys.argv[1])
from tests.support.determinism import digests
spec = importlib.util.spec_from_file_location("kernel_under_test", sys.argv[2])
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
print(json.dumps(digests(module)))
"""


def blas_threads_same_bits(kernel: BatchNorm) -> None:
    """OPENBLAS_NUM_THREADS=1 and 2 in fresh processes; the module is loaded from its file."""
    path = getattr(kernel, "__file__", None)
    assert path, "needs a module with a file"
    found = {}
    for threads in ("1", "2"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(path)]
        run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert run.returncode == 0, run.stderr
        found[threads] = json.loads(run.stdout.splitlines()[-1])
    differing = [a for a, b in zip(found["1"], found["2"], strict=True) if a != b]
    assert not differing, f"OPENBLAS_NUM_THREADS changes the bits of {differing}"


MEMORY_SHAPE = (32, 64, 56, 56)
MEMORY_BYTES = 6_000_000  # for each thread: a few blocks, which do not grow with the data


def peak_beyond(call: Callable[[], object], outputs: int) -> int:
    """Bytes at the peak of the call, beyond what was there before and its outputs."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        kept = call()
        peak = tracemalloc.get_traced_memory()[1]
        del kept
    finally:
        tracemalloc.stop()
    return peak - before - outputs


def _calls(
    kernel: BatchNorm, x: Array, axis: int
) -> Iterator[tuple[str, Callable[[], object], int]]:
    """Calls by name, with the bytes that they return."""
    ones = np.ones(x.shape[axis], np.float32)
    gamma, beta, mean, var = 0.7 * ones, -0.3 * ones, 0 * ones, ones
    where: dict[str, Any] = {"eps": 1e-5, "axis": axis}
    _, saved = kernel.forward(x, gamma, beta, **where)
    size, out = x.nbytes, np.empty_like(x)
    running = (mean, var)

    def back(**more: Any) -> Callable[[], object]:
        return lambda: kernel.backward(x, x, gamma, **where, **more)

    yield "forward", lambda: kernel.forward(x, gamma, beta, **where), size
    yield "backward", back(saved=saved), size
    yield "backward, out", back(saved=saved, out=out), 0
    yield "backward, threads=2", back(saved=saved, threads=2), size
    yield "backward, recomputing", back(), size
    yield "inference", lambda: kernel.forward_inference(x, gamma, beta, *running, **where), size
    yield (
        "inference, backward",
        lambda: kernel.backward_inference(x, x, gamma, *running, **where),
        size,
    )


def memory_is_bounded(kernel: BatchNorm) -> None:
    """No full-size temporary, and no more than a few blocks beyond the outputs: forward, backward, inference, one and
    two threads, channels first and last."""
    for shape, axis in ((MEMORY_SHAPE, 1), ((32, 56, 56, 64), -1)):
        x = np.random.default_rng(0).standard_normal(shape, np.float32)
        for name, call, outputs in _calls(kernel, x, axis):
            most = MEMORY_BYTES * (2 if "threads=2" in name else 1)
            assert most < x.nbytes / 2, "a full-size temporary would go unnoticed"
            peak = peak_beyond(call, outputs)
            assert peak >= -0.01 * x.nbytes, f"{name}: tracemalloc does not see the outputs ({peak})"
            assert peak < most, f"{name} of {shape}: {peak / 1e6:.1f} MB beyond the outputs"


def large_case_same_bits(kernel: BatchNorm) -> None:
    """A long reduction: the partial sums must be gathered in one order, whatever the threads."""
    case = prepared(data.find("400000 per channel, NCHW"), np.dtype(np.float32)).case
    alone = backward(kernel, case)
    for threads in (2, 3):
        assert_same_gradients(backward(kernel, case, threads=threads), alone, f"threads={threads}")


PROMISES = (
    threads_same_bits, forward_threads_same_bits, inference_threads_same_bits,
    repeats_same_bits, concurrent_same_bits,
)  # fmt: skip
