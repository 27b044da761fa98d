"""Batch norm's backward pass as a person might write it, in NumPy and in the dtype of the data, with one mistake each.

Nothing here comes from `derive`: these are the kernels that the audit has to name without having made them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from tests.support.contract import Array

Gradients = dict[str, Array]


def gradients(
    grad_output: Array,
    x: Array,
    gamma: Array,
    *,
    axis: int = 1,
    eps: float = 1e-3,
    mean_term: float = 1.0,
    x_norm_term: float = 1.0,
    apply_gamma: bool = True,
    less: int = 0,
    factor: float = 1.0,
    inv_std: Callable[[Array, float], Array] | None = None,
    unbiased: bool = False,
    over: tuple[int, ...] | None = None,
    present: Array | None = None,
    statistics: tuple[Array, Array] | None = None,
) -> Gradients:
    """The gradients of batch norm, with the mistake that the arguments make.

    Args:
        mean_term, x_norm_term: what the two corrections are multiplied with.
        less: what is taken off the count in the two means of the backward pass.
        factor: what grad_input is multiplied with.
        inv_std: how it is computed from the variance and eps.
        unbiased: the variance divided by N-1.
        over: the dimensions of the statistics and of the sums behind grad_input.
        present: the elements that the sums of the backward pass take.
        statistics: a mean and a variance to use instead of those of the batch.
    """
    dtype, channel = x.dtype.type, axis % x.ndim
    every = tuple(d for d in range(x.ndim) if d != channel)
    over = every if over is None else over
    count = int(np.prod([x.shape[d] for d in over]))
    shape = [n if d == channel else 1 for d, n in enumerate(x.shape)]
    scale = gamma.reshape(shape) if apply_gamma else dtype(1)
    mean = x.mean(axis=over, keepdims=True)
    var = ((x - mean) ** 2).sum(axis=over, keepdims=True) / dtype(count - unbiased)
    if statistics is not None:
        mean, var = (s.reshape(shape).astype(dtype) for s in statistics)
    r = (inv_std or _inv_std)(var, eps).astype(dtype)
    x_norm = (x - mean) * r
    taken = grad_output if present is None else np.where(present, grad_output, dtype(0))

    def averaged(values: Array) -> Any:
        return values.sum(axis=over, keepdims=True) / dtype(count - less)

    inner = grad_output - dtype(mean_term) * averaged(taken)
    inner = inner - dtype(x_norm_term) * x_norm * averaged(taken * x_norm)
    return {
        "grad_input": (dtype(factor) * scale * r * inner).astype(dtype),
        "grad_gamma": (taken * x_norm).sum(axis=every),
        "grad_beta": taken.sum(axis=every),
    }


def _inv_std(var: Array, eps: float) -> Array:
    return cast(Array, 1 / np.sqrt(var + var.dtype.type(eps)))


def without_eps(var: Array, eps: float) -> Array:
    return 1 / np.sqrt(var)


def eps_twice(var: Array, eps: float) -> Array:
    return _inv_std(var, 2 * eps)


def eps_outside(var: Array, eps: float) -> Array:
    return cast(Array, 1 / (np.sqrt(var) + var.dtype.type(eps)))


def var_for_std(var: Array, eps: float) -> Array:
    return cast(Array, 1 / (var + var.dtype.type(eps)))


def std_for_inv_std(var: Array, eps: float) -> Array:
    return cast(Array, np.sqrt(var + var.dtype.type(eps)))


# The mistake, what makes it, and a name by which the audit may call it.
MISTAKES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("the x_norm term missing", {"x_norm_term": 0.0}, "x_norm -> var dropped"),
    ("the mean term missing", {"mean_term": 0.0}, "x_norm -> mean dropped"),
    ("the mean term doubled", {"mean_term": 2.0}, "x_norm -> mean doubled"),
    ("the x_norm term negated", {"x_norm_term": -1.0}, "x_norm -> var negated"),
    ("the inference formula", {"x_norm_term": 0.0, "mean_term": 0.0},
     "mean and var treated as constant, as in the inference formula"),
    ("gamma left out", {"apply_gamma": False}, "gamma left out"),
    ("N-1 in the means", {"less": 1}, "N-1 instead of N in every mean"),
    ("N-1 in the variance", {"unbiased": True}, "N-1 instead of N in var, in what was saved"),
    ("eps left out", {"inv_std": without_eps}, "eps left out of the root"),
    ("eps doubled", {"inv_std": eps_twice}, "eps doubled"),
    ("eps outside the root", {"inv_std": eps_outside}, "eps outside the root"),
    ("var for std", {"inv_std": var_for_std}, "1/(var + eps) where 1/sqrt(var + eps) belongs"),
    ("std for inv_std", {"inv_std": std_for_inv_std}, "sqrt(var + eps) where 1/sqrt(var + eps) belongs"),
)  # fmt: skip
