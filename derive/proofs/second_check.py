"""The independent check of second derivatives: the layer evaluated in numbers that carry theirs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import sympy as sp

from derive.errors import ProofError
from derive.language import indices, name_of
from derive.proofs.brute_force import defined_sizes
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import Arithmetic, Evaluation, Sample, fill, positions, with_best_arithmetic
from derive.proofs.exact import OutsideDomain
from derive.proofs.jets import Jet, JetArithmetic
from derive.proofs.theorem import Check

_TRIES = 40
Place = tuple[int, ...]


def check_second_derivatives(
    first: Derivation, second: Derivation, names: Mapping[sp.Expr, str], *, gradients: bool
) -> Check:
    """Compare the tangent of a layer's output, and its gradients, with the layer itself; ProofError on a difference.

    Args:
        first: the layer, which is evaluated in jets.
        second: the chain rule back through the graph of the tangent.
        names: for each input the name of its direction.
        gradients: whether the tangent's gradients are compared too.
    """
    details, how = [], ""
    for sizes in defined_sizes(first):
        rng = random.Random(f"{second.name}/jets/{sorted(sizes.items())}")
        for attempt in range(_TRIES):
            seeds = (second.backward.grad_output,)
            sample = fill(second.graph, sizes, rng, seeds, positive=attempt >= _TRIES // 2)
            sample = _complete(first, sample, rng)

            def agrees(arithmetic: Arithmetic, sample: Sample = sample) -> bool:
                _compare(first, second, names, sample, arithmetic, gradients)
                return True

            try:
                how = with_best_arithmetic(agrees)[1]
            except OutsideDomain:
                continue
            details.append(sample.describe())
            break
        else:
            raise ProofError(f"{second.name}: found no values at which the layer and its derivatives exist")
    how = f"compared {how} with the layer, evaluated in numbers that carry their derivatives"
    return Check(how, "; ".join(details))


def _complete(first: Derivation, sample: Sample, rng: random.Random) -> Sample:
    """With values for what the layer is given and its tangent does not need."""
    more = fill(first.graph, sample.sizes, rng).values
    return replace(sample, values={**more, **sample.values})


def _compare(
    first: Derivation,
    second: Derivation,
    names: Mapping[sp.Expr, str],
    sample: Sample,
    arithmetic: Arithmetic,
    gradients: bool,
) -> None:
    ours = Evaluation(second.equations, sample, arithmetic)
    output = second.graph.output

    def require(tensor: sp.Expr, place: Place, value: Any) -> None:
        value = arithmetic.number(Fraction(0)) if value is None else value
        mine = ours(tensor, dict(zip(indices(tensor), place, strict=True)))
        if not arithmetic.equal(mine, value):
            raise ProofError(
                f"{second.name}: the chain rule's {name_of(tensor)}{list(place)} is {mine}, the layer itself gives "
                f"{value}, at {sample.describe()}"
            )

    adjoints = {a.of: a.symbol for a in second.backward.gradients} if gradients else {}
    seed = sample.values[name_of(second.backward.grad_output)]
    elements: list[tuple[sp.Expr | None, Place]] = [(t, place) for t in adjoints for place in sample.values[name_of(t)]]
    for tensor, place in elements or [(None, ())]:
        jets = dict(_outputs(first, names, sample, arithmetic, tensor, place))
        if tensor is None or (tensor, place) == elements[0]:
            for where, jet in jets.items():
                require(output, where, jet.q)
        if tensor is not None:
            total = arithmetic.number(Fraction(0))
            for where, jet in jets.items():
                if jet.mixed is not None:
                    total = total + arithmetic.number(seed[where]) * jet.mixed
            require(adjoints[tensor], place, total)


def _outputs(
    first: Derivation,
    names: Mapping[sp.Expr, str],
    sample: Sample,
    arithmetic: Arithmetic,
    tensor: sp.Expr | None,
    place: Place,
) -> Iterator[tuple[Place, Jet]]:
    """The layer's outputs at `input + s*e + u*direction`, `e` being one element of one input."""
    values: dict[str, Mapping[Place, Any]] = dict(sample.values)
    one = arithmetic.number(Fraction(1))
    for given, name in names.items():
        values[name_of(given)] = {
            at: Jet(
                arithmetic.number(value),
                one if given == tensor and at == place else None,
                arithmetic.number(sample.values[name][at]),
            )
            for at, value in sample.values[name_of(given)].items()
        }
    evaluation = Evaluation(first.graph.equations, replace(sample, values=values), JetArithmetic(arithmetic))
    for where in positions(indices(first.graph.output), sample.sizes):
        yield tuple(where.values()), cast(Jet, evaluation(first.graph.output, where))
