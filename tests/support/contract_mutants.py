"""Kernels that break one promise of the contract each, and the promise that must notice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from . import behaviour, data, determinism, numeric, outputs, refusals
from .contract import Array, BatchNorm, wrap
from .mutants import Found

Promise = Callable[[BatchNorm], object]


@dataclass(frozen=True)
class ContractMutant:
    name: str
    make: Callable[[BatchNorm], BatchNorm]
    noticed_by: Promise


def _forward_accurate(kernel: BatchNorm) -> None:
    for spec in (*data.SMALL[:6], *data.HOSTILE[:9]):
        for dtype in (np.float32, np.float64):
            numeric.forward_accurate(kernel, numeric.prepared(spec, np.dtype(dtype)))


def _inference_accurate(kernel: BatchNorm) -> None:
    for spec in data.SMALL[:6]:
        on = numeric.trial(data.with_running(spec.build(np.float32), np.float32))
        numeric.inference_accurate(kernel, on)


def _running_accurate(kernel: BatchNorm) -> None:
    for spec in data.SMALL[:6]:
        for unbiased in (True, False):
            on = numeric.prepared(spec, np.dtype(np.float32))
            numeric.running_accurate(kernel, on, 0.1, unbiased)


def _emitted_kernels(kernel: BatchNorm) -> None:
    numeric.emitted_kernels(kernel, numeric.prepared(data.SMALL[2], np.dtype(np.float32)))


def _backward(change: Callable[..., Any]) -> Callable[[BatchNorm], BatchNorm]:
    """``change(base, g, x, gamma, **settings)`` instead of ``base.backward``."""

    def make(base: BatchNorm) -> BatchNorm:
        def backward(g: Array, x: Array, gamma: Any = None, **more: Any) -> Any:
            return change(base, g, x, gamma, **more)

        return wrap(base, backward=backward)

    return make


def _other(name: str, change: Callable[..., Any]) -> Callable[[BatchNorm], BatchNorm]:
    """``change(base, *arguments, **settings)`` instead of the function of that name."""

    def make(base: BatchNorm) -> BatchNorm:
        def function(*arguments: Any, **more: Any) -> Any:
            return change(base, *arguments, **more)

        return wrap(base, **{name: function})

    return make


def _next_up(found: Any) -> Found:
    up = np.nextafter(found.grad_input, np.inf, dtype=found.grad_input.dtype)
    return Found(up, found.grad_gamma, found.grad_beta)


def _memory_order(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    """Takes every array for contiguous, in C order."""
    return base.backward(g, x.ravel(order="K").reshape(x.shape), gamma, **more)


def _ignores_out(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    more.pop("out", None)
    return base.backward(g, x, gamma, **more)


def _out_through_copy(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    """Fills ``out`` whatever it is, and says nothing of overlaps."""
    out = more.pop("out", None)
    found = base.backward(g.copy(), x.copy(), gamma, **more)
    if out is None:
        return found
    out[...] = found.grad_input
    return Found(out, found.grad_gamma, found.grad_beta)


def _range_check(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    """Takes overlapping address ranges for overlapping arrays."""
    out = more.get("out")
    if out is not None and out is not g and out is not x:
        if np.may_share_memory(out, g) or np.may_share_memory(out, x):
            raise ValueError("out overlaps an input")
    return base.backward(g, x, gamma, **more)


def _writes_grad_output(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    if g.flags.writeable and more.get("out") is None:
        more["out"] = g
    return base.backward(g, x, gamma, **more)


def _spreading_nan(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    found = base.backward(g, x, gamma, **more)
    poison = (g * 0).sum() + (x * 0).sum()  # 0, or NaN as soon as anything is not finite
    return Found(found.grad_input + poison, found.grad_gamma, found.grad_beta)


def _without_empties(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    if x.size == 0:
        raise ValueError("x is empty")
    return base.backward(g, x, gamma, **more)


def _not_quite_zero(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    found = base.backward(g, x, gamma, **more)
    return _next_up(found) if x.size == x.shape[more["axis"]] else found


def _thread_dependent(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    found = base.backward(g, x, gamma, **more)
    return _next_up(found) if more.get("threads", 1) == 3 else found


def _axis_one(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    """Takes any negative axis for the last one."""
    return base.backward(g, x, gamma, **{**more, "axis": max(more["axis"], -1)})


def _always_gamma(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    gamma = np.ones(x.shape[more["axis"]], x.dtype) if gamma is None else gamma
    return base.backward(g, x, gamma, **more)


def _full_copy(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    return base.backward(g + np.zeros_like(x), x, gamma, **more)


def _unsteady(base: BatchNorm) -> BatchNorm:
    calls = count()

    def backward(*arrays: Any, **more: Any) -> Any:
        found = base.backward(*arrays, **more)
        return _next_up(found) if next(calls) % 17 == 16 else found

    return wrap(base, backward=backward)


def _shared_scratch(base: BatchNorm) -> BatchNorm:
    """One global buffer for all threads that call."""
    buffer: dict[str, Any] = {}

    def backward(*arrays: Any, **more: Any) -> Any:
        buffer["found"] = base.backward(*arrays, **more)
        time.sleep(1e-4)
        return buffer["found"]

    return wrap(base, backward=backward)


def _silent(kind: type[Exception], function: str) -> Callable[[BatchNorm], BatchNorm]:
    """Raises the right exception and does not say why."""

    def change(base: BatchNorm, *arguments: Any, **more: Any) -> Any:
        try:
            return getattr(base, function)(*arguments, **more)
        except kind as error:
            raise kind("bad argument") from error

    return _other(function, change)


def _casts(base: BatchNorm, *arrays: Any, **more: Any) -> Any:
    """Accepts any mixture of dtypes, like NumPy itself."""
    cast: list[Any] = [None if a is None else a.astype(arrays[0].dtype) for a in arrays]
    return base.forward(cast[0], cast[1], cast[2], **more)


def _any_eps(base: BatchNorm, g: Array, x: Array, gamma: Any, **more: Any) -> Any:
    if more.get("saved") is not None:
        more["eps"] = more["saved"].eps
    return base.backward(g, x, gamma, **more)


def _writable_saved(base: BatchNorm, *arrays: Any, **more: Any) -> Any:
    y, saved = base.forward(*arrays, **more)
    return y, saved._replace(mean=saved.mean.copy())


def _unbiased_saved(base: BatchNorm, *arrays: Any, **more: Any) -> Any:
    y, saved = base.forward(*arrays, **more)
    return y, saved._replace(var=saved.var * saved.count / max(saved.count - 1, 1))


def _plain_float32(base: BatchNorm, x: Array, gamma: Any, beta: Any, **more: Any) -> Any:
    """The textbook in the dtype of the data: right, except on hostile data."""
    _, saved = base.forward(x, gamma, beta, **more)
    moved = np.moveaxis(x, more["axis"], -1)
    dims = tuple(range(x.ndim - 1))
    mean = moved.mean(axis=dims)
    x_norm = (moved - mean) / np.sqrt(moved.var(axis=dims) + x.dtype.type(more["eps"]))
    y = x_norm * (1 if gamma is None else gamma) + (0 if beta is None else beta)
    return np.moveaxis(y.astype(x.dtype), -1, more["axis"]), saved


def _inference_without_eps(base: BatchNorm, *arrays: Any, **more: Any) -> Any:
    return base.forward_inference(*arrays, **{**more, "eps": 1e-30})


def _inference_std(base: BatchNorm, *arrays: Any, **more: Any) -> Any:
    """Takes the running variance for a standard deviation."""
    g, x, gamma, mean, var = arrays
    return base.backward_inference(g, x, gamma, mean, var**2, **more)


def _running(momentum: Any = None, unbiased: Any = None, dtype: Any = None) -> Any:
    def change(base: BatchNorm, mean: Array, var: Array, saved: Any, **more: Any) -> Any:
        if momentum is not None:
            more["momentum"] = momentum(more["momentum"])
        if unbiased is not None:
            more["unbiased"] = unbiased
        updated = base.update_running(mean, var, saved, **more)
        return tuple(array.astype(dtype or array.dtype) for array in updated)

    return _other("update_running", change)


def _in_place(base: BatchNorm, mean: Array, var: Array, saved: Any, **more: Any) -> Any:
    mean[...], var[...] = base.update_running(mean, var, saved, **more)
    return mean, var


CONTRACT_MUTANTS: tuple[ContractMutant, ...] = tuple(
    ContractMutant(name, make, noticed_by)
    for name, make, noticed_by in (
        ("takes arrays for contiguous", _backward(_memory_order), behaviour.any_strides),
        ("takes arrays for contiguous, broadcast", _backward(_memory_order),
         behaviour.broadcast_cotangent),
        ("ignores out", _backward(_ignores_out), outputs.out_is_used),
        ("ignores out when it is an input", _backward(_ignores_out), outputs.out_is_an_input),
        ("accepts any out", _backward(_out_through_copy), outputs.out_refused),
        ("compares address ranges", _backward(_range_check), outputs.out_beside_an_input),
        ("writes to grad_output", _backward(_writes_grad_output), behaviour.inputs_untouched),
        ("lets NaN spread", _backward(_spreading_nan), behaviour.isolation),
        ("refuses empties", _backward(_without_empties), behaviour.empties),
        ("not exactly 0", _backward(_not_quite_zero), behaviour.one_element_per_channel),
        ("depends on threads", _backward(_thread_dependent), determinism.threads_same_bits),
        ("negative axis", _backward(_axis_one), behaviour.negative_axes),
        ("grad_gamma without gamma", _backward(_always_gamma), behaviour.optional_parameters),
        ("full-size temporary", _backward(_full_copy), determinism.memory_is_bounded),
        ("now and then another bit", _unsteady, determinism.repeats_same_bits),
        ("shared scratch", _shared_scratch, determinism.concurrent_same_bits),
        ("silent TypeError", _silent(TypeError, "backward"), refusals.refuses),
        ("silent ValueError", _silent(ValueError, "forward_inference"), refusals.refuses),
        ("casts silently", _other("forward", _casts), refusals.refuses),
        ("takes any eps", _backward(_any_eps), refusals.refuses),
        ("writable saved", _other("forward", _writable_saved), behaviour.saved_is_immutable),
        ("unbiased saved.var", _other("forward", _unbiased_saved), _forward_accurate),
        ("forward in the data's dtype", _other("forward", _plain_float32), _forward_accurate),
        ("inference without eps", _other("forward_inference", _inference_without_eps),
         _inference_accurate),
        ("inference, var for std", _other("backward_inference", _inference_std),
         _inference_accurate),
        ("momentum the other way", _running(momentum=lambda m: 1 - m), _running_accurate),
        ("running variance biased", _running(unbiased=False), _running_accurate),
        ("running dtype widened", _running(dtype=np.float64), _running_accurate),
        ("running statistics in place", _other("update_running", _in_place), _running_accurate),
        ("backward_float32 differs", _other(
            "backward_float32", lambda base, *a, **k: _next_up(base.backward(*a, **k))),
         _emitted_kernels),
    )
)  # fmt: skip
