"""The kernels under test, called as a user would: forward, then backward with what was saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generated.numpy import batch_norm

from .seed_case import BETA, EPS, GAMMA, SHAPE, SIZE, Dtype, Float64, X


def grad_input(grad_output: NDArray[Any], dtype: Dtype) -> Float64:
    """grad_input for each row of ``grad_output``, from the kernel of ``dtype``."""
    x, gamma, beta = X.astype(dtype), GAMMA.astype(dtype), BETA.astype(dtype)
    forward: Callable[..., Any] = batch_norm.forward
    kernel: Callable[..., Any] = (
        batch_norm.backward_float32 if dtype is np.float32 else batch_norm.backward_float64
    )
    _, saved = forward(x, gamma, beta, eps=EPS, axis=1)
    rows = []
    for row in grad_output.astype(dtype):
        grads = kernel(row.reshape(SHAPE), x, gamma, saved=saved, eps=EPS, axis=1)
        assert grads.grad_input.dtype == dtype
        rows.append(grads.grad_input.reshape(SIZE).astype(float))
    return np.stack(rows)
