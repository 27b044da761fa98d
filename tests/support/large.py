"""Batch norm of arrays that no cache holds, beside sums in float64."""

from __future__ import annotations

from types import ModuleType

import numpy as np

# Rows begin anywhere in a line of memory; "rows of few lines" are too short for some machines to write past the cache.
SHAPES = {
    "rows": (2, 3, 1201, 1203),
    "rows of few lines": (300, 50, 14, 13),
    "columns": (1500, 1000, 3, 1),
    "short rows": (50, 1100, 7, 7),
}


def check_large(module: ModuleType, dtype: str, shape: tuple[int, ...]) -> None:
    """AssertionError unless outputs and gradients are right, and the same in place and with two threads.

    What is summed there is asked for ahead, and what is written goes past the cache.
    """
    rng = np.random.default_rng(3)
    x, grad_output = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma = rng.standard_normal(shape[1]).astype(dtype)
    y, saved = module.forward(x, gamma)
    one = tuple(slice(size // 3, size // 3 + 3) for size in shape[2:])
    wide = (x[:, :, *one].astype("float64") - saved.mean[:, None, None]) * saved.inv_std[:, None, None]
    np.testing.assert_allclose(y[:, :, *one], gamma[:, None, None] * wide, rtol=1e-6, atol=1e-6)
    gradients = module.backward(grad_output, x, gamma, saved=saved)
    axes, over = (0, *range(2, x.ndim)), (slice(None), *(None for _ in shape[2:]))
    g, x_norm = grad_output.astype("float64"), (x - saved.mean[over]) * saved.inv_std[over]
    for found, terms in ((gradients.grad_beta, g), (gradients.grad_gamma, g * x_norm)):
        errors = np.abs(found - terms.sum(axes)) / np.abs(terms).sum(axes)
        assert errors.max() < 4 * np.finfo(dtype).eps  # of float64 data no term is left out, then
    for threads in (1, 2):
        place = x.copy()  # what is written where it was read may take another way
        module.forward(place, gamma, out=place, threads=threads)
        np.testing.assert_array_equal(y, place)
        place = grad_output.copy()
        module.backward(place, x, gamma, saved=saved, out=place, threads=threads)
        np.testing.assert_array_equal(gradients.grad_input, place)
        again = module.backward(grad_output, x, gamma, saved=saved, threads=threads)
        np.testing.assert_array_equal(gradients.grad_input, again.grad_input)
