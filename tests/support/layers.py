"""Reference layers and ``validate_layer``: the same validation for any emitted module.

A reference is a plain function of NumPy arrays; it never sees an adjoint. It is written with
``autograd.numpy``, whose functions are NumPy's own for ordinary arrays, so one function serves
complex step (clongdouble), HIPS autograd (longdouble and float64) and the absolute contributions
that set the tolerance.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from . import tolerances
from .arrays import assert_same_bits, layouts
from .contract import Array
from .contributions import absolute_contributions
from .oracles import LONGDOUBLE_IS_WIDE, autograd_vjp, complex_step_vjp

anp: Any = importlib.import_module("autograd.numpy")

Values = Mapping[str, Any]
Constants = Mapping[str, float]
COMPLEX_STEP_LIMIT = 64  # elements: one evaluation of the layer for each


@dataclass(frozen=True)
class Reference:
    """A layer as a plain function, and which axes each of its inputs has.

    ``reduced`` names the axes that its statistics run over: elements that share them share a
    tolerance. ``variadic`` names axes that the module declares as ``n...``: they are never bound by
    ``axes=``, but take the dimensions that are left. A module that has them is validated with
    ``dataclasses.replace(LAYER_NORM, variadic=("n",))``.
    ``unit`` is the normalized deviation from a mean, for layers that have one: parameters are
    multiplied with it, so its errors are theirs. ``shared`` takes the place of ``reduced`` where
    elements that share a statistic are not whole dimensions. ``conditioning`` adds to the absolute
    contributions, of "y" and of every input, what the rounding of the argument of a function does:
    the function's derivatives carry it on; ``conditioning_along`` does so for the tangent of "y" and its gradients.
    ``buffers`` are inputs that take no gradient, each with how
    it is drawn; ``mean_of`` takes the place of a plain mean of the deviations' sizes.
    """

    name: str
    function: Callable[[Values, Constants], Any]
    inputs: Mapping[str, tuple[str, ...]]
    reduced: tuple[str, ...]
    constants: Mapping[str, float]
    variadic: tuple[str, ...] = ()
    unit: Callable[[Values, Constants], Any] | None = None
    shared: Callable[[Array, Callable[..., Array]], Array] | None = None
    conditioning: Callable[[Values, Constants, Array], Mapping[str, Array]] | None = None
    conditioning_along: Callable[[Values, Constants, Array], Mapping[str, Array]] | None = None
    buffers: Mapping[str, Callable[[Any, tuple[int, ...]], Array]] = field(default_factory=dict)
    mean_of: Callable[[Values, Array], Array] | None = None

    def together(self, terms: Array, how: Callable[..., Array]) -> Array:
        """A maximum or a mean over the elements that share a statistic, at each of them."""
        if self.shared is not None:
            return self.shared(terms, how)
        axes = self.inputs[self.first]
        over = tuple(axes.index(axis) for axis in self.reduced)
        return np.broadcast_to(how(terms, axis=over, keepdims=True), terms.shape)

    def bound(self, axes: Mapping[str, int] | None) -> dict[str, int] | None:
        """What the module is given as ``axes``."""
        if axes is None:
            return None
        return {name: dim for name, dim in axes.items() if name not in self.variadic}

    @property
    def first(self) -> str:
        return next(iter(self.inputs))


def _rms_norm(inputs: Values, constants: Constants) -> Any:
    x, weight = inputs["x"], inputs["weight"]
    mean_square = anp.mean(x * x, axis=-1, keepdims=True)
    return weight * (x / anp.sqrt(mean_square + constants["eps"]))


def _layer_unit(inputs: Values, constants: Constants) -> Any:
    x = inputs["x"]
    centred = x - anp.mean(x, axis=-1, keepdims=True)
    var = anp.mean(centred * centred, axis=-1, keepdims=True)
    return centred / anp.sqrt(var + constants["eps"])


def _layer_norm(inputs: Values, constants: Constants) -> Any:
    return inputs["weight"] * _layer_unit(inputs, constants) + inputs["bias"]


def _softmax(inputs: Values, constants: Constants) -> Any:
    raised = anp.exp(inputs["x"])
    return raised / anp.sum(raised, axis=-1, keepdims=True)


def _batch_norm(inputs: Values, constants: Constants) -> Any:
    x, gamma, beta = inputs["x"], inputs["gamma"], inputs["beta"]
    centred = x - anp.mean(x, axis=(0, 2), keepdims=True)
    var = anp.mean(centred * centred, axis=(0, 2), keepdims=True)
    x_norm = centred / anp.sqrt(var + constants["eps"])
    return anp.reshape(gamma, (-1, 1)) * x_norm + anp.reshape(beta, (-1, 1))


RMS_NORM = Reference(
    "rms_norm", _rms_norm, {"x": ("n", "d"), "weight": ("d",)}, ("d",), {"eps": 1e-5}
)
LAYER_NORM = Reference(
    "layer_norm", _layer_norm, {"x": ("n", "d"), "weight": ("d",), "bias": ("d",)}, ("d",),
    {"eps": 1e-5}, unit=_layer_unit,
)  # fmt: skip
SOFTMAX = Reference("softmax", _softmax, {"x": ("n", "d")}, ("d",), {})
# Batch norm of (n, c, s) arrays, to hold the generic machinery against the special one.
BATCH_NORM = Reference(
    "batch_norm", _batch_norm, {"x": ("n", "c", "s"), "gamma": ("c",), "beta": ("c",)},
    ("n", "s"), {"eps": 1e-5},
)  # fmt: skip
REFERENCES = (RMS_NORM, LAYER_NORM, SOFTMAX)

SIZES: tuple[tuple[int, int], ...] = (
    (3, 5),
    (1, 7),
    (7, 1),
    (17, 2),
    (13, 64),
    (300, 33),
    (5, 4099),
)


def draw_inputs(reference: Reference, sizes: Mapping[str, int], dtype: Any) -> dict[str, Array]:
    """Seeded data of those axis sizes; parameters far from 1 and of both signs."""
    seed = [len(reference.name), *sizes.values()]
    rng = np.random.default_rng(seed)
    drawn: dict[str, Array] = {}
    for name, axes in reference.inputs.items():
        shape = tuple(sizes[axis] for axis in axes)
        values = rng.standard_normal(shape) * 1.7 + 0.5
        if name in reference.buffers:
            values = reference.buffers[name](rng, shape)
        elif name != reference.first:
            values = np.exp(rng.uniform(-3, 3, shape)) * rng.choice([-1.0, 1.0], shape)
        drawn[name] = np.asarray(values, dtype)
    return drawn


def gradient_names(reference: Reference) -> dict[str, str]:
    """``grad_input`` for the first input, ``grad_<name>`` for the others."""
    first = reference.first
    names = [name for name in reference.inputs if name not in reference.buffers]
    return {name: "grad_input" if name == first else f"grad_{name}" for name in names}


@dataclass(frozen=True)
class Expected:
    """Exact results of one call and how far from them an emitted kernel may be."""

    y: Array
    gradients: dict[str, Array]
    allowed_y: Array
    allowed: dict[str, Array]


def expect(
    reference: Reference, inputs: Mapping[str, Array], constants: Constants, g: Array,
    standard: tolerances.Standard = tolerances.GENERIC,
) -> Expected:
    """By HIPS autograd in longdouble; on small inputs complex step must agree with it."""
    dtype = inputs[reference.first].dtype
    if dtype == np.float64 and not LONGDOUBLE_IS_WIDE:
        pytest.skip("np.longdouble is no wider than float64 here: float64 was NOT checked")
    y, exact = autograd_vjp(reference.function, inputs, constants, g, np.longdouble)
    y_terms, contributions = absolute_contributions(reference.function, inputs, constants, g)
    if reference.conditioning is not None:
        wide = {name: value.astype(np.longdouble) for name, value in inputs.items()}
        more = reference.conditioning(wide, constants, g.astype(np.longdouble))
        y_terms = y_terms + more["y"]
        contributions = {name: value + more[name] for name, value in contributions.items()}
    if sum(value.size for value in inputs.values()) <= COMPLEX_STEP_LIMIT:
        second = complex_step_vjp(reference.function, inputs, constants, g)
        for name, value in second.items():
            if name in reference.buffers:
                continue
            slack = 1e-16 * contributions[name] + 1e-300
            assert (abs(value - exact[name]) <= slack).all(), f"the oracles disagree on {name}"
    axes = reference.inputs[reference.first]
    exact = {name: value for name, value in exact.items() if name not in reference.buffers}
    allowed = {}
    for name, value in exact.items():
        if reference.inputs[name] == axes:
            largest = reference.together(contributions[name], np.max)
            allowed[name] = tolerances.generic(largest, dtype, standard.full)
        else:
            limit = tolerances.generic_parameter(value, contributions[name], dtype, standard)
            allowed[name] = limit + _mean_error(reference, name, inputs, constants, g, standard)
    allowed_y = tolerances.generic(reference.together(y_terms, np.max), dtype, standard.y)
    return Expected(y, exact, allowed_y, allowed)


def _mean_error(
    reference: Reference, name: str, inputs: Mapping[str, Array], constants: Constants, g: Array,
    standard: tolerances.Standard,
) -> Any:
    """What the error of the mean does to the gradient of a parameter, through the deviations."""
    if reference.unit is None:
        return 0.0
    wide = {key: value.astype(np.longdouble) for key, value in inputs.items()}
    unit = abs(np.asarray(reference.unit(wide, constants)))
    size = reference.mean_of(wide, unit) if reference.mean_of else reference.together(unit, np.mean)
    shift = tolerances.mean_error(size, g.dtype, standard)
    axes = reference.inputs[reference.first]
    lost = tuple(axes.index(axis) for axis in axes if axis not in reference.inputs[name])
    return (abs(g.astype(np.longdouble)) * shift).sum(axis=lost)


def assert_close(what: str, actual: Any, exact: Array, allowed: Array, dtype: Any) -> None:
    assert isinstance(actual, np.ndarray), f"{what} is {type(actual)}"
    assert actual.dtype == dtype, f"{what} has dtype {actual.dtype}, not {dtype}"
    assert actual.shape == exact.shape, f"{what}: shape {actual.shape}, not {exact.shape}"
    assert np.isfinite(actual).all(), f"{what} has non-finite elements"
    error = abs(actual - exact)
    inside = error <= allowed
    if not inside.all():
        worst = np.unravel_index(int((error - allowed).argmax()), error.shape)
        limit = float(np.broadcast_to(allowed, error.shape)[worst])
        raise AssertionError(
            f"{what} is wrong in {int((~inside).sum())} of {inside.size} elements; worst at "
            f"{tuple(map(int, worst))}: got {actual[worst]!r}, exact {float(exact[worst])!r}, "
            f"error {float(error[worst]):.3g}, allowed {limit:.3g}"
        )


def validate_layer(
    module: Any,
    reference: Reference,
    inputs: Mapping[str, Array],
    constants: Constants | None = None,
    axes: Mapping[str, int] | None = None,
    *,
    seed: int = 0,
    threads: tuple[int, ...] = (1, 2, 3, 7),
) -> None:
    """Forward and backward of one emitted module on one set of inputs: accuracy, saved and
    recomputed statistics, permuted dimensions, every layout, ``out``, threads and repeats.

    ``axes`` binds axis names to dimensions of the first input when they are not in the order in
    which the layer declares them; ``inputs`` are then in that order, too.
    """
    constants = dict(reference.constants if constants is None else constants)
    declared = reference.inputs[reference.first]
    order = [axes[name] for name in declared] if axes else list(range(len(declared)))
    dtype = inputs[reference.first].dtype
    standard = {**inputs, reference.first: np.transpose(inputs[reference.first], order)}
    rng = np.random.default_rng(seed)
    g = (rng.standard_normal(standard[reference.first].shape) + 0.3).astype(dtype)
    expected = expect(reference, standard, constants, g)
    run = _Runner(module, reference, standard, constants, g, expected)
    run.check("in the order declared", None)
    if axes:
        run.check(f"axes={dict(axes)}", axes)
    rotated = {name: (place + 1) % len(declared) for place, name in enumerate(declared)}
    run.check("dimensions rotated", rotated)
    for name, x in layouts(standard[reference.first]):
        run.check(f"x {name}", None, x=x)
    for name, other in layouts(g):
        run.check(f"grad_output {name}", None, g=other)
    run.outputs()
    run.same_bits(threads)


class _Runner:
    """One module on one set of inputs, called in many ways."""

    def __init__(
        self, module: Any, reference: Reference, inputs: Mapping[str, Array],
        constants: Constants, g: Array, expected: Expected,
    ) -> None:  # fmt: skip
        self.module, self.reference, self.inputs = module, reference, inputs
        self.constants, self.g, self.expected = constants, g, expected
        self.dtype = g.dtype

    def backward(self, *, x: Array | None = None, g: Array | None = None, **more: Any) -> Any:
        x = self.inputs[self.reference.first] if x is None else x
        g = self.g if g is None else g
        axes = self.reference.bound(more.pop("axes", None))
        if "saved" not in more:
            settings = {**self.constants, "axes": axes}
            more["saved"] = self.module.forward(x, *self.others(), **settings)[1]
        needed = self.others(self.module.backward)
        return self.module.backward(g, x, *needed, **self.constants, axes=axes, **more)

    def others(self, function: Any = None) -> list[Array]:
        """The inputs after the first, in order; for ``backward`` those that it takes: a gradient
        needs no value of an input that is only added."""
        names = [name for name in self.inputs if name != self.reference.first]
        if function is not None:
            parameters = inspect.signature(function).parameters
            if not any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
                names = [name for name in names if name in parameters]
        return [self.inputs[name] for name in names]

    def check(
        self, what: str, axes: Mapping[str, int] | None,
        x: Array | None = None, g: Array | None = None,
    ) -> None:  # fmt: skip
        what = f"{self.reference.name}[{self.dtype}] {self.g.shape}, {what}"
        x = self.inputs[self.reference.first] if x is None else x
        g = self.g if g is None else g
        declared = self.reference.inputs[self.reference.first]
        order = [axes[name] for name in declared] if axes else list(range(len(declared)))
        back = tuple(int(place) for place in np.argsort(order))
        x, g = np.transpose(x, back), np.transpose(g, back)
        y, _ = self.module.forward(
            x, *self.others(), **self.constants, axes=self.reference.bound(axes)
        )
        standard_y = np.transpose(y, order)
        allowed = self.expected
        assert_close(f"{what}: y", standard_y, allowed.y, allowed.allowed_y, self.dtype)
        for more in ({}, {"saved": None}):
            gradients = self.backward(x=x, g=g, axes=axes, **more)
            self.compare(f"{what}{', recomputed' if more else ''}", gradients, order)

    def compare(self, what: str, gradients: Any, order: list[int] | None = None) -> None:
        for name, attribute in gradient_names(self.reference).items():
            actual = getattr(gradients, attribute)
            if order and self.reference.inputs[name] == self.reference.inputs[self.reference.first]:
                actual = np.transpose(actual, order)
            assert_close(
                f"{what}: {attribute}", actual, self.expected.gradients[name],
                self.expected.allowed[name], self.dtype,
            )  # fmt: skip

    def outputs(self) -> None:
        x = self.inputs[self.reference.first]
        for target in ("fresh", "grad_output", "x"):
            given = {"x": x.copy(), "g": self.g.copy()}
            out = {"fresh": np.empty_like(x), "grad_output": given["g"], "x": given["x"]}[target]
            gradients = self.backward(**given, out=out)
            self.compare(f"{self.reference.name}, out is {target}", gradients)
            assert np.shares_memory(out, gradients.grad_input), f"out is {target}: not used"
            assert_same_bits(out, gradients.grad_input, f"out is {target}")
            if target != "x":
                assert_same_bits(given["x"], x, f"out is {target}: x")
            if target != "grad_output":
                assert_same_bits(given["g"], self.g, f"out is {target}: grad_output")

    def same_bits(self, threads: tuple[int, ...]) -> None:
        first = self.backward()
        for number in threads:
            again = self.backward(threads=number)
            for attribute in gradient_names(self.reference).values():
                what = f"{self.reference.name}: {attribute}, threads={number}"
                assert_same_bits(getattr(first, attribute), getattr(again, attribute), what)


def validate_everywhere(module: Any, reference: Reference) -> None:
    """``validate_layer`` over the standard sizes and both dtypes, for two-axis layers."""
    names = reference.inputs[reference.first]
    for sizes in SIZES:
        for dtype in (np.float32, np.float64):
            inputs = draw_inputs(reference, dict(zip(names, sizes, strict=True)), dtype)
            validate_layer(module, reference, inputs)
