"""The values that the template of a whole emitted Python module is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.kernels.python_api.conditions import unchecked
from derive.kernels.python_api.directional import DirectionalFunctions
from derive.kernels.python_api.layout import paragraph
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.python_api.update import update_context
from derive.kernels.subject import Emission

# What the templates that all emitted Python shares call things of NumPy.
PYTHON = {
    "array": "NDArray[Real]",
    "argsort": "tuple(map(int, np.argsort(%s)))",
    "transpose": "transpose",
    "shape": "%s.shape",
    "numbers": "(int, float, np.floating, np.integer)",
}


def module_values(emission: Emission, contexts: Sequence[ModuleContext], language: str) -> dict[str, Any]:
    """What `python_api/module.py.j2` needs of a layer; `language` says what the kernels are written for."""
    first = contexts[0]
    functions, kernels, exports = [], [], []
    for context in contexts:
        forward, backward = context.forward(), context.backward()
        own = [forward, backward]
        if context.subject.second is not None:
            own += DirectionalFunctions(context).functions()
        functions += own
        exports += [*(f["name"] for f in own), *(f"{backward['name']}_{d}" for d in backward["dtypes"])]
        kernels += [context.kernel(kernel) for kernel in context.plan.kernels]
    along = DirectionalFunctions(first) if first.subject.second is not None else None
    second = along.fields() if along is not None else []
    exports += ["SecondGradients"] if second else []
    updates = update_context(first.interface, first.plan)
    exports += ["Gradients", "Saved"] + (["update_running"] if updates else [])
    fields = [
        {"name": r.name, "axes": first.statistic_axes(r.name), "meaning": first.interface.meanings.get(r.name, "")}
        for r in first.plan.saved
    ]
    gradients = first.gradient_fields(first.plan.backward)
    words = [
        f"{g['public'].removeprefix('grad_')}" + (" (None without it)" if g["optional"] else "") for g in gradients
    ]
    regenerate = f"Do not edit: this file is generated. Regenerate it with: regenerate-kernels {emission.source}"
    return {
        "title": f"{emission.name}: forward and backward kernels for {language}.",
        "warning": "\n".join(paragraph(regenerate, hanging=0)),
        "summary": f"The forward and backward pass of {emission.name} for float32 and float64 arrays, derived from",
        "formulas": [line for f in functions[:2] for line in f["formulas"]],
        "theorems": list(dict.fromkeys(t for s in emission.subjects for t in s.theorems)),
        "assumptions": [(condition.words, True) for context in contexts for condition in context.conditions]
        + [(words, False) for context in contexts for words in unchecked(context.subject)],
        "uses_conditions": any(context.conditions for context in contexts),
        "digest": emission.digest,
        "exports": sorted(exports),
        "axes": first.arguments.order,
        "classes": [(axis.name, label) for axis, label in first.plan.classes],
        "saved_fields": fields,
        "saved_numbers": first.saved_numbers(),
        "saved_axes": [(f["name"], first.axes_tuple(f["axes"])) for f in fields],
        "gradient_words": ", ".join(words),
        "gradients": gradients,
        "second_fields": second,
        "second_notes": paragraph(f"{along.notes()}.", 4, 0) if along is not None and along.notes() else [],
        "functions": functions,
        "updates": updates,
        "kernels": kernels,
        "python": PYTHON,
    }
