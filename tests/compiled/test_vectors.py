"""Compilers add up along rows in vectors: number by number that takes three times as long."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from tests.compiled.test_headers import compiler, run
from tests.support.targets import GENERATED

FLAGS = ("-std=c99", "-O3", "-mavx2", "-mfma", "-fno-trapping-math", "-fno-math-errno", "-S")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the instructions are those of x86")
@pytest.mark.parametrize(
    ("layer", "name", "more"),
    [
        ("batch_norm", "gcc", ["-fopenmp"]),
        ("batch_norm", "gcc", ["-mavx512f"]),
        ("batch_norm", "clang", []),
        ("layer_norm", "gcc", ["-fopenmp"]),
        ("layer_norm", "clang", ["-fopenmp"]),
    ],
    ids=lambda value: "".join(value) or "alone",
)
def test_sums_along_rows_are_taken_in_vectors(layer: str, name: str, more: list[str], tmp_path: Path) -> None:
    """Each loop of the first sweep of backward adds vectors of four doubles or eight, to more than one register."""
    source, code = tmp_path / "one.c", tmp_path / "one.s"
    source.write_text(f'#define {layer.upper()}_IMPLEMENTATION\n#include "{layer}.h"\n')
    done = run(compiler(name), *FLAGS, *more, "-I", GENERATED / "c", source, "-o", code)
    assert done.returncode == 0, done.stderr[:3000]
    for data in ("float", "double"):
        loop = f"{layer}_backward_pass1_{data}_row"
        found = re.search(rf"^{loop}:.*?\n(.*?)^\s*\.size\s+{loop}\b", code.read_text(), re.DOTALL | re.MULTILINE)
        assert found is not None, f"{loop} is not in the code"
        added = re.findall(r"\bv(?:add|fmadd\d+)pd\b.*, (%[yz]mm\d+)$", found[1], re.MULTILINE)
        assert len(set(added)) > 1, f"{loop} adds vectors to {sorted(set(added)) or 'none'}"
