"""What a layer assumes of its data is said in every place where a reader looks, and checked where that is cheap."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.support.contract import DTYPES, load_layer
from tests.user_layers.workshop import emit, run, script, write

PAGE = """
n, c, s = axes("n c s...")
x, w, r = tensor("x", n, c, s), tensor("w", c), tensor("r", n)
t = tensor("t")
a, eps = real("a"), positive("eps")

unit = Layer("unit", inputs=(x, w))                      # no eps: a channel of zeros has no direction
power = unit.define("power", average(x**2, over=(n, s)))
unit.output("y", w * x / sqrt(power))

handed = Layer("handed", inputs=(x, w, r, t), constants=(a,))
handed.output("y", x * log(r + w) / (t - a))

sized = Layer("sized", inputs=(x, w))                    # a mean square less one element's share
rest = sized.define("rest", total(x**2, over=(n, s)) - n.size)
sized.output("y", x * rest**(1/3) + w)

logarithm = Layer("logarithm", inputs=(x, w))
logarithm.output("y", w * log(x))

proven = Layer("proven", inputs=(x, w), constants=(eps,))
proven.output("y", w * x / sqrt(average(x**2, over=(n, s)) + eps))

across = Layer("across", inputs=(x, w))                  # a statistic and a parameter, with other axes
spread = across.define("spread", average(x, over=(c, s)))
across.output("y", x * sqrt(spread + w))

