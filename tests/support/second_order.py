"""Validation of ``jvp`` and ``double_backward``: the tangent of a reference layer is a layer like any other.

So HIPS autograd in longdouble and, on small inputs, complex step give its exact gradients. The standard is that of
first derivatives, in eps of the sum of the absolute contributions of all paths, with twice the eps
(``tolerances.SECOND_ORDER``). The tangents on a path count by *their* absolute contributions: the directions are given
as they are, and what they have in common, such as a mean, is not taken off before they meet anything else.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from . import layers, tolerances
from .arrays import assert_same_bits, layouts
from .contract import Array
from .contributions import absolute_contributions
from .duals import PREFIX, magnitude, tangent
from .layers import Expected, Reference, assert_close
from .oracles import LONGDOUBLE_IS_WIDE, autograd_vjp, complex_step_vjp

COTANGENT = "cotangent_grad_"


def tangent_reference(reference: Reference) -> Reference:
    """The layer that maps inputs and directions to the tangent of the output."""
    own = [name for name in reference.inputs if name not in reference.buffers]

    def drawn(rng: Any, shape: tuple[int, ...]) -> Array:
        return np.asarray(rng.standard_normal(shape) + 0.3)

    return replace(
        reference,
        function=tangent(reference.function, own, list(reference.buffers)),
        inputs={**reference.inputs, **{f"{PREFIX}{name}": reference.inputs[name] for name in own}},
        buffers={**reference.buffers, **{f"{PREFIX}{name}": drawn for name in own}},
    )


@dataclass(frozen=True)
class Trial:
    """One set of inputs, directions and grad_output, with what is exact and what is allowed."""

    reference: Reference
    inputs: Mapping[str, Array]
    g: Array

    @property
    def own(self) -> list[str]:
        """The inputs that take a gradient."""
        return [name for name in self.reference.inputs if name not in self.reference.buffers]

    @cached_property
    def expected(self) -> Expected:
        """Exact results of the tangent and of its gradients, by two oracles on small inputs."""
        reference, dtype, second = self.reference, self.g.dtype, tangent_reference(self.reference)
        if dtype == np.float64 and not LONGDOUBLE_IS_WIDE:
            pytest.skip("np.longdouble is no wider than float64 here: float64 was NOT checked")
        y, exact = autograd_vjp(second.function, self.inputs, reference.constants, self.g, np.longdouble)
        sizes = magnitude(reference.function, self.own, list(reference.buffers))
        wide = {name: value.astype(np.longdouble) for name, value in self.inputs.items()}
        _, scales = absolute_contributions(sizes, self.inputs, reference.constants, self.g)
        if sum(value.size for value in self.inputs.values()) <= layers.COMPLEX_STEP_LIMIT:
            found = complex_step_vjp(second.function, self.inputs, reference.constants, self.g)
            for name in self.own:
                slack = 1e-16 * scales[name] + 1e-300
                assert (abs(found[name] - exact[name]) <= slack).all(), f"the oracles disagree on {name}"
        terms = np.asarray(sizes(wide, reference.constants))
        if reference.conditioning_along is not None:
            more = reference.conditioning_along(wide, reference.constants, self.g.astype(np.longdouble))
            terms = terms + more["y"]
            scales = {name: scales[name] + more[name] for name in self.own}
        full, allowed = reference.inputs[reference.first], {}
        for name in self.own:
            if reference.inputs[name] == full:
                limit = tolerances.generic(reference.together(scales[name], np.max), dtype)
            else:
                limit = tolerances.generic_parameter(exact[name], scales[name], dtype)
            allowed[name] = limit * tolerances.SECOND_ORDER
        limit = tolerances.generic(reference.together(terms, np.max), dtype) * tolerances.SECOND_ORDER
        return Expected(y, {name: exact[name] for name in self.own}, limit, allowed)

    def with_input(self, name: str, value: Array) -> Trial:
        """The same with another value for one input."""
        return replace(self, inputs={**self.inputs, name: value})

    def without(self, *names: str) -> Trial:
        """The same with zeros as directions of some inputs."""
        zeros = {f"{PREFIX}{name}": np.zeros_like(self.inputs[name]) for name in names}
        return replace(self, inputs={**self.inputs, **zeros})


def draw(reference: Reference, sizes: Mapping[str, int], dtype: Any, seed: int = 0) -> Trial:
    """Inputs as for first derivatives, directions and grad_output with a mean of their own."""
    inputs = layers.draw_inputs(reference, sizes, dtype)
    rng = np.random.default_rng([seed, len(reference.name), *sizes.values()])
    for name in list(inputs):
        if name not in reference.buffers:
            inputs[f"{PREFIX}{name}"] = (rng.standard_normal(inputs[name].shape) + 0.3).astype(dtype)
    g = (rng.standard_normal(inputs[reference.first].shape) - 0.2).astype(dtype)
    return Trial(reference, inputs, g)


class Functions:
    """The functions of one emitted module, called with what a trial has."""

    def __init__(self, module: Any, trial: Trial, arguments: Mapping[str, Any]) -> None:
        self.module, self.trial = module, trial
        self.arguments = {**trial.reference.constants, **arguments}

    def _taken(self, function: Any, values: Mapping[str, Array]) -> list[Array]:
        parameters = inspect.signature(function).parameters
        return [values[name] for name in self.trial.reference.inputs if name in parameters]

    def saved(self) -> Any:
        """What the forward pass keeps."""
        values = self.trial.inputs
        return self.module.forward(*self._taken(self.module.forward, values), **self.arguments)[1]

    def jvp(self, values: Mapping[str, Array] | None = None, none: tuple[str, ...] = (), **more: Any) -> Array:
        """The tangent; ``none`` names the inputs whose directions are None."""
        values = values or self.trial.inputs
        given = {f"{PREFIX}{n}": None if n in none else values[f"{PREFIX}{n}"] for n in self.trial.own}
        function = self.module.jvp
        found: Array = function(*self._taken(function, values), **given, **self.arguments, **more)
        return found

    def double_backward(
        self, values: Mapping[str, Array] | None = None, g: Array | None = None, none: tuple[str, ...] = (), **more: Any
    ) -> Any:
        """The gradients of the gradients."""
        values, first = values or self.trial.inputs, self.trial.reference.first
        given = {
            f"{COTANGENT}{'input' if n == first else n}": None if n in none else values[f"{PREFIX}{n}"]
            for n in self.trial.own
        }
        function = self.module.double_backward
        g = self.trial.g if g is None else g
        return function(g, *self._taken(function, values), **given, **self.arguments, **more)

    def check(self, what: str, tangent_: Array, gradients: Any, on: Trial | None = None) -> None:
        """Hold results against the exact ones."""
        expected, dtype = (on or self.trial).expected, self.trial.g.dtype
        what = f"{self.trial.reference.name}[{dtype}] {self.trial.g.shape}, {what}"
        assert_close(f"{what}: jvp", tangent_, expected.y, expected.allowed_y, dtype)
        assert_close(f"{what}: grad_grad_output", gradients.grad_grad_output, expected.y, expected.allowed_y, dtype)
        for name in self.trial.own:
            actual = getattr(gradients, f"grad_{name}")
            assert_close(f"{what}: grad_{name}", actual, expected.gradients[name], expected.allowed[name], dtype)


def validate(module: Any, trial: Trial, arguments: Mapping[str, Any], threads: tuple[int, ...] = (1, 2, 3, 7)) -> None:
    """Both functions on one trial: saved and recomputed statistics, layouts, None, ``out``, threads."""
    run, reference = Functions(module, trial, arguments), trial.reference
    first = reference.first
    run.check("recomputed", run.jvp(), run.double_backward())
    saved = run.saved()
    run.check("saved", run.jvp(saved=saved), run.double_backward(saved=saved))
    for name in (first, f"{PREFIX}{first}"):
        for words, array in layouts(trial.inputs[name]):
            values = {**trial.inputs, name: array}
            run.check(f"{name} {words}", run.jvp(values, saved=saved), run.double_backward(values, saved=saved))
    for words, g in layouts(trial.g):
        run.check(f"grad_output {words}", run.jvp(saved=saved), run.double_backward(g=g, saved=saved))
    for name in trial.own:
        others = tuple(n for n in trial.own if n != name)
        for none in {(name,), others}:
            on = trial.without(*none)
            run.check(f"None for {none}", run.jvp(none=none), run.double_backward(none=none), on)
    for target in ("fresh", first, f"{PREFIX}{first}"):
        values = {name: value.copy() for name, value in trial.inputs.items()}
        out = values.get(target, np.empty_like(trial.g))
        found = run.jvp(values, out=out, saved=saved)
        assert np.shares_memory(out, found), f"out is {target}: not used"
        run.check(f"out is {target}", found, run.double_backward(saved=saved))
    once, twice = run.jvp(), run.double_backward()
    for number in threads:
        assert_same_bits(once, run.jvp(threads=number), f"{reference.name}: jvp, threads={number}")
        again = run.double_backward(threads=number)
        for field in twice._fields:
            what = f"{reference.name}: {field}, threads={number}"
            assert_same_bits(getattr(twice, field), getattr(again, field), what)
