"""A layer's names in C: those that the loops, the blocks or the functions of the header use themselves are changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import Interface
from derive.catalogue import Entry
from derive.kernels.python_api.names import names_of
from derive.kernels.targets.c.expressions import identifier
from derive.pipeline import make as make_product
from tests.compiled.test_headers import WARNINGS, compiler, run
from tests.kernels.test_printing import layer_with

PREFIX = "fine"
# Functions in which names of the layer stand beside those of the templates.
FUNCTION = re.compile(
    rf"^(?:static void|int) {PREFIX}_(\w*?(?:_row|_steady|_columns|_block_float|_block_double|_float|_double))"
    r"\(([^;{}]*?)\)\n\{\n(.*?)^\}",
    re.DOTALL | re.MULTILINE,
)
WORDS_OF_C = {"NULL", "char", "const", "double", "else", "float", "for", "if", "int", "long", "ptrdiff_t", "return"}
WORDS_OF_C |= {"size_t", "uintptr_t", "sizeof", "static", "void", "while", "do"}


def header(**names: str) -> str:
    """The header of a layer with such names."""
    product = make_product(Entry(layer_with(**names), Interface(), None, f"{PREFIX}.py"))
    (source,) = [text for path, text in product.files if str(path) == f"c/{PREFIX}.h"]
    return source


def test_every_name_in_a_function_is_changed_or_comes_from_the_layer() -> None:
    product = make_product(Entry(layer_with(), Interface(), None, f"{PREFIX}.py"))
    of_layer = {identifier(name) for name in names_of(product.emission.subjects[0].plan)}
    text = re.sub(r'/\*.*?\*/|"[^"]*"|^#.*?$', "", header(), flags=re.DOTALL | re.MULTILINE)
    found = {match[1]: f"{match[2]} {match[3]}" for match in FUNCTION.finditer(text)}
    kernels = {name: body for name, body in found.items() if re.match(r"(forward|backward|jvp|double_backward)_", name)}
    assert {name.rsplit("_", 1)[1] for name in kernels} >= {"row", "columns", "float", "double"}
    used = set()
    for body in kernels.values():
        used |= set(re.findall(r"(?<![\w.>])([a-z]\w*)\b(?!\()", body))
    used = {word for word in used if not word.startswith(f"{PREFIX}_")} - WORDS_OF_C - of_layer
    assert {"i", "n", "rows", "step"} <= used
    assert not {word for word in used if identifier(word) == word}


@pytest.mark.parametrize(
    "names",
    [
        {"data": "step", "small": "memory", "constant": "lanes"},
        {"data": "t", "small": "layouts", "constant": "arguments"},
        {"data": "begin", "small": "kept_0", "constant": "finite"},
        {"data": "high", "small": "next_x", "constant": "rows"},
        {"data": "rest_0", "small": "low", "constant": "memory"},
        {"data": "later", "small": "line", "constant": "more_0"},
    ],
    ids=lambda names: "-".join(names.values()),
)
def test_names_of_the_templates_compile(names: dict[str, str], tmp_path: Path) -> None:
    """Without one local that hides another, too: it would be computed with instead."""
    (tmp_path / "it.c").write_text(f"#define {PREFIX.upper()}_IMPLEMENTATION\n#include \"{PREFIX}.h\"\n")
    (tmp_path / f"{PREFIX}.h").write_text(header(**names))
    done = run(compiler("gcc"), "-std=c99", *WARNINGS, "-Wshadow", "-fopenmp", "-fsyntax-only", tmp_path / "it.c")
    assert done.returncode == 0, done.stderr
