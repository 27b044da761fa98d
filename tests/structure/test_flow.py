"""Data flows one way: no stage imports a later one, neither by what its source says nor when it runs."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys

import pytest

import derive
from tests.structure.stages import PROGRAMS, ROOT, STAGES, imports, modules, stage_of, tree

# In a fresh interpreter, import the stages one after the other and say after each what is there by then. The package's
# own __init__ shows the public names of all stages, so an empty package stands in for it.
PROGRAM = """
import importlib, json, sys, types
package = types.ModuleType("derive")
package.__path__ = [{root!r}]
package.__file__ = {root!r} + "/__init__.py"
sys.modules["derive"] = package
loaded = {{}}
for stage, names in {plan!r}:
    for name in names:
        importlib.import_module(name)
    loaded[stage] = sorted(m for m in sys.modules if m.startswith("derive."))
print(json.dumps(loaded))
"""


def test_every_module_belongs_to_a_stage() -> None:
    assert {stage_of(module) for module in modules()} - {""} <= set(STAGES)
    assert len(set(STAGES)) == len(STAGES)


def test_programs_are_imported_by_nothing() -> None:
    for module in modules():
        assert not PROGRAMS & {imported for imported, _ in imports(module)}, module


@pytest.mark.parametrize("module", [m for m in modules() if m != "derive"])
def test_no_module_imports_a_later_stage(module: str) -> None:
    own = STAGES.index(stage_of(module))
    for imported, line in imports(module):
        assert imported != "derive", f"{module}:{line} imports the whole package"
        later = STAGES.index(stage_of(imported))
        assert later <= own, f"{module}:{line} imports {imported}, which comes later"


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {module: {i for i, _ in imports(module) if i != "derive"} - {module} for module in modules()}
    done: set[str] = set()
    while ready := {m for m, needs in graph.items() if m not in done and not (needs & graph.keys()) - done}:
        done |= ready
    stuck = graph.keys() - done - {"derive"}
    assert not stuck, f"these import each other: {sorted(stuck)}"


def test_running_a_stage_loads_no_later_one() -> None:
    plan = [(stage, [m for m in modules() if stage_of(m) == stage]) for stage in STAGES]
    program = PROGRAM.format(root=str(ROOT), plan=plan)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for stage, names in json.loads(result.stdout).items():
        allowed = set(STAGES[: STAGES.index(stage) + 1])
        assert {stage_of(name) for name in names} <= allowed, f"importing {stage} loads a later stage"


def test_the_proofs_need_neither_templates_nor_a_command_line() -> None:
    program = "import sys, types; sys.modules['derive'] = p = types.ModuleType('derive'); p.__path__ = [sys.argv[1]]\n"
    program += "import derive.proofs.prove; print('jinja2' in sys.modules, 'click' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program, str(ROOT)], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_the_package_shows_names_and_does_nothing_else() -> None:
    body = tree(ROOT / "__init__.py").body
    (block,) = (node for node in body if isinstance(node, ast.If))
    shown = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert ast.unparse(block.test) == "TYPE_CHECKING" and shown == block.body
    assert [node.name for node in body if isinstance(node, ast.FunctionDef)] == ["__getattr__", "__dir__"]
    assert sorted(derive.__all__) == list(derive.__all__)
    names = {alias.name: str(node.module) for node in shown for alias in node.names}
    assert names.keys() == set(derive.__all__) <= set(dir(derive))
    for name, module in names.items():
        assert getattr(derive, name) is getattr(importlib.import_module(module), name), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = derive.nothing


@pytest.mark.parametrize("program", ["import derive", "import derive.cli", "import derive; derive.BackproofError"])
def test_nothing_heavy_is_imported_before_it_is_needed(program: str) -> None:
    heavy = ("sympy", "numpy", "jinja2", "mpmath", "rich")
    program += f"; import sys; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
