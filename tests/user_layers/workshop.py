"""A user's folder: layer files are written into it, the script runs in it, emitted modules are loaded from it."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

from derive import cache
from tests.support.contract import REFERENCE
from tests.support.targets import is_compiled, require

_numbers = itertools.count()

HEADER = """
from derive import (
    AxisArgument, Interface, Layer, average, axes, exp, log, positive, real, sqrt, tanh, tensor, total,
)
"""


@functools.cache
def script(name: str = "regenerate-kernels") -> tuple[str, ...]:
    """The console script of the Python that runs the tests; the same function when no script is installed."""
    installed = Path(sys.executable).parent / name
    if installed.is_file():
        return (str(installed),)
    return (sys.executable, "-c", f"import derive.cli; derive.cli.{name.replace('-', '_')}()")


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """`regenerate-kernels` with those arguments in that folder, without a terminal."""
    command = [*script(), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=900)


def write(folder: Path, text: str, name: str = "page.py") -> Path:
    """A layer file: the usual imports in its first lines, then the text."""
    path = folder / name
    path.write_text(HEADER.lstrip() + textwrap.dedent(text), encoding="utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    """The number of the first line of a file that contains the words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def load(path: Path) -> ModuleType:
    """An emitted file as a module, under a name of its own; it sits in no package and needs none."""
    spec = importlib.util.spec_from_file_location(f"emitted_{next(_numbers)}_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def emit(folder: Path, text: str, *layers: str, target: str = REFERENCE) -> dict[str, ModuleType]:
    """The modules that the script emits for the layers of one file into `folder / "kernels"`, built if they must be."""
    require(target)
    path = write(folder, text)
    chosen = [] if target == REFERENCE else ["--target", target, *(["--build"] if is_compiled(target) else [])]
    done = run(path.name, "--output", "kernels", *chosen, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return {name: load(folder / "kernels" / target / f"{name}.py") for name in layers}


def files_below(folder: Path) -> list[str]:
    """The files below a folder, by their paths, but for bytecode, the cache and other forms of a report."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".pyc", ".svg", ".html"})
    return sorted(path.relative_to(folder).as_posix() for path in found if cache.FOLDER not in path.parts)
