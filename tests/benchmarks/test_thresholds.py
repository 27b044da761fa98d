"""The thresholds benchmark finds crossings and fastest values, knows the constants that are there, and runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import thresholds
from benchmarks.support import pages
from benchmarks.support.pages import DOCS, BenchmarkError, Record
from benchmarks.thresholds import ALWAYS, CONSTANTS, NEVER, Size, Switch
from derive.files import is_ours

ROOT = Path(__file__).resolve().parents[2]
SWITCH = Switch("_IT", ("one", "other"), (1, 2, 4, 8))
SIZE = Size("_IT", (10, 20, 40), ((2, 2),))


def record(value: int, seconds: float, elements: int = 0) -> Record:
    return {
        "constant": "_IT", "value": value, "pass": "forward", "shape": [elements, 1], "dtype": "float32",
        "seconds": seconds, "elements": elements,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gains", "limit"),
    [
        ((0.5, 0.8, 0.9, 1.2), 4),
        ((1.1, 1.2, 1.3, 2.0), NEVER),
        ((0.5, 0.6, 0.7, 0.8), 8),
        ((1.02, 0.5, 0.9, 1.5), 4),  # one size that was disturbed does not decide
    ],
)
def test_a_switch_is_set_where_its_first_form_stops_winning(gains: tuple[float, ...], limit: int) -> None:
    pairs = zip(SWITCH.elements, gains, strict=True)
    records = [r for n, gain in pairs for r in (record(ALWAYS, gain, n), record(NEVER, 1.0, n))]
    assert thresholds.best(SWITCH, records, 3) == limit
    page = thresholds.section(SWITCH, records, 3)
    assert f"measured best here: {limit}." in page and f"{gains[0]:.2f}" in page


@pytest.mark.parametrize(
    ("seconds", "value"), [((1.0, 2.0, 3.0), 10), ((3.0, 2.0, 1.0), 40), ((0.99, 1.0, 1.5), 20)]
)
def test_a_size_is_set_to_the_fastest_if_that_wins_enough(seconds: tuple[float, ...], value: int) -> None:
    records = [record(v, s) for v, s in zip(SIZE.values, seconds, strict=True)]
    assert thresholds.best(SIZE, records, 20) == value


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda c: c.name)
def test_every_constant_is_in_the_template_and_in_the_modules(constant: Any) -> None:
    template = thresholds.TEMPLATE.read_text(encoding="utf-8")
    value = thresholds.value_in(template, constant.name)
    module = (ROOT / "generated" / "numpy" / "batch_norm.py").read_text(encoding="utf-8")
    assert thresholds.value_in(module, constant.name) == value
    assert getattr(thresholds.copy_of("batch_norm", constant.name, value + 1), constant.name) == value + 1


def test_setting_a_constant_changes_its_value_and_nothing_else() -> None:
    text = "_A = 5  # why\n_B_BYTES = 16 * 1024  # why\n_AB = 5\n"
    assert thresholds.with_value(text, "_A", 7) == text.replace("_A = 5", "_A = 7")
    assert thresholds.with_value(text, "_B_BYTES", 32 * 1024) == text.replace("16 *", "32 *")
    assert thresholds.value_in(text, "_B_BYTES") == 16 * 1024
    with pytest.raises(BenchmarkError, match="_C"):
        thresholds.with_value(text, "_C", 1)
    with pytest.raises(BenchmarkError, match="_C"):
        thresholds.copy_of("batch_norm", "_C", 1)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "benchmarks" / "thresholds.py"), *arguments]
    return subprocess.run(script, capture_output=True, text=True, timeout=300, check=False)


def test_it_runs(tmp_path: Path) -> None:
    done = run("--quick", "--write", str(tmp_path))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "thresholds.md").read_text(encoding="utf-8")
    assert is_ours(page) and (tmp_path / "thresholds.json").is_file()
    assert all(f"## `{constant.name}`" in page for constant in CONSTANTS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--quick", "--write", str(DOCS)), "--quick"),
        (("--quick", "--set"), "--quick"),
        (("--only", "_NOTHING"), "_NOTHING"),
    ],
)
def test_what_must_not_be_done_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode != 0 and words in done.stderr


def test_the_page_in_the_repository_is_made_of_its_records() -> None:
    """It also says what the constants are, so that it is made anew when one of them changes."""
    run = pages.load((DOCS / "thresholds.json").read_text(encoding="utf-8"))
    assert (DOCS / "thresholds.md").read_text(encoding="utf-8") == thresholds.page(run), f"run: {thresholds.COMMAND}"
    assert {record["constant"] for record in run.records} == {constant.name for constant in CONSTANTS}
