"""Names in emitted Python: what they may not be, and sizes by class."""

from __future__ import annotations

from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.formula import Notation
from derive.kernels.plan import Kernel, Plan
from derive.language import Size

# What the templates call things themselves, in module scope and inside the functions.
RESERVED = frozenset(
    "np math Any Callable Generic Mapping NamedTuple NDArray Real Saved Gradients forward backward backward_float32 "
    "backward_float64 forward_inference backward_inference update_running bound bufsize chunk chunks first given here "
    "like lead momentum number numbers portions result run saved scratch settled slab slabs space sums widths "
    "unbiased work".split()
)

_code = Notation(latex=False, prefix="np.")


def check_names(plan: Plan) -> None:
    """Refuse a layer whose names are those of the emitted module."""
    used = {plan.layer, *(i for kernel in (plan.forward, plan.backward) for i in _kernel_names(kernel))}
    for name in sorted(used):
        if name in RESERVED:
            raise EmitError(
                f"layer {plan.layer!r}: the name {name!r} is taken in emitted NumPy modules; choose another"
            )


def _kernel_names(kernel: Kernel) -> set[str]:
    names = {*kernel.arrays, *(g.name for g in kernel.givens), *kernel.constants}
    return names - {"grad_output"}


def count_name(label: str) -> str:
    """The variable that holds the number of elements along a class of axes."""
    return f"count_{label}"


def with_counts(expr: sp.Expr, plan: Plan) -> sp.Expr:
    """The expression with the sizes of axes replaced by the counts of their classes."""
    by_label: dict[str, list[sp.Symbol]] = {}
    for axis, label in plan.classes:
        by_label.setdefault(label, []).append(axis.size)
    for label, sizes in by_label.items():
        count = sp.Symbol(count_name(label), positive=True)
        expr = cast(sp.Expr, expr.xreplace({sizes[0]: count / sp.Mul(*sizes[1:])}))
    left = [s for s in expr.free_symbols if isinstance(s, Size)]
    if left:
        raise EmitError(f"layer {plan.layer!r}: the size {left[0]} is used without the axes that go with it, in {expr}")
    return expr


def code(expr: sp.Expr, plan: Plan) -> str:
    """A scalar expression as Python source."""
    return _code(with_counts(expr, plan))
