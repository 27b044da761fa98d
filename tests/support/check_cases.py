"""Seeded random cases for the gradient check and the audit: right kernels and mutants of them.

The right kernels are HIPS autograd in the dtype of the data and the emitted modules, so they round like real kernels. A
mutant is the exact gradient of a wrong derivation, rounded once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import derive
from derive import catalogue
from derive.checks.problem import AnyMutant, Problem, bind
from derive.interface import Interface
from derive.language import name_of
from derive.proofs.derivation import Derivation, derive_layer
from generated.numpy import batch_norm
from tests.support.layers import BATCH_NORM, REFERENCES, SOFTMAX, Reference, anp
from tests.support.oracles import autograd_vjp
from tests.user_layers.pages import STEP_BY_STEP

Array = Any
BLIND = ("ones", "sum(y**2)", "linear", "i % 4", "one-hot")


@dataclass(frozen=True)
class Subject:
    """A layer with a plain NumPy function that computes it."""

    layer: derive.Layer
    derivation: Derivation
    interface: Interface
    reference: Reference


def _stable_softmax(inputs: Mapping[str, Any], constants: Mapping[str, float]) -> Any:
    x = inputs["x"]
    raised = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
    return raised / anp.sum(raised, axis=-1, keepdims=True)


@functools.cache
def subjects() -> tuple[Subject, ...]:
    page: dict[str, Any] = {}
    exec(f"from derive import *\n{STEP_BY_STEP}", page)
    entry = catalogue.builtin("batch_norm")
    pairs = [(entry.layer, entry.interface, BATCH_NORM)]
    stable = [replace(r, function=_stable_softmax) if r is SOFTMAX else r for r in REFERENCES]
    pairs += [(page[reference.name], Interface(), reference) for reference in stable]
    return tuple(
        Subject(layer, derive_layer(layer, interface.names), interface, reference)
        for layer, interface, reference in pairs
    )


HOSTILE: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    "mean 1e4": lambda x, rng: 1e4 + 0.1 * x,
    "mean -300": lambda x, rng: x - 300,
    "tiny": lambda x, rng: 1e-4 * x,
    "large": lambda x, rng: 30 * x,
    "scales apart": lambda x, rng: x * 10.0 ** rng.integers(-3, 4, (1, *x.shape[1:2], *[1] * (x.ndim - 2))),
    "an outlier": lambda x, rng: np.where(np.arange(x.size).reshape(x.shape) == x.size // 2, 1e3, x),
    "whole numbers": lambda x, rng: np.round(2 * x),
    "many zeros": lambda x, rng: np.where(rng.random(x.shape) < 0.8, 0, x),
    "almost constant": lambda x, rng: 1 + 1e-3 * x,
}


@dataclass(frozen=True)
class Case:
    """One thing to check.

    `cotangent` is what the check is given; `kind` is "normal" or one of `HOSTILE`. `blind` says that little or nothing
    of the gradient is left: few elements per group, or a cotangent that the layer removes.
    """

    subject: Subject
    inputs: Mapping[str, Array]
    kind: str
    cotangent: str | None
    kernel: str
    problem: Problem

    @property
    def name(self) -> str:
        shape = self.problem.shape
        return f"{self.subject.layer.name} {self.problem.dtype} {shape} {self.kind} {self.kernel} {self.cotangent}"

    @property
    def hostile(self) -> bool:
        return self.kind != "normal"

    @property
    def blind(self) -> bool:
        axes = self.subject.reference.inputs[self.subject.reference.first]
        shape = self.problem.shape
        group = np.prod([shape[axes.index(axis)] for axis in self.subject.reference.reduced])
        return self.cotangent in BLIND or bool(group < 4)

    def forward(self, *arrays: Array) -> Array:
        """The output, in the dtype of the inputs."""
        if self.kernel == "emitted":
            return batch_norm.forward(*arrays)[0]
        values = dict(zip(self.inputs, arrays, strict=True))
        return self.subject.reference.function(values, self.subject.reference.constants)

    def backward(self, grad_output: Array, *arrays: Array) -> tuple[Array, ...]:
        """The right gradients, in the dtype of the inputs."""
        if self.kernel == "emitted":
            return tuple(batch_norm.backward(grad_output, *arrays[:2]))
        values = dict(zip(self.inputs, arrays, strict=True))
        reference = self.subject.reference
        found = autograd_vjp(reference.function, values, reference.constants, grad_output, grad_output.dtype)[1]
        return tuple(found[name] for name in self.inputs)


def cases(seed: int, count: int, *, only_kind: bool = False) -> Iterator[Case]:
    """Random cases; with `only_kind` none that is hostile or blind."""
    rng = np.random.default_rng([7, seed])
    made = 0
    while made < count:
        case = _case(rng, only_kind)
        if only_kind and (case.blind or case.hostile):
            continue
        made += 1
        yield case


def _case(rng: np.random.Generator, only_kind: bool) -> Case:
    subject = subjects()[int(rng.integers(len(subjects())))]
    reference = subject.reference
    dtype = (np.float32, np.float64)[int(rng.integers(2))]
    low = 4 if only_kind else 1
    sizes = {axis: int(rng.integers(low, 9)) for axis in reference.inputs[reference.first]}
    kinds = ["normal"] if only_kind or rng.random() < 0.6 else list(HOSTILE)
    kind = kinds[int(rng.integers(len(kinds)))]
    inputs = {}
    for name, axes in reference.inputs.items():
        shape = tuple(sizes[axis] for axis in axes)
        if name == reference.first:
            x = rng.standard_normal(shape)
            inputs[name] = (x if kind == "normal" else HOSTILE[kind](x, rng)).astype(dtype)
        else:
            inputs[name] = (rng.uniform(0.3, 2.0, shape) * rng.choice([-1, 1], shape)).astype(dtype)
    cotangent = None if only_kind or rng.random() < 0.8 else BLIND[int(rng.integers(len(BLIND)))]
    kernel = "emitted" if reference is BATCH_NORM and rng.random() < 0.5 else "autograd"
    constants = {name: reference.constants[name] for name in map(str, subject.derivation.graph.constants)}
    assert list(inputs) == [name_of(t) for t in subject.derivation.graph.inputs]
    problem = bind(subject.derivation, subject.interface, inputs, constants)
    return Case(subject, inputs, kind, cotangent, kernel, problem)


@dataclass(frozen=True)
class MutantCase:
    """A case whose backward pass is that of a mutant: exact for the wrong derivation, rounded once."""

    case: Case
    mutant: AnyMutant

    @property
    def name(self) -> str:
        return f"{self.case.name}: {self.mutant.name}"

    def backward(self, grad_output: Array, *arrays: Array) -> tuple[Array, ...]:
        """The wrong gradients, in the dtype of the inputs."""
        problem = self.case.problem
        given = dict(zip(self.case.inputs, arrays, strict=True))
        at = bind(problem.derivation, problem.interface, given, problem.constants)
        found = at.mutant_gradients(self.mutant, grad_output)
        with np.errstate(over="ignore"):
            return tuple(found[name].astype(grad_output.dtype) for name in self.case.inputs)

    def distance(self, cotangents: Iterable[Array]) -> float:
        """How far the wrong gradient is from the exact one: the largest relative 2-norm over inputs and cotangents."""
        largest = 0.0
        for g in cotangents:
            right = self.case.problem.gradients(g)
            wrong = self.case.problem.mutant_gradients(self.mutant, g)
            for name, value in right.items():
                off, size = _norm(wrong[name] - value), _norm(value)
                if not np.isfinite(off):
                    return np.inf
                largest = max(largest, off / size if size > 0 else (np.inf if off > 0 else 0.0))
        return largest


def _norm(array: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(array.astype(np.longdouble) ** 2)))


def mutant_cases(seed: int, count: int, *, only_kind: bool = False) -> Iterator[MutantCase]:
    """Random mutants of random cases."""
    rng = np.random.default_rng([8, seed])
    for case in cases(seed + 10_000, count, only_kind=only_kind):
        known = case.problem.mutants()
        yield MutantCase(case, known[int(rng.integers(len(known)))])
