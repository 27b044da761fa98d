"""The logarithm of softmax, without taking the logarithm of anything small."""

from __future__ import annotations

from derive.language import Layer, axes, exp, log, maximum, stabilizer, tensor, total

n, d = axes("n... d")  # whatever there is, the classes
x = tensor("x", n, d)

log_softmax = Layer("log_softmax", inputs=(x,))
shift = log_softmax.define("shift", stabilizer(maximum(x, over=d)))
mass = log_softmax.define("mass", total(exp(x - shift), over=d))
log_softmax.output("y", x - shift - log(mass))
