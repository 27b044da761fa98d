"""Proving a claim: both sides are rewritten until they are the same expression."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

import sympy as sp

from derive.calculus.reductions import Algebra, Fold, Step
from derive.calculus.sums import summed_axes
from derive.errors import ProofError
from derive.graph import Equation
from derive.language import atoms_of, axes_of, indices, name_of
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import (
    Arithmetic,
    Evaluation,
    ExactArithmetic,
    Sample,
    draw,
    positions,
    with_best_arithmetic,
)
from derive.proofs.exact import OutsideDomain
from derive.proofs.theorem import Check, Claim, Theorem

SAMPLES = 3
_TRIES = 60


def prove(derivation: Derivation, claim: Claim) -> Theorem:
    """Prove a claim and check the proof independently; ProofError when either fails."""
    known, derivation = set(derivation.basis.definitions), derivation.fork()
    if not claim.holds:
        return Theorem(claim, checks=(refute(derivation, claim),))
    lhs_steps, rhs_steps = rewrite(derivation, claim)
    for steps in (lhs_steps, rhs_steps):
        if any(one.after != two.before for one, two in itertools.pairwise(steps)):
            raise ProofError(f"{derivation.name}, theorem {claim.name!r}: its steps do not follow each other")
    checks = [verify(derivation, claim, (*lhs_steps, *rhs_steps))]
    if claim.witness is not None:
        checks.append(claim.witness(derivation, claim))
    basis = derivation.moment_form.basis if claim.moment_form else derivation.basis
    used = {atom for step in (*lhs_steps, *rhs_steps) for side in (step.before, step.after) for atom in atoms_of(side)}
    own = tuple(e for e in basis.definitions if e not in known and e.target in used)
    return Theorem(claim, tuple(lhs_steps), tuple(rhs_steps), tuple(checks), definitions=own)


def refute(derivation: Derivation, claim: Claim) -> Check:
    """Numbers at which the two sides differ; ProofError when none are found."""
    equations = [*derivation.equations, *(Equation(tensor, value) for tensor, value in claim.given)]
    for number in range(SAMPLES):
        sample = sample_for(derivation, claim, number)

        def differ(arithmetic: Arithmetic, sample: Sample = sample) -> bool:
            return not Evaluation(equations, sample, arithmetic).agree(claim.lhs, claim.rhs)

        different, how = with_best_arithmetic(differ)
        if different:
            return Check(f"the two sides, evaluated {how}, differ at random values", sample.describe())
    raise ProofError(f"{derivation.name}, theorem {claim.name!r}: it was denied, but no values refute it")


def rewrite(derivation: Derivation, claim: Claim) -> tuple[list[Step], list[Step]]:
    """The steps that bring both sides to one expression: normal form, then one definition unfolded, and again."""
    algebra = derivation.moment_form if claim.moment_form else derivation.algebra
    if claim.assuming:
        folds = tuple(_assumed(algebra, total) for total in claim.assuming)
        algebra = Algebra(algebra.basis, algebra.folds + folds)
    sides = [algebra.basis.enter(claim.lhs), algebra.basis.enter(claim.rhs)]
    steps: tuple[list[Step], list[Step]] = ([], [])
    given = dict(claim.given)
    while True:
        sides = [algebra.normal(side, taken) for side, taken in zip(sides, steps, strict=True)]
        if sides[0] == sides[1]:
            return steps
        unfolded = [derivation.unfold(side, algebra.basis, given) for side in sides]
        if not any(unfolded):
            raise ProofError(
                f"{derivation.name}, theorem {claim.name!r}: the two sides cannot be brought to the same form; "
                f"the left side is {sides[0]}, the right side is {sides[1]}"
            )
        for k, step in enumerate(unfolded):
            steps[k].extend(step)
            sides[k] = step[-1].after if step else sides[k]


def _assumed(algebra: Algebra, total: sp.Sum) -> Fold:
    entered = cast(sp.Sum, algebra.basis.enter(total))
    return Fold(cast(sp.Expr, entered.function), summed_axes(entered), sp.S.Zero, "hypothesis")


def verify(derivation: Derivation, claim: Claim, steps: Sequence[Step]) -> Check:
    """Evaluate the statement and every step at random sizes and values, by code that shares nothing with the rules."""
    equations = [*derivation.equations, *(Equation(tensor, value) for tensor, value in claim.given)]
    statements = [Step("the statement", claim.lhs, claim.rhs), *steps]
    details: list[str] = []
    how = ""
    for number in range(SAMPLES):
        sample = sample_for(derivation, claim, number)
        detail = sample.describe()

        def agrees(arithmetic: Arithmetic, sample: Sample = sample, detail: str = detail) -> bool:
            evaluation = Evaluation(equations, sample, arithmetic)
            for step in statements:
                if not evaluation.agree(step.before, step.after):
                    raise ProofError(
                        f"{derivation.name}, theorem {claim.name!r}: the check refuses {step.rule!r} at {detail}: "
                        f"{step.before} is not {step.after}"
                    )
            return True

        _, how = with_best_arithmetic(agrees)
        details.append(detail)
    return Check(f"statement and {len(steps)} steps evaluated {how} at random values", "; ".join(details))


def sample_for(derivation: Derivation, claim: Claim, number: int) -> Sample:
    """A sample that lies in the domain of the layer and meets the claim's hypotheses; the same one every time."""
    rng = random.Random(f"{derivation.name}/{claim.name}/{number}")
    grad_output = derivation.backward.grad_output
    for attempt in range(_TRIES):
        sample = draw(derivation.graph, rng, (grad_output,), positive=attempt >= _TRIES // 2)
        for tensor, _ in claim.given:
            cast("dict[str, object]", sample.values).pop(name_of(tensor), None)
        try:
            if not _meets(derivation, claim, sample):
                continue
            return _satisfy(derivation, claim.assuming, sample, rng) if claim.assuming else sample
        except OutsideDomain:
            continue
    raise ProofError(f"{derivation.name}, theorem {claim.name!r}: found no values that meet its hypotheses")


def _meets(derivation: Derivation, claim: Claim, sample: Sample) -> bool:
    """Whether the layer's output exists at the sample and the conditions of the claim hold there."""

    def run(arithmetic: Arithmetic) -> bool:
        evaluation = Evaluation(derivation.equations, sample, arithmetic)
        for where in positions(indices(derivation.graph.output), sample.sizes):
            evaluation(derivation.graph.output, where)
        zero = arithmetic.number(Fraction(0))
        for condition in claim.conditions:
            low, high = (cast(sp.Expr, side) for side in (condition.rhs, condition.lhs))  # type: ignore[attr-defined]
            strict = isinstance(condition, sp.StrictGreaterThan)
            for where in positions(dict.fromkeys((*axes_of(low), *axes_of(high))), sample.sizes):
                difference = evaluation(high - low, where)
                rational = difference.rational if hasattr(difference, "rational") else difference
                if rational < 0 or (strict and arithmetic.equal(difference, zero)):
                    return False
        return True

    return with_best_arithmetic(run)[0]


def _satisfy(derivation: Derivation, sums: Iterable[sp.Sum], sample: Sample, rng: random.Random) -> Sample:
    """Change grad_output so that the given sums, which are linear in it, vanish."""
    seed = derivation.backward.grad_output
    places = list(sample.values[name_of(seed)])
    rows: list[list[Fraction]] = []
    columns = []
    for place in places:
        unit = {p: Fraction(p == place) for p in places}
        evaluation = Evaluation(
            derivation.equations, replace(sample, values={**sample.values, name_of(seed): unit}), ExactArithmetic()
        )
        columns.append(
            [evaluation(total, w).rational for total in sums for w in positions(axes_of(total), sample.sizes)]
        )
    rows = [list(row) for row in zip(*columns, strict=True)]
    kernel = sp.Matrix([[sp.Rational(q.numerator, q.denominator) for q in row] for row in rows]).nullspace()
    if not kernel:
        raise OutsideDomain("only zero meets the hypotheses")
    mix = sum((rng.randint(1, 5) * vector for vector in kernel[1:]), kernel[0])
    chosen = {place: Fraction(int(v.p), int(v.q)) for place, v in zip(places, mix, strict=True)}
    return replace(sample, values={**sample.values, name_of(seed): chosen})
