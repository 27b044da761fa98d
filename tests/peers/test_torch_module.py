"""The emitted PyTorch modules: exact enough on hostile data, differentiable twice and more, traceable."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from tests.peers import standard
from tests.peers.calls import CALLS, Call
from tests.peers.standard import HALVES, LAYERS, WHOLE, validate

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
pytestmark = pytest.mark.peers
# rtol and atol of numbers that finite differences or another order of operations give, in float64.
TIGHT: dict[str, float] = {"rtol": 1e-6, "atol": 1e-8}
# Where only the order of operations differs: some hundred operations of 1e-16.
SAME: dict[str, float] = {"rtol": 1e-11, "atol": 1e-12}

every_call = pytest.mark.parametrize("call", CALLS, ids=str)


def module(name: str, **options: Any) -> Any:
    from tests.peers.torch_modules import TorchModule

    return TorchModule(name, **options)


def prepared(call: Call) -> tuple[Any, tuple[Any, ...]]:
    """The function of a call and fresh leaves."""
    emitted = importlib.import_module(f"generated.torch.{call.layer}")
    leaves = tuple(torch.tensor(value, requires_grad=True) for value in call.inputs)
    return call.function(emitted, torch.tensor), leaves


def scalar(function: Any) -> Any:
    """A loss that is not symmetric in the elements of y and has a second derivative."""

    def loss(*inputs: Any) -> Any:
        y = function(*inputs)
        return (torch.sin(y) * torch.arange(y.numel(), dtype=y.dtype).reshape(y.shape)).sum()

    return loss


# Accuracy.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [m.name for m in LAYERS])
def test_accuracy(name: str, dtype: str) -> None:
    for sizes in standard.layer(name).sizes:
        validate(module(name), name, sizes, dtype)


@pytest.mark.parametrize("name", [m.name for m in LAYERS if m.shifts])
def test_a_large_mean_costs_nothing(name: str) -> None:
    for sizes in standard.layer(name).sizes[-3:]:
        validate(module(name), name, sizes, "float32", "far")


@pytest.mark.parametrize("data", ["tiny", "huge"])
@pytest.mark.parametrize("name", [m.name for m in LAYERS if m.scales])
def test_tiny_and_huge_data(name: str, data: str) -> None:
    for sizes in standard.layer(name).sizes[3:5]:
        validate(module(name), name, sizes, "float32", data)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", [m.name for m in LAYERS])
def test_half_precision_is_rounded_once(name: str, half: str) -> None:
    for sizes in standard.layer(name).sizes[2:6:3]:
        validate(module(name, half=half), name, sizes, "float32", half)
        validate(module(name, half=half, parameters=False), name, sizes, "float32", half)


# Derivatives.


@every_call
def test_gradcheck(call: Call) -> None:
    function, leaves = prepared(call)
    options = {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True}
    assert torch.autograd.gradcheck(function, leaves, **TIGHT, **options)


@every_call
def test_gradgradcheck(call: Call) -> None:
    function, leaves = prepared(call)
    assert torch.autograd.gradgradcheck(function, leaves, **TIGHT, check_fwd_over_rev=True)


@every_call
def test_torch_func(call: Call) -> None:
    """Hessians by all ways round, and batches of gradients."""
    function, leaves = prepared(call)
    loss, data = scalar(function), tuple(leaf.detach() for leaf in leaves)
    hessian = torch.func.hessian(loss)(*data)
    torch.testing.assert_close(torch.func.jacrev(torch.func.jacrev(loss))(*data), hessian, **SAME)
    torch.testing.assert_close(torch.func.jacrev(torch.func.jacfwd(loss))(*data), hessian, **SAME)
    batch = torch.stack([data[0], data[0].flip(-1) * 2])
    together = torch.func.vmap(torch.func.grad(loss), (0, *(None for _ in data[1:])))(batch, *data[1:])
    apart = torch.stack([torch.func.grad(loss)(one, *data[1:]) for one in batch])
    torch.testing.assert_close(together, apart, **SAME)


def test_what_pytorch_loses_in_nested_forward_mode_it_loses_without_us() -> None:
    """What the modules warn of: when PyTorch keeps the outer tangent, the warning is to go."""

    class Cube(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(x: Any) -> Any:
            return x**3

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_forward(*inputs)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            return tangents[0] * 3 * ctx.saved_tensors[0] ** 2

    at, one = torch.tensor(2.0), torch.tensor(1.0)
    slope = torch.func.jvp(lambda x: torch.func.jvp(Cube.apply, (x,), (one,))[1], (at,), (one,))[1]
    assert float(slope) == 0.0, "12 would be right"


@every_call
def test_third_derivatives(call: Call) -> None:
    """PyTorch's own derivative of the double backward pass, against a difference of second derivatives."""
    function, leaves = prepared(call)
    loss, data = scalar(function), tuple(leaf.detach() for leaf in leaves)
    generator = torch.Generator().manual_seed(3)
    along = torch.randn(data[0].shape, generator=generator, dtype=data[0].dtype)
    weights = torch.randn(data[0].shape, generator=generator, dtype=data[0].dtype)

    def curvature(x: Any) -> Any:
        gradient = torch.func.grad(loss)
        return (torch.func.vjp(lambda z: gradient(z, *data[1:]), x)[1](weights)[0] * weights).sum()

    step = 1e-5  # error of the difference: step**2 times a fifth derivative, and 1e-16/step of the values
    there = (curvature(data[0] + step * along) - curvature(data[0] - step * along)) / (2 * step)
    here = (torch.func.grad(curvature)(data[0]) * along).sum()
    scale = float((torch.func.grad(curvature)(data[0]) * along).abs().sum() + curvature(data[0]).abs())
    assert float((here - there).abs()) <= 1e-6 * scale


