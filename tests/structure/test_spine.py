"""Nothing in the spine knows a layer or a target by name; files are short and say what they are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from derive import Layer, catalogue
from derive.kernels.targets import targets
from derive.language import name_of
from tests.structure.stages import ROOT, TEMPLATES, modules, tree, words

# Where a layer's word stands in the spine, and why.
LAYER_WORDS = {
    ("derive/cli.py", "batch_norm"): "the layer that derivation-report shows when none is named",
    ("derive/report_cli.py", "batch_norm"): "the layer that derivation-report shows when none is named",
    ("derive/formula/printers.py", "gamma"): "a Greek letter, like the others in the list",
    ("derive/formula/printers.py", "beta"): "a Greek letter, like the others in the list",
    ("templates/python_api/update.py.j2", "momentum"): "the argument of update_running in the contract",
    ("derive/kernels/python_api/names.py", "momentum"): "the argument of update_running in the contract",
    ("templates/python_api/update.py.j2", "weight"): "the weight of the new batch, in plain words",
    ("templates/tensor_api/update.py.j2", "momentum"): "the argument of update_running in the contract",
    ("derive/kernels/tensor_api/module.py", "momentum"): "the argument of update_running in the contract",
    ("templates/tensor_api/update.py.j2", "weight"): "the weight of the new batch, in plain words",
    ("templates/report/chart.svg.j2", "weight"): "the weight of a font",
    ("templates/report/graph.svg.j2", "weight"): "the weight of a font",
    ("templates/report/strip.svg.j2", "weight"): "the weight of a font",
    ("templates/report/style.html.j2", "weight"): "the weight of a font",
    ("templates/checks/gradient.html.j2", "weight"): "the weight of a font",
}
# Words for what any layer may have: means in which elements count differently, tensors of zeros and ones.
COMMON_WORDS = {"weights", "mask"}
TARGET_WORDS = {
    ("derive/cache.py", "numpy"): "a library on whose version the emitted bytes may depend",
    ("derive/language.py", "numpy"): "a name that no layer may take, because emitted modules are full of it",
}
# The library of that name is imported for arrays; it is no target there.
USES_ARRAYS = (
    "derive/calculus/", "derive/checks/", "derive/api.py", "derive/audit_cli.py",
    "derive/kernels/python_api/", "templates/python_api/",
)  # fmt: skip

CEILING = 300
LONGER = {
    "derive/language.py": 430,  # the language is one page for its readers
    "derive/formula/printers.py": 360,  # one class per notation
    "derive/kernels/builder.py": 340,
    "derive/kernels/python_api/module.py": 460,
    "templates/numpy/test_body.py.j2": 440,  # the same for every emitted test
}


def layer_words() -> set[str]:
    """What layers of the catalogue call themselves, their tensors and their statistics; single letters aside."""
    found = {"momentum", "running_mean", "running_var", "x_norm", "inv_std"}
    for name in catalogue.names():
        entry = catalogue.builtin(name)
        layers = [entry.layer, *([entry.interface.inference] if entry.interface.inference else [])]
        found.add(name)
        for layer in layers:
            assert isinstance(layer, Layer)
            found |= {layer.name, *map(name_of, (*layer.inputs, *layer.buffers))}
        found |= {update.name for update in entry.interface.updates} | set(entry.interface.names)
    return {word for word in found - COMMON_WORDS if len(word) > 1}


def spine() -> list[Path]:
    """Every file that must not know a layer."""
    python = [p for p in modules().values() if "layers" not in p.relative_to(ROOT).parts]
    return python + sorted(p for p in TEMPLATES.rglob("*") if p.is_file())


def shown(path: Path) -> str:
    return path.relative_to(ROOT.parent).as_posix()


def occurrences(path: Path, wanted: set[str]) -> set[tuple[str, str]]:
    """Which of the words stand in a file, as a whole identifier or inside a string."""
    if path.suffix == ".py":
        texts = [text for text, _ in words(path)]
    else:
        texts = [re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)]
    pattern = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(map(re.escape, sorted(wanted)))})(?![A-Za-z0-9_])")
    return {(shown(path), match) for text in texts for match in pattern.findall(text)}


def test_the_words_of_the_catalogue_are_known() -> None:
    expected = {"batch_norm", "batch_norm_inference", "gamma", "beta", "running_mean", "running_var", "momentum"}
    assert expected <= layer_words()


def test_no_layers_word_stands_in_the_spine() -> None:
    found = set().union(*(occurrences(path, layer_words()) for path in spine()))
    assert found <= LAYER_WORDS.keys(), f"a layer's word stands in the spine: {sorted(found - LAYER_WORDS.keys())}"


def test_no_targets_name_stands_in_the_spine() -> None:
    folders = {target.name for target in targets()}
    names = {name for name in folders if len(name) > 1}  # a single letter is found everywhere
    assert "numpy" in names
    found = set()
    for path in spine():
        if "targets" in path.parts or path.parent.name in folders:
            continue
        found |= {(where, name) for where, name in occurrences(path, names) if not where.startswith(USES_ARRAYS)}
    assert found <= TARGET_WORDS.keys(), f"a target's name stands in the spine: {sorted(found - TARGET_WORDS.keys())}"


def test_the_search_would_find_a_word() -> None:
    probe = ROOT / "layers" / "batch_norm" / "forward.py"
    assert ("derive/layers/batch_norm/forward.py", "gamma") in occurrences(probe, {"gamma", "numpy"})


@pytest.mark.parametrize("path", sorted({*modules().values(), *(p for p in TEMPLATES.rglob("*.j2"))}), ids=shown)
def test_files_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(shown(path), CEILING), f"{shown(path)} has {lines} lines"


def test_most_files_are_well_below_the_ceiling() -> None:
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in modules().values()]
    assert sum(length <= 200 for length in lengths) > 0.7 * len(lengths)


@pytest.mark.parametrize("module", modules())
def test_every_module_says_what_it_is(module: str) -> None:
    said = ast.get_docstring(tree(modules()[module]))
    assert said, f"{module} has no docstring"
    assert said[0].isupper() and said.rstrip().endswith((".", ")", "]", "`"))


@pytest.mark.parametrize("module", modules())
def test_every_public_function_and_class_says_what_it_is(module: str) -> None:
    for node in tree(modules()[module]).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}: {node.name} has no docstring"


def test_templates_hold_no_mathematics() -> None:
    """A template may count and join; it calls no SymPy and no derivation."""
    for path in TEMPLATES.rglob("*.j2"):
        source = path.read_text(encoding="utf-8")
        for inside in re.findall(r"\{[{%](.*?)[%}]\}", source, flags=re.DOTALL):
            assert not re.search(r"\b(sympy|diff|derivation|simplify|expand)\b", inside), f"{shown(path)}: {inside}"
