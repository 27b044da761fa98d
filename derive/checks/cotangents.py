"""Cotangents: what a gradient check multiplies the output with, chosen or given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.errors import CheckError

Array = NDArray[Any]
_OWN = 46692

Given = str | Array | Callable[[Array], Array] | None


@dataclass(frozen=True)
class Cotangent:
    """A value for grad_output.

    Args:
        name: what to call it.
        value: the array, in the shape and dtype of the output.
        code: a Python expression that makes it, from `y` and NumPy as `np`; empty if only the caller knows.
    """

    name: str
    value: Array
    code: str = ""


# What tests in the field use, as Python expressions in the output y. A loss is its gradient with respect to y.
NAMED: dict[str, str] = {
    "ones": "np.ones_like(y)",
    "sum(y)": "np.ones_like(y)",
    "sum(y**2)": "2 * y",
    "sum(y**3)": "3 * y**2",
    "one-hot": "(np.arange(y.size) == y.size // 3).reshape(y.shape)",
    "linear": "np.arange(y.size).reshape(y.shape) / y.size",
    "i % 4": "(np.arange(y.size) % 4).reshape(y.shape) / 4 - 0.3",
    "normal": "np.random.default_rng(0).standard_normal(y.shape)",
}


def stream(*seed: int) -> list[int]:
    """The seed of one of the streams of random numbers.

    NumPy takes (0, 0, 0) for 0, and data drawn from `default_rng(0)` must not meet themselves as a cotangent: a layer
    may be blind to its own input.
    """
    return [_OWN, *seed]


def normal(y: Array, seed: int, k: int) -> Cotangent:
    """The k-th cotangent of standard normal numbers: no pattern that a layer could remove."""
    value = np.random.default_rng(stream(seed, 0, k)).standard_normal(y.shape).astype(y.dtype)
    return Cotangent(f"normal {k}", value, f"np.random.default_rng({stream(seed, 0, k)}).standard_normal(y.shape)")


def named(name: str, y: Array) -> Cotangent:
    """One of the patterns of `NAMED`."""
    if name not in NAMED:
        raise CheckError(f"cotangent={name!r}: expected an array, a function of y, or one of {', '.join(NAMED)}")
    value: Array = eval(NAMED[name], {"np": np, "y": y})  # our own table above, never a caller's text
    return Cotangent(name, np.asarray(value).astype(y.dtype), NAMED[name])


def given(cotangent: str | Array | Callable[[Array], Array], y: Array) -> Cotangent:
    """A cotangent as a caller states it: a name, an array of the output's shape, or a function of the output."""
    if isinstance(cotangent, str):
        return named(cotangent, y)
    computed = callable(cotangent)
    value = np.asarray(cotangent(y.copy()) if callable(cotangent) else cotangent)
    words = "the array that cotangent(y) returned" if computed else "cotangent"
    if value.shape != y.shape:
        raise CheckError(f"{words} has shape {value.shape}, expected the shape of the output, {y.shape}")
    if value.dtype.kind not in "fiub":
        raise CheckError(f"{words} has dtype {value.dtype}, expected real numbers such as {y.dtype}")
    value = value.astype(y.dtype)
    if not np.isfinite(value).all():
        raise CheckError(f"{words} has elements that are not finite")
    return Cotangent("as computed from y" if computed else "as given", value)
