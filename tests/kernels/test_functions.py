"""Functions that NumPy does not have: accurate, free of overflow, and right in a layer."""

from __future__ import annotations

import importlib
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive.calculus.numeric import ArrayEvaluation
from derive.catalogue import from_file
from derive.kernels.python_api.source import exponent_code
from derive.proofs.derivation import derive_layer
from tests.support.contract import DTYPES, Array
from tests.user_layers.workshop import emit

PAGE = """
import sympy as sp
from derive import erf, sigmoid

n, d = axes("n d")
x, weight = tensor("x", n, d), tensor("weight", d)
eps = positive("eps")

norm_gelu = Layer("norm_gelu", inputs=(x, weight), constants=(eps,))
z = norm_gelu.define("z", weight * x / sqrt(average(x**2, over=d) + eps))
norm_gelu.output("y", z * (1 + erf(z / sqrt(2))) / 2)

gated = Layer("gated", inputs=(x, weight))
gated.output("y", x * sigmoid(weight) * erf(weight) + average(x, over=d) * sigmoid(-x))

powers = Layer("powers", inputs=(x, weight), constants=(eps,))
whole = powers.define("whole", average(exp(x)**sp.Rational(2, 3), over=d))
powers.output("y", (exp(x) + weight**2 + 1)**sp.Rational(-1, 3) * exp(weight)**sp.Rational(7, 5) / (whole + eps)**0.2)
"""
NAMES = ("norm_gelu", "gated", "powers")
EXPONENTS = (Fraction(1, 3), Fraction(-2, 5), Fraction(7, 6), Fraction(3, 4), Fraction(-5, 7))
POINTS = np.concatenate([np.linspace(-8, 8, 4001), np.logspace(-30, 4.5, 400), -np.logspace(-30, 4.5, 400)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture(scope="module")
def emitted(folder: Any) -> dict[str, ModuleType]:
    return emit(folder, PAGE, *NAMES)


def exact(name: str, points: Array) -> list[Any]:
    mpmath: Any = importlib.import_module("mpmath")
    with mpmath.workdps(40):
        functions = {
            "_erf": mpmath.erf,
            "_erf_slope": lambda v: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-v * v),
            "_sigmoid": lambda v: 1 / (1 + mpmath.exp(-v)),
        }
        return [functions[name](mpmath.mpf(float(v))) for v in points]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ["_erf", "_sigmoid"])
def test_relative_error(emitted: dict[str, ModuleType], name: str, dtype: Any) -> None:
    """Within 4 eps of the value, wherever that is a normal number."""
    points = POINTS.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        found = getattr(emitted["gated"], name)(points.copy())
    assert found.dtype == dtype
    least, eps = float(np.finfo(dtype).tiny), float(np.finfo(dtype).eps)
    for mine, true in zip(found, exact(name, points), strict=True):
        assert abs(float(mine) - true) <= 4 * eps * abs(true) + least


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_slope_of_the_error_function(emitted: dict[str, ModuleType], dtype: Any) -> None:
    """Within 4 eps and the rounding of the square in the exponent."""
    points = POINTS[abs(POINTS) < 8].astype(dtype)
    found, eps = emitted["gated"]._erf_slope(points.copy()), float(np.finfo(dtype).eps)
    for at, mine, true in zip(points, found, exact("_erf_slope", points), strict=True):
        assert abs(float(mine) - true) <= (4 + float(at) ** 2) * eps * true + float(np.finfo(dtype).tiny)


