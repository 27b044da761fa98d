"""Blocks, and what goes past the cache, depend on the machine's second cache: here they are as on the other machines.

What belongs to this machine is what all other suites test.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.large import SHAPES, check_large
from tests.support.targets import GENERATED, imported, require

LARGE = 2_000_000  # bytes, from which on a second cache is one that blocks are made for


def _build(folder: Path) -> Any:
    return imported(folder / "build.py", f"build_of_{folder.name}")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Batch norm in C, built as on a machine with another second cache."""
    require("c")
    folder = tmp_path_factory.mktemp("c")
    for name in ("batch_norm.py", "batch_norm.h", "build.py"):
        shutil.copy(GENERATED / "c" / name, folder)
    build = _build(folder)
    other = 0 if build._second_cache() >= LARGE else LARGE
    build._second_cache = lambda: other
    build.build(folder / "batch_norm.h")
    return imported(folder / "batch_norm.py", "built_for_another_machine")


@pytest.fixture(scope="module")
def jitted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Batch norm in Numba, with the constants of a machine with another second cache."""
    require("numba")
    path = tmp_path_factory.mktemp("numba") / "batch_norm.py"
    text = (GENERATED / "numba" / "batch_norm.py").read_text(encoding="utf-8")
    here = "_LARGE = _second_cache() >= 2_000_000"
    assert text.count(here) == 1
    path.write_text(text.replace(here, here.replace(">=", "<")), encoding="utf-8")
    return imported(path, "jitted_for_another_machine")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("module", ["compiled", "jitted"])
def test_another_machine(request: pytest.FixtureRequest, module: str, dtype: str, shape: tuple[int, ...]) -> None:
    check_large(request.getfixturevalue(module), dtype, shape)


def test_what_the_system_says() -> None:
    """Where it does not, 0."""
    said = Path("/sys/devices/system/cpu/cpu0/cache/index2/size")
    size = _build(GENERATED / "c")._second_cache()
    assert size >= 0
    if said.exists():
        assert f"{size // 1024}K" == said.read_text().strip()
