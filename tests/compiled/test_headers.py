"""The headers compile without a warning as C99 and as C++, with every compiler at hand, and keep to their memory."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support.targets import GENERATED, imported, require

HEADERS = sorted((GENERATED / "c").glob("*.h"))
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
LANGUAGES = [("gcc", "c"), ("clang", "c"), ("g++", "c++"), ("clang++", "c++")]


def compiler(name: str) -> str:
    """A compiler; without it the test is skipped. In CI it fails where not even gcc is there."""
    require("c")
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true" and not name.startswith("clang"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, check=False)


def test_every_layer_has_a_header() -> None:
    from derive import layer_names

    assert {header.stem for header in HEADERS} == set(layer_names())


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.stem)
def test_every_function_of_an_element_is_called(header: Path) -> None:
    """Compilers say nothing of an inline function that nobody calls."""
    found = Counter(re.findall(r"\w+_pass\d+_\w+_element\b", header.read_text(encoding="utf-8")))
    assert found and min(found.values()) > 1, [name for name, count in found.items() if count == 1]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.stem)
def test_no_line_of_prose_is_broken(header: Path) -> None:
    """A line that is too long is cut as a statement is; formulas and lists are set in, too, below something else."""
    lines = header.read_text(encoding="utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        assert not re.match(r" \*  +\S", line) or re.search(r"^ \*(  |$)|:$", before), (before, line)


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_no_warnings(name: str, language: str, tmp_path: Path) -> None:
    """All headers in one file: their names do not meet either."""
    source = tmp_path / ("all.c" if language == "c" else "all.cc")
    lines = [f"#define {header.stem.upper()}_IMPLEMENTATION" for header in HEADERS]
    lines += [f'#include "{header.name}"' for header in HEADERS] * 2
    source.write_text("\n".join([*lines, "int main(void) { return 0; }", ""]))
    standard = "-std=c99" if language == "c" else "-std=c++11"
    done = run(
        compiler(name), standard, *WARNINGS, "-O0", "-I", GENERATED / "c", source, "-o", tmp_path / "all", "-lm"
    )
    assert done.returncode == 0, done.stderr[:3000]


@pytest.mark.parametrize(
    ("layer", "name"),
    [("group_norm", "gcc"), ("softmax", "gcc"), ("batch_norm", "g++"), ("softmax", "clang"), ("batch_norm", "clang++")],
)
def test_optimized_code_has_no_warnings(layer: str, name: str, tmp_path: Path) -> None:
    """What only the optimizer sees, such as values that may not be set, with the flags that the builder begins with."""
    standard, end = ("-std=c++11", "cc") if name.endswith("++") else ("-std=c99", "c")
    source = tmp_path / f"one.{end}"
    source.write_text(f'#define {layer.upper()}_IMPLEMENTATION\n#include "{layer}.h"\n')
    flags = imported(GENERATED / "c" / "build.py", "generated_c_build").FLAGS[0]
    done = run(
        compiler(name), standard, *WARNINGS, *flags, "-I", GENERATED / "c", "-c", source, "-o", tmp_path / "one.o"
    )
    assert done.returncode == 0, done.stderr[:3000]


@pytest.mark.parametrize(
    "flags", [(), ("-fopenmp",), ("-DBATCH_NORM_SECOND_CACHE=2097152",)], ids=["alone", "OpenMP", "large second cache"]
)
def test_nothing_beside_the_arrays_is_touched(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """AddressSanitizer and UBSan watch a driver that calls the functions on arrays of many shapes."""
    program = tmp_path / "driver"
    done = run(
        compiler("gcc"), "-std=c99", *WARNINGS, "-O0", "-g", "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all", *flags, "-I", GENERATED / "c",
        Path(__file__).with_name("driver.c"), "-o", program, "-lm",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:3000]
    ran = run(program)
    assert ran.returncode == 0, ran.stdout + ran.stderr[:3000]


def test_fast_math_is_refused(tmp_path: Path) -> None:
    """It would take apart how sums keep their last digits."""
    source = tmp_path / "fast.c"
    source.write_text('#define SOFTMAX_IMPLEMENTATION\n#include "softmax.h"\n')
    done = run(compiler("gcc"), "-std=c99", "-ffast-math", "-I", GENERATED / "c", "-c", source, "-o", tmp_path / "o")
    assert done.returncode != 0 and "-ffast-math" in done.stderr


@pytest.mark.parametrize(
    ("layer", "right", "wrong"),
    [
        ("batch_norm", "c->lanes = batch_norm_least(w->lanes, w->lane_size - begin);", "c->lanes = w->lanes + 1;"),
        ("weighted_batch_norm", "&next, columns, weighted_batch_norm_value", "&next, 1, weighted_batch_norm_value"),
    ],
    ids=["one lane too many", "too little room for lane values"],
)
def test_the_driver_would_notice(tmp_path: Path, layer: str, right: str, wrong: str) -> None:
    """The other half: a header that writes beside its arrays, or over what it keeps at hand, is caught."""
    for header in HEADERS:
        (tmp_path / header.name).write_bytes(header.read_bytes())
    spoilt = tmp_path / f"{layer}.h"
    text = spoilt.read_text(encoding="utf-8")
    assert text.count(right) == 1
    spoilt.write_text(text.replace(right, wrong), encoding="utf-8")
    program = tmp_path / "driver"
    done = run(
        compiler("gcc"), "-std=c99", *WARNINGS, "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
        "-I", tmp_path, Path(__file__).with_name("driver.c"), "-o", program, "-lm",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:3000]
    assert run(program).returncode != 0
