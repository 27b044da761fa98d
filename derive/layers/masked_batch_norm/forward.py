"""Batch normalization of data with padding: a mask says what counts, and the output is zero where it does not.

Padding neither gets a gradient nor gives one, and its data is never looked at: it may be anything, NaN too.
"""

from __future__ import annotations

from derive.language import Layer, axes, indicator, positive, sqrt, tensor, total

n, c, s = axes("n c s...")  # batch, channels, spatial positions
x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
mask = indicator("mask", n, s)
eps = positive("eps")

masked_batch_norm = Layer("masked_batch_norm", inputs=(x, gamma, beta), buffers=(mask,), constants=(eps,))
kept = masked_batch_norm.define("kept", total(mask, over=(n, s)))
mean = masked_batch_norm.define("mean", total(mask * x, over=(n, s)) / kept)
var = masked_batch_norm.define("var", total(mask * (x - mean) ** 2, over=(n, s)) / kept)
masked_batch_norm.output("y", mask * (gamma * (x - mean) / sqrt(var + eps) + beta))
