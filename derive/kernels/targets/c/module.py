"""What the templates of the Python module that calls a header are filled with."""

from __future__ import annotations

from typing import Any

from derive.kernels.plan import Given, Kernel, Result
from derive.kernels.python_api.module import ModuleContext


class CallContext(ModuleContext):
    """The functions of one layer; their kernels are calls of the library, which does all arithmetic."""

    def calculates(self) -> bool:
        """Whether there is anything to check about values."""
        return bool(self.conditions or self.graph.buffers)

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function."""
        values = super().kernel(kernel)
        return {
            **values,
            "native": values["function"].removeprefix("_"),
            "arrays": kernel.arrays,
            "writes": kernel.writes,
            "givens": [self._given(given) for given in kernel.givens],
            "results": [self._result(kernel, result) for result in kernel.results],
            "result_axes": list(dict.fromkeys(self.axes_tuple(self.result_axes(r)) for r in kernel.results)),
            "constants": kernel.constants,
        }

    def _given(self, given: Given) -> dict[str, Any]:
        """A smaller tensor; along one axis every order is that of the data."""
        axes = self.given_axes(given)
        return {
            "name": given.name,
            "optional": self.neutral(given) is not None,
            "axes": self.axes_tuple(axes) if len(axes) > 1 else None,
            "converted": given.source == "buffer",
            "type": "_DOUBLES" if given.source in ("buffer", "saved") else "_reals",
        }

    def _result(self, kernel: Kernel, result: Result) -> dict[str, Any]:
        """A smaller tensor that is returned, read-only where it is saved."""
        axes, name = self.result_axes(result), f"result_{result.name}"
        return {
            "name": name,
            "axes": self.axes_tuple(axes),
            "dtype": "_FLOAT64" if kernel.saves else "call.dtype",
            "type": "_DOUBLES" if kernel.saves else "_reals",
            "several": len(axes) > 1,
            "sealed": kernel.saves,
        }
