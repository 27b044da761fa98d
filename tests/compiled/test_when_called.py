"""Where kernels are compiled when they are called, the layers that the other suites leave out can be, and are right."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support import layers
from tests.support.catalogue import MEMBERS, Member, Standard, label
from tests.support.contract import Array
from tests.support.targets import GENERATED, TRIED, is_tried, module, require
from tests.user_layers.workshop import emit

LEFT_OUT = [replace(m, target=target) for target in TRIED for m in MEMBERS if not is_tried(target, m.name)]
PAGE = """
u, v, w = axes("u v w")
x, stretch, shift = tensor("x", u, v, w), tensor("stretch", v, w), tensor("shift", u, w)
eps = positive("eps")

two_axes = Layer("two_axes", inputs=(x, stretch, shift), constants=(eps,))
middle = two_axes.define("middle", average(x, over=(v, w)))
var = two_axes.define("var", average((x - middle) ** 2, over=(v, w)))
two_axes.output("y", tanh(stretch * (x - middle)) / sqrt(var + eps) + shift)

n, d = axes("n d")
x, weight, bias, other = tensor("x", n, d), tensor("weight", d), tensor("bias", n), tensor("other", n, d)

across = Layer("across", inputs=(x, weight, bias, other), constants=(eps,))
size = across.define("size", average((x - average(x, over=d)) ** 2, over=d))
heat = across.define("heat", average((other - average(other, over=n)) ** 2, over=n))
across.output("y", weight * x * tanh(other) / sqrt(size + eps) + bias * log(heat + eps) / (size + 2 * eps) + x * bias)
"""


@pytest.mark.parametrize("member", LEFT_OUT, ids=label)
def test_a_layer_that_no_other_suite_calls(member: Member) -> None:
    """Both directions: accuracy, every layout, threads; in float32, of which Numba makes float64 where it matters."""
    require(member.target)
    sizes = member.sized(member.usual)
    reference = member.reference(sizes)
    standard = Standard(module(member.name, member.target), reference, member.arguments(sizes))
    layers.validate_layer(standard, reference, layers.draw_inputs(reference, sizes, np.float32))


def two_axes(x: Array, stretch: Array, shift: Array) -> Array:
    """The page's formula in plain NumPy."""
    deviation = x - x.mean(axis=(1, 2), keepdims=True)
    var = (deviation**2).mean(axis=(1, 2), keepdims=True)
    return np.asarray(np.tanh(stretch * deviation) / np.sqrt(var + 1e-3) + shift[:, None])


def across(x: Array, weight: Array, bias: Array, other: Array) -> Array:
    """The other one: statistics over rows and over columns, one of which is complete when all blocks are done."""
    size = ((x - x.mean(axis=1, keepdims=True)) ** 2).mean(axis=1, keepdims=True)
    heat = ((other - other.mean(axis=0)) ** 2).mean(axis=0)
    rows = bias[:, None] * np.log(heat + 1e-3) / (size + 2e-3) + x * bias[:, None]
    return np.asarray(weight * x * np.tanh(other) / np.sqrt(size + 1e-3) + rows)


SHAPES: dict[Callable[..., Array], dict[str, tuple[int, ...]]] = {
    two_axes: {"x": (7, 5, 6), "stretch": (5, 6), "shift": (7, 6)},
    across: {"x": (9, 8), "weight": (8,), "bias": (9,), "other": (9, 8)},
}


@pytest.mark.parametrize("formula", SHAPES)
@pytest.mark.parametrize("target", TRIED)
def test_a_page_of_a_user(target: str, formula: Callable[..., Array], tmp_path: Path) -> None:
    """What `regenerate-kernels page.py --target numba` writes, against complex-step derivatives of the formula.

    1e-12 of the largest term is some thousand eps for sums of at most 210 terms of a few roundings each, and far below
    what a missing term would be.
    """
    layer = emit(tmp_path, PAGE, formula.__name__, target=target)[formula.__name__]
    rng = np.random.default_rng(5)
    given = {name: rng.standard_normal(shape) for name, shape in SHAPES[formula].items()}
    g = rng.standard_normal(given["x"].shape)
    y, saved = layer.forward(*given.values(), eps=1e-3)
    np.testing.assert_allclose(y, formula(**given), rtol=0, atol=1e-12 * np.abs(y).max())
    taken = [given[name] for name in inspect.signature(layer.backward).parameters if name in given]
    gradients = layer.backward(g, *taken, saved=saved, eps=1e-3)
    for name, value in given.items():
        found = getattr(gradients, "grad_input" if name == "x" else f"grad_{name}")
        for place in list(np.ndindex(value.shape))[::5]:
            moved = {key: array.astype(np.complex128) for key, array in given.items()}
            moved[name][place] += 1e-30j
            terms = formula(**moved).imag * g / 1e-30
            assert abs(terms.sum() - found[place]) <= 1e-12 * np.abs(terms).max(), (name, place)


@pytest.mark.parametrize("narrow", [False, True], ids=["as they are", "with tiles too narrow"])
def test_no_place_is_out_of_bounds(narrow: bool, tmp_path: Path) -> None:
    """Compiled with checks, which are no part of what is in the cache; and that they see a step beside."""
    require("numba")
    checked = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.compiled.bounds", *(["narrow"] if narrow else [])]
    done = subprocess.run(command, cwd=GENERATED.parent, env=checked, capture_output=True, text=True, timeout=900)
    if narrow:
        assert done.returncode != 0 and "IndexError" in done.stderr, done.stderr
    else:
        assert done.returncode == 0, done.stderr
