"""The README says what is true: its table, its commands and its examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.errors import EmitError
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


def test_the_layer_example_becomes_a_kernel(tmp_path: Path) -> None:
    (tmp_path / "my_layers.py").write_text(example("layer"), encoding="utf-8")
    script = "from derive.cli import regenerate_kernels; regenerate_kernels(['my_layers.py'])"
    out = run(tmp_path, "-c", script)
    assert "rms_norm" in out
    (tmp_path / "use.py").write_text(example("own"), encoding="utf-8")
    assert "(4, 7, 16)" in run(tmp_path, "use.py")