@every_call
def test_compiled(call: Call) -> None:
    torch._dynamo.reset()
    function, leaves = prepared(call)
    loss = scalar(function)
    compiled = torch.compile(loss, backend="aot_eager", fullgraph=True)
    there = torch.autograd.grad(compiled(*leaves), leaves)
    torch.testing.assert_close(there, torch.autograd.grad(loss(*leaves), leaves), **SAME)


def test_compiled_half_precision_and_other_shapes() -> None:
    torch._dynamo.reset()
    function = importlib.import_module("generated.torch.batch_norm").batch_norm
    compiled = torch.compile(function, backend="aot_eager", fullgraph=True)
    for shape in ((6, 3, 4), (5, 3, 7), (2, 3, 9)):
        x = torch.randn(shape, dtype=torch.bfloat16)
        torch.testing.assert_close(compiled(x), function(x), rtol=0, atol=0)


@pytest.mark.parametrize("layer", ["batch_norm", "softmax", "group_norm"])
def test_gradients_of_some_inputs_only(layer: str) -> None:
    """Inputs that take no gradient, unused outputs of the backward pass, and a layer that is frozen altogether."""
    call = next(c for c in CALLS if c.layer == layer)
    function, leaves = prepared(call)
    loss = scalar(function)
    whole = torch.autograd.grad(loss(*leaves), leaves)
    for chosen, leaf in enumerate(leaves):
        alone = [one.detach().requires_grad_(one is leaf) for one in leaves]
        (found,) = torch.autograd.grad(loss(*alone), [alone[chosen]])
        torch.testing.assert_close(found, whole[chosen], rtol=0, atol=0)
        # The second derivative of one gradient alone: all other cotangents are missing.
        (first,) = torch.autograd.grad(loss(*leaves), [leaf], create_graph=True)
        weights = torch.linspace(-1, 2, first.numel(), dtype=first.dtype).reshape(first.shape)
        second = torch.autograd.grad((first * weights).sum(), leaves, allow_unused=True)
        data = [one.detach() for one in leaves]
        rows = torch.func.jacrev(torch.func.grad(loss, chosen), tuple(range(len(leaves))))(*data)
        for here, row in zip(second, rows, strict=True):
            there = torch.tensordot(weights, row, weights.ndim)
            torch.testing.assert_close(torch.zeros_like(there) if here is None else here, there, **SAME)
    assert not function(*[leaf.detach() for leaf in leaves]).requires_grad


