"""The gradient check's page: everything that the table says, and a picture for every input."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.errors import EmitError
from tests.checks import kernels

NAMES = ("x", "gamma", "beta")
VOID = {"meta", "link"}


class Page(HTMLParser):
    """Collects the text; complains of tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_says_what_the_table_says() -> None:
    report = derive.check_gradient(
        kernels.forward, kernels.with_mistake("N-1"), kernels.data((8, 4), np.float64), names=NAMES
    )
    text = " ".join(Page(report.html()).words)
    for entry in report.inputs:
        assert entry.name in text and entry.verdict in text
        assert f"{entry.resolution:.1e}" in text
    assert report["x"].reason in text
    assert "rng" in report.snippet and report.snippet.strip() in text


def test_there_is_a_picture_for_every_input() -> None:
    report = derive.check_gradient(kernels.forward, kernels.backward, kernels.data((8, 4), np.float32), names=NAMES)
    page = report.html()
    pictures = [ET.fromstring(part.partition("</svg>")[0] + "</svg>") for part in _after(page, "<svg")]
    assert len(pictures) == 3
    for picture, entry in zip(pictures, report.inputs, strict=True):
        assert entry.curve is not None
        lines = [node for node in picture.iter() if node.tag.endswith("polyline")]
        longest = max(len(line.attrib["points"].split()) for line in lines)
        assert longest >= np.isfinite(entry.curve.errors).sum() - 3, "a point where the error is zero leaves a gap"
        assert "the gradient itself" in "".join(picture.itertext())


def _after(text: str, mark: str) -> list[str]:
    return [mark + part for part in text.split(mark)[1:]]


@pytest.mark.parametrize("given", ["ones", None])
def test_nothing_comes_from_elsewhere(given: str | None) -> None:
    """A cotangent for which everything is zero can be drawn, too; the page needs no network."""
    inputs = (np.ones((4, 3)), np.ones(3), np.zeros(3))
    page = derive.check_gradient(kernels.forward, kernels.backward, inputs, cotangent=given).html()
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page and "<script" not in page


def test_names_are_escaped() -> None:
    page = derive.check_gradient(lambda x: 2 * x, lambda g, x: 2 * g, {"<b>x": np.ones(3)}).html()
    assert "&lt;b&gt;x" in page and "<b>x" not in page


def test_saving(tmp_path: Path) -> None:
    report = derive.check_gradient(lambda x: 2 * x, lambda g, x: 2 * g, (np.ones(3),))
    place = report.save(tmp_path / "new" / "check.html")
    assert place.read_text(encoding="utf-8") == report.html()
    report.save(place)
    (tmp_path / "thesis.html").write_text("mine", encoding="utf-8")
    with pytest.raises(EmitError, match=r"thesis\.html"):
        report.save(tmp_path / "thesis.html")
    assert (tmp_path / "thesis.html").read_text(encoding="utf-8") == "mine"
