"""The accuracy benchmark sees wrong kernels, runs, and is quoted as it stands."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.dom import minidom

import numpy as np
import pytest

from benchmarks import accuracy
from benchmarks.support import pages, precision
from benchmarks.support.precision import QUANTITIES, Results
from derive.files import is_ours
from tests.support import data, oracles
from tests.support.contract import Array
from tests.support.data import Case

ROOT = Path(__file__).resolve().parents[2]


def exact(case: Case) -> Results:
    """The oracle's own results, rounded once."""
    reference = oracles.batch_norm_reference(case)

    def rounded(values: Array) -> Array:
        return values.astype(case.x.dtype)

    def full(values: Array) -> Array:
        moved = np.moveaxis(case.x, case.axis, 0)
        return np.moveaxis(rounded(values).reshape(moved.shape), 0, case.axis)

    return Results(
        full(reference.y), full(reference.grad_input),
        rounded(reference.grad_gamma).ravel(), rounded(reference.grad_beta).ravel(),
    )  # fmt: skip


def worst(case: Case, results: Results) -> dict[str, float]:
    return {what: float(np.nanmax(sizes)) for what, sizes in precision.errors(case, {"it": results})["it"].items()}


@pytest.mark.parametrize("name", ["5-D channels last", "4-D channels last", "very different channels"])
@pytest.mark.parametrize("dtype", accuracy.DTYPES)
def test_rounding_the_exact_result_costs_half_an_eps(name: str, dtype: str) -> None:
    case = data.find(name).build(np.dtype(dtype))
    if not oracles.checkable(case.x.size):
        pytest.skip("np.longdouble is too narrow here")
    assert all(0 < size <= 0.5 for size in worst(case, exact(case)).values())


WRONG: dict[str, Callable[[Results, Case], Results]] = {
    "y": lambda r, case: replace(r, y=r.y * (1 + np.asarray(1e-5, r.y.dtype))),
    "grad_input": lambda r, case: replace(r, grad_input=r.grad_input + abs(r.grad_input).max() * np.float32(1e-5)),
    "grad_gamma": lambda r, case: replace(r, grad_gamma=-r.grad_gamma),
    "grad_beta": lambda r, case: replace(r, grad_beta=r.grad_beta * np.asarray(0.99, r.grad_beta.dtype)),
}


@pytest.mark.parametrize("what", QUANTITIES)
def test_a_wrong_result_is_many_eps_and_no_other_quantity_is_blamed(what: str) -> None:
    case = data.find("4-D channels last").build(np.dtype("float32"))
    found = worst(case, WRONG[what](exact(case), case))
    assert found[what] > 20
    assert all(found[other] <= 0.5 for other in QUANTITIES if other != what)


def test_a_mean_rounded_to_float32_is_hundreds_of_eps() -> None:
    """What frameworks do; and the emitted kernel, given the statistics that it saved itself, keeps its promise."""
    case = data.find("mean 1e4, deviation 0.1, last").build(np.dtype("float32"))
    textbook = worst(case, precision.implementations()["textbook NumPy"](case))
    emitted = worst(case, precision.implementations()["Backproof numpy"](case))
    assert min(textbook["y"], textbook["grad_input"], textbook["grad_gamma"]) > 300
    assert max(emitted.values()) <= precision.CONTRACT


def test_an_error_in_one_channel_is_seen_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    case = data.find("very different channels, last").build(np.dtype("float32"))
    results = exact(case)
    results.grad_gamma[7] *= np.float32(1.5)
    results.y[0, 0, 0, 3] = np.nan
    whole = precision.errors(case, {"it": results})["it"]
    monkeypatch.setattr(precision, "BLOCK", case.count)
    by_channel = precision.errors(case, {"it": results})["it"]
    for what in QUANTITIES:
        np.testing.assert_array_equal(whole[what], by_channel[what])
    assert whole["grad_gamma"].argmax() == 7 and whole["grad_gamma"][7] > 1e4
    assert math.isinf(whole["y"][3]) and np.isfinite(np.delete(whole["y"], 3)).all()


def test_constant_channels_have_no_error_in_grad_gamma() -> None:
    """Its exact value and its scale are zero there: nothing to measure an error in."""
    case = data.find("constant channels").build(np.dtype("float32"))
    sizes = precision.errors(case, {"it": exact(case)})["it"]
    assert np.isnan(sizes["grad_gamma"]).all()
    assert np.isfinite(sizes["y"]).all() and np.isfinite(sizes["grad_input"]).all()


@pytest.mark.parametrize(
    ("error", "text"),
    [(0.0, "0"), (0.4449, "0.44"), (9.94, "9.9"), (9.96, "10"), (1234.0, "1,200"), (123456.0, "1.2e5"),
     (8.2e6, "8.2e6"), (math.inf, "not finite"), (math.nan, "")],
)  # fmt: skip
def test_errors_are_shown_with_two_digits(error: float, text: str) -> None:
    assert accuracy.shown(error) == text


def test_it_runs_and_writes_a_complete_page(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "benchmarks" / "accuracy.py"), "--quick", "--write", str(tmp_path)]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    run = pages.load((tmp_path / "accuracy.json").read_text(encoding="utf-8"))
    page = (tmp_path / "accuracy.md").read_text(encoding="utf-8")
    assert page == accuracy.page(run)
    expected = set(precision.implementations())
    assert {record["by"] for record in run.records} == expected
    assert {record["case"] for record in run.records} <= set(accuracy.QUICK)
    for name in expected:
        assert f"\n| {name} | " in pages.quotation(page)
    emitted = [record for record in run.records if record["by"] == "Backproof numpy"]
    assert all(accuracy.value(record) <= precision.CONTRACT for record in emitted)
    assert (tmp_path / "accuracy.svg").is_file() == (importlib.util.find_spec("matplotlib") is not None)


def test_the_page_in_the_repository_is_made_of_its_records() -> None:
    run = pages.load((pages.DOCS / "accuracy.json").read_text(encoding="utf-8"))
    page = (pages.DOCS / "accuracy.md").read_text(encoding="utf-8")
    assert page == accuracy.page(run), f"run: {accuracy.COMMAND}"
    assert {record["case"] for record in run.records} == {spec.name for spec in accuracy.CASES}, "not the whole run"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == pages.quoted(readme, "accuracy", pages.quotation(page)), f"run: {accuracy.COMMAND}"


def test_the_same_records_make_the_same_picture() -> None:
    pytest.importorskip("matplotlib")
    run = pages.load((pages.DOCS / "accuracy.json").read_text(encoding="utf-8"))
    picture = pages.svg(accuracy.figure(run), run.command)
    assert picture == pages.svg(accuracy.figure(run), run.command)
    minidom.parseString(picture)  # a browser shows nothing of what is not XML
    assert is_ours(picture) and "<dc:date>" not in picture
