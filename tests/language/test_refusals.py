"""Whatever cannot be derived is refused where it stands: the message says what, and the line of the layer file."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.catalogue import from_file
from derive.errors import LanguageError
from derive.graph import lower
from derive.vocabulary import VOCABULARY

HEAD = """\
import sympy as sp
from derive import Layer, average, axes, exp, positive, real, sqrt, tensor, total

n, c = axes("n c")
x, w = tensor("x", n, c), tensor("w", c)
"""

LAYER = HEAD + 'bad = Layer("bad", inputs=(x, w))\n'

EXPRESSIONS = [
    ("w * sp.Abs(x)", "Abs(x[n, c]) is not smooth"),
    ("w * sqrt(x**2)", "Abs(x[n, c]) is not smooth (SymPy also writes sqrt(v**2) as Abs(v))"),
    ("w * total(sp.Abs(x), over=n)", "Abs(x[n, c]) is not smooth"),
    ("w + sp.Max(x, 0)", "Max is not in the language"),
    ("w + exp(sp.Min(x, w))", "Min is not in the language"),
    ("w * sp.sign(x)", "sign is not in the language"),
    ("sp.Piecewise((x, x > 0), (w, True))", "Piecewise is not in the language"),
    ("w * sp.Heaviside(x)", "Heaviside is not in the language"),
    ("w * sp.sin(x)", "sin is not in the language"),
    ("w * x * sp.pi", "pi is not in the language"),
    ("w * x * sp.I", "I is not in the language"),
    ("w * x * float('inf')", "is not in the language"),
    ("w * total(w, over=n) * x", "the axis 'n' does not occur in w[c], which has the axes (c)"),
    ("w * average(w, over=(c, n)) * x", "the axis 'n' does not occur in w[c]"),
    ("w * total(total(x, over=n), over=n)", "the axis 'n' does not occur in Sum("),
    ("w * total(x, over=())", "over= names no axis"),
    ("w * total(x, over='n')", "expected axes in over=, got 'n'"),
    ("w * x * n", "the axis n is used as a number"),
    ("w * sp.Sum(x, (n, 0, 2))", "does not run over whole axes; use total or average"),
    ("w * sp.Sum(x, (n, 1, n.size - 1))", "does not run over whole axes"),
    ("w * sp.Sum(x, (n, 0, n.size - 2))", "does not run over whole axes"),
    ("w * sp.Sum(x, (n, 0, c.size - 1))", "does not run over whole axes"),
    ("x**w", "the power x[n, c]**w[c] does not have a rational number as its exponent"),
    ("w * 2**x", "the power 2**x[n, c] does not have a rational number"),
    ("w * x**sp.sqrt(2)", "does not have a rational number as its exponent"),
    ("x * w * later", "'later' is used before it is made"),
    ("x * w * later", "known are x, w"),
    ("x * tensor('w', n)", "w[n] is not the w[c] that the layer knows under this name"),
    ("x * tensor('w')", "w is not the w[c] that the layer knows under this name"),
    ("x * w + real('eps')", "'eps' is used before it is made"),
    ("[x, w]", "expected an expression"),
    ("None", "expected an expression, got None"),
    ("True", "expected an expression, got True"),
    ("x > w", "expected an expression"),
]

DEFINITIONS = [
    ('bad.output("y", x); bad.output("z", w)', "the output 'y' is already given; it comes last"),
    ('bad.output("y", x); bad.define("z", w)', "the output 'y' is already given; it comes last"),
    ('bad.define("x", w)', "the name 'x' is already taken"),
    ('bad.define("u", w); bad.define("u", x)', "the name 'u' is already taken"),
    ('bad.define("u v", w)', "expected an ASCII identifier as its name, got 'u v'"),
    ('bad.define("1st", w)', "expected an ASCII identifier as its name, got '1st'"),
    ('bad.define("", w)', "expected an ASCII identifier as its name, got ''"),
    ('bad.define("größe", w)', "expected an ASCII identifier as its name, got 'größe'"),
    ("bad.define(3, w)", "expected an ASCII identifier as its name, got 3"),
    ('bad.define("class", w)', "the name 'class' is reserved"),
    ('bad.define("_u", w)', "the name '_u' is reserved"),
    ('bad.define("grad_u", w)', "the name 'grad_u' is reserved"),
    ('bad.define("N_u", w)', "the name 'N_u' is reserved"),
    ('bad.define("threads", w)', "the name 'threads' is reserved"),
    ('tensor("for", n)', "the name 'for' is reserved"),
    ('tensor("a-b", n)', "expected an ASCII identifier as its name, got 'a-b'"),
    ('tensor("u", n, n)', "an axis occurs twice in (n, n)"),
    ('tensor("u", "n")', "expected axes, got 'n'"),
    ('positive("lambda")', "the name 'lambda' is reserved"),
    ('real("a b")', "expected an ASCII identifier as its name, got 'a b'"),
    ('axes("n 2")', "expected an ASCII identifier as its name, got '2'"),
    ('axes("n m n")', "the axis 'n' occurs twice"),
    ('Layer("2d", inputs=(x,))', "expected an ASCII identifier as its name, got '2d'"),
    ('Layer("import", inputs=(x,))', "the name 'import' is reserved"),
    ('Layer("empty", inputs=())', "it has no inputs"),
    ('Layer("twice", inputs=(x, x))', "the name 'x' is given twice"),
    ('Layer("twice", inputs=(x,), constants=(positive("x"),))', "the name 'x' is given twice"),
    ('Layer("odd", inputs=(x, n))', "expected tensors as inputs and buffers and constants"),
    ('Layer("odd", inputs=(x, w + 1))', "expected tensors as inputs and buffers and constants"),
    ('Layer("odd", inputs=(x, tensor("n", c)))', "'n' names both an axis and a tensor"),
    ('Layer("odd", inputs=(x, tensor("u", *axes("n..."))))', "do not come from one axes(...)"),
]

UNUSED = [
    ('{first}\nbad.output("y", x)', "'w' is never used; the output does not depend on it", "bad = "),
    ('{first}\nbad.define("u", w)  #\nbad.output("y", w * x)', "'u' is never used", "#"),
    ('{first}\nbad.output("y", x - x + w)', "'x' is never used", "bad = "),
    ('{first}\nbad.define("y", w * x)', "it has no output; call .output(name, expression)", "bad = "),
    (
        'bad = Layer("bad", inputs=(x, w), buffers=(tensor("mask", n),))\nbad.output("y", w * x)',
        "'mask' is never used",
        "bad = ",
    ),
    (
        'bad = Layer("bad", inputs=(x, w), constants=(positive("eps"),))\nbad.output("y", w * x)',
        "'eps' is never used",
        "bad = ",
    ),
]


def refusal(folder: Path, source: str) -> str:
    """The message with which a layer file is refused."""
    place = folder / "my_layer.py"
    place.write_text(source, encoding="utf-8")
    with pytest.raises(LanguageError) as caught:
        for entry in from_file(place):
            lower(entry.layer)
    return str(caught.value)


def line_of(source: str, mark: str) -> str:
    return f"my_layer.py:{next(k for k, line in enumerate(source.splitlines(), 1) if mark in line)}"


@pytest.mark.parametrize(("expression", "what"), EXPRESSIONS)
def test_an_expression_outside_the_language_is_refused_where_it_stands(
    tmp_path: Path, expression: str, what: str
) -> None:
    source = f'{LAYER}later = tensor("later", c)\n\nbad.output("y", {expression})\n'
    message = refusal(tmp_path, source)
    assert what in message
    assert line_of(source, "bad.output") in message


@pytest.mark.parametrize(("statement", "what"), DEFINITIONS)
def test_a_statement_that_breaks_a_rule_is_refused_where_it_stands(tmp_path: Path, statement: str, what: str) -> None:
    source = f"{LAYER}\n# a comment\n{statement}  # here\n"
    message = refusal(tmp_path, source)
    assert what in message
    assert line_of(source, "# here") in message


@pytest.mark.parametrize(("body", "what", "mark"), UNUSED)
def test_what_the_output_does_not_need_is_refused_where_it_was_made(
    tmp_path: Path, body: str, what: str, mark: str
) -> None:
    source = HEAD + "\n" + body.format(first='bad = Layer("bad", inputs=(x, w))') + "\n"
    message = refusal(tmp_path, source)
    assert what in message
    assert line_of(source, mark) in message


def test_a_refused_expression_names_its_layer_and_definition(tmp_path: Path) -> None:
    message = refusal(tmp_path, LAYER + 'bad.define("u", sp.Abs(x))\n')
    assert "layer 'bad', definition 'u'" in message


def test_a_refusal_says_what_is_accepted(tmp_path: Path) -> None:
    message = refusal(tmp_path, LAYER + 'bad.define("u", sp.sin(x))\n')
    assert f"accepted are {VOCABULARY}" in message
    for word in ("sqrt", "exp", "log", "tanh", "sigmoid", "total(...)", "average(...)", "stabilizer(maximum(...))"):
        assert word in VOCABULARY


def test_the_line_is_that_of_the_layer_file_when_a_helper_builds_the_expression(tmp_path: Path) -> None:
    source = LAYER + "\ndef centred(v):\n    return v - average(w, over=n)  # here\n\n\nbad.output('y', centred(x))\n"
    assert line_of(source, "# here") in refusal(tmp_path, source)