# The interface.


@pytest.mark.parametrize("shape", [(7, 3), (4, 3, 5), (2, 3, 4, 5), (2, 3, 2, 2, 3)])
def test_any_rank_and_no_parameters(shape: tuple[int, ...]) -> None:
    emitted = importlib.import_module("generated.torch.batch_norm")
    numpy_module = importlib.import_module("generated.numpy.batch_norm")
    x = np.random.default_rng(1).standard_normal(shape)
    y, saved = emitted.forward(torch.tensor(x))
    there, kept = numpy_module.forward(x)
    np.testing.assert_allclose(y.numpy(), there, rtol=1e-13, atol=1e-14)
    for name in ("mean", "var", "inv_std"):
        found = getattr(saved, name)
        assert not found.requires_grad
        np.testing.assert_allclose(found.numpy(), getattr(kept, name), rtol=1e-13, atol=1e-15)
    assert saved.count == kept.count and saved.eps == kept.eps
    moved = emitted.batch_norm(torch.tensor(np.moveaxis(x, 1, -1)), axis=-1)
    np.testing.assert_allclose(np.moveaxis(moved.numpy(), -1, 1), there, rtol=1e-13, atol=1e-14)


def test_dimensions_that_are_not_in_order() -> None:
    """Weights of (n, s...) beside channels that stand first, last and in between."""
    emitted = importlib.import_module("generated.torch.weighted_batch_norm")
    rng = np.random.default_rng(2)
    x, weights = torch.tensor(rng.standard_normal((3, 4, 5, 2))), torch.tensor(rng.random((3, 5, 2)) + 0.1)
    usual, saved = emitted.forward(x, None, None, weights)
    assert tuple(saved.mean.shape) == (4,) and tuple(saved.mass.shape) == ()
    for place in (0, 2, 3):
        there = emitted.weighted_batch_norm(x.movedim(1, place), None, None, weights, axis=place)
        torch.testing.assert_close(there.movedim(place, 1), usual, **SAME)
    mean = (x * weights[:, None]).sum((0, 2, 3)) / weights.sum()
    torch.testing.assert_close(saved.mean, mean, **SAME)


def test_running_statistics() -> None:
    emitted = importlib.import_module("generated.torch.batch_norm")
    x = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    running = (torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64))
    theirs = tuple(value.clone() for value in running)
    torch.nn.functional.batch_norm(x, *theirs, training=True, momentum=0.1)
    found = emitted.update_running(*running, emitted.forward(x)[1], momentum=0.1)
    torch.testing.assert_close(found, theirs, **SAME)
    y = emitted.batch_norm_inference(x, None, None, *found)
    torch.testing.assert_close(y, torch.nn.functional.batch_norm(x, *theirs), **SAME)


def test_no_elements() -> None:
    emitted = importlib.import_module("generated.torch.batch_norm")
    with pytest.raises(ValueError, match=r"x has shape \(0, 3\): no elements, so there are no statistics"):
        emitted.batch_norm(torch.zeros(0, 3))
    x = torch.zeros(0, 3, requires_grad=True)
    gamma = torch.ones(3, requires_grad=True)
    y = emitted.batch_norm_inference(x, gamma, None, torch.zeros(3), torch.ones(3))
    y.sum().backward()
    assert tuple(y.shape) == (0, 3) and tuple(x.grad.shape) == (0, 3) and gamma.grad.tolist() == [0.0, 0.0, 0.0]


