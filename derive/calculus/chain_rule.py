"""Reverse-mode differentiation of a graph, for symbolic sizes, with every contribution kept apart.

For a consumer `u = factor * Sum_over f(..., v, ...)` (or elementwise, with no sum), the chain rule gives `v` the
contribution

    Sum over (axes of u and summed axes) without (axes of v)  of  grad_u * factor * df/dv

where `df/dv` is the ordinary derivative of the summand: after lifting, all tensors of one equation carry the same index
symbols, so a tensor is just a symbol there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.errors import ChainRuleError
from derive.graph import Equation, Graph
from derive.language import atom, atoms_of, axes_of, indices, name_of

SEED = "grad_output"
PREFIX = "grad_"


@dataclass(frozen=True)
class Contribution:
    """One path's share of an adjoint: what reaches the gradient of `of` through its consumer `via`."""

    of: sp.Expr
    via: sp.Expr
    equation: Equation

    @property
    def label(self) -> str:
        """The path in words, such as `var -> mean`."""
        return f"{name_of(self.via)} -> {name_of(self.of)}"


@dataclass(frozen=True)
class Adjoint:
    """The gradient of the loss with respect to one tensor: the sum of its contributions."""

    of: sp.Expr
    symbol: sp.Expr
    contributions: tuple[Contribution, ...]

    @property
    def value(self) -> sp.Expr:
        """The sum of the contributions, each by its symbol."""
        return sp.Add(*[c.equation.target for c in self.contributions])

    def via(self, consumer: str) -> Contribution:
        """The contribution that comes along one consumer."""
        for contribution in self.contributions:
            if name_of(contribution.via) == consumer:
                return contribution
        known = ", ".join(name_of(c.via) for c in self.contributions)
        raise ChainRuleError(f"{self.symbol} has no contribution via {consumer!r}; it has {known}")


