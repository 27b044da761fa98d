"""Whether a backward pass is linear in grad_output, as the derivative of any function is."""

from __future__ import annotations

import numpy as np

from derive.checks.setting import Setting
from derive.checks.verdict import Property


def linearity(setting: Setting) -> Property:
    """Compare the gradient of the sum of two cotangents with the sum of their gradients, along the directions."""
    calls = setting.calls
    first, second = setting.all[:2]
    both = (first.value + second.value).astype(first.value.dtype)
    total = calls.backward(both, calls.inputs)
    failing = []
    for place, moves in enumerate(setting.moving):
        three = [gradients[place] for gradients in (*setting.gradients[:2], total)]
        if not moves or not calls.inputs[place].size:
            continue
        if any(g is None or g.shape != calls.inputs[place].shape or not np.isfinite(g).all() for g in three):
            continue  # said elsewhere
        a, b, c = (np.asarray(g).astype(np.longdouble) for g in three)
        vectors = setting.vectors(place)
        # The cotangents' own sum is rounded once more, hence twice what one gradient is allowed.
        scatter = 2 * sum(setting.scatter(place, j, vectors) for j in (0, 1))
        for v in vectors:
            off = abs(float(np.sum((c - a - b) * v)))
            if off > setting.in_rounding * scatter + setting.floor(a, v) + setting.floor(b, v):
                failing.append(calls.names[place])
                break
    words = "backward(g1 + g2) is not backward(g1) + backward(g2) for the gradient of"
    return Property("linear in grad_output", not failing, f"{words} {', '.join(failing)}")
