"""The blind spots of gradient checks: which losses let which mistakes of a layer's derivation pass.

A check is modelled, not run: the exact gradient stands for the numerical one, give or take the noise that rounding the
loss leaves in a central difference. So a cell says what such a check can see, whatever way its rounding happened to go.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from statistics import NormalDist
from typing import Any

import numpy as np

from derive.calculus.mutants import SAME, Mutant, generic_data, mutants
from derive.checks.binding import Array, Binding
from derive.checks.cotangents import NAMED, named
from derive.checks.problem import Problem, bind
from derive.errors import CheckError
from derive.graph import Graph
from derive.interface import Default, Interface
from derive.language import indices, is_indicator, name_of
from derive.proofs.derivation import Derivation
from derive.report.blind_spots import Affected, BlindSpots, CheckSetting, LossRow, Mistake, Sight

# The summand of a loss that is more than a weighted sum of the outputs; NAMED has its derivative.
POWERS = {"sum(y**2)": 2, "sum(y**3)": 3}
EDGE = 1e-6  # relative; where a cell is decided by less, other data are taken
AWAY = 0.25  # how far parameters stay from 0 and from 1, where some mistakes change nothing
UNKNOWN = 0.3  # the value of a constant without a default
GROUP = {1: (12,), 2: (4, 5), 3: (2, 3, 4), 4: (2, 2, 3, 3)}  # elements along the summed axes, by how many there are
KEPT = 3  # elements along every other axis
NORMAL, MIXED, POSITIVE = "normal", "normal, given statistics positive", "positive"  # the first that suits the layer
ATTEMPTS = 4  # sets of data of each kind


@dataclass(frozen=True)
class Check:
    """How a test compares two gradients; `neutral` says that additive parameters are left at zero."""

    title: str
    dtype: Any
    step: float
    rtol: float
    atol: float
    neutral: bool

    def tolerance(self, exact: Array) -> Array:
        """What a gradient may be off by."""
        return self.atol + self.rtol * np.abs(exact)

    def noise(self, largest: float) -> float:
        """What rounding the largest term of the loss in its last place makes of a central difference."""
        return float(np.spacing(self.dtype(largest))) / (2 * self.step)


USUAL = Check("The usual check", np.float32, 1e-4, 1e-2, 1e-5, neutral=True)
FINER = Check("A finer check of the same", np.float64, 1e-5, 1e-6, 1e-8, neutral=True)
SEEING = Check("A check that can see", np.float64, 1e-5, 1e-6, 1e-8, neutral=False)


@dataclass(frozen=True)
class _Wrong:
    """A mutant, the other names of the same, and the places of the inputs whose gradients it changes."""

    mutant: Mutant
    also: tuple[str, ...]
    places: tuple[int, ...]


def blind_spots(derivation: Derivation, interface: Interface) -> BlindSpots | None:
    """The blind-spot matrix of a layer, the same on every machine; None where no data suit the layer.

    Args:
        derivation: the layer's derivation.
        interface: its calling convention: neutral values of parameters, defaults of constants.
    """
    with np.errstate(all="ignore"):
        wrong, equivalent = _gathered(derivation), mutants(derivation.backward, equivalent=True)
    checks = (USUAL, FINER, SEEING) if _additive(derivation.graph, interface) else (USUAL, SEEING)
    for kind in (NORMAL, MIXED, POSITIVE):
        for seed in range(ATTEMPTS):
            try:
                settings = tuple(_setting(check, derivation, interface, wrong, kind, seed) for check in checks)
            except CheckError:
                continue
            return BlindSpots(
                _method(),
                tuple(Mistake(k, _words(w.mutant.name), tuple(map(_words, w.also))) for k, w in enumerate(wrong, 1)),
                tuple(
                    Affected(name_of(derivation.backward.grad(name_of(t))), _numbers(wrong, place))
                    for place, t in enumerate(derivation.graph.inputs)
                ),
                tuple(_words(m.name) for m in equivalent),
                settings,
            )
    return None


def _words(name: str) -> str:
    return name.replace("->", "→")


def _numbers(wrong: tuple[_Wrong, ...], place: int) -> tuple[int, ...]:
    return tuple(k for k, w in enumerate(wrong, 1) if place in w.places)


def _gathered(derivation: Derivation) -> tuple[_Wrong, ...]:
    """The mutants that change something, equal ones as one, ordered by the inputs whose gradients they change."""
    backward = derivation.backward
    sample = generic_data(backward)
    right = Mutant("none", "no mistake", backward, backward.equations).gradients(*sample)
    found: list[_Wrong] = []
    known: list[dict[str, Array]] = []
    for mutant in mutants(backward):
        value = mutant.gradients(*sample)
        twin = next((k for k, other in enumerate(known) if not _differing(value, other)), None)
        if twin is not None:
            found[twin] = replace(found[twin], also=(*found[twin].also, mutant.name))
            continue
        changed = _differing(value, right)
        places = (k for k, t in enumerate(derivation.graph.inputs) if name_of(t) in changed)
        found.append(_Wrong(mutant, (), tuple(places)))
        known.append(value)
    return tuple(sorted(found, key=lambda w: w.places))


def _differing(one: Mapping[str, Array], other: Mapping[str, Array]) -> set[str]:
    """The names under which two sets of gradients differ."""
    scale = {name: float(np.max(np.abs(value))) + 1.0 for name, value in other.items()}
    return {name for name in one if not float(np.max(np.abs(one[name] - other[name]))) <= SAME * scale[name]}


def _setting(
    check: Check, derivation: Derivation, interface: Interface, wrong: tuple[_Wrong, ...], kind: str, seed: int
) -> CheckSetting:
    problem, facts = _problem(check, derivation, interface, kind, seed)
    output = derivation.graph.output
    with np.errstate(all="ignore"):
        y = problem.binding.declared(output, problem.forward.tensor(output)).astype(np.float64)
        if not np.isfinite(y).all():
            raise CheckError("the output is not finite")
        names: dict[str, list[str]] = {}
        for name, code in NAMED.items():
            names.setdefault(code, []).append(name)  # a loss and a cotangent may be one and the same
        rows = tuple(_row(check, problem, wrong, same, y) for same in names.values())
    return CheckSetting(check.title, facts, rows)


def _row(check: Check, problem: Problem, wrong: tuple[_Wrong, ...], same: list[str], y: Array) -> LossRow:
    g = named(same[0], y).value
    largest = float(np.max(np.abs(y ** POWERS[same[0]] if same[0] in POWERS else g * y)))
    mantissa = math.frexp(largest)[0]
    if not math.isfinite(largest) or min(mantissa - 0.5, 1 - mantissa) < EDGE:
        raise CheckError("the largest term is next to a power of two, where the spacing of numbers changes")
    noise, right = check.noise(largest), problem.at(g)
    exact = problem.read(right)
    if not all(np.isfinite(value).all() for value in exact.values()):
        raise CheckError("a gradient is not finite")
    tolerance = {name: check.tolerance(value) for name, value in exact.items()}
    killed: list[dict[int, bool]] = [{} for _ in problem.names]
    for w in wrong:
        value = problem.read_mutant(w.mutant, right)
        for place in w.places:
            name = problem.names[place]
            off = np.abs(value[name] - exact[name])
            killed[place][id(w)] = not np.isfinite(off).all() or _exceeds(off, tolerance[name] + noise)
    sights = tuple(
        Sight(tuple(killed[place].values()), _exceeds(np.full_like(tolerance[name], noise), tolerance[name]))
        for place, name in enumerate(problem.names)
    )
    return LossRow(" = ".join(same), sights, sum(any(k.get(id(w), False) for k in killed) for w in wrong))


def _exceeds(value: Array, limit: Array) -> bool:
    """Whether some element is above its limit; refused where that hangs on the last digits."""
    most = float(np.max(value / limit))
    if abs(most - 1) <= EDGE:
        raise CheckError("an error is next to its tolerance")
    return most > 1


def _problem(
    check: Check, derivation: Derivation, interface: Interface, kind: str, seed: int
) -> tuple[Problem, tuple[tuple[str, str], ...]]:
    """The layer at small data, and what is to be said of them."""
    graph = derivation.graph
    sizes, summed = _sizes(graph)
    rng, arrays, additive = Random(seed), {}, _additive(graph, interface)
    alike: dict[str, list[str]] = {}
    for tensor in (*graph.inputs, *graph.buffers):
        name, own = name_of(tensor), indices(tensor)
        shape = [sizes[a.name] for a in (own if len(own) < len(graph.axes) else graph.axes)]
        if is_indicator(tensor):  # the same for every setting: most of them ones
            arrays[name] = (np.arange(math.prod(shape)) % 4 != 1).astype(np.float64).reshape(shape)
            alike.setdefault("three ones in four, the rest zeros", []).append(name)
            continue
        positive = kind == POSITIVE or bool(tensor.is_nonnegative) or (kind == MIXED and tensor in graph.buffers)
        values = np.array([_drawn(rng, positive) for _ in range(math.prod(shape))]).reshape(shape)
        zero = check.neutral and name in additive
        arrays[name] = np.zeros(shape) if zero else values
        words = f"{'absolute values of ' if positive else ''}normal numbers, at least {AWAY} away from 0 and 1"
        alike.setdefault("0" if zero else words, []).append(name)
    whole, dims = tuple(sizes[a.name] for a in graph.axes), {a.name: (k,) for k, a in enumerate(graph.axes)}
    constants = {str(c): _default(interface.defaults.get(str(c), UNKNOWN)) for c in graph.constants}
    problem = bind(derivation, interface, arrays, constants, binding=Binding(graph.axes, whole, dims))
    group = math.prod(sizes[name] for name in summed)
    facts = (
        ("numbers", np.dtype(check.dtype).name),
        ("shape", f"{problem.shape}, so N = {group} elements per group"),
        *((", ".join(names), what) for what, names in alike.items()),
        *((name, f"{value:g}") for name, value in constants.items()),
        ("step", f"{check.step:g}"),
        ("tolerance", f"rtol = {check.rtol:g}, atol = {check.atol:g}"),
    )
    return problem, facts


def _default(value: Default) -> float:
    """A constant's default; one that depends on the dtype is that of float32, for both."""
    return float(np.finfo(np.float32).eps) if isinstance(value, str) else value


