"""L2 normalization: vectors divided by their length.

eps joins the length in quadrature, sqrt(|x|**2 + eps**2), which is smooth everywhere. PyTorch divides by max(|x|, eps):
the two differ only for vectors that are hardly longer than eps.
"""

from __future__ import annotations

from derive.language import Layer, axes, positive, sqrt, tensor, total

n, d = axes("n... d")  # whatever there is, the components of a vector
x = tensor("x", n, d)
eps = positive("eps")

l2_normalize = Layer("l2_normalize", inputs=(x,), constants=(eps,))
square = l2_normalize.define("square", total(x**2, over=d))
l2_normalize.output("y", x / sqrt(square + eps**2))
