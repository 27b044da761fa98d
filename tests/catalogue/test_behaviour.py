"""Promises of every layer beyond its numbers: what is refused, left out, empty or not finite; what stays as it was."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from derive import catalogue as built
from tests.support import layers
from tests.support.arrays import assert_same_bits
from tests.support.catalogue import EVERYWHERE, Member, Standard, label
from tests.support.contract import DTYPES
from tests.support.layers import Reference

every_layer = pytest.mark.parametrize("member", EVERYWHERE, ids=label)


class Call:
    """One layer on one set of inputs, with every argument by its name."""

    def __init__(self, member: Member, dtype: Any = np.float32) -> None:
        self.member, self.sizes = member, member.usual
        self.reference: Reference
        self.standard: Standard
        self.reference, self.standard = member.trial(self.sizes)
        self.module = member.module
        self.inputs = layers.draw_inputs(self.reference, member.sized(self.sizes), dtype)
        self.g = np.random.default_rng(3).standard_normal(self.sizes).astype(dtype)
        self.settings = {**self.reference.constants, **self.standard.arguments}

    def forward(self, **changed: Any) -> Any:
        return self.module.forward(**{**self.inputs, **self.settings, **changed})

    def backward(self, **changed: Any) -> Any:
        taken = inspect.signature(self.module.backward).parameters
        given = {name: value for name, value in self.inputs.items() if name in taken}
        return self.module.backward(**{"grad_output": self.g, **given, **self.settings, **changed})

    @property
    def optional(self) -> dict[str, float]:
        return dict(built.builtin(self.member.name).interface.optional)


def refused(error: type[Exception], call: Callable[[], object], *words: str) -> None:
    with pytest.raises(error) as caught:
        call()
    missing = [word for word in words if word not in str(caught.value)]
    assert not missing, f"{missing} not in {str(caught.value)!r}"


@every_layer
def test_wrong_types_are_refused_by_name(member: Member) -> None:
    call = Call(member)
    x = call.inputs["x"]
    refused(TypeError, lambda: call.forward(x=x.tolist()), "x", "list")
    refused(TypeError, lambda: call.forward(x=x.astype(np.float16)), "float16")
    refused(TypeError, lambda: call.backward(grad_output=call.g.astype(np.float64)), "grad_output", "float64")
    refused(TypeError, lambda: call.backward(threads=1.5), "threads", "float")
    refused(TypeError, lambda: call.backward(out=np.empty(x.shape)), "out", "float32")
    saved = call.forward()[1]
    if saved:
        refused(TypeError, lambda: call.backward(saved=(1, 2)), "saved", "tuple")
    wrong = call.module.backward_float64
    given = {k: v for k, v in call.inputs.items() if k in inspect.signature(wrong).parameters}
    refused(TypeError, lambda: wrong(grad_output=call.g, **given, **call.settings), "float64", "float32")


@every_layer
def test_wrong_shapes_are_refused_by_name(member: Member) -> None:
    call = Call(member)
    x = call.inputs["x"]
    refused(ValueError, lambda: call.backward(grad_output=call.g[:-1]), "grad_output", str(x.shape))
    refused(ValueError, lambda: call.backward(out=np.empty_like(x[:-1])), "out", str(x.shape))
    refused(ValueError, lambda: call.backward(threads=0), "threads", "0")
    for name, value in call.inputs.items():
        if name != "x":
            longer = np.zeros([n + 1 for n in value.shape], value.dtype)
            said = (name, str(longer.shape), str(value.shape))
            refused(ValueError, partial(call.forward, **{name: longer}), *said)
    overlapping = np.zeros((x.shape[0] + 1, *x.shape[1:]), x.dtype)
    refused(ValueError, lambda: call.backward(grad_output=overlapping[1:], out=overlapping[:-1]), "out", "grad_output")


@every_layer
def test_constants_are_checked(member: Member) -> None:
    call = Call(member)
    saved = call.forward()[1]
    for name in call.reference.constants:
        for wrong in (0.0, -1.0, np.nan, np.inf):
            refused(ValueError, partial(call.forward, **{name: wrong}), name)
        refused(TypeError, partial(call.forward, **{name: "1"}), name, "str")
        refused(ValueError, partial(call.backward, saved=saved, **{name: 0.5}), name, "saved")


@every_layer
def test_what_may_be_left_out_has_its_neutral_value(member: Member) -> None:
    call = Call(member)
    neutral = {name: np.full_like(call.inputs[name], value) for name, value in call.optional.items()}
    left = dict.fromkeys(neutral)
    assert_same_bits(call.forward(**left)[0], call.forward(**neutral)[0], "y")
    taken = inspect.signature(call.module.backward).parameters
    needed = [name for name in neutral if name in taken]
    without, given = (call.backward(**{n: values[n] for n in needed}) for values in (left, neutral))
    assert_same_bits(without.grad_input, given.grad_input, "grad_input")
    for name in call.inputs:
        if name not in ("x", *needed, *call.reference.buffers):
            assert_same_bits(getattr(without, f"grad_{name}"), getattr(given, f"grad_{name}"), name)
    for name in needed:
        assert getattr(without, f"grad_{name}") is None and getattr(given, f"grad_{name}") is not None


@every_layer
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_no_elements(member: Member, dtype: Any) -> None:
    call = Call(member, dtype)
    nothing = np.empty((0, *call.sizes[1:]), dtype)
    buffers = {name: call.inputs[name][:0] for name in call.reference.buffers}
    refused(ValueError, lambda: call.forward(x=nothing, **buffers), "no elements")
    found = call.backward(x=nothing, grad_output=nothing, **buffers)
    assert found.grad_input.shape == nothing.shape and found.grad_input.dtype == dtype
    for name, value in call.inputs.items():
        gradient = getattr(found, f"grad_{name}", None)
        if name != "x" and gradient is not None:
            assert gradient.shape == value.shape and gradient.dtype == dtype and not gradient.any()


@every_layer
def test_what_is_saved_is_kept(member: Member) -> None:
    """Read-only, the caller's arrays are not part of it, and nothing is written to an input."""
    call = Call(member)
    kept = {name: value.copy() for name, value in call.inputs.items()}
    for value in (*call.inputs.values(), call.g):
        value.setflags(write=False)
    y, saved = call.forward()
    found = call.backward(saved=saved)
    for name, value in call.inputs.items():
        assert_same_bits(value, kept[name], name)
    assert isinstance(saved, tuple)
    for name, field in saved._asdict().items():  # type: ignore[attr-defined]
        if isinstance(field, np.ndarray):
            assert field.dtype == np.float64 and not field.flags.writeable, name
            assert not any(np.shares_memory(field, value) for value in call.inputs.values())
    assert y.flags.writeable and found.grad_input.flags.writeable


