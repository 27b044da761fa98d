"""PyTorch agrees on benign data: its own backward kernel, and autograd through F.batch_norm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.peers.agreement import agree
from tests.support import data, numeric
from tests.support.contract import DTYPES, Array, BatchNorm
from tests.support.data import CaseSpec

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
pytestmark = pytest.mark.peers

# Benign data: on hostile data it is the peer that is wrong (the accuracy contract in CONTRIBUTING.md).
CASES = tuple(spec for spec in data.SMALL + data.MEDIUM if spec.axis == 1)


def tensor(values: Array | None) -> Any:
    return None if values is None else torch.from_numpy(np.ascontiguousarray(values))


@pytest.mark.parametrize(("spec", "dtype"), data.parameters(CASES), ids=data.label)
def test_native_batch_norm_backward(kernel: BatchNorm, spec: CaseSpec, dtype: Any) -> None:
    on = numeric.prepared(spec, dtype)
    case = on.case
    x, g, gamma, beta = map(tensor, (case.x, case.grad_output, case.gamma, case.beta))
    y, mean, inv_std = torch.native_batch_norm(x, gamma, beta, None, None, True, 0.1, case.eps)
    theirs = torch.ops.aten.native_batch_norm_backward(
        g, x, gamma, None, None, mean, inv_std, True, case.eps, [True, True, True]
    )
    our_y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=1)
    ours = kernel.backward(case.grad_output, case.x, case.gamma, saved=saved, eps=case.eps, axis=1)
    agree(on, "y", our_y, y.numpy())
    agree(on, "grad_input", ours.grad_input, theirs[0].numpy())
    agree(on, "grad_gamma", ours.grad_gamma, theirs[1].numpy())
    agree(on, "grad_beta", ours.grad_beta, theirs[2].numpy())


@pytest.mark.parametrize("spec", CASES, ids=data.label)
def test_autograd_through_batch_norm(kernel: BatchNorm, spec: CaseSpec) -> None:
    """Training and inference, forward, backward and running statistics, in float64."""
    on = numeric.prepared(spec, np.dtype(np.float64))
    case = data.with_running(on.case, np.float64)
    assert case.running is not None
    mean, var = case.running
    theirs_running = tuple(tensor(array.copy()) for array in case.running)
    for training in (True, False):
        chosen = on if training else numeric.trial(case)
        leaves: list[Any] = [None if a is None else tensor(a).clone().requires_grad_()
                  for a in (case.x, case.gamma, case.beta)]  # fmt: skip
        kept = theirs_running if training else tuple(map(tensor, case.running))
        y = torch.nn.functional.batch_norm(
            leaves[0], *kept, leaves[1], leaves[2], training, 0.1, case.eps
        )
        y.backward(tensor(case.grad_output))
        if training:
            our_y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=1)
            ours = kernel.backward(
                case.grad_output, case.x, case.gamma, saved=saved, eps=case.eps, axis=1
            )
            updated = kernel.update_running(mean, var, saved, momentum=0.1, unbiased=True)
            for mine, other in zip(updated, theirs_running, strict=True):
                np.testing.assert_allclose(mine, other.numpy(), rtol=1e-13, atol=1e-14)
        else:
            our_y = kernel.forward_inference(
                case.x, case.gamma, case.beta, mean, var, eps=case.eps, axis=1
            )
            ours = kernel.backward_inference(
                case.grad_output, case.x, case.gamma, mean, var, eps=case.eps, axis=1
            )
        what = f"training={training}: "
        agree(chosen, "y", our_y, y.detach().numpy(), what)
        agree(chosen, "grad_input", ours.grad_input, leaves[0].grad.numpy(), what)
        agree(chosen, "grad_gamma", ours.grad_gamma, leaves[1].grad.numpy(), what)
        if leaves[2] is not None:
            agree(chosen, "grad_beta", ours.grad_beta, leaves[2].grad.numpy(), what)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_comparison_can_fail(kernel: BatchNorm, dtype: Any) -> None:
    """A small mistake, a larger eps, must be seen through the peer's tolerance."""
    case = data.draw((6, 4, 5), 1, dtype)
    on = numeric.trial(case)
    wrong = kernel.backward(case.grad_output, case.x, case.gamma, eps=100 * case.eps, axis=1)
    x = tensor(case.x).requires_grad_()
    y = torch.nn.functional.batch_norm(x, None, None, tensor(case.gamma), None, True, 0.1, case.eps)
    y.backward(tensor(case.grad_output))
    with pytest.raises(AssertionError, match="grad_input"):
        agree(on, "grad_input", wrong.grad_input, x.grad.numpy())
