"""The page about speed, made of the records of `speed.py`: tables of ratios, shares of the memory's speed, a plot."""

from __future__ import annotations

import importlib
import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.support import pages, timing
from benchmarks.support.pages import Record, Run
from benchmarks.support.worker import BOTH_PASSES, STREAM
from benchmarks.support.workloads import LAYERS

BASE, TEXTBOOK, FIRST = "PyTorch", "textbook NumPy", "batch_norm"
OUT = ", out="
PASSES = ("backward", "forward")
DTYPES = ("float32", "float64")

INTRODUCTION = """\
Times of the forward and the backward pass, every layer by everyone. The tables show ratios: the time of a column's
implementation over PyTorch's for the same pass, data, dtype and number of threads, measured in turns in one process.
**Below 1 is faster than PyTorch.** A time is the 20th percentile of 3 to 15 rounds. All is measured in {processes},
since where arrays lie in memory is drawn anew for each and decides much of a time: a ratio is the median of theirs,
PyTorch's time too, with the least and the largest in brackets. `spread` is how far the 80th percentile lies above the
20th within a process, the median of a row's implementations and, in brackets, the largest.

- Everyone returns freshly allocated arrays, except in the columns with `out=`, where the gradient of x (or y) goes into
  an array that is there. The C library's allocator is told to keep its memory, in huge pages where the system has them:
  otherwise much of PyTorch's time on large arrays would be page faults, which say nothing about its kernels.
- Each number of threads is measured in processes of its own, confined to as many processors, and is the same for
  PyTorch, oneDNN, XLA and the emitted kernels. HIPS autograd, MyGrad and NumPy use one thread whatever there is; all of
  them but textbook NumPy are timed with one alone.
- PyTorch is called at its operators, such as `native_batch_norm_backward`, without the bookkeeping of autograd, and for
  layers that it composes of several at the function that users call (backward: autograd with a graph that is kept).
  oneDNN is PyTorch's operator with tensors in oneDNN's layout; bringing them into it is not timed. JAX is jitted: the
  definition and `jax.vjp` of it with saved residuals, and the closed formula with saved statistics. HIPS autograd and
  MyGrad run their backward pass alone. `tidied NumPy` is the closed formula as a careful reader writes it, `textbook
  NumPy` the staged chain rule line by line.
- All are given arrays in C order and, for a backward pass, what a forward pass of their own has saved. Before anything
  is timed the results are compared with the textbook's in float64. [How exact they are](accuracy.md) is not the same:
  of these, Backproof alone keeps statistics in more digits than the data have.
- `memory alone` is a loop in C that moves the bytes of the pass: the triad `y = a*x + g` for a backward pass, which
  reads two arrays and writes one, `y = a*x` for a forward pass. Its output is not allocated anew.
"""
PICTURE = """\
## Batch norm as a picture

Times over PyTorch's, on a logarithmic axis: a dot for each of the shapes above, a bar at their geometric mean. Further
left is faster; Backproof is blue.

![Times over PyTorch's](speed.svg)
"""
SHARE = """\
The time of `memory alone` over that of an implementation: 100% would be one sweep over x, grad_output and the result at
the speed of the memory (or of the caches, where the arrays fit into them). A normalization has to read its inputs
twice, once for the sums and once for the result: for a backward pass that is 60%, unless something is still in a cache.
"""
EMITTED = """\
One forward and one backward pass in a call, as in a training step: the emitted modules for PyTorch (eager, through
autograd) and JAX (jitted) beside the frameworks' own functions. The PyTorch modules consist of whole-tensor operations,
so eager mode pays for each of them; they are there for derivatives of every order and for accuracy.
"""


