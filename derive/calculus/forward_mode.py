"""Forward-mode differentiation of a graph: the chain rule read the other way, every contribution kept apart.

For an equation `u = factor * Sum_over f(..., v, ...)` the tangent of `u` is the sum, over all `v` in it, of

    factor * Sum_over  df/dv * tangent_v

A stabilizer has no tangent: the output does not depend on it, whatever its value. The result is a graph again, linear
in the directions that are given for the inputs; to run the chain rule back through it gives second derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.calculus.chain_rule import partial
from derive.errors import ChainRuleError
from derive.graph import Equation, Graph
from derive.language import atom, atoms_of, indices, name_of

PREFIX = "tangent_"


@dataclass(frozen=True)
class Share:
    """What the tangent of `via` receives from one of the tensors that it is made of."""

    of: sp.Expr
    via: sp.Expr
    value: sp.Expr

    @property
    def label(self) -> str:
        """The path in words, such as `mean -> var`."""
        return f"{name_of(self.of)} -> {name_of(self.via)}"


@dataclass(frozen=True)
class Tangent:
    """The derivative of one tensor along the given directions: the sum of its contributions."""

    of: sp.Expr
    symbol: sp.Expr
    shares: tuple[Share, ...]
    equation: Equation


@dataclass(frozen=True)
class Forward:
    """A graph with the tangent of every tensor that depends on a direction, in the order of computation."""

    graph: Graph
    directions: tuple[tuple[sp.Expr, sp.Expr], ...]
    tangents: tuple[Tangent, ...]

    def tangent(self, name: str) -> sp.Expr:
        """The symbol for the tangent of the tensor of that name, a direction for an input."""
        known = {name_of(t): d for t, d in self.directions} | {name_of(t.of): t.symbol for t in self.tangents}
        if name not in known:
            raise ChainRuleError(f"layer {self.graph.name!r}: {name!r} has no tangent; it has {', '.join(known)}")
        return known[name]

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The whole computation: the forward equations, then the tangents."""
        return (*self.graph.equations, *(t.equation for t in self.tangents))

    def as_graph(self, name: str) -> Graph:
        """The computation of the output's tangent, as a graph whose buffers are the directions and what is held fixed.

        It keeps what the tangent needs, all reductions, by which sums may be written, and all inputs that have a
        direction: it need not depend on each of them.
        """
        last = self.tangent(name_of(self.graph.output))
        needed, kept = {last, *(e.target for e in self.graph.equations if e.over)}, []
        for equation in reversed(self.equations):
            if equation.target in needed:
                needed.update(atoms_of(equation.value))
                kept.append(equation)
        graph = self.graph
        given = tuple(direction for _, direction in self.directions)
        moved = {tensor for tensor, _ in self.directions}
        fixed = tuple(tensor for tensor in graph.inputs if tensor not in moved and tensor in needed)
        constants = tuple(c for c in graph.constants if c in needed)
        buffers = (*(b for b in graph.buffers if b in needed), *fixed, *given)
        inputs = tuple(tensor for tensor in graph.inputs if tensor in moved)
        return Graph(name, graph.axes, inputs, buffers, constants, tuple(reversed(kept)))


def forward(graph: Graph, directions: Mapping[sp.Expr, str]) -> Forward:
    """The chain rule from the inputs to the output.

    Args:
        graph: the computation.
        directions: for each input the name of its direction, a tensor with the same axes; an input without one is
            held fixed.
    """
    known = {tensor: atom(name, indices(tensor)) for tensor, name in directions.items()}
    given, made = tuple(known.items()), []
    for equation in graph.equations:
        if equation.stabilizer:
            continue
        shares = []
        for tensor in dict.fromkeys(atoms_of(equation.summand)):
            if tensor in known:
                value = cast(sp.Expr, partial(equation.summand, tensor) * known[tensor])
                if value != 0:
                    shares.append(Share(tensor, equation.target, value))
        if shares:
            symbol = atom(f"{PREFIX}{equation.name}", indices(equation.target))
            total = sp.Add(*[share.value for share in shares])
            own = Equation(symbol, total, equation.over, equation.factor)
            made.append(Tangent(equation.target, symbol, tuple(shares), own))
            known[equation.target] = symbol
    if graph.output not in known:
        raise ChainRuleError(f"layer {graph.name!r}: the output does not depend on any direction")
    return Forward(graph, given, tuple(made))
