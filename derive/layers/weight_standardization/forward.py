"""Weight standardization: the weights of a convolution, normalized for each output channel (Qiao and others 2019)."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

o, i, s = axes("o i s...")  # output channels, input channels, positions in the kernel
x = tensor("x", o, i, s)
eps = positive("eps")

weight_standardization = Layer("weight_standardization", inputs=(x,), constants=(eps,))
mean = weight_standardization.define("mean", average(x, over=(i, s)))
var = weight_standardization.define("var", average((x - mean) ** 2, over=(i, s)))
weight_standardization.output("y", (x - mean) / sqrt(var + eps))