class Times:
    """The low quantiles of a run, by layer, shape, dtype, pass and number of threads: one for every process."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self._by_work: dict[tuple[Any, ...], dict[str, Record]] = {}
        for r in records:
            work = (r["layer"], tuple(r["shape"]), r["dtype"], r["pass"], r["threads"])
            self._by_work.setdefault(work, {})[r["by"]] = r

    def of(self, *work: Any) -> dict[str, Record]:
        """The records of one workload, by implementation; empty when it was not measured."""
        return self._by_work.get(work, {})

    def ratio(self, by: str, base: str, *work: Any) -> float:
        """One time over another, the median of all processes; NaN where one is missing."""
        found = self.of(*work)
        if by not in found or base not in found:
            return math.nan
        both = zip(found[by]["low"], found[base]["low"], strict=True)
        return float(statistics.median(one / other for one, other in both))

    def mean(self, by: str, base: str, layer: str, dtype: str, which: str, threads: int) -> float:
        """The geometric mean of the ratios over the layer's large shapes, or over its only one; NaN where one lacks."""
        ratios = [self.ratio(by, base, layer, shape, dtype, which, threads) for shape in self.large(layer)]
        return math.nan if not ratios or any(map(math.isnan, ratios)) else timing.geometric_mean(ratios)

    def large(self, layer: str) -> list[tuple[int, ...]]:
        """The shapes over which means are taken: those of a quick run, too, if it is one."""
        measured = list(dict.fromkeys(tuple(r["shape"]) for r in self.records if r["layer"] == layer))
        chosen = LAYERS[layer].shapes[: LAYERS[layer].large or None]
        return [shape for shape in chosen if shape in measured] or measured

    @property
    def threads(self) -> list[int]:
        """The numbers of threads that were measured."""
        return sorted({r["threads"] for r in self.records})

    @property
    def layers(self) -> list[str]:
        """The layers that were measured, in the order of their entries."""
        found = {r["layer"] for r in self.records}
        return [layer for layer in LAYERS if layer in found]

    def names(self, *, out: bool, passes: Iterable[str] = PASSES) -> list[str]:
        """The implementations, in the order of the records; with `out=` or without; the memory comes last."""
        found = dict.fromkeys(r["by"] for r in self.records if r["pass"] in passes and (out or OUT not in r["by"]))
        return [name for name in found if name != STREAM] + [STREAM] * (STREAM in found)

    def targets(self, *, out: bool = False) -> list[str]:
        """Backproof's own targets among them."""
        return [name for name in self.names(out=out) if name.startswith("Backproof")]


def number(ratio: float) -> str:
    """A ratio to two or three digits; empty for NaN."""
    if math.isnan(ratio):
        return ""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.1f}" if ratio < 99.95 else f"{ratio:.0f}"


def milliseconds(seconds: float) -> str:
    """A time to three digits."""
    return f"{1e3 * seconds:.3g}" if seconds < 1 else f"{1e3 * seconds:.0f}"


def times_of(record: Record) -> str:
    """The median of all processes in milliseconds, and of several the least and the largest in brackets."""
    low = sorted(record["low"])
    ends = f" ({milliseconds(low[0])} to {milliseconds(low[-1])})" if len(low) > 1 else ""
    return f"{milliseconds(statistics.median(low))}{ends}"


def spread(records: Iterable[Record]) -> str:
    """How far the high quantiles lie above the low ones: the median, and the largest in brackets."""
    pairs = [pair for r in records for pair in zip(r["low"], r["high"], strict=True)]
    shares = sorted(high / low - 1 for low, high in pairs)
    return f"{shares[len(shares) // 2]:.0%} ({shares[-1]:.0%})"


def plural(threads: int) -> str:
    """So many threads, in words."""
    return f"{threads} thread{'' if threads == 1 else 's'}"


