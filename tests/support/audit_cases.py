"""Kernels with a known mistake, drawn at random, for measuring how often the audit says so and names it.

A case is a layer at random data, calculated in the data's own dtype with one mutant's equations: what a real kernel
with that mistake would return, rounding included. Right kernels are drawn in the same way, without a mutant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import derive
from derive import Layer, catalogue
from derive.checks.audit_report import AuditReport
from derive.checks.mistakes.words import gradient_name
from derive.checks.problem import AnyMutant, Problem, bind
from derive.interface import Interface
from derive.language import name_of
from derive.proofs.derivation import Derivation, derive_layer
from tests.support.contract import Array
from tests.user_layers.pages import STEP_BY_STEP


@dataclass(frozen=True)
class Subject:
    """A layer with the shapes to draw it at; `call` are its constants and axis argument."""

    layer: Layer
    interface: Interface
    derivation: Derivation
    shapes: tuple[tuple[int, ...], ...]
    calls: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return self.layer.name


@dataclass(frozen=True)
class AuditCase:
    """Supplied gradients with what is known about them.

    `effect` is how far the mistake's exact gradient is from the right one, relative, the largest over the gradients.
    """

    subject: Subject
    problem: Problem
    mutant: AnyMutant | None
    named: dict[str, Any]
    effect: float

    def audit(self) -> AuditReport:
        layer: Any = self.subject.layer if self.subject.interface == Interface() else self.subject.name
        return derive.audit(layer, **self.named)

    def __str__(self) -> str:
        words = "right" if self.mutant is None else self.mutant.name
        return f"{self.subject.name} {self.problem.dtype} {self.problem.shape}: {words}"


@cache
def user_layers() -> dict[str, Layer]:
    """The layers of the users' page, by name."""
    space: dict[str, Any] = {}
    exec(f"from derive import *\n{STEP_BY_STEP}", space)
    return {value.name: value for value in space.values() if isinstance(value, Layer)}


@cache
def subjects() -> tuple[Subject, ...]:
    """Batch norm and the users' layers, each at several shapes."""
    found = []
    entry = catalogue.builtin("batch_norm")
    shapes = ((16, 4), (8, 3, 5, 5), (4, 5, 3, 6), (6, 2, 9))
    calls = ({"axis": 1, "eps": 1e-3}, {"axis": 1, "eps": 1e-2}, {"axis": -1, "eps": 1e-3}, {"axis": 1, "eps": 1e-1})
    derivation = derive_layer(entry.layer, entry.interface.names)
    found.append(Subject(entry.layer, entry.interface, derivation, shapes, calls))
    for layer in user_layers().values():
        constants = {str(c): 1e-2 for c in layer.constants}
        rows = ((6, 16), (3, 33), (10, 9))
        found.append(Subject(layer, Interface(), derive_layer(layer), rows, (constants,) * 3))
    return tuple(found)


def draw_case(
    rng: np.random.Generator, subject: Subject, which: int, dtype: Any, mutant: AnyMutant | None | int = None
) -> AuditCase:
    """One case; `mutant` as a number picks one of the problem's own."""
    shape, call = subject.shapes[which], subject.calls[which]
    data = draw_data(rng, subject, shape, call, dtype)
    inputs = {name: value for name, value in data.items() if name != "grad_output"}
    problem = bind(subject.derivation, subject.interface, inputs, call)
    if isinstance(mutant, int):
        known = problem.mutants()
        mutant = known[mutant % len(known)]
    gradients = returned(problem, data["grad_output"], mutant)
    effect = 0.0 if mutant is None else effect_of(problem, data["grad_output"], mutant)
    return AuditCase(subject, problem, mutant, {**data, **call, **gradients}, effect)


def draw_data(
    rng: np.random.Generator, subject: Subject, shape: tuple[int, ...], call: dict[str, Any], dtype: Any
) -> dict[str, Array]:
    """Inputs and grad_output: ordinary data, parameters away from one."""
    first, *others = subject.layer.inputs
    data = {name_of(first): rng.normal(0.5, 1.5, shape).astype(dtype)}
    dims = {axis.name: k for k, axis in enumerate(subject.layer.axes)}
    for tensor in others:
        sizes = [shape[call.get("axis", dims[axis.name])] for axis in tensor.indices]  # type: ignore[attr-defined]
        data[name_of(tensor)] = rng.uniform(0.5, 2.0, sizes).astype(dtype)
    data["grad_output"] = rng.normal(0.3, 1.0, shape).astype(dtype)
    return data


def returned(problem: Problem, grad_output: Array, mutant: AnyMutant | None) -> dict[str, Array]:
    """What a kernel with that mistake returns, calculated in the dtype of the data, by public names."""
    seed = problem.derivation.backward.grad_output
    value = {name_of(seed): problem.binding.lined_up(seed, grad_output)}
    with np.errstate(all="ignore"):
        right = problem.evaluation_in(problem.dtype.type).altered(values=value)
        found = problem.read(right) if mutant is None else problem.read_mutant(mutant, right)
    graph = problem.graph
    return {gradient_name(graph, name): np.asarray(v).astype(problem.dtype) for name, v in found.items()}


