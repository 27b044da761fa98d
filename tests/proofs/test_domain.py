"""Where a layer is defined: what signs prove, what stays an assumption, and that a wrong proof does not pass."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from derive import (
    Layer,
    average,
    axes,
    catalogue,
    erf,
    exp,
    indicator,
    log,
    nonnegative,
    positive,
    real,
    sigmoid,
    sqrt,
    stabilizer,
    tanh,
    tensor,
    total,
)
from derive.errors import ProofError
from derive.formula import text
from derive.language import maximum
from derive.proofs import ranges
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.domain import Condition, Domain, check_domain, conditions, prove_domain
from derive.proofs.ranges import Range, Ranges
from derive.vocabulary import FUNCTIONS

n, d, s = axes("n d s")
x, w, t = tensor("x", n, d), tensor("w", d), tensor("t")
weights, mask = nonnegative("weights", n, d), indicator("mask", n, d)
eps, a = positive("eps"), real("a")
ROLES = {"i": (x, w, t), "b": (weights, mask), "c": (eps, a)}
GIVEN = {given: role for role, group in ROLES.items() for given in group}


def derived(value: Any, *definitions: tuple[str, Any]) -> Derivation:
    """The layer whose output is x times a value, with everything that the value holds."""
    layer_value = x * value
    used = layer_value.free_symbols | layer_value.atoms(sp.Indexed)
    chosen: dict[str, Any] = {role: [g for g in GIVEN if g in used and GIVEN[g] == role] for role in "ibc"}
    layer = Layer("probe", inputs=chosen["i"], buffers=chosen["b"], constants=chosen["c"])
    layer.output("y", layer_value)
    return derive_layer(layer)


def domain(value: Any) -> Domain:
    return prove_domain(derived(value))


PROVEN: dict[str, tuple[Any, list[str]]] = {
    "a variance": (1 / sqrt(average((x - average(x, over=d)) ** 2, over=d) + eps), ["y_mean_2 + eps > 0"]),
    "a sum of squares": (1 / (total(x**2, over=d) + 1), ["y_sum + 1 != 0"]),
    "a square of a constant": (1 / sqrt(average(x**4, over=d) + eps**2), ["y_mean + eps**2 > 0"]),
    "a total of exponentials": (1 / total(exp(x), over=d), ["y_sum != 0"]),
    "a logarithm of it": (log(total(exp(x), over=d)), ["y_sum > 0"]),
    "a bounded function": (log(2 + tanh(x)), ["tanh(x) + 2 > 0"]),
    "another": ((2 - erf(x)) ** (1 / 3), ["2 - erf(x) > 0"]),
    "a logistic function": (1 / sigmoid(x), ["sigmoid(x) != 0"]),
    "its complement": (log(1 - sigmoid(x)), ["1 - sigmoid(x) > 0"]),
    "a softplus": (1 / log(1 + exp(x)), ["log(exp(x) + 1) != 0", "exp(x) + 1 > 0"]),
    "weights that are not all zero": (1 / total(weights, over=(n, d)), ["y_sum != 0"]),
    "a mask that is not all zero": (1 / total(mask, over=(n, d)), ["y_sum != 0"]),
    "a negative number": (1 / (-1 - x**2), ["-x**2 - 1 != 0"]),
    "a reciprocal": (log(1 + 1 / (x**2 + eps)), ["1/(x**2 + eps) + 1 > 0", "x**2 + eps != 0"]),
    "a root of a root": (sqrt(sqrt(x**2 + eps) + eps), ["sqrt(x**2 + eps) + eps > 0", "x**2 + eps > 0"]),
    "a size": (log(x.indices[0].size + x**2), ["x**2 + N_n > 0"]),  # type: ignore[attr-defined]
    "a shift that changes nothing": (log(total(exp(x - stabilizer(maximum(x, over=d))), over=d)), ["y_sum > 0"]),
}  # fmt: skip
ASSUMED: dict[str, tuple[Any, list[str]]] = {
    "data": (log(x), ["x > 0"]),
    "a cube root": (x ** (1 / 3), ["x > 0"]),
    "a denominator": (1 / (x + w), ["w + x != 0"]),
    "a square that may be zero": (1 / sqrt(average(x**2, over=d)), ["y_sum > 0"]),
    "weights of one row": (1 / total(weights, over=d), ["y_sum != 0"]),
    "a real constant": (1 / (x**2 + a), ["x**2 + a != 0"]),
    "a parameter": (x * log(t), ["t > 0"]),
    "what varies together": (1 / (x**2 - 2 * x + 2), ["x**2 + 2 - 2*x != 0"]),
    "a function that may vanish": (1 / tanh(x), ["tanh(x) != 0"]),
    "positive is more than not zero": (log(x) / x, ["x > 0"]),
}


def shown(found: tuple[Condition, ...]) -> list[str]:
    return sorted(text(condition.relation) for condition in found)


@pytest.mark.parametrize("case", PROVEN)
def test_what_signs_prove(case: str) -> None:
    value, expected = PROVEN[case]
    found = domain(value)
    assert shown(found.proven) == sorted(expected) and not found.assumptions
    assert found.check is not None and "evaluated" in found.check.how
    for condition in found.proven:
        last = condition.reasons[-1]
        assert last.expr == condition.expr and last.range.nonzero


@pytest.mark.parametrize("case", ASSUMED)
def test_what_is_assumed(case: str) -> None:
    value, expected = ASSUMED[case]
    found = domain(value)
    assert shown(found.assumptions) == sorted(expected) and not found.proven and found.check is None


@pytest.mark.parametrize("value", [log(-exp(x)), (-1 - x**2) ** (1 / 3), log(-(x**2))], ids=str)
def test_what_can_never_hold_is_refused(value: Any) -> None:
    with pytest.raises(ProofError, match="layer 'probe': y needs .* > 0, which never holds"):
        domain(value)


def test_the_steps_of_a_proof() -> None:
    (condition,) = domain(PROVEN["a variance"][0]).proven
    steps = [(r.rule, *(text(relation) for relation in r.range.relations(r.expr))) for r in condition.reasons]
    assert steps == [
        ("a positive constant", "eps > 0"),
        ("an even power", "(x - y_mean)**2 >= 0"),
        ("an average", "y_mean_2 >= 0"),
        ("a sum", "y_mean_2 + eps > 0"),
    ]


def test_what_has_fewer_values_than_the_data_is_cheap_to_check() -> None:
    def cheap(value: Any) -> list[bool]:
        derivation = derived(value)
        return [c.is_small(derivation.graph) for c in prove_domain(derivation).assumptions]

    assert cheap(1 / (x + w)) == [False]
    assert cheap(1 / sqrt(average(x**2, over=d))) == cheap(1 / w) == cheap(log(t)) == cheap(w / a) == [True]
    # The two together have as many values as the data.
    assert cheap(1 / (average(x, over=d) + w)) == [False]


# Derivatives.


@pytest.mark.parametrize("name", catalogue.names())
def test_the_backward_equations_add_no_condition(name: str) -> None:
    entry = catalogue.builtin(name)
    for layer in filter(None, (entry.layer, entry.interface.inference)):
        derivation = derive_layer(layer)
        forward = conditions(derivation.graph, derivation.graph.equations)
        assert conditions(derivation.graph, derivation.backward.equations) == forward


@pytest.mark.parametrize("case", [*PROVEN, *ASSUMED])
def test_nor_do_those_of_other_layers(case: str) -> None:
    derivation = derived({**PROVEN, **ASSUMED}[case][0])
    forward = conditions(derivation.graph, derivation.graph.equations)
    assert conditions(derivation.graph, derivation.backward.equations) == forward


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_derivatives_of_every_word_need_what_the_word_needs(order: int) -> None:
    """Whatever is differentiated, the bases of its powers and the arguments of its logarithms are not new."""
    v = sp.Symbol("v", real=True)
    words = [function(v) for function in FUNCTIONS]
    words += [v ** sp.Rational(p, q) for p in (-5, -2, -1, 1, 2, 3, 7) for q in (1, 2, 3)]
    for word in words:
        needs = {node.args[0] for node in word.atoms(sp.Pow, sp.log) if node.args[0] != sp.E and _restricts(node)}
        slope = sp.diff(word, v, order)
        new = {node.args[0] for node in slope.atoms(sp.Pow, sp.log) if node.args[0] != sp.E and _restricts(node)}
        assert {base for base in new if base.free_symbols} <= needs, word


def _restricts(node: Any) -> bool:
    return isinstance(node, sp.log) or not node.exp.is_Integer or bool(node.exp < 0)


# A wrong proof.


def broken_power(self: Range, exponent: int) -> Range:
    return Range(Fraction(0)) if exponent % 2 == 0 else Range()


WRONG_RULES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Any]] = {
    "squares are positive": (lambda patch: patch.setattr(Range, "power", broken_power), 1 / (x**2 + w**2)),
    "so are averages of them": (
        lambda patch: patch.setattr(Range, "power", broken_power), 1 / sqrt(average(x**2, over=d)),
    ),
    "and variances": (
        lambda patch: patch.setattr(Range, "power", broken_power),
        log(average((x - average(x, over=d)) ** 2, over=d)),
    ),
    "tanh is positive": (
        lambda patch: patch.setitem(ranges.FUNCTIONS, "tanh", ("wrong", lambda _: ranges.POSITIVE)), log(tanh(x)),
    ),
    "tanh does not reach half way": (
        lambda patch: patch.setitem(
            ranges.FUNCTIONS, "tanh", ("wrong", lambda _: Range(Fraction(-1, 2), Fraction(1, 2)))
        ),
        log(Fraction(1, 2) + tanh(x)),
    ),
    "a logarithm is positive": (
        lambda patch: patch.setitem(ranges.FUNCTIONS, "log", ("wrong", lambda _: ranges.POSITIVE)), 1 / log(x),
    ),
    "every total is like its terms, and weights are positive": (
        lambda patch: patch.setattr(ranges, "NOT_NEGATIVE", ranges.POSITIVE), 1 / total(weights, over=d),
    ),
    "a sum has the lower bound of its first term": (
        lambda patch: patch.setattr(Range, "__add__", lambda self, other: self), 1 / (1 + x),
    ),
    "a product of anything is positive": (
        lambda patch: patch.setattr(Range, "__mul__", lambda self, other: ranges.POSITIVE), log(x * w),
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", WRONG_RULES)
def test_a_wrong_rule_is_caught(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check evaluates the condition; it knows no rule."""
    breaks, value = WRONG_RULES[rule]
    derivation = derived(value)
    right = prove_domain(derivation)
    assert right.assumptions
    breaks(monkeypatch)
    with pytest.raises(ProofError, match="was proven from signs, but fails at"):
        prove_domain(derivation)


