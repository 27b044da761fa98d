"""The stages of the compiler in the order of the flow, and what their source says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import derive

ROOT = Path(derive.__file__).resolve().parent
TEMPLATES = ROOT.parent / "templates"

# A stage may import those before it and itself. `calculus`, `proofs`, ... stand for all modules in them. `layers` is
# data: the spine finds it by looking, and what a layer says about itself may use everything up to the report.
STAGES = (
    "errors",
    "files",
    "cache",
    "vocabulary",
    "language",
    "graph",
    "calculus",
    "formula",
    "interface",
    "proofs",
    "kernels",
    "report",
    "checks",
    "layers",
    "catalogue",
    "pipeline",
    "api",
    "cli_support",
    "report_cli",
    "audit_cli",
    "cli",
    "programs",
)

# Modules that are run by hand with `python -m` and imported by nothing: they come last, wherever they lie.
PROGRAMS = {"derive.readme", "derive.layers.batch_norm.seed_page"}


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = ("derive", *path.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def stage_of(module: str) -> str:
    """The stage that a module of the package belongs to; the package itself has none."""
    if module in PROGRAMS:
        return "programs"
    return module.split(".")[1] if "." in module else ""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[tuple[str, int]]:
    """The modules of the package that a module imports, anywhere in it, each with its line."""
    known = modules()
    for node in ast.walk(tree(known[module])):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "derive":
                    yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports inside the package are absolute"
            if node.module is not None and node.module.partition(".")[0] == "derive":
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    yield (full if full in known else node.module), node.lineno


def words(path: Path) -> Iterator[tuple[str, int]]:
    """The identifiers and the words in strings of a Python file, docstrings and comments aside, each with its line."""
    documentation = {id(node) for node in _docstrings(tree(path))}
    for node in ast.walk(tree(path)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            yield node.id, line
        elif isinstance(node, ast.Attribute):
            yield node.attr, line
        elif isinstance(node, ast.arg):
            yield node.arg, line
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, line
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, line
        elif isinstance(node, ast.alias):
            yield node.name, line
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value, line


def _docstrings(module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
