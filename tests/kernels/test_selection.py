"""What a mask hides may be anything, and what it leaves keeps every bit, however both lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.arrays import assert_same_bits


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble], ids=lambda dtype: np.dtype(dtype).name)
@pytest.mark.parametrize("ones", [np.float32, np.float64, np.bool_], ids=lambda dtype: np.dtype(dtype).name)
def test_values_are_selected_bit_by_bit(dtype: Any, ones: Any) -> None:
    module: Any = targets.module("masked_batch_norm", "numpy")
    random = np.random.default_rng(2)
    values = random.standard_normal((5, 3, 14)).astype(dtype)
    values.reshape(-1)[::5] = np.resize(np.array([np.nan, np.inf, -np.inf, -0.0], dtype), 42)
    kept = random.random((5, 1, 14)) < 0.6
    mask = kept.astype(ones)
    expected = np.where(kept, values, np.zeros((), dtype))
    strided: Any = np.full((14, 5, 6), 7, dtype).transpose(1, 2, 0)[:, ::2]
    for out in (np.empty_like(values), strided, values):  # the last one overwrites them
        given = values if out is values else values[::-1][::-1]
        assert module._select(given, mask, out) is out
        if dtype == np.longdouble:  # bits that hold nothing may be anything
            np.testing.assert_array_equal(out, expected)
            assert (np.signbit(out) == np.signbit(expected)).all()
        else:
            assert_same_bits(np.ascontiguousarray(out), expected, str(dtype))
    single = module._select(np.ones((2, 3), dtype), mask.dtype.type(0), np.empty((2, 3), dtype))
    assert not single.any()
