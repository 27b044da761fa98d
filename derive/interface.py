"""The calling convention of a layer: what may be left out, which argument moves which axis, what else is emitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from derive.language import Layer


@dataclass(frozen=True)
class AxisArgument:
    """A keyword argument that says which array dimension an axis is bound to, instead of the general `axes` dict."""

    name: str
    axis: str
    default: int
    meaning: str = ""


@dataclass(frozen=True)
class Update:
    """A statistic of many batches, updated from one batch: the new value as an expression.

    Args:
        name: the tensor that is updated, such as running_mean; also the symbol that stands for its old value.
        value: the new value, in `name`, `momentum`, the names of saved statistics, and `count`.
        unbiased: the new value when the caller asks for the unbiased form; None when there is no such form.
    """

    name: str
    value: sp.Expr
    unbiased: sp.Expr | None = None


@dataclass(frozen=True)
class Interface:
    """How the emitted functions of a layer are called.

    Args:
        optional: inputs that may be None, with the neutral value that they then have.
        defaults: default values of constants; a constant without one must be given.
        axis: the argument that moves one axis; None for the general `axes` dict.
        names: what deviations, roots and functions are called in formulas and code.
        inference: the layer with given statistics, emitted as forward_inference and backward_inference.
        updates: the running statistics that inference takes, emitted as update_running.
        meanings: what a tensor is, for docstrings.
    """

    optional: Mapping[str, float] = field(default_factory=dict)
    defaults: Mapping[str, float] = field(default_factory=dict)
    axis: AxisArgument | None = None
    names: Mapping[str, sp.Expr] = field(default_factory=dict)
    inference: Layer | None = None
    updates: tuple[Update, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
