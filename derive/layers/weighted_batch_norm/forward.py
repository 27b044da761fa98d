"""Batch normalization in which some elements count more than others in the statistics.

The weights take no gradient; they weight the statistics alone, and every element is normalized by them.
"""

from __future__ import annotations

from derive.language import Layer, axes, nonnegative, positive, sqrt, tensor, total

n, c, s = axes("n c s...")  # batch, channels, spatial positions
x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
weights = nonnegative("weights", n, s)
eps = positive("eps")

weighted_batch_norm = Layer("weighted_batch_norm", inputs=(x, gamma, beta), buffers=(weights,), constants=(eps,))
mass = weighted_batch_norm.define("mass", total(weights, over=(n, s)))
mean = weighted_batch_norm.define("mean", total(weights * x, over=(n, s)) / mass)
var = weighted_batch_norm.define("var", total(weights * (x - mean) ** 2, over=(n, s)) / mass)
x_norm = weighted_batch_norm.define("x_norm", (x - mean) / sqrt(var + eps))
weighted_batch_norm.output("y", gamma * x_norm + beta)
