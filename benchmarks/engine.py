"""How long it takes to derive, prove, emit and report the whole catalogue, and how long when nothing has changed.

    python benchmarks/engine.py              # every layer, cold and then unchanged
    python benchmarks/engine.py --quick      # the three quickest layers; fails when one of them is not skipped

Each run is `regenerate-kernels` in a process of its own, into a fresh folder: the time that its user waits, start of
Python included, and the processor time of all its processes. The limit is the one that the project set itself: the
whole catalogue within 60 seconds on two processors.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 60.0
QUICK = ("l2_normalize", "log_softmax", "softmax")
REPEATS = 5  # of a run that finds nothing to do
PROGRAM = "from derive.cli import regenerate_kernels; regenerate_kernels()"


@dataclass(frozen=True)
class Run:
    """One run: seconds that passed, seconds of processor time, and the time column of the summary by layer."""

    wall: float
    processor: float
    layers: dict[str, str]


def run(folder: Path, *arguments: str) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments, "--output", str(folder)],
        stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, processor, dict(re.findall(r"layer: (\w+);.*; time: (.*)", done.stdout)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the three quickest layers instead of the catalogue")
    layers = QUICK if parser.parse_args().quick else ()
    with tempfile.TemporaryDirectory() as place:
        cold = run(Path(place) / "out", *layers)
        again = [run(Path(place) / "out", *layers) for _ in range(REPEATS)]
    missed = sorted({layer for one in again for layer, words in one.layers.items() if "unchanged" not in words})
    if missed or any(one.layers.keys() != cold.layers.keys() for one in again):
        sys.exit(f"made again although nothing has changed: {', '.join(missed) or 'the list of layers'}")
    print(f"| layer ({os.cpu_count()} processors) | made | unchanged |\n|---|---|---|")
    for layer, words in cold.layers.items():
        quickest = min(float(one.layers[layer].split(" ms")[0]) for one in again)
        print(f"| {layer} | {words} | {quickest:.1f} ms |")
    wall, processor = (statistics.median(getattr(one, what) for one in again) for what in ("wall", "processor"))
    print(f"| all together, as waited for | {cold.wall:.1f} s | {wall:.2f} s |")
    print(f"| all together, processor time | {cold.processor:.1f} s | {processor:.2f} s |")
    if cold.wall > LIMIT:
        print(f"slower than the limit of {LIMIT:.0f} s: {cold.wall:.1f} s, with a load of {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
