"""The speed benchmark covers the catalogue, times nothing that is wrong, reckons rightly, is quoted as it stands."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.dom import minidom

import numpy as np
import pytest

from benchmarks import speed
from benchmarks.support import contenders, frameworks, machine, pages, speed_page
from benchmarks.support.speed_page import Times
from benchmarks.support.worker import STREAM
from benchmarks.support.workloads import LAYERS, workload
from derive.catalogue import names
from derive.files import is_ours

ROOT = Path(__file__).resolve().parents[2]


def test_every_layer_of_the_catalogue_is_timed() -> None:
    assert sorted(LAYERS) == sorted(names())


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("which", contenders.PASSES)
def test_everyone_computes_the_same(layer: str, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In float64, where it is checked before it is returned: the emitted modules and everything written by hand.

    The frameworks, which need settings for a whole process, are checked in the run below.
    """
    monkeypatch.setattr(frameworks, "calls", lambda work, which: {})
    found = contenders.calls(workload(layer, LAYERS[layer].quick, "float64"), which, 1)
    assert {f"Backproof {target}" for target in machine.arrays_targets()} <= found.keys()
    assert {"textbook NumPy"} <= found.keys()


@pytest.mark.parametrize("layer", LAYERS)
def test_no_wrong_result_is_timed(layer: str) -> None:
    """Each result in turn is off by a thousandth; and one result too few."""
    work = workload(layer, LAYERS[layer].quick, "float64")
    formula = work.case.formula
    right = formula.textbook(work.g, *work.inputs, saved=formula.statistics(*work.inputs))
    contenders.check(work, "backward", {"right": lambda: right})
    for at in range(len(right)):
        wrong = tuple(a * (1 + 1e-3 * (i == at)) for i, a in enumerate(right))
        with pytest.raises(AssertionError, match="wrong is off by"):
            contenders.check(work, "backward", {"wrong": lambda wrong=wrong: wrong})  # type: ignore[misc]
    y = np.asarray(formula.definition(np, *work.inputs))
    contenders.check(work, "forward", {"right": lambda: y})
    with pytest.raises(AssertionError, match="wrong is off by"):
        contenders.check(work, "forward", {"wrong": lambda: y + 1e-3})
    if len(right) > 1:
        with pytest.raises(AssertionError, match="returns 1 results"):
            contenders.check(work, "backward", {"short": lambda: right[:1]})


def records(shape: tuple[int, ...], threads: int = 1, **times: float) -> list[dict[str, Any]]:
    """One workload of batch norm in one process, with spreads of a half."""
    work = {"layer": "batch_norm", "shape": list(shape), "dtype": "float32", "pass": "backward", "threads": threads}
    return [{**work, "by": by.replace("_", " "), "low": t, "high": 1.5 * t, "rounds": 5} for by, t in times.items()]


def in_processes(*alone: list[dict[str, Any]]) -> Times:
    return Times(speed.repeated([record for one in alone for record in one]))


FIRST, SECOND = LAYERS["batch_norm"].shapes[:2]
SMALL = LAYERS["batch_norm"].shapes[-1]
TIMES = in_processes(
    records(FIRST, PyTorch=2.0, textbook_NumPy=16.0, Backproof_c=1.0, memory_alone=0.5)
    + records(SECOND, PyTorch=1.0, textbook_NumPy=4.0, Backproof_c=4.0, memory_alone=0.5)
    + records(SMALL, PyTorch=1.0, textbook_NumPy=1.0, Backproof_c=100.0)
)


def test_ratios_and_means_are_those_of_the_times() -> None:
    work = ("batch_norm", FIRST, "float32", "backward", 1)
    assert TIMES.ratio("Backproof c", "PyTorch", *work) == 0.5
    assert TIMES.ratio("Backproof c", "textbook NumPy", *work) == 1 / 16
    assert math.isnan(TIMES.ratio("nobody", "PyTorch", *work))
    assert math.isnan(TIMES.ratio("Backproof c", "PyTorch", *work[:-1], 2))
    mean = ("batch_norm", "float32", "backward", 1)
    assert TIMES.large("batch_norm") == [FIRST, SECOND], "the small shape is no part of the mean"
    assert TIMES.mean("Backproof c", "PyTorch", *mean) == pytest.approx(math.sqrt(0.5 * 4), rel=4 * 2**-52)
    assert TIMES.mean("Backproof c", "textbook NumPy", *mean) == pytest.approx(0.25, rel=4 * 2**-52)
    assert math.isnan(TIMES.mean("nobody", "PyTorch", *mean))


def test_a_ratio_is_the_median_of_those_of_the_processes() -> None:
    """Each within its own process: of the medians of the times it would be 3 / 2."""
    times = in_processes(*(records(FIRST, PyTorch=p, Backproof_c=c) for p, c in ((1.0, 3.0), (2.0, 2.0), (4.0, 8.0))))
    assert times.ratio("Backproof c", "PyTorch", "batch_norm", FIRST, "float32", "backward", 1) == 2
    table = speed_page.ratios(times, ["batch_norm"], "backward", 1)
    assert f"| {FIRST} float32 | 2000 (1000 to 4000) | 2.00 | 50% (50%) |" in table


