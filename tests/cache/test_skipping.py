"""An untouched layer is skipped; whatever may change a byte of its files, or has changed one, has it made anew."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from derive import cache
from derive.kernels.targets import folders
from derive.layers import names as layer_names
from tests.cli.shell import FILES, ROOT, Done, Shell, contents, page, process


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder with a layer file and all that is generated from it."""
    page(tmp_path)
    made = Shell(tmp_path, capsys, monkeypatch)
    assert not skipped(made("page.py"))
    return made


def skipped(done: Done) -> bool:
    """Whether the one layer of a run was skipped."""
    assert done.code == 0, done.err
    (line,) = (line for line in done.out.splitlines() if line.startswith("layer: "))
    return line.endswith(" ms, unchanged")


def records(folder: Path) -> list[Path]:
    return sorted((folder / "generated" / cache.FOLDER).glob("page-*.json"))


def test_an_untouched_layer_is_skipped_and_told_of_as_before(shell: Shell) -> None:
    first = shell("page.py", "--force").out.splitlines()
    before = {p: p.stat().st_mtime_ns for p in shell.folder.rglob("*")}
    done = shell("page.py")
    assert skipped(done) and "0 files changed" in done.out
    assert done.out.splitlines()[0].partition("; time")[0] == first[0].partition("; time")[0]
    assert {p: p.stat().st_mtime_ns for p in shell.folder.rglob("*")} == before, "nothing was written"


def test_it_is_skipped_without_importing_the_mathematics(shell: Shell) -> None:
    program = "import sys; from derive.cli import regenerate_kernels as run; run(['page.py'], standalone_mode=False)\n"
    program += "print([name for name in ('sympy', 'numpy', 'jinja2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=shell.folder, capture_output=True, text=True, check=True)
    assert "unchanged" in done.stdout and done.stdout.splitlines()[-1] == "[]"


def test_the_cache_stays_out_of_version_control(shell: Shell) -> None:
    assert (shell.folder / "generated" / cache.FOLDER / ".gitignore").read_text().endswith("\n*\n")


@pytest.mark.parametrize("name", [*FILES, "reports/centre.html", "reports/centre-graph.svg"])
@pytest.mark.parametrize("change", ["edited", "deleted", "linked"])
def test_a_touched_file_has_it_made_anew(shell: Shell, name: str, change: str) -> None:
    right = contents(shell.folder / "generated")
    place = shell.folder / "generated" / name
    text = place.read_bytes()
    place.unlink()
    if change == "edited":  # by one byte, in a place that leaves the header alone
        place.write_bytes(text[:-2] + bytes([text[-2] ^ 1]) + text[-1:])
    if change == "linked":  # to the very same text
        (shell.folder / "elsewhere").write_bytes(text)
        place.symlink_to(shell.folder / "elsewhere")
        assert shell("page.py").code == 1, "a link is not written through"
        return
    done = shell("page.py")
    assert skipped(done) == ("centre" not in name), "what all layers share is no layer's"
    assert "1 file changed" in done.out
    assert contents(shell.folder / "generated") == right
    assert skipped(shell("page.py"))


def _other_layer(folder: Path) -> None:
    path = folder / "page.py"
    path.write_text(path.read_text().replace("x - average", "x + average"))


def _other_claims(folder: Path) -> None:
    path = folder / "page.py"
    path.write_text(path.read_text() + "\n\ndef claims(derivation):\n    return ()\n")


def _new_neighbour(folder: Path) -> None:
    (folder / "derivations.py").write_text("")


def _damage(folder: Path) -> None:
    (path,) = records(folder)
    path.write_bytes(path.read_bytes()[:100])


def _other_form(folder: Path) -> None:
    (path,) = records(folder)
    path.write_text("[]")


def _lacking(folder: Path) -> None:
    (path,) = records(folder)
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k != "sources"}))


def _nothing_made(folder: Path) -> None:
    (path,) = records(folder)
    path.write_text(json.dumps({**json.loads(path.read_text()), "made": []}))


def _gone(folder: Path) -> None:
    shutil.rmtree(folder / "generated" / cache.FOLDER)


