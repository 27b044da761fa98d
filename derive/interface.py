"""The calling convention of a layer: what may be left out, which argument moves which axis, what else is emitted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from derive.errors import CatalogueError
from derive.language import Layer, name_of


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


def check_interface(interface: Interface, layer: Layer, where: str) -> None:
    """Refuse an interface that does not fit its layer; `where` is the file it stands in."""
    inputs = [name_of(tensor) for tensor in layer.inputs]
    constants = {str(constant): constant for constant in layer.constants}
    label = f"{where}: the interface of layer {layer.name!r}"
    for name, neutral in interface.optional.items():
        if name not in inputs[1:]:
            expected = f"one of {', '.join(map(repr, inputs[1:]))}" if inputs[1:] else "none, there is one input only"
            raise CatalogueError(
                f"{label}: optional={{{name!r}: ...}}, expected {expected} (the first is always needed)"
            )
        if not math.isfinite(neutral):
            raise CatalogueError(f"{label}: the neutral value of {name!r} is {neutral}, expected a finite number")
    for name, value in interface.defaults.items():
        if name not in constants:
            raise CatalogueError(
                f"{label}: defaults={{{name!r}: ...}}, but the constants are {', '.join(constants) or 'none'}"
            )
        if not math.isfinite(value) or (constants[name].is_positive and value <= 0):
            raise CatalogueError(
                f"{label}: the default of {name!r} is {value}, expected a number that the constant may have"
            )
    axis = interface.axis
    if axis is not None:
        names = [a.name for a in layer.axes if not a.many]
        if axis.axis not in names:
            raise CatalogueError(
                f"{label}: the argument {axis.name!r} moves the axis {axis.axis!r}, expected one of {names}"
            )
        if not axis.name.isidentifier() or axis.name in {*inputs, *constants}:
            raise CatalogueError(f"{label}: the argument {axis.name!r} needs a name of its own")
    for update in interface.updates:
        given = [name_of(buffer) for buffer in interface.inference.buffers] if interface.inference is not None else []
        if update.name not in given:
            raise CatalogueError(f"{label}: {update.name!r} is updated, but the inference form takes {given}")
