"""The emitted PyTorch modules as the suites call them, and with one of their kernels changed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.support.contract import Array

torch: Any = importlib.import_module("torch")
HALF = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class TorchModule:
    """One emitted module; `half` gives it its data in half precision, `parameters` says whether the parameters too."""

    def __init__(self, name: str, module: Any = None, *, half: str = "", parameters: bool = True) -> None:
        self.name, self.half, self.parameters = name, half, parameters
        self.module = importlib.import_module(f"generated.torch.{name}") if module is None else module
        self.function = getattr(self.module, name)

    def run(self, inputs: Mapping[str, Array], g: Array, settings: Mapping[str, Any]) -> tuple[Array, dict[str, Array]]:
        first = next(iter(inputs))
        leaves = {key: torch.tensor(value) for key, value in inputs.items()}
        if self.half:
            kept = leaves if self.parameters else {first: leaves[first]}
            leaves |= {key: value.to(HALF[self.half]) for key, value in kept.items()}
        takes = [key for key in leaves if key not in ("mask", "weights")]
        for key in takes:
            leaves[key].requires_grad_()
        y = self.function(*leaves.values(), **settings)
        assert y.dtype == leaves[first].dtype and y.shape == leaves[first].shape
        y.backward(torch.tensor(g).to(y.dtype))
        for key in takes:
            assert leaves[key].grad.dtype == leaves[key].dtype and leaves[key].grad.shape == leaves[key].shape, key
        return as_array(y), {key: as_array(leaves[key].grad) for key in takes}


def as_array(tensor: Any) -> Array:
    """A tensor as an array, half precision as float32."""
    tensor = tensor.detach()
    return np.asarray((tensor.float() if tensor.dtype in HALF.values() else tensor).numpy())