def test_the_tables_say_so() -> None:
    table = speed_page.ratios(TIMES, ["batch_norm"], "backward", 1)
    assert f"| {FIRST} float32 | 2000 | 8.00 | 0.50 | 0.25 | 50% (50%) |" in table
    assert "| **geometric mean of the first 2, float32** |  | 5.66 | 1.41 | 0.35 |  |" in table
    assert f"| {FIRST} float32 | 50% | 25% |" in speed_page.shares(TIMES, "backward", 1)
    assert "| Backproof c | 1.41 |  |  | 0.25 |" in speed_page.in_short(TIMES)
    assert "| textbook NumPy | 5.66 |" in speed_page.in_short(TIMES)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.004, "0.00"), (0.996, "1.00"), (9.994, "9.99"), (9.996, "10.0"), (123.4, "123"), (math.nan, "")],
)
def test_ratios_are_shown_to_two_or_three_digits(ratio: float, text: str) -> None:
    assert speed_page.number(ratio) == text


def test_it_runs_and_writes_a_complete_page(tmp_path: Path) -> None:
    script = [
        sys.executable,
        str(ROOT / "benchmarks" / "speed.py"),
        "--quick",
        "--threads",
        "1",
        "--processes",
        "2",
        "--write",
        str(tmp_path),
    ]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    run = pages.load((tmp_path / "speed.json").read_text(encoding="utf-8"))
    page = (tmp_path / "speed.md").read_text(encoding="utf-8")
    assert page == speed_page.page(run) and " All is measured in 2 processes,\n" in page
    measured = {(r["layer"], r["pass"], r["by"]) for r in run.records}
    for layer in LAYERS:
        for which in contenders.PASSES:
            for target in machine.arrays_targets():
                assert {(layer, which, f"Backproof {target}"), (layer, which, f"Backproof {target}, out=")} <= measured
            assert ((layer, which, "PyTorch") in measured) == machine.installed("torch")
            assert ((layer, which, "JAX") in measured) == machine.installed("jax")
            assert (layer, which, STREAM) in measured or "c" not in machine.arrays_targets()
        assert f"\n| {layer} | " in pages.quotation(page)
    assert all(len(r["low"]) == len(r["high"]) == 2 and r["threads"] == 1 for r in run.records)
    assert all(high >= low > 0 for r in run.records for low, high in zip(r["low"], r["high"], strict=True))
    assert (tmp_path / "speed.svg").is_file() == (importlib.util.find_spec("matplotlib") is not None)


@pytest.mark.parametrize(
    ("option", "number", "message"),
    [
        ("--threads", "100000", "--threads: expected 1 to"),
        ("--processes", "0", "--processes: expected at least 1, got 0"),
    ],
)
def test_impossible_numbers_are_refused(tmp_path: Path, option: str, number: str, message: str) -> None:
    script = [sys.executable, str(ROOT / "benchmarks" / "speed.py"), "--quick", option, number]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2 and message in done.stderr


def test_the_page_in_the_repository_is_made_of_its_records() -> None:
    run = pages.load((pages.DOCS / "speed.json").read_text(encoding="utf-8"))
    page = (pages.DOCS / "speed.md").read_text(encoding="utf-8")
    assert page == speed_page.page(run), f"run: {speed.COMMAND}"
    assert {record["layer"] for record in run.records} == set(names()), "not the whole run"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == pages.quoted(readme, "speed", pages.quotation(page)), f"run: {speed.COMMAND}"


def test_the_page_shows_other_machines_beside_its_own() -> None:
    run = pages.load((pages.DOCS / "speed.json").read_text(encoding="utf-8"))
    environment = dict.fromkeys((*pages.MACHINE, "libraries"), "of another kind")
    other = pages.Elsewhere({**environment, "processor": "one more"}, "| it | 0.5 |")
    page = speed_page.page(replace(run, elsewhere=(other,)))
    places = ["## The machine\n", "## Other machines\n", "### one more\n\n| it | 0.5 |"]
    assert sorted(places, key=page.index) == places
    assert page.endswith("\n- processor: one more\n- cores: of another kind\n- caches: of another kind\n"
                         "- libraries: of another kind\n")  # fmt: skip
    assert pages.quotation(page) == pages.quotation(speed_page.page(replace(run, elsewhere=())))
    assert "## Other machines" not in speed_page.page(replace(run, elsewhere=()))


def test_the_same_records_make_the_same_picture() -> None:
    pytest.importorskip("matplotlib")
    run = pages.load((pages.DOCS / "speed.json").read_text(encoding="utf-8"))
    picture = pages.svg(speed_page.figure(run), run.command)
    assert picture == pages.svg(speed_page.figure(run), run.command)
    minidom.parseString(picture)  # a browser shows nothing of what is not XML
    assert is_ours(picture) and "<dc:date>" not in picture
