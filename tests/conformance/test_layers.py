"""``validate_layer``, the harness for every other emitted module, held to its own standard.

Plain closed forms stand in for emitted modules here: right ones must pass, and each of them with
one mistake must not. The emitted modules go through the same function elsewhere.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.support import layers
from tests.support.contract import DTYPES, Array

Gradient = Callable[..., dict[str, Array]]


@dataclass(frozen=True)
class Model:
    """A module of the generic signature, computed in float64 or better and rounded once."""

    names: tuple[str, ...]  # of the parameters
    forward_of: Callable[..., Array]
    gradients_of: Gradient

    def forward(self, x: Array, *others: Array, axes: Any = None, **constants: float) -> Any:
        order = _order(axes, x.ndim)
        wide = [np.asarray(a, np.longdouble) for a in (np.transpose(x, order), *others)]
        y = self.forward_of(*wide, **constants)
        return np.transpose(y.astype(x.dtype), np.argsort(order)), None

    def backward(
        self, g: Array, x: Array, *others: Array, saved: Any = None, axes: Any = None,
        out: Array | None = None, threads: int = 1, **constants: float,
    ) -> Any:  # fmt: skip
        order = _order(axes, x.ndim)
        given = (np.transpose(g, order), np.transpose(x, order), *others)
        found = self.gradients_of(*(np.asarray(a, np.longdouble) for a in given), **constants)
        first, *rest = (value.astype(x.dtype) for value in found.values())
        first = np.transpose(first, np.argsort(order))
        if out is not None:
            out[...] = first
            first = out
        fields = ["grad_input", *(f"grad_{name}" for name in self.names)]
        return namedtuple("result", fields)(first, *rest)


def _order(axes: Mapping[str, int] | None, rank: int) -> list[int]:
    return list(axes.values()) if axes else list(range(rank))


def _row_mean(values: Array) -> Array:
    return np.asarray(values.mean(axis=1, keepdims=True))


def rms_gradients(g: Array, x: Array, weight: Array, eps: float) -> dict[str, Array]:
    r = 1 / np.sqrt(_row_mean(x * x) + eps)
    gw = g * weight
    return {"x": r * (gw - x * r * r * _row_mean(gw * x)), "weight": (g * x * r).sum(axis=0)}


def layer_gradients(g: Array, x: Array, weight: Array, bias: Array, eps: float) -> dict[str, Array]:
    d = x - _row_mean(x)
    r = 1 / np.sqrt(_row_mean(d * d) + eps)
    gw, x_norm = g * weight, d * r
    inner = gw - _row_mean(gw) - x_norm * _row_mean(gw * x_norm)
    return {"x": r * inner, "weight": (g * x_norm).sum(axis=0), "bias": g.sum(axis=0)}


def softmax_forward(x: Array) -> Array:
    raised = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def softmax_gradients(g: Array, x: Array) -> dict[str, Array]:
    y = softmax_forward(x)
    return {"x": y * (g - (g * y).sum(axis=1, keepdims=True))}


def rms_forward(x: Array, weight: Array, eps: float) -> Array:
    return np.asarray(weight * x / np.sqrt(_row_mean(x * x) + eps))


def layer_forward(x: Array, weight: Array, bias: Array, eps: float) -> Array:
    d = x - _row_mean(x)
    return np.asarray(weight * d / np.sqrt(_row_mean(d * d) + eps) + bias)


MODELS = {
    "rms_norm": Model(("weight",), rms_forward, rms_gradients),
    "layer_norm": Model(("weight", "bias"), layer_forward, layer_gradients),
    "softmax": Model((), softmax_forward, softmax_gradients),
}


@pytest.mark.parametrize("layer", layers.REFERENCES, ids=lambda layer: layer.name)
def test_a_right_module_passes(layer: layers.Reference) -> None:
    layers.validate_everywhere(MODELS[layer.name], layer)


@pytest.mark.parametrize("layer", layers.REFERENCES, ids=lambda layer: layer.name)
def test_axes_in_another_order(layer: layers.Reference) -> None:
    """Inputs whose first dimension is the reduced one."""
    inputs = layers.draw_inputs(layer, {"n": 6, "d": 9}, np.float32)
    turned = {**inputs, "x": np.ascontiguousarray(inputs["x"].T)}
    layers.validate_layer(MODELS[layer.name], layer, turned, axes={"n": 1, "d": 0})


def _spoilt(model: Model, name: str, factor: float) -> Model:
    def gradients(*arrays: Array, **constants: float) -> dict[str, Array]:
        found = model.gradients_of(*arrays, **constants)
        return {**found, name: found[name] * np.longdouble(factor)}

    return replace(model, gradients_of=gradients)


def _label(value: Any) -> str:
    return str(getattr(value, "name", value))


MISTAKES = [(layer, name) for layer in layers.REFERENCES for name in (*layer.inputs, "y")]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("layer", "name"), MISTAKES, ids=_label)
def test_one_per_cent_is_caught(layer: layers.Reference, name: str, dtype: Any) -> None:
    """Every gradient, and y, 1% off: on every standard size with more than one element a row."""
    model = MODELS[layer.name]
    if name == "y":
        wrong = replace(model, forward_of=lambda *a, **k: model.forward_of(*a, **k) * 1.01)
    else:
        wrong = _spoilt(model, name, 1.01)
    axes = layer.inputs[layer.first]
    for sizes in layers.SIZES:
        if sizes[1] == 1:
            continue  # one element in the row: softmax and layer norm have no input gradient
        inputs = layers.draw_inputs(layer, dict(zip(axes, sizes, strict=True)), dtype)
        with pytest.raises(AssertionError, match="y is wrong" if name == "y" else "grad_"):
            layers.validate_layer(wrong, layer, inputs)


def _mutant(name: str, gradients: Gradient) -> Model:
    return replace(MODELS[name], gradients_of=gradients)


def _rms_without_mean(g: Array, x: Array, weight: Array, eps: float) -> dict[str, Array]:
    r = 1 / np.sqrt(_row_mean(x * x) + eps)
    return {**rms_gradients(g, x, weight, eps), "x": r * g * weight}


def _layer_detached(g: Array, x: Array, weight: Array, bias: Array, eps: float) -> dict[str, Array]:
    d = x - _row_mean(x)
    r = 1 / np.sqrt(_row_mean(d * d) + eps)
    detached = r * (g * weight - _row_mean(g * weight))
    return {**layer_gradients(g, x, weight, bias, eps), "x": detached}


def _softmax_diagonal(g: Array, x: Array) -> dict[str, Array]:
    y = softmax_forward(x)
    return {"x": y * (1 - y) * g}


def _no_eps(g: Array, x: Array, weight: Array, eps: float) -> dict[str, Array]:
    return rms_gradients(g, x, weight, 0.0)


@pytest.mark.parametrize(
    ("name", "gradients"),
    [("rms_norm", _rms_without_mean), ("layer_norm", _layer_detached), ("rms_norm", _no_eps),
     ("softmax", _softmax_diagonal)],
)  # fmt: skip
def test_wrong_formulas_are_caught(name: str, gradients: Gradient) -> None:
    layer = next(layer for layer in layers.REFERENCES if layer.name == name)
    inputs = layers.draw_inputs(layer, {"n": 13, "d": 64}, np.float64)
    with pytest.raises(AssertionError, match="grad_input is wrong"):
        layers.validate_layer(_mutant(name, gradients), layer, inputs)


class _Broken:
    """A right model with one promise of its interface broken."""

    def __init__(self, how: str) -> None:
        self.how, self.calls = how, 0

    def forward(self, x: Array, *others: Array, **more: Any) -> Any:
        return MODELS["rms_norm"].forward(x, *others, **more)

    def backward(self, g: Array, x: Array, *others: Array, **more: Any) -> Any:
        if self.how == "ignores out":
            more.pop("out", None)
        if self.how == "ignores axes":
            more["axes"] = None
        if self.how == "writes to x":
            found = MODELS["rms_norm"].backward(g, x, *others, **more)
            if x.flags.writeable and more.get("out") is None:
                x[...] = 0
            return found
        if self.how == "takes x for contiguous":
            x = x.ravel(order="K").reshape(x.shape)
        found = MODELS["rms_norm"].backward(g, x, *others, **more)
        if self.how == "depends on threads" and more.get("threads") == 7:
            found = found._replace(grad_weight=np.nextafter(found.grad_weight, np.float32(9)))
        if self.how == "float64 parameters":
            found = found._replace(grad_weight=found.grad_weight.astype(np.float64))
        return found


@pytest.mark.parametrize(
    "how",
    ["ignores out", "ignores axes", "writes to x", "takes x for contiguous", "depends on threads",
     "float64 parameters"],
)  # fmt: skip
def test_broken_interfaces_are_caught(how: str) -> None:
    inputs = layers.draw_inputs(layers.RMS_NORM, {"n": 7, "d": 5}, np.float32)
    with pytest.raises((AssertionError, ValueError)):
        layers.validate_layer(_Broken(how), layers.RMS_NORM, inputs)
