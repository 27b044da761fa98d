"""Run by a test in a process of its own, with bounds checked: kernels on shapes and layouts that leave nothing even.

With an argument, tiles are made narrower than what is put into them, which must be noticed.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from tests.support.arrays import layouts
from tests.support.targets import module

SHAPES = ((3, 9, 2), (70, 10, 12), (5, 33, 1), (1, 1, 1), (2, 3, 9001), (9, 200, 6))


def main(narrow: bool) -> None:
    """Call forward and backward of a layer that has smaller tensors of every kind."""
    layer: Any = module("weighted_batch_norm", "numba")
    if narrow:
        layer._PITCH = 16
    rng = np.random.default_rng(3)
    for shape in SHAPES:
        x, g = (rng.standard_normal(shape).astype(np.float32) for _ in range(2))
        gamma, weights = np.ones(shape[1], np.float32), rng.random((shape[0], shape[2])) + 0.1
        plain = layer.backward(g, x, gamma, weights)
        for what, turned in layouts(x):
            for threads in (1, 3):
                layer.forward(turned, gamma, gamma, weights, threads=threads)
                found = layer.backward(g, turned, gamma, weights, threads=threads)
                for name, value in found._asdict().items():
                    close = np.abs(value - getattr(plain, name)) <= 1e-4 * (1 + np.abs(getattr(plain, name)))
                    assert close.all(), f"{name} of {shape}, x {what}, {threads} threads"


if __name__ == "__main__":
    main(bool(sys.argv[1:]))
