"""What a layer may be written with beside + - * / and powers: functions of one variable, and maxima over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits


class sigmoid(sp.Function):
    """The logistic function 1/(1 + exp(-v)).

    Its derivative is written with sigmoid(-v), which keeps the digits that 1 - sigmoid(v) loses.
    """

    nargs = 1
    is_positive = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return cast(sp.Expr, self * sigmoid(-cast(sp.Expr, self.args[0])))


class erf(sp.Function):
    """The error function, the integral of 2/sqrt(pi) * exp(-v**2) from zero."""

    nargs = 1
    is_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return cast(sp.Expr, erf_slope(self.args[0]))


class erf_slope(sp.Function):
    """The derivative of the error function, 2/sqrt(pi) * exp(-v**2), under a name that needs no pi."""

    nargs = 1
    is_positive = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return cast(sp.Expr, -2 * cast(sp.Expr, self.args[0]) * self)


# The elementwise functions (sqrt is the power 1/2).
FUNCTIONS: tuple[type[sp.Function], ...] = (sp.exp, sp.log, sp.tanh, sigmoid, erf, erf_slope)

VOCABULARY = (
    "+ - * /, rational powers, sqrt, exp, log, tanh, sigmoid, erf, total(...), average(...) and "
    "stabilizer(maximum(...))"
)


class Maximum(ExprWithLimits):
    """The largest element over whole axes, as `Maximum(x[n, d], (d, 0, N_d - 1))`; only a Stabilizer may be used."""

    is_real = True

    if TYPE_CHECKING:  # SymPy's own is not annotated

        def __new__(cls, function: Any, *limits: Any) -> Maximum: ...  # noqa: D102


class Stabilizer(Maximum):
    """A maximum that leaves the output as it is, whatever its value: it only keeps numbers within their range."""


def is_reduction(expr: Any) -> bool:
    """Whether an expression runs over axes."""
    return isinstance(expr, sp.Sum | Maximum)
