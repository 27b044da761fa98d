"""Blocks, and what goes past the cache, depend on the machine's second cache: both ways are right on every machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.large import SHAPES, check_large
from tests.support.targets import GENERATED, imported, require

CACHES = {"small": 1 << 20, "large": 1 << 21}


@pytest.fixture(scope="module", params=CACHES.values(), ids=list(CACHES))
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Batch norm in C, built as on a machine with such a cache."""
    require("c")
    folder = tmp_path_factory.mktemp("c")
    for name in ("batch_norm.py", "batch_norm.h", "build.py"):
        shutil.copy(GENERATED / "c" / name, folder)
    build: Any = imported(folder / "build.py", f"build_for_{request.param}")
    build._second_cache = lambda: request.param
    build.build(folder / "batch_norm.h")
    return imported(folder / "batch_norm.py", f"built_for_{request.param}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_c(compiled: Any, dtype: str, shape: tuple[int, ...]) -> None:
    check_large(compiled, dtype, shape)


@pytest.fixture(scope="module", params=["small", "large"])
def jitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Batch norm in Numba, with the constants of a machine with such a cache."""
    require("numba")
    path = tmp_path_factory.mktemp("numba") / "batch_norm.py"
    text = (GENERATED / "numba" / "batch_norm.py").read_text(encoding="utf-8")
    assert text.count("_LARGE = _second_cache() >= 2_000_000") == 1
    path.write_text(text.replace("_second_cache() >= 2_000_000", str(request.param == "large")), encoding="utf-8")
    return imported(path, f"jitted_for_{request.param}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_numba(jitted: Any, dtype: str, shape: tuple[int, ...]) -> None:
    check_large(jitted, dtype, shape)


def test_what_the_system_says() -> None:
    """Where it does not, 0."""
    build: Any = imported(GENERATED / "c" / "build.py", "build_that_asks")
    said = Path("/sys/devices/system/cpu/cpu0/cache/index2/size")
    size = build._second_cache()
    assert size >= 0
    if said.exists():
        assert f"{size // 1024}K" == said.read_text().strip()
