"""Names that a layer may not use, because emitted Python modules use them themselves."""

from __future__ import annotations

import re
from collections.abc import Collection

from derive.errors import EmitError
from derive.kernels.plan import ExactSum, Plan, Scalars

# What the templates call things themselves, in module scope and inside the functions.
RESERVED = frozenset(
    "Any AttributeError Callable Context Generic Gradients Mapping NDArray NamedTuple Real Saved SecondGradients "
    "ThreadPoolExecutor TypeError ValueError again all backward backward_float32 backward_float64 backward_inference "
    "bool bound call chunk chunks copy dict done double_backward double_backward_inference dtype enumerate first "
    "float forward forward_inference getattr given inner int isinstance jvp jvp_inference len list math max member "
    "min momentum name normalize_axis_index np number numbers numpy operator part portions product range result "
    "reversed room run saved scratch settled slab slabs space str sum sums threading tuple type unbiased "
    "update_running values widths work zip".split()
)
# Locals of emitted functions: temporaries, and names made from those of tensors.
MADE = re.compile(
    r"(t|part)\d+|(all|at|over|count|number|total|parts|new|strides|into|place|flags|result)_.*|.*_(view|slab|row|own)|_.*"
)


def names_of(plan: Plan) -> set[str]:
    """What is called as the layer or its plan say: the layer itself, tensors, constants, sums, scalars."""
    used = {plan.layer}
    for kernel in plan.kernels:
        used |= {*kernel.arrays, *kernel.writes, *kernel.constants, *(g.name for g in kernel.givens)}
        used |= {r.name for r in kernel.reductions} | {r.name for r in kernel.results} | {f.name for f in kernel.final}
        items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
        used |= {name for i in items for name in ([i.high, i.low] if isinstance(i, ExactSum) else [i.name])}
    return used


def check_used(plan: Plan, reserved: Collection[str], made: re.Pattern[str], library: str) -> None:
    """Refuse a layer whose names are those that emitted code uses itself.

    Args:
        plan: the layer's kernels.
        reserved: what templates call things themselves, in module scope and inside the functions.
        made: names that are made from others, temporaries and the like.
        library: which modules those are, in words; nothing for all.
    """
    for name in sorted(names_of(plan)):
        if name in reserved or made.fullmatch(name):
            raise EmitError(
                f"layer {plan.layer!r}: the name {name!r} is taken in emitted modules{library}; choose another"
            )


def check_names(plan: Plan) -> None:
    """Refuse a layer whose names are those that emitted modules for NumPy arrays use themselves."""
    check_used(plan, RESERVED, MADE, "")
