"""The calling convention of a layer: what may be left out, which argument moves which axis, what else is emitted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import sympy as sp

from derive.errors import CatalogueError
from derive.language import Axis, Layer, indices, name_of

# A default that depends on the call: the spacing of numbers near one in the dtype of the data.
MACHINE_EPSILON: Final = "machine epsilon"
Default = float | Literal["machine epsilon"]


@dataclass(frozen=True)
class AxisArgument:
    """A keyword argument that says which array dimension an axis is bound to, instead of the general `axes` dict."""

    name: str
    axis: str
    default: int
    meaning: str = ""


@dataclass(frozen=True)
class ShapeArgument:
    """A keyword argument that holds the sizes of the last dimensions, an int or a tuple; they make up one dotted axis.

    Without it, with None, the axis is the last dimension alone.
    """

    name: str
    axis: str
    meaning: str = ""


@dataclass(frozen=True)
class Split:
    """One array dimension that is two axes of the layer, such as channels that are groups of channels.

    Args:
        dimension: what the dimension is called outside of the layer; an `AxisArgument` may move it.
        axes: the two axes, the first varying slowest.
        argument: the argument that gives the size of the first one; it must divide the dimension.
        meaning: what the argument is, for docstrings.
    """

    dimension: str
    axes: tuple[str, str]
    argument: str
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
        axis: the argument that moves one axis, or says how many dimensions it has; None for the general `axes` dict.
        split: the array dimension that is two axes of the layer.
        names: what deviations, roots and functions are called in formulas and code.
        inference: the layer with given statistics, emitted as forward_inference and backward_inference.
        updates: the running statistics that inference takes, emitted as update_running.
        meanings: what a tensor is, for docstrings.
    """

    optional: Mapping[str, float] = field(default_factory=dict)
    defaults: Mapping[str, Default] = field(default_factory=dict)
    axis: AxisArgument | ShapeArgument | None = None
    split: Split | None = None
    names: Mapping[str, sp.Expr] = field(default_factory=dict)
    inference: Layer | None = None
    updates: tuple[Update, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)


    def dimensions(self, axes: tuple[Axis, ...]) -> tuple[str, ...]:
        """Axes of the layer as the dimensions that a caller sees, a split one being whole."""
        names = [axis.name for axis in axes]
        if self.split is not None and self.split.axes[0] in names:
            place = names.index(self.split.axes[0])
            names[place : place + 2] = [self.split.dimension]
        return tuple(names)


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
        number = 1.0 if value == MACHINE_EPSILON else value
        if isinstance(number, str) or not math.isfinite(number) or (constants[name].is_positive and number <= 0):
            raise CatalogueError(
                f"{label}: the default of {name!r} is {value}, expected a number that the constant may have"
            )
    if interface.split is not None:
        _check_split(interface.split, layer, label)
    _check_axis(interface, layer, label, {*inputs, *constants})
    for update in interface.updates:
        given = [name_of(buffer) for buffer in interface.inference.buffers] if interface.inference is not None else []
        if update.name not in given:
            raise CatalogueError(f"{label}: {update.name!r} is updated, but the inference form takes {given}")


def _check_axis(interface: Interface, layer: Layer, label: str, taken: set[str]) -> None:
    """That the axis argument moves an axis there is, and that no two dotted axes are left to be told apart."""
    axis, many = interface.axis, [a.name for a in layer.axes if a.many]
    if isinstance(axis, ShapeArgument):
        if not many or layer.axes[-1].name != axis.axis or axis.axis not in many:
            raise CatalogueError(
                f"{label}: {axis.name!r} gives the shape of the axis {axis.axis!r}, expected the last axis of the "
                f"layer, written with dots; the axes are {', '.join(a.name for a in layer.axes)}"
            )
        many.remove(axis.axis)
    elif axis is not None:
        plain = tuple(a for a in layer.axes if not a.many)
        names = list(interface.dimensions(plain))
        if axis.axis not in names:
            raise CatalogueError(
                f"{label}: the argument {axis.name!r} moves the axis {axis.axis!r}, expected one of {names}"
            )
    if axis is not None and (not axis.name.isidentifier() or axis.name in taken):
        raise CatalogueError(f"{label}: the argument {axis.name!r} needs a name of its own")
    if len(many) > 1:
        dotted = " and ".join(f"{a}..." for a in many)
        raise CatalogueError(
            f"layer {layer.name!r} at {layer.where}: its axes {dotted} may all stand for any "
            "number of dimensions; say which is which by axis=ShapeArgument(...) in its interface"
        )


def _check_split(split: Split, layer: Layer, label: str) -> None:
    """That the two axes stand side by side in every tensor that has one of them."""
    for tensor in (*layer.inputs, *layer.buffers):
        names = [axis.name for axis in indices(tensor)]
        together = any(tuple(names[k : k + 2]) == split.axes for k in range(len(names)))
        if set(split.axes) & set(names) and not together:
            raise CatalogueError(
                f"{label}: the dimension {split.dimension!r} is split into {split.axes[0]!r} and {split.axes[1]!r}, "
                f"which do not stand side by side in {tensor}"
            )
    axes = {axis.name: axis for axis in layer.axes}
    for name in split.axes:
        if name not in axes or axes[name].many:
            raise CatalogueError(f"{label}: {split.dimension!r} is split into {name!r}, expected an axis without dots")
    if not split.argument.isidentifier() or split.argument in {name_of(t) for t in layer.inputs}:
        raise CatalogueError(f"{label}: the argument {split.argument!r} needs a name of its own")
