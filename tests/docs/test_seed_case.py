"""The page about the failing check says what its command computes and what the suite in tests/seed finds on its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from derive import prove_layer
from derive.layers.batch_norm.seed_page import seed_page
from tests.seed import seed_case as own
from tests.seed.emitted import grad_input
from tests.seed.rounding_model import predict_noise
from tests.seed.test_blind_ones import SEED_ANALYTICAL, SEED_NUMERICAL
from tests.seed.test_blind_square import GRADIENT, SUPPRESSION, Y

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "seed-case.md"
PAGE = PATH.read_text(encoding="utf-8")
COMMAND = "python -m derive.layers.batch_norm.seed_page docs/seed-case.md"


def test_the_page_is_what_its_command_writes() -> None:
    assert COMMAND in PAGE
    assert seed_page(prove_layer("batch_norm")) == PAGE, f"run: {COMMAND}"


def test_the_command_writes_it(tmp_path: Path) -> None:
    module = COMMAND.split()[2]
    done = subprocess.run(
        [sys.executable, "-m", module, str(tmp_path / "page.md")], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page.md").read_bytes() == PATH.read_bytes()


def test_what_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(links) >= 3
    for link in links:
        assert (PATH.parent / link).is_file(), link


def number(pattern: str) -> list[float]:
    """The numbers in the one place of the page where the pattern is."""
    found = re.findall(pattern, PAGE)
    assert len(found) == 1, f"{pattern!r} is there {len(found)} times"
    return [float(value) for value in (found[0] if isinstance(found[0], tuple) else (found[0],))]


def test_the_two_numbers_are_those_that_were_printed() -> None:
    assert number(r"  Analytical: (\S+)\n  Numerical:  (\S+)\n") == [SEED_ANALYTICAL, SEED_NUMERICAL]


@pytest.mark.parametrize("step", [own.STEP, 3e-3])
def test_the_pass_counts_are_those_of_the_emitted_kernel(step: float) -> None:
    """The page counts with the exact gradient; float32 kernels lie so close to it that no verdict changes."""
    cotangents = own.cotangents(200, seed=2067)
    found = grad_input(cotangents, np.float32)
    passed = own.close(found, own.differences_float32(cotangents, step))
    expected = [passed.all(axis=1).sum(), passed.sum()]
    assert number(rf"\| float32 \| float32 \| {step} \| (\d+) of 200 \| (\d+) of 3200 \|") == expected


def test_the_float32_sum_gives_what_the_suite_finds() -> None:
    found = own.differences_float32(np.ones((1, own.SIZE), np.float32), own.STEP)[0, 0]
    assert number(r"the value at element 0 `(\S+)`") == [found]


def test_the_suppression_is_that_of_the_suite() -> None:
    assert number(r"which is (\S+) and (\S+) in the two channels") == [float(f"{v:.2g}") for v in SUPPRESSION[[0, 4]]]
    largest = float(f"{abs(GRADIENT).max():.2g}")
    assert number(r"largest element of the true gradient is ([\d.]+),") == [largest]
    # The measured noise is that of the error analysis: within the interval of test_blind_ones.py, square roots taken.
    floor = predict_noise((2 * Y).astype(np.float32)[None], own.STEP, square=True).floor[0]
    (measured,) = number(r"are off by (\S+) \(root mean square\)")
    assert 0.002 <= (measured / floor.mean()) ** 2 <= 6.2


def example(name: str) -> str:
    found = re.search(rf"<!-- run: {name} -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"there is no example {name!r}"
    done = subprocess.run([sys.executable, "-c", found.group(1)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_units_are_as_printed() -> None:
    out = example("units").strip()
    assert f"It prints `{out}`" in PAGE


def test_the_check_of_ones_own_sees_and_passes() -> None:
    """Central differences in float64: round-off 1e-16 * 60 / 1e-5, truncation below 1e-8."""
    largest, difference = map(float, re.findall(r": (\S+)", example("check")))
    assert largest > 0.1
    assert difference < 1e-7 * largest
