"""RMS normalization: the features divided by the root of their mean square (Zhang and Sennrich 2019)."""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

n, d = axes("n... d...")  # examples (batch, positions), features
x, weight = tensor("x", n, d), tensor("weight", d)
eps = positive("eps")

rms_norm = Layer("rms_norm", inputs=(x, weight), constants=(eps,))
mean_square = rms_norm.define("mean_square", average(x**2, over=d))
rms_norm.output("y", weight * x / sqrt(mean_square + eps))
