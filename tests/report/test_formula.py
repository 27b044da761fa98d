"""Four notations of one layout: what they say is the same, and each is well formed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import sympy as sp

from derive.formula import Notation, latex, mathml, text, unicode
from derive.formula.layout import content
from derive.language import atom, average, axes, count, positive, tensor, total

from .made import NAMES, product

n, c = axes("n c")
x, mean, g = tensor("x", n, c), tensor("mean", c), tensor("g", n, c)
gamma, eps = tensor("gamma", c), positive("eps")

CASES = [
    (x - mean, "x - mean", "x − mean", r"x - \mathrm{mean}"),
    (
        average(x, over=n),
        "sum[n](x)/N_n",
        "Σ[n](x)/N_n",
        r"\frac{1}{N_{n}} \, \sum_{n} x",
    ),
    (
        gamma * (x - mean) / sp.sqrt(mean + eps),
        "(x - mean)*gamma/sqrt(mean + eps)",
        "γ·(x − mean)/√(mean + ε)",
        r"\frac{\gamma \, \left(x - \mathrm{mean}\right)}{\sqrt{\mathrm{mean} + \varepsilon}}",
    ),
    (
        (x - mean) ** sp.Rational(3, 2) * g**2,
        "(x - mean)**(3/2)*g**2",
        "g²·(x − mean)^(3/2)",
        r"g^{2} \, \left(x - \mathrm{mean}\right)^{3/2}",
    ),
    (-total(x * g, over=n) / 2, "-sum[n](g*x)/2", "−Σ[n](g·x)/2", r"-\frac{1}{2} \, \sum_{n} g \, x"),
    (
        total(2 * mean - 2 * x, over=n),
        "sum[n](2*mean - 2*x)",
        "−2·Σ[n](x − mean)",
        r"-2 \, \sum_{n} \left(x - \mathrm{mean}\right)",
    ),
    (sp.log(x + 1), "log(x + 1)", "log(x + 1)", r"\log\left(x + 1\right)"),
    (sp.Gt(mean, 0), "mean > 0", "mean > 0", r"\mathrm{mean} > 0"),
    (sp.Ge(count((n,)), 2), "N_n >= 2", "N_n ≥ 2", r"N_{n} \ge 2"),
]


@pytest.mark.parametrize(("expr", "plain", "readable", "tex"), CASES, ids=[case[1] for case in CASES])
def test_each_notation(expr: sp.Basic, plain: str, readable: str, tex: str) -> None:
    assert (text(expr), unicode(expr), latex(expr)) == (plain, readable, tex)
    ET.fromstring(f"<math>{mathml(expr).replace('&#8290;', '').replace('&#8289;', '')}</math>")


def test_literal_formulas_are_not_tidied() -> None:
    expr = total(2 * mean - 2 * x, over=n)
    assert unicode.literal(expr) == "Σ[n](2·mean − 2·x)"


def test_functions_take_a_prefix_in_code() -> None:
    assert Notation(latex=False, prefix="np.")(sp.sqrt(x) * sp.exp(x)) == "np.sqrt(x)*np.exp(x)"


def test_gradients_have_subscripts() -> None:
    grad = atom("grad_mean_via_x_norm", (c,))
    assert latex(grad) == r"\mathrm{grad}_{\mathrm{mean} \leftarrow \mathrm{x\_norm}}"
    assert mathml(grad) == "<msub><mi>grad</mi><mrow><mi>mean</mi><mo>←</mo><mi>x_norm</mi></mrow></msub>"
    assert unicode(grad) == text(grad) == "grad_mean_via_x_norm"


@pytest.mark.parametrize("name", NAMES)
def test_tidying_keeps_the_value(name: str) -> None:
    """The number drawn out times what remains is the expression, for every equation of the layer."""
    for _, proven in product(name).parts:
        for equation in proven.derivation.equations:
            number, rest = content(equation.value)
            for value in (2, 3):
                sizes = {axis.size: value for axis in proven.derivation.graph.axes}
                difference = (number * rest - equation.value).subs(sizes).doit()
                assert sp.expand(difference.expand(func=True)) == 0


LONG = sp.Add(*[gamma * total(x * sp.sqrt(mean + k) * g, over=n) for k in range(2, 12)])


def test_long_formulas_stand_on_several_lines() -> None:
    """Every line begins with a sign, has its own parentheses in balance, and together they say the same."""
    shown = latex.lines(g, x * LONG)
    assert shown.startswith("\\begin{aligned}") and shown.count(r"\\") == 9
    assert shown.count(r"\Bigl(") == shown.count(r"\Bigr)") == 1
    rows = shown.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}").split(" \\\\\n")
    assert rows[0].startswith("& g = x") and all(row.lstrip(r"& \quad").startswith("+ ") for row in rows[1:])
    assert all(row.count(r"\left(") == row.count(r"\right)") for row in rows)
    joined = " ".join(row.replace("& ", "").replace(r"\quad ", "") for row in rows)
    assert joined.replace(r"\Bigl(", r"\left(").replace(r"\Bigr)", r"\right)") == latex.relation(g, x * LONG)
    table = mathml.lines(g, x * LONG)
    assert len(ET.fromstring(f"<math>{table}</math>").findall("mtable/mtr")) == 10
    assert unicode.lines(g, x * LONG) == unicode.relation(g, x * LONG)


def test_short_formulas_stay_on_one_line() -> None:
    for notation in (text, unicode, latex, mathml):
        assert notation.lines(g, x - mean) == notation.relation(g, x - mean)
        assert notation.lines(x - mean) == notation(x - mean)
    assert latex.step(x - mean) == r"= x - \mathrm{mean}" and text.step(x - mean) == "= x - mean"


def test_steps_go_on_after_their_sign() -> None:
    first, second = latex.step(LONG).split("\n")[1:3]
    assert first.startswith(r"& = \gamma") and second.startswith(r"& \quad + \gamma")


def test_a_sum_is_not_broken_where_something_follows_it() -> None:
    """What stands after a broken sum over an axis would look summed."""
    body = total(sp.Add(*[x * sp.sqrt(mean + k) for k in range(2, 14)]), over=n)
    assert latex.lines(body).startswith("\\begin{aligned}")
    assert "aligned" not in latex.lines(body / mean)


def test_derivatives_have_subscripts() -> None:
    assert latex(atom("tangent_x", (n, c))) == r"\mathrm{tangent}_{x}"
    assert latex(atom("tangent_y_via_x", (n, c))) == r"\mathrm{tangent}_{y \leftarrow x}"
    assert latex(atom("cotangent_grad_gamma", (c,))) == r"\mathrm{cotangent}_{\mathrm{grad\_gamma}}"
    assert latex(atom("tangents", (n,))) == r"\mathrm{tangents}"
