"""A layer with its chain rule and the algebra to speak about it: the ground that theorems stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derive.calculus.basis import Basis
from derive.calculus.chain_rule import Backward, backward
from derive.calculus.factor import AffineForm, affine_form
from derive.calculus.reductions import Algebra, Step
from derive.graph import Equation, Graph, lower
from derive.language import Layer, atoms_of, indices, name_of


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

    @cached_property
    def moment_form(self) -> Algebra:
        """The algebra without deviations as atoms, in which the deviations' own theorem is proven."""
        return Algebra(Basis(self.graph, centred=False))

    def fork(self) -> Derivation:
        """The same derivation, to reason about in a basis that may grow: claims must not change what is planned."""
        basis = self.basis.fork()
        return Derivation(self.backward, basis, Algebra(basis, self.algebra.folds))

    def closed_form(self, name: str) -> AffineForm:
        """The gradient of an input with everything unfolded and collected."""
        expr = self.unfolded(self.backward.grad(name), self.algebra)
        return affine_form(expr, indices(self.graph[name]), self.backward.grad_output)

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
        sequence = [(e.target, e.value) for e in self.graph.equations if e.target not in self.statistics]
        sequence += list((given or {}).items())
        for adjoint in self.backward.adjoints:
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
    graph = layer if isinstance(layer, Graph) else lower(layer)
    result = backward(graph)
    basis = Basis(graph, names, result.equations[len(graph.equations) :])
    return Derivation(result, basis, Algebra(basis))
