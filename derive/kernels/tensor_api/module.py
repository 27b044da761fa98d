"""What the templates of a whole-tensor module are filled with: its functions, its kernels, what differentiates them."""

from __future__ import annotations

import re
from typing import Any

from derive.errors import EmitError
from derive.formula import text
from derive.kernels.plan import Kernel
from derive.kernels.python_api.arguments import Parameter, doc, quoted
from derive.kernels.python_api.context import LayerContext, Words
from derive.kernels.python_api.layout import paragraph
from derive.kernels.python_api.names import check_used
from derive.kernels.subject import Subject
from derive.kernels.tensor_api.printer import Library, StatementPrinter
from derive.kernels.whole import whole
from derive.language import indices, name_of

# What the templates call things themselves, beside the names of a library.
RESERVED = frozenset(
    "math Any NamedTuple Sequence Mapping Saved annotations dataclass functools copy operator numbers forward "
    "update_running all at back bool bound ctx dict dtype float given inner held int isinstance len list max "
    "inputs min momentum name output range result saved statistics str sum tuple type unbiased values wide zip".split()
)
# Names that are made from those of tensors and classes, and those of directions.
_MADE = re.compile(r"(over|count|new|given|along|curved)_.*|_.*")
_DIRECTIONS = re.compile(r"(tangent|cotangent)_.*")