def test_a_proof_without_grounds_is_caught() -> None:
    derivation = derived(1 / sqrt(average(x**2, over=d) + eps))
    (condition,) = prove_domain(derivation).conditions
    less = Condition(condition.expr - eps, False, condition.of, condition.reasons, condition.value)
    check_domain(derivation, [condition])
    with pytest.raises(ProofError, match=r"y_mean > 0 was proven from signs, but fails at n=\d"):
        check_domain(derivation, [less])


# Ranges hold what they say.

ATOMS = [sp.Symbol("u", real=True), sp.Symbol("v", real=True), eps]
LEAVES = [*ATOMS, sp.Integer(2), sp.Rational(-1, 3), sp.Integer(0)]


def grown(rng: random.Random, depth: int) -> Any:
    """A random expression of the vocabulary."""
    if depth == 0:
        return rng.choice(LEAVES)
    one, two = grown(rng, depth - 1), grown(rng, depth - 1)
    makers: list[Callable[[], Any]] = [
        lambda: one + two,
        lambda: one - two,
        lambda: one * two,
        lambda: one ** rng.choice((2, 3, 4)),
        lambda: one ** rng.choice((-1, -2, -3)) if one != 0 else one,
        lambda: exp(one),
        lambda: tanh(one),
        lambda: erf(one),
        lambda: sigmoid(one),
        lambda: log(one) if one != 0 else one,
        lambda: sqrt(one),
    ]
    return rng.choice(makers)()


