"""Layer normalization: statistics over the features of each example alone (Ba, Kiros and Hinton 2016)."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

n, d = axes("n... d...")  # examples (batch, positions), features
x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
eps = positive("eps")

layer_norm = Layer("layer_norm", inputs=(x, weight, bias), constants=(eps,))
mean = layer_norm.define("mean", average(x, over=d))
var = layer_norm.define("var", average((x - mean) ** 2, over=d))
x_norm = layer_norm.define("x_norm", (x - mean) / sqrt(var + eps))
layer_norm.output("y", weight * x_norm + bias)
