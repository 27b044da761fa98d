"""The same pass by everyone: calls that return comparable results, for one workload.

Forward passes take the inputs and return the output, and whatever they save for the backward pass. Backward passes take
grad_output and what a forward pass of the same library has saved, and return the gradients of x and of the parameters.
All allocate what they return; where `out=` stands in a name, x's gradient or the output goes into a given array.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.support import frameworks, machine
from benchmarks.support.workloads import Workload
from tests.support import targets
from tests.support.contract import Array

Calls = dict[str, Callable[[], Any]]
SLOW = ("HIPS autograd", "MyGrad", "tidied NumPy")  # one thread whatever is asked for: not timed again with two
PASSES = ("backward", "forward")
TOLERANCE = 1e4  # eps of the largest result: whoever is further off computes something else


def calls(work: Workload, which: str, threads: int) -> Calls:
    """Everyone who has such a pass, by name, each already shown to compute the same."""
    found: Calls = {}
    for target in machine.arrays_targets():
        found |= _emitted(work, which, target, threads)
    found |= frameworks.calls(work, which)
    found |= _numpy(work, which)
    if which == "backward" and machine.installed("autograd"):
        found["HIPS autograd"] = _autograd(work)
    if machine.installed("mygrad"):
        found |= _mygrad(work, which)
    chosen = {name: call for name, call in found.items() if threads == 1 or name not in SLOW}
    check(work, which, chosen)
    return chosen


def _emitted(work: Workload, which: str, target: str, threads: int) -> Calls:
    module = targets.shipped(work.layer, target)
    more = {**work.case.settings, "threads": threads}
    out = np.empty_like(work.g)
    name = f"Backproof {target}"
    if which == "forward":
        forward = module.forward
        return {
            name: lambda: forward(*work.inputs, **more),
            f"{name}, out=": lambda: forward(*work.inputs, out=out, **more),
        }
    _, saved = module.forward(*work.inputs, **work.case.settings)
    taken = inspect.signature(module.backward).parameters
    given = [a for key, a in zip(work.case.others, work.inputs[1:], strict=True) if key in taken]
    backward, x = module.backward, work.inputs[0]
    return {
        name: lambda: backward(work.g, x, *given, saved=saved, **more),
        f"{name}, out=": lambda: backward(work.g, x, *given, saved=saved, out=out, **more),
    }


def _numpy(work: Workload, which: str) -> Calls:
    formula = work.case.formula
    if which == "forward":
        return {"textbook NumPy": lambda: formula.definition(np, *work.inputs)}
    saved = formula.statistics(*work.inputs)
    return {
        "tidied NumPy": lambda: formula.tidied(np, work.g, *work.inputs, saved=saved),
        "textbook NumPy": lambda: formula.textbook(work.g, *work.inputs, saved=saved),
    }


def _autograd(work: Workload) -> Callable[[], Any]:
    numpy = importlib.import_module("autograd.numpy")
    make_vjp: Any = importlib.import_module("autograd").make_vjp
    back, _ = make_vjp(lambda inputs: work.case.formula.definition(numpy, *inputs, *work.buffers))(work.differentiated)
    return lambda: back(work.g)


def _mygrad(work: Workload, which: str) -> Calls:
    """Where MyGrad has the layer: its own operation, called without the bookkeeping of a graph."""
    mygrad: Any = importlib.import_module("mygrad")
    nnet: Any = importlib.import_module("mygrad.nnet")
    functions: dict[str, Callable[..., Any]] = {
        "batch_norm": lambda x, gamma, beta: nnet.batchnorm(x, gamma=gamma, beta=beta, eps=1e-5),
        "softmax": lambda x: nnet.activations.softmax(x, axis=-1),
        "log_softmax": lambda x: nnet.activations.logsoftmax(x, axis=-1),
    }
    if work.layer not in functions:
        return {}
    inputs = [mygrad.tensor(a, copy=False) for a in work.inputs]
    y = functions[work.layer](*inputs)
    if which == "forward":
        return {"MyGrad": lambda: functions[work.layer](*inputs).data}
    operation = y.creator
    return {"MyGrad": lambda: tuple(operation.backward_var(work.g, i) for i in range(len(inputs)))}


def arrays(result: Any, number: int) -> list[Array]:
    """The first results of a call: the output, or the gradients in order; what else it returns stays out of it."""
    several = result if isinstance(result, tuple | list) else (result,)
    return [frameworks.as_array(part) for part in several[:number]]


def check(work: Workload, which: str, calls: Calls) -> None:
    """AssertionError unless all compute the same, up to rounding; `which` says how many results there are."""
    number = 1 if which == "forward" else len(work.differentiated)
    wide = [a.astype(np.float64) for a in work.inputs]
    formula = work.case.formula
    if which == "forward":
        exact = [np.asarray(formula.definition(np, *wide))]
    else:
        exact = list(formula.textbook(work.g.astype(np.float64), *wide, saved=formula.statistics(*wide)))
    if which == "both":
        exact.insert(0, np.asarray(formula.definition(np, *wide)))
        number += 1
    eps = float(np.finfo(work.dtype).eps)
    expected = [(wanted.astype(work.dtype), float(abs(wanted).max())) for wanted in exact]
    for name, call in calls.items():
        found = arrays(call(), number)
        assert len(found) == number, f"{work.layer}, {which}: {name} returns {len(found)} results instead of {number}"
        for got, (wanted, size) in zip(found, expected, strict=True):
            difference = got.reshape(wanted.shape) - wanted
            off = max(float(difference.max()), -float(difference.min())) / size  # NaN stays NaN and is refused
            assert off <= TOLERANCE * eps, (
                f"{work.layer} {work.shape} {work.dtype}, {which}: {name} is off by {off / eps:.2g} eps of the largest "
                "value; there is nothing to time"
            )
