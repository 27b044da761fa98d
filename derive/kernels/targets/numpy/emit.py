"""The NumPy target: one vendorable module per layer."""

from __future__ import annotations

from derive.kernels.plan import Scalar, Scalars, Sweep
from derive.kernels.python_api.emission import module_values
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.python_api.source import functions_of
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.kernels.targets.numpy.companion import companions
from derive.kernels.targets.numpy.kernels import KernelContext

__all__ = ["EXTENSION", "companions", "emit"]

EXTENSION = ".py"


def _uses(context: ModuleContext, *functions: str) -> bool:
    """Whether a kernel has one of these functions, of data or of smaller tensors."""
    for kernel in context.plan.kernels:
        for stage in (*kernel.stages, Scalars(kernel.final)):
            if isinstance(stage, Sweep):
                found = {op.function for op in stage.ops}
            else:
                found = functions_of(item.expr for item in stage.items if isinstance(item, Scalar))
            if found & set(functions):
                return True
    return bool(set(functions) & context.plain_functions())


def emit(emission: Emission) -> str:
    """The source text of the module."""
    contexts = [KernelContext(subject) for subject in emission.subjects]
    return wrap_source(
        render(
            "numpy/module.py.j2",
            kernel_template="numpy/kernel.py.j2",
            kernels_title="The kernels: the passes over the data, chunk by chunk.",
            runtime_title="how arrays are walked through, summed and checked.",
            uses_erf=any(_uses(context, "erf", "erf_slope") for context in contexts),
            uses_power=any(_uses(context, "power") for context in contexts),
            **module_values(emission, contexts, "NumPy"),
        )
    )
