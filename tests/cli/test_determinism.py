"""The same bytes whatever the hash seed, the folder, the locale and the time zone: those that are checked in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import layer_names
from tests.cli.shell import checked_in, contents, process

SEEDS = ("4242", "0", "1")
LAYERS = ("group_norm", "log_softmax", "masked_batch_norm")


@pytest.mark.parametrize(("seed", "layers"), [(SEEDS[0], ()), *((seed, LAYERS) for seed in SEEDS[1:])])
def test_the_hash_seed_changes_no_byte(tmp_path: Path, seed: str, layers: tuple[str, ...]) -> None:
    """Of the whole catalogue with one seed, of the layers with the most machinery with others."""
    environment = {"PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu", "LC_ALL": "C", "COLUMNS": "20"}
    done = process(*layers, "--output", "kernels", folder=tmp_path, environment=environment)
    assert done.code == 0, done.err
    made, before = contents(tmp_path / "kernels"), checked_in()
    assert made.items() <= before.items() and len(made) > len(layers)
    assert layers or made.keys() == before.keys()
    seconds = [float(found) for found in re.findall(r"time: (\d+\.\d) s", done.out)]
    assert len(seconds) == len(layers or layer_names())


@pytest.mark.parametrize("seed", SEEDS[1:2])
def test_the_hash_seed_changes_no_byte_of_a_user_layer(tmp_path: Path, seed: str) -> None:
    """Several tensors, roots and functions: more that could come in another order."""
    lines = """from derive import *
n, d = axes("n d")
x, weight, bias, other = tensor("x", n, d), tensor("weight", d), tensor("bias", n), tensor("other", n, d)
eps, slope = positive("eps"), real("slope")
mixed = Layer("mixed", inputs=(x, weight, bias, other), constants=(eps, slope))
size = mixed.define("size", average((x - average(x, over=d)) ** 2, over=d))
heat = mixed.define("heat", total(exp(slope * other), over=n))
mixed.output("y", weight * x * tanh(other) / sqrt(size + eps) + bias * log(heat + eps) / (size + 2 * eps) + x * bias)
"""
    results = []
    for hash_seed in (seed, "4242"):
        folder = tmp_path / hash_seed
        folder.mkdir()
        (folder / "page.py").write_text(lines)
        done = process("page.py", "--output", "kernels", folder=folder, environment={"PYTHONHASHSEED": hash_seed})
        assert done.code == 0, done.err
        results.append(contents(folder / "kernels"))
    assert results[0] == results[1]
