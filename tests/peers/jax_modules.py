"""The emitted JAX modules as the suites call them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.support.contract import Array

jax: Any = importlib.import_module("jax")
jnp: Any = importlib.import_module("jax.numpy")
HALF = {"bfloat16": jnp.bfloat16, "float16": jnp.float16}


class JaxModule:
    """One emitted module, under jit; `mode` takes its other function, `half` gives it its data in half precision."""

    def __init__(
        self, name: str, module: Any = None, *, half: str = "", parameters: bool = True, mode: str = ""
    ) -> None:
        self.half, self.parameters = half, parameters
        self.module = importlib.import_module(f"generated.jax.{name}") if module is None else module
        self.function = getattr(self.module, name + mode)

    def run(self, inputs: Mapping[str, Array], g: Array, settings: Mapping[str, Any]) -> tuple[Array, dict[str, Array]]:
        first = next(iter(inputs))
        given = {key: jnp.asarray(value) for key, value in inputs.items()}
        if self.half:
            kept = given if self.parameters else {first: given[first]}
            given |= {key: value.astype(HALF[self.half]) for key, value in kept.items()}
        takes = [key for key in given if key not in ("mask", "weights")]

        def both(leaves: Any, cotangent: Any) -> Any:
            def apply(leaves: Any) -> Any:
                return self.function(*{**given, **leaves}.values(), **settings)

            y, pull = jax.vjp(apply, leaves)
            return y, pull(cotangent)[0]

        y, gradients = jax.jit(both)({key: given[key] for key in takes}, jnp.asarray(g).astype(given[first].dtype))
        assert y.dtype == given[first].dtype and y.shape == given[first].shape
        for key in takes:
            assert gradients[key].dtype == given[key].dtype and gradients[key].shape == given[key].shape, key
        return as_array(y), {key: as_array(gradients[key]) for key in takes}


def as_array(values: Any) -> Array:
    """Values as an array, half precision as float32."""
    return np.asarray(values.astype(jnp.float32) if values.dtype in HALF.values() else values)