def effect_of(problem: Problem, grad_output: Array, mutant: AnyMutant) -> float:
    """How far a mistake moves the exact gradients, relative to the largest element of each."""
    true, wrong = problem.gradients(grad_output), problem.mutant_gradients(mutant, grad_output)
    with np.errstate(all="ignore"):
        moved = [float(np.abs(wrong[n] - true[n]).max() / np.abs(true[n]).max()) for n in true]
    return max((m if np.isfinite(m) else float("inf")) for m in moved)


def named_right(report: AuditReport, mutant: AnyMutant) -> bool:
    """Whether the audit's first name is the mistake, or one that the data cannot tell from it."""
    if not report.explanations:
        return False
    first = report.explanations[0]
    return first.complete and mutant.name in first.names


@dataclass
class Rates:
    """How audits went.

    `named` counts whether the first name was right among those that disagree, a name that the data cannot tell from it
    included; `alone` counts those for which it was the mistake itself. `small` are mistakes that move too little.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    named: Counter[bool] = field(default_factory=Counter)
    alone: int = 0
    small: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def share_named(self) -> float:
        total = self.named[True] + self.named[False]
        return self.named[True] / total if total else 1.0

    def __str__(self) -> str:
        shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        total = sum(self.named.values())
        return (
            f"{shown}; named right {self.named[True]} of {total} ({100 * self.share_named:.1f}%), "
            f"{self.alone} by the first name itself; {self.small} too small to matter"
        )


def random_cases(seed: int, count: int, *, wrong: bool = True) -> Iterator[AuditCase]:
    """Cases over layers, shapes, dtypes and mistakes."""
    rng = np.random.default_rng(seed)
    known = subjects()
    for _ in range(count):
        subject = known[rng.integers(len(known))] if rng.random() < 0.5 else known[0]
        which = int(rng.integers(len(subject.shapes)))
        dtype = (np.float32, np.float64)[rng.integers(2)]
        yield draw_case(rng, subject, which, dtype, int(rng.integers(1 << 30)) if wrong else None)


def measure(cases: Sequence[AuditCase] | Iterator[AuditCase], required: dict[int, float]) -> Rates:
    """The audit's verdicts on wrong kernels, and how often its first name is right among those that disagree.

    Mistakes that move the gradient by less than `required` (by the size of the dtype) are counted apart.
    """
    rates = Rates()
    for case in cases:
        assert case.mutant is not None
        if case.effect <= required[case.problem.dtype.itemsize]:
            rates.small += 1
            continue
        report = case.audit()
        rates.verdicts[report.verdict] += 1
        if report.verdict == "disagrees":
            good = named_right(report, case.mutant)
            rates.named[good] += 1
            first_name = report.explanations[0]
            rates.alone += good and case.mutant.name in (first_name.name, *first_name.also)
            if not good:
                first = report.explanations[0].name if report.explanations else "nothing"
                rates.misses.append(f"{case} -> {first}")
        else:
            rates.misses.append(f"{case} -> {report.verdict}")
    return rates


# Mistakes of batch norm that people make, by the names under which the audit must know them.
SMALL_BATCH = (
    *(
        f"{path} {word}"
        for path in ("x_norm -> var", "x_norm -> mean", "mean -> x", "var -> x", "x_norm -> x", "y -> gamma")
        for word in ("dropped", "doubled", "negated")
    ),
    "gamma left out", "gamma applied twice", "gamma applied twice in mean(grad_output) in grad_input",
    "gamma left out of mean(d*grad_output)*inv_std**2*d in grad_input", "gamma applied to grad_gamma",
    "var -> x N-1", "mean -> x N-1", "N-1 instead of N in every mean", "N-1 instead of N in var, in what was saved",
    "N-1 instead of N in var, in the whole layer", "a sum instead of a mean in mean(grad_output) in grad_input",
    "a mean instead of a sum in grad_gamma", "eps left out", "eps left out of the root", "eps doubled",
    "eps outside the root", "root of var forgotten", "1/(var + eps) where 1/sqrt(var + eps) belongs",
    "sqrt(var + eps) where 1/sqrt(var + eps) belongs", "var where 1/sqrt(var + eps) belongs",
    "mean treated as constant", "var treated as constant",
    "mean and var treated as constant, as in the inference formula", "mean not subtracted",
    "inv_std left out of grad_input", "inv_std applied twice in grad_gamma",
    "the size of s left out of every count", "statistics over s instead of n and s, in the whole layer",
    "statistics over n instead of n and s, in what was saved", "grad_gamma and grad_beta in each other's place",
    "statistics over n, c and s instead of n and s, in the whole layer",
    "sums over n instead of n and s, with the right statistics",
)  # fmt: skip
