"""Options, layer names, exit codes, and where output goes."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest

from derive import layer_names
from tests.cli.shell import FILES, ROOT, Shell, contents, names, page, process


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_option(shell: Shell, option: str) -> None:
    done = shell(option)
    assert done.code == 0 and not done.err
    options = ("--output", "--check", "--target", "--list", "--version")
    for words in ("regenerate-kernels", "LAYER_OR_FILE", *options, "proven"):
        assert words in done.out


def test_version_is_that_of_the_distribution(shell: Shell) -> None:
    done = shell("--version")
    assert done.code == 0 and "0.1.0" in done.out


def test_list_prints_the_catalogue_and_writes_nothing(shell: Shell) -> None:
    done = shell("--list")
    assert (done.code, done.err) == (0, "")
    assert tuple(done.out.split()) == layer_names()
    assert "batch_norm" in layer_names()
    assert contents(shell.folder) == {}


@pytest.mark.parametrize("name", ["batchnorm", "batch_norm.forward", "", "page.txt"])
def test_an_unknown_layer_is_answered_with_the_catalogue(shell: Shell, name: str) -> None:
    done = shell(name)
    assert done.code == 1 and not done.out
    assert done.err.startswith("error: ") and repr(name) in done.err
    assert all(known in done.err for known in layer_names())
    assert contents(shell.folder) == {}


@pytest.mark.parametrize("arguments", [("--frobnicate",), ("--output",), ("--check=yes",)])
def test_a_usage_error_exits_with_two(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell(*arguments)
    assert done.code == 2 and not done.out
    assert "Error: " in done.err and "Traceback" not in done.err
    assert contents(shell.folder) == {}


def test_output_may_be_a_folder_that_is_not_there(shell: Shell) -> None:
    page(shell.folder)
    assert shell("page.py", "--output", "deep/down/here").code == 0
    assert names(shell.folder / "deep" / "down" / "here") == FILES


def test_a_file_for_an_output_folder_is_refused(shell: Shell) -> None:
    page(shell.folder)
    (shell.folder / "taken").write_text("mine")
    done = shell("page.py", "--output", "taken")
    assert done.code == 1 and "not a folder" in done.err
    assert (shell.folder / "taken").read_text() == "mine"


def test_output_goes_below_the_current_folder(shell: Shell) -> None:
    page(shell.folder)
    assert shell("page.py").code == 0
    assert names(shell.folder / "generated") == FILES


def test_output_goes_into_the_checkout_around_the_current_folder(shell: Shell) -> None:
    """A checkout is known by the compiler and the templates in it."""
    checkout = shell.folder / "checkout"
    for place in ("derive/language.py", "templates/numpy/kernel.py.j2", "docs/notes/today.txt"):
        (checkout / place).parent.mkdir(parents=True, exist_ok=True)
        (checkout / place).write_text("")
    path = page(shell.folder)
    inner = Shell(checkout / "docs" / "notes", shell.capsys, shell.monkeypatch)
    assert inner(path).code == 0
    assert names(checkout / "generated") == FILES
    assert not (checkout / "docs" / "notes" / "generated").exists()


def test_nothing_is_written_where_packages_are_installed(tmp_path: Path) -> None:
    """By the real script, in a folder of its own."""
    page(tmp_path)
    places = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}
    before = {place: sorted(os.listdir(place)) for place in places}
    templates = contents(ROOT / "templates")
    assert process("page.py", folder=tmp_path).code == 0
    assert {place: sorted(os.listdir(place)) for place in places} == before
    assert contents(ROOT / "templates") == templates
    assert names(tmp_path / "generated") == FILES


def test_a_layer_named_twice_is_made_once(shell: Shell) -> None:
    page(shell.folder)
    done = shell("page.py", "page.py")
    assert done.code == 0 and done.out.count("layer: centre") == 1


def test_one_name_for_two_layers_is_an_error(shell: Shell) -> None:
    page(shell.folder, file="a.py")
    page(shell.folder, file="b.py")
    before = contents(shell.folder)
    done = shell("a.py", "b.py")
    assert done.code == 1 and "'centre'" in done.err and "a.py" in done.err and "b.py" in done.err
    assert contents(shell.folder) == before
