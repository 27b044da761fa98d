"""The console scripts, in this process (fast, and open to monkeypatching) or in one of their own."""

from __future__ import annotations

import os
import subprocess
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import click
import pytest

from derive import cache, cli
from tests.user_layers.workshop import script

ROOT = Path(__file__).resolve().parents[2]

PAGE = """from derive import Layer, average, axes, tensor

n, d = axes("n d")
x = tensor("x", n, d)
layer = Layer("{name}", inputs=(x,))
layer.output("y", x - average(x, over=d))
"""
# What is generated from it; a report may have other forms and pictures.
FILES = [
    "__init__.py", "c/__init__.py", "c/build.py", "c/centre.h", "c/centre.py",
    "jax/__init__.py", "jax/centre.py", "numba/__init__.py", "numba/centre.py",
    "numpy/__init__.py", "numpy/centre.py", "numpy/test_centre.py", "reports/centre.md",
    "torch/__init__.py", "torch/centre.py",
]  # fmt: skip


def page(folder: Path, name: str = "centre", file: str = "page.py") -> Path:
    """A layer file that takes a tenth of a second."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(name=name), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


class Shell:
    """Runs a script in this process, in a folder, with what it prints captured."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.capsys, self.monkeypatch = folder, capsys, monkeypatch

    def __call__(self, *arguments: str | Path, command: click.Command = cli.regenerate_kernels) -> Done:
        self.monkeypatch.chdir(self.folder)
        self.capsys.readouterr()
        code: object = 0
        try:
            command.main([str(argument) for argument in arguments], prog_name=command.name)
        except SystemExit as stopped:
            code = stopped.code
        except Exception:  # what Python would do
            code = 1
            traceback.print_exc()
        printed = self.capsys.readouterr()
        return Done(code if isinstance(code, int) else 0, printed.out, printed.err)


def process(
    *arguments: str | Path, folder: Path, name: str = "regenerate-kernels", environment: Mapping[str, str] | None = None
) -> Done:
    """Runs a script as users do, with pipes for a terminal."""
    done = subprocess.run(
        [*script(name), *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})},
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, bytecode and the cache of what is unchanged excepted, by name."""
    found = (p for p in folder.rglob("*") if p.is_file() and not {"__pycache__", cache.FOLDER} & set(p.parts))
    return dict(sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in found))


def checked_in() -> dict[str, bytes]:
    """The emitted files in the checkout, without the extensions that other suites compile beside them."""
    found = contents(ROOT / "generated").items()
    return {name: text for name, text in found if not name.endswith(tuple(EXTENSION_SUFFIXES))}


def names(folder: Path) -> list[str]:
    """The files below a folder by name, other forms of a report left out."""
    return [name for name in contents(folder) if not name.endswith((".svg", ".html"))]
