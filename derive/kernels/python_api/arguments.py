"""How emitted functions learn which dimensions are which axes: their arguments and the statements that check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.interface import MACHINE_EPSILON, AxisArgument, Interface, ShapeArgument
from derive.kernels.python_api.layout import paragraph
from derive.language import Axis, Constant


@dataclass(frozen=True)
class Parameter:
    """One parameter of an emitted function."""

    name: str
    annotation: str
    default: str = ""
    doc: tuple[str, ...] = ()


def doc(name: str, words: str) -> tuple[str, ...]:
    """The lines that describe a parameter."""
    return tuple(paragraph(f"{name}: {words}." if words else f"{name}.", 8))


def dotted(axis: Axis) -> str:
    """An axis as it was declared."""
    return f"{axis.name}..." if axis.many else axis.name


def quoted(names: Sequence[str]) -> str:
    """Names as a Python tuple."""
    return "(" + ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "") + ")"


class Arguments:
    """What binds the axes of one layer to the dimensions of its data.

    Args:
        interface: the calling convention.
        axes: the axes of the layer.
        data: the name of the first input.
        finfo: how the library tells the spacing of numbers of a dtype, as in `np.finfo`.
        binder: what makes a binding.
    """

    def __init__(
        self, interface: Interface, axes: tuple[Axis, ...], data: str, finfo: str, binder: str = "_Binding"
    ) -> None:
        self.interface = interface
        self.axes = axes
        self.data = data
        self.finfo = finfo
        self.binder = binder
        self.split = interface.split

    @property
    def order(self) -> list[str]:
        """The dimensions as a caller sees them; those of a dotted axis end in dots."""
        dots = {axis.name for axis in self.axes if axis.many}
        return [f"{name}..." if name in dots else name for name in self.interface.dimensions(self.axes)]

    def shown(self, axes: Sequence[Axis]) -> list[str]:
        """Axes of a tensor as the dimensions that a caller sees."""
        return list(self.interface.dimensions(tuple(axes)))

    def parameters(self) -> list[Parameter]:
        """The arguments themselves."""
        result = []
        if self.split is not None:
            words = f"{self.split.meaning}; divides the size of the dimension {self.split.dimension}".removeprefix("; ")
            result.append(Parameter(self.split.argument, "int", "", doc(self.split.argument, words)))
        axis = self.interface.axis
        if isinstance(axis, AxisArgument):
            result.append(Parameter(axis.name, "int", str(axis.default), doc(axis.name, axis.meaning)))
        elif isinstance(axis, ShapeArgument):
            words = f"the shape of the last dimensions of {self.data}, an int for one; None means the last one alone"
            words += f"; {axis.meaning}" if axis.meaning else ""
            result.append(Parameter(axis.name, "int | Sequence[int] | None", "None", doc(axis.name, words)))
        else:
            words = "from an axis to the dimension of the data that it is; by default in the order " + ", ".join(
                self.order
            )
            result.append(Parameter("axes", "Mapping[str, int] | None", "None", doc("axes", words)))
        return result

    def binding(self) -> str:
        """The statement that makes `bound`, by which tensors are checked."""
        axis, given = self.interface.axis, f'"{self.data}", {self.data}'
        if isinstance(axis, AxisArgument):
            return f'bound = {self.binder}({given}, _AXES, {{"{axis.axis}": {axis.name}}}, "{axis.name}")'
        if isinstance(axis, ShapeArgument):
            lengths = f'{{"{axis.axis}": {self._trailing(axis)}}}'
            return f"bound = {self.binder}({given}, _AXES, {{}}, lengths={lengths})"
        return f"bound = {self.binder}({given}, _AXES, axes or {{}})"

    def _trailing(self, axis: ShapeArgument) -> str:
        """The number of dimensions that an argument stands for."""
        return f'_check_trailing("{axis.name}", {axis.name}, "{self.data}", {self.data})'

    def known_by(self) -> list[str]:
        """Expressions of what decides, beside the arrays, which dimension is which axis.

        Numbers stand beside their types: 1.0 and True equal 1, but are refused.
        """
        axis, found = self.interface.axis, list[str]()
        if isinstance(axis, AxisArgument):
            found.append(f"type({axis.name}), {axis.name}")
        elif isinstance(axis, ShapeArgument):
            found.append(self._trailing(axis))
        else:
            found.append("axes or None")
        if self.split is not None:
            found.append(f"type({self.split.argument}), {self.split.argument}")
        return found

    def splitting(self) -> str:
        """The statement that makes `inner`, in whose dimensions the kernels work; nothing when they are the same."""
        if self.split is None:
            return ""
        dimension, argument = self.split.dimension, self.split.argument
        return f'inner = bound.split("{dimension}", {quoted(self.split.axes)}, "{argument}", {argument})'

    def bindings(self) -> list[str]:
        """The names of the bindings that these statements make."""
        return list(dict.fromkeys(["bound", self.inner]))

    @property
    def inner(self) -> str:
        """The name of the binding that the kernels take."""
        return "bound" if self.split is None else "inner"

    def whole(self, array: str) -> str:
        """A full-size array as the kernels take it."""
        return array if self.split is None else f"inner.view({array})"

    def default(self, constant: Constant) -> tuple[str, str, str]:
        """For a constant its annotation, its default and the expression that is checked."""
        name, value = str(constant), self.interface.defaults.get(str(constant))
        if value == MACHINE_EPSILON:
            return "float | None", "None", f"float({self.finfo}({self.data}.dtype).eps) if {name} is None else {name}"
        return "float", "" if value is None else repr(value), name

    def constant_doc(self, constant: Constant) -> str:
        """What a constant may be."""
        words = "finite and greater than zero" if constant.is_positive else "finite"
        if self.interface.defaults.get(str(constant)) == MACHINE_EPSILON:
            words += f"; None means {self.finfo}({self.data}.dtype).eps"
        return words