CHANGES = (_other_layer, _other_claims, _new_neighbour, _damage, _other_form, _lacking, _nothing_made, _gone)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_has_it_made_anew_once(shell: Shell, change: Callable[[Path], None]) -> None:
    change(shell.folder)
    assert not skipped(shell("page.py"))
    assert skipped(shell("page.py"))


def _other_sympy() -> list[str]:
    return [name.replace("sympy-", "sympy-9") for name in VERSIONS]


def _unclear() -> list[str]:
    raise LookupError("sympy")


VERSIONS = cache.versions()


def test_another_version_of_a_library_has_it_made_anew(shell: Shell) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "versions", _other_sympy)
        assert not skipped(shell("page.py"))
        assert skipped(shell("page.py"))
    assert not skipped(shell("page.py"))


def test_where_versions_are_unclear_nothing_is_skipped(shell: Shell) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "versions", _unclear)
        assert not skipped(shell("page.py"))
        assert not skipped(shell("page.py"))
    assert skipped(shell("page.py")), "the earlier record is still true"


def test_the_versions_are_those_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = " ".join(VERSIONS).casefold()
    for name in cache.LIBRARIES:
        assert f"{name}-{importlib.metadata.version(name)}.".casefold() in said
    monkeypatch.setattr(cache, "LIBRARIES", ("a_library_that_is_not_there",))
    with pytest.raises(LookupError, match="a_library_that_is_not_there"):
        cache.versions()


def test_force_and_check_do_not_believe_the_record(shell: Shell) -> None:
    """Someone has changed a kernel and the record with it."""
    right = contents(shell.folder / "generated")
    place = shell.folder / "generated" / "numpy" / "centre.py"
    before = cache.digest(place.read_bytes())
    place.write_text(place.read_text().replace("np.subtract", "np.add"))
    (path,) = records(shell.folder)
    path.write_text(path.read_text().replace(before, cache.digest(place.read_bytes())))
    assert skipped(shell("page.py"))
    done = shell("page.py", "--check")
    assert done.code == 1 and "+" in done.out and "np.subtract" in done.out
    assert not skipped(shell("page.py", "--force"))
    assert contents(shell.folder / "generated") == right and skipped(shell("page.py"))


def test_check_leaves_no_record(tmp_path: Path, shell: Shell) -> None:
    _gone(shell.folder)
    assert shell("page.py", "--check").code == 0
    assert not (shell.folder / "generated" / cache.FOLDER).exists()


def test_a_run_for_one_target_has_a_record_of_its_own(shell: Shell) -> None:
    assert not skipped(shell("page.py", "--target", "numpy"))
    assert skipped(shell("page.py", "--target", "numpy")) and skipped(shell("page.py"))


def test_another_output_folder_has_records_of_its_own(shell: Shell) -> None:
    assert not skipped(shell("page.py", "--output", "other"))
    assert skipped(shell("page.py", "--output", "other")) and skipped(shell("page.py"))
    shutil.copytree(shell.folder / "other", shell.folder / "copy")
    assert not skipped(shell("page.py", "--output", "copy"))


def test_the_file_may_be_named_from_elsewhere(shell: Shell) -> None:
    inner = shell.folder / "inner"
    inner.mkdir()
    assert not skipped(shell("page.py")), "a new folder may hold what the file imports"
    other = Shell(inner, shell.capsys, shell.monkeypatch)
    assert skipped(other("../page.py", "--output", "../generated"))


def test_what_nothing_generates_any_more_goes_all_the_same(shell: Shell) -> None:
    old = shell.folder / "generated" / "numpy" / "old.py"
    old.write_bytes((old.parent / "centre.py").read_bytes())
    done = shell("page.py")
    assert skipped(done) and "1 removed" in done.out and not old.exists()


def test_two_layers_of_one_name_are_an_error_skipped_or_not(shell: Shell) -> None:
    page(shell.folder, file="b.py")
    assert not skipped(shell("page.py", "--force"))
    assert not skipped(shell("b.py"))
    for arguments in (("page.py", "b.py"), ("b.py", "page.py")):
        done = shell(*arguments)
        assert done.code == 1 and "two layers are called 'centre'" in done.err


