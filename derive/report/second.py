"""The part of a report that goes beyond the first derivative: tangents, gradients of gradients, what licensed them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import sympy as sp

from derive.calculus.forward_mode import Forward, forward
from derive.kernels.plan import Kernel
from derive.kernels.subject import Subject
from derive.language import atom, atoms_of, indices, name_of, sum_over
from derive.proofs.derivation import Derivation
from derive.proofs.licence import Path, valid_for, vanishing
from derive.proofs.prove import Proven
from derive.proofs.second_order import Directional, SecondOrder
from derive.proofs.theorem import Claim, Theorem
from derive.report.elements import Code, Formula, Prose, listed
from derive.report.model import AdjointShares, Beyond, Confirmation, Results, Share
from derive.report.names import meaning
from derive.report.passes import kernel_view
from derive.report.theorems import theorem_view


def beyond(
    proven: Proven,
    second: SecondOrder,
    subject: Subject,
    sources: Mapping[str, tuple[str, str]],
    anchor: str,
) -> Beyond:
    """What the report says of second derivatives.

    Args:
        proven: the layer with its first derivatives.
        second: what was derived and proven beyond them.
        subject: what the targets were given, with the plan of both kernels.
        sources: what each target emitted: path and text.
        anchor: what the theorems' places begin with; their numbers go on from those of `proven`.
    """
    first, plan = proven.derivation, subject.plan
    jvp, double = second.parts
    mode = forward(first.graph, {t: name_of(d) for t, d in jvp.directions})
    left_out = vanishing(first, jvp.relied)
    views = []
    for part, kernel in zip(second.parts, (plan.jvp, plan.double_backward), strict=True):
        shown = kernel_view(plan, cast(Kernel, kernel), subject.suffix, sources)
        check = Confirmation(part.check.how, part.check.detail)
        views.append(Results(_closed(part), _zero(part), _names(part, first), check, shown))
    start = len(proven.theorems) + 1
    return Beyond(
        (_jvp(first, jvp), _double(first, double)),
        _duality(first, jvp),
        _tangents(mode, left_out),
        tuple(_licences(jvp, double, left_out)),
        (views[0], views[1]),
        tuple(theorem_view(t, k, anchor, proven) for k, t in enumerate(second.theorems, start)),
    )


def _jvp(first: Derivation, jvp: Directional) -> Prose:
    """What a tangent is, in the names of this layer."""
    directions, inputs = ([Formula(pair[side]) for pair in jvp.directions] for side in (1, 0))
    several = len(directions) > 1
    return (
        "Along directions " if several else "Along a direction ",
        *listed(directions),
        " of ",
        *listed(inputs),
        ", the tangent of a tensor is its derivative, a product of its Jacobian with the direction",
        "s. " if several else ". ",
        "It is computed forwards, from the inputs on; ",
        Code("jvp"),
        " returns ",
        Formula(jvp.derivation.graph.output),
        ", that of ",
        Formula(first.graph.output),
        ".",
    )


def _double(first: Derivation, double: Directional) -> Prose:
    """What the double backward pass is, and where it comes from, in the names of this layer."""
    cotangents = [Formula(direction) for _, direction in double.directions]
    gradients = [Formula(_gradient(first, tensor)) for tensor, _ in double.directions]
    several = len(cotangents) > 1
    return (
        "The double backward pass differentiates the backward pass. Given ",
        "cotangents " if several else "a cotangent ",
        *listed(cotangents),
        " of the gradients " if several else " of the gradient ",
        *listed(gradients),
        ", it returns the gradients of the sum of their products, with respect to ",
        Formula(first.backward.grad_output),
        " and each input. Both sides of the equation below are the derivative of the loss along the directions, so "
        "that sum need not be differentiated as it stands: with the ",
        "cotangents" if several else "cotangent",
        " as the directions" if several else " as the direction",
        ", the chain rule back through the tangent gives the same, and the tangent itself is the gradient with respect "
        "to ",
        Formula(first.backward.grad_output),
        ".",
    )


def _gradient(derivation: Derivation, tensor: sp.Expr) -> sp.Expr:
    found = [a.symbol for a in derivation.backward.gradients if a.of == tensor]
    return found[0] if found else atom(f"grad_{name_of(tensor)}", indices(tensor))


def _duality(first: Derivation, jvp: Directional) -> Formula:
    """The derivative of the loss along the directions, by the tangent of the output and by the gradients."""

    def product(left: sp.Expr, right: sp.Expr) -> sp.Expr:
        return sum_over(cast(sp.Expr, left * right), indices(left))

    return Formula(
        product(first.backward.grad_output, jvp.derivation.graph.output),
        sp.Add(*[product(_gradient(first, tensor), direction) for tensor, direction in jvp.directions]),
    )


def _tangents(mode: Forward, known: Mapping[Path, Theorem]) -> tuple[AdjointShares, ...]:
    """Forward mode path by path, with the theorems that let a path be left out."""
    number, result = 0, []
    for tangent in mode.tangents:
        shares = []
        own = tangent.equation
        for share in tangent.shares:
            number += 1
            theorem = known.get((name_of(share.via), name_of(share.of)))
            shares.append(
                Share(
                    number,
                    name_of(share.of),
                    name_of(share.via),
                    Formula(atom(f"{name_of(tangent.symbol)}_via_{name_of(share.of)}", indices(tangent.symbol))),
                    Formula(cast(sp.Expr, own.factor * sum_over(share.value, own.over))),
                    theorem.name if theorem is not None else "",
                    _order(theorem) if theorem is not None else None,
                )
            )
        total = own.value if len(shares) == 1 else sp.Add(*[cast(sp.Expr, share.symbol.lhs) for share in shares])
        result.append(AdjointShares(Formula(tangent.symbol), Formula(tangent.symbol, total), tuple(shares)))
    return tuple(result)


def _order(theorem: Theorem) -> int | None:
    return theorem.claim.order if isinstance(theorem.claim, Claim) else None


def _licences(
    jvp: Directional, double: Directional, left_out: Mapping[Path, Theorem]
) -> Iterator[Prose]:
    """For each theorem that shortened the tangent: what for, and whether a second derivative may use it."""
    for theorem in jvp.relied:
        paths = [Code(f"{of} → {via}") for (via, of), used in left_out.items() if used == theorem]
        one = len(paths) == 1
        head: list[str | Formula | Code] = [
            "The tangent leaves out the path " if one else "The tangent leaves out the paths ",
            *listed(paths),
            f", by the theorem “{theorem.name}”. ",
        ]
        it = "it" if one else "them"
        if theorem in double.relied:
            kept = f"The theorem is valid for {_validity(theorem)}, so the double backward pass leaves {it} out, too."
        elif not valid_for(theorem, 2):
            kept = (
                f"The double backward pass may not leave {it} out: it differentiates the tangent once more, and the "
                f"theorem is valid for {_validity(theorem)}."
            )
        else:
            kept = f"The double backward pass keeps {it}, though the theorem is valid for {_validity(theorem)}."
        yield (*head, kept)


def _validity(theorem: Theorem) -> str:
    order = _order(theorem)
    if order is None:
        return "derivatives of every order"
    return f"derivatives of order {order} only" if order == 1 else f"derivatives up to order {order}"


def _zero(part: Directional) -> Prose:
    """Which gradients need not be computed, in a sentence."""
    if not part.vanishing:
        return ()
    several = len(part.vanishing) > 1
    return (
        "The gradients of the backward pass do not depend on ",
        *listed([Formula(t) for t in part.vanishing]),
        ", so the gradients with respect to them are" if several else ", so the gradient with respect to it is",
        " identically zero.",
    )


def _closed(part: Directional) -> tuple[Formula, ...]:
    """The proven formulas under the names of the results."""
    derivation = part.derivation
    output = derivation.graph.output
    known = {f"grad_{name_of(a.of)}": a.symbol for a in derivation.backward.gradients}
    return tuple(
        Formula(output if name == name_of(output) else known.get(name, atom(name, indices(output))), form)
        for name, form in part.closed_forms
    )


def _names(part: Directional, first: Derivation) -> tuple[tuple[Formula, str], ...]:
    """What the formulas call things that the first derivatives have no name for."""
    basis = part.derivation.basis
    known = {e.target: e for e in basis.definitions if e not in first.basis.definitions}
    wanted = {a for _, form in part.closed_forms for a in atoms_of(form)}
    for equation in reversed(list(known.values())):
        if equation.target in wanted:
            wanted.update(atoms_of(equation.value))
    return tuple(
        (Formula(e.target, e.value), meaning(e.target, basis)) for e in known.values() if e.target in wanted
    )
