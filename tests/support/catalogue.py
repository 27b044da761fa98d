"""The layers of the catalogue beside batch norm: for each a reference in plain NumPy, sizes, and its arguments.

The references see a layer with one array dimension for each axis; ``Standard`` calls the emitted module so, and lets
``validate_layer`` permute the dimensions, which the module then sees as strides.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from . import layers, targets
from .contract import REFERENCE, Array, load_layer
from .contributions import absolute_contributions
from .duals import magnitude
from .layers import Constants, Reference, Values, anp

Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Member:
    """One layer.

    ``reference`` makes the plain function for data of given sizes; ``arguments`` are what the module is given for data
    in the order of the reference's axes. ``shifts`` says that a shift of the data changes nothing but rounding,
    ``scales`` that its scale is divided out.
    """

    name: str
    reference: Callable[[Sizes], Reference]
    sizes: tuple[tuple[int, ...], ...]
    arguments: Callable[[Sizes], dict[str, Any]]
    shifts: bool = False
    scales: bool = True
    target: str = REFERENCE

    @property
    def usual(self) -> tuple[int, ...]:
        """Sizes with more than one element along every axis."""
        return self.sizes[3]

    @property
    def module(self) -> ModuleType:
        return load_layer(self.name, self.target)

    def sized(self, sizes: tuple[int, ...]) -> dict[str, int]:
        """The sizes by the names of the axes."""
        inputs = self.reference(dict.fromkeys("ncsdoi", 1)).inputs
        return dict(zip(next(iter(inputs.values())), sizes, strict=True))

    def trial(self, sizes: tuple[int, ...]) -> tuple[Reference, Standard]:
        """The reference and the module for data of these sizes."""
        reference = self.reference(self.sized(sizes))
        return reference, Standard(self.module, reference, self.arguments(self.sized(sizes)))


class Standard:
    """An emitted module, called with data whose dimensions may be permuted: it sees a view in the standard order."""

    def __init__(self, module: Any, reference: Reference, arguments: Mapping[str, Any]) -> None:
        self.module, self.reference, self.arguments = module, reference, dict(arguments)

    def _order(self, axes: Mapping[str, int] | None) -> tuple[int, ...]:
        declared = self.reference.inputs[self.reference.first]
        return tuple(axes[name] for name in declared) if axes else tuple(range(len(declared)))

    def forward(self, x: Array, *others: Array, axes: Any = None, **more: Any) -> Any:
        order = self._order(axes)
        y, saved = self.module.forward(x.transpose(order), *others, **self.arguments, **more)
        return y.transpose(np.argsort(order)), saved

    def backward(self, g: Array, x: Array, *others: Array, axes: Any = None, out: Any = None, **more: Any) -> Any:
        order = self._order(axes)
        back = tuple(int(i) for i in np.argsort(order))
        place = None if out is None else out.transpose(order)
        # Exactly the same array as an input must stay so.
        same = {id(g): g.transpose(order), id(x): x.transpose(order)}
        needed = self._needed(others)
        found = self.module.backward(same[id(g)], same[id(x)], *needed, out=place, **self.arguments, **more)
        return found._replace(grad_input=found.grad_input.transpose(back))

    def _needed(self, others: tuple[Array, ...]) -> list[Array]:
        """Those of the inputs after the data that the backward function takes."""
        taken = inspect.signature(self.module.backward).parameters
        names = [name for name in self.reference.inputs if name != self.reference.first]
        return [value for name, value in zip(names, others, strict=True) if name in taken]


def _mean(values: Any, axis: Any) -> Any:
    return anp.mean(values, axis=axis, keepdims=True)


def _centred(x: Any, axis: Any, eps: float) -> Any:
    deviation = x - _mean(x, axis)
    return deviation / anp.sqrt(_mean(deviation * deviation, axis) + eps)


def _instance(inputs: Values, constants: Constants) -> Any:
    unit = _centred(inputs["x"], 2, constants["eps"])
    return anp.reshape(inputs["weight"], (-1, 1)) * unit + anp.reshape(inputs["bias"], (-1, 1))


def instance_norm(sizes: Sizes) -> Reference:
    return Reference(
        "instance_norm", _instance, {"x": ("n", "c", "s"), "weight": ("c",), "bias": ("c",)}, ("s",), {"eps": 1e-5},
        unit=lambda inputs, constants: _centred(inputs["x"], 2, constants["eps"]),
    )  # fmt: skip


def layer_norm(sizes: Sizes) -> Reference:
    return layers.LAYER_NORM


def rms_norm(sizes: Sizes) -> Reference:
    return layers.RMS_NORM


def groups_of(channels: int) -> int:
    """How many groups the channels are cut into: neither one nor all where there is a choice."""
    return next((k for k in (2, 3, 5) if channels % k == 0 and channels > k), 1)


def group_norm(sizes: Sizes) -> Reference:
    n, c, s = (sizes[name] for name in "ncs")
    shape = (n, groups_of(c), c // groups_of(c), s)

    def unit(inputs: Values, constants: Constants) -> Any:
        apart = anp.reshape(inputs["x"], shape)
        return anp.reshape(_centred(apart, (2, 3), constants["eps"]), (n, c, s))

    def function(inputs: Values, constants: Constants) -> Any:
        scale, shift = (anp.reshape(inputs[name], (-1, 1)) for name in ("weight", "bias"))
        return scale * unit(inputs, constants) + shift

    def shared(terms: Array, how: Callable[..., Array]) -> Array:
        apart = terms.reshape(shape)
        return np.broadcast_to(how(apart, axis=(2, 3), keepdims=True), shape).reshape(terms.shape)

    return Reference(
        "group_norm", function, {"x": ("n", "c", "s"), "weight": ("c",), "bias": ("c",)}, ("c", "s"), {"eps": 1e-5},
        unit=unit, shared=shared,
    )  # fmt: skip


def _standardized(inputs: Values, constants: Constants) -> Any:
    return _centred(inputs["x"], (1, 2), constants["eps"])


def weight_standardization(sizes: Sizes) -> Reference:
    return Reference("weight_standardization", _standardized, {"x": ("o", "i", "s")}, ("i", "s"), {"eps": 1e-5})


def _l2(inputs: Values, constants: Constants) -> Any:
    x, eps = inputs["x"], constants["eps"]
    return x / anp.sqrt(anp.sum(x * x, axis=1, keepdims=True) + eps * eps)


def l2_normalize(sizes: Sizes) -> Reference:
    return Reference("l2_normalize", _l2, {"x": ("n", "d")}, ("d",), {"eps": 0.125})


def softmax(sizes: Sizes) -> Reference:
    return layers.SOFTMAX


def _log_softmax(inputs: Values, constants: Constants) -> Any:
    x = inputs["x"]
    return x - anp.log(anp.sum(anp.exp(x), axis=1, keepdims=True))


def log_softmax(sizes: Sizes) -> Reference:
    return Reference("log_softmax", _log_softmax, {"x": ("n", "d")}, ("d",), {})


def _batch_unit(inputs: Values, constants: Constants) -> Any:
    return _centred(inputs["x"], (0, 2), constants["eps"])


def _batch_norm_silu(inputs: Values, constants: Constants) -> Any:
    gamma, beta = (anp.reshape(inputs[name], (-1, 1)) for name in ("gamma", "beta"))
    z = gamma * _batch_unit(inputs, constants) + beta
    return z / (1 + anp.exp(-z))


def _silu_conditioning(inputs: Values, constants: Constants, g: Array) -> dict[str, Array]:
    """z = gamma*unit + beta is off by roundings of |gamma*unit| + |beta|; y carries them on by SiLU's first derivative,
    and what SiLU sends back, g times that derivative, by its second."""
    unit = np.asarray(_batch_unit(inputs, constants))
    gamma, beta = (np.asarray(inputs[name]).reshape(-1, 1) for name in ("gamma", "beta"))
    x = np.asarray(inputs["x"])
    inv_std = 1 / np.sqrt(x.var(axis=(0, 2), keepdims=True) + constants["eps"])
    z, off = gamma * unit + beta, abs(gamma * unit) + abs(beta)
    s = 1 / (1 + np.exp(-z))
    first, second = s + z * s * (1 - s), s * (1 - s) * (2 + z * (1 - 2 * s))
    sent = abs(g * second) * off
    mean = sent.mean(axis=(0, 2), keepdims=True)
    along = (sent * abs(unit)).mean(axis=(0, 2), keepdims=True)
    return {
        "y": abs(first) * off,
        "x": abs(gamma) * inv_std * (sent + mean + abs(unit) * along),
        "gamma": (sent * abs(unit)).sum(axis=(0, 2)),
        "beta": sent.sum(axis=(0, 2)),
    }


def _silu_conditioning_along(inputs: Values, constants: Constants, g: Array) -> dict[str, Array]:
    """As above, along directions: the tangent of y is SiLU's first derivative times that of z, whose gradients hold the
    first and the second; the rounding of z is carried on by one derivative more each time."""

    def inner(values: Values, constants: Constants) -> Any:
        gamma, beta = (anp.reshape(values[name], (-1, 1)) for name in ("gamma", "beta"))
        return gamma * _batch_unit(values, constants) + beta

    own = ["x", "gamma", "beta"]
    gamma, beta = (np.asarray(inputs[name]).reshape(-1, 1) for name in ("gamma", "beta"))
    off = abs(gamma * np.asarray(_batch_unit(inputs, constants))) + abs(beta)
    along = magnitude(inner, own, [])
    tangent = np.asarray(along(inputs, constants))
    z = np.asarray(inner(inputs, constants))
    s = 1 / (1 + np.exp(-z))
    q, odd = s * (1 - s), 1 - 2 * s
    second, third = q * (2 + z * odd), q * odd * (2 + z * odd) + q * (odd - 2 * q * z)
    _, through_tangent = absolute_contributions(along, inputs, constants, g * second * off)
    _, through_z = absolute_contributions(inner, inputs, constants, g * third * off * tangent)
    return {"y": abs(second) * off * tangent, **{name: through_tangent[name] + through_z[name] for name in own}}


def batch_norm_silu(sizes: Sizes) -> Reference:
    return Reference(
        "batch_norm_silu", _batch_norm_silu, {"x": ("n", "c", "s"), "gamma": ("c",), "beta": ("c",)}, ("n", "s"),
        {"eps": 1e-5}, unit=_batch_unit, conditioning=_silu_conditioning, conditioning_along=_silu_conditioning_along,
    )  # fmt: skip


def _weighted_unit(inputs: Values, constants: Constants, name: str) -> Any:
    x, weights = inputs["x"], anp.expand_dims(inputs[name], 1)
    mass = anp.sum(weights, axis=(0, 2), keepdims=True)
    centred = x - anp.sum(weights * x, axis=(0, 2), keepdims=True) / mass
    var = anp.sum(weights * (centred * centred), axis=(0, 2), keepdims=True) / mass
    return centred / anp.sqrt(var + constants["eps"])


def _weighted(inputs: Values, constants: Constants, name: str = "weights") -> Any:
    gamma, beta = (anp.reshape(inputs[key], (-1, 1)) for key in ("gamma", "beta"))
    return gamma * _weighted_unit(inputs, constants, name) + beta


def _weighted_mean(inputs: Values, sizes: Array, name: str = "weights") -> Array:
    weights = np.asarray(inputs[name])[:, None, :]
    mean = (weights * sizes).sum(axis=(0, 2), keepdims=True) / weights.sum(axis=(0, 2), keepdims=True)
    return np.broadcast_to(mean, sizes.shape)


def weighted_batch_norm(sizes: Sizes) -> Reference:
    return Reference(
        "weighted_batch_norm", _weighted,
        {"x": ("n", "c", "s"), "gamma": ("c",), "beta": ("c",), "weights": ("n", "s")}, ("n", "s"), {"eps": 1e-5},
        unit=lambda inputs, constants: _weighted_unit(inputs, constants, "weights"),
        buffers={"weights": lambda rng, shape: np.exp(rng.uniform(-3, 2, shape))}, mean_of=_weighted_mean,
    )  # fmt: skip


def _padding(rng: Any, shape: tuple[int, ...]) -> Array:
    mask = (rng.random(shape) < 0.6).astype(np.float64)
    mask.flat[0] = 1.0
    return np.asarray(mask)


def masked_batch_norm(sizes: Sizes) -> Reference:
    return Reference(
        "masked_batch_norm",
        lambda inputs, constants: anp.expand_dims(inputs["mask"], 1) * _weighted(inputs, constants, "mask"),
        {"x": ("n", "c", "s"), "gamma": ("c",), "beta": ("c",), "mask": ("n", "s")}, ("n", "s"), {"eps": 1e-5},
        unit=lambda inputs, constants: _weighted_unit(inputs, constants, "mask"),
        buffers={"mask": _padding}, mean_of=lambda inputs, sizes: _weighted_mean(inputs, sizes, "mask"),
    )  # fmt: skip


FLAT = ((3, 5), (1, 7), (7, 1), (17, 2), (13, 64), (300, 33), (5, 4099))
DEEP = ((2, 3, 4), (1, 6, 1), (3, 9, 2), (5, 4, 7), (4, 8, 33), (70, 10, 12), (3, 6, 1500))
# Without single elements, of which the references' deviation is not exactly zero: tests/catalogue/test_padding.py.
SHARED = tuple(sizes for sizes in (*DEEP[:1], (5, 2, 1), *DEEP[2:]) if sizes[0] * sizes[2] > 1)

MEMBERS: tuple[Member, ...] = (
    Member("weighted_batch_norm", weighted_batch_norm, SHARED, lambda sizes: {}, shifts=True),
    Member("masked_batch_norm", masked_batch_norm, SHARED, lambda sizes: {}, shifts=True),
    Member("batch_norm_silu", batch_norm_silu, DEEP, lambda sizes: {}, shifts=True),
    Member("layer_norm", layer_norm, FLAT, lambda sizes: {"normalized_shape": (sizes["d"],)}, shifts=True),
    Member("rms_norm", rms_norm, FLAT, lambda sizes: {"normalized_shape": sizes["d"]}),
    Member("instance_norm", instance_norm, DEEP, lambda sizes: {}, shifts=True),
    Member("group_norm", group_norm, DEEP, lambda sizes: {"num_groups": groups_of(sizes["c"])}, shifts=True),
    Member("weight_standardization", weight_standardization, DEEP, lambda sizes: {}, shifts=True),
    Member("l2_normalize", l2_normalize, FLAT, lambda sizes: {}),
    Member("softmax", softmax, FLAT, lambda sizes: {}, scales=False),
    Member("log_softmax", log_softmax, FLAT, lambda sizes: {}, scales=False),
)

# Every layer on every target that takes arrays, with and without forms for small ones.
EVERYWHERE: tuple[Member, ...] = tuple(
    replace(m, target=target)
    for target in targets.of_arrays_in_every_form()
    for m in MEMBERS
    if targets.is_tried(target, m.name)
)


def label(value: Any) -> str:
    """How a member is called in the name of a test."""
    return f"{value.target}-{value.name}" if isinstance(value, Member) else str(value)


def member(name: str) -> Member:
    return next(m for m in MEMBERS if m.name == name)