@dataclass(frozen=True)
class Backward:
    """A graph with the adjoint of every tensor that depends on an input, in the order of computation."""

    graph: Graph
    grad_output: sp.Expr
    adjoints: tuple[Adjoint, ...]
    prefix: str = PREFIX

    def adjoint(self, name: str) -> Adjoint:
        """The adjoint of the tensor of that name."""
        for adjoint in self.adjoints:
            if name_of(adjoint.of) == name:
                return adjoint
        raise ChainRuleError(f"layer {self.graph.name!r}: there is no gradient of {name!r}")

    def grad(self, name: str) -> sp.Expr:
        """The symbol for the gradient of the tensor of that name."""
        return self.adjoint(name).symbol

    @property
    def gradients(self) -> tuple[Adjoint, ...]:
        """The adjoints of the inputs, in their order; an input that the output does not depend on has none."""
        found = {adjoint.of: adjoint for adjoint in self.adjoints}
        return tuple(found[tensor] for tensor in self.graph.inputs if tensor in found)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The whole computation: the forward equations, then each contribution and each adjoint."""
        result = list(self.graph.equations)
        for adjoint in self.adjoints:
            result += [c.equation for c in adjoint.contributions]
            if adjoint.contributions:
                result.append(Equation(adjoint.symbol, adjoint.value))
        return tuple(result)

    def as_graph(self, output: str) -> Graph:
        """The computation of one gradient as a graph again, which can be differentiated once more."""
        last = self.grad(output)
        known, needed = self.equations, {last}
        for equation in reversed(known):
            if equation.target in needed:
                needed.update(atoms_of(equation.value))
        kept = [e for e in known if e.target in needed and e.target != last]
        kept += [e for e in known if e.target == last]
        used = {a for e in kept for a in atoms_of(e.value)}
        inputs = tuple(t for t in (*self.graph.inputs, self.grad_output) if t in used)
        return Graph(
            f"{self.graph.name}_{name_of(last)}",
            self.graph.axes,
            inputs,
            tuple(t for t in self.graph.buffers if t in used),
            tuple(t for t in self.graph.constants if t in used),
            tuple(kept),
        )


def backward(graph: Graph, seed: str = SEED, prefix: str = PREFIX, *, every: bool = True) -> Backward:
    """The chain rule from the output back to the inputs.

    Args:
        graph: the forward computation.
        seed: the name of the gradient that is given for the output.
        prefix: what the names of the adjoints begin with; another one is needed to differentiate a gradient again.
        every: whether it is an error when the output does not depend on an input.
    """
    grad_output = atom(seed, indices(graph.output))
    symbols = {graph.output: grad_output}
    received: dict[sp.Expr, list[Contribution]] = {}
    order: list[sp.Expr] = []
    wanted = _depends_on(graph, graph.inputs)
    for equation in reversed(graph.equations):
        consumer = equation.target
        if consumer not in symbols and consumer not in received:
            continue
        if consumer != graph.output:
            order.append(consumer)
            symbols[consumer] = _grad_symbol(consumer, prefix)
        for tensor in dict.fromkeys(atoms_of(equation.summand)):
            if tensor in wanted:
                share = contribution(graph, equation, tensor, symbols[consumer], prefix)
                if share is not None:
                    received.setdefault(tensor, []).append(share)
    order += graph.inputs
    adjoints = []
    for tensor in order:
        if every and tensor in graph.inputs and tensor not in received:
            raise ChainRuleError(f"layer {graph.name!r}: the output does not depend on the input {tensor}")
        if tensor in received:
            adjoints.append(Adjoint(tensor, _grad_symbol(tensor, prefix), tuple(received[tensor])))
    return Backward(graph, grad_output, tuple(adjoints), prefix)


def contribution(
    graph: Graph, equation: Equation, tensor: sp.Expr, grad: sp.Expr, prefix: str = PREFIX
) -> Contribution | None:
    """What one consumer sends back to one of its tensors; None when it does not depend on it."""
    derivative = partial(equation.summand, tensor)
    if derivative == 0:
        return None
    own = indices(tensor)
    reached = {*axes_of(equation.summand), *indices(equation.target), *equation.over}
    over = tuple(axis for axis in graph.axes if axis in reached and axis not in own)
    name = f"{prefix}{name_of(tensor)}_via_{equation.name}"
    value, factor = cast(sp.Expr, grad * derivative), equation.factor
    if any(isinstance(a, sp.Indexed) for a in atoms_of(factor)):
        value, factor = cast(sp.Expr, value * factor), sp.S.One  # it may have an axis that is summed here
    share = Equation(atom(name, own), value, over, factor)
    return Contribution(tensor, equation.target, share)


def partial(expr: sp.Expr, tensor: sp.Expr) -> sp.Expr:
    """The derivative of an elementwise expression with respect to one tensor in it, all others held fixed."""
    fixed = {a: sp.Dummy(f"v{k}", real=True) for k, a in enumerate(dict.fromkeys(atoms_of(expr)))}
    if tensor not in fixed:
        return sp.S.Zero
    back = {dummy: a for a, dummy in fixed.items()}
    derivative = sp.diff(expr.xreplace(fixed), fixed[tensor])
    if derivative.has(sp.Derivative, sp.Subs, sp.Piecewise, sp.DiracDelta, sp.sign):
        raise ChainRuleError(f"the derivative of {expr} with respect to {tensor} is not elementary: {derivative}")
    return cast(sp.Expr, derivative.xreplace(back))


def _grad_symbol(tensor: sp.Expr, prefix: str) -> sp.Expr:
    return atom(f"{prefix}{name_of(tensor)}", indices(tensor))


def _depends_on(graph: Graph, inputs: Iterable[sp.Expr]) -> set[sp.Expr]:
    """The tensors whose value depends on the given ones, themselves included."""
    reached = set(inputs)
    for equation in graph.equations:
        if not equation.stabilizer and any(a in reached for a in atoms_of(equation.summand)):
            reached.add(equation.target)
    return reached
