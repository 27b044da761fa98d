"""Mistakes in the statistics: of the wrong axes or the wrong count, treated as constant, or not those of the batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import sympy as sp

from derive.calculus.chain_rule import Backward, backward
from derive.calculus.mutants import Mutant
from derive.checks.mistakes.formulas import Formulas, other_axes, resummed
from derive.checks.mistakes.remembered import closed_forms
from derive.checks.mistakes.words import listed
from derive.errors import ChainRuleError
from derive.graph import Equation, Graph
from derive.interface import Interface
from derive.language import Axis, Constant, atom, axes_of, count, indices, name_of
from derive.proofs.derivation import Derivation


def statistic_mistakes(derivation: Derivation) -> Iterator[Mutant]:
    """Every mistake that concerns what the forward pass computed over several elements."""
    yield from _detached(derivation)
    yield from _miscounted(derivation)
    yield from _constants_in_roots(derivation)
    yield from _wrong_axes(derivation)


def _detached(derivation: Derivation) -> Iterator[Mutant]:
    statistics = [e.name for e in derivation.graph.equations if e.over]
    choices = [(name,) for name in statistics] + ([tuple(statistics)] if len(statistics) > 1 else [])
    for chosen in choices:
        words = f"{listed(chosen)} treated as constant"
        if chosen == tuple(statistics):
            words = f"{words}, as in the inference formula"
        yield _without_paths(derivation, words, chosen)


def _without_paths(derivation: Derivation, words: str, through: tuple[str, ...]) -> Mutant:
    """The backward pass in which nothing flows through some tensors."""
    shares = [c for adjoint in derivation.backward.adjoints for c in adjoint.contributions]
    gone = {
        c.equation: replace(c.equation, summand=sp.S.Zero, over=()) for c in shares if name_of(c.via) in through
    }
    equations = tuple(gone.get(e, e) for e in derivation.backward.equations)
    return Mutant(words, f"{words}: no gradient flows through", derivation.backward, equations)


def _miscounted(derivation: Derivation) -> Iterator[Mutant]:
    averages = [e for e in derivation.graph.equations if e.is_average]
    for equation in averages:
        size = count(equation.over)
        unbiased = replace(equation, factor=1 / (size - 1))
        yield from _both_ways(derivation, f"N-1 instead of N in {equation.name}", {equation.name: unbiased})
    if len(averages) > 1:
        changes = {e.name: replace(e, factor=1 / (count(e.over) - 1)) for e in averages}
        yield from _both_ways(derivation, "N-1 instead of N in all statistics", changes)
    for axis in derivation.graph.axes:
        short = {
            e.name: replace(e, factor=cast(sp.Expr, e.factor * axis.size))
            for e in derivation.graph.equations
            if e.is_average and axis in e.over and len(e.over) > 1
        }
        if short:
            yield from _both_ways(derivation, f"the size of {axis.name} left out of the counts of statistics", short)


def _constants_in_roots(derivation: Derivation) -> Iterator[Mutant]:
    """The constant that stands beside a statistic under a root: left out, doubled, outside; in every pass."""
    for constant in derivation.graph.constants:
        for words, change in (("left out of the root", 0), ("doubled", 2), ("outside the root", None)):
            changes = {}
            for equation in derivation.graph.equations:
                powers = {
                    node: _misplaced(cast(sp.Pow, node), constant, change)
                    for node in equation.summand.atoms(sp.Pow)
                    if not node.exp.is_Integer and node.base.has(constant)
                }
                if powers:
                    wrong = cast(sp.Expr, equation.summand.xreplace(powers))
                    changes[equation.name] = replace(equation, summand=wrong)
            if changes:
                mutant = _consistent(derivation, f"{constant} {words} in the whole layer", changes)
                if mutant is not None:
                    yield mutant


def _misplaced(power: sp.Pow, constant: Constant, change: int | None) -> sp.Expr:
    if change is not None:
        return cast(sp.Expr, power.xreplace({constant: change * constant}))
    bare = cast(sp.Expr, power.base.xreplace({constant: sp.S.Zero}))
    sign = sp.sign(power.exp)
    return cast(sp.Expr, (bare ** abs(power.exp) + constant) ** sign)


def _wrong_axes(derivation: Derivation) -> Iterator[Mutant]:
    groups: dict[tuple[Axis, ...], list[Equation]] = {}
    for equation in derivation.graph.equations:
        if equation.over:
            groups.setdefault(equation.over, []).append(equation)
    for over, equations in groups.items():
        for wrong in other_axes(derivation, over):
            changes = {e.name: _over(e, wrong) for e in equations}
            words = f"statistics over {listed(a.name for a in wrong)} instead of {listed(a.name for a in over)}"
            yield from _both_ways(derivation, words, changes)
            yield from _copied(derivation, words, changes, over, wrong)


def _copied(
    derivation: Derivation, words: str, changes: Mapping[str, Equation], over: tuple[Axis, ...], wrong: tuple[Axis, ...]
) -> Iterator[Mutant]:
    """The closed form as it is written, but with the statistics and with its sums over other axes."""
    formulas = Formulas(derivation)
    graph, _ = changed_graph(derivation.graph, changes)
    new = {}
    for name in formulas.forms:
        grad = derivation.backward.grad(name)
        if set(indices(grad)) == set(derivation.graph.axes):
            products = [resummed(p, frozenset(over), wrong) for p in formulas.products(name)]
            new[grad] = Equation(grad, sp.Add(*products, evaluate=False))
    rest = derivation.equations[len(derivation.graph.equations) :]
    equations = (*graph.equations, *(new.get(e.target, e) for e in rest))
    yield Mutant(f"{words}, and the sums of the formula too", f"{words}, and the sums of the formula too",
                 derivation.backward, equations)  # fmt: skip


def _over(equation: Equation, axes: tuple[Axis, ...]) -> Equation:
    return replace(equation, over=axes, factor=1 / count(axes) if equation.is_average else equation.factor)


def _both_ways(derivation: Derivation, words: str, changes: Mapping[str, Equation]) -> Iterator[Mutant]:
    """A change of the statistics alone, and of the layer as a whole (so that the backward pass follows)."""
    graph, renamed = changed_graph(derivation.graph, changes)
    if indices(graph.output) == indices(derivation.graph.output):
        own = len(derivation.graph.equations)
        rest = tuple(_renamed(e, renamed) for e in derivation.equations[own:])
        yield Mutant(f"{words}, in what was saved", f"{words}, in what was saved for the backward pass",
                     derivation.backward, (*graph.equations, *rest))  # fmt: skip
    mutant = _consistent(derivation, f"{words}, in the whole layer", changes)
    if mutant is not None:
        yield mutant


def _consistent(derivation: Derivation, words: str, changes: Mapping[str, Equation]) -> Mutant | None:
    """The right backward pass of a wrong forward pass."""
    graph, _ = changed_graph(derivation.graph, changes)
    if indices(graph.output) != indices(derivation.graph.output):
        return None
    try:
        result: Backward = backward(graph)
    except ChainRuleError:
        return None
    return Mutant(words, f"{words}: forward and backward agree on it", derivation.backward, result.equations)


def changed_graph(graph: Graph, changes: Mapping[str, Equation]) -> tuple[Graph, dict[sp.Expr, sp.Expr]]:
    """The graph with other equations, and the tensors whose axes became others by that, from old to new."""
    renamed: dict[sp.Expr, sp.Expr] = {}
    equations = []
    for old in graph.equations:
        equation = changes.get(old.name, old)
        summand = cast(sp.Expr, equation.summand.xreplace(renamed))
        free = [axis for axis in axes_of(summand, graph.axes) if axis not in equation.over]
        target = old.target if set(free) == set(indices(old.target)) else atom(old.name, free)
        if target != old.target:
            renamed[old.target] = target
        equations.append(replace(equation, target=target, summand=summand))
    return replace(graph, equations=tuple(equations)), renamed


def _renamed(equation: Equation, renamed: Mapping[sp.Expr, sp.Expr]) -> Equation:
    return replace(equation, summand=cast(sp.Expr, equation.summand.xreplace(dict(renamed)))) if renamed else equation


def training_mistakes(derivation: Derivation, interface: Interface, training: Derivation) -> Iterator[Mutant]:
    """For a layer with given statistics: the formula with gradients through the statistics of the batch.

    Once with the statistics computed from the data, once with the given ones in their place; the interface's updates
    say which stands for which.
    """
    seed = training.backward.grad_output
    if seed != derivation.backward.grad_output:
        return
    words = "the training formula"
    yield Mutant(f"{words} with the statistics of the batch", f"{words} with the statistics of the batch",
                 derivation.backward, training.equations)  # fmt: skip
    given = {name_of(b): b for b in derivation.graph.buffers}
    read = {}
    for update in interface.updates:
        for equation in training.graph.equations:
            if update.name in given and equation.over and equation.name in map(str, update.value.free_symbols):
                read[equation.name] = Equation(equation.target, given[update.name])
    if read:
        equations = tuple(read.get(e.name, e) for e in training.equations)
        chain = Mutant(f"{words} with the given statistics, by the chain rule", "the paths of the training formula",
                       derivation.backward, equations)  # fmt: skip
        forms = closed_forms(training)
        grads = {training.backward.grad(n): form.expr for n, form in forms.items()}
        written = tuple(replace(e, summand=grads[e.target]) if e.target in grads else e for e in equations)
        yield replace(chain, name=f"{words} with the given statistics", description="", equations=written)
        yield chain
