"""The files of a report: complete, well formed, escaped, with all that the object holds."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy as sp

from derive import Interface, Layer, average, axes, positive, sqrt, tensor
from derive.catalogue import Entry
from derive.files import is_ours, source_of
from derive.formula import latex, mathml
from derive.pipeline import make
from derive.proofs.derivation import Derivation
from derive.proofs.theorem import Claim
from derive.report.formats import html, markdown, report_files, tex
from derive.report.model import Report
from derive.report.rendering import latex_text

from .made import NAMES, product, text

HOSTILE = "a <b>&amp; $x$ | `y` \\end{document} 100% _z_ γ → 漢"


def hostile() -> Report:
    """A report with words in it that mean something to HTML, Markdown and LaTeX."""
    report = product("rms_norm").report
    part = report.parts[0]
    theorem = replace(part.theorems[0], name=HOSTILE, remark=HOSTILE)
    return replace(report, parts=(replace(part, theorems=(theorem, *part.theorems[1:])),))


class Tags(HTMLParser):
    """Checks that tags nest, and collects what refers to elsewhere."""

    VOID = frozenset(("meta", "link", "br", "img", "hr", "input"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [v for v in [found.get("id")] if v]
        self.links += [v for v in (found.get("href"), found.get("src")) if v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_one_file_with_sound_tags(name: str) -> None:
    page = text(name, ".html")
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert len(set(tags.ids)) == len(tags.ids)
    for link in tags.links:
        assert link.startswith("#") and link[1:] in tags.ids or link == "data:,"
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "@import" not in page and "url(" not in page


@pytest.mark.parametrize("name", NAMES)
def test_formulas_on_the_page_are_well_formed(name: str) -> None:
    found = re.findall(r"<math[ >].*?</math>", text(name, ".html"), re.DOTALL)
    assert len(found) > 20
    allowed = {"math", "mrow", "mi", "mn", "mo", "mfrac", "msqrt", "msup", "msub", "munder"}
    allowed |= {"mtable", "mtr", "mtd", "mspace"}
    arity = {"mfrac": 2, "msup": 2, "msub": 2, "munder": 2}
    for formula in found:
        for node in ET.fromstring(formula).iter():
            assert node.tag in allowed
            assert node.tag not in arity or len(node) == arity[node.tag]


@pytest.mark.parametrize("name", NAMES)
def test_all_formats_hold_all_there_is(name: str) -> None:
    report = product(name).report
    page, page_md, page_tex = text(name, ".html"), text(name, ".md"), tex(report)
    for part in report.parts:
        shares = [share for adjoint in part.adjoints for share in adjoint.shares]
        formulas = [*part.forward, *part.closed]
        formulas += [t.statement for t in part.proven if t.statement]
        for formula in formulas:
            assert formula.display(mathml) in page
            assert formula.display(latex) in page_md and formula.display(latex) in page_tex
        for formula, _ in part.names:
            assert formula.show(mathml) in page
            assert formula.show(latex) in page_md and formula.show(latex) in page_tex
        steps = [after for t in part.theorems for side in t.sides for _, after in side.steps]
        for formula in steps:
            assert formula.step(mathml) in page
            assert formula.step(latex) in page_md and formula.step(latex) in page_tex
        assert len(shares) == sum(len(a.contributions) for a in _backward(name, part.anchor).adjoints)
        for kernel in part.kernels:
            for source in kernel.sources:
                assert source.text in page_md and source.text in page_tex
        assert part.kernels[1].sources, "the backward kernel's source is shown"
        assert all(item for item in (part.trust.proven, part.trust.tested, part.trust.assumed))
    for command, _ in report.commands:
        assert command.partition(" ")[0] in page and command in page_md


def _backward(name: str, anchor: str):  # type: ignore[no-untyped-def]
    parts = product(name).parts
    return parts[1 if anchor == "inference" else 0][1].derivation.backward


def test_the_vanishing_contribution_is_struck_everywhere() -> None:
    report = product("batch_norm").report
    share = next(s for a in report.parts[0].adjoints for s in a.shares if s.vanishes)
    assert (share.via, share.of, share.vanishes, share.order) == ("var", "mean", "the vanishing term", 1)
    assert text("batch_norm", ".html").count('class="vanishes"') == 2  # in the gradients and in the tangents
    assert "~~along var → mean" in text("batch_norm", ".md")
    svg = report.parts[0].graph.svg
    assert svg.count("stroke-dasharray") == 1 and 'text-decoration="line-through"' in svg


def test_counterexamples_show_their_exact_numbers() -> None:
    report = product("batch_norm").report
    examples = [t.counterexample for t in report.parts[0].theorems if t.counterexample]
    assert len(examples) == 2
    for ending in (".html", ".md"):
        for example in examples:
            assert ", ".join(example.true_value) in text("batch_norm", ending)
            assert ", ".join(example.changed_value) in text("batch_norm", ending)


@pytest.mark.parametrize("name", NAMES)
def test_markdown_renders_on_github(name: str) -> None:
    page = text(name, ".md")
    fences = re.findall(r"^```(\w*)$", page, re.MULTILINE)
    assert fences[0::2].count("") == 0 and set(fences[1::2]) == {""}
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    inline = re.findall(r"\$`[^`\n]*`\$", prose)
    assert inline and "|" not in "".join(inline)
    rest = re.sub(r"\$`[^`\n]*`\$", "", prose)
    assert "$" not in rest
    for line in rest.splitlines():
        assert "|" not in line or line.startswith("|"), line
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", page)
    made = {path for path, _ in report_files(product(name).report)}
    assert pictures and set(pictures) <= made


def test_hostile_words_are_escaped() -> None:
    page = html(hostile())
    assert "a &lt;b&gt;&amp;amp;" in page and "<b>" not in page
    page_md = markdown(hostile(), "rms_norm")
    assert r"a \<b\>&amp; \$x\$ \| \`y\`" in page_md
    document = tex(hostile())
    assert document.count(r"\end{document}") == 1
    assert r"100\%" in document and r"\(\gamma\)" in document
    assert latex_text("漢") == r"\texttt{U+6F22}"


@pytest.mark.parametrize("name", NAMES)
def test_generated_files_say_so(name: str) -> None:
    for path, content in product(name).files:
        assert is_ours(content), path
    assert is_ours(tex(product(name).report))
    page = text("batch_norm", ".html")
    assert source_of(page) == "batch_norm"
    assert "--" not in re.findall(r"<!--(.*?)-->", text(name, ".html"), re.DOTALL)[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_latex_document_is_complete(name: str, tmp_path: Path) -> None:
    document = tex(product(name).report)
    packages = set(",".join(re.findall(r"\\usepackage(?:\[[^\]]*\])?\{([^}]*)\}", document)).split(","))
    assert packages <= {"amsmath", "amssymb", "hyperref", "geometry", "listings"}
    assert document.count("\\begin{") == document.count("\\end{")
    assert document.isascii()
    if shutil.which("pdflatex") is None:
        return
    (tmp_path / "report.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    if b"not found" in done.stdout and b".sty" in done.stdout:
        pytest.skip("this LaTeX lacks a package")
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("batch_norm", {"c"}), ("softmax", {"n"}), ("rms_norm", {"n", "d"}), ("layer_norm", {"n", "d"})],
)
def test_the_plan_says_how_often_scalars_are_computed(name: str, expected: set[str]) -> None:
    """Statistics along n; what is rounded of a weight that has the axis d, along d."""
    report = product(name).report
    kernels = [kernel for part in report.parts for kernel in part.kernels]
    groups = [g for kernel in kernels for sweep in kernel.passes for g in sweep.scalars_before]
    assert {group.axes for group in groups} == {(axis,) for axis in expected}
    along_d = [f for group in groups if group.axes == ("d",) for f in group.formulas]
    assert all({str(s) for s in f.rhs.free_symbols} & {"weight", "bias"} for f in along_d if f.rhs is not None)
    for written in (markdown(report, name), html(report), tex(report)):
        assert all(f"once for each {axis}" in written for axis in expected)


def test_scalars_that_are_computed_differently_often_are_kept_apart() -> None:
    """In `odd`, one statistic is a sum along d and one along n, and a constant belongs to neither."""
    kernels = [kernel for part in product("odd").report.parts for kernel in part.kernels]
    groups = [group for kernel in kernels for sweep in kernel.passes for group in sweep.scalars_before]
    groups += [group for kernel in kernels for group in kernel.scalars_after]
    assert len({group.axes for group in groups}) > 1
    assert {group.often for group in groups} <= {"once for each n", "once for each d", "once in all"}


def test_a_theorem_says_what_its_steps_call_things() -> None:
    """A root that only the claim speaks of gets a name in the steps; the report has to say what it is."""
    n, d = axes("n d")
    x, eps = tensor("x", n, d), positive("eps")
    layer = Layer("named", inputs=(x,), constants=(eps,))
    square = layer.define("square", average(x**2, over=d))
    y = layer.output("y", x / sqrt(square + eps))

    def claims(derivation: Derivation) -> tuple[Claim, ...]:
        other = sqrt(square + 7 * eps)
        return (
            Claim("of its own", y / other, x / sqrt(square + eps) / other),
            Claim("as ever", y, x / sqrt(square + eps)),
        )

    report = make(Entry(layer, Interface(), claims, "named.py")).report
    views = {theorem.name: theorem for theorem in report.parts[0].theorems}
    (name,) = views["of its own"].names
    assert sp.simplify(name.rhs - 1 / sqrt(square + 7 * eps)) == 0
    assert any(step.lhs.has(name.lhs) for side in views["of its own"].sides for _, step in side.steps)
    assert views["as ever"].names == ()
    assert f"The steps write $`{name.show(latex)}`$." in markdown(report, "named")
    assert "The steps write <span" in html(report)
    assert f"The steps write ${name.show(latex)}$." in tex(report)
