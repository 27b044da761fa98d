"""Beyond the first derivative: the output's tangent, and the gradients of a gradient, from the same chain rule.

With directions t for the inputs, the *tangent* of the output y is the derivative of y along them. Its product with
grad_output is, at the same time, the sum of the products of t with the gradients of the first backward pass. So the
chain rule back through the graph of the tangent gives what differentiating the backward pass gives, with t in the place
of the cotangents of the gradients.

A theorem may shorten the graph before it is differentiated again, as far as it is valid for that derivative; what comes
out is proven against the chain rule that nothing has shortened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import sympy as sp

from derive.calculus.chain_rule import Backward, backward
from derive.calculus.factor import affine_form, by_direction, lead_of, summed
from derive.calculus.forward_mode import forward
from derive.calculus.reductions import Algebra
from derive.graph import Equation
from derive.language import Axis, atoms_of, indices, name_of
from derive.proofs.derivation import Derivation, elementwise_value, tails
from derive.proofs.licence import Path, require, valid_for, vanishing
from derive.proofs.misuse import hold
from derive.proofs.prove import Proven, tail_claims
from derive.proofs.prover import prove
from derive.proofs.second_check import check_second_derivatives
from derive.proofs.theorem import Check, Claim, Theorem

TANGENT, COTANGENT = "tangent_", "cotangent_grad_"
Progress = Callable[[str], None]
Directions = tuple[tuple[sp.Expr, sp.Expr], ...]


@dataclass(frozen=True)
class Directional:
    """The tangent of a layer's output along directions, its gradients, and what was proven about them.

    Args:
        derivation: the chain rule back through the graph of the tangent; its buffers end with the directions.
        directions: for each input of the layer the direction that belongs to it.
        check: the comparison with brute force.
        theorems: what was proven, the closed forms among it.
        closed_forms: the proven formulas, by the names of the results.
        vanishing: for which inputs the gradient is identically zero.
        relied: the theorems that shortened the graph.
    """

    derivation: Derivation
    directions: Directions
    check: Check
    theorems: tuple[Theorem, ...]
    closed_forms: tuple[tuple[str, sp.Expr], ...]
    vanishing: tuple[sp.Expr, ...] = ()
    relied: tuple[Theorem, ...] = ()

    @property
    def along(self) -> tuple[sp.Expr, ...]:
        """The directions alone."""
        return tuple(direction for _, direction in self.directions)


@dataclass(frozen=True)
class SecondOrder:
    """What is emitted beside the backward pass: the tangent of the output, and the backward pass of that pass."""

    jvp: Directional
    double_backward: Directional

    @property
    def parts(self) -> tuple[Directional, Directional]:
        """Both, in this order."""
        return self.jvp, self.double_backward

    @property
    def theorems(self) -> tuple[Theorem, ...]:
        """Everything that was proven."""
        return tuple(theorem for part in self.parts for theorem in part.theorems)

    @property
    def relied(self) -> tuple[Theorem, ...]:
        """The theorems that shortened one computation or the other."""
        return tuple(dict.fromkeys(theorem for part in self.parts for theorem in part.relied))


def second_order(
    proven: Proven, rewrites: Iterable[Theorem] | None = None, progress: Progress = lambda _: None
) -> SecondOrder:
    """Derive and prove the tangent of a layer's output and the backward pass of its backward pass.

    Args:
        proven: the layer with its first derivatives.
        rewrites: theorems by which the computation is shortened before it is differentiated; None for whatever the
            layer has that is valid for the derivative in question.
        progress: is told what comes next.

    Raises:
        ProofError: a theorem of `rewrites` is not valid for a second derivative, or something could not be proven.
    """
    first = proven.derivation
    if rewrites is not None:
        rewrites = tuple(rewrites)
        for theorem in rewrites:
            require(theorem, 2)
    tangent_names = {t: f"{TANGENT}{name_of(t)}" for t in first.graph.inputs}
    data = first.graph.inputs[0]
    cotangent_names = {t: f"{COTANGENT}{'input' if t == data else name_of(t)}" for t in first.graph.inputs}
    known = vanishing(proven.derivation, proven.theorems if rewrites is None else rewrites)
    progress("tangent")
    jvp = _tangent(first, tangent_names, {p: t for p, t in known.items() if valid_for(t, 1)}, progress)
    progress("gradients of the gradient")
    double = _gradients(first, cotangent_names, {p: t for p, t in known.items() if valid_for(t, 2)}, progress)
    return SecondOrder(jvp, double)


def derive_tangent(first: Derivation, names: Mapping[sp.Expr, str], constant: Iterable[Path] = ()) -> Derivation:
    """The chain rule back through the tangent of a layer's output, in the layer's own basis.

    Args:
        first: the layer.
        names: for each input the name of its direction.
        constant: paths along which nothing is differentiated: the consumer takes the tensor's value as a constant.
    """
    computation, values = first.graph, dict[sp.Expr, sp.Expr]()
    for consumer, tensor in constant:
        computation, held = hold(computation, consumer, tensor)
        values |= held
    graph = forward(computation, names).as_graph(f"{first.name}_{TANGENT.strip('_')}")
    result = _with_values(backward(graph, every=False), values)
    graph = result.graph
    basis = first.without_tails().basis
    basis.learn(graph.equations)
    basis.learn(result.equations[len(graph.equations) :])
    # Where an elementwise tail with functions follows a tensor, its tangent is one thing, as its adjoint is.
    for tail in tails(first.backward):
        own = next((e for e in graph.equations if e.name == f"{TANGENT}{name_of(tail.of)}"), None)
        if own is not None and not own.over:
            basis.keep_whole(own)
    for adjoint in tails(result):
        basis.keep_whole(Equation(adjoint.symbol, elementwise_value(result, adjoint)))
    return Derivation(result, basis, Algebra(basis, first.algebra.folds))


def _with_values(result: Backward, values: Mapping[sp.Expr, sp.Expr]) -> Backward:
    """The same computation with tensors in the place of what was held at their values."""
    if not values:
        return result

    def put_back(equation: Equation) -> Equation:
        return replace(equation, summand=cast(sp.Expr, equation.summand.xreplace(dict(values))))

    graph = replace(
        result.graph,
        buffers=tuple(b for b in result.graph.buffers if b not in values),
        equations=tuple(put_back(e) for e in result.graph.equations),
    )
    adjoints = tuple(
        replace(a, contributions=tuple(replace(c, equation=put_back(c.equation)) for c in a.contributions))
        for a in result.adjoints
    )
    return replace(result, graph=graph, adjoints=adjoints)


def _tangent(
    first: Derivation, names: Mapping[sp.Expr, str], known: Mapping[Path, Theorem], progress: Progress
) -> Directional:
    whole = derive_tangent(first, names)
    short = derive_tangent(first, names, known) if known else whole
    directions = _directions(first, names)
    output, name = short.graph.output, name_of(short.graph.output)
    form = collected(short.unfolded(output, short.algebra), indices(output), short, directions)
    progress(f"closed form of {name}")
    claims = [*_tail_claims(whole), Claim(f"closed form of {name}", whole.graph.output, form)]
    return Directional(
        short,
        directions,
        check_second_derivatives(first, whole, names, gradients=False),
        _proven(whole, claims),
        ((name, form),),
        relied=tuple(dict.fromkeys(known.values())),
    )


def _gradients(
    first: Derivation, names: Mapping[sp.Expr, str], known: Mapping[Path, Theorem], progress: Progress
) -> Directional:
    whole = derive_tangent(first, names)
    short = derive_tangent(first, names, known) if known else whole
    directions, output = _directions(first, names), short.graph.output
    gradients = {f"grad_{name_of(t)}": (t, _gradient(short, t)) for t in first.graph.inputs}
    seed = f"grad_{name_of(first.backward.grad_output)}"
    values = {
        name: (indices(of), short.unfolded(value, short.algebra))
        for name, (of, value) in {seed: (output, output), **gradients}.items()
    }
    zero = tuple(of for name, (of, _) in gradients.items() if values[name][1] == 0)
    forms = {
        name: collected(value, axes, short, directions) for name, (axes, value) in values.items() if value != 0
    }
    claims = _tail_claims(whole)
    for name, form in forms.items():
        of = whole.graph.output if name == seed else whole.backward.grad(name.removeprefix("grad_"))
        claims.append(Claim(f"closed form of {name} of the backward pass", of, form))
    claims += [
        Claim(f"the gradients do not depend on {name_of(t)}", _gradient(whole, t), sp.S.Zero)
        for t in zero
        if _gradient(whole, t) != 0
    ]
    for claim in claims:
        progress(claim.name)
    return Directional(
        short,
        directions,
        check_second_derivatives(first, whole, names, gradients=True),
        _proven(whole, claims),
        tuple(forms.items()),
        zero,
        tuple(dict.fromkeys(known.values())),
    )


def _gradient(derivation: Derivation, tensor: sp.Expr) -> sp.Expr:
    """The adjoint of an input; zero where it has none."""
    found = [a.symbol for a in derivation.backward.gradients if a.of == tensor]
    return found[0] if found else sp.S.Zero


def collected(expr: sp.Expr, axes: Sequence[Axis], derivation: Derivation, directions: Directions) -> sp.Expr:
    """An unfolded result in affine forms, one for each direction."""
    along, leads = [direction for _, direction in directions], leading(derivation, directions)
    return summed([affine_form(part, axes, lead_of(part, leads)) for part in by_direction(expr, along)])


def leading(derivation: Derivation, directions: Directions) -> tuple[sp.Expr, ...]:
    """What formulas are led by: what a tail gets or sends back, the direction of the data, the output's gradient."""
    return (*derivation.basis.tails, directions[0][1], derivation.backward.grad_output)


def _directions(first: Derivation, names: Mapping[sp.Expr, str]) -> Directions:
    return forward(first.graph, names).directions


def _tail_claims(whole: Derivation) -> list[Claim]:
    return [replace(claim, name=f"{claim.name}, along a direction") for claim in tail_claims(whole)]


def _proven(whole: Derivation, claims: Iterable[Claim]) -> tuple[Theorem, ...]:
    plain = whole.without_tails()
    tail = {name_of(t) for t in whole.basis.tails}
    return tuple(
        prove(plain if name_of(claim.lhs) in tail and atoms_of(claim.lhs) else whole, claim) for claim in claims
    )
