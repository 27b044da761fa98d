"""PyTorch and JAX: what they offer for each layer, at the level that users' programs end up calling.

PyTorch is called at its own operators where a layer has one, without the bookkeeping of autograd; where a layer is put
together of several, its backward pass is that of autograd with a graph that is kept. JAX runs the definition and the
closed formula, jitted.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.support import machine
from benchmarks.support.workloads import Workload
from tests.support.contract import Array

Calls = dict[str, Callable[[], Any]]


def calls(work: Workload, which: str) -> Calls:
    """One pass, by those that are installed."""
    found: Calls = {}
    if machine.installed("torch"):
        found |= _torch(work, which)
    if machine.installed("jax"):
        found |= _jax(work, which)
    return found


def prepare(threads: int) -> None:
    """The settings of a process that measures: threads, and float64 where it has to be asked for."""
    if machine.installed("torch"):
        importlib.import_module("torch").set_num_threads(threads)
    if machine.installed("jax"):
        jax: Any = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_cpu_enable_async_dispatch", False)


def as_array(value: Any) -> Array:
    """A result as a NumPy array, whatever library it comes from."""
    if hasattr(value, "detach"):
        value = value.detach()
        value = value.to_dense() if value.is_mkldnn else value
    return np.asarray(value)


def _torch(work: Workload, which: str) -> Calls:
    torch: Any = importlib.import_module("torch")
    inputs, g = [torch.from_numpy(a) for a in work.inputs], torch.from_numpy(work.g)
    native = _native(torch, work)
    if native is not None:
        forward, backward = native
        if which == "forward":
            found: Calls = {"PyTorch": lambda: forward(*inputs)}
        else:
            saved = forward(*inputs)
            found = {"PyTorch": lambda: backward(g, saved, *inputs)}
        return found | _onednn(torch, work, which)
    function = composed(torch, work)
    leaves = [t.requires_grad_() for t in inputs[: len(work.differentiated)]]
    if which == "forward":

        def without_graph() -> Any:
            with torch.no_grad():
                return function(*inputs)

        return {"PyTorch": without_graph}
    y = function(*inputs)
    return {"PyTorch": lambda: torch.autograd.grad(y, leaves, g, retain_graph=True)}


def _native(torch: Any, work: Workload) -> tuple[Callable[..., Any], Callable[..., Any]] | None:
    """Forward and backward operator; the latter takes grad_output, what the former returned, and the inputs."""
    aten, shape = torch.ops.aten, work.shape
    if work.layer == "batch_norm":
        return (
            lambda x, w, b: aten.native_batch_norm(x, w, b, None, None, True, 0.1, 1e-5),
            lambda g, s, x, w, b: aten.native_batch_norm_backward(
                g, x, w, None, None, s[1], s[2], True, 1e-5, [True] * 3
            ),
        )
    if work.layer == "layer_norm":
        last = list(shape[-1:])
        return (
            lambda x, w, b: aten.native_layer_norm(x, last, w, b, 1e-5),
            lambda g, s, x, w, b: aten.native_layer_norm_backward(g, x, last, s[1], s[2], w, b, [True] * 3),
        )
    if work.layer == "group_norm":
        n, c, *rest = shape
        sizes = (n, c, math.prod(rest), work.case.settings["num_groups"])
        return (
            lambda x, w, b: aten.native_group_norm(x, w, b, *sizes, 1e-5),
            lambda g, s, x, w, b: aten.native_group_norm_backward(g, x, s[1], s[2], w, *sizes, [True] * 3),
        )
    if work.layer in ("softmax", "log_softmax"):
        forward, backward = getattr(aten, f"_{work.layer}"), getattr(aten, f"_{work.layer}_backward_data")
        return (
            lambda x: forward(x, -1, False),
            lambda g, y, x: backward(g, y, -1, x.dtype),
        )
    return None


def composed(torch: Any, work: Workload) -> Callable[..., Any]:
    """The layer as a PyTorch program would have it: a function of torch.nn.functional, or the definition itself."""
    f, shape = torch.nn.functional, work.shape

    def standardized(x: Any) -> Any:
        """As is usual: batch norm of the filters."""
        return f.batch_norm(x.reshape(1, shape[0], -1), None, None, training=True, eps=1e-5).reshape(shape)

    functions: dict[str, Callable[..., Any]] = {
        "batch_norm": lambda x, w, b: f.batch_norm(x, None, None, w, b, True, 0.1, 1e-5),
        "batch_norm_silu": lambda x, w, b: f.silu(f.batch_norm(x, None, None, w, b, True, 0.1, 1e-5)),
        "layer_norm": lambda x, w, b: f.layer_norm(x, shape[-1:], w, b, 1e-5),
        "rms_norm": lambda x, w: f.rms_norm(x, shape[-1:], w, 1e-6),
        "instance_norm": lambda x, w, b: f.instance_norm(x, weight=w, bias=b, eps=1e-5),
        "l2_normalize": lambda x: f.normalize(x, dim=1),
        "softmax": lambda x: f.softmax(x, -1),
        "weight_standardization": standardized,
    }
    return functions.get(work.layer, lambda *inputs: work.case.formula.definition(torch, *inputs))


def _onednn(torch: Any, work: Workload, which: str) -> Calls:
    """Batch norm of float32 images in oneDNN's own layout; bringing them into it is not timed."""
    if (work.layer, work.dtype, len(work.shape)) != ("batch_norm", "float32", 4):
        return {}
    if not torch.backends.mkldnn.is_available():
        return {}
    aten, channels = torch.ops.aten, work.shape[1]
    x, g = (torch.from_numpy(a).to_mkldnn() for a in (work.inputs[0], work.g))
    w, b = (torch.from_numpy(a) for a in work.inputs[1:])
    running = torch.zeros(channels), torch.ones(channels)
    if which == "forward":
        return {"oneDNN in PyTorch": lambda: aten.native_batch_norm(x, w, b, *running, True, 0.1, 1e-5)}
    _, mean, inv_std = aten.native_batch_norm(x, w, b, *running, True, 0.1, 1e-5)
    backward = aten.native_batch_norm_backward
    return {"oneDNN in PyTorch": lambda: backward(g, x, w, *running, mean, inv_std, True, 1e-5, [True] * 3)}


