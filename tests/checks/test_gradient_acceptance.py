"""Public false alarms and real mistakes, as the gradient check sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.checks.gradient_report import GradientReport
from tests.checks import kernels

DTYPES = (np.float32, np.float64)
REQUIRED = {np.float32: 1e-3, np.float64: 1e-6}
# The input of the failing check that the project grew from: 2 images, 2 channels, 2 x 2 pixels, x = 0.1 * index.
SEED_X = (np.float32(0.1) * np.arange(16, dtype=np.float32)).reshape(2, 2, 2, 2)
SEED_INPUTS = (SEED_X, np.array([1.5, 2.0], np.float32), np.zeros(2, np.float32))


def check(inputs: Any, backward: Any = kernels.backward, **more: Any) -> GradientReport:
    return derive.check_gradient(kernels.forward, backward, inputs, layer="batch_norm", **more)


def test_the_frameworks_float32_case_cannot_be_told() -> None:
    """A right kernel and grad_output = 1: the true gradient is zero, and both numbers are round-off."""
    report = check(SEED_INPUTS, cotangent="ones")
    x = report["x"]
    assert report.verdict == x.verdict == "cannot tell"
    assert "blind" in x.reason and x.resolution > 1
    assert x.size < 1e-5 < x.reference, "the gradient is rounding, where a random cotangent has a real one"
    assert report.blind is not None and report.blind.overall == pytest.approx(1)
    assert report.blind.directions[0].claim == "blind to a constant"
    assert "standard_normal" in x.suggestion, "a better cotangent is proposed"
    assert {passed.mistake for passed in x.hidden} >= {"gamma left out"}
    assert report["beta"].verdict == "agrees", "the gradient of beta is a sum of ones, which anyone can see"


def test_the_proposed_cotangent_tells() -> None:
    """The very cotangent that the table proposes for the failing case: the kernel is right."""
    suggestion = check(SEED_INPUTS, cotangent="ones")["x"].suggestion
    chosen = eval(suggestion, {"np": np, "y": SEED_X})
    assert check(SEED_INPUTS, cotangent=chosen).verdict == "agrees"


def test_the_sum_loss_of_2016_cannot_be_told() -> None:
    """Random 25 x 5 in float64 and the sum of the outputs as the loss; a right kernel was said to be wrong."""
    x = np.random.default_rng(2016).standard_normal((25, 5))
    report = check((x, np.ones(5), np.zeros(5)), cotangent="sum(y)")
    assert report.verdict == report["x"].verdict == "cannot tell"


def test_the_repaired_check_cannot_tell_either() -> None:
    """sum(y**2) with beta = 0 in float32 was recommended as principled; eps / (var + eps) is what it leaves."""
    report = check(SEED_INPUTS, cotangent="sum(y**2)")
    assert report["x"].verdict == "cannot tell"
    assert report["x"].size < 1e-2 * report["x"].reference
    assert report.blind is not None
    assert report.blind.overall == pytest.approx(1, abs=1e-4)
    assert report.blind.directions[1].share > 0.99, "nearly blind to the output itself"


def test_a_loss_given_as_a_function_is_the_loss_given_by_name() -> None:
    named, computed = (check(SEED_INPUTS, cotangent=c)["x"] for c in ("sum(y**2)", lambda y: 2 * y))
    assert computed.verdict == named.verdict == "cannot tell"
    assert computed.size == pytest.approx(named.size, rel=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_linear_data_with_a_linear_cotangent_cannot_be_told(dtype: Any) -> None:
    """A batch of one where x and grad_output are both linear in the index: g is a sum of 1 and x_norm.

    What is left of the gradient is 1e-8 of a usual one, below what even the complex step resolves in float64. (At ten
    times less variance float64 does resolve it, and then the check may say so.)
    """
    x = np.arange(192, dtype=dtype).reshape(1, 3, 8, 8)
    report = check((x, np.full(3, 1.5, dtype), np.zeros(3, dtype)), cotangent="linear")
    assert report["x"].verdict == "cannot tell"
    assert report.blind is not None and report.blind.overall == pytest.approx(1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(8, 4), (4, 3, 5, 5), (2, 4, 9)], ids=str)
def test_a_right_kernel_agrees(shape: tuple[int, ...], dtype: Any) -> None:
    report = check(kernels.data(shape, dtype))
    assert report.ok and {entry.verdict for entry in report.inputs} == {"agrees"}
    assert all(entry.resolution <= REQUIRED[dtype] for entry in report.inputs)
    assert all(entry.error <= entry.resolution for entry in report.inputs)
    assert not any(entry.survivors for entry in report.inputs)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mistake", kernels.MISTAKES)
def test_a_wrong_kernel_disagrees(mistake: str, dtype: Any) -> None:
    """N is 8 elements per channel, so N-1 is 14% off in the terms that it touches."""
    report = check(kernels.data((8, 4), dtype), kernels.with_mistake(mistake))
    assert report.verdict == report["x"].verdict == "disagrees"
    assert report["x"].error > 5e-3
    assert report["gamma"].verdict == report["beta"].verdict == "agrees", "only grad_input is wrong"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("mistake", "words"),
    [("gamma left out", "gamma"), ("N-1", "N-1"), ("mean term missing", "mean"), ("x_norm term missing", "")],
)
def test_the_table_names_what_a_wrong_gradient_looks_like(mistake: str, words: str, dtype: Any) -> None:
    entry = check(kernels.data((8, 4), dtype), kernels.with_mistake(mistake))["x"]
    assert entry.looks_like and words in entry.looks_like
    assert entry.looks_like in entry.reason


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_blind_cotangent_still_catches_what_it_can(dtype: Any) -> None:
    """With ones, a kernel without the mean term gives gamma * inv_std where zero is right: that is plain to see."""
    wrong = kernels.with_mistake("mean term missing")
    assert check(kernels.data((8, 4), dtype), wrong, cotangent="ones")["x"].verdict == "disagrees"


def test_what_a_blind_cotangent_lets_pass_is_not_called_right() -> None:
    """With ones and without gamma, both are zero: the kernel is wrong, and the check must not agree."""
    wrong = kernels.with_mistake("gamma left out")
    assert check(kernels.data((8, 4), np.float64), wrong, cotangent="ones")["x"].verdict == "cannot tell"
