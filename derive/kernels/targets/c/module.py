"""What the templates of the Python module that calls a header are filled with."""

from __future__ import annotations

from typing import Any

from derive.kernels.plan import Given, Kernel, Result
from derive.kernels.python_api.module import ModuleContext


class CallContext(ModuleContext):
    """The functions of one layer; their kernels are calls of the library."""

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
            "constants": kernel.constants,
        }

    def _given(self, given: Given) -> str:
        """A smaller tensor as an argument; along one axis every order is that of the data."""
        axes, name = self.given_axes(given), given.name
        lined_up = name if len(axes) < 2 else f"call.lined_up({name}, {self.axes_tuple(axes)})"
        kind = "_DOUBLES, _FLOAT64" if given.source in ("buffer", "saved") else "call.reals, call.dtype"
        return f"_given({lined_up}, {kind})"

    def _result(self, kernel: Kernel, result: Result) -> dict[str, str]:
        """A smaller tensor that is returned, read-only where it is saved."""
        axes, name = self.result_axes(result), f"result_{result.name}"
        code = name if len(axes) < 2 else f"call.declared({name}, {self.axes_tuple(axes)})"
        saved = kernel.name in ("statistics", "forward")
        return {"name": name, "axes": self.axes_tuple(axes), "code": f"_sealed({code})" if saved else code}
