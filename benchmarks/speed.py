"""How fast the emitted kernels are, beside PyTorch, oneDNN, JAX, HIPS autograd, MyGrad and NumPy as books write it.

    python benchmarks/speed.py                           # everything, some fifteen minutes, printed
    python benchmarks/speed.py --quick                   # tiny shapes, two rounds: shows that it runs
    python benchmarks/speed.py --only batch_norm         # one layer (may be given several times)
    python benchmarks/speed.py --threads 1               # with one thread alone (may be given several times)
    python benchmarks/speed.py --processes 1             # once, and not in five processes
    python benchmarks/speed.py --write docs/benchmarks   # the page, its plot, its records and the README's part

Every number of threads is measured in processes of its own, confined to as many processors. The machine should have
nothing else to do. What is compared with what, and how, is said on the page.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `derive`, `tests`, `generated`

from benchmarks.support import machine, pages, speed_page
from benchmarks.support.pages import BenchmarkError, Record, Run
from benchmarks.support.workloads import LAYERS
from tests.support import targets

COMMAND = "python benchmarks/speed.py --write docs/benchmarks"
PROCESSES = 5
POOLS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
# NumPy's BLAS has one thread: the emitted kernels call it from each of theirs, nobody else calls it, and its own
# threads spin for tens of milliseconds after a call, in the way of whoever is timed next.
BLAS = {"OPENBLAS_NUM_THREADS": "1"}
# GNU's C library then never gives memory back, nor takes it by mmap: no page is faulted in while something is timed.
KEPT = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "MALLOC_ARENA_MAX": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
ALLOCATORS: dict[str, dict[str, str]] = {"kept": KEPT, "usual": {}}


def environment(allocator: str) -> dict[str, str]:
    """What the numbers depend on, the settings of this benchmark among it."""
    settings = " ".join(f"{name}={value}" for name, value in ALLOCATORS[allocator].items())
    confined = "processes confined to as many processors" if hasattr(os, "sched_setaffinity") else "not confined"
    blas = " ".join(f"{name}={value}" for name, value in BLAS.items())
    return machine.described() | {
        "threads": f"{', '.join(POOLS)} set to the number of threads, {blas}; {confined}",
        "allocator": settings or "as it is by default",
    }


def prepare(layers: list[str]) -> None:
    """Compile what has to be compiled, before anything is measured."""
    for target in machine.arrays_targets():
        for layer in layers:
            targets.shipped(layer, target)


def measure(layers: list[str], threads: int, allocator: str, quick: bool, *, floors: bool = False) -> list[Record]:
    """The records of a process with so many threads; those of `floors.py` on demand."""
    processors = machine.cores(threads)
    settings = dict.fromkeys(POOLS, str(threads)) | BLAS | ALLOCATORS[allocator]
    settings |= {"PYTHONPATH": str(pages.ROOT), "JAX_PLATFORMS": "cpu"}
    asked = json.dumps({"layers": layers, "threads": threads, "quick": quick, "floors": floors})

    def confine() -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, processors)

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.support.worker", asked], stdout=subprocess.PIPE, text=True, check=False,
        env={**os.environ, **settings}, preexec_fn=confine, cwd=pages.ROOT,
    )  # fmt: skip
    if done.returncode:
        raise BenchmarkError(f"the process with {speed_page.plural(threads)} failed; its message is above")
    return [json.loads(line) for line in done.stdout.splitlines()]


def repeated(records: Sequence[Record]) -> list[Record]:
    """One record for all processes: its times are a list, one for each of them, in their order."""
    names = ("layer", "shape", "dtype", "pass", "threads", "by")
    found = pages.grouped(records, *names).values()
    lists = ("low", "high", "rounds")
    return [{**same[0], **{name: [record[name] for record in same] for name in lists}} for same in found]


def key(record: Record) -> Any:
    """Records that belong together: a layer is measured whole, with one number of threads, or not at all."""
    return record["layer"], record["threads"]


def main() -> None:
    """Measure, then print the page or write it with its picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="tiny shapes and two rounds: only shows that it runs")
    parser.add_argument("--only", action="append", choices=list(LAYERS), metavar="LAYER", help="this layer")
    parser.add_argument("--threads", action="append", type=int, metavar="N", help="this number (default: 1 and 2)")
    parser.add_argument(
        "--processes", type=int, metavar="N", help=f"so many, one after the other (default: {PROCESSES}; quick: 1)"
    )
    parser.add_argument("--allocator", choices=list(ALLOCATORS), default="kept", help="that memory is kept (default)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the page goes, instead of the terminal")
    given = parser.parse_args()
    layers = [layer for layer in LAYERS if layer in (given.only or LAYERS)]
    numbers = sorted(set(given.threads or range(1, min(2, len(machine.available())) + 1)))
    if numbers[0] < 1 or numbers[-1] > len(machine.available()):
        parser.error(f"--threads: expected 1 to {len(machine.available())}, the processors here; got {numbers}")
    processes = given.processes if given.processes is not None else 1 if given.quick else PROCESSES
    if processes < 1:
        parser.error(f"--processes: expected at least 1, got {processes}")
    prepare(layers)
    try:
        turns = [n for _ in range(processes) for n in numbers]
        records = repeated([r for n in turns for r in measure(layers, n, given.allocator, given.quick)])
        run = Run(COMMAND, environment(given.allocator), machine.left_out(), tuple(records))
        part = bool(given.only or given.threads)
        pages.finish(
            given.write, "speed", run, speed_page.page, speed_page.figure, key,
            part=part, quick=given.quick, elsewhere=True,
        )  # fmt: skip
    except BenchmarkError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
