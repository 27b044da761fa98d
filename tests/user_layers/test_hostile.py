"""Layers as a demanding user writes them: each is emitted and passes its own emitted tests, or is refused clearly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.user_layers.workshop import run, write

PAGE = """
from derive import erf, sigmoid

m, k = axes("m k")
u, v, r = tensor("u", m, k), tensor("v", k), tensor("r", m)
needed, abs = tensor("needed", k), tensor("abs", k)      # names of what the emitted tests use
n, c, d = axes("n c d...")
x, w, wd = tensor("x", n, c, d), tensor("w", c), tensor("wd", c, d)
b, i, s = axes("b... i s")
z = tensor("z", b, i, s)
t, a, eps = tensor("t"), real("a"), positive("eps")

every_function = Layer("every_function", inputs=(u, v))
every_function.output("y", exp(u/4) + log(2 + tanh(u)) + sigmoid(u) * erf(v) + sqrt(1 + u**2) + (2 + u**2)**(1/3)
                      + tanh(u * v) / (3 + v**2) + u**3)

no_reduction = Layer("no_reduction", inputs=(u,))
no_reduction.output("y", u * sigmoid(u))

twice_reduced = Layer("twice_reduced", inputs=(u, v))
g = twice_reduced.define("g", u * v / sqrt(average(u**2, over=k) + 1))
h = twice_reduced.define("h", g - average(g, over=m))
twice_reduced.output("y", h / sqrt(average(h**2, over=m) + 1))

single_number = Layer("single_number", inputs=(x, t), constants=(a,))
single_number.output("y", (x + t) * t**2 + a * x + average(x * t, over=(n, c, d)))

quotient = Layer("quotient", inputs=(u, t))
quotient.output("y", u / t)

other_axes = Layer("other_axes", inputs=(x, w, wd))      # parameters over c and (c, d), statistics over c
power = other_axes.define("power", average(x**2, over=(n, d)))
other_axes.output("y", x * wd / sqrt(power + 1) + w)

dots_in_front = Layer("dots_in_front", inputs=(z,), constants=(eps,))
dots_in_front.output("y", z / (average(z**2, over=(i, s)) + eps)**(2/3))

counted = Layer("counted", inputs=(u, v))
counted.output("y", u * k.size / (k.size + total(u**2, over=k)) + v)

named_alike = Layer("named_alike", inputs=(u, needed, abs))
named_alike.output("y", u * log(needed) / abs)

without_eps = Layer("without_eps", inputs=(u, v, r))     # nothing keeps the denominators from zero
spread = without_eps.define("spread", average((u - average(u, over=k))**2, over=k))
without_eps.output("y", v * u / sqrt(spread) + 1 / (v + r))

without_eps_interface = Interface(optional={"v": 1.0})   # optional, with something that is needed behind it
"""
NAMES = ("every_function", "no_reduction", "twice_reduced", "single_number", "quotient", "other_axes", "dots_in_front",
         "counted", "named_alike", "without_eps")  # fmt: skip


def test_every_layer_passes_its_own_tests(tmp_path: Path) -> None:
    write(tmp_path, PAGE)
    done = run("page.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    tests = [f"generated/numpy/test_{name}.py" for name in NAMES]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    seen = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert seen.returncode == 0, seen.stdout[-3000:] + seen.stderr


REFUSED = {
    "a first input that lacks an axis": (
        'layer = Layer("layer_a", inputs=(tensor("w", k), tensor("u", m, k)))\n'
        'layer.output("y", tensor("u", m, k) * tensor("w", k))\n',
        "the first input, w[k], must have all axes; it lacks m",
    ),
    "a name of the emitted module": (
        'u = tensor("u", m, k)\nlayer = Layer("number", inputs=(u,))\nlayer.output("y", u**2)\n',
        "the name 'number' is taken in emitted modules; choose another",
    ),
    "an odd root of what is negative": (
        'u = tensor("u", m, k)\nlayer = Layer("layer_b", inputs=(u,))\nlayer.output("y", (-1 - u**2)**(1/3))\n',
        "y needs -u**2 - 1 > 0, which never holds",
    ),
    "an exponent that is a tensor": (
        'u, p = tensor("u", m, k), tensor("p")\nlayer = Layer("layer_c", inputs=(u, p))\nlayer.output("y", u**p)\n',
        "does not have a rational number as its exponent",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused(case: str, tmp_path: Path) -> None:
    page, words = REFUSED[case]
    write(tmp_path, f'm, k = axes("m k")\n{page}')
    done = run("page.py", folder=tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and words in done.stderr, done.stderr
    assert not (tmp_path / "generated").exists()
