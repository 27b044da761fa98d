"""Float32 differences meet the seed's criterion only by luck, and how much of it they need can be
predicted.

The prediction for 200 seeded cotangents at the steps 1e-4 and 3e-3 has three parts, none of them
fitted:

- the true gradient times the step really taken (``x + h`` is rounded to float32), from 60 digits;
- the truncation error, ``h**2 / 6`` times the third derivative, from 60 digits;
- normal noise with the floor of `rounding_model`: mean zero, variances from magnitudes and
  spacings, and the part that all cotangents share drawn for all of them together.

Drawing it many times gives the distribution of three numbers: how many elements (of 3200) and how
many whole cotangents (of 200) pass, and the mean square of the error over the floor.

The model takes the errors of different elements as independent, but those of one channel have much
of the mean's rounding in common, so these numbers scatter more than it says. By how much is
measured, not assumed: nearby control steps, each with cotangents of its own, give deviations in
units of the predicted spread. The margin is 4 times their root mean square (at least 4), and their
average shows that the prediction is not off.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from .emitted import grad_input
from .rounding_model import predict_noise
from .seed_case import (
    ATOL,
    RTOL,
    SIZE,
    STEP,
    Bool,
    Float32,
    Float64,
    actual_steps,
    close,
    cotangents,
    differences_float32,
    exact,
)

COTANGENTS = cotangents(200, seed=2067)
LARGE_STEP = 3e-3
STEPS = (STEP, LARGE_STEP)
CONTROLS = tuple(percent / 100 for percent in range(88, 113) if percent != 100)
DRAWS = 100
FIRST, THIRD = exact(np.eye(SIZE)), exact(np.eye(SIZE), order=3)


def gradient(grad_output: Float32) -> Float64:
    return grad_output.astype(float) @ FIRST


def truncation(grad_output: Float32, step: float) -> Float64:
    return grad_output.astype(float) @ THIRD * step**2 / 6


def without_noise(grad_output: Float32, step: float) -> Float64:
    """The difference quotient in exact arithmetic, of the two points that are evaluated."""
    return gradient(grad_output) * actual_steps(step) + truncation(grad_output, step)


def kernel(grad_output: Float32) -> Float64:
    return grad_input(grad_output, np.float32)


def summary(passed: Bool, error: Float64) -> Float64:
    """Elements and whole cotangents that pass, and the mean square of the error over the floor."""
    return np.array([passed.sum(), passed.all(axis=1).sum(), np.mean(error**2)], dtype=float)


def predicted(grad_output: Float32, step: float, louder: float = 1.0) -> tuple[Float64, Float64]:
    """Mean and standard deviation of the summary, with noise ``louder`` times as large."""
    noise, rng = predict_noise(grad_output, step), np.random.default_rng(3)
    truth, centre, floor = gradient(grad_output), without_noise(grad_output, step), noise.floor
    draws = [louder * noise.draw(rng) for _ in range(DRAWS)]
    found = [summary(close(truth, centre + draw), draw / floor) for draw in draws]
    return np.mean(found, axis=0), np.std(found, axis=0, ddof=1)


def observed(analytical: Float64, grad_output: Float32, step: float) -> Float64:
    """The summary of the seed's check of ``analytical`` against float32 differences."""
    numerical = differences_float32(grad_output, step)
    error = (numerical - without_noise(grad_output, step)) / predict_noise(grad_output, step).floor
    return summary(close(analytical, numerical), error)


@cache
def deviations(step: float) -> Float64:
    """(observed - predicted) / predicted spread at each control step, shape (controls, 3).

    The gradient checked there is the true one, so that no kernel can widen its own margin.
    """
    found = []
    for seed, factor in enumerate(CONTROLS):
        g = cotangents(len(COTANGENTS), seed)
        mean, spread = predicted(g, factor * step)
        found.append((observed(gradient(g), g, factor * step) - mean) / spread)
    return np.array(found)


def margin(step: float) -> Float64:
    scatter: Float64 = np.sqrt(np.mean(deviations(step) ** 2, axis=0))
    return 4 * np.maximum(1.0, scatter)


