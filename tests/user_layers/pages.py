"""The layer files: RMS norm, layer norm and softmax, each step by step and as a single expression."""

from __future__ import annotations

STEP_BY_STEP = """
n, d = axes("n d")
x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
eps = positive("eps")

rms_norm = Layer("rms_norm", inputs=(x, weight), constants=(eps,))
mean_square = rms_norm.define("mean_square", average(x**2, over=d))
x_norm = rms_norm.define("x_norm", x / sqrt(mean_square + eps))
rms_norm.output("y", weight * x_norm)

layer_norm = Layer("layer_norm", inputs=(x, weight, bias), constants=(eps,))
mean = layer_norm.define("mean", average(x, over=d))
var = layer_norm.define("var", average((x - mean) ** 2, over=d))
x_norm = layer_norm.define("x_norm", (x - mean) / sqrt(var + eps))
layer_norm.output("y", weight * x_norm + bias)

softmax = Layer("softmax", inputs=(x,))
raised = softmax.define("raised", exp(x))
whole = softmax.define("whole", total(raised, over=d))
softmax.output("y", raised / whole)
"""

SINGLE_EXPRESSION = """
n, d = axes("n d")
x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
eps = positive("eps")

rms_norm = Layer("rms_norm", inputs=(x, weight), constants=(eps,))
rms_norm.output("y", weight * x / sqrt(average(x**2, over=d) + eps))

layer_norm = Layer("layer_norm", inputs=(x, weight, bias), constants=(eps,))
centred = x - average(x, over=d)
layer_norm.output("y", weight * centred / sqrt(average(centred**2, over=d) + eps) + bias)

softmax = Layer("softmax", inputs=(x,))
softmax.output("y", exp(x) / total(exp(x), over=d))
"""

PAGES = {"step by step": STEP_BY_STEP, "single expression": SINGLE_EXPRESSION}
LAYERS = ("rms_norm", "layer_norm", "softmax")
