"""Rooms of small NumPy kernels whose smaller tensors have one dimension: bit for bit as the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.arrays import assert_same_bits
from tests.support.contract import DTYPES

CHANNELS = 16


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", targets.WITH_SMALL_FORMS)


@pytest.mark.parametrize(
    ("shape", "axis"),
    [((2, 2, 2, 2), 1), ((4, 8, 4, 4), 1), ((300, CHANNELS), 1), ((CHANNELS, 300), 0), ((8, CHANNELS, 9, 9), 1),
     ((8, CHANNELS, 8, 8), 1), ((8, 9, 9, CHANNELS), -1), ((256, 128), 1), ((40, 1, 20), 1)],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_smaller_tensors_of_one_dimension_change_no_bit(
    module: Any, dtype: Any, shape: tuple[int, ...], axis: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all have the same axis they need no dimensions of one element, whatever order the memory has."""
    random = np.random.default_rng(4)
    gamma, beta = (random.standard_normal(shape[axis]).astype(dtype) for _ in range(2))
    flat = 0
    for order in ("C", "F"):
        x, grad = (np.asarray(random.standard_normal(shape).astype(dtype) + 3, order=order) for _ in range(2))

        def results(x: Any = x, grad: Any = grad) -> list[Any]:
            module._SPACES.clear()
            found = []
            for scale in (gamma, None):
                y, saved = module.forward(x, scale, beta, axis=axis)
                found += [y, *saved[:4], *module.backward(grad, x, scale, saved=saved, axis=axis)]
            return found

        own = results()
        with monkeypatch.context() as patch:
            patch.setattr(module._Space, "flat_room", module._Space.room)
            usual = results()
        assert len(own) == len(usual)
        for left, right in zip(own, usual, strict=True):
            assert (left is None) == (right is None)
            if left is not None:
                assert_same_bits(left, right, str(order))
        module._SPACES.clear()
        module.backward(grad, x, gamma, axis=axis)
        strides = (grad.strides, x.strides, np.empty_like(x).strides)
        space = module._Space(shape, strides, x.dtype, "".join("nc"[k == axis % x.ndim] for k in range(x.ndim)), "c", 4)
        room = space.flat_room(False, "n")
        flat += len(room._kept("c")) == 1
    assert flat, "no room is flat"


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_rooms_have_few_attributes(module: Any, dtype: Any) -> None:
    """CPython shares the names of up to 30: with more, look-ups take a twentieth of the time of a small call longer."""
    for shape in ((2, 2, 2, 2), (300, CHANNELS)):
        x = np.ones(shape, dtype)
        space = module._Space(shape, (x.strides, x.strides), x.dtype, "ncnn"[: x.ndim], "c", 3)
        for room in (space.room(False, "n"), space.flat_room(False, "n")):
            assert len(vars(room)) <= 30, (type(room).__name__, len(vars(room)))
