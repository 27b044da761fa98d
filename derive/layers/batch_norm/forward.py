"""Batch normalization in training mode: statistics over everything but the channels (Ioffe and Szegedy 2015)."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

n, c, s = axes("n c s...")  # batch, channels, spatial positions
x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
eps = positive("eps")

batch_norm = Layer("batch_norm", inputs=(x, gamma, beta), constants=(eps,))
mean = batch_norm.define("mean", average(x, over=(n, s)))
var = batch_norm.define("var", average((x - mean) ** 2, over=(n, s)))
x_norm = batch_norm.define("x_norm", (x - mean) / sqrt(var + eps))
batch_norm.output("y", gamma * x_norm + beta)
