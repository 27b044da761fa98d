"""Derivations with one deliberate mistake, of every layer, through the tolerances that the kernels are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from derive import catalogue as built
from derive.calculus.mutants import Mutant, mutants
from derive.proofs.derivation import derive_layer
from tests.support import layers, oracles
from tests.support.catalogue import MEMBERS, Member, member
from tests.support.contract import DTYPES, Array
from tests.support.layers import Expected, Reference

pytestmark = pytest.mark.skipif(
    not oracles.LONGDOUBLE_IS_WIDE,
    reason=f"mutants are evaluated in longdouble, which has {oracles.LONGDOUBLE_BITS} bits here",
)

DERIVED = [(m.name, derive_layer(built.builtin(m.name).layer).backward) for m in MEMBERS]
WITH_MUTANTS = [(name, mutant) for name, backward in DERIVED for mutant in mutants(backward)]
EQUIVALENT = [(name, mutant) for name, backward in DERIVED for mutant in mutants(backward, equivalent=True)]


def label(value: Any) -> str:
    return str(getattr(value, "name", value))


def wrong_gradients(who: Member, mutant: Mutant, inputs: Mapping[str, Array], g: Array) -> dict[str, Array]:
    """The mutant on data with one dimension for each axis; a dimension that is two axes is cut for it and put back."""
    interface = built.builtin(who.name).interface
    graph = mutant.backward.graph
    shape, names = list(g.shape), [axis.name for axis in graph.axes]
    if interface.split is not None:
        place = names.index(interface.split.axes[0])
        count = who.arguments(who.sized(g.shape))[interface.split.argument]
        shape[place : place + 1] = [count, g.shape[place] // count]
    sizes = dict(zip(names, shape, strict=True))
    own = {str(t.base.label): [sizes[str(i)] for i in t.indices] for t in (*graph.inputs, *graph.buffers)}  # type: ignore[attr-defined]
    cut = {name: np.asarray(value).reshape(own[name]) for name, value in inputs.items()}
    constants = dict(who.reference(who.sized(g.shape)).constants)
    dims = {name: (k,) for k, name in enumerate(names)}
    with np.errstate(all="ignore"):
        found = mutant.gradients(cut, g.reshape(shape), constants, dims)
    return {name: value.reshape(inputs[name].shape) for name, value in found.items()}


def trials(who: Member, dtype: Any) -> list[tuple[Reference, dict[str, Array], Array, Expected]]:
    """Small and middling data, and data so small that eps counts."""
    result = []
    for sizes in who.sizes[:5]:
        reference, _ = who.trial(sizes)
        for scale in (1.0, 4e-3) if who.scales else (1.0,):
            inputs = layers.draw_inputs(reference, who.sized(sizes), dtype)
            inputs["x"] = (inputs["x"] * scale).astype(dtype)
            g = (np.random.default_rng(7).standard_normal(sizes) + 0.3).astype(dtype)
            result.append((reference, inputs, g, layers.expect(reference, inputs, reference.constants, g)))
    return result


def caught(who: Member, mutant: Mutant, on: tuple[Reference, dict[str, Array], Array, Expected]) -> bool:
    _, inputs, g, expected = on
    for name, value in wrong_gradients(who, mutant, inputs, g).items():
        if name in expected.gradients:
            error = abs(value.astype(g.dtype) - expected.gradients[name])
            if not (error <= expected.allowed[name]).all():
                return True
    return False


@pytest.mark.parametrize(("name", "mutant"), WITH_MUTANTS, ids=label)
def test_every_mutant_is_caught(name: str, mutant: Mutant) -> None:
    who = member(name)
    for dtype in DTYPES:
        assert any(caught(who, mutant, on) for on in trials(who, dtype)), f"{mutant.description}, {dtype}"


@pytest.mark.parametrize(("name", "mutant"), EQUIVALENT, ids=label)
def test_mistakes_that_change_nothing_pass(name: str, mutant: Mutant) -> None:
    who = member(name)
    for dtype in DTYPES:
        # With one element N - 1 is zero, and a mistake in what vanishes is no longer one of that kind.
        chosen = [on for on in trials(who, dtype) if min(on[2].shape) > 1]
        assert chosen and not any(caught(who, mutant, on) for on in chosen), f"{mutant.description}, {dtype}"


def test_there_are_mutants_of_every_layer() -> None:
    for who in MEMBERS:
        assert sum(name == who.name for name, _ in WITH_MUTANTS) >= 5, who.name
