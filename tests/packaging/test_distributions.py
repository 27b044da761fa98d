"""What is in the wheel and in the sdist, and what is not."""

from __future__ import annotations

import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from derive import cache
from tests.packaging.installation import ROOT, Distributions

pytestmark = pytest.mark.packaging


def below(folder: str) -> set[str]:
    """The files of the checkout below one of its folders; not what the suites have compiled there."""
    left_out = {"__pycache__", cache.FOLDER}
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and not left_out & set(path.parts))
    found = (path for path in found if path.suffix != ".so")
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.fixture(scope="module")
def wheel(distributions: Distributions) -> set[str]:
    with zipfile.ZipFile(distributions.wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist(distributions: Distributions) -> set[str]:
    """Without the folder that everything in an sdist is in."""
    with tarfile.open(distributions.sdist) as archive:
        files = [member.name for member in archive.getmembers() if member.isfile()]
    return {Path(name).relative_to(Path(name).parts[0]).as_posix() for name in files}


def test_the_wheel_has_the_compiler_and_its_templates(wheel: set[str]) -> None:
    templates = below("templates")
    assert len(templates) >= 5
    assert wheel >= below("derive")
    assert wheel >= {f"derive/{name}" for name in templates}
    assert "derive/py.typed" in wheel


def test_the_wheel_has_nothing_else(wheel: set[str]) -> None:
    expected = below("derive") | {f"derive/{name}" for name in below("templates")}
    others = {name for name in wheel - expected if ".dist-info/" not in name}
    assert not others


def test_the_sdist_has_all_that_is_needed_to_build_and_to_test(sdist: set[str]) -> None:
    for folder in ("derive", "templates", "generated", "tests", "benchmarks"):
        files = below(folder)
        assert files and sdist >= files, sorted(files - sdist)
    assert sdist >= {"pyproject.toml", "README.md", "CONTRIBUTING.md", "LICENSE", "PKG-INFO"}


def test_the_sdist_has_nothing_that_tools_leave_behind(sdist: set[str]) -> None:
    left = [name for name in sdist if "__pycache__" in name or "_cache/" in name or name.endswith(".pyc")]
    assert not left and ".venv" not in {name.split("/")[0] for name in sdist}


def test_the_metadata_says_what_it_is(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
        scripts = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
    assert (metadata["Name"], metadata["Version"]) == ("backproof", "0.1.0")
    assert metadata["License-Expression"] == "MIT" and metadata["Requires-Python"] == ">=3.11"
    needed = {line.split(">=")[0] for line in metadata.get_all("Requires-Dist", []) if "extra" not in line}
    assert {"sympy", "numpy", "jinja2"} <= needed
    assert "regenerate-kernels" in scripts and "derivation-report" in scripts
    assert str(metadata.get_payload()).lstrip().startswith("# Backproof"), "the README is the long description"
