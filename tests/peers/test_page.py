"""The page on failing gradient checks wraps PyTorch as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.executable import run

pytestmark = pytest.mark.peers
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "failing-gradient-check.md").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_wrapper_for_pytorch_agrees() -> None:
    """`assert_gradient` raises unless PyTorch's own batch norm is right."""
    pytest.importorskip("torch")
    ran = [block for block, _ in run(PAGE, peers=True) if block.peers]
    assert len(ran) == 1 and "assert_gradient" in ran[0].code
