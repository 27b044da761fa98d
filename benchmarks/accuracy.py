"""How exact batch norm is, by everyone, on ordinary and on hostile data: errors in eps, per channel.

    python benchmarks/accuracy.py                           # all cases, some two minutes, printed
    python benchmarks/accuracy.py --quick                   # three small cases: shows that it runs
    python benchmarks/accuracy.py --only "mean 1e4"         # the cases whose names contain these words
    python benchmarks/accuracy.py --write docs/benchmarks   # the page, its plot, its records and the README's part

The data are those of the conformance suite (`tests/support/data.py`) and one larger case. Each implementation is a
forward pass and the backward pass that belongs to it, with the statistics that it saved itself.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `derive`, `tests`, `generated`

import numpy as np

from benchmarks.support import machine, pages, precision
from benchmarks.support.pages import BenchmarkError, Record, Run
from tests.support import data, oracles
from tests.support.data import CaseSpec

COMMAND = "python benchmarks/accuracy.py --write docs/benchmarks"
HUGE = CaseSpec("(64, 3, 224, 224)", (64, 3, 224, 224), 1, data.normal(2.0), data.normal())
ORDINARY, FLOAT32_ONLY = data.MEDIUM, (HUGE,)
CASES = ORDINARY + data.HOSTILE + data.LARGE + FLOAT32_ONLY
QUICK = ("7x7 images", "mean 1e4, deviation 0.1, last", "tiny deviations")
FAR = "mean 1e4"  # in the names of the cases whose mean is far from zero
DTYPES = ("float32", "float64")
FLOOR, TOP = 1e-3, 1e10  # of the plot's axis

INTRODUCTION = f"""\
How far the forward and the backward pass are from the exact result, each implementation with the statistics that its
own forward pass saved. Exact means the staged chain rule in 80-bit numbers, which shares no code with anything measured
here. What an error is measured in:

- grad_input: eps times the largest `|gamma|*inv_std*(|g| + |mean g| + |x_norm * mean(g*x_norm)|)` of the channel, where
  g is grad_output;
- y: eps times the largest `|gamma*x_norm| + |beta|` of the channel;
- grad_gamma: eps times `|value| + sum|g*x_norm|/4`; grad_beta: eps times `|value| + sum|g|/4`.

In these units the contract for modules that take NumPy arrays is {precision.CONTRACT:.0f} for all four, on all data.
PyTorch is called at `native_batch_norm` and its backward; oneDNN the same way, with tensors in its layout; JAX is
`jax.vjp` of the definition, jitted; MyGrad is its own `batchnorm`; textbook NumPy is the staged chain rule with
statistics in the data's dtype.

The mean of float32 data near 1e4 is not a float32 number: whoever saves it as one has lost digits before the backward
pass begins. The same happens to float64 data and a float64 mean; there `mean_low`, in what Backproof saves, holds the
rest. With `huge values` squares overflow in float32: the NumPy and compiled kernels take them in float64, the emitted
PyTorch and JAX modules do not, and neither do those frameworks. An empty cell: the implementation is not for such data,
or the exact value and its scale are both zero. `not finite`: NaN or infinity where the exact result has none.
"""
UNITS = """\
Errors of batch norm in units of eps, the spacing of the data's dtype at one (1.2e-7 or 2.2e-16): the worst channel of
the worst case. Smaller is better; rounding an exact result costs up to 0.5. `mean 1e4` is data like `1e4 + 0.1*randn`.
The last two columns count the data, nearly all of them hostile, on which every result is within what Backproof
promises."""
PICTURE = f"""\
## As a picture

One dot for each case and implementation: the error of its worst channel. The line is the contract,
{precision.CONTRACT:.0f} eps. Dots at the left edge are exact or nearly so; triangles are not finite; Backproof is blue.

