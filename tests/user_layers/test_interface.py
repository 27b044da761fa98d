"""A user's calling convention: optional inputs, defaults, an axis argument, claims of one's own."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.support import layers
from tests.support.arrays import assert_same_bits
from tests.user_layers.workshop import emit, files_below, run, write

PAGE = """
n, d = axes("n d")
x, weight, bias = tensor("x", n, d), tensor("weight", d), tensor("bias", d)
eps = positive("eps")
rms_norm = Layer("rms_norm", inputs=(x, weight, bias), constants=(eps,))
mean_square = rms_norm.define("mean_square", average(x**2, over=d))
rms_norm.output("y", weight * x / sqrt(mean_square + eps) + bias)
"""
INTERFACE = """
interface = Interface(
    optional={"weight": 1.0, "bias": 0.0},
    defaults={"eps": 1e-6},
    axis=AxisArgument("axis", axis="d", default=-1, meaning="the dimension of the features"),
    names={"inv_rms": 1 / sqrt(mean_square + eps)},
    meanings={"x": "the activations", "weight": "scale per feature"},
)
"""
CLAIM = """
import sympy as sp
from derive import Claim

def claims(derivation):
    grad_x = derivation.backward.grad("x")
    along = total(grad_x * x, over=d)
    shrink = eps / (mean_square + eps)
    g = derivation.backward.grad_output
    yield Claim("nearly blind to the scale", along, total(g * weight * x, over=d) * shrink / sqrt(mean_square + eps))
"""
FALSE_CLAIM = """
import sympy as sp
from derive import Claim

def claims(derivation):
    yield Claim("blind to a shift", total(derivation.backward.grad("x"), over=d), sp.S.Zero)
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return emit(tmp_path_factory.mktemp("user"), PAGE + INTERFACE, "rms_norm")["rms_norm"]


def _x(seed: int = 3, dtype: type[np.generic] = np.float32) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    return np.random.default_rng(seed).standard_normal((6, 9)).astype(dtype)


def test_what_may_be_left_out_has_its_neutral_value(module: ModuleType) -> None:
    x = _x()
    ones, zeros = np.ones(9, np.float32), np.zeros(9, np.float32)
    assert_same_bits(module.forward(x)[0], module.forward(x, ones, zeros, eps=1e-6)[0], "y")
    without, given = module.backward(x, x), module.backward(x, x, ones, eps=1e-6)
    assert_same_bits(without.grad_input, given.grad_input, "grad_input")
    assert without.grad_weight is None
    assert given.grad_weight is not None and given.grad_weight.any()
    assert_same_bits(without.grad_bias, x.sum(axis=0, dtype=np.float64).astype(np.float32), "grad_bias")


def test_the_axis_argument_replaces_axes(module: ModuleType) -> None:
    x, weight = _x(), np.linspace(-2, 3, 9, dtype=np.float32)
    parameters = inspect.signature(module.backward).parameters
    assert parameters["axis"].default == -1 and "axes" not in parameters
    last, first = module.backward(x, x, weight), module.backward(x.T, x.T, weight, axis=0)
    assert_same_bits(first.grad_input.T, last.grad_input, "grad_input")
    assert_same_bits(first.grad_weight, last.grad_weight, "grad_weight")
    with pytest.raises(ValueError, match="axis"):
        module.forward(x, weight, axis=2)


def test_meanings_and_names_are_in_the_emitted_file(module: ModuleType) -> None:
    assert "the activations" in str(module.forward.__doc__)
    assert "the dimension of the features" in str(module.backward.__doc__)
    assert "inv_rms" in module.Saved._fields


def test_kernels_with_an_interface_are_right_too(module: ModuleType) -> None:
    """The page has a bias, which the reference has not: with a bias of zero they are one layer."""

    class Plain:
        @staticmethod
        def forward(x: object, weight: object, *, eps: float, axes: dict[str, int] | None = None) -> object:
            return module.forward(x, weight, eps=eps, axis=axes["d"] if axes else 1)

        @staticmethod
        def backward(
            g: object, x: object, weight: object, *, axes: dict[str, int] | None = None, **more: object
        ) -> object:
            return module.backward(g, x, weight, axis=axes["d"] if axes else 1, **more)

    layers.validate_everywhere(Plain, layers.RMS_NORM)


def test_a_required_array_is_not_taken_for_optional(tmp_path: Path) -> None:
    """None for an input that is not declared optional is a mistake, not NaN."""
    plain = emit(tmp_path, PAGE, "rms_norm")["rms_norm"]
    x, bias = _x(), np.zeros(9, np.float32)
    with pytest.raises(TypeError, match="weight"):
        plain.forward(x, None, bias, eps=1e-6)
    with pytest.raises(TypeError, match="weight"):
        plain.backward(x, x, None, eps=1e-6)


def test_a_claim_of_ones_own_is_proven(tmp_path: Path) -> None:
    path = write(tmp_path, PAGE + CLAIM)
    done = run(path.name, "--output", "kernels", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nearly blind to the scale" in (tmp_path / "kernels" / "reports" / "rms_norm.md").read_text()


def test_a_false_claim_stops_everything(tmp_path: Path) -> None:
    path = write(tmp_path, PAGE + FALSE_CLAIM)
    done = run(path.name, "--output", "kernels", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: rms_norm, theorem 'blind to a shift'")
    assert "Traceback" not in done.stderr and not done.stdout
    assert files_below(tmp_path) == ["page.py"]


def test_a_false_claim_keeps_the_old_files(tmp_path: Path) -> None:
    """Also those of another layer in the same file, which is right."""
    other = PAGE.replace("rms_norm", "other").replace("mean_square", "size")
    path = write(tmp_path, PAGE)
    assert run(path.name, "--output", "kernels", folder=tmp_path).returncode == 0
    before = _contents(tmp_path / "kernels")
    write(tmp_path, other + PAGE + FALSE_CLAIM.replace("claims(", "rms_norm_claims("))
    done = run(path.name, "--output", "kernels", folder=tmp_path)
    assert done.returncode == 1 and "blind to a shift" in done.stderr
    assert _contents(tmp_path / "kernels") == before


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_below(folder)}


INTERFACE_MISTAKES = {
    "an optional input that the layer does not have": ('optional={"wieght": 1.0}', "wieght"),
    "an optional first input": ('optional={"x": 1.0}', "'x'"),
    "a default for a constant that the layer does not have": ('defaults={"esp": 1e-6}', "esp"),
    "a default that the constant may not have": ('defaults={"eps": -1.0}', "eps"),
    "an axis that the layer does not have": ('axis=AxisArgument("axis", axis="q", default=-1)', "'q'"),
}


@pytest.mark.parametrize("mistake", INTERFACE_MISTAKES)
def test_an_interface_must_fit_its_layer(mistake: str, tmp_path: Path) -> None:
    """Otherwise the emitted module has an argument that cannot be used, or is no Python at all."""
    arguments, culprit = INTERFACE_MISTAKES[mistake]
    path = write(tmp_path, f"{PAGE}\ninterface = Interface({arguments})\n")
    done = run(path.name, "--output", "kernels", folder=tmp_path)
    assert done.returncode == 1, f"accepted {mistake}"
    assert culprit in done.stderr and "Traceback" not in done.stderr
    assert files_below(tmp_path) == ["page.py"]
