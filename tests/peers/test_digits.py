"""The example's network trains as it does with PyTorch's batch norm: the loss curves agree to rounding.

Both networks start from the same weights and see the same minibatches; all else is the same code. Training may amplify
rounding or damp it, so "to rounding" needs a measure, and the network with PyTorch's layers supplies it: it is trained
again, several times, from weights that are moved by up to one eps of their size. The root mean square distance of
those curves from the unmoved one, its largest value up to each step, is what one rounding of all weights grows to; it
is never taken below the rounding of the loss itself, eps times the loss. Call it one unit. The moved curves never touch
the kernels under test, which therefore cannot widen their own margin.

How many units may the curves be apart? Every step rounds activations, gradients and weights, relatively about as much
as the start was moved. If no step's rounding is amplified more than that of the start, and they are independent, then
after T of them the curves are sqrt(T) units apart: ten after a hundred steps. (In fact this training damps rounding,
and both precisions stay within a few units; a mistake in the backward pass leaves the limit within a few steps.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from examples import digits
from examples.network import Array, BatchNorm, Parameter

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
pytest.importorskip("sklearn", reason="scikit-learn is not installed (the examples extra)")

pytestmark = pytest.mark.peers

Wrap = Callable[[BatchNorm], Any]

STEPS, SEED, MOVED = 100, 0, 5
EPS = 1e-5  # the default of both
LIMIT = float(np.sqrt(STEPS))  # in units


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits  # scikit-learn depends on it

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(before)


class TorchBatchNorm:
    """PyTorch's layer and its autograd, behind the example's interface."""

    def __init__(self, original: BatchNorm) -> None:
        self.gamma, self.beta = original.gamma, original.beta
        self.parameters = original.parameters

    def forward(self, x: Array, training: bool) -> Array:
        assert training
        leaves = (torch.from_numpy(a) for a in (x, self.gamma.value, self.beta.value))
        self.leaves = [leaf.requires_grad_() for leaf in leaves]
        x, gamma, beta = self.leaves
        self.y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, True, 0.1, EPS)
        y: Array = self.y.detach().numpy()
        return y

    def backward(self, grad_output: Array) -> Array:
        found = torch.autograd.grad(self.y, self.leaves, torch.from_numpy(np.ascontiguousarray(grad_output)))
        grad_input: Array
        grad_input, self.gamma.gradient, self.beta.gradient = (part.numpy() for part in found)
        return grad_input


@dataclass(frozen=True)
class Formula:
    """grad_input as `gamma * inv_std * (g + centre*mean(g) + along*x_norm*mean(g*x_norm))`, so that it can be wrong."""

    centre: float = -1.0
    along: float = -1.0
    one_less: bool = False
    with_gamma: bool = True

    def __call__(self, layer: BatchNorm) -> WrittenOut:
        return WrittenOut(layer, self)


class WrittenOut(BatchNorm):
    """The emitted forward pass with a written-out backward pass."""

    def __init__(self, original: BatchNorm, formula: Formula) -> None:
        super().__init__(original.gamma.value, original.beta.value)
        self.gamma, self.beta = original.gamma, original.beta
        self.parameters: list[Parameter] = original.parameters
        self.formula = formula

    def backward(self, grad_output: Array) -> Array:
        g, formula, over = grad_output.astype(float), self.formula, (0, 2, 3)
        mean, inv_std = (part[:, None, None] for part in (self.saved.mean, self.saved.inv_std))
        x_norm = (self.x - mean) * inv_std
        self.beta.gradient = g.sum(over).astype(grad_output.dtype)
        self.gamma.gradient = (g * x_norm).sum(over).astype(grad_output.dtype)
        count = self.saved.count - (1 if formula.one_less else 0)
        gamma = self.gamma.value[:, None, None] if formula.with_gamma else 1.0
        centre = formula.centre * g.sum(over, keepdims=True) / count
        along = formula.along * x_norm * (g * x_norm).sum(over, keepdims=True) / count
        found: Array = gamma * inv_std * (g + centre + along)
        return found.astype(grad_output.dtype)


def curve(wrap: Wrap, dtype: Any, moved: int | None = None) -> Array:
    """The losses of the first steps; `moved` draws the last-place changes of the initial weights."""
    data, network = digits.load(dtype), digits.build(SEED, True, dtype)
    network.layers = [wrap(layer) if isinstance(layer, BatchNorm) else layer for layer in network.layers]
    if moved is not None:
        rng = np.random.default_rng((SEED, moved))
        for parameter in network.parameters:
            change = np.finfo(dtype).eps * rng.uniform(-1, 1, parameter.value.shape)
            parameter.value = (parameter.value * (1 + change)).astype(dtype)
    losses: list[float] = []
    epoch = 0
    while len(losses) < STEPS:
        for chosen in digits.minibatches(len(data.train_images), SEED, epoch)[: STEPS - len(losses)]:
            losses.append(
                network.step(data.train_images[chosen], data.train_labels[chosen], digits.RATE, digits.MOMENTUM)
            )
        epoch += 1
    return np.array(losses)


@cache
def peer(dtype: Any) -> Array:
    return curve(TorchBatchNorm, dtype)


@cache
def unit(dtype: Any) -> Array:
    distances = [curve(TorchBatchNorm, dtype, moved) - peer(dtype) for moved in range(MOVED)]
    grown = np.maximum.accumulate(np.sqrt(np.mean(np.square(distances), axis=0)))
    found: Array = np.maximum(grown, np.finfo(dtype).eps * peer(dtype))
    return found


def apart(losses: Array, others: Array, dtype: Any) -> float:
    """The largest distance between two curves, in units of a dtype."""
    return float((abs(losses - others) / unit(dtype)).max())


def ours(layer: BatchNorm) -> BatchNorm:
    return layer


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_curves_agree_to_rounding(dtype: Any) -> None:
    losses = curve(ours, dtype)
    assert apart(losses, peer(dtype), dtype) <= LIMIT
    # The curve is one of learning, not of standing still, and the unit is one of rounding.
    assert losses[-10:].mean() < 0.05 * losses[0]
    assert unit(dtype).max() < LIMIT * np.finfo(dtype).eps * losses[0]


@pytest.mark.parametrize("wrap", [ours, TorchBatchNorm])
def test_both_float32_curves_follow_the_float64_one(wrap: Wrap) -> None:
    """So neither has gone astray together with the other."""
    assert apart(curve(wrap, np.float32), peer(np.float64), np.float32) <= LIMIT


def test_the_written_out_formula_is_as_good() -> None:
    """So that the wrong ones below leave the tolerance for their mistake."""
    assert apart(curve(Formula(), np.float32), peer(np.float32), np.float32) <= LIMIT


@pytest.mark.parametrize(
    "wrong",
    [
        replace(Formula(), centre=0.0),
        replace(Formula(), along=0.0),
        replace(Formula(), one_less=True),
        replace(Formula(), with_gamma=False),
    ],
    ids=["without the mean term", "without the x_norm term", "N - 1 for N", "gamma left out"],
)
def test_a_wrong_kernel_leaves_the_tolerance(wrong: Formula) -> None:
    assert apart(curve(wrong, np.float32), peer(np.float32), np.float32) > 5 * LIMIT
