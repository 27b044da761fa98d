"""Formulas as text and as LaTeX: read back, they have the value of what was printed."""

from __future__ import annotations

import re
from typing import cast

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import axes, exp, log, positive, sqrt, tanh, tensor, total
from derive.formula import Notation, latex, text
from derive.language import Axis, indices, name_of
from derive.proofs.evaluate import Evaluation, ExactArithmetic, positions
from tests.calculus.expressions import PLAIN, SETTINGS, SIZES, expressions, sample
from tests.calculus.values import to_sympy

n, d = axes("n d")
f, g, a, b = tensor("f", n, d), tensor("g", n, d), tensor("a", n), tensor("b", d)
k = positive("k")
TENSORS: dict[str, sp.Expr] = {name_of(t): t for t in (f, g, a, b, k)}
LEAVES = (*PLAIN, sqrt(f**2 + k), 1 / (f + g), (a + k) ** sp.Rational(-3, 2), -f, sp.Rational(2, 3))


class Reader:
    """A small parser of the printed formulas, in both notations, straight to numbers.

    It knows + - * / ** and brackets as everybody does, and that a sum over axes is a call in the text form and goes as
    far as the product does in LaTeX.
    """

    TOKEN = re.compile(r"\s*(sum\[[\w,]*\]|\*\*|[-+*/(),]|\w+)")

    def __init__(self, words: str, evaluate: Evaluation, where: dict[Axis, int]) -> None:
        self.words = [token for token in self.TOKEN.findall(words)]
        assert "".join(self.words) == re.sub(r"\s", "", words), words
        self.evaluate, self.where, self.at = evaluate, where, 0

    def read(self) -> sp.Expr:
        value = self.sum(self.where)
        assert self.at == len(self.words), self.words[self.at :]
        return value

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self, *expected: str) -> str:
        word = self.peek()
        assert not expected or word in expected, (word, expected)
        self.at += 1
        return word

    def sum(self, where: dict[Axis, int]) -> sp.Expr:
        value = self.product(where)
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value += sign * self.product(where)
        return value

    def product(self, where: dict[Axis, int]) -> sp.Expr:
        value = self.signed(where)
        while self.peek() in ("*", "/"):
            value = value * self.signed(where) if self.take() == "*" else value / self.signed(where)
        return value

    def signed(self, where: dict[Axis, int]) -> sp.Expr:
        if self.peek() == "-":
            self.take()
            return -self.signed(where)
        return self.power(where)

    def power(self, where: dict[Axis, int]) -> sp.Expr:
        base = self.atom(where)
        if self.peek() == "**":
            self.take()
            return base ** self.signed(where)
        return base

    def bracket(self, where: dict[Axis, int]) -> sp.Expr:
        self.take("(")
        value = self.sum(where)
        self.take(")")
        return value

    def atom(self, where: dict[Axis, int]) -> sp.Expr:
        word = self.peek()
        if word == "(":
            return self.bracket(where)
        self.take()
        if word.isdigit():
            return cast(sp.Expr, sp.Integer(word))
        if word.startswith("sum["):
            over = [{"n": n, "d": d}[name] for name in word[4:-1].split(",")]
            start, result = self.at, sp.S.Zero
            for inner in positions(over, self.evaluate.sample.sizes):
                self.at = start
                result += self.bracket({**where, **inner})
            return result
        if word == "sqrt":
            return cast(sp.Expr, sp.sqrt(self.bracket(where)))
        if word.startswith("N_"):
            return cast(sp.Expr, sp.Integer(self.evaluate.sample.sizes[word[2:]]))
        tensor_ = TENSORS[word]
        return to_sympy(self.evaluate(tensor_, {axis: where[axis] for axis in indices(tensor_)}))


def from_latex(words: str) -> str:
    """LaTeX of this printer as its text form, rewritten from the inside out."""
    words = words.replace(r"\left", "").replace(r"\right", "").replace(r"\,", "*")
    words = re.sub(r"N_\{(\w+)\}", r"N_\1", words)
    words = re.sub(r"\\sum_\{([\w,]*)\}", r"sum[\1]", words)
    group = r"\{([^{}]*)\}"
    while True:
        before = words
        words = re.sub(r"\\sqrt" + group, r"sqrt(\1)", words)
        words = re.sub(r"\\frac" + group + group, r"((\1)/(\2))", words)
        words = re.sub(r"\^" + group, r"**(\1)", words)
        if words == before:
            break
    assert not re.search(r"[\\{}^]", words), words
    return close_sums(words)


def close_sums(words: str) -> str:
    """Brackets around what a sum in LaTeX extends over: the rest of its product."""
    while match := re.search(r"sum\[[\w,]*\](?! ?\(\()", words):
        start, depth, end = match.end(), 0, match.end()
        while end < len(words):
            char = words[end]
            if depth == 0 and (char in ")," or (char in "+-" and words[start:end].strip())):
                break
            depth += (char == "(") - (char == ")")
            end += 1
        words = f"{words[:start]}(({words[start:end].strip()})){words[end:]}"
    return words


def value(expression: sp.Expr, evaluation: Evaluation, where: dict[Axis, int]) -> sp.Expr:
    return to_sympy(evaluation(expression, where))


