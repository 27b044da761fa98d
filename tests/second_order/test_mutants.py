"""Wrong second derivatives, of every layer, through the tolerances that the kernels are held to: all are caught.

The chain rule is wrong in one place, on the way forward (a path of the tangent dropped, doubled, negated) or on the way
back through it (the mistakes of ``derive.calculus.mutants``). A mistake that changes nothing must pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

import numpy as np
import pytest
import sympy as sp

from derive import catalogue
from derive.calculus.chain_rule import backward
from derive.calculus.forward_mode import forward
from derive.calculus.mutants import Mutant, mutants
from derive.calculus.numeric import ArrayEvaluation
from derive.graph import Graph, lower
from derive.language import name_of
from tests.second_order.layers import EVERY, Layer
from tests.support import oracles
from tests.support.contract import Array
from tests.support.duals import PREFIX
from tests.support.second_order import Trial

pytestmark = pytest.mark.skipif(
    not oracles.LONGDOUBLE_IS_WIDE,
    reason=f"mutants are evaluated in longdouble, which has {oracles.LONGDOUBLE_BITS} bits here",
)


@cache
def tangent_graph(name: str) -> Graph:
    graph = lower(catalogue.builtin(name).layer)
    return forward(graph, {t: f"{PREFIX}{name_of(t)}" for t in graph.inputs}).as_graph(f"{name}_along")


@dataclass(frozen=True)
class Wrong:
    """A graph of the tangent with one wrong equation."""

    name: str
    graph: Graph


def wrong_tangents(name: str) -> Iterator[Wrong]:
    """Every path of the tangent dropped, doubled and negated."""
    graph = lower(catalogue.builtin(name).layer)
    found = forward(graph, {t: f"{PREFIX}{name_of(t)}" for t in graph.inputs})
    right = tangent_graph(name)
    for tangent in found.tangents:
        for share in tangent.shares:
            for word, factor in (("dropped", 0), ("doubled", 2), ("negated", -1)):
                total = cast(sp.Expr, tangent.equation.summand + (factor - 1) * share.value)
                wrong = replace(tangent.equation, summand=total)
                equations = tuple(wrong if e == tangent.equation else e for e in right.equations)
                yield Wrong(f"{share.label} {word}", replace(right, equations=equations))


@cache
def trials(layer: Layer, dtype: Any) -> tuple[Trial, ...]:
    """Small and middling data, and data so small that eps counts."""
    found = []
    for sizes in layer.sizes[:4]:
        for scale in (1.0, 4e-3) if layer.scales else (1.0,):
            trial, _ = layer.trial(sizes, dtype, seed=3)
            found.append(trial.with_input("x", (trial.inputs["x"] * scale).astype(dtype)))
    return tuple(found)


def evaluated(layer: Layer, trial: Trial) -> tuple[Mapping[str, Array], Array, dict[str, tuple[int, ...]]]:
    """The values with a dimension for each axis of the graph, which cuts one that is two axes."""
    interface, graph = catalogue.builtin(layer.name).interface, tangent_graph(layer.name)
    shape, names = list(trial.g.shape), [axis.name for axis in graph.axes]
    if interface.split is not None:
        place = names.index(interface.split.axes[0])
        _, _, arguments = layer.reference(trial.g.shape)
        count = arguments[interface.split.argument]
        shape[place : place + 1] = [count, trial.g.shape[place] // count]
    sizes = dict(zip(names, shape, strict=True))
    own = {name_of(t): [sizes[str(i)] for i in t.indices] for t in (*graph.inputs, *graph.buffers)}  # type: ignore[attr-defined]
    cut = {name: np.asarray(trial.inputs[name]).reshape(own[name]) for name in own}
    return cut, trial.g.reshape(shape), {name: (k,) for k, name in enumerate(names)}


def gradients_caught(layer: Layer, mutant: Mutant, trial: Trial) -> bool:
    cut, g, dims = evaluated(layer, trial)
    with np.errstate(all="ignore"):
        found = mutant.gradients(cut, g, dict(trial.reference.constants), dims)
    expected, dtype = trial.expected, trial.g.dtype
    for name, value in found.items():
        error = abs(value.reshape(trial.inputs[name].shape).astype(dtype) - expected.gradients[name])
        if not (error <= expected.allowed[name]).all():
            return True
    return False


def tangent_caught(layer: Layer, wrong: Wrong, trial: Trial) -> bool:
    cut, g, dims = evaluated(layer, trial)
    values: dict[str, Any] = {**cut, **trial.reference.constants}
    with np.errstate(all="ignore"):
        evaluation = ArrayEvaluation(wrong.graph.equations, wrong.graph.axes, dims, values, g.shape)
        found = evaluation.own_shape(wrong.graph.output).reshape(trial.g.shape)
    error = abs(found.astype(trial.g.dtype) - trial.expected.y)
    return not bool((error <= trial.expected.allowed_y).all())


def same(layer: Layer, wrong: Wrong) -> bool:
    """Whether a wrong tangent is the right one after all, in longdouble on data where nothing is special."""
    trial = next(t for t in trials(layer, np.float64) if min(t.g.shape) > 1)
    cut, g, dims = evaluated(layer, trial)
    values: dict[str, Any] = {**cut, **trial.reference.constants}
    results = [
        ArrayEvaluation(graph.equations, graph.axes, dims, values, g.shape).own_shape(graph.output)
        for graph in (wrong.graph, tangent_graph(layer.name))
    ]
    return bool(abs(results[0] - results[1]).max() <= 1e-12 * abs(results[1]).max())


def label(value: Any) -> str:
    return str(getattr(value, "name", value))


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=lambda d: d.__name__)
@pytest.mark.parametrize("layer", EVERY, ids=label)
def test_every_wrong_way_back_is_caught(layer: Layer, dtype: Any) -> None:
    wrong = mutants(backward(tangent_graph(layer.name), every=False))
    assert len(wrong) >= 5
    alive = [m.name for m in wrong if not any(gradients_caught(layer, m, t) for t in trials(layer, dtype))]
    assert not alive


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=lambda d: d.__name__)
@pytest.mark.parametrize("layer", EVERY, ids=label)
def test_every_wrong_way_forward_is_caught_unless_it_changes_nothing(layer: Layer, dtype: Any) -> None:
    wrong = list(wrong_tangents(layer.name))
    assert len(wrong) >= 6
    alive = [w for w in wrong if not any(tangent_caught(layer, w, t) for t in trials(layer, dtype))]
    assert [w.name for w in alive if not same(layer, w)] == []


@pytest.mark.parametrize("layer", EVERY, ids=label)
def test_the_right_equations_pass(layer: Layer) -> None:
    right = tangent_graph(layer.name)
    first = backward(right, every=False)
    for trial in trials(layer, np.float64):
        assert not tangent_caught(layer, Wrong("none", right), trial)
        assert not gradients_caught(layer, Mutant("none", "no mistake", first, first.equations), trial)


def test_what_the_vanishing_term_leaves_out_changes_nothing_of_the_tangent() -> None:
    layer = next(one for one in EVERY if one.name == "batch_norm")
    names = {w.name for w in wrong_tangents("batch_norm") if same(layer, w)}
    assert names == {"mean -> var dropped", "mean -> var doubled", "mean -> var negated"}
