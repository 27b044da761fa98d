"""Batch norm by everyone, and how far each result is from the exact one, in eps and per channel.

The exact results and the scales are those of the tests: the staged chain rule in longdouble
(`tests/support/oracles.py`) and the sizes that the accuracy contract is written in (`tests/support/tolerances.py`).
Neither shares code with a kernel.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.support import machine
from benchmarks.support.formulas import Normalization
from tests.support import oracles, tolerances
from tests.support.arrays import to_channels
from tests.support.contract import Array, load
from tests.support.data import Case

QUANTITIES = ("y", "grad_input", "grad_gamma", "grad_beta")
CONTRACT = tolerances.GRAD_INPUT_EPS  # what Backproof promises, in eps of each quantity's scale
BLOCK = 2_000_000  # elements whose exact results are held at a time; whole channels in any case


@dataclass(frozen=True)
class Results:
    """What one implementation returned, the full-size arrays in the shape of the data."""

    y: Array
    grad_input: Array
    grad_gamma: Array
    grad_beta: Array


Implementation = Callable[[Case], Results]


def implementations() -> dict[str, Implementation]:
    """Everything that can be run here, Backproof's own first."""
    found: dict[str, Implementation] = {
        f"Backproof {target}": lambda case, target=target: _emitted(target, case)  # type: ignore[misc]
        for target in machine.arrays_targets()
    }
    given = {name for name, module in machine.PEERS.items() if machine.installed(module)}
    if "PyTorch" in given:
        found["Backproof torch"] = _torch_module
    if "JAX" in given:
        found["Backproof jax"] = _jax_module
    if "PyTorch" in given:
        found["PyTorch"] = _torch
        torch: Any = importlib.import_module("torch")
        if torch.backends.mkldnn.is_available():
            found["oneDNN in PyTorch"] = _onednn
    if "JAX" in given:
        found["JAX"] = _jax
    if "HIPS autograd" in given:
        found["HIPS autograd"] = _autograd
    if "MyGrad" in given:
        found["MyGrad"] = _mygrad
    found["textbook NumPy"] = _textbook
    return found


def takes(name: str, case: Case) -> bool:
    """Whether an implementation is for such a case: oneDNN's is for float32 images."""
    return name != "oneDNN in PyTorch" or (case.x.dtype == np.float32 and case.x.ndim == 4)


def _emitted(target: str, case: Case) -> Results:
    kernel = load(target)
    y, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    given = kernel.backward(case.grad_output, case.x, case.gamma, saved=saved, eps=case.eps, axis=case.axis)
    assert given.grad_gamma is not None
    return Results(y, given.grad_input, given.grad_gamma, given.grad_beta)


def _channels_second(case: Case) -> tuple[Array, Array]:
    """x and grad_output with the channels where frameworks have them, contiguous."""
    x, g = (np.ascontiguousarray(np.moveaxis(a, case.axis, 1)) for a in (case.x, case.grad_output))
    return x, g


def _back(case: Case, y: Any, grad_input: Any, grad_gamma: Any, grad_beta: Any) -> Results:
    """Results of `_channels_second` data in the layout of the case."""
    y, grad_input = (np.moveaxis(np.asarray(a), 1, case.axis) for a in (y, grad_input))
    return Results(y, grad_input, np.asarray(grad_gamma).ravel(), np.asarray(grad_beta).ravel())


def _formula(x: Array, eps: float) -> Normalization:
    rest = range(2, x.ndim)
    return Normalization((0, *rest), (1, x.shape[1], *(1 for _ in rest)), eps=eps)


def _torch(case: Case) -> Results:
    """PyTorch with the statistics that its own forward pass saved."""
    torch: Any = importlib.import_module("torch")
    x, g = map(torch.from_numpy, _channels_second(case))
    gamma, beta = torch.from_numpy(case.gamma), torch.from_numpy(case.beta)
    aten = torch.ops.aten
    y, mean, inv_std = aten.native_batch_norm(x, gamma, beta, None, None, True, 0.1, case.eps)
    given = aten.native_batch_norm_backward(g, x, gamma, None, None, mean, inv_std, True, case.eps, [True] * 3)
    return _back(case, y, *given)


def _onednn(case: Case) -> Results:
    """The same with tensors in oneDNN's layout, which PyTorch hands to that library."""
    torch: Any = importlib.import_module("torch")
    x, g = (torch.from_numpy(a).to_mkldnn() for a in _channels_second(case))
    gamma, beta = torch.from_numpy(case.gamma), torch.from_numpy(case.beta)
    running = torch.zeros(case.channels), torch.ones(case.channels)
    aten = torch.ops.aten
    y, mean, inv_std = aten.native_batch_norm(x, gamma, beta, *running, True, 0.1, case.eps)
    given = aten.native_batch_norm_backward(g, x, gamma, *running, mean, inv_std, True, case.eps, [True] * 3)
    return _back(case, *(t.to_dense() if t.is_mkldnn else t for t in (y, *given)))


def _torch_module(case: Case) -> Results:
    torch: Any = importlib.import_module("torch")
    function = importlib.import_module("generated.torch.batch_norm").batch_norm
    leaves = [torch.tensor(a, requires_grad=True) for a in (case.x, case.gamma, case.beta)]
    y = function(*leaves, eps=case.eps, axis=case.axis)
    y.backward(torch.from_numpy(case.grad_output))
    return Results(y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves))


