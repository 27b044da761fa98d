"""Instance normalization: statistics over the positions of one channel of one example (Ulyanov and others 2016)."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

n, c, s = axes("n c s...")  # batch, channels, spatial positions
x, weight, bias = tensor("x", n, c, s), tensor("weight", c), tensor("bias", c)
eps = positive("eps")

instance_norm = Layer("instance_norm", inputs=(x, weight, bias), constants=(eps,))
mean = instance_norm.define("mean", average(x, over=s))
var = instance_norm.define("var", average((x - mean) ** 2, over=s))
x_norm = instance_norm.define("x_norm", (x - mean) / sqrt(var + eps))
instance_norm.output("y", weight * x_norm + bias)