def in_short(times: Times) -> str:
    """What the README quotes: batch norm by everyone, and every layer by Backproof's targets."""
    large = times.large(FIRST) if FIRST in times.layers else []
    parts = []
    if large:
        columns = [
            (which, dtype, threads)
            for which, dtype in (("backward", "float32"), ("backward", "float64"), ("forward", "float32"))
            for threads in times.threads
        ]
        rows = []
        for name in times.names(out=False):
            cells = [times.mean(name, BASE, FIRST, dtype, which, threads) for which, dtype, threads in columns]
            of_textbook = times.mean(name, TEXTBOOK, FIRST, "float32", "backward", times.threads[0])
            rows.append([name, *map(number, cells), number(of_textbook)])
        header = ["", *(f"{which} {dtype}, {plural(threads)}" for which, dtype, threads in columns)]
        header.append(f"backward float32, {plural(times.threads[0])}, over textbook NumPy")
        shapes = ", ".join("x".join(map(str, shape)) for shape in large)
        parts.append(
            "Batch norm: time over PyTorch's with as many threads, so that below 1 is faster; geometric means over\n"
            f"{shapes}. The last column is over textbook NumPy instead.\n\n{pages.table(header, rows)}"
        )
    targets = times.targets()
    header = ["", *(f"{which}, {name}" for name in targets for which in PASSES)]
    rows = []
    for layer in times.layers:
        row = [layer]
        for name in targets:
            for which in PASSES:
                means = [times.mean(name, BASE, layer, "float32", which, threads) for threads in times.threads]
                row.append(" / ".join(map(number, means)))
        rows.append(row)
    threads = " / ".join(map(plural, times.threads))
    parts.append(
        f"Every layer in float32: time over PyTorch's, {threads}; the shapes are on the page.\n\n"
        f"{pages.table(header, rows)}"
    )
    return "\n\n".join(parts)


def ratios(times: Times, layers: Sequence[str], which: str, threads: int) -> str:
    """All shapes and dtypes of some layers: PyTorch's time, and everyone's over it."""
    works = list(
        dict.fromkeys(
            (layer, tuple(r["shape"]), dtype, which, threads)
            for layer in layers
            for dtype in DTYPES
            for r in times.records
            if (r["layer"], r["dtype"], r["pass"], r["threads"]) == (layer, dtype, which, threads)
        )
    )
    found = {by for work in works for by in times.of(*work)}
    names = [name for name in times.names(out=True) if name in found and name != BASE]
    rows = []
    for work in works:
        layer, shape, dtype = work[:3]
        of_work = times.of(*work)
        base = times_of(of_work[BASE]) if BASE in of_work else ""
        cells = [number(times.ratio(name, BASE, *work)) for name in names]
        label = f"{'' if len(layers) == 1 else f'{layer} '}{shape} {dtype}"
        rows.append([label, base, *cells, spread(of_work.values())])
    if len(layers) == 1 and len(times.large(layers[0])) > 1:
        for dtype in DTYPES:
            means = [times.mean(name, BASE, layers[0], dtype, which, threads) for name in names]
            if not all(map(math.isnan, means)):
                count = len(times.large(layers[0]))
                rows.append([f"**geometric mean of the first {count}, {dtype}**", "", *map(number, means), ""])
    return pages.table(["x", f"{BASE}, ms", *names, "spread"], rows)


def shares(times: Times, which: str, threads: int) -> str:
    """Batch norm: the fraction of the memory's speed."""
    names = [*times.targets(out=True), BASE]
    rows = []
    for dtype in DTYPES:
        for shape in dict.fromkeys(tuple(r["shape"]) for r in times.records if r["layer"] == FIRST):
            cells = [times.ratio(STREAM, name, FIRST, shape, dtype, which, threads) for name in names]
            if not all(map(math.isnan, cells)):
                rows.append([f"{shape} {dtype}", *("" if math.isnan(cell) else f"{cell:.0%}" for cell in cells)])
    return pages.table(["x", *names], rows)


