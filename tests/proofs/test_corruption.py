"""Corrupted on purpose: a rule, a named sum, a step, a chain rule, a claim. The check refuses each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from derive import Claim, Theorem
from derive.calculus import chain_rule, reductions
from derive.calculus.chain_rule import Contribution
from derive.calculus.reductions import Algebra, Rule, Step
from derive.calculus.sums import map_sums
from derive.errors import ProofError
from derive.graph import Equation, Graph
from derive.language import axes_of, name_of, sum_over, total
from derive.layers.batch_norm.forward import eps, gamma, mean, n, s, var, x
from derive.proofs.brute_force import check_gradient
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.prove import prove_all
from derive.proofs.prover import prove, rewrite, sample_for, verify
from derive.proofs.theorem import Check
from tests.calculus import examples
from tests.proofs.proven import batch_norm, claim, derived, theorem

GROUND = derived(examples.batch_norm)
G, SIZE = GROUND.backward.grad_output, n.size * s.size


def without_count(expr: sp.Expr) -> sp.Expr:
    """Corrupted: Sum a = a."""

    def change(t: sp.Sum) -> sp.Expr:
        own = set(axes_of(t.function))
        return sum_over(t.function, [axis for axis in t.variables if axis in own])

    return map_sums(expr, change)


def count_minus_one(expr: sp.Expr) -> sp.Expr:
    """Corrupted: Sum a = (N - 1) * a."""

    def change(t: sp.Sum) -> sp.Expr:
        own = set(axes_of(t.function))
        missing = [axis for axis in t.variables if axis not in own]
        rest = sum_over(t.function, [axis for axis in t.variables if axis in own])
        return sp.Mul(rest, *[axis.size - 1 for axis in missing])

    return map_sums(expr, change)


def sign_lost(expr: sp.Expr) -> sp.Expr:
    """Corrupted: Sum (-f) = Sum f."""
    return map_sums(expr, lambda t: sp.Sum(-t.function, *t.limits) if t.function.could_extract_minus_sign() else t)


def everything_out(expr: sp.Expr) -> sp.Expr:
    """Corrupted: Sum f*g = Sum f * Sum g."""

    def change(t: sp.Sum) -> sp.Expr:
        parts = sp.Mul.make_args(t.function)
        return sp.Mul(*[sum_over(p, t.variables) if axes_of(p) else p for p in parts])

    return map_sums(expr, change)


# A rule's name, what it becomes, and a false statement that the corrupted rule proves.
COUNT, SEPARATE = "a constant sums to count times constant", "sums of separate axes are a product"
RULES: list[tuple[str, Rule, sp.Expr, sp.Expr]] = [
    (COUNT, without_count, sum_over(mean, (n, s)), mean),
    (COUNT, count_minus_one, sum_over(mean, (n, s)), (n.size - 1) * (s.size - 1) * mean),
    ("linearity", sign_lost, total(-G, over=(n, s)), total(G, over=(n, s))),
    (SEPARATE, everything_out, total(G * x, over=(n, s)), SIZE * mean * total(G, over=(n, s))),
]


def corrupted(monkeypatch: pytest.MonkeyPatch, name: str, wrong: Rule) -> None:
    assert name in dict(reductions.STRUCTURAL_RULES)
    rules = tuple((known, wrong if known == name else rule) for known, rule in reductions.STRUCTURAL_RULES)
    monkeypatch.setattr(reductions, "STRUCTURAL_RULES", rules)


@pytest.mark.parametrize(("name", "wrong", "left", "right"), RULES)
def test_what_a_corrupted_rule_proves_the_check_refuses(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Rule, left: sp.Expr, right: sp.Expr
) -> None:
    false = Claim("false", left, right)
    with pytest.raises(ProofError, match="cannot be brought to the same form"):
        prove(GROUND, false)
    corrupted(monkeypatch, name, wrong)
    lhs_steps, rhs_steps = rewrite(GROUND, false)  # the prover believes it now
    with pytest.raises(ProofError, match="theorem 'false': the check refuses 'the statement'"):
        prove(GROUND, false)
    # Each wrong step is refused by itself, even beside a true statement.
    with pytest.raises(ProofError, match=f"the check refuses '{name}'"):
        verify(GROUND, Claim("true", mean, mean), (*lhs_steps, *rhs_steps))


@pytest.mark.parametrize(("name", "wrong"), [rule[:2] for rule in RULES])
def test_a_corrupted_rule_stops_the_proofs_of_batch_norm(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Rule
) -> None:
    stated, derivation = claim("invariance to a shift of the input"), batch_norm().derivation
    prove(derivation, stated)
    corrupted(monkeypatch, name, wrong)
    with pytest.raises(ProofError, match="theorem 'invariance to a shift of the input'"):
        prove(derivation, stated)


@pytest.mark.parametrize(("name", "wrong"), [rule[:2] for rule in RULES[2:]])
def test_a_corrupted_rule_that_acts_on_both_sides_alike_is_still_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Rule
) -> None:
    """Both sides reach one form by wrong steps: the statement is true, its proof is not, and the check says where."""
    corrupted(monkeypatch, name, wrong)
    rewrite(batch_norm().derivation, claim("three-term formula"))
    with pytest.raises(ProofError, match=f"theorem 'three-term formula': the check refuses {name!r}"):
        prove(batch_norm().derivation, claim("three-term formula"))


@pytest.mark.parametrize("factor", [2, -1, 1 + eps])
def test_a_corrupted_named_sum_is_refused(factor: sp.Expr) -> None:
    """Sum x = factor * N * mean proves a false value of it; the check refuses the step that uses it."""
    folds = tuple(
        replace(fold, value=factor * fold.value) if fold.reason == "definition of mean" else fold
        for fold in GROUND.algebra.folds
    )
    wrong = replace(GROUND, algebra=Algebra(GROUND.basis, folds))
    false = Claim("false", total(x, over=(n, s)), sp.expand(factor * SIZE * mean))
    rewrite(wrong, false)
    with pytest.raises(ProofError, match="the check refuses 'the statement'"):
        prove(wrong, false)
    with pytest.raises(ProofError, match="the check refuses 'definition of mean'"):
        verify(wrong, Claim("true", mean, mean), rewrite(wrong, false)[0])


def test_deviations_that_do_not_sum_to_zero_are_refused() -> None:
    folds = tuple(
        replace(fold, value=mean) if fold.reason.startswith("deviations") else fold for fold in GROUND.algebra.folds
    )
    wrong = replace(GROUND, algebra=Algebra(GROUND.basis, folds))
    with pytest.raises(ProofError):
        prove(wrong, claim("the vanishing term"))
    with pytest.raises(ProofError, match="the check refuses"):
        prove(wrong, Claim("false", total(x - mean, over=(n, s)), mean))


DAMAGE: list[tuple[str, Callable[[sp.Expr], sp.Expr]]] = [
    ("doubled", lambda e: 2 * e + 1),
    ("negated", lambda e: 1 - e),
    ("gamma for its square", lambda e: e.xreplace({gamma: gamma**2}) + eps / 1000),
]


@pytest.mark.parametrize(("words", "damage"), DAMAGE)
@pytest.mark.parametrize("name", ["closed form of grad_x", "the vanishing term", "blind to a constant"])
def test_a_corrupted_step_is_refused_wherever_it_stands(
    name: str, words: str, damage: Callable[[sp.Expr], sp.Expr]
) -> None:
    found: Theorem = theorem(name)
    last = len(found.steps) - 1
    for place in sorted({0, last // 2, last}):
        steps = list(found.steps)
        steps[place] = replace(steps[place], after=damage(steps[place].after))
        with pytest.raises(ProofError, match=f"theorem {name!r}: the check refuses {steps[place].rule!r} at n="):
            verify(batch_norm().derivation, claim(name), steps)
    verify(batch_norm().derivation, claim(name), found.steps)


def test_a_step_that_is_right_for_one_size_only_is_refused() -> None:
    steps = [Step("N is one", SIZE * mean, mean)]
    with pytest.raises(ProofError, match="the check refuses 'N is one'"):
        verify(GROUND, Claim("true", mean, mean), steps)


FALSE = [
    (GROUND.backward.grad("x"), sp.S.Zero),
    (GROUND.backward.grad("x"), 2 * GROUND.backward.grad("x")),
    (GROUND.backward.adjoint("mean").via("x_norm").equation.target, sp.S.Zero),
    (total((x - mean) ** 2, over=(n, s)), (SIZE - 1) * var),
    (GROUND.graph["x_norm"], (x - mean) / var),
    (total(GROUND.backward.grad("x") * x, over=(n, s)), sp.S.Zero),
]


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_a_false_claim_is_refused(left: sp.Expr, right: sp.Expr) -> None:
    with pytest.raises(ProofError, match="theorem 'false': the two sides cannot be brought to the same form"):
        prove(GROUND, Claim("false", left, right))
    with pytest.raises(ProofError, match="the check refuses 'the statement'"):
        verify(GROUND, Claim("false", left, right), ())


def test_a_hypothesis_is_used_and_needed() -> None:
    seen = claim("blind to a constant")
    with pytest.raises(ProofError):
        prove(GROUND, replace(seen, given=()))
    with pytest.raises(ProofError):
        prove(GROUND, replace(seen, given=((G, GROUND.graph["x_norm"]),)))
    with pytest.raises(ProofError):
        prove(GROUND, replace(claim("spectrum of the input Jacobian"), assuming=(), witness=None))


def test_hypotheses_that_nothing_meets_prove_nothing() -> None:
    vacuous = Claim("vacuous", mean, mean, conditions=(sp.Gt(var, 10**6),))
    with pytest.raises(ProofError, match="theorem 'vacuous': found no values that meet its hypotheses"):
        sample_for(GROUND, vacuous, 0)


def test_a_witness_has_the_last_word() -> None:
    asked: list[str] = []

    def content(derivation: Derivation, stated: Claim) -> Check:
        asked.append(stated.name)
        return Check("asked", derivation.name)

    def unhappy(derivation: Derivation, stated: Claim) -> Check:
        raise ProofError("the witness disagrees")

    true = Claim("true", total(x, over=(n, s)), SIZE * mean)
    assert prove(GROUND, replace(true, witness=content)).checks[1] == Check("asked", "batch_norm")
    assert asked == ["true"]
    with pytest.raises(ProofError, match="the witness disagrees"):
        prove(GROUND, replace(true, witness=unhappy))


Damage = Callable[[Equation], Equation]
WRONG_RULES: list[tuple[str, Damage]] = [
    ("x_norm -> x", lambda e: replace(e, summand=2 * e.summand)),
    ("x_norm -> mean", lambda e: replace(e, summand=-e.summand)),
    ("x_norm -> var", lambda e: replace(e, summand=sp.S.Zero)),
    ("var -> x", lambda e: replace(e, factor=2 * e.factor)),
    ("mean -> x", lambda e: replace(e, factor=sp.S.One)),
    ("y -> gamma", lambda e: replace(e, summand=e.summand + G)),
    ("y -> beta", lambda e: replace(e, factor=sp.Rational(99, 100))),
]


@pytest.mark.parametrize(("path", "damage"), WRONG_RULES)
def test_a_wrong_chain_rule_is_refused_by_brute_force(
    monkeypatch: pytest.MonkeyPatch, path: str, damage: Damage
) -> None:
    true = chain_rule.contribution

    def wrong(
        graph: Graph, equation: Equation, tensor: sp.Expr, grad: sp.Expr, prefix: str = "grad_"
    ) -> Contribution | None:
        share = true(graph, equation, tensor, grad, prefix)
        return replace(share, equation=damage(share.equation)) if share is not None and share.label == path else share

    monkeypatch.setattr(chain_rule, "contribution", wrong)
    derivation = derive_layer(examples.batch_norm())
    with pytest.raises(ProofError, match=r"the chain rule's gradient of \w+\[.*\] is .*, brute force gives"):
        check_gradient(derivation)
    with pytest.raises(ProofError, match="brute force gives"):
        prove_all(derivation)


def test_dropping_the_vanishing_contribution_is_the_one_change_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    true = chain_rule.contribution

    def wrong(
        graph: Graph, equation: Equation, tensor: sp.Expr, grad: sp.Expr, prefix: str = "grad_"
    ) -> Contribution | None:
        share = true(graph, equation, tensor, grad, prefix)
        return None if share is not None and share.label == "var -> mean" else share

    monkeypatch.setattr(chain_rule, "contribution", wrong)
    derivation = derive_layer(examples.batch_norm())
    assert [c.label for c in derivation.backward.adjoint("mean").contributions] == ["x_norm -> mean"]
    assert "exactly" in check_gradient(derivation).how
    assert [name_of(t.of) for t in derivation.backward.gradients] == ["x", "gamma", "beta"]
