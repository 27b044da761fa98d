"""Batch normalization followed by SiLU, as one layer: the activation joins the passes of the normalization."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sigmoid, sqrt, tensor

n, c, s = axes("n c s...")  # batch, channels, spatial positions
x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
eps = positive("eps")

batch_norm_silu = Layer("batch_norm_silu", inputs=(x, gamma, beta), constants=(eps,))
mean = batch_norm_silu.define("mean", average(x, over=(n, s)))
var = batch_norm_silu.define("var", average((x - mean) ** 2, over=(n, s)))
z = batch_norm_silu.define("z", gamma * (x - mean) / sqrt(var + eps) + beta)
batch_norm_silu.output("y", z * sigmoid(z))
