"""The Numba target: one vendorable module per layer."""

from __future__ import annotations

from typing import Any

from derive.kernels.python_api.emission import module_values
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.python_api.source import functions_of
from derive.kernels.render import render
from derive.kernels.series import FLOAT_DEGREE, SINGLE_DEGREE, exp_series
from derive.kernels.subject import Emission
from derive.kernels.targets.numba.kernels import KernelContext

EXTENSION = ".py"
FLAT = 32  # rows shorter than this stand side by side
PORTIONS = 16


def emit(emission: Emission) -> str:
    """The source text of the module."""
    contexts = [KernelContext(subject) for subject in emission.subjects]
    values = module_values(emission, contexts, "Numba")
    _share_passes(values["kernels"])
    used = {name for context in contexts for name in context.plain_functions()}
    used |= {
        name
        for context in contexts
        for kernel in context.plan.kernels
        for name in functions_of(item.expr for item in kernel.final)
    }
    text = render(
        "numba/module.py.j2",
        kernel_template="numba/kernel.py.j2",
        kernels_title="The kernels: the passes over the data, block by block.",
        runtime_title="how arrays are walked through, summed and checked.",
        own_functions=[name for name in ("erf", "power", "sigmoid") if used & {name, f"{name}_slope"}],
        flat=FLAT,
        portions=PORTIONS,
        exp_series=exp_series(SINGLE_DEGREE),
        float_series=exp_series(FLOAT_DEGREE),
        **values,
    )
    return wrap_source(text)


def _share_passes(kernels: list[dict[str, Any]]) -> None:
    """Print a pass that several kernels have once, under the name it has in the first of them."""
    known: dict[str, str] = {}
    for kernel in kernels:
        own = []
        for one in kernel["passes"]:
            content = repr(sorted((key, value) for key, value in one.items() if key != "name"))
            if content in known:
                one["name"] = known[content]
            else:
                known[content] = one["name"]
                own.append(one)
        kernel["own_passes"] = own
