"""The constants by which the NumPy kernels choose how to work: measured anew, on both sides of each.

    python benchmarks/thresholds.py                           # all of them, some three minutes, printed
    python benchmarks/thresholds.py --quick                   # shows that it runs
    python benchmarks/thresholds.py --only _SMALL             # the constants with these names
    python benchmarks/thresholds.py --write docs/benchmarks   # the page and its records
    python benchmarks/thresholds.py --set                     # the template gets the values that were measured as best

A constant is set in copies of the emitted module of batch norm, one copy for each value, and the copies are timed in
turns. A *switch* is a number of elements up to which one of two forms is taken: both are timed at sizes around it. Of a
*size* several values are timed against the one that is there. After `--set`, run `regenerate-kernels`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `derive`, `tests`, `generated`

import numpy as np
from rich.progress import track

from benchmarks.support import machine, pages, timing
from benchmarks.support.pages import DOCS, BenchmarkError, Record, Run
from derive.files import write_all

COMMAND = "python benchmarks/thresholds.py --write docs/benchmarks"
CASE = ("shape", "dtype", "pass")
TEMPLATE = pages.ROOT / "templates" / "numpy" / "runtime.py.j2"
NEVER, ALWAYS = 0, 2**62
MATTERS = 0.02  # a value that wins less than this share of the time is not worth another number in the template

Shape = tuple[int, ...]


def shapes_of(elements: int) -> tuple[Shape, ...]:
    """Data of batch norm with so many elements: a table with few or many channels, and images."""
    return (elements // 64, 64), (elements // 16, 16), (max(1, elements // 512), 8, 8, 8)


@dataclass(frozen=True)
class Switch:
    """A number of elements up to which the first of two forms is taken.

    Args:
        name: the constant.
        forms: what is taken up to it, and beyond it.
        elements: at how many elements both are timed.
        per: for a dtype, how many elements count as one; the template says where dtypes differ.
        shapes: data of batch norm with so many elements.
    """

    name: str
    forms: tuple[str, str]
    elements: tuple[int, ...]
    per: tuple[tuple[str, int], ...] = (("float32", 1), ("float64", 1))
    shapes: Callable[[int], tuple[Shape, ...]] = shapes_of


@dataclass(frozen=True)
class Size:
    """A constant of which several values are timed, on these shapes of batch norm's data."""

    name: str
    values: tuple[int, ...]
    shapes: tuple[Shape, ...]


