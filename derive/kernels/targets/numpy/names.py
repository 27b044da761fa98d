"""Names in emitted NumPy modules: what they may not be, and scalar expressions with the functions of NumPy."""

from __future__ import annotations

import re

import sympy as sp

from derive.formula import Notation
from derive.formula.printers import Text
from derive.kernels.plan import Plan
from derive.kernels.python.names import check_used, with_counts

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

    def call(self, function: str, argument: str) -> str:
        return f"{FUNCTIONS[function]}({argument})" if function in FUNCTIONS else super().call(function, argument)


_code = Notation(printer=_Source("np."))


def check_names(plan: Plan) -> None:
    """Refuse a layer whose names are those that emitted code uses itself."""
    check_used(plan, RESERVED, _MADE, "NumPy")


def code(expr: sp.Expr, plan: Plan) -> str:
    """A scalar expression as Python source."""
    return _code(with_counts(expr, plan))
