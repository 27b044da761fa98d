"""The oracles themselves: four that share nothing must agree, and the tolerances must bite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support import data, layers, numeric, oracles, tolerances
from tests.support.arrays import from_channels, to_channels
from tests.support.contributions import absolute_contributions
from tests.support.data import Case, CaseSpec

TINY: tuple[tuple[tuple[int, ...], int], ...] = (
    ((5, 2), 1), ((2, 3, 2), 1), ((2, 2, 2, 2), 1), ((3, 2, 4), -1), ((1, 3), 1),
)  # fmt: skip
# The large ones come from the same generator; 1.6 million elements twice show nothing more.
SEEDED = tuple(spec for spec in data.ALL if spec not in data.LARGE)


def tiny_cases() -> list[Case]:
    drawn = [data.draw(shape, axis, np.float64) for shape, axis in TINY]
    hostile = data.draw((4, 2, 2), 1, np.float64)
    far = replace(hostile, name="tiny, mean 1e4", x=1e4 + 0.1 * hostile.x)
    blind = replace(hostile, name="tiny, blind cotangent", grad_output=np.ones((4, 2, 2)))
    return [*drawn, far, blind]


@pytest.mark.parametrize("case", tiny_cases(), ids=lambda case: case.name)
def test_staged_reference_agrees_with_differences_of_the_definition(case: Case) -> None:
    reference = oracles.batch_norm_reference(case)
    exact = oracles.batch_norm_by_differences(case)
    scale = tolerances.input_scale(reference)
    sums = {
        "grad_input": scale,
        "grad_gamma": abs(reference.grad_output * reference.x_norm).sum(axis=1, keepdims=True),
        "grad_beta": abs(reference.grad_output).sum(axis=1, keepdims=True),
    }
    for name, values in exact.items():
        # 40 eps of a 64-bit longdouble: 1/100 of what the kernels are allowed in float64.
        allowed = 40 * 2.0**-63 * sums[name].astype(np.float64)
        error = abs(getattr(reference, name).astype(np.float64) - values.astype(np.float64))
        rounding = 2.0**-52 * abs(values.astype(np.float64))
        assert (error <= allowed + rounding).all(), name


@pytest.mark.parametrize("case", tiny_cases(), ids=lambda case: case.name)
def test_longdouble_and_its_fallback_agree(case: Case) -> None:
    if not oracles.LONGDOUBLE_IS_WIDE:
        pytest.skip(f"np.longdouble has {oracles.LONGDOUBLE_BITS} bits: the fallback is in use")
    wide = oracles.batch_norm_reference(case, oracles.LONGDOUBLE)
    fallback = oracles.batch_norm_reference(case, oracles.MPMATH)
    scale = tolerances.input_scale(wide)
    for name in ("y", "grad_input", "grad_gamma", "grad_beta"):
        exact = getattr(fallback, name)
        high = exact.astype(np.float64).astype(np.longdouble)
        low = (exact - oracles.MPMATH.enter(high)).astype(np.float64)
        error = abs((getattr(wide, name) - high) - low)
        assert (error <= 1e-17 * (scale + abs(high)).max()).all(), name


def test_fallback_takes_the_same_promises(kernel: Any) -> None:
    """Where longdouble is narrow, the suite really runs on mpmath numbers."""
    on = numeric.trial(data.draw((4, 3, 5)), oracles.MPMATH)
    numeric.gradients_accurate(kernel, on)
    numeric.forward_accurate(kernel, on)


def test_narrow_longdouble_skips_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracles, "LONGDOUBLE_IS_WIDE", False)
    assert oracles.numbers_for(100) is oracles.MPMATH
    with pytest.raises(pytest.skip.Exception, match="NOT checked"):
        oracles.numbers_for(10**6)


needs_longdouble = pytest.mark.skipif(
    not oracles.LONGDOUBLE_IS_WIDE,
    reason=f"np.longdouble has {oracles.LONGDOUBLE_BITS} bits: the autodiffs cannot be compared",
)


@needs_longdouble
@pytest.mark.parametrize("sizes", [(2, 3, 4), (1, 2, 1), (5, 1, 3)])
def test_three_autodiffs_agree_on_batch_norm(sizes: tuple[int, int, int]) -> None:
    """Staged chain rule, complex step, and HIPS autograd in longdouble and float64."""
    layer = layers.BATCH_NORM
    inputs = layers.draw_inputs(layer, dict(zip("ncs", sizes, strict=True)), np.float64)
    g = np.random.default_rng(5).standard_normal(sizes)
    case = Case("agree", inputs["x"], g, inputs["gamma"], inputs["beta"], 1e-5, 1)
    staged = oracles.batch_norm_reference(case)
    given = (layer.function, inputs, layer.constants, g)
    for found, slack in (
        (oracles.complex_step_vjp(*given), 1e-17),
        (oracles.autograd_vjp(*given, np.longdouble)[1], 1e-17),
        (oracles.autograd_vjp(*given, np.float64)[1], 1e-14),
    ):
        scale = float(tolerances.input_scale(staged).max())
        error = abs(to_channels(found["x"], 1) - staged.grad_input)
        assert error.max() <= slack * scale
        for name in ("gamma", "beta"):
            exact = getattr(staged, f"grad_{name}")[:, 0]
            assert abs(found[name] - exact).max() <= slack * (abs(g).sum() + abs(exact).max())


@needs_longdouble
@pytest.mark.parametrize("layer", layers.REFERENCES, ids=lambda layer: layer.name)
def test_complex_step_and_autograd_agree_on_the_other_layers(layer: layers.Reference) -> None:
    """``expect`` asserts it whenever the input is small enough; it must be so here."""
    inputs = layers.draw_inputs(layer, {"n": 3, "d": 5}, np.float64)
    assert sum(value.size for value in inputs.values()) <= layers.COMPLEX_STEP_LIMIT
    g = np.random.default_rng(6).standard_normal((3, 5))
    expected = layers.expect(layer, inputs, layer.constants, g)
    assert all(np.isfinite(value).all() for value in expected.gradients.values())


@needs_longdouble
def test_generic_scale_contains_the_special_one() -> None:
    """The absolute contributions of batch norm: at least the accuracy contract's scale, and not far above."""
    layer = layers.BATCH_NORM
    for sizes in ((2, 3, 4), (30, 2, 7), (1, 5, 2)):
        inputs = layers.draw_inputs(layer, dict(zip("ncs", sizes, strict=True)), np.float64)
        g = np.random.default_rng(7).standard_normal(sizes) + 0.5
        case = Case("scale", inputs["x"], g, inputs["gamma"], inputs["beta"], 1e-5, 1)
        exact = oracles.batch_norm_reference(case)
        special = tolerances.input_scale(exact)
        terms, sums = absolute_contributions(layer.function, inputs, layer.constants, g)
        generic = tolerances.largest(to_channels(sums["x"], 1))
        assert (generic >= special * (1 - 1e-15)).all()
        assert (generic <= 5 * special).all()
        by_hand = abs(exact.grad_output * exact.x_norm).sum(axis=1)
        assert abs(sums["gamma"] - by_hand).max() <= 1e-15 * by_hand.max()
        assert abs(sums["beta"] - abs(exact.grad_output).sum(axis=1)).max() <= 1e-15 * abs(g).sum()
        forward = abs(exact.gamma * exact.x_norm) + abs(exact.beta)
        assert abs(to_channels(terms, 1) - forward).max() <= 1e-15 * forward.max()


def test_channel_matrices_round_trip() -> None:
    for shape, axis in (((2, 3, 4), 1), ((2, 3, 4), -1), ((5, 2), 0), ((2, 3, 4, 5), 2)):
        array = np.arange(np.prod(shape)).reshape(shape)
        matrix = to_channels(array, axis)
        assert matrix.shape == (shape[axis], array.size // shape[axis])
        assert (from_channels(matrix, shape, axis) == array).all()


@pytest.mark.parametrize("spec", SEEDED, ids=data.label)
def test_data_is_what_it_says(spec: CaseSpec) -> None:
    """Seeded, finite, gamma far from 1: the same bits on every build."""
    first, second = spec.build(np.float32), spec.build(np.float32)
    assert first.x.shape == spec.shape and first.x.dtype == np.float32
    for name in ("x", "grad_output", "gamma", "beta"):
        one, two = getattr(first, name), getattr(second, name)
        assert (one is None and two is None) or (np.isfinite(one).all() and (one == two).all())
    assert first.gamma is not None and not (first.gamma == 1).any()
