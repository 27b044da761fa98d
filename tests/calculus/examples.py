"""Layers as a user would write them, shared by the tests of the compiler."""

from __future__ import annotations

from collections.abc import Callable

from derive import Layer, average, axes, exp, log, positive, sqrt, tanh, tensor, total
from derive.catalogue import builtin

n, d = axes("n d")
x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
eps = positive("eps")

Maker = Callable[[], Layer]


def batch_norm() -> Layer:
    return builtin("batch_norm").layer


def batch_norm_inference() -> Layer:
    inference = builtin("batch_norm").interface.inference
    assert inference is not None
    return inference


def layer_norm() -> Layer:
    layer = Layer("layer_norm", inputs=(x, weight, bias), constants=(eps,))
    mean = layer.define("mean", average(x, over=d))
    var = layer.define("var", average((x - mean) ** 2, over=d))
    x_norm = layer.define("x_norm", (x - mean) / sqrt(var + eps))
    layer.output("y", weight * x_norm + bias)
    return layer


def layer_norm_in_one() -> Layer:
    layer = Layer("layer_norm_in_one", inputs=(x, weight, bias), constants=(eps,))
    mean = average(x, over=d)
    layer.output("y", weight * (x - mean) / sqrt(average((x - mean) ** 2, over=d) + eps) + bias)
    return layer


def rms_norm() -> Layer:
    layer = Layer("rms_norm", inputs=(x, weight), constants=(eps,))
    mean_square = layer.define("mean_square", average(x**2, over=d))
    layer.output("y", weight * x / sqrt(mean_square + eps))
    return layer


def rms_norm_in_one() -> Layer:
    layer = Layer("rms_norm_in_one", inputs=(x, weight), constants=(eps,))
    layer.output("y", weight * x / sqrt(average(x**2, over=d) + eps))
    return layer


def softmax() -> Layer:
    layer = Layer("softmax", inputs=(x,))
    raised = layer.define("raised", exp(x))
    layer.output("y", raised / total(raised, over=d))
    return layer


def softmax_in_one() -> Layer:
    layer = Layer("softmax_in_one", inputs=(x,))
    layer.output("y", exp(x) / total(exp(x), over=d))
    return layer


def log_softmax() -> Layer:
    layer = Layer("log_softmax", inputs=(x,))
    layer.output("y", x - log(total(exp(x), over=d)))
    return layer


def gate() -> Layer:
    """Elementwise, with a number that takes a gradient and a buffer that takes none."""
    slope, mask = tensor("slope"), tensor("mask", n)
    layer = Layer("gate", inputs=(x, slope), buffers=(mask,))
    layer.output("y", mask * x * tanh(slope * x))
    return layer


ALL: tuple[Maker, ...] = (
    batch_norm,
    batch_norm_inference,
    layer_norm,
    layer_norm_in_one,
    rms_norm,
    rms_norm_in_one,
    softmax,
    softmax_in_one,
    log_softmax,
    gate,
)