def _jax(work: Workload, which: str) -> Calls:
    jax: Any = importlib.import_module("jax")
    numpy = importlib.import_module("jax.numpy")
    formula, ready = work.case.formula, jax.block_until_ready
    inputs, g = [numpy.asarray(a) for a in work.inputs], numpy.asarray(work.g)
    number = len(work.differentiated)

    def definition(*differentiated: Any) -> Any:
        return formula.definition(numpy, *differentiated, *inputs[number:])

    if which == "forward":
        forward = jax.jit(definition)
        return {"JAX": lambda: ready(forward(*inputs[:number]))}
    _, residuals = jax.jit(lambda *leaves: jax.vjp(definition, *leaves))(*inputs[:number])
    back = jax.jit(lambda residuals, g: residuals(g))
    saved = tuple(numpy.asarray(a) for a in formula.statistics(*work.inputs))
    closed = jax.jit(lambda g, saved, *inputs: formula.tidied(numpy, g, *inputs, saved=saved))
    return {
        "JAX, closed formula": lambda: ready(closed(g, saved, *inputs)),
        "JAX": lambda: ready(back(residuals, g)),
    }


def emitted(work: Workload) -> Calls:
    """The emitted PyTorch and JAX modules and the frameworks' own, forward and backward pass in one, as in training."""
    found: Calls = {}
    if machine.installed("torch"):
        torch: Any = importlib.import_module("torch")
        leaves, g = [torch.tensor(a, requires_grad=True) for a in work.differentiated], torch.from_numpy(work.g)
        module = importlib.import_module(f"generated.torch.{work.layer}")
        own = _with_settings(getattr(module, work.layer), work)

        def through(function: Callable[..., Any]) -> Callable[[], Any]:
            def step() -> Any:
                y = function(*leaves)
                return y, *torch.autograd.grad(y, leaves, g)

            return step

        found |= {"Backproof torch": through(own), "PyTorch": through(composed(torch, work))}
    if machine.installed("jax"):
        jax: Any = importlib.import_module("jax")
        numpy = importlib.import_module("jax.numpy")
        inputs, cotangent = [numpy.asarray(a) for a in work.inputs], numpy.asarray(work.g)

        def jitted(function: Callable[..., Any]) -> Callable[[], Any]:
            def both(cotangent: Any, *inputs: Any) -> Any:
                y, back = jax.vjp(function, *inputs)
                return y, *back(cotangent)

            step = jax.jit(both)
            return lambda: jax.block_until_ready(step(cotangent, *inputs))

        module = importlib.import_module(f"generated.jax.{work.layer}")
        found["Backproof jax"] = jitted(_with_settings(getattr(module, work.layer), work))
        found["JAX"] = jitted(lambda *inputs: work.case.formula.definition(numpy, *inputs))
    return found


def _with_settings(function: Callable[..., Any], work: Workload) -> Callable[..., Any]:
    return lambda *inputs: function(*inputs, **work.case.settings)
