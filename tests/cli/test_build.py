"""`--build` compiles what was written, and says what it cannot do."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell, contents, page
from tests.support.contract import REFERENCE
from tests.support.targets import require


def test_what_was_written_is_compiled(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    require("c")
    monkeypatch.setenv("CFLAGS", "-O0")
    page(shell.folder)
    done = shell("page.py", "--target", "c", "--build")
    assert done.code == 0, done.err
    built = [name for name in contents(shell.folder / "generated") if name.startswith("c/_centre.")]
    assert len(built) == 1 and built[0].removeprefix("c/") in done.out


def test_a_compiler_that_fails_is_reported(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    require("c")
    monkeypatch.setenv("CFLAGS", "-fno-such-flag")
    page(shell.folder)
    done = shell("page.py", "--target", "c", "--build")
    assert done.code == 1 and "centre.h could not be compiled" in done.err
    assert "Traceback" not in done.err


def test_a_target_that_needs_no_compiler_has_nothing_to_build(shell: Shell) -> None:
    page(shell.folder)
    done = shell("page.py", "--target", REFERENCE, "--build")
    assert done.code == 1 and f"nothing to build: {REFERENCE} needs no compiler" in done.err


def test_a_check_builds_nothing(shell: Shell) -> None:
    done = shell("--check", "--build")
    assert done.code == 2 and "--build" in done.err and contents(shell.folder) == {}
