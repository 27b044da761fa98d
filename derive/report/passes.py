"""The plan as the reader meets it: passes, hoisted scalars, reads and writes, and the source they became."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Mapping

import sympy as sp

from derive.kernels.plan import ExactSum, Kernel, Plan, Remainder, Scalar, Scalars, Sweep
from derive.language import atoms_of, name_of
from derive.report.elements import Formula
from derive.report.model import KernelView, PassView, ScalarsView, SourceView


def kernel_view(plan: Plan, kernel: Kernel, suffix: str, sources: Mapping[str, tuple[str, str]]) -> KernelView:
    """One kernel of a plan, with the functions that the targets emitted for it."""
    passes, waiting = [], list[Scalar | ExactSum | Remainder]()
    depends = _dependence(kernel)
    for stage in kernel.stages:
        if isinstance(stage, Scalars):
            waiting += stage.items
        else:
            passes.append(_pass(stage, _grouped(plan, depends, waiting)))
            waiting = []
    waiting += kernel.final
    name = f"_{kernel.name}{suffix}"
    cut = [(target, path, cut_function(path, text, name)) for target, (path, text) in sorted(sources.items())]
    found = tuple(SourceView(target, path, name, text) for target, path, text in cut if text)
    return KernelView(kernel.name, tuple(passes), _grouped(plan, depends, waiting), found)


def _dependence(kernel: Kernel) -> dict[str, frozenset[str]]:
    """The classes of axes that each sum and each scalar of a kernel depends on."""
    found = {given.name: frozenset(given.classes) for given in kernel.givens}
    found |= {reduction.name: frozenset(reduction.classes) for reduction in kernel.reductions}

    def union(names: Iterable[str | None]) -> frozenset[str]:
        return frozenset[str]().union(*(found.get(name, frozenset()) for name in names if name is not None))

    for item in (
        *(item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items),
        *kernel.final,
    ):
        if isinstance(item, ExactSum):
            found[item.high] = found[item.low] = union((item.a, item.b))
        elif isinstance(item, Remainder):
            found[item.name] = union((item.of, item.low, item.pivot))
        else:
            found[item.name] = union(name_of(atom) for atom in atoms_of(item.expr))
    return found


def _grouped(
    plan: Plan, depends: Mapping[str, frozenset[str]], items: Iterable[Scalar | ExactSum | Remainder]
) -> tuple[ScalarsView, ...]:
    """The scalars in their order, neighbours together that are computed equally often."""
    groups = []
    for classes, own in itertools.groupby(
        items, lambda item: depends[item.high if isinstance(item, ExactSum) else item.name]
    ):
        axes = tuple(axis.name for axis, label in plan.classes if label in classes)
        groups.append(ScalarsView(axes, tuple(_scalar(item) for item in own)))
    return tuple(groups)


def _pass(sweep: Sweep, before: tuple[ScalarsView, ...]) -> PassView:
    refs = [ref for op in sweep.ops for ref in op.args]
    refs += [ref for r in sweep.reductions for ref in (r.left, r.right) if ref is not None]
    refs += [w.value for w in sweep.writes]
    return PassView(
        "map pass" if sweep.writes else "reduce pass",
        len(sweep.ops),
        tuple(dict.fromkeys(ref.name for ref in refs if ref.kind == "array")),
        tuple(w.output for w in sweep.writes),
        tuple(Formula(sp.Symbol(r.name), r.expr) for r in sweep.reductions),
        before,
    )


def _scalar(item: Scalar | ExactSum | Remainder) -> Formula:
    def symbol(name: str) -> sp.Symbol:
        return sp.Symbol(name, real=True)

    if isinstance(item, ExactSum):
        return Formula(symbol(item.high) + symbol(item.low), symbol(item.a) + symbol(item.b))
    if isinstance(item, Remainder):
        low = symbol(item.low) if item.low is not None else sp.S.Zero
        return Formula(symbol(item.name), symbol(item.of) - symbol(item.pivot) + low)
    return Formula(symbol(item.name), item.expr)


def cut_function(path: str, text: str, name: str) -> str:
    """The source of one function of an emitted Python file; nothing for other languages or when it is not there."""
    if not path.endswith(".py"):
        return ""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_source_segment(text, node) or ""
    return ""
