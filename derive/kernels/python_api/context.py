"""What emitted Python modules say about one layer, whatever library they use: names, shapes, tensors, formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from derive.formula import text
from derive.kernels.plan import Kernel
from derive.kernels.python_api.arguments import Arguments, Parameter, doc, dotted, quoted
from derive.kernels.subject import Subject
from derive.language import atoms_of, indices, is_indicator, name_of
from derive.proofs.derivation import Derivation


@dataclass(frozen=True)
class Words:
    """How a library's tensors are called.

    Args:
        array: the annotation of a tensor that takes a gradient.
        buffer: the annotation of one that does not.
        data: the dtypes of the data, for docstrings.
        other: the dtypes of other tensors, likewise; `{data}` stands for the data's name.
        buffer_dtypes: the dtypes of buffers.
    """

    array: str
    buffer: str
    data: str
    other: str
    buffer_dtypes: str = "float32 or float64"


class LayerContext:
    """The layer as emitted Python sees it.

    Args:
        subject: the layer, its plan and its calling convention.
        words: how the library's tensors are called.
        finfo: how the library tells the spacing of numbers of a dtype.
        binder: what makes a binding.
    """

    def __init__(self, subject: Subject, words: Words, finfo: str, binder: str = "_Binding") -> None:
        self.subject = subject
        self.words = words
        self.plan = subject.plan
        self.interface = subject.interface
        self.graph = subject.derivation.graph
        self.tensors = {name_of(t): t for t in (*self.graph.inputs, *self.graph.buffers)}
        parts = subject.second.parts if subject.second is not None else ()
        self.directions = {name_of(direction): direction for part in parts for _, direction in part.directions}
        self.data = name_of(self.graph.inputs[0])
        self.constants = [str(c) for c in self.graph.constants]
        self.suffix = subject.suffix
        self.arguments = Arguments(self.interface, self.graph.axes, self.data, finfo, binder)

    # Names and shapes.

    def tensor(self, name: str) -> sp.Expr:
        """A tensor of the layer, or a direction that belongs to one."""
        return self.tensors[name] if name in self.tensors else self.directions[name]

    def axes(self, name: str) -> list[str]:
        """The axes of a tensor of the layer, as emitted code names them."""
        return [axis.name for axis in indices(self.tensor(name))]

    def shown(self, name: str) -> list[str]:
        """The dimensions of a tensor of the layer, as a caller sees them."""
        return self.arguments.shown(indices(self.tensor(name)))

    def is_mask(self, name: str) -> bool:
        """Whether a buffer holds zeros and ones."""
        return is_indicator(self.tensors[name])

    def is_weight(self, name: str) -> bool:
        """Whether a buffer is not negative anywhere, and no mask."""
        return bool(self.tensors[name].is_nonnegative) and not self.is_mask(name)

    def is_full(self, name: str) -> bool:
        """Whether a tensor has all axes of the data."""
        return set(indices(self.tensor(name))) == set(self.graph.axes)

    def public(self, name: str) -> str:
        """The public name of a gradient: that of the first input is grad_input."""
        return "grad_input" if name == self.data else f"grad_{name}"

    def axis_words(self, axes: list[str]) -> str:
        """Axes as a shape in a docstring."""
        return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"

    def declared_axes(self) -> list[str]:
        """The axes of the data; one that stands for many dimensions ends in dots."""
        return [dotted(axis) for axis in self.graph.axes]

    def axes_tuple(self, axes: Sequence[str]) -> str:
        """Axes as a Python tuple."""
        return quoted(axes)

    def statistic_axes(self, name: str) -> list[str]:
        """The axes of a saved tensor."""
        classes = next(r.classes for r in self.plan.saved if r.name == name)
        return [axis.name for axis, label in self.plan.classes if label in classes]

    def tensor_parameter(self, name: str) -> Parameter:
        """The parameter for an input or a buffer."""
        meaning, other = self.interface.meanings.get(name, ""), self.words.other.format(data=self.data)
        if name in {name_of(b) for b in self.graph.buffers}:
            kind = self.words.buffer_dtypes
            if self.is_weight(name):
                kind += ", finite, not negative and not all zero"
            if self.is_mask(name):
                kind = f"bool, or {self.words.buffer_dtypes} zeros and ones, not all zero"
            words = [f"shape {self.axis_words([dotted(a) for a in indices(self.tensors[name])])}, {kind}", meaning]
            return Parameter(name, self.words.buffer, "", doc(name, "; ".join(w for w in words if w)))
        if name in self.interface.optional:
            neutral = {1.0: "ones", 0.0: "zeros"}.get(self.interface.optional[name], str(self.interface.optional[name]))
            words = [
                f"shape {self.axis_words(self.shown(name))}, {other}; None means {neutral}",
                meaning,
            ]
            later = list(self.tensors)[list(self.tensors).index(name) :]
            default = "None" if all(n in self.interface.optional for n in later) else ""  # what is needed comes later
            return Parameter(name, f"{self.words.array} | None", default, doc(name, "; ".join(w for w in words if w)))
        shape = (
            f"shape ({', '.join(self.arguments.order)})"
            if self.is_full(name)
            else f"shape {self.axis_words(self.shown(name))}"
        )
        dtype = self.words.data if name == self.data else other
        words = [f"{shape}, {dtype}", meaning]
        return Parameter(name, self.words.array, "", doc(name, "; ".join(w for w in words if w)))

    def counted_axes(self) -> list[str]:
        """The axes that all statistics are taken over; none when they differ."""
        overs = {r.over for r in self.plan.statistics.reductions} if self.plan.statistics else set()
        if len(overs) != 1 or "count" in self.tensors:
            return []
        return [axis.name for axis, label in self.plan.classes if label in next(iter(overs))]

    def backward_names(self) -> list[str]:
        """The inputs and buffers that the backward function takes."""
        return self.names_for(self.plan.backward)

    def names_for(self, main: Kernel) -> list[str]:
        """The inputs and buffers that a function takes which runs a kernel, and before it that of the statistics."""
        used = {self.data}
        for kernel in (main, self.plan.statistics):
            if kernel is not None:
                used |= {*kernel.arrays, *(g.name for g in kernel.givens if g.source != "saved")}
        return [n for n in self.tensors if n in used]

    def gradient_formulas(self) -> list[str]:
        """The closed forms, after the definitions of the names that they use."""
        forms = [(self.public(name), form) for name, form in self.subject.closed_forms]
        return self.formulas(self.subject.derivation, forms)

    def formulas(self, derivation: Derivation, forms: Sequence[tuple[str, sp.Expr]]) -> list[str]:
        """Formulas under their names, after the definitions of the atoms that they use."""
        values = {d.target: d.value for d in derivation.basis.definitions}
        used: set[sp.Expr] = set()
        waiting = [a for _, form in forms for a in atoms_of(form)]
        while waiting:
            atom = waiting.pop()
            if atom in values and atom not in used:
                used.add(atom)
                waiting += atoms_of(values[atom]) if atom in derivation.basis.tails else []
        lines = [text.relation(d.target, d.value) for d in derivation.basis.definitions if d.target in used]
        return lines + [text.relation(sp.Symbol(name), form) for name, form in forms]

    def none_words(self, names: list[str]) -> str:
        """Which gradients are None."""
        optional = [n for n in names if n in self.interface.optional]
        return "".join(f" ({self.public(n)} is None without {n})" for n in optional)
