"""Sums over rows of every length, of few and of many, and results that are more than a cache holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import targets
from tests.support.large import SHAPES as LARGE
from tests.support.large import check_large

DTYPES = ("float32", "float64")
# Rows that are shorter than a vector, end beyond one, are cut into pieces, stand in more lanes than a block has.
SHAPES: list[tuple[int, ...]] = [
    *((5, 3, length) for length in range(1, 70)),
    *((9, 3, length) for length in range(15, 33)),
    (700, 3, 9, 7),
    (120, 300, 7, 7),
    (3, 2, 4095),
    (3, 2, 4097),
    (2, 2, 9001),
    (1, 1, 140_003),
]


def _whole_numbers(shape: tuple[int, ...], dtype: str, seed: int) -> NDArray[Any]:
    """Data whose sums have no rounding errors in double, whatever their order."""
    return np.random.default_rng(seed).integers(-1000, 1000, shape).astype(dtype)


def _module(target: str, layer: str = "batch_norm") -> Any:
    targets.require(target)
    return targets.module(layer, target)


@pytest.mark.parametrize("target", targets.of_arrays())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("step", [1, 2], ids=["dense", "strided"])
def test_every_element_is_added_once(target: str, dtype: str, step: int) -> None:
    module = _module(target)
    for shape in SHAPES:
        whole = (*shape[:-1], shape[-1] * step)
        x = _whole_numbers(whole, dtype, 1)[..., ::step]
        grad_output = _whole_numbers(whole, dtype, 2)[..., ::step]
        axes = (0, *range(2, x.ndim))
        count = x.size // x.shape[1]
        _, saved = module.forward(x)
        gradients = module.backward(grad_output, x, saved=saved)
        expected = grad_output.astype("float64").sum(axes).astype(dtype)
        np.testing.assert_array_equal(gradients.grad_beta, expected, err_msg=str(shape))
        wide = x.astype("float64")
        off = np.abs(saved.mean * count - wide.sum(axes))
        assert np.all(off <= 2 * np.finfo(dtype).eps * np.abs(wide).sum(axes)), shape  # the mean itself is rounded
        again = module.backward(grad_output, x, saved=saved, threads=3)
        np.testing.assert_array_equal(gradients.grad_input, again.grad_input, err_msg=str(shape))


@pytest.mark.parametrize("target", targets.of_arrays())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("step", [1, 2], ids=["dense", "strided"])
@pytest.mark.parametrize(
    ("shape", "groups"), [((3, 15, 701), 3), ((2, 2300, 37), 2), ((1, 40, 5000), 1), ((4, 60, 1), 20)], ids=str
)
def test_every_row_of_a_group_is_done_once(
    target: str, dtype: str, step: int, shape: tuple[int, ...], groups: int
) -> None:
    """Rows of a group have a weight each; they are more than are kept at once, and their sums are taken in pieces."""
    module = _module(target, "group_norm")
    x, grad_output = (_whole_numbers((*shape[:2], shape[2] * step), dtype, seed)[..., ::step] for seed in (1, 2))
    weight = _whole_numbers(shape[1:2], dtype, 3)
    _, saved = module.forward(x, weight, num_groups=groups)
    gradients = module.backward(grad_output, x, weight, saved=saved, num_groups=groups)
    g = grad_output.astype("float64")
    np.testing.assert_array_equal(gradients.grad_bias, g.sum((0, 2)).astype(dtype))
    grouped = (shape[0], groups, shape[1] // groups, shape[2])
    own = np.s_[:, :, None, None]
    x_norm = (x.reshape(grouped) - saved.mean[own]) * saved.inv_std[own]
    weighted = (g * weight.astype("float64")[:, None]).reshape(grouped)
    means = weighted.mean((2, 3))[own], (weighted * x_norm).mean((2, 3))[own]
    expected = (saved.inv_std[own] * (weighted - means[0] - x_norm * means[1])).reshape(shape)
    off = 16 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(gradients.grad_input, expected, rtol=0, atol=off * np.abs(expected).max())
    of_weight = (x_norm.reshape(shape) * g).sum((0, 2))
    np.testing.assert_allclose(gradients.grad_weight, of_weight, rtol=off, atol=off * np.abs(of_weight).max())
    for threads in (2, 3):
        again = module.backward(grad_output, x, weight, saved=saved, num_groups=groups, threads=threads)
        for found, alone in zip(again, gradients, strict=True):
            np.testing.assert_array_equal(found, alone)


@pytest.mark.parametrize("target", targets.of_arrays())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape",
    [
        *((601, 200), (1999, 701), (77, 3000), (40, 500, 3, 1)),
        *((700, columns) for columns in (7, 8, 9, 15, 16, 17)),  # as rows with steps, and side by side
        *((1, 13, 100, 100), (4, 7, 64, 64), (2, 64, 28, 28), (16, 32, 14, 14)),  # blocks of rows, parts of a block
    ],
    ids=str,
)
def test_every_column_is_done_once_whoever_does_it(target: str, dtype: str, shape: tuple[int, ...]) -> None:
    """Few and many columns, more than one thread has, and more rows than are written in one stretch."""
    module = _module(target)
    x, grad_output = (_whole_numbers(shape, dtype, seed) for seed in (1, 2))
    gamma = _whole_numbers(shape[1:2], dtype, 3)
    _, saved = module.forward(x, gamma)
    gradients = module.backward(grad_output, x, gamma, saved=saved)
    axes = (0, *range(2, x.ndim))
    g, over = grad_output.astype("float64"), (slice(None), *(None for _ in shape[2:]))
    np.testing.assert_array_equal(gradients.grad_beta, g.sum(axes).astype(dtype))
    x_norm = (x - saved.mean[over]) * saved.inv_std[over]
    expected = (gamma * saved.inv_std)[over] * (
        g - g.mean(axes)[over] - x_norm * (x_norm * g).mean(axes)[over]
    )
    largest = np.abs(expected).max()
    np.testing.assert_allclose(gradients.grad_input, expected, rtol=0, atol=16 * np.finfo(dtype).eps * largest)
    for threads in (2, 3, 5):
        again = module.backward(grad_output, x, gamma, saved=saved, threads=threads)
        for found, alone in zip(again, gradients, strict=True):
            np.testing.assert_array_equal(found, alone)


@pytest.mark.parametrize("target", targets.of_arrays())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", LARGE.values(), ids=LARGE)
def test_what_no_cache_holds_is_done_as_everything_is(target: str, dtype: str, shape: tuple[int, ...]) -> None:
    """In float32, too, two arrays read and one written are more than 30 MB."""
    check_large(_module(target), dtype, shape)
