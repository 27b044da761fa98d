"""Every elementwise operation that a plan may contain, with its number of operands: what each target must print."""

from __future__ import annotations

OPERATIONS: dict[str, int] = {
    "add": 2,
    "subtract": 2,
    "multiply": 2,
    "divide": 2,
    "square": 1,
    "sqrt": 1,
    "exp": 1,
    "log": 1,
    "tanh": 1,
    "sigmoid": 1,
    "erf": 1,
    "erf_slope": 1,
    "power": 3,  # the first, which is not negative, to the power of the second over the third: two whole numbers
    "copy": 1,
    "select": 2,  # the first where the second is not zero, else zero, whatever the first is
}
