"""A layer with its chain rule and the algebra to speak about it: the ground that theorems stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive.calculus.basis import Basis
from derive.calculus.chain_rule import Adjoint, Backward, backward
from derive.calculus.factor import AffineForm, affine_form
from derive.calculus.reductions import Algebra, Step
from derive.graph import Equation, Graph, lower
from derive.language import Layer, atoms_of, indices, name_of
from derive.vocabulary import FUNCTIONS


@dataclass(frozen=True)
class Derivation:
    """Everything that was derived for one layer, before anything is proven.

    Args:
        backward: the chain rule's result.
        basis: the atoms (deviations, roots, functions) that formulas are written in.
        algebra: the rules for sums.
    """

    backward: Backward
    basis: Basis
    algebra: Algebra

    @property
    def graph(self) -> Graph:
        """The forward graph."""
        return self.backward.graph

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.graph.name

    @property
    def equations(self) -> tuple[Equation, ...]:
        """Every definition: forward, backward, and the atoms of the basis."""
        return (*self.backward.equations, *self.basis.definitions)

    @cached_property
    def statistics(self) -> frozenset[sp.Expr]:
        """The forward definitions that stay atoms: reductions of which the algebra knows the sum."""
        folded = {fold.reason for fold in self.algebra.folds}
        return frozenset(e.target for e in self.graph.equations if f"definition of {e.name}" in folded)

    @property
    def lead(self) -> sp.Expr:
        """What gradients are led by in formulas: the gradient of the output, or what a tail has made of it."""
        return next(iter(self.basis.tails), self.backward.grad_output)

    @cached_property
    def moment_form(self) -> Algebra:
        """The algebra without deviations as atoms, in which the deviations' own theorem is proven."""
        return Algebra(Basis(self.graph, centred=False))

    def fork(self) -> Derivation:
        """The same derivation, to reason about in a basis that may grow: claims must not change what is planned."""
        basis = self.basis.fork()
        return Derivation(self.backward, basis, Algebra(basis, self.algebra.folds))

    def without_tails(self) -> Derivation:
        """The same derivation with every adjoint unfolded, in which what a tail sends back is proven."""
        basis = self.basis.fork()
        basis.definitions = [d for d in basis.definitions if d.target not in basis.tails]
        basis.tails = {}
        return Derivation(self.backward, basis, Algebra(basis, self.algebra.folds))

    def closed_form(self, name: str) -> AffineForm:
        """The gradient of an input with everything unfolded and collected."""
        expr = self.unfolded(self.backward.grad(name), self.algebra)
        return affine_form(expr, indices(self.graph[name]), self.lead)

    def unfolded(self, expr: sp.Expr, algebra: Algebra) -> sp.Expr:
        """The normal form of an expression with every definition unfolded that is not a statistic."""
        expr = self.basis.enter(expr)
        while True:
            expr = algebra.normal(expr)
            step = self.unfold(expr, self.basis)
            if not step:
                return expr
            expr = step[0].after

    def unfold(self, expr: sp.Expr, basis: Basis, given: Mapping[sp.Expr, sp.Expr] | None = None) -> tuple[Step, ...]:
        """Replace the definition that comes last in the computation by its value, once; no step if none is left."""
        present = set(atoms_of(expr))
        kept = {*self.statistics, *self.graph.stabilizers, *self.basis.tails}
        sequence = [(e.target, e.value) for e in self.graph.equations if e.target not in kept]
        sequence += list((given or {}).items())
        for adjoint in self.backward.adjoints:
            if adjoint.symbol in self.basis.tails:
                continue
            shares = [(c.equation.target, c.equation.value) for c in adjoint.contributions]
            if len(shares) == 1:  # no sum of contributions to show
                sequence += [shares[0], (adjoint.symbol, shares[0][1])]
            else:
                sequence += [*shares, (adjoint.symbol, adjoint.value)]
        for target, value in reversed(sequence):
            if target in present:
                after = basis.enter(expr.xreplace({target: value}))
                return (Step(f"definition of {name_of(target)}", expr, after),)
        return ()


def derive_layer(layer: Layer | Graph, names: Mapping[str, sp.Expr] | None = None) -> Derivation:
    """Lower, differentiate and set up the algebra.

    Args:
        layer: the forward equations.
        names: preferred names for deviations, roots and functions, as an interface gives them.
    """
    return set_up(backward(layer if isinstance(layer, Graph) else lower(layer)), names)


def set_up(result: Backward, names: Mapping[str, sp.Expr] | None = None) -> Derivation:
    """The basis and the algebra for a chain rule's result, right or wrong: nothing is proven here."""
    graph = result.graph
    basis = Basis(graph, names, result.equations[len(graph.equations) :])
    for adjoint in tails(result):
        basis.keep_whole(Equation(adjoint.symbol, elementwise_value(result, adjoint)))
    return Derivation(result, basis, Algebra(basis))


def tails(result: Backward) -> tuple[Adjoint, ...]:
    """The adjoints that are better kept whole: of full tensors that only an elementwise tail with functions follows.

    An activation after a normalization is such a tail. What it sends back is computed element by element, and the
    formulas for the normalization are the same with or without it.
    """
    graph, found, behind = result.graph, [], set[sp.Expr]()
    for equation in graph.equations:
        target = equation.target
        after = [e for e in graph.equations if target in atoms_of(e.summand)]
        if target in behind or equation.over or not after or set(indices(target)) != set(graph.axes):
            continue
        reached = {target}
        for later in graph.equations:
            if reached & set(atoms_of(later.summand)):
                reached.add(later.target)
        elementwise = not any(e.over for e in graph.equations if e.target in reached)
        adjoint = next((a for a in result.adjoints if a.of == target), None)
        if elementwise and adjoint is not None and elementwise_value(result, adjoint).has(*FUNCTIONS):
            behind |= reached
            found.append(adjoint)
    return tuple(found)


def elementwise_value(result: Backward, adjoint: Adjoint) -> sp.Expr:
    """The adjoint in the gradient of the output and forward tensors, as the chain rule has it."""
    values = {a.symbol: a.value for a in result.adjoints}
    values |= {c.equation.target: c.equation.value for a in result.adjoints for c in a.contributions}
    expr = values[adjoint.symbol]
    while present := {a: values[a] for a in atoms_of(expr) if a in values}:
        expr = expr.xreplace(present)
    return expr