![Errors in eps of every implementation](accuracy.svg)
"""


def measure(specs: Iterable[CaseSpec]) -> list[Record]:
    """A record for every case, dtype, implementation and quantity: the error of the worst channel, in eps."""
    records: list[Record] = []
    implementations = precision.implementations()
    for spec in specs:
        for dtype in DTYPES if spec not in FLOAT32_ONLY else DTYPES[:1]:
            if not oracles.checkable(spec.size):
                continue
            print(f"{spec.name}, {dtype}", file=sys.stderr, flush=True)
            case = spec.build(np.dtype(dtype))
            chosen = {name: run for name, run in implementations.items() if precision.takes(name, case)}
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # of textbook kernels on hostile data
                found = {name: run(case) for name, run in chosen.items()}
            for name, by_quantity in precision.errors(case, found).items():
                for quantity, channels in by_quantity.items():
                    defined = channels[~np.isnan(channels)]
                    worst = float(defined.max()) if defined.size else None
                    records.append({
                        "case": spec.name, "dtype": dtype, "by": name, "of": quantity,
                        "worst": worst if worst is None or math.isfinite(worst) else "inf",
                    })  # fmt: skip
    return records


def left_out() -> dict[str, str]:
    """What is not measured here, and why."""
    found = machine.left_out()
    if not oracles.LONGDOUBLE_IS_WIDE:
        found["cases of more elements than mpmath can take"] = "np.longdouble is no wider than float64 here"
    return found


def value(record: Record) -> float:
    """The error of a record; NaN where it has none."""
    return math.nan if record["worst"] is None else float(record["worst"])


def shown(error: float) -> str:
    """An error to two digits."""
    if math.isnan(error):
        return ""
    if math.isinf(error):
        return "not finite"
    if error >= 1e5:
        digits, _, exponent = f"{error:.1e}".partition("e")
        return f"{digits}e{int(exponent)}"
    return f"{float(f'{error:.2g}'):,.0f}" if error >= 9.95 else f"{error:.2g}"


def worst(records: Iterable[Record]) -> float:
    """The largest error among records; NaN when none has one."""
    found = [value(record) for record in records if record["worst"] is not None]
    return max(found, default=math.nan)


def in_short(records: Sequence[Record]) -> str:
    """One row for each implementation: by kind of data, and how often it keeps what Backproof promises."""
    ordinary = {spec.name for spec in ORDINARY}
    far = {spec.name for spec in CASES if FAR in spec.name}
    rows = []
    for (name,), of_it in pages.grouped(records, "by").items():

        def largest(cases: set[str], dtype: str, quantity: str, of_it: list[Record] = of_it) -> str:
            chosen = [r for r in of_it if (r["dtype"], r["of"]) == (dtype, quantity) and r["case"] in cases]
            return shown(worst(chosen))

        cells = [largest(ordinary, "float32", "grad_input")]
        cells += [largest(far, "float32", quantity) for quantity in ("grad_input", "grad_gamma", "y")]
        cells += [largest(far, "float64", "grad_input")]
        for dtype in DTYPES:
            by_case = pages.grouped((r for r in of_it if r["dtype"] == dtype), "case").values()
            kept = sum(worst(case) <= precision.CONTRACT for case in by_case)
            cells.append(f"{kept} of {len(by_case)}" if by_case else "")
        rows.append([name, *cells])
    header = ["", "float32, ordinary: grad_input", "float32, mean 1e4: grad_input", "grad_gamma", "y"]
    header += ["float64, mean 1e4: grad_input"]
    header += [f"{dtype} data kept within {precision.CONTRACT:.0f} eps" for dtype in DTYPES]
    return f"{UNITS}\n\n{pages.table(header, rows)}\n\nMade by `{COMMAND}`."


def every_case(records: Sequence[Record], dtype: str, quantity: str) -> str:
    """One row for each case, one column for each implementation."""
    chosen = [r for r in records if (r["dtype"], r["of"]) == (dtype, quantity)]
    names = [name for (name,) in pages.grouped(records, "by")]
    names = [name for name in names if any(r["by"] == name for r in chosen)]
    rows = []
    for (case,), of_case in pages.grouped(chosen, "case").items():
        errors = {r["by"]: shown(value(r)) for r in of_case}
        rows.append([case, *(errors.get(name, "") for name in names)])
    return pages.table(["data", *names], rows)


def page(run: Run) -> str:
    """The whole page."""
    parts = [
        pages.opening("Accuracy of batch norm", run),
        INTRODUCTION,
        f"## In short\n\n{in_short(run.records)}\n",
        PICTURE,
    ]
    for dtype in DTYPES:
        for quantity in precision.QUANTITIES:
            if any((r["dtype"], r["of"]) == (dtype, quantity) for r in run.records):
                rows = every_case(run.records, dtype, quantity)
                parts.append(f"## {quantity}, {dtype}: errors in eps of the worst channel\n\n{rows}\n")
    parts.append(f"## The machine\n\n{pages.circumstances(run)}\n")
    return "\n".join(parts)


def figure(run: Run) -> Any:
    """Every error as a dot: rows are dtypes, columns quantities."""
    names = [name for (name,) in pages.grouped(run.records, "by")]
    whole: Any = importlib.import_module("matplotlib.figure").Figure(figsize=(12, 6.4), layout="constrained")
    axes = whole.subplots(len(DTYPES), len(precision.QUANTITIES), sharex=True, sharey=True)
    for dtype, row in zip(DTYPES, axes, strict=True):
        for quantity, place in zip(precision.QUANTITIES, row, strict=True):
            place.axvline(precision.CONTRACT, color="0.4", linewidth=1)
            chosen = [r for r in run.records if (r["dtype"], r["of"]) == (dtype, quantity) and r["worst"] is not None]
            for own, colour in ((True, "tab:blue"), (False, "tab:orange")):
                for finite, marker in ((True, "o"), (False, ">")):
                    points = [
                        (min(max(value(r), FLOOR), TOP), names.index(r["by"]))
                        for r in chosen
                        if r["by"].startswith("Backproof") == own and math.isfinite(value(r)) == finite
                    ]
                    if points:
                        place.scatter(*zip(*points, strict=True), 16, colour, marker=marker, alpha=0.5, linewidth=0)
            place.set(xscale="log", xlim=(FLOOR / 2, TOP * 2), title=f"{quantity}, {dtype}")
            place.grid(axis="x", color="0.9")
            place.set_axisbelow(True)
            place.set_yticks(range(len(names)), names)
    axes[0][0].invert_yaxis()
    for place in axes[-1]:
        place.set_xlabel("error in eps")
    return whole


def key(record: Record) -> tuple[str, str]:
    """Records that belong together: a case is measured whole or not at all."""
    return record["case"], record["dtype"]


def main() -> None:
    """Measure, then print the page or write it with its picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three small cases: only shows that it runs")
    parser.add_argument("--only", metavar="WORDS", help="the cases whose names contain these words")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the page goes, instead of the terminal")
    given = parser.parse_args()
    specs = [spec for spec in CASES if (given.only or "") in spec.name and (not given.quick or spec.name in QUICK)]
    if not specs:
        parser.error(f"--only: no case has {given.only!r} in its name; there are {', '.join(s.name for s in CASES)}")
    run = Run(COMMAND, machine.described(), left_out(), tuple(measure(specs)))
    try:
        pages.finish(given.write, "accuracy", run, page, figure, key, part=bool(given.only), quick=given.quick)
    except BenchmarkError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
