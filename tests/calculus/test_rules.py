"""Each rule of the algebra of sums on its own: what it rewrites, what it leaves alone, and that values stay."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import exp, sqrt, total
from derive.calculus import reductions
from derive.calculus.reductions import (
    STRUCTURAL_RULES,
    Rule,
    count_constant,
    factor_out,
    linearity,
    merge_nested,
    multiply_out,
    separate,
)
from derive.calculus.sums import map_sums, summed_axes, sums_in
from tests.calculus.expressions import PLAIN, SETTINGS, SIZES, a, agree, b, d, expressions, f, g, k, n, sample

RULE_NAMES = [name for name, _ in STRUCTURAL_RULES]

CHANGES: list[tuple[Rule, sp.Expr, sp.Expr]] = [
    (multiply_out, f * (g + a), f * g + f * a),
    (multiply_out, total(f * (g + a), over=d), total(f * g + f * a, over=d)),
    (multiply_out, total((f - a) ** 2, over=d), total(f**2 - 2 * f * a + a**2, over=d)),
    (multiply_out, (total(f, over=d) + 1) * (a - 1), total(f, over=d) * a - total(f, over=d) + a - 1),
    (
        multiply_out,
        total(a * (1 + total(f * (b + g), over=d)), over=n),
        total(a + a * total(f * b + f * g, over=d), over=n),
    ),
    (linearity, total(f + g, over=d), total(f, over=d) + total(g, over=d)),
    (linearity, total(total(f + g, over=d), over=n), total(total(f, over=d), over=n) + total(total(g, over=d), over=n)),
    (linearity, total(f + 3, over=n), total(f, over=n) + sp.Sum(3, (n, 0, n.size - 1))),
    (factor_out, total(a * f, over=d), a * total(f, over=d)),
    (factor_out, total(-2 * k * f, over=(n, d)), -2 * k * total(f, over=(n, d))),
    (factor_out, total(a * total(f, over=n), over=n), total(f, over=n) * total(a, over=n)),
    (factor_out, total(f * total(g, over=d), over=d), total(f, over=d) * total(g, over=d)),
    (factor_out, total(f * total(a * g, over=d), over=n), total(f * a * total(g, over=d), over=n)),
    (count_constant, sp.Sum(a, (d, 0, d.size - 1)), d.size * a),
    (count_constant, sp.Sum(1, (n, 0, n.size - 1), (d, 0, d.size - 1)), n.size * d.size),
    (count_constant, sp.Sum(a, (n, 0, n.size - 1), (d, 0, d.size - 1)), d.size * total(a, over=n)),
    (count_constant, total(a, over=n) + sp.Sum(b, (n, 0, n.size - 1)), total(a, over=n) + n.size * b),
    (merge_nested, total(a * total(f, over=d), over=n), total(a * f, over=(n, d))),
    (merge_nested, total(a * total(f, over=d) * k, over=n), total(a * k * f, over=(n, d))),
    (separate, total(a * b, over=(n, d)), total(a, over=n) * total(b, over=d)),
    (separate, total(a * f, over=(n, d)), total(a * f, over=(d, n))),
    (separate, total(total(f, over=n), over=d), total(f, over=(d, n))),
]

LEFT_ALONE: list[tuple[Rule, sp.Expr]] = [
    (multiply_out, exp(f + g)),
    (multiply_out, sqrt(f + k)),
    (multiply_out, 1 / (f + k)),
    (multiply_out, total(f * g, over=d)),
    (linearity, total(f * g, over=d)),
    (linearity, total(f, over=d) + total(g, over=d)),
    (factor_out, total(a * f, over=n)),
    (factor_out, total(f * g, over=(n, d))),
    (factor_out, total(a + f, over=d)),  # linearity comes first
    (count_constant, total(f, over=(n, d))),
    (count_constant, total(a * b, over=(n, d))),
    # Merging would let the outer factor be captured by the inner sum, or one index run in two sums.
    (merge_nested, total(f * total(g, over=d), over=n)),
    (merge_nested, total(b * total(g, over=d), over=d)),
    (merge_nested, total(a * total(f, over=n), over=n)),
    (merge_nested, total(total(f, over=d) * total(g, over=d), over=n)),
    (merge_nested, total(total(f, over=d) ** 2, over=n)),
    (separate, total(f * a * b, over=(d, n))),
    (separate, total(f, over=(d, n))),
    (separate, sp.Sum(a, (n, 0, n.size - 1), (d, 0, d.size - 1))),  # count_constant comes first
]


@pytest.mark.parametrize(("rule", "before", "after"), CHANGES)
def test_a_rule_rewrites(rule: Rule, before: sp.Expr, after: sp.Expr) -> None:
    assert rule(before) == after


@pytest.mark.parametrize(("rule", "expression"), LEFT_ALONE)
def test_a_rule_leaves_alone(rule: Rule, expression: sp.Expr) -> None:
    assert rule(expression) == expression


@pytest.mark.parametrize("before", [before for _, before, _ in CHANGES] + [e for _, e in LEFT_ALONE], ids=str)
@pytest.mark.parametrize("name", RULE_NAMES)
def test_no_rule_changes_the_value_of_any_of_these(name: str, before: sp.Expr) -> None:
    after = dict(STRUCTURAL_RULES)[name](before)
    assert agree(before, after, sample({"n": 2, "d": 3}, 1))


@SETTINGS
@given(expressions(PLAIN, again=True), SIZES, st.integers(0, 1000), st.sampled_from(RULE_NAMES))
def test_no_rule_changes_a_value(expression: sp.Expr, sizes: dict[str, int], seed: int, name: str) -> None:
    at = sample(sizes, seed)
    assert agree(expression, dict(STRUCTURAL_RULES)[name](expression), at)


@SETTINGS
@given(expressions(PLAIN, 8), SIZES, st.integers(0, 1000))
def test_the_rules_one_after_the_other_change_no_value(expression: sp.Expr, sizes: dict[str, int], seed: int) -> None:
    at, after = sample(sizes, seed), expression
    for _ in range(2):
        for _, rule in STRUCTURAL_RULES:
            after = rule(after)
    assert agree(expression, after, at)


def test_a_product_of_two_sums_over_one_axis_stays_right() -> None:
    """Sum_d f * Sum_d g is not Sum_d f*g; no rule may think so."""
    product, at = total(f, over=d) * total(g, over=d), sample({"n": 2, "d": 3}, 3)
    after = total(product, over=n)
    for _ in range(3):
        for _, rule in STRUCTURAL_RULES:
            after = rule(after)
    assert agree(total(product, over=n), after, at)
    assert not agree(after, total(f * g, over=(n, d)), at)


def test_an_outer_sum_over_the_axis_of_an_inner_one_stays_right() -> None:
    """Sum_n a * Sum_n f: the inner sum is finished before the outer one begins."""
    nested, at = total(a * total(f, over=n), over=n), sample({"n": 3, "d": 2}, 4)
    after = factor_out(nested)
    assert agree(nested, after, at)
    assert not agree(after, total(a * f, over=n), at)


def test_a_wrong_rule_would_be_noticed() -> None:
    """The evaluation tells a rule that forgets the count from one that does not."""
    forgetful = map_sums(total(a, over=n) + sp.Sum(b, (n, 0, n.size - 1)), lambda t: t.function)
    assert not agree(total(a, over=n) + sp.Sum(b, (n, 0, n.size - 1)), forgetful, sample({"n": 2, "d": 2}, 1))


def test_sums_are_found_outermost_only_and_in_order() -> None:
    inner = total(f * total(g, over=d), over=n)
    assert sums_in(inner + total(a, over=n) * k) == [inner, total(a, over=n)]
    assert sums_in(f * a) == []


def test_a_sum_knows_its_axes() -> None:
    (found,) = total(f, over=(n, d)).atoms(sp.Sum)
    assert summed_axes(found) == (n, d)


def test_mapping_over_sums_goes_innermost_first() -> None:
    seen: list[sp.Expr] = []

    def note(total_: sp.Sum) -> sp.Expr:
        seen.append(total_.function)
        return total_

    nested = total(a * total(f, over=d), over=n)
    assert map_sums(nested, note) == nested
    assert seen == [f, a * total(f, over=d)]


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [name for name, _ in reductions.STRUCTURAL_RULES]
    assert len(set(names)) == len(names) == 6