def test_what_changes_while_the_run_lasts_is_not_recorded(shell: Shell) -> None:
    path = shell.folder / "page.py"
    path.write_text(path.read_text() + '\nwith open(__file__, "a") as stream:\n    stream.write("# more\\n")\n')
    assert not skipped(shell("page.py"))
    assert not skipped(shell("page.py"))


def test_without_a_place_for_records_it_works_all_the_same(shell: Shell) -> None:
    _gone(shell.folder)
    (shell.folder / "generated" / cache.FOLDER).write_text("taken")
    assert not skipped(shell("page.py")) and not skipped(shell("page.py"))
    assert (shell.folder / "generated" / cache.FOLDER).read_text() == "taken"


def test_a_module_that_the_file_imports_belongs_to_it(tmp_path: Path) -> None:
    """In processes of their own, as users run it: Python imports a module once per process."""
    path = page(tmp_path)
    path.write_text(path.read_text().replace("x - average", "factor * x - average"))
    path.write_text("from helper.numbers import factor\n" + path.read_text())
    (tmp_path / "helper").mkdir()
    (tmp_path / "helper" / "numbers.py").write_text("factor = 2\n")
    assert not skipped(process("page.py", folder=tmp_path))
    assert skipped(process("page.py", folder=tmp_path))
    before = contents(tmp_path / "generated")
    (tmp_path / "helper" / "numbers.py").write_text("factor = 3\n")
    assert not skipped(process("page.py", folder=tmp_path))
    assert contents(tmp_path / "generated")["numpy/centre.py"] != before["numpy/centre.py"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The compiler and its templates in another place, where they may be edited."""
    for name in ("derive", "templates"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def _in_copy(copy: Path, *arguments: str) -> dict[str, bool]:
    """Which layers a run of the copy skipped."""
    program = "from derive.cli import regenerate_kernels; regenerate_kernels()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--output", "out"], cwd=copy.parent, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("layer: ")]
    return {line.split(";")[0].removeprefix("layer: "): line.endswith("unchanged") for line in lines}


def test_every_part_of_the_compiler_belongs_to_every_layer(copy: Path) -> None:
    page(copy.parent)
    assert _in_copy(copy, "page.py") == {"centre": False}
    assert _in_copy(copy, "page.py") == {"centre": True}
    comments = {
        "derive/calculus/chain_rule.py": "\n# other\n",
        "derive/kernels/targets/numpy/printer.py": "\n# other\n",
        "templates/numpy/module.py.j2": "{# other #}",
        "templates/report/style.html.j2": "{# other #}",
    }
    for name, comment in comments.items():
        place = copy / name
        place.write_text(place.read_text() + comment)
        assert _in_copy(copy, "page.py") == {"centre": False}, name
    assert _in_copy(copy, "page.py") == {"centre": True}


def test_a_layer_of_the_catalogue_depends_on_its_own_files(copy: Path) -> None:
    layers = ("l2_normalize", "log_softmax")
    assert _in_copy(copy, *layers) == dict.fromkeys(layers, False)
    claims = copy / "derive" / "layers" / "log_softmax" / "claims.py"
    claims.write_text(claims.read_text() + "\n# other\n")
    assert _in_copy(copy, *layers) == {"l2_normalize": True, "log_softmax": False}
    assert _in_copy(copy, *layers) == dict.fromkeys(layers, True)


def test_a_layer_depends_on_those_that_it_names(copy: Path) -> None:
    claims = copy / "derive" / "layers" / "log_softmax" / "claims.py"
    claims.write_text(claims.read_text() + "\n# as in softmax\n")
    assert _in_copy(copy, "log_softmax") == {"log_softmax": False}
    other = copy / "derive" / "layers" / "softmax" / "forward.py"
    other.write_text(other.read_text() + "\n# other\n")
    assert _in_copy(copy, "log_softmax") == {"log_softmax": False}
    assert _in_copy(copy, "log_softmax") == {"log_softmax": True}


def test_all_layers_have_keys_of_their_own(tmp_path: Path) -> None:
    records = cache.Cache(tmp_path, (), folders())
    keys = [records._key(name) for name in layer_names()]
    assert None not in keys and len(set(keys)) == len(layer_names())
