"""What the templates of the Python module that calls a header are filled with."""

from __future__ import annotations

from typing import Any

from derive.kernels.plan import Kernel
from derive.kernels.python_api.module import ModuleContext


class CallContext(ModuleContext):
    """The functions of one layer; their kernels are calls of the library."""

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function."""
        values = super().kernel(kernel)
        dtypes = {"input": "None", "tangent": "None", "buffer": "np.float64", "saved": "np.float64"}
        return {
            **values,
            "native": values["function"].removeprefix("_"),
            "arrays": kernel.arrays,
            "writes": kernel.writes,
            "givens": [
                {"name": g.name, "axes": self.axes_tuple(self.given_axes(g)), "dtype": dtypes[g.source]}
                for g in kernel.givens
            ],
            "results": [
                {"name": f"result_{r.name}", "classes": r.classes, "axes": self.axes_tuple(self.result_axes(r))}
                for r in kernel.results
            ],
            "constants": kernel.constants,
        }
