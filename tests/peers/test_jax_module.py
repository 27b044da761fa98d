"""The emitted JAX modules: exact enough on hostile data, differentiable twice and more, under jit and vmap."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.peers import standard
from tests.peers.calls import CALLS, Call
from tests.peers.standard import HALVES, LAYERS, validate

jax: Any = pytest.importorskip("jax", reason="JAX is not installed (the peers extra)")
pytestmark = pytest.mark.peers
# Where only the order of operations differs: some hundred operations of 1e-16.
SAME: dict[str, Any] = {"rtol": 1e-11, "atol": 1e-12}

every_call = pytest.mark.parametrize("call", CALLS, ids=str)


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def module(name: str, **options: Any) -> Any:
    from tests.peers.jax_modules import JaxModule

    return JaxModule(name, **options)


def prepared(call: Call, mode: str = "") -> tuple[Any, tuple[Any, ...]]:
    """The function of a call and its inputs; under jit, whose compilation is cheaper than many small ones."""
    emitted = importlib.import_module(f"generated.jax.{call.layer}")
    return jax.jit(call.function(emitted, jax.numpy.asarray, mode)), tuple(map(jax.numpy.asarray, call.inputs))


def scalar(function: Any) -> Any:
    """A loss that is not symmetric in the elements of y and has a second derivative."""

    def loss(*inputs: Any) -> Any:
        y = function(*inputs)
        return (jax.numpy.sin(y) * jax.numpy.arange(y.size, dtype=y.dtype).reshape(y.shape)).sum()

    return loss


# Accuracy. Every shape is compiled anew: a few of each layer.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [m.name for m in LAYERS])
def test_accuracy(name: str, dtype: str) -> None:
    for sizes in standard.layer(name).sizes[::3]:
        validate(module(name), name, sizes, dtype)


@pytest.mark.parametrize("name", [m.name for m in LAYERS if m.shifts])
def test_a_large_mean_costs_nothing(name: str) -> None:
    for sizes in standard.layer(name).sizes[-2:]:
        validate(module(name), name, sizes, "float32", "far")


@pytest.mark.parametrize("data", ["tiny", "huge"])
@pytest.mark.parametrize("name", [m.name for m in LAYERS if m.scales])
def test_tiny_and_huge_data(name: str, data: str) -> None:
    validate(module(name), name, standard.layer(name).usual, "float32", data)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", [m.name for m in LAYERS])
def test_half_precision_is_rounded_once(name: str, half: str) -> None:
    sizes = standard.layer(name).sizes[5]
    validate(module(name, half=half, parameters=half == "float16"), name, sizes, "float32", half)


@pytest.mark.parametrize("name", [m.name for m in LAYERS])
def test_the_other_mode_is_as_exact(name: str) -> None:
    """JAX transposes the kernel for tangents itself: one more way to the same gradients."""
    validate(module(name, mode="_forward_mode"), name, standard.layer(name).usual, "float64")


# Derivatives.


@every_call
def test_check_grads(call: Call) -> None:
    """JAX's own check against differences: reverse mode twice, and forward mode of the other function.

    What that one is beyond, the test of second derivatives compares with the first.
    """
    from jax.test_util import check_grads

    # The difference of two values has an error of 1e-16/step + step**2, of some 1e-9 for JAX's choice of step.
    close = {"atol": 1e-6, "rtol": 1e-6}
    function, inputs = prepared(call)
    check_grads(function, inputs, order=2, modes=["rev"], **close)
    function, inputs = prepared(call, "_forward_mode")
    check_grads(function, inputs, order=1, modes=["fwd"], **close)


@every_call
def test_second_derivatives_by_all_ways_round(call: Call) -> None:
    jnp = jax.numpy
    function, inputs = prepared(call)
    other, _ = prepared(call, "_forward_mode")
    loss, mixed = scalar(function), scalar(other)
    hessian = jax.jit(jax.hessian(mixed))(*inputs)
    np.testing.assert_allclose(jax.jit(jax.jacrev(jax.grad(loss)))(*inputs), hessian, **SAME)
    np.testing.assert_allclose(jax.jit(jax.jacrev(jax.grad(mixed)))(*inputs), hessian, **SAME)
    batch = jnp.stack([inputs[0], jnp.flip(inputs[0], -1) * 2])
    gradient = jax.jit(jax.grad(loss, tuple(range(len(inputs)))))
    together = jax.jit(jax.vmap(gradient, (0, *(None for _ in inputs[1:]))))(batch, *inputs[1:])
    for k, one in enumerate(batch):
        for found, expected in zip(together, gradient(one, *inputs[1:]), strict=True):
            np.testing.assert_allclose(found[k], expected, **SAME)
    values = jax.vmap(function, (0, *(None for _ in inputs[1:])))(batch, *inputs[1:])
    np.testing.assert_allclose(values[0], function(*inputs), **SAME)


@pytest.mark.parametrize("layer", ["batch_norm", "group_norm", "softmax"])
def test_third_derivatives(layer: str) -> None:
    """By reverse mode three times, and by the other function: JAX differentiates both kernels itself."""
    call = next(c for c in CALLS if c.layer == layer)
    function, inputs = prepared(call)
    other, _ = prepared(call, "_forward_mode")
    weights = jax.numpy.asarray(np.random.default_rng(4).standard_normal(inputs[0].shape))

    def curvature(loss: Any) -> Any:
        def product(x: Any) -> Any:
            return (jax.grad(loss)(x, *inputs[1:]) * weights).sum()

        return lambda x: (jax.grad(product)(x) * weights).sum()

    here = jax.jit(jax.grad(curvature(scalar(function))))(inputs[0])
    there = jax.jit(jax.jacfwd(curvature(scalar(other))))(inputs[0])
    np.testing.assert_allclose(here, there, rtol=1e-9, atol=1e-9 * float(abs(there).max()))


@pytest.mark.parametrize("layer", ["batch_norm", "softmax"])
def test_only_the_other_function_has_a_forward_mode(layer: str) -> None:
    call = next(c for c in CALLS if c.layer == layer)
    function, inputs = prepared(call)
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(function, inputs, inputs)


# The interface.


@pytest.mark.parametrize("shape", [(7, 3), (4, 3, 5), (2, 3, 2, 2, 3)])
def test_any_rank_and_no_parameters(shape: tuple[int, ...]) -> None:
    emitted = importlib.import_module("generated.jax.batch_norm")
    numpy_module = importlib.import_module("generated.numpy.batch_norm")
    x = np.random.default_rng(1).standard_normal(shape)
    y, saved = emitted.forward(x)
    there, kept = numpy_module.forward(x)
    np.testing.assert_allclose(y, there, rtol=1e-13, atol=1e-14)
    for name in ("mean", "var", "inv_std"):
        np.testing.assert_allclose(getattr(saved, name), getattr(kept, name), rtol=1e-13, atol=1e-15)
    assert saved.count == kept.count and saved.eps == kept.eps
    moved = emitted.batch_norm(np.moveaxis(x, 1, -1), axis=-1)
    np.testing.assert_allclose(np.moveaxis(np.asarray(moved), -1, 1), there, rtol=1e-13, atol=1e-14)


def test_dimensions_that_are_not_in_order() -> None:
    emitted = importlib.import_module("generated.jax.weighted_batch_norm")
    rng = np.random.default_rng(2)
    x, weights = rng.standard_normal((3, 4, 5, 2)), rng.random((3, 5, 2)) + 0.1
    usual, saved = emitted.forward(x, None, None, weights)
    assert saved.mean.shape == (4,) and saved.mass.shape == ()
    for place in (0, 2, 3):
        there = emitted.weighted_batch_norm(np.moveaxis(x, 1, place), None, None, weights, axis=place)
        np.testing.assert_allclose(np.moveaxis(np.asarray(there), place, 1), usual, **SAME)


def test_running_statistics() -> None:
    """Against the NumPy module, also with the statistics that jit hands out."""
    emitted = importlib.import_module("generated.jax.batch_norm")
    numpy_module = importlib.import_module("generated.numpy.batch_norm")
    x = np.random.default_rng(0).standard_normal((5, 3, 4))
    running = (np.zeros(3), np.ones(3))
    expected = numpy_module.update_running(*running, numpy_module.forward(x)[1], momentum=0.2)
    for forward in (emitted.forward, jax.jit(emitted.forward)):
        found = emitted.update_running(*running, forward(x)[1], momentum=0.2)
        for one, two in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, two, **SAME)
    y = emitted.batch_norm_inference(x, None, None, *found)
    np.testing.assert_allclose(y, numpy_module.forward_inference(x, None, None, *expected), **SAME)


def test_padding_is_never_looked_at() -> None:
    """NaN where the mask is zero reaches neither the output nor any derivative."""
    emitted = importlib.import_module("generated.jax.masked_batch_norm")
    call = next(c for c in CALLS if c.layer == "masked_batch_norm")
    mask = call.buffers[0]
    for function in (emitted.masked_batch_norm, emitted.masked_batch_norm_forward_mode):

        def gradient(x: Any, function: Any = function) -> Any:
            return jax.grad(lambda x: jax.numpy.sin(function(x, None, None, mask)).sum())(x)

        results = []
        for x in (call.inputs[0], np.where(mask[:, None], call.inputs[0], np.nan)):
            second = jax.grad(lambda x: jax.numpy.cos(gradient(x)).sum())(x)
            results.append((function(x, None, None, mask), gradient(x), second))
        for one, two in zip(*results, strict=True):
            assert np.isfinite(two).all()
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        (([[0.0, 1.0]],), {}, TypeError, "x must be an array, not list"),
        ((np.zeros((2, 3)), [1.0]), {}, TypeError, "gamma must be an array, not list"),
        ((np.zeros((2, 3), np.int32),), {}, TypeError, "x must be float16, bfloat16, float32 or float64"),
        ((np.zeros((2, 3), np.float32), np.ones(3)), {}, TypeError, "x is float32, gamma is float64"),
        ((np.zeros((2, 3)), np.ones(4)), {}, ValueError, r"gamma has shape \(4,\), expected \(3,\): its axes are"),
        ((np.zeros(3),), {}, ValueError, r"x has shape \(3,\), expected at least 2 dimensions: \(n, c, s...\)"),
        ((np.zeros((0, 3)),), {}, ValueError, r"x has shape \(0, 3\): no elements, so there are no statistics"),
        ((np.zeros((2, 3)),), {"axis": 2}, ValueError, "axis: axis 2 is out of bounds for array of dimension 2"),
        ((np.zeros((2, 3)),), {"axis": 1.0}, TypeError, "axis must be an int, not float"),
        ((np.zeros((2, 3)),), {"eps": 0.0}, ValueError, "eps must be greater than zero, got 0.0"),
        ((np.zeros((2, 3)),), {"eps": "small"}, TypeError, "eps must be a real number, not str"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: tuple[Any, ...], settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    emitted = importlib.import_module("generated.jax.batch_norm")
    with pytest.raises(error, match=message):
        emitted.batch_norm(*arguments, **settings)


def test_a_traced_setting_is_refused() -> None:
    """Settings are Python numbers: jit must be told that they are static."""
    emitted = importlib.import_module("generated.jax.batch_norm")
    with pytest.raises(TypeError, match="eps must be a real number, not .*Tracer"):
        jax.jit(emitted.batch_norm)(np.zeros((2, 3)), eps=1e-3)
    jax.jit(emitted.batch_norm, static_argnames=("eps", "axis"))(np.zeros((2, 3)), eps=1e-3, axis=-1)


def test_a_training_step() -> None:
    """A small network learns with the layer in it, in bfloat16 with float32 parameters too."""
    jnp, emitted = jax.numpy, importlib.import_module("generated.jax.batch_norm")
    rng = np.random.default_rng(1)
    data = rng.standard_normal((64, 8)).astype(np.float32)
    labels = (data[:, 0] * data[:, 1] > 0).astype(np.float32)
    for dtype in (jnp.float32, jnp.bfloat16):

        def loss(parameters: Any, dtype: Any = dtype) -> Any:
            first, gamma, beta, second = parameters
            hidden = emitted.batch_norm(jnp.asarray(data, dtype) @ first.astype(dtype), gamma, beta)
            logits = jnp.maximum(hidden, 0).astype(jnp.float32) @ second
            return jnp.mean(jnp.logaddexp(0.0, logits) - labels * logits)

        shapes = ((8, 16), (16,))
        first, second = (jnp.asarray(rng.standard_normal(s) * 0.5, jnp.float32) for s in shapes)
        parameters = (first, jnp.ones(16, jnp.float32), jnp.zeros(16, jnp.float32), second)
        step = jax.jit(jax.value_and_grad(loss))
        losses = []
        for _ in range(200):
            value, gradients = step(parameters)
            parameters = tuple(p - 0.5 * g for p, g in zip(parameters, gradients, strict=True))
            losses.append(float(value))
        assert losses[-1] < 0.5 * losses[0], (dtype, losses[0], losses[-1])