def emitted(times: Times) -> str:
    """The modules that take tensors of a framework, beside the framework."""
    rows = []
    for record in {
        (r["layer"], *r["shape"], r["threads"]): r for r in times.records if r["pass"] == BOTH_PASSES
    }.values():
        work = (record["layer"], tuple(record["shape"]), record["dtype"], BOTH_PASSES, record["threads"])
        of_work = times.of(*work)
        cells = []
        for framework, own in (("PyTorch", "Backproof torch"), ("JAX", "Backproof jax")):
            cells.append(times_of(of_work[framework]) if framework in of_work else "")
            cells.append(number(times.ratio(own, framework, *work)))
        label = f"{record['layer']} {tuple(record['shape'])} {record['dtype']}, {plural(record['threads'])}"
        rows.append([label, *cells, spread(of_work.values())])
    header = ["x", "PyTorch, ms", "Backproof torch over PyTorch", "JAX, ms", "Backproof jax over JAX", "spread"]
    return pages.table(header, rows)


def processes(run: Run) -> str:
    """How many processes measured, in words; in parts of a page these may differ."""
    counts = sorted({len(record["low"]) for record in run.records})
    return f"{' or '.join(map(str, counts))} process{'' if counts == [1] else 'es'}"


def page(run: Run) -> str:
    """The whole page."""
    times = Times(run.records)
    others = [layer for layer in times.layers if layer != FIRST]
    parts = [pages.opening("Speed", run), INTRODUCTION.format(processes=processes(run))]
    parts.append(f"## In short\n\n{in_short(times)}\n\nMade by `{run.command}`.\n")
    if FIRST in times.layers:
        parts.append(PICTURE)
    for title, layers in (("Batch norm", [FIRST]), ("The other layers", others)):
        for which in PASSES:
            for threads in times.threads:
                if any(layer in times.layers for layer in layers):
                    heading = f"## {title}, {which}, {plural(threads)}: time over PyTorch's"
                    parts.append(f"{heading}\n\n{ratios(times, layers, which, threads)}\n")
    if FIRST in times.layers and STREAM in times.names(out=False):
        parts.append(f"## Batch norm: share of the memory's speed\n\n{SHARE}")
        for which in PASSES:
            for threads in times.threads:
                parts.append(f"### {which.capitalize()}, {plural(threads)}\n\n{shares(times, which, threads)}\n")
    if any(r["pass"] == BOTH_PASSES for r in run.records):
        parts.append(f"## The emitted PyTorch and JAX modules\n\n{EMITTED}\n{emitted(times)}\n")
    parts.append(f"## The machine\n\n{pages.circumstances(run)}\n")
    parts += pages.others(run)
    return "\n".join(parts)


def figure(run: Run) -> Any:
    """Batch norm, backward: every implementation's times over PyTorch's."""
    times = Times(run.records)
    names = times.names(out=False, passes=("backward",))
    shapes = times.large(FIRST) if FIRST in times.layers else []
    whole: Any = importlib.import_module("matplotlib.figure").Figure(figsize=(11, 7), layout="constrained")
    axes = whole.subplots(len(DTYPES), len(times.threads), sharex=True, sharey=True, squeeze=False)
    for dtype, row in zip(DTYPES, axes, strict=True):
        for threads, place in zip(times.threads, row, strict=True):
            place.axvline(1, color="0.4", linewidth=1)
            for height, name in enumerate(names):
                values = [times.ratio(name, BASE, FIRST, shape, dtype, "backward", threads) for shape in shapes]
                values = [value for value in values if not math.isnan(value)]
                if not values:
                    continue
                colour = "tab:blue" if name.startswith("Backproof") else "0.5" if name == STREAM else "tab:orange"
                place.scatter(values, [height] * len(values), 18, colour, alpha=0.6, linewidth=0)
                place.scatter([timing.geometric_mean(values)], [height], 160, colour, marker="|", linewidth=2)
            place.set(xscale="log", title=f"batch norm, backward, {dtype}, {plural(threads)}")
            place.set_yticks(range(len(names)), names)
            place.grid(axis="x", color="0.9")
            place.set_axisbelow(True)
    axes[0][0].invert_yaxis()
    ticks = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
    for place in axes[-1]:
        place.set_xticks(ticks, map(str, ticks))
        place.minorticks_off()
        place.set_xlabel("time over PyTorch's")
    return whole
