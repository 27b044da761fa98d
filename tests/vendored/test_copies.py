"""The emitted test file works wherever it is copied together with its module, and nowhere else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMITTED = ROOT / "generated" / "numpy"
SELECTED = "test_gradients or test_forward or test_errors or test_there_is_data"


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest as a stranger runs it, who has neither this checkout nor SymPy."""
    blocked = "import sys\nfor name in ('derive', 'sympy', 'jinja2'): sys.modules[name] = None\n"
    (folder / "conftest.py").write_text(blocked)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", SELECTED, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def copied(folder: Path, *, package: bool) -> Path:
    folder.mkdir(parents=True)
    for name in ("rms_norm.py", "test_rms_norm.py"):
        shutil.copy(EMITTED / name, folder / name)
    if package:
        for place in (folder, folder.parent):
            (place / "__init__.py").write_text("")
    return folder


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
@pytest.mark.parametrize("package", [False, True], ids=["a folder", "a package"])
def test_it_runs_where_it_is_copied_to(tmp_path: Path, package: bool, mode: str) -> None:
    copied(tmp_path / "product" / "layers", package=package)
    done = pytest_in(tmp_path, f"--import-mode={mode}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout and "skipped" not in done.stdout.splitlines()[-1]


def test_it_tests_the_module_beside_it(tmp_path: Path) -> None:
    """One operation wrong in the copy, and it is red there."""
    folder = copied(tmp_path / "layers", package=False)
    source = (folder / "rms_norm.py").read_text()
    kernel = source.index("def _backward(")
    at = source.index("np.multiply(", kernel)
    (folder / "rms_norm.py").write_text(source[:at] + "np.divide(" + source[at + len("np.multiply(") :])
    done = pytest_in(tmp_path)
    assert done.returncode == 1 and "times what is allowed" in done.stdout


def test_it_says_what_is_missing(tmp_path: Path) -> None:
    folder = copied(tmp_path / "layers", package=False)
    (folder / "rms_norm.py").unlink()
    done = pytest_in(tmp_path)
    assert done.returncode != 0 and "rms_norm.py" in done.stdout


def test_there_is_one_beside_every_module() -> None:
    modules = {path.name for path in EMITTED.glob("*.py")} - {"__init__.py"}
    tests = {name for name in modules if name.startswith("test_")}
    assert tests and {f"test_{name}" for name in modules - tests} == tests
