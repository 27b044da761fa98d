"""JAX agrees on benign data: ``jax.vjp`` of the layer as a plain function, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.peers.agreement import agree
from tests.support import data, numeric
from tests.support.contract import Array, BatchNorm
from tests.support.data import Case, CaseSpec
from tests.support.numeric import Trial

jax: Any = pytest.importorskip("jax", reason="JAX is not installed (the peers extra)")
pytestmark = pytest.mark.peers

# A few of each rank and layout: each shape costs JAX a second of compilation.
CASES = tuple(
    data.find(name)
    for name in (
        "2-D", "3-D middle counted from the end", "4-D", "5-D channels last", "two per channel",
        "257 rows", "images",
    )
)  # fmt: skip


@pytest.fixture(autouse=True)
def _float64() -> Any:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def layer(case: Case, mean: Array | None = None, var: Array | None = None) -> Any:
    """The forward equations for this case's axis; running statistics where they are given."""
    np_ = jax.numpy
    axis = case.axis % case.x.ndim
    over = tuple(i for i in range(case.x.ndim) if i != axis)
    wide = tuple(-1 if i == axis else 1 for i in range(case.x.ndim))

    def apply(x: Any, gamma: Any, beta: Any) -> Any:
        middle = np_.mean(x, over, keepdims=True) if mean is None else mean.reshape(wide)
        centred = x - middle
        spread = (
            np_.mean(centred * centred, over, keepdims=True) if var is None else var.reshape(wide)
        )
        return centred / np_.sqrt(spread + case.eps) * gamma.reshape(wide) + beta.reshape(wide)

    return apply


def compare(on: Trial, y: Array, gradients: Any, apply: Any) -> None:
    case = on.case
    beta = np.zeros(case.channels) if case.beta is None else case.beta
    their_y, pull = jax.vjp(apply, case.x, case.gamma, beta)
    theirs = pull(jax.numpy.asarray(case.grad_output))
    agree(on, "y", y, np.asarray(their_y))
    agree(on, "grad_input", gradients.grad_input, np.asarray(theirs[0]))
    agree(on, "grad_gamma", gradients.grad_gamma, np.asarray(theirs[1]))
    agree(on, "grad_beta", gradients.grad_beta, np.asarray(theirs[2]))


@pytest.mark.parametrize("spec", CASES, ids=data.label)
def test_vjp(kernel: BatchNorm, spec: CaseSpec) -> None:
    on = numeric.prepared(spec, np.dtype(np.float64))
    case = on.case
    y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    ours = kernel.backward(
        case.grad_output, case.x, case.gamma, saved=saved, eps=case.eps, axis=case.axis
    )
    compare(on, y, ours, layer(case))


@pytest.mark.parametrize("spec", CASES, ids=data.label)
def test_vjp_in_inference(kernel: BatchNorm, spec: CaseSpec) -> None:
    on = numeric.trial(data.with_running(spec.build(np.float64), np.float64))
    case = on.case
    assert case.running is not None
    mean, var = case.running
    where: dict[str, Any] = {"eps": case.eps, "axis": case.axis}
    y = kernel.forward_inference(case.x, case.gamma, case.beta, mean, var, **where)
    ours = kernel.backward_inference(case.grad_output, case.x, case.gamma, mean, var, **where)
    compare(on, y, ours, layer(case, mean, var))


def test_the_comparison_can_fail(kernel: BatchNorm) -> None:
    """Another eps must be seen through the peer's tolerance."""
    on = numeric.trial(data.draw((6, 4, 5), 1, np.float64))
    case = on.case
    where: dict[str, Any] = {"eps": 100 * case.eps, "axis": 1}
    y, _ = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=1)
    wrong = kernel.backward(case.grad_output, case.x, case.gamma, **where)
    with pytest.raises(AssertionError, match="grad_input"):
        compare(on, y, wrong, layer(case))
