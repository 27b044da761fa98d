"""Softmax: exponentials that add up to one; the largest logit is subtracted first, which changes nothing."""

from __future__ import annotations

from derive.language import Layer, axes, exp, maximum, stabilizer, tensor, total

n, d = axes("n... d")  # whatever there is, the classes
x = tensor("x", n, d)

softmax = Layer("softmax", inputs=(x,))
shift = softmax.define("shift", stabilizer(maximum(x, over=d)))
raised = softmax.define("raised", exp(x - shift))
mass = softmax.define("mass", total(raised, over=d))
softmax.output("y", raised / mass)
