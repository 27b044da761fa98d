"""The layers of the example: their gradients, and what batch norm does in training and in inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed (the examples extra)")

from examples import digits
from examples.network import Array, BatchNorm, Network, cross_entropy

STEP = 1e-6
IMAGES, LABELS = (part[:12] for part in (digits.load(np.float64).train_images, digits.load().train_labels))


def network(normalize: bool) -> Network:
    """In float64, after some steps, so that no gamma is 1 and no bias 0."""
    made = digits.build(1, normalize, np.float64)
    for _ in range(3):
        made.step(IMAGES, LABELS, 0.05, 0.9)
    return made


def loss(made: Network) -> float:
    return cross_entropy(made.forward(IMAGES, training=True), LABELS)[0]


def errors(made: Network) -> Array:
    """For every parameter: central differences along a random direction against the gradient's component.

    Relative to the gradient's length: its component has about that size. The round-off of a difference is a few
    1e-16 of a loss near 1 over the step, 1e-9; truncation, a third derivative times 1e-12, is less. A gradient that is
    zero, that of a bias ahead of batch norm, is compared with 1e-3 instead of its length; so 1e-5 leaves room.
    """
    made.step(IMAGES, LABELS, 0.0, 0.0)  # gradients, and nothing moves
    rng = np.random.default_rng(0)
    found = []
    for parameter in made.parameters:
        value, direction = parameter.value, rng.standard_normal(parameter.value.shape)
        losses = []
        for side in (STEP, -STEP):
            parameter.value = value + side * direction
            losses.append(loss(made))
        parameter.value = value
        numerical = (losses[0] - losses[1]) / (2 * STEP)
        analytical = float((parameter.gradient * direction).sum())
        found.append(abs(numerical - analytical) / max(float(np.linalg.norm(parameter.gradient)), 1e-3))
    return np.array(found)


@pytest.mark.parametrize("normalize", [True, False])
def test_every_gradient_is_that_of_the_loss(normalize: bool) -> None:
    assert errors(network(normalize)).max() < 1e-5


class WithoutVarianceTerm(BatchNorm):
    """Treats the variance as a constant: grad_input lacks its third term."""

    def backward(self, grad_output: Array) -> Array:
        found = super().backward(grad_output)
        gamma, saved = self.gamma.value[:, None, None], self.saved
        x_norm = (self.x - saved.mean[:, None, None]) * saved.inv_std[:, None, None]
        third = x_norm * (grad_output * x_norm).mean(axis=(0, 2, 3), keepdims=True)
        wrong: Array = found + gamma * saved.inv_std[:, None, None] * third
        return wrong


def test_a_wrong_kernel_would_show() -> None:
    made = network(True)
    first = next(i for i, layer in enumerate(made.layers) if isinstance(layer, BatchNorm))
    right: Any = made.layers[first]
    made.layers[first] = WithoutVarianceTerm(right.gamma.value, right.beta.value)
    # The convolution ahead of it gets the wrong gradient, everything behind it the right one.
    assert errors(made)[0] > 0.01


def test_biases_ahead_of_batch_norm_have_no_effect() -> None:
    """The theorem "blind to a constant", at work."""
    made = network(True)
    made.step(IMAGES, LABELS, 0.0, 0.0)
    for layer, after in zip(made.layers, made.layers[1:], strict=False):
        if isinstance(after, BatchNorm):
            weight, bias = layer.parameters
            assert abs(bias.gradient).max() < 1e-12 * abs(weight.gradient).max()


def test_inference_uses_running_statistics_and_leaves_them_alone() -> None:
    made = network(True)
    layers = [layer for layer in made.layers if isinstance(layer, BatchNorm)]
    before = [(layer.running_mean, layer.running_var) for layer in layers]
    together, alone = made.forward(IMAGES), np.concatenate([made.forward(IMAGES[i : i + 1]) for i in range(12)])
    np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-12)
    assert [(layer.running_mean, layer.running_var) for layer in layers] == before
    assert not np.allclose(together, made.forward(IMAGES, training=True), rtol=0.01)
    assert any(layer.running_mean is not mean for layer, (mean, _) in zip(layers, before, strict=True))


def test_cross_entropy_of_large_logits_is_finite() -> None:
    logits = np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]])
    value, gradient = cross_entropy(logits, np.array([1, 2]))
    assert value == pytest.approx((1000 + np.log(3)) / 2)
    np.testing.assert_allclose(gradient, [[0.5, -0.5, 0], [1 / 6, 1 / 6, -1 / 3]], atol=1e-15)
