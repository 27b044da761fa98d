"""All mutants of a derivation, those that are one and the same gathered under one name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from derive.calculus.mutants import SAME, Mutant, backward_mistakes, generic_data
from derive.calculus.numeric import ArrayEvaluation
from derive.checks.binding import Array
from derive.checks.mistakes.formulas import Formulas, formula_mistakes, output_mistakes
from derive.checks.mistakes.remembered import remembered
from derive.checks.mistakes.statistics import statistic_mistakes, training_mistakes
from derive.interface import Interface
from derive.language import name_of
from derive.proofs.derivation import Derivation


def all_mutants(
    derivation: Derivation, interface: Interface | None = None, training: Derivation | None = None
) -> tuple[Mutant, ...]:
    """Every mutant of a derivation, each once; those that change nothing, whatever the data, are marked.

    Args:
        derivation: the layer.
        interface: its calling convention.
        training: for a layer with given statistics the one that computes them, whose formula may be used by mistake.
    """
    def make() -> tuple[Mutant, ...]:
        return _gathered(derivation, _made(derivation, interface or Interface(), training))

    return remembered("mutants", derivation, make, training)


def _made(derivation: Derivation, interface: Interface, training: Derivation | None) -> Iterator[Mutant]:
    if training is not None:
        yield from training_mistakes(derivation, interface, training)
    yield from backward_mistakes(derivation.backward)
    formulas = Formulas(derivation)
    yield from formula_mistakes(formulas)
    yield from statistic_mistakes(derivation)
    yield from output_mistakes(formulas)


def _gathered(derivation: Derivation, made: Iterator[Mutant]) -> tuple[Mutant, ...]:
    """The mutants by what they do to generic data: equal ones become one, under the name that came first."""
    inputs, grad_output, constants, dims = generic_data(derivation.backward)
    seed = name_of(derivation.backward.grad_output)
    values: dict[str, Array | float] = {**inputs, **constants, seed: grad_output}
    graph = derivation.graph
    right = ArrayEvaluation(derivation.equations, graph.axes, dims, values, grad_output.shape)
    grads = [derivation.backward.grad(name_of(t)) for t in graph.inputs]

    def seen(evaluation: ArrayEvaluation) -> Array | None:
        with np.errstate(all="ignore"):
            try:
                return np.concatenate([evaluation.own_shape(grad).ravel() for grad in grads])
            except ValueError:  # a gradient came out with axes that it cannot have
                return None

    true = seen(right)
    assert true is not None
    scale = float(np.abs(true).max()) + 1.0
    places, start = {}, 0
    for tensor, grad in zip(graph.inputs, grads, strict=True):
        size = right.own_shape(grad).size
        places[name_of(tensor)] = slice(start, start + size)
        start += size
    found: list[Mutant] = []
    known: list[Array] = []
    for mutant in made:
        value = seen(right.altered(mutant.equations))
        if value is None or not np.isfinite(value).all():
            continue
        equivalent = bool(np.abs(value - true).max() <= SAME * scale)
        twin = next((k for k, other in enumerate(known) if np.abs(other - value).max() <= SAME * scale), None)
        if twin is None or equivalent:
            different = np.abs(value - true) > SAME * scale
            touches = tuple(name for name, part in places.items() if different[part].any())
            found.append(replace(mutant, equivalent=equivalent, touches=touches))
            known.append(value if not equivalent else np.full_like(true, np.nan))
        elif mutant.name not in (found[twin].name, *found[twin].also):
            found[twin] = replace(found[twin], also=(*found[twin].also, mutant.name))
    return tuple(found)
