"""What `jvp` and `double_backward` do with unusual arguments: empty data, one element, NaN, mistakes."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from tests.second_order.layers import EVERYWHERE, Layer, label
from tests.support.contract import DTYPES, Array, load_layer
from tests.support.duals import PREFIX
from tests.support.second_order import COTANGENT, Functions


@pytest.fixture
def batch_norm(target: str) -> Any:
    return load_layer("batch_norm", target)


@pytest.fixture
def group_norm(target: str) -> Any:
    return load_layer("group_norm", target)


@pytest.fixture
def layer_norm(target: str) -> Any:
    return load_layer("layer_norm", target)


@pytest.fixture
def masked_batch_norm(target: str) -> Any:
    return load_layer("masked_batch_norm", target)


@pytest.fixture
def softmax(target: str) -> Any:
    return load_layer("softmax", target)


def data(dtype: Any = np.float64, shape: tuple[int, ...] = (4, 3, 5), seed: int = 0) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    x, t, g = (rng.standard_normal(shape).astype(dtype) for _ in range(3))
    return x, t, g


@pytest.mark.parametrize("layer", EVERYWHERE, ids=label)
def test_signatures_name_every_input(layer: Layer) -> None:
    reference, _, _ = layer.reference(layer.sizes[0])
    own = [name for name in reference.inputs if name not in reference.buffers]
    jvp = inspect.signature(layer.module.jvp).parameters
    assert [n for n in jvp if n.startswith(PREFIX)] == [f"{PREFIX}{n}" for n in own]
    double = inspect.signature(layer.module.double_backward).parameters
    names = [f"{COTANGENT}{n if k else 'input'}" for k, n in enumerate(own)]
    assert [n for n in double if n.startswith(COTANGENT)] == names
    for parameters in (jvp, double):
        given = [p for n, p in parameters.items() if n.startswith((PREFIX, COTANGENT))]
        assert all(p.default is None and p.kind is p.KEYWORD_ONLY for p in given)
    fields = layer.module.SecondGradients._fields
    assert fields == ("grad_grad_output", *(f"grad_{n}" for n in own))
    assert {"jvp", "double_backward", "SecondGradients"} <= set(layer.module.__all__)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", EVERYWHERE, ids=label)
def test_without_directions_everything_is_zero(layer: Layer, dtype: Any) -> None:
    trial, arguments = layer.trial(layer.sizes[3], dtype)
    run = Functions(layer.module, trial, arguments)
    none = tuple(trial.own)
    assert not run.jvp(none=none).any()
    found = run.double_backward(none=none)
    for field in found._fields:
        value = getattr(found, field)
        assert value.dtype == dtype and not value.any(), field


@pytest.mark.parametrize("layer", EVERYWHERE, ids=label)
def test_nothing_that_is_given_is_written_to(layer: Layer) -> None:
    trial, arguments = layer.trial(layer.sizes[3], np.float32)
    before = {name: value.copy() for name, value in trial.inputs.items()}
    g = trial.g.copy()
    run = Functions(layer.module, trial, arguments)
    run.jvp()
    run.double_backward()
    assert all((trial.inputs[name] == before[name]).all() for name in before) and (trial.g == g).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_one_element_per_channel_is_exactly_nothing(batch_norm: Any, dtype: Any) -> None:
    x, t, g = data(dtype, (1, 6))
    gamma = np.linspace(-2, 3, 6).astype(dtype)
    shift = np.linspace(1, 2, 6).astype(dtype)
    assert (batch_norm.jvp(x, gamma, tangent_x=t, tangent_gamma=gamma, tangent_beta=shift) == shift).all()
    found = batch_norm.double_backward(g, x, gamma, cotangent_grad_input=t, cotangent_grad_gamma=gamma)
    assert not found.grad_grad_output.any()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_empty_data(batch_norm: Any, dtype: Any) -> None:
    x = np.empty((0, 3, 5), dtype)
    gamma = np.ones(3, dtype)
    assert batch_norm.jvp(x, gamma, tangent_x=x).shape == x.shape
    found = batch_norm.double_backward(x, x, gamma, cotangent_grad_input=x, cotangent_grad_gamma=gamma)
    assert found.grad_grad_output.shape == found.grad_x.shape == x.shape
    assert not found.grad_gamma.any() and found.grad_gamma.shape == (3,) and not found.grad_beta.any()


def test_a_missing_parameter_takes_no_direction_and_gets_no_gradient(batch_norm: Any) -> None:
    x, t, g = data()
    found = batch_norm.double_backward(g, x, None, cotangent_grad_input=t)
    assert found.grad_gamma is None and found.grad_beta.shape == (3,)
    with pytest.raises(ValueError, match="tangent_gamma is given, but gamma is None"):
        batch_norm.jvp(x, None, tangent_x=t, tangent_gamma=np.ones(3))
    with pytest.raises(ValueError, match="cotangent_grad_gamma is given, but gamma is None"):
        batch_norm.double_backward(g, x, None, cotangent_grad_input=t, cotangent_grad_gamma=np.ones(3))


def test_mistakes_are_named(batch_norm: Any, group_norm: Any) -> None:
    x, t, g = data()
    with pytest.raises(ValueError, match=r"tangent_x has shape \(4, 3\), expected \(4, 3, 5\)"):
        batch_norm.jvp(x, tangent_x=t[..., 0])
    with pytest.raises(TypeError, match="all arrays must be float32, or all float64.*tangent_x is float32"):
        batch_norm.jvp(x, tangent_x=t.astype(np.float32))
    with pytest.raises(TypeError, match="tangent_beta must be a numpy.ndarray, not list"):
        batch_norm.jvp(x, tangent_beta=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"cotangent_grad_gamma has shape \(4,\), expected \(3,\)"):
        batch_norm.double_backward(g, x, np.ones(3), cotangent_grad_gamma=np.ones(4))
    with pytest.raises(ValueError, match=r"grad_output has shape \(4, 3\)"):
        batch_norm.double_backward(g[..., 0], x)
    saved = batch_norm.forward(x, eps=1e-3)[1]
    wrong = "eps is 1e-05, but saved was computed with eps 0.001"
    with pytest.raises(ValueError, match=wrong):
        batch_norm.jvp(x, saved=saved)
    with pytest.raises(ValueError, match=wrong):
        batch_norm.double_backward(g, x, saved=saved)
    with pytest.raises(ValueError, match="out overlaps"):
        batch_norm.jvp(x, tangent_x=t, out=t[::-1])
    with pytest.raises(ValueError, match="num_groups is 2, expected a divisor of 3"):
        group_norm.jvp(x, num_groups=2)


def test_nan_stays_in_its_channel(batch_norm: Any) -> None:
    x, t, g = data()
    x[1, 1, 2] = np.nan
    kept = [0, 2]
    tangent = batch_norm.jvp(x, tangent_x=t)
    found = batch_norm.double_backward(g, x, np.ones(3), cotangent_grad_input=t)
    assert np.isnan(tangent[:, 1]).all() and np.isfinite(tangent[:, kept]).all()
    assert np.isfinite(found.grad_x[:, kept]).all() and np.isfinite(found.grad_gamma[kept]).all()
    assert np.isnan(found.grad_x[:, 1]).all()


def test_padding_gives_nothing_and_gets_nothing(masked_batch_norm: Any) -> None:
    """Whatever stands there, in the data, in grad_output and in the direction."""
    x, t, g = data()
    mask = np.ones((4, 5))
    mask[2, 3] = mask[0, 1] = 0
    clean = [masked_batch_norm.jvp(x, np.ones(3), mask, tangent_x=t, tangent_gamma=np.ones(3))]
    clean += list(masked_batch_norm.double_backward(g, x, np.ones(3), mask, cotangent_grad_input=t))
    for array in (x, t, g):
        array[2, :, 3], array[0, :, 1] = np.nan, np.inf
    dirty = [masked_batch_norm.jvp(x, np.ones(3), mask, tangent_x=t, tangent_gamma=np.ones(3))]
    dirty += list(masked_batch_norm.double_backward(g, x, np.ones(3), mask, cotangent_grad_input=t))
    for before, after in zip(clean, dirty, strict=True):
        assert (before == after).all()
    assert not dirty[0][2, :, 3].any() and not dirty[2][0, :, 1].any()


def test_softmax_of_extreme_logits(softmax: Any) -> None:
    x = np.array([[1e4, -1e4, 0.0], [-np.inf, 1.0, 2.0]])
    t, g = np.array([[1.0, 2.0, 3.0]] * 2), np.array([[0.5, -1.0, 2.0]] * 2)
    tangent = softmax.jvp(x, tangent_x=t)
    found = softmax.double_backward(g, x, cotangent_grad_input=t)
    assert np.isfinite(tangent).all() and all(np.isfinite(value).all() for value in found)
    assert tangent[1, 0] == 0 and found.grad_x[1, 0] == 0


def test_any_axis_any_rank_and_integer_shapes(batch_norm: Any, layer_norm: Any) -> None:
    x, t, g = data(shape=(2, 5, 3))
    there = batch_norm.jvp(x, np.ones(3), tangent_x=t, axis=-1)
    here = batch_norm.jvp(x.transpose(0, 2, 1), np.ones(3), tangent_x=t.transpose(0, 2, 1))
    np.testing.assert_allclose(there, here.transpose(0, 2, 1), rtol=1e-12, atol=1e-14)
    whole = layer_norm.double_backward(
        g, x, np.ones((5, 3)), cotangent_grad_input=t, cotangent_grad_weight=np.ones((5, 3)), normalized_shape=(5, 3)
    )
    flat = layer_norm.double_backward(
        g.reshape(2, 15), x.reshape(2, 15), np.ones(15), cotangent_grad_input=t.reshape(2, 15),
        cotangent_grad_weight=np.ones(15), normalized_shape=15,
    )  # fmt: skip
    np.testing.assert_allclose(whole.grad_x.reshape(2, 15), flat.grad_x, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(whole.grad_weight.ravel(), flat.grad_weight, rtol=1e-12, atol=1e-14)


def test_inference_has_second_derivatives_of_its_own(batch_norm: Any) -> None:
    """There y = gamma*r*(x - running_mean) + beta: linear in x, so its Hessian has the mixed terms only."""
    x, t, g = data()
    mean, var, gamma, along = np.array([0.1, -0.2, 3.0]), np.array([1.0, 0.5, 2.0]), np.ones(3), np.array([1.0, 2, 3])
    r = (1 / np.sqrt(var + 1e-5))[:, None]
    tangent = batch_norm.jvp_inference(x, gamma, mean, var, tangent_x=t, tangent_gamma=along)
    np.testing.assert_allclose(tangent, r * t + along[:, None] * r * (x - mean[:, None]), rtol=1e-13)
    found = batch_norm.double_backward_inference(
        g, x, gamma, mean, var, cotangent_grad_input=t, cotangent_grad_gamma=along
    )
    np.testing.assert_allclose(found.grad_x, along[:, None] * r * g, rtol=1e-13)
    np.testing.assert_allclose(found.grad_gamma, (r * t * g).sum(axis=(0, 2)), rtol=1e-12)
