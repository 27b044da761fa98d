"""Backproof derives the backward pass of neural-network layers, proves it, and emits it as kernels."""

from __future__ import annotations

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
