"""Compilers add up along rows in vectors: number by number that takes three times as long."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from tests.compiled.test_headers import compiler, run
from tests.support.targets import GENERATED

FLAGS = ("-std=c99", "-O3", "-mavx2", "-mfma", "-fno-trapping-math", "-fno-math-errno", "-fopenmp", "-S")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the instructions are those of x86")
@pytest.mark.parametrize("layer", ["batch_norm", "layer_norm"])
@pytest.mark.parametrize("name", ["gcc", "clang"])
def test_sums_along_rows_are_taken_in_vectors(name: str, layer: str, tmp_path: Path) -> None:
    """Each loop of the first sweep of backward adds vectors of four doubles, to more than one register."""
    source, code = tmp_path / "one.c", tmp_path / "one.s"
    source.write_text(f'#define {layer.upper()}_IMPLEMENTATION\n#include "{layer}.h"\n')
    done = run(compiler(name), *FLAGS, "-I", GENERATED / "c", source, "-o", code)
    assert done.returncode == 0, done.stderr[:3000]
    for data in ("float", "double"):
        loop = f"{layer}_backward_pass1_{data}_row"
        found = re.search(rf"^{loop}:.*?\n(.*?)^\s*\.size\s+{loop}\b", code.read_text(), re.DOTALL | re.MULTILINE)
        assert found is not None, f"{loop} is not in the code"
        added = re.findall(r"\bv(?:add|fmadd\d+)pd\b.*, (%ymm\d+)$", found[1], re.MULTILINE)
        assert len(set(added)) > 1, f"{loop} adds vectors to {sorted(set(added)) or 'none'}"
