"""Promises about ``out=``: what it may be, what it may not be, and that it is really used."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from . import data
from .arrays import assert_same_bits, layouts, to_channels
from .behaviour import LAYOUT_SHAPES, backward
from .contract import DTYPES, Array, BatchNorm
from .numeric import Trial, assert_within, check_gradients, trial


def refused(kernel: BatchNorm, case: data.Case, out: Array, what: str) -> None:
    try:
        backward(kernel, case, out=out)
    except ValueError as error:
        assert "out" in str(error), f"{what}: the message does not name out: {error}"
        return
    raise AssertionError(f"{what}: accepted")


def out_is_used(kernel: BatchNorm) -> None:
    """The result is in ``out``, whatever its strides, and nothing outside of it is touched."""
    for shape, axis in LAYOUT_SHAPES:
        for dtype in DTYPES:
            on = trial(data.draw(shape, axis, dtype))
            for name, view in layouts(np.full(shape, 7, dtype)):
                if not view.flags.writeable:
                    continue
                base = view.base if isinstance(view.base, np.ndarray) else view
                outside = base.size - view.size if base.dtype == dtype else 0
                gradients = backward(kernel, on.case, out=view)
                check_gradients(gradients, on, f"out {name}: ")
                assert_same_bits(view, gradients.grad_input, f"out {name}")
                assert np.shares_memory(view, gradients.grad_input), f"out {name} is not used"
                if outside:
                    kept = int(np.isnan(base).sum())
                    assert kept == outside, f"out {name}: wrote outside of it"


def out_is_an_input(kernel: BatchNorm) -> None:
    """``out`` may be exactly grad_output or exactly x, with any strides; the other is kept."""
    for shape, axis in LAYOUT_SHAPES + (((64, 5, 33, 8), 1), ((9000, 5), 1)):
        on = trial(data.draw(shape, axis))
        for name, _ in layouts(on.case.x):
            if name == "read-only":
                continue
            for target in ("grad_output", "x"):
                x, g = (dict(layouts(a))[name] for a in (on.case.x, on.case.grad_output))
                case = replace(on.case, x=x, grad_output=g)
                other = (x if target == "grad_output" else g).copy()
                gradients = backward(kernel, case, out=getattr(case, target))
                what = f"{shape}, {name}: out is {target}: "
                check_gradients(gradients, on, what)
                assert_same_bits(getattr(case, target), gradients.grad_input, what)
                assert_same_bits(x if target == "grad_output" else g, other, what)
            x = dict(layouts(on.case.x))[name]
            same = replace(on.case, x=x, grad_output=x)
            expected = trial(replace(on.case, grad_output=on.case.x))
            check_gradients(backward(kernel, same, out=x), expected, f"{name}: all three are one: ")


def out_beside_an_input(kernel: BatchNorm) -> None:
    """Interleaved with an input, sharing no element: the address ranges overlap, the arrays do
    not. Channels of one buffer are the everyday case."""
    case = data.draw((4, 3, 5))
    on = trial(case)
    both = np.zeros((4, 6, 5), np.float32)
    both[:, :3] = case.x
    check_gradients(backward(kernel, replace(case, x=both[:, :3]), out=both[:, 3:]), on, "beside: ")
    assert_same_bits(both[:, :3].copy(), case.x, "x beside out")
    woven = np.zeros((4, 3, 10), np.float32)
    woven[..., ::2] = case.grad_output
    woven_case = replace(case, grad_output=woven[..., ::2])
    check_gradients(backward(kernel, woven_case, out=woven[..., 1::2]), on, "woven: ")
    assert_same_bits(woven[..., ::2].copy(), case.grad_output, "grad_output woven with out")


def out_refused(kernel: BatchNorm) -> None:
    """Partial overlap, read-only, self-overlapping: ValueErrors that name ``out``, before
    anything has been written."""
    case = data.draw((4, 3, 5))
    for target in ("x", "grad_output"):
        array = getattr(case, target)
        buffer = np.zeros((5, 3, 5), np.float32)
        buffer[:4] = array
        kept = buffer.copy()
        changes: dict[str, Any] = {target: buffer[:4]}
        overlapping = replace(case, **changes)
        refused(kernel, overlapping, buffer[1:], f"out shifted against {target}")
        assert_same_bits(buffer, kept, f"refused out, shifted against {target}")
        square = data.draw((4, 4, 4))
        whole = getattr(square, target)
        refused(kernel, square, whole[::-1], f"out is {target} reversed")
        refused(kernel, square, whole.transpose(2, 1, 0), f"out is {target} transposed")
    buffer = np.zeros((4, 3, 5), np.float32)
    within = replace(case, gamma=buffer.reshape(-1)[4:7])
    refused(kernel, within, buffer, "out overlaps gamma")
    frozen = np.empty((4, 3, 5), np.float32)
    frozen.flags.writeable = False
    refused(kernel, case, frozen, "out is read-only")
    x = case.x.copy()
    x.flags.writeable = False
    refused(kernel, replace(case, x=x), x, "out is x, which is read-only")
    for strides in ((60, 20, 0), (0, 20, 4), (20, 20, 4), (60, 4, 4)):
        itself = np.lib.stride_tricks.as_strided(
            np.zeros(60, np.float32), (4, 3, 5), strides, writeable=True
        )
        refused(kernel, case, itself, f"out overlaps itself, strides {strides}")


def other_outs(kernel: BatchNorm) -> None:
    """Where the other passes take ``out=`` too, the same rules hold for them."""
    for shape, axis in LAYOUT_SHAPES:
        case = data.with_running(data.draw(shape, axis), np.float32)
        assert case.running is not None
        _outs_of_passes(kernel, case, trial(replace(case, running=None)), trial(case))


def _outs_of_passes(kernel: BatchNorm, case: data.Case, training: Trial, inference: Trial) -> None:
    assert case.running is not None
    gamma, beta, (mean, var) = case.gamma, case.beta, case.running
    passes: tuple[tuple[str, Callable[..., Array], Trial, str], ...] = (
        ("forward", lambda x, **k: kernel.forward(x, gamma, beta, **k)[0], training, "y"),
        (
            "forward_inference",
            lambda x, **k: kernel.forward_inference(x, gamma, beta, mean, var, **k),
            inference,
            "y",
        ),
        (
            "backward_inference",
            lambda x, **k: (
                kernel.backward_inference(case.grad_output, x, gamma, mean, var, **k).grad_input
            ),
            inference,
            "grad_input",
        ),
    )
    where = {"eps": case.eps, "axis": case.axis}
    for function, call, on, result in passes:
        if "out" not in inspect.signature(getattr(kernel, function)).parameters:
            continue
        exact, allowed = getattr(on.reference, result), getattr(on.allowed, result)
        for name, x in layouts(case.x):
            fresh = [np.empty(x.shape, x.dtype, order=order) for order in ("C", "F")]
            for out in fresh + [x] * x.flags.writeable:
                found = call(x, out=out, **where)
                what = f"{function}, x {name}, out"
                assert np.shares_memory(found, out), f"{what} is not used"
                assert_same_bits(found, out, what)
                rows = to_channels(out, case.axis)
                assert_within(what, rows, exact, allowed, case, on.reference.numbers)
        x, frozen = case.x.copy(), np.empty_like(case.x)
        frozen.flags.writeable = False
        for wrong in (frozen, x[::-1], np.empty((*x.shape[:-1], 9), x.dtype)):
            try:
                call(x, out=wrong, **where)
            except ValueError as error:
                assert "out" in str(error), f"{function}: {error}"
            else:
                raise AssertionError(f"{function} accepted a wrong out")


PROMISES = (out_is_used, out_is_an_input, out_beside_an_input, out_refused, other_outs)