unit_interface = Interface(optional={"w": 1.0}, axis=AxisArgument("axis", "c", 1))
handed_interface = Interface(optional={"w": 2.0})
"""
GROUPED = """
n, g, k, s = axes("n g k s...")
x, weight, shared = tensor("x", n, g, k, s), tensor("weight", g, k), tensor("shared", n)
grouped = Layer("grouped", inputs=(x, weight, shared))
power = grouped.define("power", average(x**2, over=(k, s)))
grouped.output("y", x / (sqrt(power) * weight) + log(shared))
from derive import Split
interface = Interface(
    optional={"weight": 1.0}, split=Split("c", ("g", "k"), "groups"), axis=AxisArgument("axis", "c", 1)
)
"""
NAMES = ("unit", "handed", "sized", "logarithm", "proven", "across")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("domain")


@pytest.fixture(scope="module")
def emitted(folder: Path) -> dict[str, ModuleType]:
    return emit(folder, PAGE, *NAMES)


def data(dtype: Any = np.float64) -> Any:
    return np.random.default_rng(3).uniform(0.5, 2, (4, 3, 5)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_statistic_is_checked(emitted: dict[str, ModuleType], dtype: Any) -> None:
    unit, x = emitted["unit"], data(dtype)
    _, saved = unit.forward(x)
    dead = x.copy()
    dead[:, 1] = 0
    message = r"power > 0 is needed, but power is 0.0 at (1,) (1 of 3 values)"
    with pytest.raises(ValueError, match=re.escape(message)):
        unit.forward(dead)
    with pytest.raises(ValueError, match=re.escape(message)):
        unit.backward(x, dead)
    with pytest.raises(ValueError, match=re.escape(message)):
        unit.backward(x, x, saved=saved._replace(power=np.array([1.0, 0.0, 2.0])))
    with pytest.raises(ValueError, match=re.escape(message)):
        unit.backward_float32(*[a.astype(np.float32) for a in (x, dead)])


def test_nan_goes_through_and_stays_where_it_is(emitted: dict[str, ModuleType]) -> None:
    unit, x = emitted["unit"], data()
    right, _ = unit.forward(x)
    x[0, 1, 0] = np.nan
    y, saved = unit.forward(x)
    assert np.isnan(y[:, 1]).all() and np.isnan(saved.power[1])
    np.testing.assert_array_equal(y[:, [0, 2]], right[:, [0, 2]])
    assert np.isnan(unit.backward(x, x).grad_input[:, 1]).all()


def test_backward_writes_nothing_before_it_refuses(emitted: dict[str, ModuleType]) -> None:
    unit, x = emitted["unit"], data()
    x[:, 1] = 0
    out = np.full_like(x, 7)
    with pytest.raises(ValueError, match="power > 0"):
        unit.backward(x, x, out=out)
    assert (out == 7).all()


def test_what_is_given_is_checked_before_anything_is_computed(emitted: dict[str, ModuleType]) -> None:
    handed, x, r = emitted["handed"], data(), np.linspace(-0.5, 1, 4)
    w, t, out = np.array([1.0, 0.25, 2.0]), np.array(3.0), np.full_like(x := data(), 7)
    message = "r + w > 0 is needed, but r + w is -0.25 at (0, 1) (1 of 12 values)"
    with pytest.raises(ValueError, match=re.escape(message)):
        handed.forward(x, w, r, t, a=1.0, out=out)
    with pytest.raises(ValueError, match=re.escape(message)):
        handed.backward(x, x, w, r, t, a=1.0)
    assert (out == 7).all()
    with pytest.raises(ValueError, match=r"t - a != 0 is needed, but t - a is 0\.0$"):
        handed.forward(x, w + 1, r, t, a=3)
    handed.forward(x, None, r, t, a=1.0)  # None means 2, which is more than enough
    with pytest.raises(ValueError, match=re.escape("r + w > 0 is needed, but r + w is -1.0 at (2, 0)")):
        handed.forward(x, None, np.array([1.0, 1.0, -3.0, 1.0]), t, a=1.0)


def test_dimensions_in_another_order(emitted: dict[str, ModuleType]) -> None:
    handed, x, r = emitted["handed"], data(), np.linspace(-0.5, 1, 4)
    w, t = np.array([1.0, 0.25, 2.0]), np.array(3.0)
    with pytest.raises(ValueError, match=re.escape("r + w is -0.25 at (0, 1)")):
        handed.forward(x.transpose(1, 2, 0), w, r, t, a=1.0, axes={"n": 2, "c": 0})


def test_sizes_and_several_axes(emitted: dict[str, ModuleType]) -> None:
    x = data() * 0.1
    with pytest.raises(ValueError, match=r"rest > 0 is needed, but rest is -3\.\d+ at \(0,\) \(3 of 3 values\)"):
        emitted["sized"].forward(x, np.ones(3))
    emitted["sized"].forward(x + 10, np.ones(3))
    with pytest.raises(ValueError, match=r"but spread \+ w is -\d\.\d+ at \(0, 1\) \(4 of 12 values\)"):
        emitted["across"].forward(data(), np.array([0.0, -3.0, 1.0]))
    emitted["across"].forward(data(), np.array([0.0, 3.0, 1.0]))


def test_as_many_values_as_data_are_not_looked_at(emitted: dict[str, ModuleType]) -> None:
    x, w = data(), np.ones(3)
    x[0, 0, 0] = -1
    with np.errstate(all="raise"):
        y, _ = emitted["logarithm"].forward(x, w)
    assert np.isnan(y[0, 0, 0]) and np.isfinite(y).sum() == y.size - 1


def test_a_dimension_that_is_two_axes(tmp_path: Path) -> None:
    grouped = emit(tmp_path, GROUPED, "grouped")["grouped"]
    x, shared = np.random.default_rng(1).standard_normal((2, 6, 4)), np.ones(2)
    weight = np.array([1.0, 2, 3, 4, 0, 6])
    with pytest.raises(ValueError, match=re.escape("weight != 0 is needed, but weight is 0.0 at (1, 1) (1 of 6 ")):
        grouped.forward(x, weight, shared, groups=2)
    grouped.forward(x, None, shared, groups=2)
    x[1, 4:] = 0
    with pytest.raises(ValueError, match=re.escape("power > 0 is needed, but power is 0.0 at (1, 2) (1 of 6 values)")):
        grouped.forward(x, None, shared, groups=3)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unit", ["power > 0 (where it does not hold, a call is refused)"]),
        ("logarithm", ["x > 0 (not checked)"]),
        ("handed", ["r + w > 0 (where it does not hold, a call is refused)", "t - a != 0 (where"]),
    ],
)
def test_the_module_says_what_it_assumes(emitted: dict[str, ModuleType], name: str, words: list[str]) -> None:
    module = emitted[name]
    assert module.__doc__ is not None and "It assumes of what it is given:" in module.__doc__
    for line in words:
        assert f"- {line}" in module.__doc__
        condition = line.partition(" (")[0]
        for function in (module.forward, module.backward):
            said = " ".join(function.__doc__.split())
            if "not checked" in line:
                assert f"It is assumed, not checked, that {condition}; elsewhere results may be NaN" in said
            else:
                assert f"or {condition} does not hold" in said.partition("Raises:")[2]


def test_what_is_proven_needs_no_check(emitted: dict[str, ModuleType]) -> None:
    proven = emitted["proven"]
    assert proven.__doc__ is not None and "assumes" not in proven.__doc__
    assert not hasattr(proven, "_check_condition") and not hasattr(proven, "_aligned")


def test_the_report_says_where_the_layer_is_defined(folder: Path, emitted: dict[str, ModuleType]) -> None:
    reports = folder / "kernels" / "reports"
    unit, proven = ((reports / f"{name}.md").read_text() for name in ("unit", "proven"))
    section = unit.partition("### Where it is defined")[2].partition("###")[0]
    assert "which `y` needs: assumed; where it does not hold, a call is refused." in section
    assert "\\mathrm{power} > 0" in unit.partition("Assumed:")[2]
    section = proven.partition("### Where it is defined")[2].partition("###")[0]
    assert "which `y` needs: proven." in section
    steps = [line for line in section.splitlines() if line.startswith("  ")]
    assert len(steps) == 4 and steps[0] == "  1. $`\\varepsilon > 0`$: a positive constant"
    page = (reports / "unit.html").read_text()
    assert 'id="derivation-domain"' in page and 'href="#derivation-domain"' in page


def test_every_form_of_the_report_says_it(tmp_path: Path) -> None:
    write(tmp_path, PAGE)
    for arguments, words in (
        (["page.py:unit"], "power > 0, which y needs: assumed; where it does not hold, a call is refused."),
        (["page.py:proven", "--steps"], "an average"),
        (["page.py:logarithm", "--format", "tex"], "which \\texttt{y} needs: assumed; a call does not check it"),
    ):
        done = subprocess.run(
            [*script("derivation-report"), *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        assert words in done.stdout.replace("\n", " ") or words in done.stdout, done.stdout + done.stderr


def test_a_condition_that_never_holds_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 'n, d = axes("n d")\nx = tensor("x", n, d)\nno = Layer("no", inputs=(x,))\n'
                    'no.output("y", x * log(-exp(x)))\n')  # fmt: skip
    done = run("page.py", folder=tmp_path)
    assert done.returncode == 1 and "layer 'no': y needs -exp(x) > 0, which never holds" in done.stderr


def test_given_statistics_are_checked() -> None:
    """Of a catalogue layer: a variance that is given, as it is in inference, may be anything."""
    module, x = load_layer("batch_norm"), data()
    mean, var = np.zeros(3), np.array([1.0, -1.0, 2.0])
    with pytest.raises(ValueError, match=r"running_var \+ eps > 0 is needed, but running_var \+ eps is -0\.99999"):
        module.forward_inference(x, None, None, mean, var)
    with pytest.raises(ValueError, match="running_var"):
        module.backward_inference(x, x, None, mean, var)
    y = module.forward_inference(x, None, None, mean, np.array([1.0, np.nan, 2.0]))
    assert np.isnan(y[:, 1]).all() and np.isfinite(y[:, [0, 2]]).all()