@SETTINGS
@given(expressions(LEAVES, 6, again=True), SIZES, st.integers(0, 1000))
def test_the_text_read_back_has_the_value_of_the_formula(expression: sp.Expr, sizes: dict[str, int], seed: int) -> None:
    evaluation = Evaluation((), sample(sizes, seed), ExactArithmetic())
    where = {n: sizes["n"] - 1, d: 0}
    expected = value_or_none(expression, evaluation, where)
    if expected is not None:
        assert close(Reader(text(expression), evaluation, where).read(), expected)


@SETTINGS
@given(expressions(LEAVES, 6), SIZES, st.integers(0, 1000))
def test_the_latex_read_back_has_the_value_of_the_formula(
    expression: sp.Expr, sizes: dict[str, int], seed: int
) -> None:
    evaluation = Evaluation((), sample(sizes, seed), ExactArithmetic())
    where = {n: 0, d: sizes["d"] - 1}
    expected = value_or_none(expression, evaluation, where)
    if expected is not None:
        assert close(Reader(from_latex(latex(expression)), evaluation, where).read(), expected)


def value_or_none(expression: sp.Expr, evaluation: Evaluation, where: dict[Axis, int]) -> sp.Expr | None:
    """The exact value; None where it has none, such as the inverse of zero or a nested root."""
    try:
        return value(expression, evaluation, where)
    except ArithmeticError:
        return None


def close(left: sp.Expr, right: sp.Expr) -> bool:
    return bool(abs(sp.N(left - right, 40)) <= sp.Float("1e-30", 40) * (1 + abs(sp.N(right, 40))))


TEXTS = [
    (f - a, "f - a", "f - a"),
    (-f, "-f", "-f"),
    (f / (a * b), "f/(a*b)", r"\frac{f}{a \, b}"),
    (sp.Rational(-3, 2) * f, "-3*f/2", r"-\frac{3 \, f}{2}"),
    (sp.Rational(2, 3), "2/3", r"\frac{2}{3}"),
    (1 / sqrt(f + k), "1/sqrt(f + k)", r"\frac{1}{\sqrt{f + k}}"),
    (f**-2, "1/f**2", r"\frac{1}{f^{2}}"),
    ((f + k) ** sp.Rational(3, 2), "(f + k)**(3/2)", None),
    (total(f * g, over=d) / d.size, "sum[d](f*g)/N_d", None),
    (a * total(f - a, over=d), "a*sum[d](f - a)", r"a \, \sum_{d} \left(f - a\right)"),
    (total(f, over=(n, d)), "sum[n,d](f)", r"\sum_{n,d} f"),
    (total(f, over=d) ** 2, "sum[d](f)**2", r"\left(\sum_{d} f\right)^{2}"),
    (exp(-f), "exp(-f)", r"\exp\left(-f\right)"),
    (log(f) * tanh(g), "log(f)*tanh(g)", r"\log\left(f\right) \, \tanh\left(g\right)"),
]


@pytest.mark.parametrize(("expression", "plain", "math"), TEXTS)
def test_formulas_read_as_a_person_would_write_them(expression: sp.Expr, plain: str, math: str | None) -> None:
    assert text(expression) == plain
    assert math is None or latex(expression) == math


def test_greek_and_long_names_in_latex() -> None:
    gamma, eps, long_name = tensor("gamma", d), positive("eps"), tensor("x_norm", n, d)
    assert latex(gamma * eps) in (r"\varepsilon \, \gamma", r"\gamma \, \varepsilon")
    assert latex(long_name) == r"\mathrm{x\_norm}"
    assert latex(n.size) == "N_{n}"


def test_indices_are_shown_on_request() -> None:
    assert Notation(latex=False, indices=True)(f * a) in ("f[n,d]*a[n]", "a[n]*f[n,d]")
    assert Notation(latex=True, indices=True)(f) == "f_{n,d}"


def test_a_prefix_stands_before_functions() -> None:
    code = Notation(latex=False, prefix="np.")
    assert code(exp(k) * sqrt(k)) in ("np.exp(k)*np.sqrt(k)", "np.sqrt(k)*np.exp(k)")


def test_relations_and_conditions() -> None:
    assert text.relation(f, a + k) == "f = a + k"
    assert text(sp.Gt(a, 0)) == "a > 0"
    assert latex(sp.Ge(n.size * d.size, 3)) in (r"N_{d} \, N_{n} \ge 3", r"N_{n} \, N_{d} \ge 3")


def test_the_reader_refuses_what_it_does_not_know() -> None:
    evaluation = Evaluation((), sample({"n": 1, "d": 1}, 1), ExactArithmetic())
    with pytest.raises(AssertionError):
        Reader("f $ g", evaluation, {n: 0, d: 0}).read()
    found = Reader("2*f - sum[n](a)/N_d", evaluation, {n: 0, d: 0}).read()
    assert found == 2 * _first(evaluation, f) - _first(evaluation, a)


def _first(evaluation: Evaluation, tensor_: sp.Expr) -> sp.Expr:
    return to_sympy(evaluation(tensor_, dict.fromkeys(indices(tensor_), 0)))