@pytest.mark.parametrize("name", ["_erf", "_sigmoid", "_erf_slope"])
def test_limits_and_places(emitted: dict[str, ModuleType], name: str) -> None:
    function = getattr(emitted["gated"], name)
    ends = {"_erf": (-1, 1), "_sigmoid": (0, 1), "_erf_slope": (0, 0)}[name]
    for dtype in DTYPES:
        with np.errstate(all="ignore"):
            found = function(np.array([np.nan, -np.inf, np.inf, -1e4, 1e4], dtype))
        assert np.isnan(found[0]) and tuple(found[1:]) == (*ends, *ends)
        values = np.linspace(-3, 3, 50).astype(dtype)
        right, place = function(values.copy()), np.empty_like(values)
        assert function(values, place, np.empty_like(values)) is place
        np.testing.assert_array_equal(place, right)
        assert function(values, values, np.empty_like(values)) is values
        np.testing.assert_array_equal(values, right)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_in_a_layer(emitted: dict[str, ModuleType], folder: Any, name: str, dtype: Any) -> None:
    """Kernels against the chain rule's equations in longdouble, whose functions are series of their own."""
    layer = next(entry.layer for entry in from_file(folder / "page.py") if entry.name == name)
    derivation = derive_layer(layer)
    rng = np.random.default_rng(8)
    x, g = (rng.standard_normal((7, 40)).astype(dtype) for _ in range(2))
    weight = (rng.standard_normal(40) * 1.5).astype(dtype)
    constants = {} if name == "gated" else {"eps": 1e-3}
    values: dict[str, Any] = {"x": x, "weight": weight, "grad_output": g, **constants}
    dims = {"n": (0,), "d": (1,)}
    truth = ArrayEvaluation(derivation.equations, derivation.graph.axes, dims, values, x.shape)
    module = emitted[name]
    y, saved = module.forward(x, weight, **constants)
    found = module.backward(g, x, weight, saved=saved, **constants)
    eps = np.finfo(dtype).eps
    for what, mine, tensor in (
        ("y", y, derivation.graph.output),
        ("grad_input", found.grad_input, derivation.backward.grad("x")),
        ("grad_weight", found.grad_weight, derivation.backward.grad("weight")),
    ):
        right = truth.own_shape(tensor)
        assert abs(mine - right).max() <= 16 * eps * abs(right).max(), what
        assert abs(right).max() > 0.1


@pytest.mark.parametrize("dtype", [*DTYPES, np.longdouble], ids=str)
@pytest.mark.parametrize("exponent", EXPONENTS, ids=str)
def test_a_power(emitted: dict[str, ModuleType], exponent: Fraction, dtype: Any) -> None:
    """Within 1 eps of the value in float32, which is rounded from float64, and 4 otherwise (what NumPy promises of its
    powers, at most), from the smallest numbers to the largest: there, an exponent that is off by its own rounding, u,
    would cost `u*|log(values)|`, which is hundreds of eps."""
    mpmath: Any = importlib.import_module("mpmath")
    whole, rest = (float(part) for part in exponent_code(exponent.numerator, exponent.denominator).split(", "))
    reach = 37 if dtype == np.float32 else 300
    reach = min(reach, int(reach / abs(exponent)) - 1)
    points = np.concatenate([np.logspace(-reach, reach, 300), np.linspace(0.5, 2, 101)]).astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        found = emitted["powers"]._power(points.copy(), whole, rest)
    assert found.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    with mpmath.workdps(40):
        power = mpmath.mpf(exponent.numerator) / exponent.denominator
        for at, mine in zip(points, found, strict=True):
            base = mpmath.mpf(np.format_float_positional(at, unique=False, precision=400, trim="-"))
            near = mpmath.mpf(np.format_float_positional(mine, unique=False, precision=400, trim="-"))
            assert abs(near / base**power - 1) <= (1 if dtype == np.float32 else 4) * eps


@pytest.mark.parametrize("exponent", EXPONENTS, ids=str)
def test_where_a_power_ends(emitted: dict[str, ModuleType], exponent: Fraction) -> None:
    """Zero and infinity have powers, a negative number has none; the result may take the place of the values."""
    whole, rest = (float(part) for part in exponent_code(exponent.numerator, exponent.denominator).split(", "))
    power = emitted["powers"]._power
    for dtype in DTYPES:
        with np.errstate(all="ignore"):
            found = power(np.array([0, np.inf, -1, np.nan, 1], dtype), whole, rest)
        ends = (0, np.inf) if exponent > 0 else (np.inf, 0)
        np.testing.assert_array_equal(found, np.array([*ends, np.nan, np.nan, 1], dtype))
        values = np.linspace(0.5, 3, 50).astype(dtype)
        right, place = power(values.copy(), whole, rest), np.empty_like(values)
        assert power(values, whole, rest, place, np.empty_like(values)) is place
        np.testing.assert_array_equal(place, right)
        assert power(values, whole, rest, values, np.empty_like(values)) is values
        np.testing.assert_array_equal(values, right)


def test_only_where_it_is_used(folder: Any, emitted: dict[str, ModuleType]) -> None:
    assert "_erf" in (folder / "kernels" / "numpy" / "gated.py").read_text()
    from tests.support.contract import load_layer

    assert not hasattr(load_layer("batch_norm"), "_erf")
    assert "_power" in (folder / "kernels" / "numpy" / "powers.py").read_text()
    assert not hasattr(emitted["gated"], "_power")
