"""Inference and running statistics: values, dtypes, momentum, the unbiased variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import data, numeric
from tests.support.contract import DTYPES, BatchNorm
from tests.support.data import CaseSpec

INFERENCE = data.SMALL + data.HOSTILE + data.REAL + data.ONE_ELEMENT
RUNNING = data.SMALL[:7] + data.HOSTILE[:9] + data.REAL


@pytest.mark.parametrize("running", DTYPES, ids=lambda dtype: f"running-{dtype}")
@pytest.mark.parametrize(("spec", "dtype"), data.parameters(INFERENCE), ids=data.label)
def test_inference(kernel: BatchNorm, spec: CaseSpec, dtype: Any, running: Any) -> None:
    """Running statistics of either dtype, whatever that of the data."""
    on = numeric.trial(data.with_running(spec.build(dtype), running))
    numeric.inference_accurate(kernel, on)


@pytest.mark.parametrize(("spec", "dtype"), data.parameters(RUNNING), ids=data.label)
def test_running_statistics(kernel: BatchNorm, spec: CaseSpec, dtype: Any) -> None:
    on = numeric.trial(spec.build(dtype))
    for momentum in (0.1, 0.75, 0.0, 1.0):
        for unbiased in (True, False):
            numeric.running_accurate(kernel, on, momentum, unbiased)


def test_two_elements_show_the_unbiased_factor(kernel: BatchNorm) -> None:
    """x = (0, 2): mean 1, biased variance 1, unbiased 2; all exact in binary."""
    x = np.array([[0.0], [2.0]])
    _, saved = kernel.forward(x, None, None, eps=1e-5, axis=1)
    start = (np.zeros(1), np.zeros(1))
    for unbiased, expected in ((True, 1.0), (False, 0.5)):
        mean, var = kernel.update_running(*start, saved, momentum=0.5, unbiased=unbiased)
        assert (mean == [0.5]).all() and (var == [expected]).all()


def test_one_element_has_a_biased_variance(kernel: BatchNorm) -> None:
    """unbiased=True is refused for it (test_refusals); unbiased=False is not."""
    _, saved = kernel.forward(np.array([[3.0, -1.0]]), None, None, eps=1e-5, axis=1)
    mean, var = kernel.update_running(
        np.zeros(2, np.float32), np.ones(2, np.float32), saved, momentum=0.25, unbiased=False
    )
    assert (mean == np.array([0.75, -0.25], np.float32)).all() and (
        var == np.array([0.75, 0.75], np.float32)
    ).all()


def test_repeated_updates_converge_to_the_batch(kernel: BatchNorm) -> None:
    case = data.draw((6, 4, 5))
    _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=1)
    running = (np.full(4, 50.0), np.full(4, 9.0))
    for _ in range(200):
        running = kernel.update_running(*running, saved, momentum=0.2, unbiased=False)
    assert np.allclose(running[0], saved.mean, rtol=1e-12, atol=1e-12)
    assert np.allclose(running[1], saved.var, rtol=1e-12)


def test_inference_of_the_batch_statistics_is_the_forward_pass(kernel: BatchNorm) -> None:
    """The two layers meet where the running statistics are those of the batch."""
    for dtype in DTYPES:
        case = data.draw((6, 4, 5), 1, dtype)
        y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=1)
        again = kernel.forward_inference(
            case.x, case.gamma, case.beta, saved.mean, saved.var, eps=case.eps, axis=1
        )
        size = abs(y).max(axis=(0, 2)) + abs(case.beta)  # type: ignore[arg-type]
        error = abs(y.astype(np.float64) - again).max(axis=(0, 2))
        assert (error <= 4 * np.finfo(dtype).eps * (size + abs(case.beta))).all()  # type: ignore[arg-type]
