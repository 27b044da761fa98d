"""RMS norm, layer norm and softmax of a user, in two spellings each, held to what batch norm is held to.

Nothing here, and nothing in `derive/`, knows these layers: the references are plain NumPy functions.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive import derive_backward
from derive.calculus.mutants import Mutant, mutants
from tests.cli.shell import FILES
from tests.support import layers, oracles
from tests.support.contract import DTYPES, Array
from tests.user_layers.pages import LAYERS, PAGES
from tests.user_layers.workshop import emit, files_below, run, write

REFERENCES = {reference.name: reference for reference in layers.REFERENCES}
CHOICES = [(page, layer) for page in PAGES for layer in LAYERS]


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], ModuleType]:
    """All six modules, each page through the script in a folder of its own."""
    modules: dict[tuple[str, str], ModuleType] = {}
    for page, text in PAGES.items():
        folder = tmp_path_factory.mktemp("user")
        modules |= {(page, name): module for name, module in emit(folder, text, *LAYERS).items()}
    return modules


@pytest.mark.parametrize(("page", "layer"), CHOICES)
def test_the_kernels_are_right_everywhere(
    emitted: dict[tuple[str, str], ModuleType], page: str, layer: str
) -> None:
    """Accuracy, strides, permuted axes, out, threads and repeats, on all sizes in both dtypes."""
    layers.validate_everywhere(emitted[page, layer], REFERENCES[layer])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("page", "layer"), CHOICES)
def test_axes_bind_other_dimensions(
    emitted: dict[tuple[str, str], ModuleType], page: str, layer: str, dtype: Any
) -> None:
    """The reduced axis first, in an array that is laid out that way."""
    reference = REFERENCES[layer]
    inputs = layers.draw_inputs(reference, {"n": 6, "d": 37}, dtype)
    turned = {**inputs, "x": np.ascontiguousarray(inputs["x"].T)}
    layers.validate_layer(emitted[page, layer], reference, turned, axes={"n": 1, "d": 0})


@pytest.mark.parametrize("layer", LAYERS)
def test_both_spellings_have_the_same_gradients(emitted: dict[tuple[str, str], ModuleType], layer: str) -> None:
    """To a few roundings: how a page is written is no mathematics."""
    reference = REFERENCES[layer]
    inputs = list(layers.draw_inputs(reference, {"n": 13, "d": 64}, np.float64).values())
    g = np.random.default_rng(1).standard_normal((13, 64))
    found = []
    for page in PAGES:
        module = emitted[page, layer]
        needed = [value for name, value in zip(reference.inputs, inputs, strict=True) if name != "bias"]
        found.append(module.backward(g, *needed, **reference.constants))
    for first, second in zip(*found, strict=True):
        assert abs(first - second).max() <= 8 * np.finfo(np.float64).eps * abs(first).max()


class Mistaken:
    """An emitted module whose backward pass is that of a wrong derivation, at its best: longdouble, rounded once."""

    def __init__(self, module: ModuleType, mutant: Mutant, reference: layers.Reference) -> None:
        self.module, self.mutant, self.reference = module, mutant, reference

    def forward(self, *inputs: Array, **more: Any) -> Any:
        self.inputs = dict(zip(self.reference.inputs, inputs, strict=True))
        return self.module.forward(*inputs, **more)

    def backward(self, g: Array, x: Array, *others: Array, axes: Any = None, out: Any = None, **more: Any) -> Any:
        constants = {name: more[name] for name in self.reference.constants}
        dims = {name: (dim,) for name, dim in (axes or {"n": 0, "d": 1}).items()}
        found = self.mutant.gradients({**self.inputs, "x": x}, g, constants, dims)
        names = layers.gradient_names(self.reference)
        right = self.module.backward(g, x, *others[: len(self.needed) - 1], axes=axes, **more)
        with np.errstate(all="ignore"):
            wrong = {names[name]: np.asarray(value).astype(x.dtype) for name, value in found.items()}
        if out is not None:
            out[...] = wrong["grad_input"]
            wrong["grad_input"] = out
        return right._replace(**wrong)

    @property
    def needed(self) -> list[str]:
        return [name for name in self.reference.inputs if name != "bias"]


def _mutants(folder: Path, page: str, layer: str, *, equivalent: bool = False) -> tuple[Mutant, ...]:
    path = write(folder, PAGES[page])
    return mutants(derive_backward(f"{path}:{layer}"), equivalent=equivalent)


@pytest.mark.skipif(
    not oracles.LONGDOUBLE_IS_WIDE,
    reason=f"mutants are evaluated in longdouble, which has {oracles.LONGDOUBLE_BITS} bits here",
)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("page", "layer"), CHOICES)
def test_wrong_derivations_are_caught(
    emitted: dict[tuple[str, str], ModuleType], page: str, layer: str, dtype: Any, tmp_path: Path
) -> None:
    """A contribution dropped, doubled or negated, N-1 for N, a parameter, eps or a root left out: all are noticed,
    and mistakes that change nothing are not."""
    reference = REFERENCES[layer]
    inputs = layers.draw_inputs(reference, {"n": 3, "d": 5}, dtype)
    found = _mutants(tmp_path, page, layer)
    assert len(found) >= 3
    for mutant in found:
        wrong = Mistaken(emitted[page, layer], mutant, reference)
        with pytest.raises(AssertionError, match="grad_\\w+ (is wrong|has non-finite)"):
            layers.validate_layer(wrong, reference, inputs)
            pytest.fail(f"nobody noticed: {mutant.description}")
    for mutant in _mutants(tmp_path, page, layer, equivalent=True):
        layers.validate_layer(Mistaken(emitted[page, layer], mutant, reference), reference, inputs)


def test_the_script_leaves_nothing_beside_the_layer_file(tmp_path: Path) -> None:
    path = write(tmp_path, PAGES["single expression"])
    assert run(f"{path.name}:softmax", "--output", "kernels", folder=tmp_path).returncode == 0
    names = [name.replace("centre", "softmax") for name in FILES]
    assert files_below(tmp_path) == [*(f"kernels/{name}" for name in names), "page.py"]
    assert not list(tmp_path.rglob("__pycache__"))


def test_an_emitted_module_needs_nothing_but_numpy(emitted: dict[tuple[str, str], ModuleType], tmp_path: Path) -> None:
    """Copied somewhere else and run by a Python that cannot import `derive`."""
    source = Path(str(emitted["step by step", "softmax"].__file__))
    (tmp_path / "vendored.py").write_bytes(source.read_bytes())
    code = (
        "import sys; sys.modules['derive'] = sys.modules['sympy'] = sys.modules['jinja2'] = None\n"
        "import numpy as np, vendored\n"
        "x = np.arange(6.0).reshape(2, 3)\n"
        "print(vendored.backward(x, x).grad_input.shape)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "(2, 3)\n", done.stderr
