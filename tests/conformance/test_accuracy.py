"""Accuracy, per channel and in eps of the dtype, against the staged longdouble reference.

The case catalogue is ``tests/support/data.py``, the tolerances and their analysis are in
``tests/support/tolerances.py``. Each test prints the share of the tolerance that was used (``-s``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import data, numeric, oracles
from tests.support.arrays import assert_same_gradients
from tests.support.contract import DTYPES, BatchNorm
from tests.support.data import CaseSpec

SMALLER = data.SMALL + data.MEDIUM + data.HOSTILE + data.REAL + data.ONE_ELEMENT


def report(name: str, shares: dict[str, float]) -> None:
    used = ", ".join(f"{what} {share:.2f}" for what, share in shares.items())
    print(f"\n{name}: share of the tolerance used: {used}")


@pytest.mark.parametrize(("spec", "dtype"), data.parameters(SMALLER), ids=data.label)
def test_gradients_and_forward(kernel: BatchNorm, spec: CaseSpec, dtype: Any) -> None:
    on = numeric.prepared(spec, dtype)
    shares = numeric.gradients_accurate(kernel, on)
    shares |= numeric.forward_accurate(kernel, on)
    report(on.case.name, shares)


@pytest.mark.parametrize(("spec", "dtype"), data.parameters(data.LARGE), ids=data.label)
def test_long_reductions(kernel: BatchNorm, spec: CaseSpec, dtype: Any) -> None:
    """4e5 elements per channel: the error must not grow with the number of terms."""
    on = numeric.prepared(spec, dtype)
    shares = numeric.gradients_accurate(kernel, on)
    shares |= numeric.forward_accurate(kernel, on)
    report(on.case.name, shares)


@pytest.mark.parametrize(("spec", "dtype"), data.parameters(data.SMALL), ids=data.label)
def test_both_emitted_kernels(kernel: BatchNorm, spec: CaseSpec, dtype: Any) -> None:
    numeric.emitted_kernels(kernel, numeric.prepared(spec, dtype))


@pytest.mark.parametrize("shape", [(5, 2), (2, 3, 2), (2, 2, 2, 2), (3, 1)])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_against_differences_of_the_definition(
    kernel: BatchNorm, shape: tuple[int, ...], dtype: Any
) -> None:
    """No chain rule anywhere: mpmath, 60 digits, nothing but the forward equations."""
    case = data.draw(shape, 1, dtype)
    on = numeric.trial(case)
    exact = oracles.batch_norm_by_differences(case)
    gradients = kernel.backward(case.grad_output, case.x, case.gamma, eps=case.eps, axis=1)
    actual = {
        "grad_input": np.moveaxis(gradients.grad_input, 1, 0).reshape(shape[1], -1),
        "grad_gamma": gradients.grad_gamma,
        "grad_beta": gradients.grad_beta,
    }
    for name, values in exact.items():
        found = actual[name]
        assert found is not None
        allowed = getattr(on.allowed, name)
        numeric.assert_within(
            name, found.reshape(values.shape), values, allowed, case, oracles.MPMATH
        )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_largest_gradient(kernel: BatchNorm, dtype: Any) -> None:
    """Hence within 2 eps of the largest gradient where N >= 16 and |mean g| <= std g."""
    counted = 0
    for spec in data.MEDIUM + data.HOSTILE:
        if not oracles.checkable(spec.size):
            continue
        on = numeric.prepared(spec, dtype)
        g, exact = on.reference.grad_output, on.reference.grad_input
        root = on.reference.numbers.root
        spread = root(((g - g.mean(axis=1, keepdims=True)) ** 2).mean(axis=1, keepdims=True))
        # A channel's largest gradient is near its scale unless g is nearly blind (a x_norm + b).
        fit = root((exact * exact).mean(axis=1, keepdims=True))
        fit = fit / (abs(on.reference.gamma) * on.reference.inv_std * spread + 1e-300)
        usable = (on.case.count >= 16) & (abs(g.mean(axis=1, keepdims=True)) <= spread)
        usable = (usable & (fit > 0.7)).astype(bool).ravel()
        if not usable.any():
            continue
        gradients = kernel.backward(
            on.case.grad_output, on.case.x, on.case.gamma, eps=on.case.eps, axis=on.case.axis
        )
        rows = np.moveaxis(gradients.grad_input, on.case.axis, 0).reshape(exact.shape)
        largest = abs(exact).max(axis=1)
        error = abs(on.reference.numbers.enter(rows) - exact).max(axis=1)
        assert (error[usable] <= 2 * on.eps * largest[usable]).all(), on.case.name
        counted += int(usable.sum())
    assert counted > (100 if oracles.LONGDOUBLE_IS_WIDE else 0)


def test_the_defaults_are_the_documented_ones(kernel: BatchNorm) -> None:
    """eps=1e-5, axis=1, and for update_running momentum=0.1 and the unbiased variance."""
    case = data.draw((4, 3, 5))
    module: Any = kernel
    y, saved = module.forward(case.x, case.gamma, case.beta)
    exact_y, exact_saved = kernel.forward(case.x, case.gamma, case.beta, eps=1e-5, axis=1)
    assert (y == exact_y).all() and saved.eps == exact_saved.eps == 1e-5
    short = module.backward(case.grad_output, case.x, case.gamma, saved=saved)
    full = kernel.backward(
        case.grad_output, case.x, case.gamma, saved=saved, eps=1e-5, axis=1, out=None, threads=1
    )
    assert_same_gradients(short, full, "defaults")
    given = (np.ones(3), np.ones(3), saved)
    for one, two in zip(
        module.update_running(*given),
        kernel.update_running(*given, momentum=0.1, unbiased=True),
        strict=True,
    ):
        assert (one == two).all()
