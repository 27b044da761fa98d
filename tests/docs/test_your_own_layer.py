"""The page on layers of one's own does what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.docs.executable import blocks, masked, run

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "your-own-layer.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def path_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page puts its own folder on Python's path."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "power_norm", raising=False)


def test_the_page_shows_what_its_code_prints() -> None:
    """Up to the numbers; `python -m tests.docs.executable docs/your-own-layer.md` writes them anew."""
    seen = run(PAGE)
    assert len(seen) >= 9
    for block, output in seen:
        if block.shown is None:
            assert not output.strip()
        else:
            assert masked(output) == masked(block.shown), block.code


def test_the_story_holds() -> None:
    """Refused, emitted, a claim denied, assumed, checked, proven, called, green, red: in this order."""
    shown = [block.shown for block in blocks(PAGE) if block.shown]
    refused, emitted, denied, report, checked, proven, called, green, red = shown
    assert "Abs(x[n, d]) is not smooth" in refused and "cubic.py:7" in refused
    assert "theorems proven: 7" in emitted and "numpy/test_power_norm.py" in emitted
    assert "cannot be brought to the same form; the left side is 0, the right side is 1" in denied
    assert "power > 0, which y needs: assumed" in report
    assert checked.strip() == "power > 0 is needed, but power is 0.0 at (2,) (1 of 4 values)"
    assert "power + ε > 0, which y needs: proven." in proven
    assert "along the data: True" in called
    assert " passed in " in green and "failed" not in green and "skipped" not in green
    times = float(red.split(" by ")[1].split(" times")[0])
    assert times > 1000
