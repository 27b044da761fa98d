"""One process that measures with a fixed number of threads: `python -m benchmarks.support.worker JSON`.

`speed.py` starts it with the environment and on the processors that it is to use; it writes one record a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.support import contenders, frameworks, stream, tap, timing
from benchmarks.support.workloads import LAYERS, Workload, workload
from tests.support.contract import load_layer

STREAM = "memory alone"  # the loop that moves the bytes of the pass
BOTH = ("batch_norm", "layer_norm", "softmax")  # layers at which the emitted PyTorch and JAX modules are timed
BOTH_PASSES = "both"
KERNEL = "Backproof numpy"
DATA = 1024  # elements of an operand that make a call one on the data; of small arrays all calls count


def planned(layers: list[str], quick: bool) -> Iterator[tuple[Workload, str]]:
    """Every workload and pass of those layers."""
    for layer in layers:
        entry = LAYERS[layer]
        for dtype in entry.dtypes:
            for shape in (entry.quick,) if quick else entry.shapes:
                work = workload(layer, shape, dtype)
                for which in contenders.PASSES:
                    yield work, which
        if layer in BOTH:
            yield workload(layer, entry.quick if quick else entry.shapes[0], "float32"), BOTH_PASSES


def large(layer: str) -> tuple[tuple[int, ...], ...]:
    """The shapes over which geometric means are taken."""
    return LAYERS[layer].shapes[: LAYERS[layer].large]


def measured(work: Workload, which: str, threads: int, effort: timing.Effort) -> Iterator[dict[str, Any]]:
    """A record for everyone."""
    if which == BOTH_PASSES:
        calls = frameworks.emitted(work)
        contenders.check(work, which, calls)
    else:
        calls = contenders.calls(work, which, threads)
        memory = stream.call(which, work.inputs[0], work.g, threads)
        calls |= {STREAM: memory} if memory is not None else {}
    for name, rounds in timing.in_turns(calls, effort).items():
        low, high = (timing.quantile(rounds, share) for share in (timing.LOW, timing.HIGH))
        yield {
            "layer": work.layer, "shape": list(work.shape), "dtype": work.dtype, "pass": which, "threads": threads,
            "by": name, "low": float(f"{low:.4g}"), "high": float(f"{high:.4g}"), "rounds": len(rounds),
        }  # fmt: skip


def dissected(work: Workload, which: str, effort: timing.Effort) -> Iterator[dict[str, Any]]:
    """A record for every operation of the emitted NumPy kernel, made alone, and for the kernel and PyTorch."""
    calls = contenders.calls(work, which, 1)
    whole = {by: call for by, call in calls.items() if by in (KERNEL, "PyTorch")}
    module = load_layer(work.layer, "numpy")
    small = work.shape not in large(work.layer)
    found, buffer = tap.operations(module, whole[KERNEL], 1 if small else DATA)
    order = list(found)
    numbered = {str(number): operation.again() for number, operation in enumerate(order)}
    before = np.setbufsize(buffer)
    times = timing.in_turns(whole | numbered, effort)
    np.setbufsize(before)
    for name, rounds in times.items():
        by, count, elements = name, 1, work.g.size
        if name in numbered:
            operation = order[int(name)]
            by, count = operation.words, found[operation]
            elements = count * operation.elements
        low = float(f"{count * timing.quantile(rounds, timing.LOW):.4g}")
        yield {
            "layer": work.layer, "shape": list(work.shape), "dtype": work.dtype, "pass": which,
            "small": small, "by": by, "calls": count, "elements": elements, "low": low,
        }  # fmt: skip


def main() -> None:
    """Measure what the argument asks for."""
    asked = json.loads(sys.argv[1])
    threads, quick = asked["threads"], asked["quick"]
    np.seterr(all="ignore")
    frameworks.prepare(threads)
    for work, which in planned(asked["layers"], quick):
        if asked["floors"] and which == BOTH_PASSES:
            continue
        words = f"{work.layer} {work.shape} {work.dtype}, {which}, {threads} thread{'s'[: threads > 1]}"
        print(words, file=sys.stderr, flush=True)
        effort = timing.QUICK if quick else timing.ALONE if asked["floors"] else timing.USUAL
        records = dissected(work, which, effort) if asked["floors"] else measured(work, which, threads, effort)
        for record in records:
            print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
