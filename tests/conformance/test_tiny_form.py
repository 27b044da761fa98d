"""The form of the NumPy kernels for tiny arrays: taken where there are more digits than the data have, and only there;
sums that the dtype of the data cannot hold are none of its concern."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.contract import DTYPES

PASSES = ("forward", "backward")


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", targets.WITH_SMALL_FORMS)


def taken(module: Any, shape: tuple[int, ...], dtype: Any, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """In which passes the form is taken."""
    found = set()
    for which in PASSES:
        form = getattr(module, f"_{which}_tiny")

        def spy(*arguments: Any, form: Any = form, which: str = which) -> Any:
            found.add(which)
            return form(*arguments)

        monkeypatch.setattr(module, f"_{which}_tiny", spy)
    x, grad = np.random.default_rng(3).standard_normal((2, *shape)).astype(dtype)
    _, saved = module.forward(x)
    module.backward(grad, x, saved=saved)
    return found


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_it_is_taken_up_to_its_limit_if_there_are_more_digits(
    module: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = dtype == np.float32 or module._EXACT is np.longdouble
    limit = module._TINY if dtype == np.float32 else module._TINY // 8
    for shape in ((2, 2, 2, 2), (limit // 16, 16), (4, 16, limit // 64)):
        assert taken(module, shape, dtype, monkeypatch) == (set(PASSES) if more else set()), shape
    assert not taken(module, (limit // 16 + 1, 16), dtype, monkeypatch)
    module._SPACES.clear()
    monkeypatch.setattr(module, "_EXACT", np.float64)
    assert taken(module, (2, 2, 2, 2), dtype, monkeypatch) == (set(PASSES) if dtype == np.float32 else set())
    module._SPACES.clear()


@pytest.mark.parametrize("shape", [(2, 2, 2, 2), (5, 3), (9, 2, 3), (3, 4, 5)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sums_beyond_the_range_of_the_data_are_none(module: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    """With all values of one sign their sum is too large, and without the squares of deviations are."""
    eps, most = np.finfo(dtype).eps, float(np.finfo(dtype).max)
    wide: Any = np.longdouble if dtype == np.float64 else np.float64
    if dtype == np.float64 and module._EXACT is not np.longdouble:
        pytest.skip("no more digits than those of float64 on this machine")
    random, axes = np.random.default_rng(8), (0, *range(2, len(shape)))
    for low in (0.9, -0.9):
        x = (random.uniform(low, 0.99, shape) * most).astype(dtype)
        y, saved = module.forward(x, eps=1e-5)
        d = x.astype(wide) / wide(most)
        d = d - d.mean(axes, keepdims=True)
        expected = d / np.sqrt((d * d).mean(axes, keepdims=True))
        assert abs(y - expected).max() <= 2 * eps * abs(expected).max(), low
        assert np.isfinite(saved.mean).all()
