"""Builds the distributions of a copy of this checkout and installs them into virtual environments of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("wheel", "sdist", "editable")

# What no distribution is made from, and what tools leave behind.
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "dist", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "*.so"
)


class CannotRun(Exception):
    """There is no package index, or no way to make a virtual environment."""


@dataclass(frozen=True)
class Distributions:
    """A copy of the checkout and what was built from it."""

    checkout: Path
    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installation:
    """A virtual environment into which the package was installed in one way, and an empty folder to work in."""

    kind: str
    environment: Path
    workplace: Path

    @property
    def scripts(self) -> Path:
        return self.environment / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / "python"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """A command in the empty folder, with nothing of the checkout in sight."""
        return run(*command, folder=self.workplace)

    def regenerate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.scripts / "regenerate-kernels", *arguments)


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command with its output; no variable of this process makes it find this checkout."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL,
        env=environment,
    )  # fmt: skip


def must(*command: str | Path, folder: Path) -> str:
    """The output of a command that has to succeed."""
    done = run(*command, folder=folder)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def tools(folder: Path) -> Path:
    """The Python of an environment that can build; CannotRun when there is none to be had."""
    try:
        venv.create(folder / "tools", with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"no virtual environment can be made: {error}") from error
    python = folder / "tools" / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = run(python, "-m", "pip", "install", "--quiet", "build", "hatchling", folder=folder)
    if done.returncode != 0:
        raise CannotRun(f"pip cannot install the build tools:\n{done.stderr.strip()[-500:]}")
    return python


def build(folder: Path) -> Distributions:
    """An sdist of a copy of the checkout, and a wheel made from that sdist."""
    python = tools(folder)
    checkout, output = folder / "checkout", folder / "dist"
    shutil.copytree(ROOT, checkout, ignore=_LEFT_OUT)
    must(python, "-m", "build", "--no-isolation", "--outdir", output, checkout, folder=folder)
    (wheel,), (sdist,) = output.glob("*.whl"), output.glob("*.tar.gz")
    return Distributions(checkout, wheel, sdist)


def install(kind: str, made: Distributions, folder: Path) -> Installation:
    """A fresh environment with the package and what it depends on, and nothing else."""
    environment, workplace = folder / f"{kind}-environment", folder / f"{kind}-workplace"
    workplace.mkdir()
    venv.create(environment, with_pip=True)
    done = Installation(kind, environment, workplace)
    what = {"wheel": str(made.wheel), "sdist": str(made.sdist), "editable": f"--editable={made.checkout}"}[kind]
    must(done.python, "-m", "pip", "install", "--quiet", "--no-compile", what, folder=workplace)
    return done


def install_all(made: Distributions, folder: Path) -> dict[str, Installation]:
    """All kinds, two at a time, because they often wait for the disk."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda kind: install(kind, made, folder), KINDS)
        return {installation.kind: installation for installation in found}


def regenerate_all(installations: Iterable[Installation]) -> dict[str, subprocess.CompletedProcess[str]]:
    """The script without arguments in each of the empty folders."""
    here = list(installations)
    with ThreadPoolExecutor(2) as pool:
        return dict(zip((i.kind for i in here), pool.map(Installation.regenerate, here), strict=True))
