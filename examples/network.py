"""A small convolutional network in plain NumPy, with batch normalization from the generated module.

Every layer has a forward pass, which keeps what the backward pass needs, and a backward pass, which takes
the gradient of the layer's output, stores the gradients of its parameters and returns the gradient of its input.
Images have the axes (image, channel, row, column). Everything is computed in the dtype of the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from generated.numpy import batch_norm

Array = NDArray[Any]
Labels = NDArray[np.intp]


@dataclass
class Parameter:
    """What is learned, its last gradient, and the velocity that the optimizer gives it."""

    value: Array
    gradient: Array = field(init=False)
    velocity: Array = field(init=False)

    def __post_init__(self) -> None:
        self.gradient = np.zeros_like(self.value)
        self.velocity = np.zeros_like(self.value)


class Layer(Protocol):
    """What the network asks of its layers."""

    @property
    def parameters(self) -> list[Parameter]:
        """What this layer learns."""

    def forward(self, x: Array, training: bool) -> Array:
        """Compute the output."""

    def backward(self, grad_output: Array) -> Array:
        """Store the gradients of the parameters and return that of the input."""


class Convolution:
    """A 3x3 convolution with zero padding: the weight of shape (out, in, 3, 3) and a bias per output channel."""

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight, self.bias = Parameter(weight), Parameter(bias)
        self.parameters = [self.weight, self.bias]

    def forward(self, x: Array, training: bool) -> Array:
        """Multiply the weights by the 3x3 neighbourhood of every pixel, one column of a matrix."""
        self.columns, weight = _neighbourhoods(x), self.weight.value
        flat = weight.reshape(len(weight), -1) @ self.columns + self.bias.value[:, None]
        return _channels_second(flat, x.shape)

    def backward(self, grad_output: Array) -> Array:
        """Correlate the columns with grad_output, and convolve grad_output with the weights turned by 180 degrees."""
        weight = self.weight.value
        flat = grad_output.swapaxes(0, 1).reshape(len(weight), -1)
        self.weight.gradient = (flat @ self.columns.T).reshape(weight.shape)
        self.bias.gradient = flat.sum(axis=1)
        turned = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
        return _channels_second(turned.reshape(len(turned), -1) @ _neighbourhoods(grad_output), grad_output.shape)


class BatchNorm:
    """The generated kernels: batch statistics in training, running statistics in inference."""

    def __init__(self, gamma: Array, beta: Array) -> None:
        self.gamma, self.beta = Parameter(gamma), Parameter(beta)
        self.parameters = [self.gamma, self.beta]
        self.running_mean, self.running_var = np.zeros_like(gamma), np.ones_like(gamma)

    def forward(self, x: Array, training: bool) -> Array:
        """Normalize, and follow the statistics while training."""
        gamma, beta = self.gamma.value, self.beta.value
        if not training:
            return batch_norm.forward_inference(x, gamma, beta, self.running_mean, self.running_var)
        self.x = x
        y, self.saved = batch_norm.forward(x, gamma, beta)
        self.running_mean, self.running_var = batch_norm.update_running(self.running_mean, self.running_var, self.saved)
        return y

    def backward(self, grad_output: Array) -> Array:
        """Call the emitted kernel."""
        gradients = batch_norm.backward(grad_output, self.x, self.gamma.value, saved=self.saved)
        assert gradients.grad_gamma is not None
        self.gamma.gradient, self.beta.gradient = gradients.grad_gamma, gradients.grad_beta
        return gradients.grad_input


class Silu:
    """x * sigmoid(x).

    It is smooth where max(x, 0) has a kink: there a rounding error can decide which side an element is on, and two
    right implementations part by more than rounding.
    """

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, training: bool) -> Array:
        """Keep x and its sigmoid, by way of tanh, which never overflows."""
        self.x, self.sigmoid = x, np.tanh(x / 2) / 2 + 0.5
        return x * self.sigmoid

    def backward(self, grad_output: Array) -> Array:
        """Apply the product rule, with the derivative sigmoid * (1 - sigmoid)."""
        return grad_output * (self.sigmoid * (1 + self.x * (1 - self.sigmoid)))


class HalfSize:
    """The average of every 2x2 square of pixels."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def forward(self, x: Array, training: bool) -> Array:
        """Add four quarters."""
        n, c, h, w = x.shape
        squares: Array = x.reshape(n, c, h // 2, 2, w // 2, 2)
        average: Array = squares.mean(axis=(3, 5))
        return average

    def backward(self, grad_output: Array) -> Array:
        """Give each of the four a quarter of the gradient."""
        return (grad_output / 4).repeat(2, axis=2).repeat(2, axis=3)


class Dense:
    """All pixels of an image times a weight of shape (out, pixels), plus a bias."""

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight, self.bias = Parameter(weight), Parameter(bias)
        self.parameters = [self.weight, self.bias]

    def forward(self, x: Array, training: bool) -> Array:
        """Multiply the flattened images."""
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.weight.value.T + self.bias.value

    def backward(self, grad_output: Array) -> Array:
        """Apply the chain rule to a matrix product."""
        self.weight.gradient = grad_output.T @ self.x
        self.bias.gradient = grad_output.sum(axis=0)
        return (grad_output @ self.weight.value).reshape(self.shape)


def _neighbourhoods(x: Array) -> Array:
    """One column per pixel: the channels of its 3x3 neighbourhood, zero outside the image."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = sliding_window_view(padded, x.shape[2:], axis=(2, 3))  # n, c, 3, 3, h, w
    return windows.transpose(1, 2, 3, 0, 4, 5).reshape(x.shape[1] * 9, -1)


def _channels_second(flat: Array, shape: tuple[int, ...]) -> Array:
    """One column per pixel back into images."""
    n, _, h, w = shape
    return np.ascontiguousarray(flat.reshape(-1, n, h, w).swapaxes(0, 1))


def cross_entropy(logits: Array, labels: Labels) -> tuple[float, Array]:
    """The mean of -log softmax(logits)[label] over the images, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_softmax = shifted - log_sum
    rows = np.arange(len(labels))
    gradient = np.exp(log_softmax)
    gradient[rows, labels] -= 1
    return float(-log_softmax[rows, labels].mean()), gradient / len(labels)


class Network:
    """Layers one after the other."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self.parameters = [parameter for layer in self.layers for parameter in layer.parameters]

    def forward(self, x: Array, training: bool = False) -> Array:
        """Compute the logits."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def step(self, images: Array, labels: Labels, rate: float, momentum: float) -> float:
        """Take one step of gradient descent with momentum on a minibatch, and return its loss."""
        loss, gradient = cross_entropy(self.forward(images, training=True), labels)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        for parameter in self.parameters:
            parameter.velocity = momentum * parameter.velocity + parameter.gradient
            parameter.value = parameter.value - rate * parameter.velocity
        return loss

    def accuracy(self, images: Array, labels: Labels) -> float:
        """The share of the images that are given their label, in inference mode."""
        return float(np.mean(self.forward(images).argmax(axis=1) == labels))