@pytest.mark.parametrize("step", STEPS)
def test_pass_counts_and_noise_are_the_predicted_ones(step: float) -> None:
    mean, spread = predicted(COTANGENTS, step)
    found = observed(kernel(COTANGENTS), COTANGENTS, step)
    assert np.all(np.abs(found - mean) <= margin(step) * spread)


@pytest.mark.parametrize("step", STEPS)
def test_prediction_is_not_off_at_the_control_steps(step: float) -> None:
    """The mean deviation is within 4 standard errors.

    The scatter is at most what it would be if a channel's 8 elements had all their errors in
    common: there would be 2 draws in place of 16, with sqrt(8) times the scatter.
    """
    found = deviations(step)
    scatter = np.maximum(1.0, found.std(axis=0, ddof=1))
    assert np.all(np.abs(found.mean(axis=0)) <= 4 * scatter / np.sqrt(len(found)))
    assert np.all(scatter <= np.sqrt(8))


@pytest.mark.parametrize("louder", [0.5, 2.0])
def test_wrong_noise_floor_would_show(louder: float) -> None:
    """Half or twice the noise puts all three numbers outside the margin: it is not a wide one."""
    mean, spread = predicted(COTANGENTS, STEP, louder)
    found = observed(kernel(COTANGENTS), COTANGENTS, STEP)
    assert np.all(np.abs(found - mean) > margin(STEP) * spread)


def test_noise_rules_both_steps() -> None:
    """It falls with the step, truncation grows as its square; at 3e-3 it is below a tenth of it."""
    floors = [np.sqrt(np.mean(predict_noise(COTANGENTS, step).floor ** 2)) for step in STEPS]
    errors = [np.sqrt(np.mean(truncation(COTANGENTS, step) ** 2)) for step in STEPS]
    assert floors[0] / floors[1] == pytest.approx(LARGE_STEP / STEP, rel=0.05)
    assert errors[0] < 1e-5 * floors[0]
    assert errors[1] < 0.1 * floors[1]


def test_at_the_seed_step_the_true_gradient_passes_by_luck() -> None:
    truth, numerical = gradient(COTANGENTS), differences_float32(COTANGENTS, STEP)
    passed = close(truth, numerical)
    # The kernel is not to blame: its verdict differs only within its own error of the limit.
    found = kernel(COTANGENTS)
    limit = np.abs(np.abs(truth - numerical) - ATOL - RTOL * np.abs(numerical))
    assert np.all((close(found, numerical) == passed) | (limit <= np.abs(found - truth)))
    # Where the tolerance is 4 floors or more, an element passes for sure. A third is at the mercy
    # of the noise, and hardly a cotangent has none of them among its 16.
    safe = ATOL + RTOL * np.abs(truth) >= 4 * predict_noise(COTANGENTS, STEP).floor
    assert passed[safe].all()
    assert 0.2 < np.mean(~safe) < 0.5
    assert safe.all(axis=1).sum() < len(COTANGENTS) / 20
    # So most fail, and the true gradient with them.
    assert passed.all(axis=1).sum() < len(COTANGENTS) / 2


def test_at_the_large_step_little_luck_is_needed() -> None:
    """Thirty times less noise: most cotangents pass for sure, but still not every one."""
    found, truth = kernel(COTANGENTS), gradient(COTANGENTS)
    small, large = (close(found, differences_float32(COTANGENTS, step)) for step in STEPS)
    tolerance = ATOL + RTOL * np.abs(truth) - np.abs(truncation(COTANGENTS, LARGE_STEP))
    safe = tolerance >= 4 * predict_noise(COTANGENTS, LARGE_STEP).floor
    assert large[safe].all()
    assert np.mean(safe) > 0.98
    assert len(COTANGENTS) / 2 < safe.all(axis=1).sum() < len(COTANGENTS)
    before, after = small.all(axis=1), large.all(axis=1)
    assert after.sum() > 2 * before.sum()
    assert (after & ~before).sum() > 0.9 * (~before).sum()
