"""The plan as the reader meets it: passes, hoisted scalars, reads and writes, and the source they became."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import sympy as sp

from derive.kernels.plan import ExactSum, Kernel, Remainder, Scalar, Scalars, Sweep
from derive.report.model import Formula, KernelView, PassView, SourceView


def kernel_view(kernel: Kernel, suffix: str, sources: Mapping[str, tuple[str, str]]) -> KernelView:
    """One kernel, with the functions that the targets emitted for it."""
    passes, waiting = [], list[Formula]()
    for stage in kernel.stages:
        if isinstance(stage, Scalars):
            waiting += [_scalar(item) for item in stage.items]
        else:
            passes.append(_pass(stage, tuple(waiting)))
            waiting = []
    waiting += [_scalar(item) for item in kernel.final]
    name = f"_{kernel.name}{suffix}"
    cut = [(target, path, cut_function(path, text, name)) for target, (path, text) in sorted(sources.items())]
    found = tuple(SourceView(target, path, name, text) for target, path, text in cut if text)
    return KernelView(kernel.name, tuple(passes), tuple(waiting), found)


def _pass(sweep: Sweep, before: tuple[Formula, ...]) -> PassView:
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
