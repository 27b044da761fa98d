"""What cannot be handled gets an error that says what and where, and nothing is written."""

from __future__ import annotations

import pytest

from tests.cli.shell import FILES, Shell
from tests.user_layers.workshop import files_below, line_of, write

START = """
import sympy as sp
n, d = axes("n d")
x, weight = tensor("x", n, d), tensor("weight", d)
eps = positive("eps")
layer = Layer("my_layer", inputs=(x,))
"""
RIGHT = 'layer.output("y", x * average(x, over=d))\n'

# What is wrong: the lines after START, words on the line to be named, and what the message must say. No words: the
# mistake is in the layer as a whole, or is found long after the file was read.
MISTAKES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "an absolute value": ('layer.output("y", x * abs(x))', "abs(x)", ("my_layer", "'y'", "not smooth", "tanh")),
    "a hidden absolute value": ('layer.output("y", sqrt(x**2))', "sqrt(x**2)", ("not smooth", "sqrt(v**2)")),
    "a maximum": ('layer.output("y", sp.Max(x, 0))', "sp.Max", ("'y'", "Max", "accepted are")),
    "a case distinction": ('layer.output("y", sp.Piecewise((x, x > 0), (0, True)))', "sp.Piecewise", ("Piecewise",)),
    "a function outside the vocabulary": ('layer.output("y", sp.sin(x))', "sp.sin", ("sin", "accepted are")),
    "a power that is no number": ('layer.output("y", x**x)', "x**x", ("rational", "exponent")),
    "a sum over a missing axis": (
        'layer.output("y", x * total(weight, over=n))', "over=n", ("'n'", "weight", "(d)")
    ),
    "an axis as a number": ('layer.output("y", x * d)', "x * d", ("axis d", "number")),
    "a layer's name with a space": ('Layer("my layer", inputs=(x,))', '"my layer"', ("identifier", "'my layer'")),
    "a name that starts with a digit": ('layer.define("2nd", x)', '"2nd"', ("identifier", "'2nd'")),
    "a keyword as a name": ('layer.define("lambda", x)', '"lambda"', ("'lambda'", "reserved")),
    "a name with a prefix of gradients": ('layer.define("grad_z", x)', '"grad_z"', ("'grad_z'", "reserved")),
    "an axis twice": ('axes("a a")', '"a a"', ("'a'", "twice")),
    "two ellipses": (
        'a, b = axes("a... b...")\nu = tensor("u", a, b)\nlayer = Layer("two", inputs=(u,))\n'
        'layer.output("y", u * average(u, over=b))', 'Layer("two"', ("a... and b...", "any number", "ShapeArgument"),
    ),
    "a tensor that is not an input": ('layer.output("y", x * weight)', "x * weight", ("'weight'", "before it is made")),
    "another tensor under a known name": (
        'layer.output("y", x * tensor("x", d))', 'tensor("x", d)', ("x[d]", "x[n, d]")
    ),
    "a definition twice": (
        'layer.define("u", x)\nlayer.define("u", x * x)', "x * x", ("'u'", "already taken")
    ),
    "a definition after the output": (RIGHT + 'layer.define("late", x)', '"late"', ("'late'", "'y'", "comes last")),
    "a definition that is never used": (
        'layer.define("idle", x * x)\n' + RIGHT, '"idle"', ("'idle'", "never used")
    ),
    "no output": ("", 'Layer("my_layer"', ("my_layer", "no output")),
    "an output without all axes": ('layer.output("y", average(x, over=d))', "", ("my_layer", "y[n]", "lacks d")),
    "no expression": ('layer.output("y", None)', "None", ("expression", "None")),
    "a name that is not defined": ('layer.output("y", x * mean)', "x * mean", ("NameError", "'mean'")),
    "a comparison": ('layer.output("y", x if x > 0 else 0)', "x > 0", ("TypeError",)),
    "a key error": ('{}["missing"]', "missing", ("KeyError", "'missing'")),
    "a failed assertion": ('assert False, "not today"', "not today", ("AssertionError", "not today")),
    "a division by zero": ("1 / 0", "1 / 0", ("ZeroDivisionError",)),
    "an error in the claims": (RIGHT + "def claims(derivation):\n    return 1 / 0\n", "1 / 0", ("ZeroDivisionError",)),
    "claims that are no function": (RIGHT + "claims = 3\n", "", ("claims",)),
    "claims that return nothing": (RIGHT + "def claims(derivation):\n    pass\n", "", ("claims",)),
    "a claim about a Python number": (
        RIGHT + "from derive import Claim\n"
        'def claims(derivation):\n    yield Claim("shift", total(derivation.backward.grad("x"), over=d), 0)\n',
        "", ("theorem 'shift'",),
    ),
    "an interface that is none": (RIGHT + "interface = {}\n", "", ("interface", "Interface", "dict")),
    "a file that does not parse": ('layer.output("y", ((x', "((x", ("SyntaxError", "never closed")),
}  # fmt: skip