def _vjp_of_jax(function: Any, case: Case, x: Array, g: Array) -> tuple[Any, ...]:
    jax: Any = importlib.import_module("jax")

    def both(x: Any, gamma: Any, beta: Any, g: Any) -> Any:
        y, back = jax.vjp(function, x, gamma, beta)
        return y, *back(g)

    with jax.enable_x64(True):
        return tuple(np.asarray(a) for a in jax.jit(both)(x, case.gamma, case.beta, g))


def _jax(case: Case) -> Results:
    x, g = _channels_second(case)
    formula = _formula(x, case.eps)
    numpy = importlib.import_module("jax.numpy")
    return _back(case, *_vjp_of_jax(lambda *inputs: formula.definition(numpy, *inputs), case, x, g))


def _jax_module(case: Case) -> Results:
    function = importlib.import_module("generated.jax.batch_norm").batch_norm
    return Results(*_vjp_of_jax(lambda *i: function(*i, eps=case.eps, axis=case.axis), case, case.x, case.grad_output))


def _autograd(case: Case) -> Results:
    x, g = _channels_second(case)
    formula = _formula(x, case.eps)
    numpy = importlib.import_module("autograd.numpy")
    make_vjp: Any = importlib.import_module("autograd").make_vjp
    back, y = make_vjp(lambda inputs: formula.definition(numpy, *inputs))((x, case.gamma, case.beta))
    return _back(case, y, *back(g))


def _mygrad(case: Case) -> Results:
    x, g = _channels_second(case)
    mygrad: Any = importlib.import_module("mygrad")
    inputs = [mygrad.tensor(a) for a in (x, case.gamma, case.beta)]
    y = importlib.import_module("mygrad.nnet").batchnorm(inputs[0], gamma=inputs[1], beta=inputs[2], eps=case.eps)
    y.backward(g)
    return _back(case, y.data, *(given.grad for given in inputs))


def _textbook(case: Case) -> Results:
    """The staged chain rule in NumPy, its statistics in the dtype of the data."""
    x, g = _channels_second(case)
    formula, given = _formula(x, case.eps), (x, case.gamma, case.beta)
    gradients = formula.textbook(g, *given, saved=formula.statistics(*given))
    return _back(case, formula.definition(np, *given), *gradients)


def scales(reference: oracles.Reference) -> dict[str, Array]:
    """What an error is measured against, per channel: the sizes of which the contract allows two eps."""
    share = tolerances.PARAMETER_SUM_EPS / tolerances.PARAMETER_VALUE_EPS

    def of_sum(value: Array, terms: Array) -> Array:
        return np.asarray(abs(value) + share * abs(terms).sum(axis=1, keepdims=True))

    return {
        "y": tolerances.largest(abs(reference.gamma * reference.x_norm) + abs(reference.beta)),
        "grad_input": tolerances.input_scale(reference),
        "grad_gamma": of_sum(reference.grad_gamma, reference.grad_output * reference.x_norm),
        "grad_beta": of_sum(reference.grad_beta, reference.grad_output),
    }


def errors(case: Case, found: Mapping[str, Results]) -> dict[str, dict[str, Array]]:
    """By implementation and quantity: the largest error of each channel in eps of its scale.

    Infinite where a result is not finite. NaN in grad_gamma where all elements of a channel are equal: there the exact
    value and its scale are both zero.
    """
    parts: dict[str, dict[str, list[Array]]] = {name: {what: [] for what in QUANTITIES} for name in found}
    for channels in _blocks(case):
        part = _channels_of(case, channels)
        reference = oracles.batch_norm_reference(part)
        eps = float(np.finfo(case.x.dtype).eps)
        constant = (np.ptp(to_channels(part.x, part.axis), axis=1) == 0)[:, None]
        allowed = {what: scale * eps for what, scale in scales(reference).items()}
        for name, results in found.items():
            for what in QUANTITIES:
                given = getattr(results, what)
                rows = to_channels(given, case.axis)[channels] if given.ndim > 1 else given[channels, None]
                exact, finite = getattr(reference, what), np.isfinite(rows).all(axis=1)
                error = abs(reference.numbers.enter(np.where(np.isfinite(rows), rows, 0)) - exact)
                worst = error.max(axis=1, keepdims=True).astype(np.float64)
                with np.errstate(divide="ignore", invalid="ignore"):
                    size = worst / allowed[what].astype(np.float64)
                if what == "grad_gamma":
                    size[constant] = np.nan
                size[~finite] = np.inf
                parts[name][what].append(size.ravel())
    return {name: {what: np.concatenate(blocks) for what, blocks in by.items()} for name, by in parts.items()}


def _blocks(case: Case) -> Iterator[slice]:
    step = max(1, BLOCK // max(case.count, 1))
    for start in range(0, case.channels, step):
        yield slice(start, start + step)


def _channels_of(case: Case, channels: slice) -> Case:
    where: list[Any] = [slice(None)] * case.x.ndim
    where[case.axis] = channels
    gamma, beta = (None if a is None else a[channels] for a in (case.gamma, case.beta))
    at = tuple(where)
    return replace(case, x=case.x[at], grad_output=case.grad_output[at], gamma=gamma, beta=beta)
