"""Group normalization: statistics over groups of channels of one example (Wu and He 2018).

The channels are two axes here, the groups and the channels of a group; a caller sees them as one dimension.
"""

from __future__ import annotations

from derive.language import Layer, average, axes, positive, sqrt, tensor

n, g, k, s = axes("n g k s...")  # batch, groups, channels of a group, spatial positions
x, weight, bias = tensor("x", n, g, k, s), tensor("weight", g, k), tensor("bias", g, k)
eps = positive("eps")

group_norm = Layer("group_norm", inputs=(x, weight, bias), constants=(eps,))
mean = group_norm.define("mean", average(x, over=(k, s)))
var = group_norm.define("var", average((x - mean) ** 2, over=(k, s)))
x_norm = group_norm.define("x_norm", (x - mean) / sqrt(var + eps))
group_norm.output("y", weight * x_norm + bias)
