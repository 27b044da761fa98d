"""Layers whose parts depend on few axes, or on definitions instead of inputs: each was a kernel that did not run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive import Interface, Layer, average, axes, exp, positive, sqrt, tanh, tensor, total
from derive.errors import EmitError
from derive.files import write_all
from derive.kernels import targets
from derive.kernels.planner import plan
from derive.kernels.subject import Emission, Subject
from derive.language import name_of
from derive.proofs.derivation import derive_layer
from tests.support.contract import REFERENCE
from tests.support.targets import of_user_layers, require
from tests.user_layers.workshop import load

Arrays = dict[str, Any]

n, d = axes("n d")
x, other = tensor("x", n, d), tensor("other", n, d)
w, r, t = tensor("w", d), tensor("r", n), tensor("t")
eps = positive("eps")
EPS = 0.1


def _norm(h: Any) -> Any:
    centred = h - h.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPS)


def _normalized(layer: Layer, h: Any) -> None:
    h = layer.define("h", h)
    mean = layer.define("m", average(h, over=d))
    layer.output("y", (h - mean) / sqrt(average((h - mean) ** 2, over=d) + eps))


CASES: dict[str, tuple[tuple[Any, ...], bool, Callable[[Layer], Any], Callable[[Arrays], Any]]] = {
    "a norm after a shift": ((x, w), True, lambda layer: _normalized(layer, x + w), lambda a: _norm(a["x"] + a["w"])),
    "a norm after a residual": (
        (x, other),
        True,
        lambda layer: _normalized(layer, x + other),
        lambda a: _norm(a["x"] + a["other"]),
    ),
    "a weight that is normalized": (
        (x, w),
        True,
        lambda layer: layer.output("y", x * w / sqrt(total(w**2, over=d) + eps)),
        lambda a: a["x"] * a["w"] / np.sqrt((a["w"] ** 2).sum() + EPS),
    ),
    "a softmax of a weight": (
        (x, w),
        False,
        lambda layer: layer.output("y", x * exp(w) / total(exp(w), over=d)),
        lambda a: a["x"] * np.exp(a["w"]) / np.exp(a["w"]).sum(),
    ),
    "a function of a weight beside a statistic": (
        (x, w),
        True,
        lambda layer: layer.output("y", tanh(w) * x / sqrt(average(x**2, over=d) + eps)),
        lambda a: np.tanh(a["w"]) * a["x"] / np.sqrt((a["x"] ** 2).mean(axis=1, keepdims=True) + EPS),
    ),
    "a function of a single number": (
        (x, t),
        False,
        lambda layer: layer.output("y", x * exp(t)),
        lambda a: a["x"] * np.exp(a["t"]),
    ),
    "functions of a row and of a column": (
        (x, w, r),
        False,
        lambda layer: layer.output("y", x * exp(w) * exp(r)),
        lambda a: a["x"] * np.exp(a["w"]) * np.exp(a["r"])[:, None],
    ),
    "an average of a parameter": (
        (x, r),
        False,
        lambda layer: layer.output("y", x - average(r, over=n)),
        lambda a: a["x"] - a["r"].mean(),
    ),
}


def emitted(layer: Layer, target: str, folder: Path) -> Any:
    """The module of a target for a layer, built if it must be."""
    derivation = derive_layer(layer)
    forms = tuple((name_of(i), derivation.closed_form(name_of(i)).expr) for i in derivation.graph.inputs)
    subject = Subject(derivation, plan(derivation), Interface(), forms, ())
    require(target)
    chosen = targets.target(target)
    write_all(folder, chosen.package() | chosen.files(Emission(layer.name, (subject,), "0" * 64, "page.py")))
    if chosen.build is not None:
        chosen.build(folder / target, [layer.name])
    return load(folder / target / f"{layer.name}.py")


@pytest.fixture(scope="module")
def module(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The layer of a case for a target; they come in an order in which each is made once."""
    case, target = request.param
    inputs, with_eps, write, _ = CASES[case]
    layer = Layer("odd", inputs=inputs, constants=(eps,) if with_eps else ())
    write(layer)
    return emitted(layer, target, tmp_path_factory.mktemp("odd"))


def _label(value: Any) -> str:
    return value[1] if isinstance(value, tuple) else str(value)


EVERYWHERE = [(case, target) for target in of_user_layers() for case in CASES]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("module", "case"), [(both, both[0]) for both in EVERYWHERE], ids=_label, indirect=["module"])
def test_it_runs_and_is_right(module: Any, case: str, dtype: Any) -> None:
    """Against complex-step derivatives of the same formula in NumPy."""
    inputs, with_eps, _, reference = CASES[case]
    rng = np.random.default_rng(7)
    shapes = {"x": (40, 90), "other": (40, 90), "w": (90,), "r": (40,), "t": ()}
    arrays = {name_of(i): np.asarray(rng.standard_normal(shapes[name_of(i)])).astype(dtype) for i in inputs}
    numbers = {"eps": EPS} if with_eps else {}
    grad_output = rng.standard_normal((40, 90)).astype(dtype)
    y, saved = module.forward(*arrays.values(), **numbers)
    exact = {name: array.astype(np.complex128) for name, array in arrays.items()}
    few_eps = 60 * float(np.finfo(dtype).eps)
    assert np.abs(y - reference(exact).real).max() <= few_eps * np.abs(y).max()
    taken = [arrays[name] for name in inspect.signature(module.backward).parameters if name in arrays]
    gradients = module.backward(grad_output, *taken, saved=saved, **numbers)
    for name, array in arrays.items():
        found = getattr(gradients, "grad_input" if name == "x" else f"grad_{name}")
        assert found.shape == array.shape
        for place in list(np.ndindex(array.shape))[:7]:
            moved = {key: value.copy() for key, value in exact.items()}
            moved[name][place] += 1e-30j
            terms = reference(moved).imag * grad_output / 1e-30
            assert abs(terms.sum() - found[place]) <= few_eps * (np.abs(terms).sum() + np.abs(found).max())


@pytest.mark.parametrize("name", ["t1", "count_n", "x_slab", "dtype", "all", "over_n", "at_s", "numpy"])
def test_a_name_that_emitted_code_uses_is_refused(name: str, tmp_path: Path) -> None:
    weight = tensor(name, d)
    layer = Layer("odd", inputs=(x, weight))
    layer.output("y", x * weight)
    with pytest.raises(EmitError, match=name):
        emitted(layer, REFERENCE, tmp_path)