class TensorContext(LayerContext):
    """Everything the templates need for one pair of forward and backward functions."""

    def __init__(self, subject: Subject, words: Words, library: Library) -> None:
        super().__init__(subject, words, library.finfo)
        self.library = library
        check_used(self.plan, RESERVED | library.reserved, _MADE, "")
        # Directions are called after the inputs: what the layer itself names must be told apart from them.
        for name in (*self.tensors, *self.constants, *(e.name for e in self.graph.equations)):
            if _DIRECTIONS.fullmatch(name):
                message = f"the name {name!r} is taken in emitted modules; choose another"
                raise EmitError(f"layer {self.plan.layer!r}: {message}")
        if self.plan.jvp is None or self.plan.double_backward is None:
            raise EmitError(f"layer {self.plan.layer!r}: {library.name} needs its second derivatives")
        self.jvp, self.double = self.plan.jvp, self.plan.double_backward
        self.buffers = [name_of(b) for b in self.graph.buffers]
        self.inputs = [name_of(i) for i in self.graph.inputs]
        self.statistics = [r.name for r in self.plan.saved]

    # The public functions.

    def function(self, name: str, *, saves: bool) -> dict[str, Any]:
        """A public function: of `y` alone, or of `y` and the statistics."""
        names, output = list(self.tensors), name_of(self.graph.output)
        returns = f"{output}, in the shape and dtype of {self.data}; it may be differentiated"
        if saves:
            returns += ", and the statistics, which take no gradient" if self.plan.saved else ", and no statistics"
        errors = "a shape, an axis or a number does not fit"
        errors += ", or there are no elements" if self.plan.forward.reductions else ""
        keyword = []
        for constant in self.graph.constants:
            annotation, default, _ = self.arguments.default(constant)
            keyword.append(
                Parameter(str(constant), annotation, default, doc(str(constant), self.arguments.constant_doc(constant)))
            )
        keyword += self.arguments.parameters()
        return {
            "name": name,
            "saves": saves,
            "positional": [self.tensor_parameter(n) for n in names],
            "keyword": keyword,
            "passed": [*names, *(f"{p.name}={p.name}" for p in keyword)],
            "summary": f"Compute {output}{' and the statistics of the layer' if saves else ''}.",
            "formulas": [text.relation(e.target, e.value) for e in self.graph.equations],
            "gradient_formulas": self.gradient_formulas(),
            "returns": paragraph(returns + ".", 8, 0),
            "errors": doc("ValueError", errors),
        }

    def checks(self) -> dict[str, Any]:
        """What is checked about the arguments, and how they are handed on."""
        names = list(self.tensors)
        others = [n for n in names if n != self.data]
        axes = {n: [a.name for a in indices(self.tensors[n])] for n in others}
        return {
            "optional": quoted([n for n in names if n in self.interface.optional]),
            "typed": [n for n in names if n not in self.buffers],
            "buffers": [n for n in self.buffers if not self.is_mask(n)],
            "masks": [n for n in self.buffers if self.is_mask(n)],
            "binding": self.arguments.binding(),
            "splitting": self.arguments.splitting(),
            "inner": self.arguments.inner,
            "full": [n for n in others if self.is_full(n)],
            "lower": [{"name": n, "axes": quoted(self.shown(n))} for n in others if not self.is_full(n)],
            "constants": [
                {
                    "name": str(c),
                    "check": "_check_positive" if c.is_positive else "_check_number",
                    "value": self.arguments.default(c)[2],
                }
                for c in self.graph.constants
            ],
            "needs_elements": bool(self.plan.forward.reductions),
            "placed": [
                {"name": n, "axes": quoted(axes[n]), "neutral": self.interface.optional.get(n), "full": self.is_full(n)}
                for n in others
            ],
        }

    def saved_fields(self) -> list[dict[str, str]]:
        """The statistics, as the fields of `Saved`."""
        meanings = self.interface.meanings
        fields = []
        for name in self.statistics:
            axes = self.statistic_axes(name)
            meaning = meanings.get(name, "").replace("float64", f"the dtype of {name.removesuffix('_low')}")
            fields.append({"name": name, "shape": self.axis_words(axes), "axes": quoted(axes), "meaning": meaning})
        return fields

    def count(self) -> str:
        """The number of elements that the statistics are taken over, as code; nothing when they differ."""
        over = self.counted_axes() if self.plan.saved else []
        return f"math.prod({self.arguments.inner}.shape({quoted(over)}))" if over else ""

    # The kernels, and how they are called by what differentiates them.

    def kernel_name(self, kernel: Kernel) -> str:
        """The name of a kernel's function."""
        return f"_{kernel.name}{self.suffix}"

    def arguments_of(self, kernel: Kernel) -> list[str]:
        """What a kernel takes, in order: full tensors, smaller ones, constants, the layout."""
        return [*kernel.arrays, *(g.name for g in kernel.givens), *kernel.constants, "at"]

    def returned(self, kernel: Kernel) -> list[str]:
        """What a kernel returns, in order."""
        return [*kernel.writes, *(r.name for r in kernel.results)]

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function."""
        lowered = whole(self.plan, kernel)
        printer = StatementPrinter(self.plan, lowered, self.library)
        lines, returns = printer.lines(), printer.returns()
        returns = [f"_cast({r}, dtype)" if k < len(kernel.writes) else r for k, r in enumerate(returns)]
        tensors = [*kernel.arrays, *(g.name for g in kernel.givens)]
        return {
            "name": self.kernel_name(kernel),
            "parameters": [
                *(Parameter(n, self.words.buffer) for n in tensors),
                *(Parameter(c, "float") for c in kernel.constants),
                Parameter("at", "_Layout"),
            ],
            "returns": f"tuple[{', '.join([self.words.buffer] * len(returns))}]",
            "summary": _SUMMARIES[kernel.name],
            "widened": list(kernel.arrays),
            "casts": bool(kernel.writes),
            "sums": [f'over_{c} = at.dims("{c}")' for c in sorted(printer.sums)],
            "counts": [f'count_{c} = at.count("{c}")' for c in sorted(printer.counts)],
            "lines": lines,
            "returned": returns,
        }

    def kernels(self) -> list[Kernel]:
        """The kernels that are emitted."""
        return list(self.plan.kernels)

    def call(self, kernel: Kernel, **instead: str) -> str:
        """A call of a kernel; `instead` gives other names for some of what it takes."""
        taken = ", ".join(instead.get(n, n) for n in self.arguments_of(kernel))
        return f"{self.kernel_name(kernel)}({taken})"


_SUMMARIES = {
    "statistics": "Compute what the backward pass needs of the forward pass.",
    "forward": "Compute the output and what the backward pass needs.",
    "backward": "Compute the gradients with respect to the inputs.",
    "jvp": "Compute the derivative of the output along tangents of the inputs.",
    "double_backward": "Compute the gradients of the gradients, weighted with their cotangents.",
}