def test_padding_is_never_looked_at() -> None:
    """NaN where the mask is zero reaches neither the output nor any derivative."""
    emitted = importlib.import_module("generated.torch.masked_batch_norm")
    call = next(c for c in CALLS if c.layer == "masked_batch_norm")
    mask = torch.tensor(call.buffers[0])
    clean = torch.tensor(call.inputs[0])
    dirty = torch.where(mask[:, None], clean, torch.nan)
    results = []
    for x in (clean, dirty):
        leaf = x.requires_grad_()
        y = emitted.masked_batch_norm(leaf, None, None, mask)
        (gradient,) = torch.autograd.grad(torch.sin(y).sum(), leaf, create_graph=True)
        (second,) = torch.autograd.grad(torch.cos(gradient).sum(), leaf)
        results.append((y.detach(), gradient.detach(), second))
    for one, two in zip(*results, strict=True):
        assert torch.isfinite(two).all()
        torch.testing.assert_close(one, two, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((np.zeros((2, 3)),), {}, TypeError, "x must be a torch.Tensor, not ndarray"),
        ((torch.zeros(2, 3), [1.0]), {}, TypeError, "gamma must be a torch.Tensor, not list"),
        ((torch.zeros(2, 3, dtype=torch.int64),), {}, TypeError, "x must be float16, bfloat16, float32 or float64"),
        ((torch.zeros(2, 3), torch.ones(3).double()), {}, TypeError, "x is torch.float32, gamma is torch.float64"),
        ((torch.zeros(2, 3), torch.ones(4)), {}, ValueError, r"gamma has shape \(4,\), expected \(3,\): its axes are"),
        ((torch.zeros(3),), {}, ValueError, r"x has shape \(3,\), expected at least 2 dimensions: \(n, c, s...\)"),
        ((torch.zeros(2, 3),), {"axis": 2}, ValueError, "axis: axis 2 is out of bounds for array of dimension 2"),
        ((torch.zeros(2, 3),), {"axis": 1.0}, TypeError, "axis must be an int, not float"),
        ((torch.zeros(2, 3),), {"eps": 0.0}, ValueError, "eps must be greater than zero, got 0.0"),
        ((torch.zeros(2, 3),), {"eps": "small"}, TypeError, "eps must be a real number, not str"),
        ((torch.zeros(2, 3),), {"eps": float("nan")}, ValueError, "eps must be finite, got nan"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: tuple[Any, ...], settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    emitted = importlib.import_module("generated.torch.batch_norm")
    with pytest.raises(error, match=message):
        emitted.batch_norm(*arguments, **settings)


def test_a_training_step() -> None:
    """A small network learns with the layer in it, in bfloat16 with float32 parameters too."""
    emitted = importlib.import_module("generated.torch.batch_norm")
    for dtype in (torch.float32, torch.bfloat16):
        generator = torch.Generator().manual_seed(1)
        data = torch.randn(64, 8, generator=generator)
        labels = (data[:, 0] * data[:, 1] > 0).float()
        first, second = torch.randn(8, 16, generator=generator) * 0.5, torch.randn(16, generator=generator) * 0.3
        parameters = [p.requires_grad_() for p in (first, torch.ones(16), torch.zeros(16), second)]
        optimizer = torch.optim.Adam(parameters, lr=0.05)
        losses = []
        for _ in range(60):
            hidden = emitted.batch_norm((data.to(dtype) @ parameters[0].to(dtype)), parameters[1], parameters[2])
            logits = torch.relu(hidden).float() @ parameters[3]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
        assert losses[-1] < 0.5 * losses[0], (dtype, losses[0], losses[-1])


def test_the_standard_notices_a_float32_mean() -> None:
    """PyTorch's own batch norm on data with a large mean is outside of what the emitted one keeps."""

    class Native:
        def run(self, inputs: Any, g: Any, settings: Any) -> Any:
            leaves = {key: torch.tensor(value, requires_grad=True) for key, value in inputs.items()}
            y = torch.nn.functional.batch_norm(
                leaves["x"], None, None, leaves["gamma"], leaves["beta"], True, 0.1, settings["eps"]
            )
            y.backward(torch.tensor(g))
            return y.detach().numpy(), {key: leaf.grad.numpy() for key, leaf in leaves.items()}

    assert WHOLE.full < 100
    with pytest.raises(AssertionError, match="is wrong in"):
        validate(Native(), "batch_norm", standard.layer("batch_norm").sizes[-2], "float32", "far")
