"""Layers of other kinds: two full-size inputs, an ellipsis in front, parameters over two axes, tanh and log."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.support import layers
from tests.support.arrays import assert_same_bits
from tests.support.contract import DTYPES, Array
from tests.support.layers import Reference, Values, anp
from tests.support.targets import of_user_layers
from tests.user_layers.workshop import emit

PAGE = """
n, d = axes("n d")
x, r, weight = tensor("x", n, d), tensor("r", n, d), tensor("weight", d)
eps = positive("eps")
slope = real("slope")
scale = tensor("scale")

l2_norm = Layer("l2_norm", inputs=(x,), constants=(eps,))
l2_norm.output("y", x / sqrt(total(x**2, over=d) + eps))

squash = Layer("squash", inputs=(x, weight), constants=(eps, slope))
size = squash.define("size", average(x**2, over=d))
squash.output("y", weight * tanh(slope * x) * log(size + eps))

add_norm = Layer("add_norm", inputs=(x, r, weight), constants=(eps,))
joined = add_norm.define("joined", x + r)
add_norm.output("y", weight * joined / sqrt(average(joined**2, over=d) + eps))

pooled = Layer("pooled", inputs=(x, scale))
pooled.output("y", tanh(scale * x) * average(x, over=(n, d)))

b, k = axes("b... k")
z, gain = tensor("z", b, k), tensor("gain", k)
rms_last = Layer("rms_last", inputs=(z, gain), constants=(eps,))
rms_last.output("y", gain * z / sqrt(average(z**2, over=k) + eps))

spread = Layer("spread", inputs=(x,))
middle = spread.define("middle", average(x, over=d))
mass = spread.define("mass", total(exp(x - middle), over=d))
spread.output("y", exp(x - middle) / (mass + 1) + tanh(x - middle))