def evaluated(expr: Any, at: dict[Any, float]) -> float | None:
    """The value in floating point, or None where there is none to speak of."""
    try:
        if not expr.args:
            return at[expr] if expr in at else float(expr)
        parts = [evaluated(arg, at) for arg in expr.args]
        if any(part is None for part in parts):
            return None
        numbers = [part for part in parts if part is not None]
        if isinstance(expr, sp.Add):
            return math.fsum(numbers)
        if isinstance(expr, sp.Mul):
            return math.prod(numbers)
        if isinstance(expr, sp.Pow):
            power = numbers[0] ** numbers[1]
            return power if isinstance(power, float) else None
        functions: dict[str, Callable[[float], float]] = {
            "exp": math.exp, "log": math.log, "tanh": math.tanh, "erf": math.erf,
            "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        }  # fmt: skip
        return functions[type(expr).__name__](numbers[0])
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


def test_values_lie_within_their_ranges() -> None:
    """Of ten thousand random expressions, each at several places, up to rounding at the ends."""
    rng, graph, tried = random.Random(4), derived(w).graph, 0
    for _ in range(10_000):
        expr = grown(rng, rng.randint(1, 4))
        foreign = [f for f in expr.atoms(sp.Function) if not isinstance(f, FUNCTIONS)]
        if foreign or expr.has(sp.zoo, sp.nan, sp.oo, sp.I):
            continue  # SymPy made something else of it
        reach = Ranges(graph, ())(expr)
        for _ in range(4):
            at = {atom: rng.choice((0.0, 1.0, -1.0, rng.gauss(0, 1), rng.gauss(0, 5))) for atom in ATOMS[:2]}
            value = evaluated(expr, {**at, eps: rng.choice((1e-3, 1.0, 7.0))})
            if value is None or not math.isfinite(value):
                continue
            tried += 1
            room = 1e-9 * max(1.0, abs(value))
            assert float(reach.low) - room <= value <= float(reach.high) + room, (expr, at, reach)
            if reach.nonzero and abs(value) > 1e-100:
                assert value != 0
    assert tried > 15_000


def test_an_end_that_is_reached_is_closed() -> None:
    graph = derived(w).graph
    u = ATOMS[0]

    def of(expr: Any) -> Range:
        return Ranges(graph, ())(expr)

    assert (of(u**2).positive, of(u**2 + 1).positive, of(eps * u**2).positive) == (False, True, False)
    assert of((1 + u**2) ** 2) == Range(Fraction(1), math.inf, False, True)
    assert of(1 / (1 + u**2)) == Range(Fraction(0), Fraction(1), True, False)
    assert of(-1 / (1 + u**2)) == Range(Fraction(-1), Fraction(0), False, True)
    assert of((tanh(u) - 2) ** 2) == Range(Fraction(1), Fraction(9))
    assert of(tanh(u) ** 2) == Range(Fraction(0), Fraction(1), False, True)
    assert of(exp(u**2)) == Range(Fraction(1), math.inf, False, True)
