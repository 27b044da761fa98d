"""Names in emitted Python: what they may not be, and sizes by class."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.formula import Notation
from derive.formula.nodes import Node, Raised
from derive.formula.printers import Text
from derive.kernels.plan import ExactSum, Plan, Scalars
from derive.language import Size

# Operations that NumPy does not have: functions of the runtime, of values, their place and working memory.
FUNCTIONS = {"sigmoid": "_sigmoid", "erf": "_erf", "erf_slope": "_erf_slope"}

# What the templates call things themselves, in module scope and inside the functions.
RESERVED = frozenset(
    "np numpy math Any Callable Generic Mapping NamedTuple NDArray Real Saved Gradients ThreadPoolExecutor product "
    "copy operator normalize_axis_index forward backward inner backward_float32 backward_float64 forward_inference "
    "backward_inference update_running all bool bound chunk chunks dict dtype first float getattr given int "
    "isinstance len list max min momentum name number numbers portions range result reversed run saved scratch "
    "settled slab slabs space str sum sums tuple type unbiased values widths work zip".split()
)
# Locals of emitted functions: temporaries, and names made from those of tensors.
_MADE = re.compile(r"t\d+|(all|at|over|count|total|parts|new)_.*|.*_(view|slab|row)|_.*")



class _Source(Text):
    """Formulas as Python source: functions of NumPy, or of the runtime where NumPy has none."""

    def __call__(self, node: Node) -> str:
        if isinstance(node, Raised) and node.exponent[1] > 2:
            return f"_power({self(node.base)}, {exponent_code(*node.exponent)})"
        return super().__call__(node)

    def call(self, function: str, argument: str) -> str:
        return f"{FUNCTIONS[function]}({argument})" if function in FUNCTIONS else super().call(function, argument)


def exponent_code(above: int, below: int) -> str:
    """A quotient as two numbers that hold it: the nearest float64, and what that one lacks."""
    whole = Fraction(above, below)
    return f"{float(whole)!r}, {float(whole - Fraction(float(whole)))!r}"


_code = Notation(printer=_Source("np."))


def plain_code(expr: sp.Expr) -> str:
    """An expression without sizes as Python source."""
    return _code(expr)


def check_names(plan: Plan) -> None:
    """Refuse a layer whose names are those that emitted code uses itself."""
    used = {plan.layer}
    for kernel in (plan.statistics, plan.forward, plan.backward):
        if kernel is not None:
            used |= {*kernel.arrays, *kernel.writes, *kernel.constants, *(g.name for g in kernel.givens)}
            used |= (
                {r.name for r in kernel.reductions} | {r.name for r in kernel.results} | {f.name for f in kernel.final}
            )
            items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
            used |= {name for i in items for name in ([i.high, i.low] if isinstance(i, ExactSum) else [i.name])}
    for name in sorted(used):
        if name in RESERVED or _MADE.fullmatch(name):
            raise EmitError(
                f"layer {plan.layer!r}: the name {name!r} is taken in emitted NumPy modules; choose another"
            )


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
