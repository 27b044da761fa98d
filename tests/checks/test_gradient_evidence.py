"""The numbers that the gradient check's verdicts rest on: derivative, noise, resolution, power, properties, snippet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.checks import differences
from derive.checks.cotangents import normal
from derive.checks.statistics import chi_square_limit, smallest_caught, student_quantile
from tests.checks import kernels

DTYPES = (np.float32, np.float64)


def linear_map(dtype: Any, size: int = 6) -> Any:
    return np.random.default_rng(1).standard_normal((size, size)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_error_above_the_resolution_is_caught_and_one_far_below_is_not(dtype: Any) -> None:
    """The resolution is a promise: what is said to be caught is caught, whatever the direction of the error."""
    arrays = kernels.data((6, 4), dtype)
    resolution = derive.check_gradient(kernels.forward, kernels.backward, arrays)["input 0"].resolution
    rng, first_size = np.random.default_rng(0), arrays[0].size
    caught = {1.0: 0, 0.01: 0}
    for times in caught:
        for trial in range(10):
            places, signs = rng.permutation(first_size), rng.choice([-1.0, 1.0], first_size)

            def wrong(g: Any, *a: Any, places: Any = places, signs: Any = times * resolution * signs) -> Any:
                first, *rest = kernels.backward(g, *a)
                error = first.astype(np.longdouble).reshape(-1)[places] * signs  # linear in g, like any gradient
                return (first + error.reshape(first.shape)).astype(dtype), *rest

            report = derive.check_gradient(kernels.forward, wrong, arrays, seed=trial)
            caught[times] += report["input 0"].verdict == "disagrees"
    # An error of this size goes unnoticed with a probability of 1e-3.
    assert caught[1.0] == 10
    assert caught[0.01] == 0


def test_the_error_falls_with_the_square_of_the_step() -> None:
    for dtype in DTYPES:
        curve = derive.check_gradient(kernels.forward, kernels.backward, kernels.data((8, 4), dtype))["input 0"].curve
        assert curve is not None and curve.rate is not None
        assert curve.rate == pytest.approx(2, abs=0.1), dtype


def test_the_noise_is_what_the_function_has() -> None:
    """Against noise of a known size, put on top of a linear function."""
    matrix, sigma, size = linear_map(np.float64), 1e-6, 6
    rng = np.random.default_rng(3)

    def forward(x: Any) -> Any:
        return matrix @ x + sigma * rng.standard_normal(size)

    report = derive.check_gradient(forward, lambda g, x: (matrix.T @ g,), (np.ones(size),), complex_step=False)
    entry = report.inputs[0]
    assert entry.verdict == "cannot tell" or entry.resolution < 1e-6
    assert entry.curve is not None
    # The contracted value has sigma * |g|; a quotient of step h that over sqrt(2) h.
    g = normal(np.ones(size), 0, 0).value
    assert entry.curve.noise == pytest.approx(sigma * np.linalg.norm(g) / np.sqrt(2), rel=0.5)
    assert not next(p for p in report.properties if p.name == "deterministic").holds


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_function_that_rounds_inside_is_not_called_wrong(dtype: Any) -> None:
    """Steps below the grid of an intermediate result show a slope of zero; the right gradient must not disagree."""
    big = dtype(2.0**12 if dtype == np.float32 else 2.0**40)

    def forward(x: Any) -> Any:
        return (x + big) - big

    report = derive.check_gradient(forward, lambda g, x: (g.copy(),), (np.linspace(0.3, 0.9, 8, dtype=dtype),))
    assert report.verdict != "disagrees"
    double = derive.check_gradient(forward, lambda g, x: (2 * g,), (np.linspace(0.3, 0.9, 8, dtype=dtype),))
    assert double.verdict != "agrees"


def test_narrow_features_are_resolved_or_admitted() -> None:
    """x / sqrt(mean(x**2) + 1e-10) near zero changes over 1e-5, and elsewhere over one."""

    def forward(x: Any) -> Any:
        return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-10)

    def backward(g: Any, x: Any) -> Any:
        r = 1 / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-10)
        return (r * g - r**3 * x * (g * x).mean(axis=-1, keepdims=True),)

    x = np.array([[0.0] * 5, [0.3, -1.0, 2.0, 0.5, 1.0]])
    assert derive.check_gradient(forward, backward, (x,)).verdict == "agrees"
    assert derive.check_gradient(forward, backward, (x.astype(np.float32),)).verdict != "disagrees"


@pytest.mark.parametrize("near", [1e-3, 1e-6, 1e-9])
def test_a_kink_close_by_is_stepped_around_or_admitted(near: float) -> None:
    """max(x, 0) is smooth on either side of zero, as near as the steps can come."""
    x = np.array([1.0, -2.0, 0.5, near])
    for dtype in DTYPES:
        found = derive.check_gradient(lambda x: np.maximum(x, 0), lambda g, x: (g * (x > 0),), (x.astype(dtype),))
        assert found.verdict != "disagrees"
    assert derive.check_gradient(lambda x: np.maximum(x, 0), lambda g, x: (g * (x > 0),), (x,)).ok
    wrong = derive.check_gradient(lambda x: np.maximum(x, 0), lambda g, x: (g * (x > 0.1),), (x,))
    assert wrong.verdict != "agrees"


def test_the_complex_step_is_used_where_it_is_right_and_only_there() -> None:
    x = np.random.default_rng(0).standard_normal((5, 4))

    def cube(x: Any) -> Any:
        return x**3

    exact = derive.check_gradient(cube, lambda g, x: (3 * g * x**2,), (x,))
    assert exact.inputs[0].method == "complex step" and exact.ok
    assert derive.check_gradient(cube, lambda g, x: (3 * g * x**2,), (x,), complex_step=False).inputs[0].method != (
        "complex step"
    )

    def squared_modulus(x: Any) -> Any:
        return (x * np.conj(x)) * (1 + 0j)  # takes complex numbers and is not analytic

    def real_square(x: Any) -> Any:
        return squared_modulus(x) if np.iscomplexobj(x) else x * x

    square = derive.check_gradient(real_square, lambda g, x: (2 * g * x,), (x,))
    assert square.ok and square.inputs[0].method == "central differences"


@pytest.mark.parametrize("dtype", DTYPES)
def test_properties(dtype: Any) -> None:
    matrix, x = linear_map(dtype), np.arange(1, 7, dtype=dtype)

    def forward(x: Any) -> Any:
        return matrix @ x

    def verdicts(backward: Any) -> dict[str, bool]:
        report = derive.check_gradient(forward, backward, (x,))
        holding = {p.name: p.holds for p in report.properties}
        assert report.ok is (all(holding.values()) and report.inputs[0].verdict == "agrees")
        return holding

    assert all(verdicts(lambda g, x: matrix.T @ g).values())
    assert not verdicts(lambda g, x: matrix.T @ g + dtype(0.1))["linear in grad_output"]
    assert not verdicts(lambda g, x: matrix.T @ np.abs(g))["linear in grad_output"]
    rng = np.random.default_rng(0)
    assert not verdicts(lambda g, x: (matrix.T @ g) * dtype(1 + 1e-6 * rng.random()))["deterministic"]
    other = np.float64 if dtype == np.float32 else np.float32
    assert not verdicts(lambda g, x: (matrix.T @ g).astype(other))["shapes and dtypes"]

    def writes(g: Any, x: Any) -> Any:
        g *= 2
        return matrix.T @ g / 2

    assert not verdicts(writes)["arguments not written to"]
    assert x.tolist() == list(range(1, 7)), "the caller's arrays are never handed out"


def test_wrong_shapes_and_not_a_number() -> None:
    x = np.ones((3, 2))
    wrong = derive.check_gradient(lambda x: 2 * x, lambda g, x: (2 * g.T,), (x,))
    assert wrong.inputs[0].verdict == "disagrees" and "(2, 3)" in wrong.inputs[0].reason
    hole = derive.check_gradient(lambda x: 2 * x, lambda g, x: (np.where(g == g.max(), np.nan, 2 * g),), (x,))
    assert hole.inputs[0].verdict == "disagrees" and "not finite" in hole.inputs[0].reason


def test_what_is_not_offered_or_empty() -> None:
    report = derive.check_gradient(
        lambda x, k, e: x * k + e.sum(), lambda g, x, k, e: (g * k, None, np.zeros(0)),
        (np.ones(3), np.arange(3), np.zeros(0)), names=("x", "k", "e"),
    )  # fmt: skip
    assert report.ok
    assert report["k"].reason == "not offered" and report["e"].reason == "no elements"


def test_an_input_that_nothing_depends_on_cannot_be_told() -> None:
    """A gradient that is zero for every cotangent agrees with the truth, but no relative error could be noticed."""
    report = derive.check_gradient(lambda x, b: x * 2, lambda g, x, b: (2 * g, 0 * b), (np.ones(3), np.ones(3)))
    assert [entry.verdict for entry in report.inputs] == ["agrees", "cannot tell"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("given", [None, "ones"])
def test_the_snippet_repeats_the_comparison(dtype: Any, given: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = kernels.data((8, 4), dtype)
    wrong = kernels.with_mistake("mean term missing")
    report = derive.check_gradient(kernels.forward, wrong, inputs, cotangent=given)
    entry = report["input 0"]
    assert entry.decisive is not None and report.snippet in str(report).replace("\n    ", "\n")
    exec(report.snippet, {"forward": kernels.forward, "backward": wrong, "inputs": inputs})
    numbers = capsys.readouterr().out.split()
    size = abs(entry.decisive.analytical)
    assert numbers[0] == "numerical"
    assert float(numbers[1]) == pytest.approx(entry.decisive.numerical, abs=0.02 * size), "one step, not a fit"
    assert float(numbers[3]) == pytest.approx(entry.decisive.analytical, rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dtype", DTYPES)
def test_data_from_a_small_seed_do_not_meet_themselves(seed: int, dtype: Any) -> None:
    """x drawn as anyone draws it, checked with the same seed: a cotangent equal to x would be nearly blind."""
    x = np.random.default_rng(seed).standard_normal((16, 8, 14)).astype(dtype)
    report = derive.check_gradient(
        kernels.forward, kernels.backward, (x, np.ones(8, dtype), np.zeros(8, dtype)), seed=seed, complex_step=False
    )
    assert report.ok, report


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (lambda g, x: 2 * g + 0.1, "backward(g1 + g2) is off by up to 0.1"),
        (lambda g, x: (2 * g)[:2], "gradient (2,) float64"),
        (lambda g, x: np.where(np.arange(3) == 1, np.nan, 2 * g), "not finite: [[1]]"),
        (lambda g, x: (2 * g).astype(np.float32), "'float32'"),
        (lambda g, x: np.multiply(g, 2, out=g), "arguments changed: [True, False]"),
    ],
    ids=["not linear", "shape", "not finite", "dtype", "written to"],
)
def test_every_failure_has_a_snippet(backward: Any, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    def forward(x: Any) -> Any:
        return 2 * x

    report = derive.check_gradient(forward, backward, (np.ones(3),))
    assert report.verdict == "disagrees" and report.snippet
    exec(report.snippet, {"forward": forward, "backward": backward, "inputs": (np.ones(3),)})
    assert said in capsys.readouterr().out


def test_a_random_backward_has_a_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)

    def backward(g: Any, x: Any) -> Any:
        return 2 * g + 1e-9 * rng.random(g.shape)

    report = derive.check_gradient(lambda x: 2 * x, backward, (np.ones(3),))
    exec(report.snippet, {"forward": lambda x: 2 * x, "backward": backward, "inputs": (np.ones(3),)})
    assert "differ by: [" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_report() -> None:
    one, two, other = (
        derive.check_gradient(kernels.forward, kernels.backward, kernels.data((8, 4), np.float32), seed=seed)
        for seed in (0, 0, 1)
    )
    assert str(one) == str(two) != str(other)


def test_quantiles() -> None:
    """Against tables: the t distribution, the chi-square distribution."""
    assert student_quantile(0.05, 10) == pytest.approx(2.2281, abs=1e-4)
    assert student_quantile(1e-6, 23) == pytest.approx(6.5836, rel=1e-2)
    assert chi_square_limit(0.05, 10) == pytest.approx(18.307, rel=2e-3)
    assert smallest_caught([1.0], 0.5) == pytest.approx(1 / 0.67449, rel=1e-3)
    assert smallest_caught([0.0, 0.0], 1e-3) == 0
    assert smallest_caught([1.0, np.inf], 1e-3) == np.inf


def test_shaken_arrays_differ_in_the_last_place_only() -> None:
    x = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    moved, still = differences.shaken([x, x], [True, False], np.random.default_rng(1))
    assert still is x
    assert 0 < np.count_nonzero(moved != x) < 1000
    assert (abs(moved - x) <= np.spacing(abs(x)) * 1.01).all()
