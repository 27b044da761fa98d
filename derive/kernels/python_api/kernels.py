"""The private functions of an emitted Python module, one for each kernel: parameters, results, documentation."""

from __future__ import annotations

from typing import Any

from derive.kernels.plan import Given, Kernel, Result
from derive.kernels.python_api.arguments import Parameter
from derive.kernels.python_api.context import LayerContext, Words
from derive.kernels.python_api.layout import paragraph
from derive.kernels.subject import Subject

ARRAY = "NDArray[Real]"
OPTIONAL = "NDArray[Real] | None"
_ANY = "NDArray[Any]"
WORDS = Words(ARRAY, _ANY, "float32 or float64, any strides", "the dtype of {data}")


class KernelFunctions(LayerContext):
    """The kernels of one layer as functions of NumPy arrays; a target adds what it prints inside.

    Args:
        subject: the layer, its plan and its calling convention.
    """

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject, WORDS, "np.finfo", "_bind")

    def call(self, kernel: Kernel, tensors: list[str], writes: list[str]) -> str:
        """The arguments of a kernel, where the public functions call it."""
        full = [self.arguments.whole(n) if n in kernel.arrays else n for n in tensors]
        written = [self.arguments.whole(n) for n in writes]
        own = [c for c in self.constants if c in kernel.constants]
        return ", ".join([self.arguments.inner, *full, *written, *own, "threads"])

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function: its name, parameters and documentation; a target adds what it prints inside."""
        parameters = [Parameter(n, ARRAY) for n in kernel.arrays]
        parameters += [Parameter(given.name, self.annotation(given)) for given in kernel.givens]
        parameters += [Parameter(w, ARRAY) for w in kernel.writes]
        parameters += [Parameter(c, "float") for c in kernel.constants]
        count = len(kernel.results)
        return {
            "function": "_statistics" if kernel.name == "statistics" else f"_{kernel.name}{self.suffix}",
            "parameters": parameters,
            "returns": f"tuple[{', '.join([self.result_type(kernel)] * count)}]" if count else "None",
            "doc": self.kerneldoc(kernel),
            "full": [*kernel.arrays, *kernel.writes],
        }

    def annotation(self, given: Given) -> str:
        """The type of a smaller tensor."""
        if given.source == "saved":
            return "_Float64"
        if given.source == "buffer":
            return _ANY
        return OPTIONAL if self.neutral(given) is not None else ARRAY

    def given_axes(self, given: Given) -> list[str]:
        """The axes of a smaller tensor that a kernel is given."""
        return self.statistic_axes(given.name) if given.source == "saved" else self.axes(given.name)

    def neutral(self, given: Given) -> float | None:
        """What stands for a smaller tensor that is left out; None where it may not be."""
        if given.source == "tangent":
            return 0.0
        return self.interface.optional.get(given.name) if given.source == "input" else None

    def result_type(self, kernel: Kernel) -> str:
        """The type of the smaller tensors that a kernel returns."""
        return "_Float64" if kernel.saves else ARRAY

    def result_axes(self, result: Result) -> list[str]:
        """The axes of a smaller tensor that a kernel returns."""
        return self.axes(result.of) if result.of in self.tensors else self.statistic_axes(result.name)

    def kerneldoc(self, kernel: Kernel) -> list[str]:
        """How many passes there are and what each reads."""
        passes = []
        for sweep in kernel.sweeps:
            kind = "map pass" if sweep.writes else "reduce pass"
            sums = (
                f", {len(sweep.reductions)} sum{'s' if len(sweep.reductions) != 1 else ''}" if sweep.reductions else ""
            )
            passes.append(f"{kind} ({len(sweep.ops)} operation{'s' if len(sweep.ops) != 1 else ''} per element{sums})")
        return paragraph(
            f"Run {len(passes)} sweep{'s' if len(passes) != 1 else ''} over the data: {', then '.join(passes)}.", 8, 0
        )
