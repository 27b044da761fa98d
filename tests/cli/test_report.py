"""`derivation-report`: the theorems with their steps on the screen, and the report as a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import cli, prove_layer
from tests.cli.shell import ROOT, Done, Shell, checked_in, contents, names, page, process
from tests.cli.terminal import on_terminal


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """The report on batch normalization with all steps, and the folder in which it was made."""
    folder = tmp_path_factory.mktemp("report")
    return process("--steps", folder=folder, name="derivation-report"), folder


def test_every_theorem_is_printed_with_its_steps(report: tuple[Done, Path]) -> None:
    """In their order, each step with the rule that it applies, and each with its checks."""
    done, _ = report
    assert (done.code, done.err) == (0, "")
    proven = prove_layer("batch_norm")
    assert len(proven.theorems) >= 12
    heads = [f"  ✓ {theorem.name} [" for theorem in proven.theorems]
    places = [done.out.index(head) for head in heads]
    assert places == sorted(places)
    for theorem, start, end in zip(proven.theorems, places, [*places[1:], len(done.out)], strict=True):
        part = re.split(r"\n\n", done.out[start:end], maxsplit=1)[0]
        rules = re.findall(r"^        = .+   \[(.+)\]$", part, re.MULTILINE)
        assert rules == [step.rule for step in theorem.steps], theorem.name
        assert part.count("✓ ") == 1 + len(theorem.checks) >= 2, theorem.name


def test_formulas_are_printed_for_reading(report: tuple[Done, Path]) -> None:
    done, _ = report
    for formula in (
        "mean = Σ[n,s](x)/(N_n·N_s)", "x_norm = (x − mean)/√(var + ε)", "y = γ·x_norm + β",
        "Σ[n,s](x − mean) = 0", "var > 0",
    ):  # fmt: skip
        assert formula in done.out, formula
    assert "\x1b" not in done.out and "Indexed" not in done.out and "Sum(" not in done.out


def test_a_terminal_that_knows_no_greek_is_no_reason_to_fail(tmp_path: Path) -> None:
    page(tmp_path)
    done = process("page.py", folder=tmp_path, name="derivation-report", environment={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0 and "Traceback" not in done.err
    assert "grad_x = " in done.out and done.out.isascii()


def test_the_report_is_written_and_is_the_checked_in_one(report: tuple[Done, Path]) -> None:
    done, folder = report
    assert names(folder) == ["generated/reports/batch_norm.md"]
    written = folder / "generated" / "reports" / "batch_norm.md"
    assert written.read_bytes() == (ROOT / "generated" / "reports" / "batch_norm.md").read_bytes()
    assert f"Written: {written}" in done.out.splitlines()
    everything = checked_in()
    assert all(everything[name.removeprefix("generated/")] == text for name, text in contents(folder).items())


def test_a_layer_file_has_a_report_too(shell: Shell) -> None:
    page(shell.folder)
    done = shell("page.py", "--output", "elsewhere", command=cli.derivation_report)
    assert done.code == 0 and "✓ closed form of grad_x" in done.out and "grad_x = " in done.out
    assert names(shell.folder / "elsewhere") == ["reports/centre.md"]


def test_an_unknown_layer_has_no_report(shell: Shell) -> None:
    done = shell("nothing", command=cli.derivation_report)
    assert done.code == 1 and done.err.startswith("error: ") and not done.out
    assert contents(shell.folder) == {}


def test_a_report_of_somebody_elses_is_left_alone(shell: Shell) -> None:
    page(shell.folder)
    (shell.folder / "generated" / "reports").mkdir(parents=True)
    (shell.folder / "generated" / "reports" / "centre.md").write_text("# My notes\n")
    done = shell("page.py", command=cli.derivation_report)
    assert done.code == 1 and "centre.md" in done.err
    assert list(contents(shell.folder / "generated").values()) == [b"# My notes\n"]


def test_a_usage_error_exits_with_two(shell: Shell) -> None:
    assert shell("--frobnicate", command=cli.derivation_report).code == 2


def test_it_works_on_a_terminal(tmp_path: Path) -> None:
    page(tmp_path)
    shown = on_terminal("page.py", folder=tmp_path, name="derivation-report")
    assert "closed form of grad_x" in shown and "\x1b" in shown
