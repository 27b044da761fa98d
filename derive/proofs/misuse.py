"""Counterexamples: a change of the forward graph that looks harmless and gives another gradient."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import cast

import sympy as sp

from derive.calculus.chain_rule import backward
from derive.errors import ProofError
from derive.graph import Equation, Graph
from derive.language import atom, indices, name_of
from derive.proofs.brute_force import flat, write_out
from derive.proofs.evaluate import Evaluation, ExactArithmetic, Sample, positions
from derive.proofs.exact import NotExact, OutsideDomain, Surd
from derive.proofs.theorem import Check, Evidence, Misuse, Theorem

SEED, DIRECTION = "grad_output", "direction"
_TRIES = 4000


def hold(graph: Graph, consumer: str, tensor: str) -> tuple[Graph, tuple[tuple[sp.Expr, sp.Expr], ...]]:
    """The graph in which `consumer` takes the value of `tensor` without its gradient, as `detach` does.

    Returns:
        The changed graph, which has the held value as an extra input, and what that input is to be set to.
    """
    target = graph[tensor]
    held = atom(f"{tensor}_held", indices(target))
    equations = tuple(
        replace(e, summand=cast(sp.Expr, e.summand.xreplace({target: held}))) if e.name == consumer else e
        for e in graph.equations
    )
    changed = Graph(graph.name, graph.axes, (*graph.inputs, held), graph.buffers, graph.constants, equations)
    return changed, ((held, target),)


def prove_misuse(misuse: Misuse) -> Theorem:
    """Find exact rational data at which the two derivatives differ, and confirm both by brute force."""
    rng = random.Random(f"{misuse.graph.name}/{misuse.name}")
    right = _computation(misuse.graph, (), misuse)
    wrong = _computation(misuse.changed, misuse.held, misuse)
    for _ in range(_TRIES):
        sample = _draw(misuse, rng)
        try:
            true, changed = (_rational_values(*computation, sample) for computation in (right, wrong))
        except (NotExact, OutsideDomain):
            continue
        if true != changed:
            check = _confirm(misuse, sample, true, changed)
            data = tuple((name, _shown(table.values())) for name, table in sample.values.items())
            evidence = Evidence(sample.describe(), data, tuple(map(str, true)), tuple(map(str, changed)))
            return Theorem(misuse, checks=(check,), evidence=evidence)
    raise ProofError(f"{misuse.graph.name}, theorem {misuse.name!r}: found no data at which the derivatives differ")


def _shown(values: Iterable[Fraction]) -> str:
    return ", ".join(str(v) for v in values)


def _draw(misuse: Misuse, rng: random.Random) -> Sample:
    """Three elements along the first axis, one along all others, small whole numbers."""
    graph = misuse.graph
    sizes = {axis.name: 3 if k == 0 else 1 for k, axis in enumerate(graph.axes)}
    seeds = [atom(SEED, indices(graph.output)), atom(DIRECTION, indices(graph[misuse.of]))]
    values = {}
    for tensor in (*graph.inputs, *seeds[: misuse.derivative]):
        places = positions(indices(tensor), sizes)
        values[name_of(tensor)] = {tuple(w.values()): Fraction(rng.randint(-3, 3)) for w in places}
    for constant in graph.constants:
        values[str(constant)] = {(): Fraction(rng.randint(1, 8), rng.choice((1, 3, 9)))}
    return Sample(sizes, values)


def _computation(
    graph: Graph, held: tuple[tuple[sp.Expr, sp.Expr], ...], misuse: Misuse
) -> tuple[tuple[Equation, ...], sp.Expr]:
    """Equations for the gradient of <grad_output, y>, or for its derivative along `direction`, by the chain rule."""
    first = backward(graph, SEED)
    wanted, equations = first.grad(misuse.of), first.equations
    if misuse.derivative == 2:
        second = backward(first.as_graph(misuse.of), DIRECTION, prefix="second_")
        wanted, equations = second.grad(misuse.of), second.equations
    return (*equations, *(Equation(extra, value) for extra, value in held)), wanted


def _rational_values(equations: tuple[Equation, ...], wanted: sp.Expr, sample: Sample) -> list[Fraction]:
    evaluation = Evaluation(equations, sample, ExactArithmetic())
    return [evaluation(wanted, w).rational for w in positions(indices(wanted), sample.sizes)]


def _confirm(misuse: Misuse, sample: Sample, true: list[Fraction], changed: list[Fraction]) -> Check:
    for graph, held, expected in ((misuse.graph, (), true), (misuse.changed, misuse.held, changed)):
        found = _brute_force(graph, held, misuse, sample)
        if found != [Surd.of(value) for value in expected]:
            raise ProofError(
                f"{misuse.graph.name}, theorem {misuse.name!r}: brute force gives {found}, the chain rule {expected}"
            )
    order = {1: "first", 2: "second"}[misuse.derivative]
    return Check(f"both {order} derivatives confirmed exactly by SymPy on the written-out layer", sample.describe())


def _brute_force(graph: Graph, held: tuple[tuple[sp.Expr, sp.Expr], ...], misuse: Misuse, sample: Sample) -> list[Surd]:
    written = write_out(graph, sample.sizes)
    loss = sp.Add(*[_number(sample.values[SEED][place]) * y for place, y in written.outputs.items()])
    symbols = list(written.symbols[misuse.of].values())
    derivatives = [sp.diff(loss, symbol) for symbol in symbols]
    if misuse.derivative == 2:
        along = [_number(value) for value in sample.values[DIRECTION].values()]
        inner = sp.Add(*[v * d for v, d in zip(along, derivatives, strict=True)])
        derivatives = [sp.diff(inner, symbol) for symbol in symbols]
    values = dict(sample.values)
    original = Evaluation(misuse.graph.equations, sample, ExactArithmetic())
    for extra, tensor in held:
        places = positions(indices(extra), sample.sizes)
        values[name_of(extra)] = {tuple(w.values()): original(tensor, w).rational for w in places}
    at = flat(replace(sample, values=values), written.symbols)
    evaluation = Evaluation((), at, ExactArithmetic())
    return [cast(Surd, evaluation(cast(sp.Expr, d), {})) for d in derivatives]


def _number(value: Fraction) -> sp.Expr:
    return cast(sp.Expr, sp.Rational(value.numerator, value.denominator))
