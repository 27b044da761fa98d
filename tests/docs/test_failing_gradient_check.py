"""The page on failing gradient checks does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.executable import blocks, masked, run

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "failing-gradient-check.md").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_page_shows_what_its_code_prints() -> None:
    """Up to the numbers; `python -m tests.docs.executable docs/failing-gradient-check.md` writes them anew."""
    seen = run(PAGE)
    assert len(seen) >= 6
    for block, output in seen:
        if block.shown is None:
            assert not output.strip()
        else:
            assert masked(output) == masked(block.shown), block.code


def test_the_story_holds() -> None:
    """The red test is red; the check with ones cannot tell; the free one agrees; the audit names gamma."""
    shown = [block.shown for block in blocks(PAGE) if block.shown]
    red, blind, free, mistakes, audit = shown
    differing, _, count, *_ = red.split()
    assert int(differing) > int(count) / 2
    assert "Gradient check: cannot tell" in blind and "proven blind" in blind
    assert "Gradient check: agrees" in free
    assert "None -> disagrees gamma left out" in mistakes and mistakes.count("cannot tell") == 2
    assert "gamma left out" in audit and "disagrees" in audit


def test_numbers_are_masked_and_words_are_not() -> None:
    assert masked("x  1.2e-07\n < 3") == masked("x 9.9 < -4") != masked("y 9.9 < -4")
