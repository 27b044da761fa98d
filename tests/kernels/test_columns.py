"""Sums along a dimension that is not the last, which the NumPy target takes as products of ones with blocks of data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.contract import DTYPES

# What is divided evenly, what leaves a rest along the dimension, in the columns, in both; few columns and many.
SHAPES = [(64, 128), (257, 64), (8, 8), (100, 33), (33, 3001), (64, 128, 49), (31, 5, 4099), (4000, 9), (3, 40, 70)]


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", targets.WITH_SMALL_FORMS)


def summed(module: Any, a: np.ndarray[Any, Any], dim: int) -> Any:
    stack = module._stack(a.shape, a.strides, a.itemsize, dim)
    assert stack is not None
    return stack.sums(a)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "part of a larger array"])
def test_sums_are_those_of_each_column(module: Any, shape: tuple[int, ...], dtype: Any, cut: bool) -> None:
    dim = 1 if shape[0] == 3 else 0
    random = np.random.default_rng(0)
    a = random.standard_normal(shape).astype(dtype)
    if cut:
        larger = np.stack([a, a + 1], axis=dim + 1)
        a = larger[(slice(None),) * (dim + 1) + (0,)]
        assert a.strides[dim] > shape[-1] * a.itemsize
    parts = summed(module, a, dim)
    assert parts.dtype == dtype and shape[dim] / module._STACK <= parts.shape[dim] <= shape[dim] / module._CHAIN + 1
    assert parts.shape[:dim] + parts.shape[dim + 1 :] == shape[:dim] + shape[dim + 1 :]
    exact = a.astype(np.longdouble).sum(axis=dim)
    off = abs(parts.astype(np.longdouble).sum(axis=dim) - exact)
    # Each partial sum has at most 32 terms: 16 eps of their absolute values, and far less as errors are random.
    assert (off <= 4 * np.finfo(dtype).eps * abs(a).astype(np.longdouble).sum(axis=dim)).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_what_is_not_finite_stays_in_its_column(module: Any, dtype: Any) -> None:
    a = np.ones((70, 300), dtype)
    a[3, 5], a[60, 17], a[69, 299] = np.nan, np.inf, -np.inf
    total = summed(module, a, 0).sum(axis=0)
    assert np.isnan(total[5]) and total[17] == np.inf and total[299] == -np.inf
    assert np.isfinite(np.delete(total, [5, 17, 299])).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_product_is_so_large_that_blas_takes_threads(
    module: Any, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    product = np.matmul

    def spy(ones: Any, blocks: Any, **more: Any) -> Any:
        seen.append(blocks.shape[-1] * blocks.shape[-2])
        assert blocks.shape[-2] <= module._STACK and blocks.strides[-1] == blocks.itemsize
        return product(ones, blocks, **more)

    monkeypatch.setattr(np, "matmul", spy)
    summed(module, np.ones(shape, np.float32), 1 if shape[0] == 3 else 0)
    assert seen and max(seen) <= 8192


def test_what_blas_cannot_take_is_left_to_others(module: Any) -> None:
    a = np.ones((64, 16, 16), np.float32)
    assert module._stack(a.shape, a.strides, 4, 0) is not None
    turned = a.transpose(0, 2, 1)  # what lies behind the dimension is not one piece in this order
    assert module._stack(turned.shape, turned.strides, 4, 0) is None
    back = a[::-1]
    assert module._stack(back.shape, back.strides, 4, 0) is None
    same = np.broadcast_to(a[:1], a.shape)
    assert module._stack(same.shape, same.strides, 4, 0) is None
    thin = np.ones((64, 2), np.float32)  # a column of two is no block
    assert module._stack(thin.shape, thin.strides, 4, 0) is None
