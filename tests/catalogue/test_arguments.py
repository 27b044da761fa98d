"""The arguments that say which dimensions are which: all ways of saying it are one call, and mistakes are named."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from tests.support.arrays import assert_same_bits, layouts
from tests.support.contract import Array, load_layer

RNG = np.random.default_rng(11)


def drawn(*shape: int) -> Array:
    return RNG.standard_normal(shape).astype(np.float32)


def both(
    target: str, name: str, x: Array, g: Array, weight: Sequence[Array] = (), **settings: Any
) -> tuple[Array, Any]:
    """y and the gradients of one layer; the first of the smaller inputs is what the backward function takes."""
    module = load_layer(name, target)
    y, saved = module.forward(x, *weight, **settings)
    return y, module.backward(g, x, *weight[:1], saved=saved, **settings)


def same(one: tuple[Array, Any], two: tuple[Array, Any], turned: Callable[[Array], Array] = lambda a: a) -> None:
    assert_same_bits(turned(one[0]), two[0], "y")
    for name, value in one[1]._asdict().items():
        other = getattr(two[1], name)
        assert_same_bits(turned(value) if name == "grad_input" else value, other, name)


@pytest.mark.parametrize("name", ["layer_norm", "rms_norm"])
def test_normalized_shape(target: str, name: str) -> None:
    x, g = drawn(4, 5, 6, 7), drawn(4, 5, 6, 7)
    for shape in ((7,), (6, 7), (5, 6, 7), (4, 5, 6, 7)):
        weight, bias = drawn(*shape), drawn(*shape)
        others = (weight, bias) if name == "layer_norm" else (weight,)
        whole = both(target, name, x, g, others, normalized_shape=shape)
        assert whole[1].grad_weight.shape == shape
        same(whole, both(target, name, x, g, others, normalized_shape=list(shape)))
        flat = (-1, int(np.prod(shape)))
        folded = both(
            target, name, x.reshape(flat), g.reshape(flat), [o.ravel() for o in others], normalized_shape=flat[1]
        )
        assert_same_bits(whole[0].reshape(flat), folded[0], "y")
        assert_same_bits(whole[1].grad_input.reshape(flat), folded[1].grad_input, "grad_input")
        assert_same_bits(whole[1].grad_weight.ravel(), folded[1].grad_weight, "grad_weight")
    same(both(target, name, x, g, normalized_shape=7), both(target, name, x, g))
    one = both(target, name, x[0, 0, 0], g[0, 0, 0])  # no other dimension at all
    assert_same_bits(one[0], both(target, name, x[0, 0, :1], g[0, 0, :1])[0][0], "y")


@pytest.mark.parametrize("name", ["layer_norm", "rms_norm"])
@pytest.mark.parametrize(
    ("shape", "error", "said"),
    [
        ((6, 7), ValueError, ("normalized_shape", "(6, 7)", "(4, 5, 7)")),
        (5, ValueError, ("normalized_shape", "(5,)", "(4, 5, 7)")),
        ((2, 4, 5, 7), ValueError, ("normalized_shape", "(2, 4, 5, 7)")),
        ((), ValueError, ("normalized_shape", "()")),
        ("7", TypeError, ("normalized_shape", "'7'")),
        (7.0, TypeError, ("normalized_shape", "7.0")),
    ],
)
def test_a_wrong_normalized_shape(
    target: str, name: str, shape: Any, error: type[Exception], said: tuple[str, ...]
) -> None:
    x, module = drawn(4, 5, 7), load_layer(name, target)
    for function, arrays in ((module.forward, (x,)), (module.backward, (x, x))):
        with pytest.raises(error) as caught:
            function(*arrays, normalized_shape=shape)
        assert all(word in str(caught.value) for word in said), str(caught.value)


def test_the_default_of_eps_is_that_of_the_framework(target: str) -> None:
    for dtype in (np.float32, np.float64):
        x = drawn(3, 8).astype(dtype)
        module = load_layer("rms_norm", target)
        y, saved = module.forward(x)
        assert saved.eps == np.finfo(dtype).eps
        assert_same_bits(y, module.forward(x, eps=np.finfo(dtype).eps)[0], "y")
        module.backward(x, x, saved=saved)
    for name in ("layer_norm", "instance_norm", "group_norm"):
        assert inspect.signature(load_layer(name, target).forward).parameters["eps"].default == 1e-5


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_groups(target: str, groups: int) -> None:
    """One group: statistics of the whole example. As many groups as channels: instance norm. Any place, any strides."""
    x, g, weight, bias = drawn(3, 6, 4, 5), drawn(3, 6, 4, 5), drawn(6), drawn(6)
    found = both(target, "group_norm", x, g, (weight, bias), num_groups=groups)
    assert found[1].grad_weight.shape == found[1].grad_bias.shape == (6,)
    for axis in (-1, 2, 0, -3):
        there = (np.moveaxis(x, 1, axis), np.moveaxis(g, 1, axis))
        order = both(target, "group_norm", *there, (weight, bias), num_groups=groups, axis=axis)
        if axis % 4 in (1, 2, 3):  # the batch is still the first of the other dimensions
            for mine, theirs in ((found[0], order[0]), (found[1].grad_input, order[1].grad_input)):
                np.testing.assert_allclose(np.moveaxis(theirs, axis, 1), mine, rtol=2e-5, atol=2e-6)
    for (_, one), (_, two) in zip(layouts(x), layouts(g), strict=True):
        other = both(target, "group_norm", one, two, (weight, bias), num_groups=groups)
        np.testing.assert_allclose(other[1].grad_input, found[1].grad_input, rtol=2e-5, atol=2e-6)
    if groups == 6:
        alone = both(target, "instance_norm", x, g, (weight, bias))
        np.testing.assert_allclose(found[1].grad_input, alone[1].grad_input, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found[1].grad_weight, alone[1].grad_weight, rtol=1e-5, atol=1e-5)


def test_a_strided_out_is_written_through_the_groups(target: str) -> None:
    x, g, weight = drawn(3, 6, 4), drawn(3, 6, 4), drawn(6)
    right = both(target, "group_norm", x, g, (weight,), num_groups=2)[1].grad_input
    wide = np.full((3, 12, 9), np.nan, np.float32)
    out = wide[:, ::-2, 1::2]
    found = load_layer("group_norm", target).backward(g, x, weight, num_groups=2, out=out)
    assert found.grad_input is out
    np.testing.assert_allclose(out, right, rtol=2e-5, atol=2e-6)
    assert np.isnan(wide).sum() == wide.size - out.size


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"num_groups": 4}, ValueError, ("num_groups", "4", "6", "(c)")),
        ({"num_groups": 0}, ValueError, ("num_groups", "0")),
        ({"num_groups": -2}, ValueError, ("num_groups", "-2")),
        ({"num_groups": 2.0}, TypeError, ("num_groups", "float")),
        ({"num_groups": True}, TypeError, ("num_groups", "bool")),
        ({}, TypeError, ("num_groups",)),
        ({"num_groups": 2, "axis": 3}, ValueError, ("axis", "3")),
    ],
)
def test_wrong_groups(target: str, settings: dict[str, Any], error: type[Exception], said: tuple[str, ...]) -> None:
    x, module = drawn(2, 6, 3), load_layer("group_norm", target)
    for function, arrays in ((module.forward, (x,)), (module.backward, (x, x))):
        with pytest.raises(error) as caught:
            function(*arrays, **settings)
        assert all(word in str(caught.value) for word in said), str(caught.value)


AXES = {
    "instance_norm": ("axis", 1),
    "weight_standardization": ("axis", 0),
    "l2_normalize": ("dim", 1),
    "softmax": ("dim", -1),
    "log_softmax": ("dim", -1),
}


@pytest.mark.parametrize("name", AXES)
def test_the_axis_may_be_any_dimension(target: str, name: str) -> None:
    argument, usual = AXES[name]
    parameters = inspect.signature(load_layer(name, target).forward).parameters
    assert parameters[argument].default == usual and "axes" not in parameters
    x, g = drawn(4, 5, 6, 3), drawn(4, 5, 6, 3)
    right = both(target, name, x, g)
    for place in (usual, (usual + 1) % 4, 3, -1, -2):
        order = [i for i in range(4) if i != usual % 4]
        order.insert(place % 4, usual % 4)
        settings: dict[str, Any] = {argument: place}
        found = both(target, name, x.transpose(order), g.transpose(order), **settings)
        back = tuple(int(i) for i in np.argsort(order))
        for mine, theirs in ((right[0], found[0]), (right[1].grad_input, found[1].grad_input)):
            np.testing.assert_allclose(theirs.transpose(back), mine, rtol=2e-5, atol=2e-6)
    for wrong, error in ((4, ValueError), (-5, ValueError), (1.0, TypeError)):
        with pytest.raises(error, match=argument):
            load_layer(name, target).forward(x, **{argument: wrong})


@pytest.mark.parametrize(
    ("name", "axis", "shape", "folded"),
    [
        ("instance_norm", 1, (3, 4, 5, 2, 3), (3, 4, 30)),
        ("group_norm", 1, (3, 4, 5, 2, 3), (3, 4, 30)),
        ("weight_standardization", 0, (4, 3, 5, 2), (4, 3, 10)),
    ],
)
def test_any_number_of_positions(
    target: str, name: str, axis: int, shape: tuple[int, ...], folded: tuple[int, ...]
) -> None:
    x, g = drawn(*shape), drawn(*shape)
    settings: dict[str, Any] = {"num_groups": 2} if name == "group_norm" else {}
    many, one = (
        both(target, name, x, g, **settings),
        both(target, name, x.reshape(folded), g.reshape(folded), **settings),
    )
    assert_same_bits(many[0].reshape(folded), one[0], "y")
    assert_same_bits(many[1].grad_input.reshape(folded), one[1].grad_input, "grad_input")
