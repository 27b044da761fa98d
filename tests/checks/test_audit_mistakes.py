"""The mutants of a whole derivation: what the list holds, that each is what its name says, that names are unique."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from derive import catalogue
from derive.calculus.mutants import Mutant, mutants
from derive.calculus.numeric import ArrayEvaluation
from derive.checks.mistakes.collection import all_mutants
from derive.checks.mistakes.partial import partial_mutants
from derive.checks.problem import Problem, bind
from derive.interface import Interface
from derive.proofs.derivation import Derivation, derive_layer
from tests.support.audit_cases import SMALL_BATCH, user_layers
from tests.support.contract import Array

SHAPE = (4, 3, 5, 2)


@cache
def batch_norm() -> tuple[Derivation, Interface]:
    entry = catalogue.builtin("batch_norm")
    return derive_layer(entry.layer, entry.interface.names), entry.interface


@pytest.fixture(scope="module")
def problem() -> Problem:
    rng = np.random.default_rng(17)
    derivation, interface = batch_norm()
    inputs = {"x": rng.normal(0.4, 1.5, SHAPE), "gamma": rng.uniform(0.5, 2, 3), "beta": rng.normal(0, 1, 3)}
    return bind(derivation, interface, inputs, {"eps": 0.3})


@pytest.fixture(scope="module")
def g() -> Array:
    return np.random.default_rng(18).normal(0.3, 1, SHAPE)


def named(problem: Problem, name: str) -> Mutant:
    """A mutant by its name or by another name of the same mistake."""
    found = [m for m in problem.mutants() if isinstance(m, Mutant) and name in (m.name, *m.also)]
    assert len(found) == 1, f"{name!r}: {[m.name for m in found]}"
    return found[0]


@pytest.mark.parametrize("name", SMALL_BATCH)
def test_every_mistake_of_the_list_is_made(problem: Problem, name: str) -> None:
    assert named(problem, name)


def formula(problem: Problem, g: Array, **change: Any) -> Array:
    """grad_input from the formula in a book, with something in it replaced."""
    x, gamma = (problem.arrays[name].astype(np.longdouble) for name in ("x", "gamma"))
    over, sums = (change.get(key, (0, 2, 3)) for key in ("over", "sums"))
    mean = x.mean(axis=over, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=over, keepdims=True)
    var = var * np.longdouble(change.get("unbiased", 1))
    make = change.get("root", lambda v, e: 1 / np.sqrt(v + e))
    r = make(var, np.longdouble(0.3))
    x_norm, scale = (x - mean) * r, gamma.reshape(1, 3, 1, 1)
    share = np.longdouble(change.get("share", 1))
    inner = g.mean(axis=sums, keepdims=True)
    product = (g * x_norm).mean(axis=sums, keepdims=True)
    one = np.longdouble(change.get("one", 1)), np.longdouble(change.get("two", 1))
    powers = scale ** int(change.get("gamma", 1))
    result: Array = powers * r * (g - one[0] * share * inner - one[1] * share * x_norm * product)
    return result


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("mean(grad_output) in grad_input left out", {"one": 0}),
        ("x_norm -> var negated", {"two": -1}),
        ("mean(grad_output) in grad_input halved", {"one": 0.5}),
        ("mean and var treated as constant, as in the inference formula", {"one": 0, "two": 0}),
        ("gamma left out", {"gamma": 0}),
        ("gamma applied twice", {"gamma": 2}),
        ("N-1 instead of N in every mean", {"share": np.longdouble(40) / 39}),
        ("N-1 instead of N in var, in what was saved", {"unbiased": np.longdouble(40) / 39}),
        ("eps left out of the root", {"root": lambda v, e: 1 / np.sqrt(v)}),
        ("eps doubled", {"root": lambda v, e: 1 / np.sqrt(v + 2 * e)}),
        ("eps outside the root", {"root": lambda v, e: 1 / (np.sqrt(v) + e)}),
        ("1/(var + eps) where 1/sqrt(var + eps) belongs", {"root": lambda v, e: 1 / (v + e)}),
        ("sqrt(var + eps) where 1/sqrt(var + eps) belongs", {"root": lambda v, e: np.sqrt(v + e)}),
        ("var where 1/sqrt(var + eps) belongs", {"root": lambda v, e: v}),
        ("statistics over s instead of n and s, in the whole layer", {"over": (2, 3), "sums": (2, 3)}),
        ("statistics over n instead of n and s, in the whole layer", {"over": (0,), "sums": (0,)}),
        ("sums over s instead of n and s, with the right statistics", {"sums": (2, 3)}),
        ("statistics over n, c and s instead of n and s, and the sums of the formula too",
         {"over": (0, 1, 2, 3), "sums": (0, 1, 2, 3)}),
    ],
)  # fmt: skip
def test_a_mutant_is_what_its_name_says(problem: Problem, g: Array, name: str, change: dict[str, Any]) -> None:
    """Against the formula written out in NumPy, which shares nothing with the derivation."""
    found = problem.mutant_gradients(named(problem, name), g)["x"]
    expected = formula(problem, g, **change)
    assert np.abs(found - expected).max() <= 1e-15 * np.abs(expected).max() * 64
    right = formula(problem, g)
    assert np.abs(found - right).max() > 1e-3 * np.abs(right).max()
    assert np.abs(problem.gradients(g)["x"] - right).max() <= 1e-15 * np.abs(right).max() * 64


@pytest.mark.parametrize("name", ["batch_norm", "rms_norm", "layer_norm", "softmax"])
def test_names_are_unique_and_no_two_mistakes_are_the_same(name: str) -> None:
    derivation = batch_norm()[0] if name == "batch_norm" else derive_layer(user_layers()[name])
    found = all_mutants(derivation)
    every = [other for m in found if not m.equivalent for other in (m.name, *m.also)]
    assert len(set(every)) == len(every) >= 25
    assert all(m.touches for m in found if not m.equivalent)
    simple = {m.name for m in mutants(derivation.backward)}
    assert simple <= set(every)
    harmless = {m.name for m in mutants(derivation.backward, equivalent=True)}
    assert harmless <= {m.name for m in found if m.equivalent}


def test_what_a_mutant_touches_is_what_it_changes(problem: Problem, g: Array) -> None:
    true = problem.gradients(g)
    for mutant in problem.mutants():
        if isinstance(mutant, Mutant):
            found = problem.mutant_gradients(mutant, g)
            changed = {n for n in true if np.abs(found[n] - true[n]).max() > 1e-12 * np.abs(true[n]).max()}
            assert changed <= set(mutant.touches), mutant.name
    assert named(problem, "y -> gamma dropped").touches == ("gamma",)


def test_sharing_changes_no_number(problem: Problem, g: Array) -> None:
    """A mutant evaluated on top of the right derivation is the mutant evaluated alone."""
    values: dict[str, Any] = {**problem.arrays, **problem.constants, "grad_output": g}
    dims = problem.dims
    for mutant in all_mutants(problem.derivation)[::7]:
        alone = ArrayEvaluation(mutant.equations, problem.graph.axes, dims, values, SHAPE)
        shared = problem.mutant_gradients(mutant, g)
        for name in problem.names:
            grad = alone.own_shape(problem.derivation.backward.grad(name))
            assert np.array_equal(grad, shared[name]), mutant.name


def test_parts_of_the_elements_leave_out_what_they_say() -> None:
    found = {m.name: m for m in partial_mutants((4, 3, 5, 7), (0, 2, 3))}
    assert len(found) > 20
    tail = found["the last 3 of the 35 elements of each contiguous run left out of the sums"]
    whole = np.broadcast_to(tail.present, (4, 3, 5, 7)).reshape(4, 3, 35)
    assert whole[..., :32].all() and not whole[..., 32:].any()
    row = found["the last 3 of the 7 elements of each row along dimension 3 left out of the sums"]
    assert row.present.ravel().tolist() == [True] * 4 + [False] * 3
    group = found["the last 4 of the 140 elements of each group never written"]
    kept = np.broadcast_to(group.present, (4, 3, 5, 7)).transpose(1, 0, 2, 3).reshape(3, 140)
    assert kept[:, :136].all() and not kept[:, 136:].any()
    assert not list(partial_mutants((1, 5), (0,)))
