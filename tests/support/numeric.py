"""Numeric promises: each takes the kernel under test and a trial, and raises AssertionError.

A trial is a case with its exact results and the tolerances that follow from them. Every element
of every result is compared; a NaN never passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from . import data, tolerances
from .arrays import assert_same_gradients, to_channels
from .contract import Array, BatchNorm, Gradients, Saved
from .data import Case, CaseSpec
from .oracles import Numbers, Reference, batch_norm_reference


@dataclass(frozen=True)
class Trial:
    case: Case
    reference: Reference
    allowed: tolerances.Allowed

    @property
    def eps(self) -> float:
        return float(np.finfo(self.case.x.dtype).eps)


def trial(case: Case, numbers: Numbers | None = None) -> Trial:
    reference = batch_norm_reference(case, numbers)
    allowed = tolerances.batch_norm(reference, case.x.dtype, case.running is None)
    return Trial(case, reference, allowed)


@lru_cache(maxsize=6)
def prepared(spec: CaseSpec, dtype: Any) -> Trial:
    """The trial of a catalogued case; the last few are kept, since several suites share them."""
    return trial(spec.build(dtype))


def assert_within(
    what: str, actual: Array, exact: Array, allowed: Array, case: Case, numbers: Numbers
) -> float:
    """All of ``actual`` within ``allowed`` of ``exact``; the largest share of it that was used."""
    assert actual.shape == exact.shape, f"{case.name}: {what} has shape {actual.shape}"
    finite = bool(np.isfinite(actual).all())
    assert finite, f"{case.name}: {what} has non-finite elements"
    # The difference is taken exactly; its size and the bound may then be plain float64.
    error = abs(numbers.enter(actual) - exact).astype(np.float64)
    bound = np.broadcast_to(allowed, error.shape).astype(np.float64)
    inside = error <= bound
    if inside.all():
        positive = bound > 0
        return float((error[positive] / bound[positive]).max(initial=0.0))
    excess = np.where(inside, 0.0, error - bound)
    worst = np.unravel_index(int(excess.argmax()), excess.shape)
    raise AssertionError(
        f"{case.name}: {what} is wrong in {int((~inside).sum())} of {error.size} elements; worst "
        f"in channel {worst[0]}, element {worst[1]}: got {actual[worst]!r}, exact "
        f"{float(exact[worst])!r}, error {float(error[worst]):.3g}, "
        f"allowed {float(bound[worst]):.3g}"
    )


def _column(values: Array | None, like: Case, what: str) -> Array:
    assert isinstance(values, np.ndarray), f"{like.name}: {what} is {values!r}, not an array"
    assert values.dtype == like.x.dtype, f"{like.name}: {what} has dtype {values.dtype}"
    assert values.shape == (like.channels,), f"{like.name}: {what} has shape {values.shape}"
    return values.reshape(-1, 1)


def _data(values: Array, like: Case, what: str) -> Array:
    assert isinstance(values, np.ndarray), f"{like.name}: {what} is {type(values)}"
    assert values.dtype == like.x.dtype, f"{like.name}: {what} has dtype {values.dtype}"
    assert values.shape == like.x.shape, f"{like.name}: {what} has shape {values.shape}"
    return to_channels(values, like.axis)


def check_gradients(gradients: Gradients, on: Trial, what: str = "") -> dict[str, float]:
    """The three gradients against the reference; which share of the tolerance each one used."""
    case, exact, allowed = on.case, on.reference, on.allowed
    shares = {}
    actual = {
        "grad_input": _data(gradients.grad_input, case, "grad_input"),
        "grad_beta": _column(gradients.grad_beta, case, "grad_beta"),
    }
    if case.gamma is None:
        assert gradients.grad_gamma is None, f"{case.name}: grad_gamma without a gamma"
    else:
        actual["grad_gamma"] = _column(gradients.grad_gamma, case, "grad_gamma")
    for name, values in actual.items():
        shares[name] = assert_within(
            f"{what}{name}", values, getattr(exact, name), getattr(allowed, name), case,
            exact.numbers,
        )  # fmt: skip
    return shares


def gradients_accurate(kernel: BatchNorm, on: Trial) -> dict[str, float]:
    """backward, with the statistics of its own forward and with recomputed ones."""
    case = on.case
    given = (case.grad_output, case.x, case.gamma)
    _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    gradients = kernel.backward(*given, saved=saved, eps=case.eps, axis=case.axis)
    shares = check_gradients(gradients, on)
    again = kernel.backward(*given, saved=None, eps=case.eps, axis=case.axis)
    check_gradients(again, on, "with recomputed statistics, ")
    return shares


def emitted_kernels(kernel: BatchNorm, on: Trial) -> None:
    """backward_float32 and backward_float64 are what backward dispatches to."""
    case = on.case
    direct = getattr(kernel, f"backward_{case.x.dtype.name}")
    given = (case.grad_output, case.x, case.gamma)
    _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    gradients = direct(*given, saved=saved, eps=case.eps, axis=case.axis)
    check_gradients(gradients, on, f"backward_{case.x.dtype.name}: ")
    through = kernel.backward(*given, saved=saved, eps=case.eps, axis=case.axis)
    assert_same_gradients(gradients, through, f"backward_{case.x.dtype.name} against backward")


def forward_accurate(kernel: BatchNorm, on: Trial) -> dict[str, float]:
    case, exact = on.case, on.reference
    y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    actual = _data(y, case, "y")
    share = assert_within("y", actual, exact.y, on.allowed.y, case, exact.numbers)
    check_saved(saved, on)
    return {"y": share}


def check_saved(saved: Saved, on: Trial) -> None:
    """What is saved, to what the promise on y needs: y within 2 eps of its largest element means
    inv_std within 2 eps, var + eps within 4, the mean within 2 eps of the largest deviation."""
    case, exact = on.case, on.reference
    for name in ("mean", "mean_low", "var", "inv_std"):
        field = getattr(saved, name)
        assert field.dtype == np.float64, f"{case.name}: saved.{name} has dtype {field.dtype}"
        assert field.shape == (case.channels,), f"{case.name}: saved.{name} has {field.shape}"
    assert saved.count == case.count, f"{case.name}: saved.count is {saved.count}"
    assert saved.eps == case.eps, f"{case.name}: saved.eps is {saved.eps}"
    if case.x.dtype == np.float32:
        assert not saved.mean_low.any(), f"{case.name}: mean_low is not 0 for float32 data"
    enter, numbers = exact.numbers.enter, exact.numbers
    unit = 2.0**-52 if case.x.dtype == np.float32 else 2.0**-100
    spread = tolerances.largest(exact.deviation)
    mean_error = abs(
        (enter(saved.mean.reshape(-1, 1)) - exact.mean)
        + (enter(saved.mean_low.reshape(-1, 1)) - exact.mean_low)
    )
    allowed = 2 * on.eps * spread + unit * abs(exact.mean)
    assert (mean_error <= allowed).all(), f"{case.name}: saved.mean is off by {mean_error.max()}"
    shifted = saved.var.reshape(-1, 1) + case.eps
    exact_shifted = exact.var + enter(np.array([case.eps]))
    assert_within(
        "saved.var + eps", shifted, exact_shifted, 4 * on.eps * exact_shifted, case, numbers
    )
    assert_within(
        "saved.inv_std", saved.inv_std.reshape(-1, 1), exact.inv_std,
        2 * on.eps * exact.inv_std, case, numbers,
    )  # fmt: skip


def inference_accurate(kernel: BatchNorm, on: Trial) -> dict[str, float]:
    """Forward and backward with running statistics, which are constants of the layer."""
    case, exact = on.case, on.reference
    assert case.running is not None
    mean, var = case.running
    eps, axis = case.eps, case.axis
    y = kernel.forward_inference(case.x, case.gamma, case.beta, mean, var, eps=eps, axis=axis)
    actual = _data(y, case, "y in inference")
    share = assert_within("y in inference", actual, exact.y, on.allowed.y, case, exact.numbers)
    gradients = kernel.backward_inference(
        case.grad_output, case.x, case.gamma, mean, var, eps=eps, axis=axis
    )
    return {"y": share, **check_gradients(gradients, on, "in inference, ")}


def running_accurate(kernel: BatchNorm, on: Trial, momentum: float, unbiased: bool) -> None:
    """``(1 - momentum)*running + momentum*batch``, in the dtype of the given arrays."""
    case, exact = on.case, on.reference
    enter = exact.numbers.enter
    _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    for dtype in (np.float32, np.float64):
        running = data.with_running(case, dtype).running
        assert running is not None
        kept = tuple(array.copy() for array in running)
        updated = kernel.update_running(*running, saved, momentum=momentum, unbiased=unbiased)
        factor = case.count / (case.count - 1) if unbiased else 1.0
        spread = tolerances.largest(exact.deviation)
        batch = (exact.mean + exact.mean_low, exact.var * factor)
        # What check_saved allows for the batch's statistics.
        slack = (2 * on.eps * spread, 4 * on.eps * (exact.var * factor + case.eps))
        for name, old, before, new, value, loose in zip(
            ("running_mean", "running_var"), running, kept, updated, batch, slack, strict=True
        ):
            assert new.dtype == dtype, f"{case.name}: {name} changed dtype to {new.dtype}"
            assert new.shape == old.shape and not np.shares_memory(new, old), name
            assert (old == before).all(), f"{case.name}: {name} was changed in place"
            terms = (1 - momentum) * enter(old.reshape(-1, 1)), momentum * value
            allowed = 2 * float(np.finfo(dtype).eps) * (abs(terms[0]) + abs(terms[1]))
            assert_within(
                f"{name} ({np.dtype(dtype)})", new.reshape(-1, 1), terms[0] + terms[1],
                allowed + momentum * loose, case, exact.numbers,
            )  # fmt: skip
