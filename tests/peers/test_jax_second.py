"""`jvp` and `double_backward` of the emitted NumPy modules against JAX's own differentiation of the plain layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.second_order.layers import EVERY, Layer, label
from tests.support import catalogue, layers
from tests.support.contract import DTYPES, Array
from tests.support.duals import PREFIX
from tests.support.second_order import Functions, Trial

pytestmark = pytest.mark.peers
jax = pytest.importorskip("jax")

# JAX calculates in float64: of that its own roundings are as large as ours, of float32 they are nothing.
SHARE = {np.dtype(np.float32): 1.0, np.dtype(np.float64): 2.0}


def by_jax(trial: Trial) -> tuple[Array, dict[str, Array]]:
    """The tangent, and the gradients of its product with grad_output, all by JAX."""
    reference = trial.reference
    wide = {name: jax.numpy.asarray(value, "float64") for name, value in trial.inputs.items()}
    buffers = {name: wide[name] for name in reference.buffers}
    along = {name: wide[f"{PREFIX}{name}"] for name in trial.own}
    g = jax.numpy.asarray(trial.g, "float64")

    def function(own: dict[str, Any]) -> Any:
        return reference.function({**own, **buffers}, reference.constants)

    def tangent(own: dict[str, Any]) -> Any:
        return jax.jvp(function, (own,), (along,))[1]

    own = {name: wide[name] for name in trial.own}
    gradients = jax.grad(lambda values: (g * tangent(values)).sum())(own)
    return np.asarray(tangent(own)), {name: np.asarray(value) for name, value in gradients.items()}


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", EVERY, ids=label)
def test_second_derivatives_agree_with_jax(layer: Layer, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for sizes in (layer.sizes[0], layer.sizes[4]):
        trial, arguments = layer.trial(sizes, dtype)
        expected = trial.expected
        with monkeypatch.context() as changed:
            for module in (layers, catalogue):  # the plain layers are written with these functions
                changed.setattr(module, "anp", jax.numpy)
            tangent, gradients = by_jax(trial)
        run = Functions(layer.module, trial, arguments)
        found = run.double_backward()
        share = SHARE[np.dtype(dtype)]
        for actual in (run.jvp(), found.grad_grad_output):
            assert (abs(actual - tangent) <= share * expected.allowed_y).all(), sizes
        for name, value in gradients.items():
            error = abs(getattr(found, f"grad_{name}") - value)
            assert (error <= share * expected.allowed[name]).all(), (sizes, name)
