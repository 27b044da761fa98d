"""Backproof derives the backward pass of neural-network layers, proves it, and emits it as kernels."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.api import assert_gradient, audit, check_gradient, derive_backward, layer_names, prove_layer, regenerate
    from derive.calculus.chain_rule import Adjoint, Backward, Contribution
    from derive.checks.audit_report import AuditReport
    from derive.checks.gradient_report import GradientReport
    from derive.errors import BackproofError, CheckError
    from derive.interface import MACHINE_EPSILON, AxisArgument, Interface, ShapeArgument, Split, Update
    from derive.language import (
        Layer,
        average,
        axes,
        erf,
        exp,
        indicator,
        log,
        maximum,
        nonnegative,
        positive,
        real,
        sigmoid,
        sqrt,
        stabilizer,
        tanh,
        tensor,
        total,
    )
    from derive.proofs.prove import Proven
    from derive.proofs.theorem import Claim, Misuse, Theorem

__all__ = [
    "Adjoint",
    "AuditReport",
    "AxisArgument",
    "BackproofError",
    "Backward",
    "CheckError",
    "Claim",
    "Contribution",
    "GradientReport",
    "Interface",
    "Layer",
    "MACHINE_EPSILON",
    "Misuse",
    "Proven",
    "ShapeArgument",
    "Split",
    "Theorem",
    "Update",
    "assert_gradient",
    "audit",
    "average",
    "axes",
    "check_gradient",
    "derive_backward",
    "erf",
    "exp",
    "indicator",
    "layer_names",
    "log",
    "maximum",
    "nonnegative",
    "positive",
    "prove_layer",
    "real",
    "regenerate",
    "sigmoid",
    "sqrt",
    "stabilizer",
    "tanh",
    "tensor",
    "total",
]

# Most of them need SymPy, which takes longer to import than a run that finds nothing changed: they come when asked for.
_PLACES = (
    "derive.errors",
    "derive.language",
    "derive.interface",
    "derive.api",
    "derive.calculus.chain_rule",
    "derive.proofs.theorem",
    "derive.proofs.prove",
    "derive.checks.audit_report",
    "derive.checks.gradient_report",
)


def __getattr__(name: str) -> Any:
    """A public name, from the first of these modules that knows it."""
    for place in _PLACES if name in __all__ else ():
        if hasattr(module := importlib.import_module(place), name):
            return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
