"""The NumPy target: one vendorable module per layer."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from derive.kernels.plan import Scalar, Scalars, Sweep
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.kernels.targets.numpy.companion import companions
from derive.kernels.targets.numpy.conditions import unchecked
from derive.kernels.targets.numpy.layout import paragraph, wrap_source
from derive.kernels.targets.numpy.module import ModuleContext
from derive.kernels.targets.numpy.update import update_context

__all__ = ["EXTENSION", "companions", "emit"]

EXTENSION = ".py"


def _uses(context: ModuleContext, *functions: str) -> bool:
    """Whether a kernel has one of these functions, of data or of smaller tensors."""
    for kernel in (context.plan.statistics, context.plan.forward, context.plan.backward):
        stages = (*kernel.stages, Scalars(kernel.final)) if kernel is not None else ()
        for stage in stages:
            if isinstance(stage, Sweep):
                found = {op.function for op in stage.ops}
            else:
                exprs = [item.expr for item in stage.items if isinstance(item, Scalar)]
                found = {type(f).__name__ for e in exprs for f in e.atoms(sp.Function)}
                found |= _powers(exprs)
            if found & set(functions):
                return True
    values = [condition.value for condition in context.subject.domain.assumptions]
    return bool(set(functions) & ({type(f).__name__ for e in values for f in e.atoms(sp.Function)} | _powers(values)))


def _powers(exprs: Iterable[sp.Expr]) -> set[str]:
    """That an expression has a power which is neither whole nor a square root's."""
    found = (p.exp for e in exprs for p in e.atoms(sp.Pow))
    return {"power" for exponent in found if exponent.is_Rational and exponent.q > 2}


def emit(emission: Emission) -> str:
    """The source text of the module."""
    contexts = [ModuleContext(subject) for subject in emission.subjects]
    first = contexts[0]
    functions, kernels, exports = [], [], []
    for context in contexts:
        forward, backward = context.forward(), context.backward()
        functions += [forward, backward]
        exports += [forward["name"], backward["name"], *(f"{backward['name']}_{d}" for d in backward["dtypes"])]
        plans = [context.plan.forward, context.plan.backward]
        if context.plan.statistics is not None:
            plans.insert(0, context.plan.statistics)
        kernels += [context.kernel(plan) for plan in plans]
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
    formulas = [line for f in functions[:2] for line in f["formulas"]]
    summary = f"The forward and backward pass of {emission.name} for float32 and float64 arrays, derived from"
    return wrap_source(
        render(
            "numpy/module.py.j2",
            title=f"{emission.name}: forward and backward kernels for NumPy.",
            warning="\n".join(
                paragraph(
                    f"Do not edit: this file is generated. Regenerate it with: regenerate-kernels {emission.source}",
                    hanging=0,
                )
            ),
            summary=summary,
            formulas=formulas,
            theorems=list(dict.fromkeys(t for s in emission.subjects for t in s.theorems)),
            assumptions=[(condition.words, True) for context in contexts for condition in context.conditions]
            + [(words, False) for context in contexts for words in unchecked(context.subject)],
            digest=emission.digest,
            exports=sorted(exports),
            axes=first.arguments.order,
            classes=[(axis.name, label) for axis, label in first.plan.classes],
            saved_fields=fields,
            saved_numbers=first.saved_numbers(),
            saved_axes=[(f["name"], first.axes_tuple(f["axes"])) for f in fields],
            gradient_words=", ".join(words),
            gradients=gradients,
            functions=functions,
            updates=updates,
            kernels=kernels,
            uses_erf=any(_uses(context, "erf", "erf_slope") for context in contexts),
            uses_conditions=any(context.conditions for context in contexts),
            uses_power=any(_uses(context, "power") for context in contexts),
        )
    )
