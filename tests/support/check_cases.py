"""Seeded random cases for the gradient check and the audit: right kernels and mutants of them.

The right kernels are HIPS autograd in the dtype of the data and the emitted modules, so they round like real kernels. A
mutant is the exact gradient of a wrong derivation, rounded once.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive import catalogue
from derive.checks.known import KnownLayer
from derive.checks.problem import AnyMutant, Problem, bind
from derive.interface import Interface
from derive.proofs.derivation import Derivation, derive_layer
from tests.support.catalogue import MEMBERS, Member
from tests.support.layers import BATCH_NORM, Constants, Reference, Values, anp
from tests.support.oracles import autograd_vjp

Array = Any
BLIND = ("ones", "sum(y**2)", "linear", "i % 4", "one-hot")


def _stable(inputs: Values, constants: Constants) -> Any:
    x = inputs["x"]
    raised = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
    return raised / anp.sum(raised, axis=-1, keepdims=True)


def _stable_log(inputs: Values, constants: Constants) -> Any:
    x = inputs["x"] - anp.max(inputs["x"], axis=-1, keepdims=True)
    return x - anp.log(anp.sum(anp.exp(x), axis=-1, keepdims=True))


# The plain ones overflow on hostile data.
STABLE: dict[str, Callable[[Values, Constants], Any]] = {"softmax": _stable, "log_softmax": _stable_log}
BATCH = Member("batch_norm", lambda sizes: BATCH_NORM, (), lambda sizes: {})


@dataclass(frozen=True)
class Subject:
    """A layer of the catalogue with a plain NumPy function that computes it."""

    member: Member
    derivation: Derivation
    interface: Interface

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of the data as the plain function sees them."""
        inputs = self.member.reference(dict.fromkeys("ncsdoi", 1)).inputs
        return next(iter(inputs.values()))


@functools.cache
def subjects() -> tuple[Subject, ...]:
    """Every layer of the catalogue."""
    found = []
    for one in (BATCH, *MEMBERS):
        entry = catalogue.builtin(one.name)
        found.append(Subject(one, derive_layer(entry.layer, entry.interface.names), entry.interface))
    assert {one.member.name for one in found} == set(catalogue.names())
    return tuple(found)


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
    reference: Reference
    call: Mapping[str, Any]
    inputs: Mapping[str, Array]
    kind: str
    cotangent: str | None
    kernel: str
    group: int
    problem: Problem

    @property
    def name(self) -> str:
        shape = self.problem.binding.callers_shape(self.problem.graph["x"])
        return f"{self.subject.member.name} {self.problem.dtype} {shape} {self.kind} {self.kernel} {self.cotangent}"

    @property
    def hostile(self) -> bool:
        return self.kind != "normal"

    @property
    def blind(self) -> bool:
        return self.cotangent in BLIND or self.group < 4

    def forward(self, *arrays: Array) -> Array:
        """The output, in the dtype of the inputs."""
        if self.kernel == "emitted":
            return self.subject.member.module.forward(*arrays, **self.call)[0]
        return self.reference.function(dict(zip(self.inputs, arrays, strict=True)), self.reference.constants)

    def backward(self, grad_output: Array, *arrays: Array) -> list[Array | None]:
        """The right gradients, in the dtype of the inputs; None for what takes none."""
        given = dict(zip(self.inputs, arrays, strict=True))
        offered = self.problem.names
        if self.kernel == "emitted":
            function = self.subject.member.module.backward
            taken = inspect.signature(function).parameters
            found = function(grad_output, **{n: a for n, a in given.items() if n in taken}, **self.call)
            gradients = dict(zip(offered, found, strict=True))
        else:
            reference = self.reference
            dtype = grad_output.dtype
            gradients = autograd_vjp(reference.function, given, reference.constants, grad_output, dtype)[1]
        return [gradients[name] if name in offered else None for name in self.inputs]


def cases(seed: int, count: int) -> Iterator[Case]:
    """Random cases, some of them hostile or blind."""
    rng = np.random.default_rng([7, seed])
    for _ in range(count):
        yield _case(rng)


def _case(rng: np.random.Generator) -> Case:
    subject = subjects()[int(rng.integers(len(subjects())))]
    dtype = (np.float32, np.float64)[int(rng.integers(2))]
    sizes = {axis: int(rng.integers(1, 9)) for axis in subject.axes}
    reference = subject.member.reference(sizes)
    reference = replace(reference, function=STABLE.get(reference.name, reference.function))
    kinds = ["normal"] if rng.random() < 0.6 else list(HOSTILE)
    kind = kinds[int(rng.integers(len(kinds)))]
    inputs = {}
    for name, axes in reference.inputs.items():
        shape = tuple(sizes[axis] for axis in axes)
        if name == reference.first:
            x = rng.standard_normal(shape)
            inputs[name] = (x if kind == "normal" else HOSTILE[kind](x, rng)).astype(dtype)
        elif name in reference.buffers:
            inputs[name] = reference.buffers[name](rng, shape).astype(dtype)
        else:
            inputs[name] = (rng.uniform(0.3, 2.0, shape) * rng.choice([-1, 1], shape)).astype(dtype)
    cotangent = None if rng.random() < 0.8 else BLIND[int(rng.integers(len(BLIND)))]
    kernel = "emitted" if rng.random() < 0.5 else "autograd"
    call = {**subject.member.arguments(sizes), **reference.constants}
    parts = call.get("num_groups", 1)
    group = math.prod(sizes[axis] for axis in reference.reduced) // parts
    problem = bind(subject.derivation, subject.interface, inputs, call)
    return Case(subject, reference, call, inputs, kind, cotangent, kernel, group, problem)


@dataclass(frozen=True)
class MutantCase:
    """A case whose backward pass is that of a mutant: exact for the wrong derivation, rounded once."""

    case: Case
    mutant: AnyMutant

    @property
    def name(self) -> str:
        return f"{self.case.name}: {self.mutant.name}"

    def backward(self, grad_output: Array, *arrays: Array) -> list[Array | None]:
        """The wrong gradients, in the dtype of the inputs."""
        problem = self.case.problem
        given = dict(zip(self.case.inputs, arrays, strict=True))
        at = KnownLayer(bind(problem.derivation, problem.interface, given, self.case.call))
        found = at.mistake(self.mutant, grad_output)
        with np.errstate(over="ignore"):
            return [found[n].astype(grad_output.dtype) if n in found else None for n in self.case.inputs]

    def distance(self, cotangents: Iterable[Array]) -> float:
        """How far the wrong gradient is from the exact one: the largest relative 2-norm over inputs and cotangents."""
        largest = 0.0
        for g in cotangents:
            known = KnownLayer(self.case.problem)
            right, wrong = known.exact(g), known.mistake(self.mutant, g)
            for name, value in right.items():
                off, size = _norm(wrong[name] - value), _norm(value)
                if not np.isfinite(off):
                    return np.inf
                largest = max(largest, off / size if size > 0 else (np.inf if off > 0 else 0.0))
        return largest


def _norm(array: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(array.astype(np.longdouble) ** 2)))


def mutant_cases(seed: int, count: int) -> Iterator[MutantCase]:
    """Random mutants of random cases."""
    rng = np.random.default_rng([8, seed])
    for case in cases(seed + 10_000, count):
        known = case.problem.mutants()
        yield MutantCase(case, known[int(rng.integers(len(known)))])
