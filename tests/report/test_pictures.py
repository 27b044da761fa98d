"""Pictures: the same bytes everywhere, rounded coordinates, and the numbers that they claim to show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from derive.layers.batch_norm import differences as fd
from derive.report.layering import arrange, levels
from derive.report.svg import broken, number

from .made import NAMES, product


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_sound_and_rounded(name: str) -> None:
    for picture in product(name).report.pictures:
        root = ET.fromstring(picture.svg)
        assert root.tag.endswith("svg") and picture.description and picture.caption
        for node in root.iter():
            for key, value in node.attrib.items():
                if key not in ("aria-label", "class", "style"):
                    assert not re.search(r"\d\.\d{3,}|\de-?\d|nan|inf", value), (node.tag, key, value)
        assert "prefers-color-scheme: dark" in picture.svg and "http" not in picture.svg.replace(
            "http://www.w3.org/2000/svg", ""
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_graph_shows_every_tensor_and_contribution(name: str) -> None:
    for (_, proven), part in zip(product(name).parts, product(name).report.parts, strict=True):
        numbers = [s.number for a in part.adjoints for s in a.shares]
        assert numbers == list(range(1, len(numbers) + 1))
        assert part.graph.svg.count("<circle") == 2 * len(numbers)
        boxes = len(proven.derivation.graph.inputs) + len(proven.derivation.graph.buffers)
        assert part.graph.svg.count('font-weight="bold"') == boxes + len(proven.derivation.graph.equations)


def test_boxes_do_not_overlap_and_edges_point_down() -> None:
    nodes = list("abcdefg")
    edges = [("a", "b"), ("a", "c"), ("b", "c"), ("a", "f"), ("d", "f"), ("c", "f"), ("e", "g"), ("f", "g")]
    sizes = {node: (60.0 + 20 * k, 30.0) for k, node in enumerate(nodes)}
    order = ["a", "d", "e", "b", "c", "f", "g"]
    assert levels(order, edges) == {"a": 0, "b": 1, "c": 2, "d": 2, "e": 3, "f": 3, "g": 4}
    places = arrange(order, edges, sizes, 20, 50)
    boxes = [places[(node, node)][0] for node in order]
    for k, one in enumerate(boxes):
        for two in boxes[:k]:
            assert abs(one.x - two.x) >= (one.width + two.width) / 2 + 19.9 or abs(one.y - two.y) >= 60
    for edge in edges:
        ys = [place.y for place in places[edge]]
        assert ys == sorted(ys) and len(set(ys)) == len(ys)


def test_numbers_and_lines() -> None:
    assert [number(v) for v in (1.0, 1.234567, -0.001, 100.0, 0.5)] == ["1", "1.23", "0", "100", "0.5"]
    formula = "grad_x·inv_std²·(aaaa + bbbb)/(N_n·N_s) − cccc"
    assert "".join(broken(formula, 20)).replace(" ", "") == formula.replace(" ", "")
    assert max(map(len, broken(formula, 20))) <= 20


def test_the_seed_numbers_are_those_that_were_printed() -> None:
    assert fd.analytical()[0] == -4.76837158203125e-07
    numerical = fd.numerical(fd.ONES, fd.STEP, np.float32)
    assert numerical[0] == -0.0035762786865234375
    derivation = product("batch_norm").parts[0][1].derivation
    assert fd.truth(derivation, fd.ONES) == fd.Truth((0.0,) * 16, (0.0,) * 16)
    assert not any(fd.passes(0.0, value) for value in numerical)
    page = dict(product("batch_norm").files)["reports/batch_norm.html"]
    assert "-4.76837158203125e-07" in page and "-0.0035762786865234375" in page


def test_differences_are_right_where_they_can_be() -> None:
    """In float64 at the seed's step the error is truncation, to a hundredth of it; a wrong truth would show."""
    derivation = product("batch_norm").parts[0][1].derivation
    truth = fd.truth(derivation, fd.VARIED)
    found = fd.numerical(fd.VARIED, 1e-3, np.float64)
    for value, gradient, third in zip(found, truth.gradient, truth.third, strict=True):
        truncation = third * 1e-6 / 6
        assert abs(value - gradient - truncation) <= 1e-2 * max(map(abs, truth.third)) * 1e-6 / 6
    assert min(map(abs, truth.gradient)) > 0.1


SCRIPT = """
import hashlib
from tests.report.made import product
for name in ("batch_norm", "odd"):
    for path, text in sorted(product(name).files):
        print(path, hashlib.sha256(text.encode()).hexdigest())
"""


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": seed}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1
