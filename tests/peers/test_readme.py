"""The README's examples for the frameworks."""

from __future__ import annotations

import pytest

from tests.docs.test_readme import ROOT, example, run

pytestmark = pytest.mark.peers


def test_the_example_for_pytorch() -> None:
    pytest.importorskip("torch")
    assert run(ROOT, "-c", example("torch")).strip() == "True"


def test_the_example_for_jax() -> None:
    pytest.importorskip("jax")
    assert run(ROOT, "-c", example("jax")).strip() == "(8, 3, 5, 5)"
