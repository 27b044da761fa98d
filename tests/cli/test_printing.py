"""What is printed: plain lines into a pipe, progress and a table on a terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import prove_layer
from tests.cli.shell import Shell, contents, page, process
from tests.cli.terminal import on_terminal

ESCAPE = "\x1b"
COLUMNS = ("layer", "theorems", "passes", "files", "time")


def test_into_a_pipe_it_prints_two_plain_lines(tmp_path: Path) -> None:
    """Even where a colourful terminal is announced."""
    page(tmp_path)
    done = process("page.py", folder=tmp_path, environment={"TERM": "xterm-256color", "COLUMNS": "40"})
    assert (done.code, done.err) == (0, "")
    assert ESCAPE not in done.out and "\r" not in done.out and done.out.isascii()
    summary, written = done.out.splitlines()
    assert all(word in summary for word in COLUMNS)
    assert "centre" in summary and "numpy/centre.py" in summary and "reports/centre.md" in summary
    assert re.search(r"theorems[^;]*: [1-9]", summary) and re.search(r"time: \d+\.\d s", summary)
    assert "reduce(1) + map" in summary
    assert f"{len(contents(tmp_path / 'generated'))} files changed" in written


def test_two_layers_have_a_line_each(shell: Shell) -> None:
    page(shell.folder)
    page(shell.folder, "other", "other.py")
    done = shell("page.py", "other.py")
    assert [line.split(";")[0] for line in done.out.splitlines()[:-1]] == ["layer: centre", "layer: other"]


def test_errors_go_to_stderr_as_one_plain_line(tmp_path: Path) -> None:
    done = process("nothing", folder=tmp_path, environment={"TERM": "xterm-256color"})
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ") and done.err.count("\n") == 1
    assert ESCAPE not in done.err and "Traceback" not in done.err


def test_on_a_terminal_there_is_progress_and_a_table(tmp_path: Path) -> None:
    shown = on_terminal("batch_norm", "--output", "kernels", folder=tmp_path)
    assert ESCAPE in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    progress, _, table = plain.partition("┏")
    seen = [theorem.name for theorem in prove_layer("batch_norm").theorems if theorem.name in progress]
    assert len(seen) >= 2, "progress names what is being proven"
    header = next(line for line in table.splitlines() if "layer" in line and "time" in line)
    assert all(word in header for word in COLUMNS)
    row = next(line for line in table.splitlines() if "batch_norm" in line and "reduce(2) + map" in line)
    assert row.count("│") == header.count("┃") == len(COLUMNS) + 1
    assert "layer: batch_norm" not in plain, "the plain summary is for pipes"


@pytest.mark.parametrize("option", ["--list", "--help"])
def test_lists_are_plain_even_on_a_terminal(tmp_path: Path, option: str) -> None:
    assert ESCAPE not in on_terminal(option, folder=tmp_path)


def test_check_on_a_terminal_agrees(tmp_path: Path) -> None:
    page(tmp_path)
    process("page.py", folder=tmp_path)
    number = len(contents(tmp_path / "generated"))
    assert f"all {number} files are as they should be" in on_terminal("page.py", "--check", folder=tmp_path)
