"""All files or none, never over somebody else's, and nothing half-written."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import FILES, Shell, contents, page

Spoil = Callable[[Path], object]


def _foreign(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("def forward(x):\n    return x  # written by hand\n")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", [False, True])
def test_a_file_of_somebody_elses_is_left_alone(shell: Shell, name: str, check: bool) -> None:
    """And nothing else is written either."""
    page(shell.folder)
    _foreign(shell.folder / "generated" / name)
    before = contents(shell.folder)
    done = shell("page.py", *(["--check"] if check else []))
    assert done.code == 1 and name in done.err + done.out
    assert contents(shell.folder) == before


def test_a_link_is_not_written_through(shell: Shell) -> None:
    page(shell.folder)
    (shell.folder / "elsewhere.py").write_text("mine\n")
    (shell.folder / "generated" / "numpy").mkdir(parents=True)
    (shell.folder / "generated" / "numpy" / "centre.py").symlink_to(shell.folder / "elsewhere.py")
    done = shell("page.py")
    assert done.code == 1 and "centre.py" in done.err
    assert (shell.folder / "elsewhere.py").read_text() == "mine\n"
    assert list(contents(shell.folder / "generated")) == ["numpy/centre.py"]


def test_a_folder_in_the_place_of_a_file_is_refused(shell: Shell) -> None:
    page(shell.folder)
    (shell.folder / "generated" / "numpy" / "centre.py").mkdir(parents=True)
    done = shell("page.py")
    assert done.code == 1 and "centre.py" in done.err
    assert contents(shell.folder / "generated") == {}


def test_a_generated_file_is_renewed(shell: Shell) -> None:
    page(shell.folder)
    shell("page.py")
    right = contents(shell.folder)
    kernel = shell.folder / "generated" / "numpy" / "centre.py"
    kernel.write_text(kernel.read_text().replace("np.subtract", "np.add"))
    assert contents(shell.folder) != right
    done = shell("page.py")
    assert done.code == 0 and "1 file changed" in done.out
    assert contents(shell.folder) == right


def test_files_that_are_right_are_not_touched(shell: Shell) -> None:
    page(shell.folder)
    shell("page.py")
    places = [shell.folder / "generated" / name for name in FILES]
    before = [(place.stat().st_ino, place.stat().st_mtime_ns) for place in places]
    assert "0 files changed" in shell("page.py").out
    assert [(place.stat().st_ino, place.stat().st_mtime_ns) for place in places] == before


def _fail_at(number: int) -> Callable[..., None]:
    """An os.replace that fails the given time it is called, and is the real one before and after."""
    replace, calls = os.replace, [0]

    def failing(*arguments: Any) -> None:
        calls[0] += 1
        if calls[0] == number:
            raise OSError(28, "No space left on device")
        replace(*arguments)

    return failing


@pytest.mark.parametrize("number", [1, 2])
def test_a_failure_while_moving_keeps_the_old_files(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The files are staged beside their places: when one cannot be moved, all old ones are still there."""
    path = page(shell.folder)
    shell("page.py")
    before = contents(shell.folder / "generated")
    path.write_text(path.read_text().replace("x - average", "x + average"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _fail_at(number))
        done = shell("page.py")
    assert done.code == 1 and done.err.startswith("error: ") and "No space left" in done.err
    assert contents(shell.folder / "generated") == before, "some files are old and some are new"
    assert shell("page.py").code == 0
    assert contents(shell.folder / "generated") != before


def test_a_failure_while_writing_keeps_the_old_files(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    path = page(shell.folder)
    shell("page.py")
    before = contents(shell.folder / "generated")
    path.write_text(path.read_text().replace("x - average", "x + average"))
    opened: list[int] = []

    def full(handle: int, *arguments: Any, **more: Any) -> Any:
        opened.append(handle)
        if len(opened) == 2:
            os.close(handle)
            raise OSError(28, "No space left on device")
        return fdopen(handle, *arguments, **more)

    fdopen = os.fdopen
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        done = shell("page.py")
    assert len(opened) == 2, "the failure was never reached"
    assert done.code == 1 and "No space left" in done.err
    assert contents(shell.folder / "generated") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_an_error(shell: Shell) -> None:
    path = page(shell.folder)
    shell("page.py")
    before = contents(shell.folder / "generated")
    path.write_text(path.read_text().replace("x - average", "x + average"))
    folder = shell.folder / "generated" / "reports"
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = shell("page.py")
    finally:
        folder.chmod(stat.S_IRWXU)
    assert done.code == 1 and done.err.startswith("error: ")
    assert contents(shell.folder / "generated") == before


def test_an_unwritable_place_is_an_error_and_no_traceback(shell: Shell) -> None:
    """A file where a folder must be made: this stops root, too."""
    page(shell.folder)
    (shell.folder / "generated").mkdir()
    (shell.folder / "generated" / "reports").write_text("a file, not a folder")
    before = contents(shell.folder)
    done = shell("page.py")
    assert done.code == 1 and done.err.startswith("error: ") and "Traceback" not in done.err
    assert contents(shell.folder) == before
