"""Derivations with one mistake: each is another derivation, and those that change nothing are known."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive.calculus.chain_rule import Backward, backward
from derive.calculus.mutants import Mutant, mutants
from derive.graph import lower
from tests.calculus import examples, written
from tests.calculus.values import fractions, given

SHAPE, DIMS = (4, 3, 5), {"n": (0,), "c": (1,), "s": (2,)}


@pytest.fixture(scope="module")
def right() -> Backward:
    return backward(lower(examples.batch_norm()))


@pytest.fixture(scope="module")
def wrong(right: Backward) -> tuple[Mutant, ...]:
    return mutants(right)


def drawn(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    inputs = {"x": rng.normal(1, 2, SHAPE), "gamma": rng.normal(2, 1, 3), "beta": rng.normal(0, 1, 3)}
    return inputs, rng.normal(0.5, 1, SHAPE)


def gradients(mutant: Mutant, seed: int = 7) -> dict[str, np.ndarray]:
    inputs, g = drawn(seed)
    return dict(mutant.gradients(inputs, g, {"eps": 0.7}, DIMS))


def test_names_and_descriptions_are_unique(right: Backward, wrong: tuple[Mutant, ...]) -> None:
    everything = [*wrong, *mutants(right, equivalent=True)]
    assert len({m.name for m in everything}) == len(everything) > 30
    assert len({m.description for m in everything}) == len(everything)


def test_every_mistake_of_the_list_is_made(wrong: tuple[Mutant, ...]) -> None:
    names = {m.name for m in wrong}
    paths = ["y -> x_norm", "x_norm -> var", "x_norm -> mean", "x_norm -> x", "var -> x", "mean -> x", "y -> gamma"]
    assert {f"{path} {word}" for path in paths for word in ("dropped", "doubled", "negated")} <= names
    assert {"var -> x N-1", "mean -> x N-1", "gamma left out", "eps left out", "root of var forgotten"} <= names


def test_the_right_derivation_gives_the_right_gradients_to_compare_with(right: Backward) -> None:
    """The numeric reference of the mutants against the exact evaluation at the same data."""
    x = [[["1/2"], [3]], [[-2], [1]], [[4], ["5/3"]]]
    g = [[[1], [0]], [[3], [-2]], [[1], [5]]]
    sample = given({"n": 3, "c": 2, "s": 1}, x=x, gamma=[2, -1], beta=[0, 1], eps="1/2", grad_output=g)
    none = Mutant("none", "", right, right.equations)
    inputs = {name: np.array([float(v) for v in sample.values[name].values()]) for name in ("x", "gamma", "beta")}
    inputs["x"] = inputs["x"].reshape(3, 2, 1)
    found = none.gradients(inputs, np.array(g, dtype=float), {"eps": 0.5}, DIMS)
    assert [float(q) for q in fractions(right.equations, right.grad("beta"), sample)] == list(found["beta"])
    xs = written.symbols("x", 2, 3)
    zeros = [sp.S.Zero, sp.S.Zero]
    y = written.batch_norm(xs, [sp.Integer(2), sp.Integer(-1)], zeros, sp.Rational(1, 2))
    loss = written.loss(sp.Matrix([[1, 3, 1], [0, -2, 5]]).tolist(), y)
    at = {xs[c][n]: written.number(sample.values["x"][n, c, 0]) for c in range(2) for n in range(3)}
    for (n, c, _), value in np.ndenumerate(found["x"]):
        assert abs(float(loss.diff(xs[c][n]).subs(at)) - float(value)) < 1e-14


def test_each_mutant_differs_from_the_right_gradient(right: Backward, wrong: tuple[Mutant, ...]) -> None:
    true = gradients(Mutant("none", "", right, right.equations))
    for mutant in wrong:
        found = gradients(mutant)
        differences = [float(np.max(np.abs(found[name] - true[name]))) for name in true]
        assert max(differences) > 1e-3, mutant.name
        assert not mutant.equivalent


def test_the_equivalent_ones_are_those_of_the_vanishing_contribution(right: Backward) -> None:
    harmless = mutants(right, equivalent=True)
    assert {m.name for m in harmless} == {f"var -> mean {word}" for word in ("dropped", "doubled", "negated", "N-1")}
    assert all(m.equivalent for m in harmless)
    true = gradients(Mutant("none", "", right, right.equations))
    for mutant in harmless:
        for name, value in gradients(mutant).items():
            assert np.max(np.abs(value - true[name])) < 1e-15 * (1 + np.max(np.abs(true[name])))


def test_a_mutant_changes_equations_of_the_backward_pass_only(right: Backward, wrong: tuple[Mutant, ...]) -> None:
    forward = len(right.graph.equations)
    for mutant in wrong:
        assert mutant.equations[:forward] == right.equations[:forward]
        assert [e.target for e in mutant.equations] == [e.target for e in right.equations]
        changed = [e for e, old in zip(mutant.equations, right.equations, strict=True) if e != old]
        assert changed
        if mutant.name.split()[-1] in ("dropped", "doubled", "negated", "N-1"):
            assert len(changed) == 1


@pytest.mark.parametrize("make", [examples.rms_norm, examples.softmax, examples.gate])
def test_other_layers_have_mutants_without_any_word_about_them(make: examples.Maker) -> None:
    result = backward(lower(make()))
    found = mutants(result)
    assert {f"{c.label} dropped" for a in result.adjoints for c in a.contributions} <= {m.name for m in found}
    assert not mutants(result, equivalent=True)
