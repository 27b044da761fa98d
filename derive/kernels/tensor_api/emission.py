"""The values that the template of a whole emitted module is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derive.formula import Notation, text
from derive.kernels.python_api.layout import paragraph
from derive.kernels.subject import Emission
from derive.kernels.tensor_api.module import TensorContext
from derive.kernels.tensor_api.printer import Library
from derive.kernels.tensor_api.rules import rules


def module_values(emission: Emission, contexts: Sequence[TensorContext], library: Library) -> dict[str, Any]:
    """What `tensor_api/module.py.j2` needs of a layer."""
    first = contexts[0]
    functions: list[dict[str, Any]] = []
    for context in contexts:
        name = f"{emission.name}{context.suffix}"
        shared: dict[str, Any] = {"checks": context.checks(), "rules": rules(context)}
        shared |= {"count": "", "numbers": [], "fields": []}
        if not context.suffix:
            statistics = context.plan.statistics
            shared["count"] = context.count()
            shared["numbers"] = list(statistics.constants) if statistics is not None else []
            shared["fields"] = context.saved_fields()
            functions.append({**context.function("forward", saves=True), **shared, "mode": ""})
        functions.append({**context.function(name, saves=False), **shared, "mode": ""})
        for mode in library.modes:
            functions.append({**context.function(f"{name}{mode}", saves=False), **shared, "mode": mode})
    updates = updates_of(first)
    regenerate = f"Do not edit: this file is generated. Regenerate it with: regenerate-kernels {emission.source}"
    kernels = [context.kernel(kernel) for context in contexts for kernel in context.kernels()]
    return {
        "title": f"{emission.name} for {library.name}, with derivatives of every order.",
        "warning": "\n".join(paragraph(regenerate, hanging=0)),
        "summary": paragraph(f"{emission.name} {library.summary} The formulas are derived from", hanging=0),
        "formulas": [*functions[0]["formulas"], *functions[0]["gradient_formulas"]],
        "theorems": list(dict.fromkeys(t for s in emission.subjects for t in s.theorems)),
        "digest": emission.digest,
        "layer": emission.name,
        "axes": first.arguments.order,
        "classes": [
            {"name": f"_CLASSES{context.suffix.upper()}", "of": [(a.name, c) for a, c in context.plan.classes]}
            for context in contexts
        ],
        "fields": functions[0]["fields"],
        "count": functions[0]["count"],
        "numbers": functions[0]["numbers"],
        "functions": functions,
        "rules": [rules(context) for context in contexts],
        "kernels": kernels,
        "updates": updates,
        "exports": sorted({*(f["name"] for f in functions), "Saved", *(["update_running"] if updates else [])}),
        "uses": {word: any(word in line for k in kernels for line in k["lines"]) for word in RUNTIME},
        "meets": {
            "masks": any(f["checks"]["masks"] for f in functions),
            "buffers": any(f["checks"]["buffers"] for f in functions),
        },
        "python": library.python,
        "tensor": first.words.array,
    }


# Functions of the runtime that only some kernels need, as they begin where they are called.
RUNTIME = ("_erf_slope(", "_select(", "_exact_sum(", "_rounded(", "_floor(", "_largest(", "_sum(", "_spread(")
_code = Notation()


def updates_of(context: TensorContext) -> list[dict[str, Any]]:
    """The running statistics that inference takes, and how one batch changes them."""
    rows = []
    saved = {*context.statistics, "count"}
    for update in context.interface.updates:
        of = sorted(str(s) for s in update.value.free_symbols if str(s) in saved)[0]
        table = {sp.Symbol(n): sp.Symbol(f"saved.{n}") for n in saved}
        table[sp.Symbol(update.name)] = sp.Symbol(f"given_{update.name}")
        unbiased = None if update.unbiased is None else update.unbiased
        rows.append(
            {
                "name": update.name,
                "of": of,
                "formula": text(update.value),
                "code": _code(update.value.xreplace(table)),
                "unbiased_formula": text(unbiased) if unbiased is not None else "",
                "unbiased_code": _code(unbiased.xreplace(table)) if unbiased is not None else "",
            }
        )
    return rows
