"""Weights and masks: padding is never looked at and stays zero; what is refused; what one is in terms of the other."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive import Layer, axes, indicator, nonnegative, positive, sqrt, tensor, total
from derive.errors import LanguageError, PlanError
from derive.kernels.planner import plan
from derive.proofs.derivation import derive_layer
from tests.support.arrays import assert_same_bits
from tests.support.contract import DTYPES, Array, load_layer

MASKED, WEIGHTED = "masked_batch_norm", "weighted_batch_norm"


@pytest.fixture
def masked(target: str) -> ModuleType:
    return load_layer(MASKED, target)


@pytest.fixture
def weighted(target: str) -> ModuleType:
    return load_layer(WEIGHTED, target)


SHAPES = (((6, 4, 5), 1), ((3, 40, 7, 5), -1), ((64, 3, 33), 1), ((5000, 4), 1))


def drawn(shape: tuple[int, ...], axis: int, dtype: Any) -> tuple[Array, Array, Array, Array, Array]:
    """x, grad_output, gamma, beta and a mask of bools with its dimensions in the order of the data."""
    rng = np.random.default_rng(shape[0])
    x, g = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma, beta = (rng.standard_normal(shape[axis]).astype(dtype) for _ in range(2))
    mask = rng.random(np.delete(shape, axis)) < 0.6
    mask.flat[0] = True
    return x, g, gamma, beta, mask


def everywhere(mask: Array, x: Array, axis: int) -> Array:
    return np.broadcast_to(np.expand_dims(mask, axis), x.shape)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_padding_is_never_looked_at(masked: ModuleType, shape: tuple[int, ...], axis: int, dtype: Any) -> None:
    """Whatever stands there, in the data or in the gradient of the output, not a bit of the results changes."""
    x, g, gamma, beta, mask = drawn(shape, axis, dtype)
    hidden = ~everywhere(mask, x, axis)
    y, saved = masked.forward(x, gamma, beta, mask, axis=axis)
    clean = masked.backward(g, x, gamma, mask, saved=saved, axis=axis)
    assert not y[hidden].any() and not clean.grad_input[hidden].any()
    assert not np.signbit(y[hidden]).any(), "padding is +0"
    for junk in (np.nan, np.inf, -np.inf, np.finfo(dtype).max, 1e-3):
        bad_x, bad_g = x.copy(), g.copy()
        bad_x[hidden] = bad_g[hidden] = junk
        again, kept = masked.forward(bad_x, gamma, beta, mask, axis=axis)
        assert_same_bits(again, y, f"y with {junk} at padding")
        for name, value in saved._asdict().items():
            np.testing.assert_array_equal(getattr(kept, name), value, err_msg=f"saved.{name} with {junk}")
        for more in (kept, None):
            found = masked.backward(bad_g, bad_x, gamma, mask, saved=more, axis=axis)
            for name, value in found._asdict().items():
                assert_same_bits(value, getattr(clean, name), f"{name} with {junk} at padding")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_nan_in_a_channel_stays_there_and_away_from_padding(masked: ModuleType, dtype: Any) -> None:
    x, g, gamma, beta, mask = drawn((6, 4, 5), 1, dtype)
    hidden = ~everywhere(mask, x, 1)
    x[0, 2, 0] = np.nan
    y, _ = masked.forward(x, gamma, beta, mask)
    grad_input = masked.backward(g, x, gamma, mask).grad_input
    for result in (y, grad_input):
        assert np.isnan(result[:, 2][~hidden[:, 2]]).all() and not result[hidden].any()
        assert np.isfinite(np.delete(result, 2, axis=1)).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_mask_is_weights_of_zero_and_one_and_a_selection(
    masked: ModuleType, weighted: ModuleType, dtype: Any
) -> None:
    x, g, gamma, beta, mask = drawn((6, 4, 5), 1, dtype)
    shown = everywhere(mask, x, 1)
    close = {"rtol": 0, "atol": 20 * np.finfo(dtype).eps}
    y, _ = masked.forward(x, gamma, beta, mask)
    other, _ = weighted.forward(x, gamma, beta, mask.astype(dtype))
    np.testing.assert_allclose(y, np.where(shown, other, 0), **close)
    found = masked.backward(g, x, gamma, mask)
    same = weighted.backward(np.where(shown, g, 0).astype(dtype), x, gamma, mask.astype(dtype))
    np.testing.assert_allclose(found.grad_input, np.where(shown, same.grad_input, 0), **close)
    np.testing.assert_allclose(found.grad_gamma, same.grad_gamma, rtol=0, atol=100 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_without_padding_it_is_batch_norm(masked: ModuleType, weighted: ModuleType, target: str, dtype: Any) -> None:
    x, g, gamma, beta, mask = drawn((6, 4, 5), 1, dtype)
    plain = load_layer("batch_norm", target)
    for module, extra in ((masked, np.ones_like(mask)), (weighted, np.full(mask.shape, 3, dtype))):
        y, saved = module.forward(x, gamma, beta, extra)
        expected, kept = plain.forward(x, gamma, beta)
        np.testing.assert_allclose(y, expected, rtol=0, atol=20 * np.finfo(dtype).eps)
        np.testing.assert_allclose(saved.mean, kept.mean, rtol=0, atol=4 * np.finfo(dtype).eps)
        found, right = module.backward(g, x, gamma, extra, saved=saved), plain.backward(g, x, gamma)
        np.testing.assert_allclose(found.grad_input, right.grad_input, rtol=0, atol=40 * np.finfo(dtype).eps)


def test_the_dtype_of_the_mask_does_not_matter(masked: ModuleType) -> None:
    x, g, gamma, beta, mask = drawn((6, 4, 5), 1, np.float32)
    right = masked.forward(x, gamma, beta, mask)[0]
    for dtype in (np.float32, np.float64):
        assert_same_bits(masked.forward(x, gamma, beta, mask.astype(dtype))[0], right, str(dtype))
    strided = np.zeros((12, 10), bool)
    strided[::2, ::-2] = mask
    assert_same_bits(masked.forward(x, gamma, beta, strided[::2, ::-2])[0], right, "strides")


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_the_bits_do_not_depend_on_threads(
    masked: ModuleType, weighted: ModuleType, shape: tuple[int, ...], axis: int, threads: int
) -> None:
    x, g, gamma, beta, mask = drawn(shape, axis, np.float32)
    weights = np.where(mask, 0.3, 1.7).astype(np.float32)
    for module, extra in ((masked, mask), (weighted, weights)):
        one, many = (module.forward(x, gamma, beta, extra, axis=axis, threads=t) for t in (1, threads))
        assert_same_bits(one[0], many[0], "y")
        for first, second in zip(one[1], many[1], strict=True):
            np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", [MASKED, WEIGHTED])
def test_one_element_has_no_gradient(target: str, name: str) -> None:
    """As a single element of a channel, or as the only one that counts."""
    module = load_layer(name, target)
    for dtype in DTYPES:
        x, beta = np.array([[[3.7], [-1e5]]], dtype), np.array([0.5, -2], dtype)
        g, gamma = np.ones_like(x) * 3, np.array([2, -3], dtype)
        extra = np.array([[1.0]], dtype)
        y, saved = module.forward(x, gamma, beta, extra)
        assert (y.ravel() == beta).all() and not saved.var.any()
        assert not module.backward(g, x, gamma, extra, saved=saved).grad_input.any()


MISTAKES: list[tuple[str, Any, type[Exception], tuple[str, ...]]] = [
    (WEIGHTED, np.zeros((6, 5), np.float32), ValueError, ("weights", "zero")),
    (WEIGHTED, np.full((6, 5), -1, np.float32), ValueError, ("weights", "not negative", "-1")),
    (WEIGHTED, np.full((6, 5), np.nan, np.float32), ValueError, ("weights", "finite")),
    (WEIGHTED, np.full((6, 5), np.inf, np.float32), ValueError, ("weights", "finite")),
    (WEIGHTED, np.ones((5, 6), np.float32), ValueError, ("weights", "(5, 6)", "(6, 5)")),
    (WEIGHTED, np.ones((6, 5), bool), TypeError, ("weights", "bool")),
    (WEIGHTED, None, TypeError, ("weights", "NoneType")),
    (MASKED, np.zeros((6, 5), bool), ValueError, ("mask", "zero everywhere")),
    (MASKED, np.full((6, 5), 0.5, np.float32), ValueError, ("mask", "0 or 1")),
    (MASKED, np.full((6, 5), np.nan, np.float32), ValueError, ("mask", "0 or 1")),
    (MASKED, np.ones((6, 4, 5), bool), ValueError, ("mask", "(6, 4, 5)", "(6, 5)")),
    (MASKED, np.ones((6, 5), np.int64), TypeError, ("mask", "int64")),
    (MASKED, [[1]], TypeError, ("mask", "list")),
]


@pytest.mark.parametrize(("name", "wrong", "error", "said"), MISTAKES)
def test_mistakes_are_named(
    target: str, name: str, wrong: Any, error: type[Exception], said: tuple[str, ...]
) -> None:
    module = load_layer(name, target)
    x, g, gamma, beta, _ = drawn((6, 4, 5), 1, np.float32)
    for function, arrays in ((module.forward, (x, gamma, beta)), (module.backward, (g, x, gamma))):
        with pytest.raises(error) as caught:
            function(*arrays, wrong)
        assert all(word in str(caught.value) for word in said), str(caught.value)


def test_a_mask_must_hide_what_it_stands_for() -> None:
    """A layer that looks at masked data in one place has no kernels: zero times NaN is not zero."""
    n, d = axes("n d")
    x, mask, eps = tensor("x", n, d), indicator("mask", n, d), positive("eps")
    leaky = Layer("leaky", inputs=(x,), buffers=(mask,), constants=(eps,))
    leaky.output("y", mask * x / sqrt(total(x**2, over=d) + eps))
    with pytest.raises(PlanError, match="looks at data where the mask is zero"):
        plan(derive_layer(leaky))


def test_weights_have_axes() -> None:
    for made in (nonnegative, indicator):
        with pytest.raises(LanguageError, match="at least one axis"):
            made("weights")
