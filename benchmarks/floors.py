"""Where the time of the emitted NumPy kernels goes, operation by operation: the floor that NumPy's operations set.

    python benchmarks/floors.py                           # some two minutes, printed
    python benchmarks/floors.py --quick                   # tiny shapes, two rounds: shows that it runs
    python benchmarks/floors.py --only batch_norm         # one layer (may be given several times)
    python benchmarks/floors.py --write docs/benchmarks   # the page and its records

One thread; the settings of the process are those of `speed.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `derive`, `tests`, `generated`

from benchmarks import speed
from benchmarks.support import machine, pages, timing
from benchmarks.support.pages import BenchmarkError, Record, Run
from benchmarks.support.worker import KERNEL, large
from benchmarks.support.workloads import LAYERS

COMMAND = "python benchmarks/floors.py --write docs/benchmarks"
BASE = "PyTorch"
WHOLE = (KERNEL, BASE)
CHOICE = [layer for layer in LAYERS if large(layer)]

INTRODUCTION = """\
A NumPy kernel is a chain of calls of NumPy, and no arrangement of them is faster than the calls themselves. Here every
call on the data that the emitted kernel makes is made again, alone and over and over, on arrays of the same shapes,
strides and dtypes, so that its operands are as near as a block of that size can be: in the caches. The sum of their
times is **the floor**. What the kernel takes beyond it is bringing the data from memory (twice: once for the sums, once
for the result), the calls on a few numbers, and Python. Of small arrays, where every call takes about as long, calls on
few numbers are in the floor too; beyond it are operators and methods (conversions, views, `dot`), checks, and Python.

Times are 20th percentiles, measured in turns in one process with one thread; ratios are over PyTorch's time for the
same pass. `data` is an operand with as many elements as the largest one of its call, `few` has fewer and is repeated,
`one` is a number. Nanoseconds are for each element of the largest operand.
"""


def floor(records: Sequence[Record]) -> float:
    """The seconds of all operations of one workload together."""
    return sum(float(r["low"]) for r in records if r["by"] not in WHOLE)


def whole(records: Sequence[Record], by: str) -> float:
    """The seconds of a whole pass."""
    return next(float(r["low"]) for r in records if r["by"] == by)


def _workloads(run: Run) -> list[list[Record]]:
    return list(pages.grouped(run.records, "layer", "shape", "dtype", "pass").values())


def page(run: Run) -> str:
    """The Markdown page of a run."""
    lines = [pages.opening("What NumPy's operations cost", run), INTRODUCTION, "## In short\n"]
    lines += ["Geometric means over the shapes below, of PyTorch's time.\n", _short(run), ""]
    lines += ["## Measured on\n", pages.circumstances(run), ""]
    for found in _workloads(run):
        first = found[0]
        title = f"{first['layer']} {tuple(first['shape'])} {first['dtype']}, {first['pass']}"
        lines += [f"## {title}\n", _operations(found), ""]
    return "\n".join(lines)


def _short(run: Run) -> str:
    rows = []
    for (*key, small), records in pages.grouped(run.records, "layer", "pass", "dtype", "small").items():
        ratios: list[tuple[float, float]] = []
        for found in pages.grouped(records, "shape").values():
            base = whole(found, BASE)
            ratios.append((floor(found) / base, whole(found, KERNEL) / base))
        floors, kernels = (timing.geometric_mean(column) for column in zip(*ratios, strict=True))
        words = " ".join(map(str, key)) + ", small arrays" * bool(small)
        rows.append([words, f"{floors:.2f}", f"{kernels:.2f}", f"{floors / kernels:.0%}"])
    return pages.table(["layer, pass, dtype", "floor", "kernel", "floor / kernel"], rows)


def _operations(found: Sequence[Record]) -> str:
    base = whole(found, BASE)
    unit, scale = ("us", 1e6) if found[0]["small"] else ("ms", 1e3)
    rows = []
    for (words,), records in pages.grouped((r for r in found if r["by"] not in WHOLE), "by").items():
        calls, elements = (sum(int(r[name]) for r in records) for name in ("calls", "elements"))
        seconds = floor(records)
        rows.append([f"`{words}`", *_cells(calls, elements, seconds, base, scale)])
    elements = int(found[0]["elements"])
    total = floor(found)
    rows.append(["**the floor**", "", f"{total * scale:.3g}", "", f"**{total / base:.2f}**"])
    for by in WHOLE:
        seconds = whole(found, by)
        rows.append([by, "", f"{seconds * scale:.3g}", "", f"{seconds / base:.2f}"])
    return pages.table(["operation", "calls", unit, "ns per element", f"over {BASE}"], rows)


def _cells(calls: int, elements: int, seconds: float, base: float, scale: float) -> list[str]:
    return [str(calls), f"{seconds * scale:.3g}", f"{seconds / elements * 1e9:.3f}", f"{seconds / base:.2f}"]


def key(record: Record) -> object:
    """Records that belong together: a layer is measured whole, or not at all."""
    return record["layer"]


def main() -> None:
    """Measure, then print the page or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="tiny shapes and two rounds: only shows that it runs")
    parser.add_argument("--only", action="append", choices=CHOICE, metavar="LAYER", help=f"one of {', '.join(CHOICE)}")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the page goes, instead of the terminal")
    given = parser.parse_args()
    if not machine.installed("torch"):
        parser.error("PyTorch is not installed, and its times are what ratios are over: pip install 'backproof[bench]'")
    layers = [layer for layer in CHOICE if layer in (given.only or CHOICE)]
    try:
        records = speed.measure(layers, 1, "kept", given.quick, floors=True)
        run = Run(COMMAND, speed.environment("kept"), {}, tuple(records))
        pages.finish(given.write, "floors", run, page, None, key, part=bool(given.only), quick=given.quick)
    except BenchmarkError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
