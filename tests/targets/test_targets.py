"""A target is found by looking: a toy that lives in the tests alone is emitted, checked and kept up like any other."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from derive import catalogue, cli
from derive.cache import PACKAGE, check_apart, made_of
from derive.errors import CatalogueError, EmitError
from derive.kernels import targets
from derive.kernels.targets import Target
from derive.pipeline import make
from tests.cli.shell import Shell, contents, page

TOYS = Path(__file__).parent / "toys"
BUILT_IN = targets.names()
OWN = ["listing/centre.count", "listing/centre.txt", "listing/operations.txt"]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    page(tmp_path)
    return Shell(tmp_path, capsys, monkeypatch)


def _found_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, str(folder)])


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The toy target, as long as the test runs."""
    _found_in(TOYS, monkeypatch)
    yield "listing"
    for name in [name for name in sys.modules if name.startswith(f"{targets.__name__}.listing")]:
        del sys.modules[name]


def below(folder: Path, name: str) -> list[str]:
    return [found for found in contents(folder / "generated") if found.startswith(f"{name}/")]


def test_a_target_needs_nothing_but_its_folder(shell: Shell, toy: str) -> None:
    assert targets.names() == tuple(sorted([*BUILT_IN, toy]))
    done = shell("page.py")
    assert done.code == 0, done.err
    assert below(shell.folder, toy) == OWN
    assert all(below(shell.folder, name) for name in BUILT_IN)
    text = (shell.folder / "generated" / "listing" / "centre.txt").read_text()
    assert "write grad_x" in text and "sum over" in text
    assert shell("page.py", "--check").code == 0


def test_processes_find_it_too(shell: Shell, toy: str) -> None:
    done = shell("l2_normalize", "log_softmax", "--target", toy)
    assert done.code == 0, done.err
    assert below(shell.folder, toy) == [
        "listing/l2_normalize.count", "listing/l2_normalize.txt",
        "listing/log_softmax.count", "listing/log_softmax.txt", "listing/operations.txt",
    ]  # fmt: skip


def test_a_chosen_target_leaves_the_others_and_the_reports_alone(shell: Shell, toy: str) -> None:
    assert shell("page.py").code == 0
    before = contents(shell.folder / "generated")
    page(shell.folder, "renamed")
    done = shell("page.py", "--target", toy)
    assert done.code == 0 and "2 removed" in done.out
    after = contents(shell.folder / "generated")
    assert [name for name in after if name.startswith("listing/")] == sorted(
        n.replace("centre", "renamed") for n in OWN
    )
    others = {name: text for name, text in before.items() if not name.startswith("listing/")}
    assert {name: text for name, text in after.items() if not name.startswith("listing/")} == others
    assert shell("page.py", "--target", toy, "--check").code == 0
    assert shell("page.py", "--check").code == 1, "the other targets still have the layer's old name"


def test_check_of_one_target_sees_only_its_files(shell: Shell, toy: str) -> None:
    assert shell("page.py").code == 0
    other = next(name for name in below(shell.folder, BUILT_IN[0]) if "centre" in name)
    (shell.folder / "generated" / other).unlink()
    assert shell("page.py", "--target", toy, "--check").code == 0
    done = shell("page.py", *(word for name in BUILT_IN for word in ("--target", name)), "--check")
    assert done.code == 1 and other in done.out


@pytest.mark.parametrize("name", ["centre.txt", "centre.count", "operations.txt"])
def test_every_kind_of_file_is_checked(shell: Shell, toy: str, name: str) -> None:
    assert shell("page.py", "--target", toy).code == 0
    place = shell.folder / "generated" / toy / name
    place.write_text(place.read_text() + "one more line\n")
    done = shell("page.py", "--target", toy, "--check")
    assert done.code == 1 and f"{toy}/{name}" in done.out and "-one more line" in done.out


def test_what_a_target_no_longer_has_goes_with_the_next_full_run(
    shell: Shell, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "names", lambda: ("l2_normalize",))
    assert shell("--target", toy).code == 0
    extra = shell.folder / "generated" / toy / "runtime.txt"
    extra.write_text((extra.parent / "operations.txt").read_text())
    mine = extra.parent / "notes.txt"
    mine.write_text("written by hand\n")
    assert shell("l2_normalize", "--target", toy).code == 0 and extra.exists()
    assert shell("--target", toy).code == 0
    assert not extra.exists() and mine.exists()


@pytest.mark.parametrize("name", ["nowhere", "", "Numpy"])
def test_an_unknown_target_is_answered_with_those_there_are(shell: Shell, toy: str, name: str) -> None:
    done = shell("page.py", "--target", name)
    assert done.code == 1 and done.err.startswith("error: ") and repr(name) in done.err
    assert all(known in done.err for known in targets.names())
    assert not (shell.folder / "generated").exists()


def test_a_broken_target_is_not_taken_for_a_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"broken": "import a_module_that_is_not_there\n", "hollow": "EXTENSION = '.x'\n"}.items():
        shutil.copytree(TOYS / "listing", tmp_path / name)
        (tmp_path / name / "emit.py").write_text(text)
    _found_in(tmp_path, monkeypatch)
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        targets.target("broken")
    with pytest.raises(CatalogueError, match="'hollow' is incomplete: .*hollow.emit does not define emit"):
        targets.target("hollow")


@pytest.mark.parametrize(
    ("companions", "words"),
    [
        ({"../l2_normalize.txt": "this file is generated"}, "is not the name of a file"),
        ({".hidden": "this file is generated"}, "is not the name of a file"),
        ({"unmarked": "no header"}, "unmarked does not say near its top"),
        ({"l2_normalize.txt": "this file is generated"}, "is called 'l2_normalize.txt' like the layer"),
    ],
)
def test_files_that_could_not_be_kept_up_are_refused(toy: str, companions: Mapping[str, str], words: str) -> None:
    emission = make(catalogue.builtin("l2_normalize")).emission
    target = targets.target(toy)
    assert list(target.files(emission)) == ["listing/l2_normalize.txt", "listing/l2_normalize.count"]
    target = replace(target, companions=lambda _: companions)
    with pytest.raises(EmitError, match=words):
        target.files(emission)


def test_two_layers_cannot_have_one_file() -> None:
    one, other = (made_of(name, name, 1, "map", [("listing/same.txt", "text")]) for name in ("one", "other"))
    package = made_of(PACKAGE, PACKAGE, 0, "", [("listing/same.txt", "text")])
    check_apart([one, one])
    with pytest.raises(EmitError, match="listing/same.txt would be written for 'other' and for 'one'"):
        check_apart([one, other])
    with pytest.raises(EmitError, match="same.txt would be written for the target itself and for 'one'"):
        check_apart([one, package])


def test_modules_are_importable_unless_the_target_says_how() -> None:
    plain = Target("python", ".py", lambda _: "")
    assert list(plain.package()) == ["python/__init__.py"]
    own = replace(plain, shared=lambda: {"__init__.py": '"""This file is generated."""\n'})
    assert own.package() == {"python/__init__.py": '"""This file is generated."""\n'}


def test_no_framework_is_imported_to_emit_for_it() -> None:
    program = "import sys, derive, derive.cli; from derive.kernels.targets import targets; targets()\n"
    program += "print([name for name in ('torch', 'jax', 'numba', 'cffi', 'tensorflow') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
