"""One process that measures with a fixed number of threads: `python -m benchmarks.support.worker JSON`.

`speed.py` starts it with the environment and on the processors that it is to use; it writes one record a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.support import contenders, frameworks, stream, timing
from benchmarks.support.workloads import LAYERS, Workload, workload

STREAM = "memory alone"  # the loop that moves the bytes of the pass
BOTH = ("batch_norm", "layer_norm", "softmax")  # layers at which the emitted PyTorch and JAX modules are timed
BOTH_PASSES = "both"


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


def main() -> None:
    """Measure what the argument asks for."""
    asked = json.loads(sys.argv[1])
    threads, quick = asked["threads"], asked["quick"]
    np.seterr(all="ignore")
    frameworks.prepare(threads)
    for work, which in planned(asked["layers"], quick):
        words = f"{work.layer} {work.shape} {work.dtype}, {which}, {threads} thread{'s'[: threads > 1]}"
        print(words, file=sys.stderr, flush=True)
        for record in measured(work, which, threads, timing.QUICK if quick else timing.USUAL):
            print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
