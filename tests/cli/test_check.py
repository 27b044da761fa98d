"""`--check`: silent agreement or a unified diff, and never a write. What is stale, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import FILES, Shell, contents, names, page


@pytest.fixture
def made(shell: Shell) -> Shell:
    """A folder with a layer file and all that is generated from it."""
    page(shell.folder)
    assert shell("page.py").code == 0
    return shell


def test_check_agrees_with_what_was_just_written(made: Shell) -> None:
    before = contents(made.folder)
    done = made("page.py", "--check")
    assert (done.code, done.err) == (0, "")
    assert f"all {len(contents(made.folder / 'generated'))} files" in done.out
    assert contents(made.folder) == before


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_shown_as_a_unified_diff(made: Shell, name: str) -> None:
    place = made.folder / "generated" / name
    place.write_text(place.read_text() + "one more line\n")
    before = contents(made.folder)
    done = made("page.py", "--check")
    lines = done.out.splitlines()
    assert done.code == 1 and done.err.startswith("error: ")
    assert any(line.startswith("--- ") and name in line for line in lines)
    assert any(line.startswith("+++ ") and name in line for line in lines)
    assert any(line.startswith("@@ ") for line in lines)
    assert "-one more line" in lines
    assert contents(made.folder) == before


def test_a_change_of_line_ends_alone_is_noticed(made: Shell) -> None:
    place = made.folder / "generated" / "numpy" / "centre.py"
    place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    assert made("page.py", "--check").code == 1


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_shown(made: Shell, name: str) -> None:
    (made.folder / "generated" / name).unlink()
    done = made("page.py", "--check")
    assert done.code == 1 and name in done.out and "missing" in done.out
    assert not (made.folder / "generated" / name).exists()


def test_an_empty_folder_has_everything_missing(shell: Shell) -> None:
    page(shell.folder)
    before = contents(shell.folder)
    done = shell("page.py", "--check")
    assert done.code == 1
    assert all(name in done.out for name in FILES)
    assert contents(shell.folder) == before and not (shell.folder / "generated").exists()


def test_files_of_a_layer_that_was_renamed_are_stale(made: Shell) -> None:
    page(made.folder, "centred")
    done = made("page.py", "--check")
    assert done.code == 1
    for name in ("numpy/centre.py", "reports/centre.md"):
        assert f"{name}: nothing generates this file any more" in done.out
    assert made("page.py").code == 0
    assert names(made.folder / "generated") == [name.replace("centre", "centred") for name in FILES]


def test_files_of_a_layer_that_was_taken_out_are_stale(made: Shell) -> None:
    """The file had two layers and has one."""
    path = made.folder / "page.py"
    one = path.read_text()
    path.write_text(one + 'other = Layer("other", inputs=(x,))\nother.output("y", x * average(x, over=d))\n')
    assert made("page.py").code == 0
    assert (made.folder / "generated" / "numpy" / "other.py").is_file()
    path.write_text(one)
    assert made("page.py", "--check").code == 1
    assert made("page.py").code == 0
    assert names(made.folder / "generated") == FILES


def test_files_made_from_other_layer_files_are_not_stale(made: Shell) -> None:
    page(made.folder, "other", "other.py")
    assert made("other.py").code == 0
    assert made("page.py", "--check").code == 0
    assert made("page.py").code == 0
    assert (made.folder / "generated" / "numpy" / "other.py").is_file()


def test_a_layer_file_of_the_same_name_elsewhere_is_another_one(made: Shell) -> None:
    """Both are called page.py; regenerating one must not remove what was made from the other."""
    page(made.folder, "other", "elsewhere/page.py")
    assert made("elsewhere/page.py").code == 0
    assert (made.folder / "generated" / "numpy" / "other.py").is_file()
    assert (made.folder / "generated" / "numpy" / "centre.py").is_file()


def _copies(folder: Path) -> list[Path]:
    """Emitted files somewhere below the output folder where the script does not put them."""
    source = folder / "generated" / "numpy" / "centre.py"
    places = [folder / "generated" / "vendor" / "centre.py", folder / "generated" / "numpy" / "old" / "kernel.py"]
    for place in places:
        place.parent.mkdir(parents=True)
        place.write_bytes(source.read_bytes())
    return places


def test_copies_elsewhere_below_the_output_are_not_stale(made: Shell) -> None:
    """Emitted files are meant to be copied; only the places that the script writes to are its own."""
    places = _copies(made.folder)
    assert made("page.py", "--check").code == 0
    assert made("page.py").code == 0
    assert all(place.is_file() for place in places)


def test_another_output_folder_below_is_left_alone(made: Shell) -> None:
    """`--output .` around an existing `generated`."""
    before = contents(made.folder / "generated")
    assert made("page.py", "--output", ".").code == 0
    assert contents(made.folder / "generated") == before