i, h, w = axes("i h w")
u, stretch, shift = tensor("u", i, h, w), tensor("stretch", h, w), tensor("shift", i, w)
two_axes = Layer("two_axes", inputs=(u, stretch, shift), constants=(eps,))
mean = two_axes.define("mean", average(u, over=(h, w)))
var = two_axes.define("var", average((u - mean) ** 2, over=(h, w)))
two_axes.output("y", stretch * (u - mean) / sqrt(var + eps) + shift)
"""
NAMES = ("spread", "l2_norm", "squash", "add_norm", "pooled", "rms_last", "two_axes")
EPS = {"eps": 1e-3}


def _l2(inputs: Values, constants: Mapping[str, float]) -> Any:
    x = inputs["x"]
    return x / anp.sqrt(anp.sum(x * x, axis=-1, keepdims=True) + constants["eps"])


def _squash(inputs: Values, constants: Mapping[str, float]) -> Any:
    x = inputs["x"]
    size = anp.mean(x * x, axis=-1, keepdims=True)
    return inputs["weight"] * (anp.tanh(constants["slope"] * x) * anp.log(size + constants["eps"]))


def _add_norm(inputs: Values, constants: Mapping[str, float]) -> Any:
    joined = inputs["x"] + inputs["r"]
    return inputs["weight"] * (joined / anp.sqrt(anp.mean(joined * joined, axis=-1, keepdims=True) + constants["eps"]))


def _pooled(inputs: Values, constants: Mapping[str, float]) -> Any:
    x = inputs["x"]
    return anp.tanh(inputs["scale"] * x) * anp.mean(x, axis=(0, 1), keepdims=True)


def _rms_last(inputs: Values, constants: Mapping[str, float]) -> Any:
    z = inputs["z"]
    return inputs["gain"] * (z / anp.sqrt(anp.mean(z * z, axis=-1, keepdims=True) + constants["eps"]))


def _spread(inputs: Values, constants: Mapping[str, float]) -> Any:
    deviation = inputs["x"] - anp.mean(inputs["x"], axis=-1, keepdims=True)
    raised = anp.exp(deviation)
    return raised / (anp.sum(raised, axis=-1, keepdims=True) + 1) + anp.tanh(deviation)


SPREAD = Reference("spread", _spread, {"x": ("n", "d")}, ("d",), {})
L2 = Reference("l2_norm", _l2, {"x": ("n", "d")}, ("d",), EPS)
SQUASH = Reference("squash", _squash, {"x": ("n", "d"), "weight": ("d",)}, ("d",), {**EPS, "slope": -0.1})
ADD_NORM = Reference("add_norm", _add_norm, {"x": ("n", "d"), "r": ("n", "d"), "weight": ("d",)}, ("d",), EPS)
POOLED = Reference("pooled", _pooled, {"x": ("n", "d"), "scale": ()}, ("n", "d"), {})
RMS_LAST = Reference("rms_last", _rms_last, {"z": ("b", "k"), "gain": ("k",)}, ("k",), EPS, variadic=("b",))


def two_axes(rows: int) -> Reference:
    """`shift` has the first and the last axis: a plain function must be told the size to reshape it."""

    def unit(inputs: Values, constants: Mapping[str, float]) -> Any:
        u = inputs["u"]
        centred = u - anp.mean(u, axis=(1, 2), keepdims=True)
        var = anp.mean(centred * centred, axis=(1, 2), keepdims=True)
        return centred / anp.sqrt(var + constants["eps"])

    def function(inputs: Values, constants: Mapping[str, float]) -> Any:
        shift = anp.reshape(inputs["shift"], (rows, 1, -1))
        return inputs["stretch"] * unit(inputs, constants) + shift

    inputs = {"u": ("i", "h", "w"), "stretch": ("h", "w"), "shift": ("i", "w")}
    return Reference("two_axes", function, inputs, ("h", "w"), EPS, unit=unit)


@pytest.fixture(scope="module", params=of_user_layers())
def emitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    return emit(tmp_path_factory.mktemp("user"), PAGE, *NAMES, target=request.param)


class FollowsData:
    """A module whose second full-size input is given in the declared order and laid out like the data."""

    def __init__(self, module: ModuleType, declared: tuple[str, ...]) -> None:
        self.module, self.declared = module, declared

    def laid_out(self, r: Array, axes: Mapping[str, int] | None) -> Array:
        order = [axes[name] for name in self.declared] if axes else range(r.ndim)
        return np.transpose(r, tuple(int(place) for place in np.argsort(list(order))))

    def forward(self, x: Array, r: Array, *others: Array, axes: Any = None, **more: Any) -> Any:
        return self.module.forward(x, self.laid_out(r, axes), *others, axes=axes, **more)

    def backward(self, g: Array, x: Array, r: Array, *others: Array, axes: Any = None, **more: Any) -> Any:
        return self.module.backward(g, x, self.laid_out(r, axes), *others, axes=axes, **more)


class Folded:
    """A module whose `b...` is really several dimensions, seen as if it were one."""

    def __init__(self, module: ModuleType, dims: tuple[int, ...]) -> None:
        self.module, self.dims = module, dims

    def unfold(self, array: Array, axes: Mapping[str, int] | None) -> tuple[Array, dict[str, int] | None]:
        if axes and axes["k"] == 0:
            return array.reshape(array.shape[0], *self.dims), {"k": 0}
        return array.reshape(*self.dims, array.shape[1]), ({"k": -1} if axes else None)

    def forward(self, z: Array, gain: Array, *, axes: Any = None, **more: Any) -> Any:
        wide, bound = self.unfold(z, axes)
        y, saved = self.module.forward(wide, gain, axes=bound, **more)
        return y.reshape(z.shape), saved

    def backward(self, g: Array, z: Array, gain: Array, *, axes: Any = None, out: Any = None, **more: Any) -> Any:
        (wide_g, bound), (wide_z, _) = self.unfold(g, axes), self.unfold(z, axes)
        wide_out = None if out is None else self.unfold(out, axes)[0]
        if out is g:
            wide_out = wide_g
        if out is z:
            wide_out = wide_z
        found = self.module.backward(wide_g, wide_z, gain, axes=bound, out=wide_out, **more)
        return found._replace(grad_input=found.grad_input.reshape(z.shape))


def draw(reference: Reference, sizes: tuple[int, ...], dtype: Any) -> dict[str, Array]:
    """Seeded data of those sizes."""
    return layers.draw_inputs(reference, dict(zip(reference.inputs[reference.first], sizes, strict=True)), dtype)


SIZES = ((3, 5), (1, 7), (6, 1), (13, 64), (300, 33), (5, 4099))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("reference", [SPREAD, L2, SQUASH, POOLED, RMS_LAST], ids=lambda reference: str(reference.name))
def test_the_kernels_are_right(emitted: dict[str, ModuleType], reference: Reference, dtype: Any) -> None:
    for sizes in SIZES:
        inputs = draw(reference, sizes, dtype)
        layers.validate_layer(emitted[reference.name], reference, inputs)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_functions_of_a_deviation_see_it_whole(emitted: dict[str, ModuleType], dtype: Any) -> None:
    """Far from zero, where the mean is more than what the dtype can hold of it."""
    for sizes in ((3, 5), (13, 64), (5, 4099)):
        inputs = draw(SPREAD, sizes, dtype)
        inputs["x"] = (inputs["x"] * 0.5 + 1000).astype(dtype)
        layers.validate_layer(emitted["spread"], SPREAD, inputs)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_second_full_size_input_has_a_gradient(emitted: dict[str, ModuleType], dtype: Any) -> None:
    module = FollowsData(emitted["add_norm"], ("n", "d"))
    for sizes in SIZES:
        inputs = draw(ADD_NORM, sizes, dtype)
        layers.validate_layer(module, ADD_NORM, inputs)


def test_both_full_size_inputs_may_have_any_strides(emitted: dict[str, ModuleType]) -> None:
    module, inputs = emitted["add_norm"], layers.draw_inputs(ADD_NORM, {"n": 6, "d": 9}, np.float32)
    x, r, weight = inputs.values()
    plain = module.backward(x, x, r, weight, **EPS)
    for other in (np.asfortranarray(r), np.flip(np.flip(r, 1).copy(), 1), np.repeat(r, 2, axis=1)[:, ::2]):
        again = module.backward(x, x, other, weight, **EPS)
        assert_same_bits(again.grad_r, plain.grad_r, "grad_r")
        assert_same_bits(again.grad_input, plain.grad_r, "x + r: both have one gradient")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("dims", [(2, 3), (3, 1, 4), (1,)])
def test_an_ellipsis_in_front_is_any_number_of_dimensions(
    emitted: dict[str, ModuleType], dims: tuple[int, ...], dtype: Any
) -> None:
    inputs = layers.draw_inputs(RMS_LAST, {"b": int(np.prod(dims)), "k": 17}, dtype)
    layers.validate_layer(Folded(emitted["rms_last"], dims), RMS_LAST, inputs)


def test_an_ellipsis_may_be_no_dimension_at_all(emitted: dict[str, ModuleType]) -> None:
    module, inputs = emitted["rms_last"], layers.draw_inputs(RMS_LAST, {"b": 1, "k": 17}, np.float64)
    z, gain = inputs.values()
    y, saved = module.forward(z[0], gain, **EPS)
    expected = layers.expect(RMS_LAST, inputs, EPS, z)
    layers.assert_close("y", y[None], expected.y, expected.allowed_y, np.float64)
    found = module.backward(z[0], z[0], gain, saved=saved, **EPS)
    for name, actual in (("z", found.grad_input[None]), ("gain", found.grad_gain)):
        layers.assert_close(name, actual, expected.gradients[name], expected.allowed[name], np.float64)


def test_an_ellipsis_surrounds_the_bound_axis(emitted: dict[str, ModuleType]) -> None:
    """(b, k, b): the dimensions of the ellipsis need not lie together."""
    module, inputs = emitted["rms_last"], layers.draw_inputs(RMS_LAST, {"b": 12, "k": 5}, np.float64)
    z, gain = inputs.values()
    expected = layers.expect(RMS_LAST, inputs, EPS, z)
    middle = np.moveaxis(z.reshape(3, 4, 5), 2, 1)
    found = module.backward(middle, middle, gain, axes={"k": 1}, **EPS)
    actual = np.moveaxis(found.grad_input, 1, 2).reshape(12, 5)
    layers.assert_close("grad_input", actual, expected.gradients["z"], expected.allowed["z"], np.float64)
    layers.assert_close("grad_gain", found.grad_gain, expected.gradients["gain"], expected.allowed["gain"], np.float64)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("sizes", [(2, 3, 4), (5, 1, 7), (1, 6, 1), (11, 13, 8), (3, 70, 90)])
def test_parameters_have_two_axes(emitted: dict[str, ModuleType], sizes: tuple[int, int, int], dtype: Any) -> None:
    reference = two_axes(sizes[0])
    inputs = draw(reference, sizes, dtype)
    layers.validate_layer(emitted["two_axes"], reference, inputs)


@pytest.mark.parametrize("order", [(1, 2, 0), (2, 1, 0), (0, 2, 1)])
def test_parameters_keep_their_axes_when_the_data_is_permuted(
    emitted: dict[str, ModuleType], order: tuple[int, int, int]
) -> None:
    reference = two_axes(4)
    inputs = draw(reference, (4, 5, 6), np.float64)
    turned = {**inputs, "u": np.ascontiguousarray(inputs["u"].transpose(np.argsort(order)))}
    layers.validate_layer(emitted["two_axes"], reference, turned, axes=dict(zip("ihw", order, strict=True)))
