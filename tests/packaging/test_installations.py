"""Installed from the wheel, from the sdist and editable: the script works in an empty folder, and so do its kernels."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from derive import cache
from tests.packaging.installation import KINDS, ROOT, Distributions, Installation, must

pytestmark = pytest.mark.packaging

USE = """
import json
import numpy as np
from generated.numpy import batch_norm

x = (np.arange(24, dtype=np.float32) ** 2 % 17).reshape(2, 3, 4)
gamma, beta = np.float32([1.5, -2, 0.5]), np.float32([0, 1, 2])
y, saved = batch_norm.forward(x, gamma, beta, eps=1e-5, axis=1)
grads = batch_norm.backward(y, x, gamma, saved=saved, eps=1e-5, axis=1)
found = {
    "file": batch_norm.__file__,
    "y": y.mean(axis=(0, 2)).tolist(),
    "sums": grads.grad_input.sum(axis=(0, 2)).tolist(),
    "blind": float(abs(batch_norm.backward(np.ones_like(x), x, gamma).grad_input).max()),
    "beta": grads.grad_beta.tolist(),
}
print(json.dumps(found))
"""
WHERE = """
import json
from derive.files import template_folder
import derive
print(json.dumps([str(template_folder()), derive.__file__]))
"""


def contents(folder: Path) -> dict[str, bytes]:
    left_out = {"__pycache__", cache.FOLDER}
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not left_out & set(path.parts))
    found = (path for path in found if path.suffix != ".so")  # compiled by other suites
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("kind", KINDS)
def test_the_script_works_in_an_empty_folder(
    installations: dict[str, Installation], regenerated: dict[str, subprocess.CompletedProcess[str]], kind: str
) -> None:
    """The checked-in bytes, into ./generated, and nothing into the environment."""
    here, done = installations[kind], regenerated[kind]
    assert done.returncode == 0, done.stderr
    assert contents(here.workplace / "generated") == contents(ROOT / "generated")
    assert [path.name for path in here.workplace.iterdir()] == ["generated"]
    kernels = [path for path in here.environment.rglob("batch_norm.*") if path.is_file()]
    assert not kernels, "written into the environment"


@pytest.mark.parametrize("kind", KINDS)
def test_the_kernels_work_where_they_were_written(
    installations: dict[str, Installation], regenerated: dict[str, subprocess.CompletedProcess[str]], kind: str
) -> None:
    here = installations[kind]
    assert regenerated[kind].returncode == 0
    found = json.loads(must(here.python, "-c", USE, folder=here.workplace))
    assert Path(found["file"]) == here.workplace / "generated" / "numpy" / "batch_norm.py"
    assert found["y"] == pytest.approx([0, 1, 2], abs=1e-5), "the mean of y is beta"
    assert found["beta"] == pytest.approx([0, 8, 16], abs=1e-4), "the sum of y"
    assert found["sums"] == pytest.approx([0, 0, 0], abs=1e-5)
    assert found["blind"] < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_are_found(
    installations: dict[str, Installation], distributions: Distributions, kind: str
) -> None:
    """Inside the installed package, or beside it in the checkout."""
    here = installations[kind]
    templates, package = map(Path, json.loads(must(here.python, "-c", WHERE, folder=here.workplace)))
    assert contents(templates) == contents(ROOT / "templates")
    inside = here.environment.resolve() in package.resolve().parents
    assert inside == (kind != "editable")
    expected = distributions.checkout / "templates" if kind == "editable" else package.parent / "templates"
    assert templates.resolve() == expected.resolve()


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_of_ones_own_works(installations: dict[str, Installation], kind: str) -> None:
    here = installations[kind]
    page, output = here.environment.parent / f"{kind}_page.py", here.environment.parent / f"{kind}-kernels"
    page.write_text(
        "from derive import Layer, axes, exp, tensor, total\n"
        'n, d = axes("n d")\n'
        'x = tensor("x", n, d)\n'
        'softmax = Layer("softmax", inputs=(x,))\n'
        'softmax.output("y", exp(x) / total(exp(x), over=d))\n'
    )
    arguments = (str(page), "--output", str(output))
    done = here.regenerate(*arguments)
    assert done.returncode == 0, done.stderr
    assert here.regenerate(*arguments, "--check").returncode == 0


def test_type_checkers_see_the_types_of_the_package(installations: dict[str, Installation]) -> None:
    """py.typed is where the package is."""
    here = installations["wheel"]
    package = Path(json.loads(must(here.python, "-c", WHERE, folder=here.workplace))[1])
    assert (package.parent / "py.typed").is_file()