@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_and_nothing_is_written(mistake: str, shell: Shell) -> None:
    lines, culprit, said = MISTAKES[mistake]
    path = write(shell.folder, START + lines + "\n")
    done = shell(path.name, "--output", "kernels")
    assert done.code == 1, done.out
    last = done.err.strip().splitlines()[-1]
    assert done.err.startswith("error: ") and "Traceback" not in done.err, f"a traceback: {last}"
    assert not done.out
    for words in said:
        assert words in done.err
    if culprit:
        number = line_of(path, culprit)
        assert f"page.py:{number}" in done.err or f"page.py, line {number}" in done.err, f"no line: {last}"
    assert files_below(shell.folder) == ["page.py"]


def test_a_file_without_a_layer(shell: Shell) -> None:
    write(shell.folder, "x = 1\n")
    done = shell("page.py")
    assert done.code == 1
    assert "page.py defines no layer" in done.err
    assert files_below(shell.folder) == ["page.py"]


@pytest.mark.parametrize("spec", ["missing.py", "missing.py:layer", "folder.py"])
def test_a_file_that_is_not_there(spec: str, shell: Shell) -> None:
    (shell.folder / "folder.py").mkdir()
    done = shell(spec)
    assert done.code == 1
    assert f"there is no file '{spec.partition(':')[0]}'" in done.err
    assert files_below(shell.folder) == []


TWO = """
n, d = axes("n d")
x = tensor("x", n, d)
pool = Layer("pool", inputs=(x,))
pool.output("y", x * average(x, over=d))
shift = Layer("shift", inputs=(x,))
shift.output("y", x - average(x, over=d))
"""


def test_one_layer_of_a_file_can_be_chosen(shell: Shell) -> None:
    write(shell.folder, TWO)
    done = shell("page.py:shift", "--output", "kernels")
    assert done.code == 0, done.err
    assert files_below(shell.folder / "kernels") == [name.replace("centre", "shift") for name in FILES]
    emitted = (shell.folder / "kernels" / "numpy" / "shift.py").read_text()
    assert "regenerate-kernels page.py:shift" in emitted


def test_all_layers_of_a_file_are_emitted(shell: Shell) -> None:
    write(shell.folder, TWO)
    done = shell("page.py", "--output", "kernels")
    assert done.code == 0, done.err
    names = files_below(shell.folder / "kernels")
    assert [name for name in names if name.startswith("numpy/")] == [
        "numpy/__init__.py", "numpy/pool.py", "numpy/shift.py", "numpy/test_pool.py", "numpy/test_shift.py",
    ]  # fmt: skip
    chosen = shell("page.py:pool", "--output", "kernels", "--check")
    assert chosen.code == 0, "the same layer, chosen alone, has the same bytes\n" + chosen.out


def test_a_layer_that_the_file_does_not_have(shell: Shell) -> None:
    write(shell.folder, TWO)
    done = shell("page.py:third")
    assert done.code == 1
    assert "'third'" in done.err and "pool, shift" in done.err
    assert files_below(shell.folder) == ["page.py"]


def test_two_layers_of_one_name_are_refused(shell: Shell) -> None:
    """From two files: one would overwrite the other."""
    write(shell.folder, TWO, "one.py")
    write(shell.folder, TWO, "two.py")
    done = shell("one.py", "two.py")
    assert done.code == 1
    assert "one.py:pool" in done.err and "two.py:pool" in done.err
    assert files_below(shell.folder) == ["one.py", "two.py"]
