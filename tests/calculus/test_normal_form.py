"""The normal form: it keeps values, settles, and knows the sums that the definitions name."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import Layer, axes, sqrt, tensor, total
from derive.calculus import reductions
from derive.calculus.basis import Basis
from derive.calculus.reductions import Algebra, Fold, Step, _leading_sum
from derive.errors import AlgebraError
from derive.graph import lower
from derive.language import atom, count
from tests.calculus import examples
from tests.calculus.expressions import SETTINGS, SIZES, Ground, agree, expressions, ground

CASES = [
    (examples.layer_norm, True),
    (examples.layer_norm, False),
    (examples.rms_norm_in_one, True),
    (examples.softmax, True),
]
LEAVES = {case: ground(*case).leaves for case in CASES}
n, d, x, eps = examples.n, examples.d, examples.x, examples.eps
mean, var = atom("mean", (n,)), atom("var", (n,))


@pytest.fixture(scope="module")
def norm() -> Ground:
    return ground(examples.layer_norm)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].__name__}-{case[1]}")
@SETTINGS
@given(data=st.data(), sizes=SIZES, seed=st.integers(0, 1000))
def test_the_normal_form_never_changes_a_value(
    case: tuple[examples.Maker, bool], data: st.DataObject, sizes: dict[str, int], seed: int
) -> None:
    here = ground(*case)
    expression = data.draw(expressions(LEAVES[case], 5))
    steps: list[Step] = []
    entered = here.basis.enter(expression)
    normal = here.algebra.normal(entered, steps)
    at = here.sample(sizes, seed)
    assert agree(expression, entered, at, here.equations)
    assert agree(entered, normal, at, here.equations)
    assert here.algebra.normal(normal) == normal
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert (steps[0].before, steps[-1].after) == (entered, normal) if steps else entered == normal


@SETTINGS
@given(expressions(LEAVES[CASES[0]], 4))
def test_multiplying_out_first_makes_no_difference(expression: sp.Expr) -> None:
    here = ground(*CASES[0])
    entered = here.basis.enter(expression)
    assert here.algebra.normal(reductions.multiply_out(entered)) == here.algebra.normal(entered)


def test_definitions_give_names_to_sums(norm: Ground) -> None:
    dev = norm.basis.centres[0].deviation
    assert [(f.reason, f.summand, f.over, f.value) for f in norm.algebra.folds] == [
        ("definition of mean", x, (d,), d.size * mean),
        ("deviations from mean", dev, (d,), 0),
        ("definition of var", dev**2, (d,), d.size * var),
    ]


def test_the_moment_form_names_the_sum_of_squares() -> None:
    here = ground(examples.layer_norm, False)
    named = [(fold.reason, fold.summand) for fold in here.algebra.folds]
    assert named == [("definition of mean", x), ("definition of var", x**2)]
    assert sp.expand(here.algebra.folds[1].value - d.size * (var + mean**2)) == 0


def test_a_named_sum_is_folded_beside_other_factors_and_axes(norm: Ground) -> None:
    assert norm.algebra.normal(total(x, over=d)) == d.size * mean
    assert norm.algebra.normal(total(mean * x, over=(n, d))) == d.size * total(mean**2, over=n)
    dev = norm.basis.centres[0].deviation
    assert norm.algebra.normal(total(3 * dev * var, over=(n, d))) == 0
    inv = norm.basis.roots[0].symbol
    folded = d.size * (total(inv**-2, over=n) - n.size * eps)  # var is written by its root
    assert norm.algebra.normal(total(dev**2, over=(n, d))) == sp.expand(folded)


def test_a_sum_over_other_axes_is_not_folded(norm: Ground) -> None:
    assert norm.algebra.normal(total(x, over=n)) == total(x, over=n)
    assert norm.algebra.normal(total(x * examples.weight, over=d)) == total(x * examples.weight, over=d)


def test_the_root_removes_the_variance(norm: Ground) -> None:
    inv = norm.basis.roots[0].symbol
    assert norm.algebra.normal(inv**2 * (var + eps)) == 1
    assert norm.algebra.normal(var * inv**2) == 1 - eps * inv**2
    assert norm.algebra.normal(norm.basis.enter((var + eps) ** sp.Rational(-3, 2))) == inv**3


def test_the_variance_stays_under_a_negative_power(norm: Ground) -> None:
    assert norm.algebra.normal(1 / var) == 1 / var


def test_deviations_times_anything_constant_sum_to_zero_and_others_do_not(norm: Ground) -> None:
    dev, g = norm.basis.centres[0].deviation, norm.seed
    assert norm.algebra.normal(total(dev * (1 + var), over=d)) == 0
    assert norm.algebra.normal(total(dev * g, over=d)) == total(dev * g, over=d)


def test_a_given_fold_takes_the_place_of_the_known_ones(norm: Ground) -> None:
    g = norm.seed
    algebra = Algebra(norm.basis, (Fold(g, (d,), sp.S.Zero, "hypothesis"),))
    steps: list[Step] = []
    assert algebra.normal(total(var * g, over=d), steps) == 0
    assert steps[-1].rule == "hypothesis"
    assert algebra.normal(total(x, over=d)) == total(x, over=d)


def test_steps_are_named_after_what_they_used(norm: Ground) -> None:
    steps: list[Step] = []
    norm.algebra.normal(total(var * (x - mean), over=d), steps)
    assert [step.rule for step in steps] == [
        "multiply out",
        "linearity",
        "constants come out",
        "a constant sums to count times constant",
        "definition of mean",
    ]
    assert steps[-1].after == 0


def test_a_sum_of_several_statistics_is_solved_for_the_one_of_highest_degree() -> None:
    s1, s2 = total(x, over=d), total(x**2, over=d)
    assert _leading_sum(2 * s2 / d.size - mean * s1) == (2 / d.size, s2)
    assert _leading_sum(s1 * s2) is None
    assert _leading_sum(x * s1 - 1) is None
    assert _leading_sum(sp.Integer(3)) is None


def test_two_definitions_of_one_sum_agree() -> None:
    layer = Layer("two", inputs=(x,))
    first = layer.define("first", total(x, over=d))
    second = layer.define("second", total(x, over=d) / count((d,)))
    layer.output("y", x * first + second)
    algebra = Algebra(Basis(lower(layer)))
    assert algebra.normal(total(x, over=d)) == first


def test_rules_that_never_settle_are_refused(norm: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    restless = (("restless", lambda expr: expr + 1),)
    monkeypatch.setattr(reductions, "STRUCTURAL_RULES", restless)
    with pytest.raises(AlgebraError, match="no normal form after 100 rounds of rewriting"):
        norm.algebra.normal(norm.seed)


def test_a_power_of_a_sum_has_no_place_in_the_basis(norm: Ground) -> None:
    with pytest.raises(AlgebraError, match="has no definition of its own"):
        norm.basis.enter(1 / sqrt(total(x * norm.seed, over=d)))


def test_axes_that_were_never_summed_do_not_disturb() -> None:
    m, k = axes("m k")
    v = tensor("v", m, k)
    layer = Layer("plain", inputs=(v,))
    layer.output("y", v**2)
    algebra = Algebra(Basis(lower(layer)))
    assert algebra.folds == ()
    assert algebra.normal(total(v * 2, over=m)) == 2 * total(v, over=m)
