"""Batch normalization in inference mode: the running statistics are given, not computed."""

from __future__ import annotations

from derive.language import Layer, axes, positive, sqrt, tensor

n, c, s = axes("n c s...")
x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
running_mean, running_var = tensor("running_mean", c), tensor("running_var", c)
eps = positive("eps")

inference = Layer(
    "batch_norm_inference", inputs=(x, gamma, beta), buffers=(running_mean, running_var), constants=(eps,)
)
x_norm = inference.define("x_norm", (x - running_mean) / sqrt(running_var + eps))
inference.output("y", gamma * x_norm + beta)
