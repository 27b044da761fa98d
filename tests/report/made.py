"""Reports to look at: batch norm's, and those of a user's layers, made once."""

from __future__ import annotations

from functools import cache

from derive import Interface, Layer, average, axes, exp, log, positive, sqrt, tanh, tensor, total
from derive.catalogue import Entry, builtin
from derive.pipeline import Product, make


@cache
def product(name: str) -> Product:
    """What is made for the layer of that name."""
    if name == "batch_norm":
        return make(builtin(name))
    return make(Entry(_layers()[name], Interface(), None, f"my--layers.py:{name}"))


def _layers() -> dict[str, Layer]:
    n, d = axes("n d")
    x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
    eps = positive("eps")

    rms_norm = Layer("rms_norm", inputs=(x, weight), constants=(eps,))
    mean_square = rms_norm.define("mean_square", average(x**2, over=d))
    rms_norm.output("y", weight * x / sqrt(mean_square + eps))

    layer_norm = Layer("layer_norm", inputs=(x, weight, bias), constants=(eps,))
    centred = x - average(x, over=d)
    layer_norm.output("y", weight * centred / sqrt(average(centred**2, over=d) + eps) + bias)

    softmax = Layer("softmax", inputs=(x,))
    softmax.output("y", exp(x) / total(exp(x), over=d))

    odd = Layer("odd", inputs=(x, weight), constants=(eps,))
    t = odd.define("t", tanh(weight * x))
    m = odd.define("m", average(t**2, over=d))
    k = odd.define("k", total(log(m + eps), over=n))
    odd.output("y", t * log(m + eps) + k * x)
    return {layer.name: layer for layer in (rms_norm, layer_norm, softmax, odd)}


NAMES = ("batch_norm", "rms_norm", "layer_norm", "softmax", "odd")


def text(name: str, ending: str) -> str:
    """The text of the report file with that ending."""
    return next(content for path, content in product(name).files if path == f"reports/{name}{ending}")
