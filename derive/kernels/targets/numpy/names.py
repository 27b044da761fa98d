"""Scalar expressions of kernels as NumPy source."""

from __future__ import annotations

import sympy as sp

from derive.kernels.counts import with_counts
from derive.kernels.plan import Plan
from derive.kernels.python_api.source import alike_code


def code(expr: sp.Expr, plan: Plan) -> str:
    """A scalar expression as Python source."""
    return alike_code(with_counts(expr, plan))
