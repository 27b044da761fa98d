"""An output may be the place of an input: then nothing is kept there while that input is still read."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.support.contract import DTYPES
from tests.user_layers.workshop import emit

# Both passes read x, and the backward pass grad_output, after the first operation: where is its result?
PAGE = """
n, c = axes("n c")
x, w = tensor("x", n, c), tensor("w", c)

gated = Layer("gated", inputs=(x, w))
gated.output("y", w * exp(x) * x + x**2)
"""
SHAPE = (300, 90)


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return emit(tmp_path_factory.mktemp("gated"), PAGE, "gated")["gated"]


def exact(x: Any, w: Any, g: Any) -> tuple[Any, Any]:
    x, w, g = (a.astype(np.longdouble) for a in (x, w, g))
    return w * np.exp(x) * x + x**2, g * (w * np.exp(x) * (1 + x) + 2 * x)


@pytest.mark.parametrize("small", [True, False], ids=["few calls", "in blocks"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("place", ["nowhere", "x", "grad_output", "turned"])
def test_the_result_is_right_wherever_it_goes(
    emitted: Any, small: bool, dtype: Any, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SHAPE[0] * SHAPE[1] > emitted._ALONE  # there the form with few calls works in the output, too
    if not small:
        monkeypatch.setattr(emitted, "_SMALL", 0)
        monkeypatch.setattr(emitted, "_CHUNK_BYTES", 64 * 1024)
    random = np.random.default_rng(0)
    x, g = (random.uniform(-2, 2, SHAPE).astype(dtype) for _ in range(2))
    w = random.uniform(0.5, 1.5, SHAPE[1]).astype(dtype)
    y, grad_x = exact(x, w, g)
    places = {"nowhere": None, "x": x, "grad_output": g, "turned": np.empty(SHAPE[::-1], dtype).T}
    eps = np.finfo(dtype).eps

    out = places[place] if place != "grad_output" else None
    found, _ = emitted.forward(x.copy() if place != "x" else x, w, out=out)
    assert out is None or found is out
    assert (abs(found - y) <= 8 * eps * abs(y).max()).all()

    if place == "x":
        x[...] = random.uniform(-2, 2, SHAPE)
        grad_x = exact(x, w, g)[1]
    gradients = emitted.backward(g, x, w, out=places[place])
    assert places[place] is None or gradients.grad_input is places[place]
    assert (abs(gradients.grad_input - grad_x) <= 8 * eps * abs(grad_x).max()).all()