def _drawn(rng: Random, positive: bool) -> float:
    """A normal number in 64ths, away from 0 and 1; the same on every machine."""
    while True:
        value = round(64 * NormalDist().inv_cdf(rng.random())) / 64
        value = abs(value) if positive else value
        if min(abs(value), abs(value - 1)) >= AWAY:
            return value


def _sizes(graph: Graph) -> tuple[dict[str, int], list[str]]:
    """How many elements lie along each axis, and which axes a group lies along: those that the layer sums over."""
    over = {axis for equation in graph.equations for axis in equation.over}
    over = over or {axis for t in graph.inputs for axis in graph.axes if axis not in indices(t)} or set(graph.axes)
    summed = [axis.name for axis in graph.axes if axis in over]
    along = GROUP.get(len(summed), (2,) * 6 + (1,) * len(summed))
    sizes = {axis.name: KEPT for axis in graph.axes}
    return sizes | dict(zip(summed, along, strict=False)), summed


def _additive(graph: Graph, interface: Interface) -> set[str]:
    """The parameters that are only added: those that are zero when left out, or whose derivative is one."""
    names = {name for name, neutral in interface.optional.items() if neutral == 0}
    last = next(e for e in graph.equations if e.target == graph.output)
    for tensor in graph.inputs:
        if len(indices(tensor)) < len(graph.axes) and last.summand.diff(tensor) == 1 and not last.over:
            names.add(name_of(tensor))
    return names


def _method() -> tuple[str, ...]:
    return (
        "A gradient check compares, element by element, a numerical gradient with that of a kernel, and lets the "
        "kernel pass if they differ nowhere by more than the tolerance, which is atol plus rtol times the size of the "
        "element.",
        "Here the kernels are wrong ones: the derivation with one mistake in it. The exact gradient stands for the "
        "numerical one, give or take its noise: one unit in the last place of the largest term of the loss, divided by "
        "twice the step. Truncation is left out of account.",
        "A mistake is killed (●) if some element is off by more than the tolerance and the noise; otherwise it "
        "survives (○).",
        "A dagger (†) marks false alarms: the noise alone exceeds the tolerance somewhere, so the right kernel may "
        "fail too, and a failure says nothing.",
    )
