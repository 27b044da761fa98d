"""The README says what is true: its table, its commands and its examples."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from derive import readme
from derive.catalogue import builtin
from derive.errors import EmitError
from derive.kernels.targets import names as target_names
from derive.pipeline import make
from derive.readme import with_table

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    found = re.search(rf"<!-- run: {name} -->\n```python\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no example {name!r}"
    return found.group(1)


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_table_of_theorems_is_up_to_date() -> None:
    assert with_table(README) == README, "run: python -m derive.readme README.md"


def test_a_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(EmitError, match="no place"):
        with_table("# nothing here")


def test_it_opens_with_the_two_commands() -> None:
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[:2]
    assert all(command.count("\n") == 1 for command in commands), "one line each"
    assert "regenerate-kernels" in commands[0]
    assert "[test]" in commands[1]
    assert "pytest" in commands[1]


def test_the_import_example_runs() -> None:
    out = run(ROOT, "-c", example("import"))
    assert "(8, 3, 5, 5)" in out


def test_the_check_example_disagrees() -> None:
    out = run(ROOT, "-c", example("check"))
    assert "Gradient check: disagrees" in out
    assert "resolution" in out


def test_second_derivatives_are_symmetric() -> None:
    assert run(ROOT, "-c", example("second")).strip() == "True True"


def test_the_layer_example_becomes_a_kernel(tmp_path: Path) -> None:
    (tmp_path / "my_layers.py").write_text(example("layer"), encoding="utf-8")
    script = "from derive.cli import regenerate_kernels; regenerate_kernels(['my_layers.py'])"
    out = run(tmp_path, "-c", script)
    assert "rms_norm" in out
    (tmp_path / "use.py").write_text(example("own"), encoding="utf-8")
    assert "(4, 7, 16)" in run(tmp_path, "use.py")


def test_a_kernel_that_a_plan_has_gets_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that only some layers have; whatever no layer has stays out of the table."""
    rows = {
        "one": readme.Row("one", "`x`", {"forward": "1 pass, 1 reads", "jvp": "2 passes, 3 reads"}, 4, "a, b"),
        "two": readme.Row("two", "`y`", {"forward": "1 pass, 2 reads"}, 5, "a"),
    }
    monkeypatch.setattr(readme, "_row", rows.__getitem__)
    monkeypatch.setattr(readme, "names", lambda: tuple(rows))
    monkeypatch.setattr(readme, "ProcessPoolExecutor", lambda *_: ThreadPoolExecutor(1))
    assert readme.catalogue_table().splitlines() == [
        "| layer | called with | forward | jvp | theorems | targets |",
        "|---|---|---|---|---|---|",
        "| one | `x` | 1 pass, 1 reads | 2 passes, 3 reads | 4 | a, b |",
        "| two | `y` | 1 pass, 2 reads | none | 5 | a |",
    ]


def test_the_columns_are_kernels_of_the_plan() -> None:
    """By the names that a plan gives them; later kernels need nothing here."""
    row = readme._row("l2_normalize")
    plan = make(builtin("l2_normalize")).emission.subjects[0].plan
    assert row.kernels.keys() == {title for title, name in readme.KERNELS.items() if hasattr(plan, name)}
    assert {"forward", "backward"} <= row.kernels.keys()
    assert all(f"generated/{name}/l2_normalize" in row.targets for name in target_names())