LARGE: tuple[Shape, ...] = ((32, 64, 56, 56), (32, 256, 14, 14), (64, 512, 7, 7), (16, 3, 224, 224))
SINGLE: tuple[Shape, ...] = ((64, 128, 28, 28), (8, 64, 64, 64), (64, 64, 32, 32), LARGE[0], LARGE[3])
KIB = 1024
CONSTANTS: tuple[Switch | Size, ...] = (
    Switch(
        "_SMALL",
        ("few calls", "loops over blocks"),
        tuple(2**k for k in (11, 13, 14, 15, 16, 17, 18)),
        (("float32", 1), ("float64", 2)),
    ),
    Switch(
        "_TINY",
        ("more digits", "the dtype of the data"),
        tuple(2**k for k in (9, 10, 11, 12, 13, 14)),
        (("float32", 1), ("float64", 8)),
    ),
    Switch(
        "_TABLE",
        ("a table", "the order of memory"),
        tuple(2**k for k in (7, 8, 9, 10, 11, 12)),
        (("float32", 1),),
        lambda elements: ((elements // 64, 4, 4, 4), (elements // 32, 8, 2, 2), (2, elements // 32, 4, 4)),
    ),
    Size("_CHUNK_BYTES", tuple(n * KIB for n in (3200, 6400, 12800, 25600)), LARGE),
    Size("_SINGLE_BYTES", tuple(n * KIB for n in (250, 500, 1000, 2000, 1000000)), SINGLE),
    Size("_REPEAT", (64, 256, 1024, 4096), LARGE[1:]),
    Size("_BUFFER", (256, 1024, 4096, 8192), LARGE),
)
FEW: int = 2  # sizes and values of a quick run
SMALLEST: Shape = (4, 8, 4, 4)  # the only shape of a quick run


def value_in(text: str, name: str) -> int:
    """The value of a constant in the template or in a module; BenchmarkError where there is none."""
    found = re.search(rf"^{name} = ([0-9 *]+?)(?=\s+#|$)", text, re.MULTILINE)
    if found is None:
        raise BenchmarkError(f"{name}: there is no such constant in the text")
    value = 1
    for factor in found[1].split("*"):
        value *= int(factor)
    return value


def with_value(text: str, name: str, value: int) -> str:
    """The text with another value of a constant, whose comment stays; BenchmarkError where there is none."""
    value_in(text, name)
    shown = f"{value // KIB} * {KIB}" if name.endswith("_BYTES") and value % KIB == 0 else str(value)
    return re.sub(rf"^({name} = )[0-9 *]+?(?=\s+#|$)", rf"\g<1>{shown}", text, count=1, flags=re.MULTILINE)


def copy_of(layer: str, name: str, value: int) -> ModuleType:
    """A copy of an emitted module in which a constant has this value; BenchmarkError where it has no such constant."""
    path = pages.ROOT / "generated" / "numpy" / f"{layer}.py"
    spec = importlib.util.spec_from_file_location(f"copy_of_{layer}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # NamedTuples look their module up
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise BenchmarkError(f"{name}: the emitted module has no such constant")
    setattr(module, name, value)
    return module


def calls(module: Any, shape: Shape, dtype: str) -> dict[str, Callable[[], object]]:
    """Both passes of batch norm with fixed random data, outputs allocated."""
    random = np.random.default_rng(0)
    x, g = (random.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma, beta = (random.uniform(0.5, 1.5, shape[1]).astype(dtype) for _ in range(2))
    _, saved = module.forward(x, gamma, beta)
    return {
        "forward": lambda: module.forward(x, gamma, beta),
        "backward": lambda: module.backward(g, x, gamma, saved=saved),
    }


def timed(
    constant: Switch | Size, values: Sequence[int], shape: Shape, dtype: str, effort: timing.Effort
) -> list[Record]:
    """A record for each value and pass at one shape."""
    chosen: dict[tuple[int, str], Callable[[], object]] = {}
    for value in values:
        for which, call in calls(copy_of("batch_norm", constant.name, value), shape, dtype).items():
            chosen[value, which] = call
    found = timing.in_turns({f"{value} {which}": call for (value, which), call in chosen.items()}, effort)
    return [
        {
            "constant": constant.name, "value": value, "pass": which, "shape": list(shape), "dtype": dtype,
            "seconds": timing.quantile(found[f"{value} {which}"], timing.LOW),
        }
        for value, which in chosen
    ]  # fmt: skip


def measure(constants: Iterable[Switch | Size], *, quick: bool) -> list[Record]:
    """The times of all constants' values, around the crossing or around the value that is there."""
    effort = timing.QUICK if quick else timing.Effort(least=5, most=25, seconds=0.4, burst=0.003)
    template = TEMPLATE.read_text(encoding="utf-8")
    todo: list[tuple[Switch | Size, tuple[int, ...], Shape, str, int]] = []
    for constant in constants:
        if isinstance(constant, Switch):
            for elements in constant.elements[: FEW if quick else None]:
                for dtype, per in constant.per:
                    shapes = constant.shapes(elements // per)
                    todo += [(constant, (NEVER, ALWAYS), s, dtype, elements) for s in (shapes[:1] if quick else shapes)]
        else:
            values = constant.values[: FEW if quick else None]
            values = tuple(sorted({*values, value_in(template, constant.name)}))
            for shape in (SMALLEST,) if quick else constant.shapes:
                todo += [(constant, values, shape, dtype, 0) for dtype in ("float32", "float64")]
    records: list[Record] = []
    for constant, values, shape, dtype, elements in track(todo, "thresholds", disable=not sys.stderr.isatty()):
        records += [r | {"elements": elements} for r in timed(constant, values, shape, dtype, effort)]
    return records


def ratios(records: Iterable[Record], value: int, other: int) -> list[float]:
    """The times with one value over those with another, case by case."""
    seconds = [{r["value"]: r["seconds"] for r in case} for case in pages.grouped(records, *CASE).values()]
    return [by_value[value] / by_value[other] for by_value in seconds]


def best(constant: Switch | Size, records: Sequence[Record], current: int) -> int:
    """The value to set: of a switch, the size up to which its first form wins most, all sizes together; of a size, the
    fastest on average if it wins enough."""
    own = [r for r in records if r["constant"] == constant.name]
    if isinstance(constant, Size):
        means = {v: timing.geometric_mean(ratios(own, v, current)) for v in sorted({r["value"] for r in own})}
        fastest = min(means, key=means.__getitem__)
        return fastest if means[fastest] < 1 - MATTERS else current
    limit, lost, least = NEVER, 0.0, 0.0
    for (elements,), at_size in sorted(pages.grouped(own, "elements").items()):
        lost += math.log(timing.geometric_mean(ratios(at_size, ALWAYS, NEVER)))
        if lost < least:
            limit, least = elements, lost
    return limit


def section(constant: Switch | Size, records: Sequence[Record], current: int) -> str:
    """What was measured of one constant, as a table."""
    own = [r for r in records if r["constant"] == constant.name]
    if isinstance(constant, Size):
        values = sorted({r["value"] for r in own})
        header = ["x", *(f"{v}" for v in values)]
        rows = [
            [f"{shape} {dtype} {which}"]
            + [f"{timing.geometric_mean(ratios(some, v, current)):.2f}" for v in values]
            for (shape, dtype, which), some in pages.grouped(own, *CASE).items()
        ]
        rows.append(["**geometric mean**", *(f"{timing.geometric_mean(ratios(own, v, current)):.2f}" for v in values)])
        words = "Time over that with the value that is there."
    else:
        header = ["elements", "geometric mean", "fastest case", "slowest case"]
        rows = []
        for (elements,), at_size in sorted(pages.grouped(own, "elements").items()):
            found = ratios(at_size, ALWAYS, NEVER)
            rows.append([f"{elements}", *(f"{n:.2f}" for n in (timing.geometric_mean(found), min(found), max(found)))])
        words = f"Time with {constant.forms[0]} over that with {constant.forms[1]}."
        words += "".join(f" {per} elements are one of {dtype}." for dtype, per in constant.per if per > 1)
    value = best(constant, records, current)
    verdict = f"It is {current}; measured best here: {value}."
    return f"## `{constant.name}`\n\n{words}\n\n{pages.table(header, rows)}\n\n{verdict}"


def page(run: Run) -> str:
    """The page of a run."""
    template = TEMPLATE.read_text(encoding="utf-8")
    measured = {r["constant"] for r in run.records}
    sections = [section(c, run.records, value_in(template, c.name)) for c in CONSTANTS if c.name in measured]
    introduction = (
        "How the emitted NumPy modules choose between their forms, and how large their blocks are: batch norm with\n"
        "one thread, forward and backward, float32 and float64. Below 1 is faster. The values stand in\n"
        "`templates/numpy/runtime.py.j2`; `python benchmarks/thresholds.py --set` puts those measured best there."
    )
    parts = [pages.opening("The thresholds of the NumPy kernels", run).strip(), introduction]
    return "\n\n".join([*parts, *sections, f"## The machine\n\n{pages.circumstances(run)}"]) + "\n"


def main() -> None:
    """Measure, then print, write or set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the smallest sizes, two rounds: shows that it runs")
    parser.add_argument("--only", metavar="NAME", action="append", help="this constant; may be given several times")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="where the page goes, instead of the terminal")
    parser.add_argument("--set", action="store_true", help="put the values measured best into the template")
    given = parser.parse_args()
    try:
        known = [c.name for c in CONSTANTS]
        if unknown := [name for name in given.only or () if name not in known]:
            raise BenchmarkError(f"--only: expected some of {', '.join(known)}; got {', '.join(unknown)}")
        if given.quick and (given.set or (given.write is not None and given.write.resolve() == DOCS)):
            raise BenchmarkError("--quick: its numbers mean nothing and must be neither set nor kept")
        chosen = [c for c in CONSTANTS if given.only is None or c.name in given.only]
        run = Run(COMMAND, machine.described(), {}, tuple(measure(chosen, quick=given.quick)))
        if given.write is None:
            print(page(run))
        else:
            write_all(given.write, {"thresholds.md": page(run), "thresholds.json": pages.save(run)})
        if given.set:
            text = TEMPLATE.read_text(encoding="utf-8")
            for constant in chosen:
                text = with_value(text, constant.name, best(constant, run.records, value_in(text, constant.name)))
            write_all(TEMPLATE.parent, {TEMPLATE.name: text})
    except BenchmarkError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