@every_layer
def test_what_is_not_finite_stays_with_its_statistics(member: Member) -> None:
    """NaN or Inf in one place leaves no trace, not a bit, in elements that share no statistic with it."""
    call = Call(member)
    clean_y, clean = call.forward()[0], call.backward().grad_input
    place = tuple(0 for _ in call.sizes)
    mark = np.zeros(call.sizes)
    mark[place] = 1
    touched = call.reference.together(mark, np.max) > 0
    assert touched.any() and not touched.all()
    # To the exponential of softmax minus infinity is a number like others: tests/catalogue/test_softmax.py.
    for wrong in (np.nan, np.inf, -np.inf) if "softmax" not in member.name else (np.nan, np.inf):
        for name in ("x", "grad_output"):
            spoilt = (call.inputs["x"] if name == "x" else call.g).copy()
            spoilt[place] = wrong
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                y = call.forward(**({"x": spoilt} if name == "x" else {}))[0]
                grad_input = call.backward(**{name: spoilt}).grad_input
            assert_same_bits(y[~touched], clean_y[~touched], f"{wrong} in {name}: y")
            assert_same_bits(grad_input[~touched], clean[~touched], f"{wrong} in {name}: grad_input")
            assert not np.isfinite(grad_input[place]), f"{wrong} in {name}: vanished"


@every_layer
def test_every_public_name_is_documented(member: Member) -> None:
    for name in member.module.__all__:
        doc = getattr(member.module, name).__doc__
        assert doc, name
        if name in ("forward", "backward"):
            for parameter in inspect.signature(getattr(member.module, name)).parameters:
                assert f"\n        {parameter}" in doc, f"{name} says nothing of {parameter}"
