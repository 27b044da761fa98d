"""The section on second derivatives: complete in every format, and its sentences follow from what was proven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.formula import latex, mathml, unicode
from derive.language import name_of
from derive.pipeline import Product
from derive.proofs.second_order import SecondOrder
from derive.proofs.theorem import Claim, Theorem
from derive.report.formats import html, markdown, tex
from derive.report.model import Beyond
from derive.report.second import beyond
from derive.report.terminal import lines, plain

from .made import NAMES, product, text


def section(name: str, part: int = 0) -> Beyond:
    found = product(name).report.parts[part].beyond
    assert found is not None
    return found


def second(made: Product, part: int = 0) -> SecondOrder:
    found = made.emission.subjects[part].second
    assert found is not None
    return found


def licences(altered: SecondOrder) -> str:
    """What the report says of the paths that are left out, had this been proven."""
    made = product("batch_norm")
    _, proven = made.parts[0]
    told = beyond(proven, altered, made.emission.subjects[0], {}, "training").licences
    return " ".join(plain(item) for item in told)


def with_order(theorem: Theorem, order: int | None) -> Theorem:
    assert isinstance(theorem.claim, Claim)
    return replace(theorem, claim=replace(theorem.claim, order=order))


@pytest.mark.parametrize("name", NAMES)
def test_every_format_shows_every_formula(name: str) -> None:
    report = product(name).report
    page, page_md, page_tex = text(name, ".html"), text(name, ".md"), tex(report)
    essence = [line.text for line in lines(report, steps=False)]
    for k, part in enumerate(report.parts):
        told = section(name, k)
        assert [result.kernel.name for result in told.results] == ["jvp", "double_backward"]
        closed = [formula for result in told.results for formula in result.closed]
        assert len(closed) == sum(len(one.closed_forms) for one in second(product(name), k).parts) >= 3
        for formula in (told.duality, *closed, *(adjoint.total for adjoint in told.tangents)):
            assert formula.display(mathml) in page
            assert formula.display(latex) in page_md and formula.display(latex) in page_tex
        assert {formula.show(unicode) for formula in closed} <= set(essence)
        for result in told.results:
            assert result.check.at in page and result.check.at in page_md and result.check.at in page_tex
            assert result.kernel.passes and result.kernel.sources
            for source in result.kernel.sources:
                assert source.text in page_md and source.text in page_tex
        steps = [after for theorem in told.theorems for side in theorem.sides for _, after in side.steps]
        assert steps and all(step.step(mathml) in page and step.step(latex) in page_tex for step in steps)
        assert f'id="{part.anchor}-beyond"' in page
        assert f"({name}.html#{part.anchor}-beyond)" in page_md


@pytest.mark.parametrize("name", NAMES)
def test_tangents_are_shown_path_by_path(name: str) -> None:
    """As many shares as the graph has edges on which something flows; each is labelled with its two ends."""
    for k, part in enumerate(product(name).report.parts):
        told = section(name, k)
        backwards = {(s.via, s.of) for adjoint in part.adjoints for s in adjoint.shares}
        forwards = [(s.of, s.via) for tangent in told.tangents for s in tangent.shares]
        assert len(forwards) == len(set(forwards)) and set(forwards) == backwards
        numbers = [s.number for tangent in told.tangents for s in tangent.shares]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_theorems_are_counted_and_numbered_on(name: str) -> None:
    made = product(name)
    for k, part in enumerate(made.report.parts):
        assert [t.number for t in part.proven] == list(range(1, len(part.proven) + 1))
        assert [t.name for t in section(name, k).theorems] == [t.name for t in second(made, k).theorems]
        statements = sum(not t.denied and t.counterexample is None for t in part.proven)
        assert plain(part.trust.proven[0]).startswith(f"{statements} statements")
    assert made.theorems == made.report.theorems == sum(len(part.proven) for part in made.report.parts)
    first = sum(len(proven.theorems) for _, proven in made.parts)
    assert made.theorems >= first + 3


def test_the_path_that_only_a_first_derivative_may_leave_out() -> None:
    told = section("batch_norm")
    (share,) = (s for tangent in told.tangents for s in tangent.shares if s.vanishes)
    assert (share.via, share.of, share.vanishes, share.order) == ("mean", "var", "the vanishing term", 1)
    (licence,) = told.licences
    assert "The double backward pass may not leave it out" in plain(licence)
    assert "valid for derivatives of order 1 only" in plain(licence)
    for shown in (text("batch_norm", ".html"), text("batch_norm", ".md"), tex(product("batch_norm").report)):
        assert shown.count("may not leave it out") == 1
    assert any("may not leave it out" in line.text for line in lines(product("batch_norm").report, steps=False))


def test_the_sentence_follows_the_theorems() -> None:
    """Valid for every order, the same theorem shortens both passes; without one nothing is said, nothing struck."""
    real = second(product("batch_norm"))
    (theorem,) = real.jvp.relied
    assert real.double_backward.relied == ()
    every = with_order(theorem, None)
    both = SecondOrder(replace(real.jvp, relied=(every,)), replace(real.double_backward, relied=(every,)))
    said = licences(both)
    assert "leaves it out, too" in said and "every order" in said and "may not" not in said
    higher = with_order(theorem, 3)
    said = licences(SecondOrder(replace(real.jvp, relied=(higher,)), real.double_backward))
    assert "keeps it, though" in said and "up to order 3" in said and "may not" not in said
    assert licences(SecondOrder(replace(real.jvp, relied=()), real.double_backward)) == ""
    assert section("rms_norm").licences == ()


def test_zero_gradients_are_named() -> None:
    assert "do not depend on β" in plain(section("batch_norm").results[1].zero)
    assert section("rms_norm").results[1].zero == ()
    assert [name_of(t) for t in second(product("batch_norm")).double_backward.vanishing] == ["beta"]


def test_trust_speaks_of_second_derivatives_only_where_there_are_any() -> None:
    report = product("batch_norm").report
    trust = report.parts[0].trust
    assert any("jvp and double_backward are planned from" in plain(item) for item in trust.proven)
    assert any("a theorem let a kernel leave out" in plain(item) for item in trust.proven)
    assert any("numbers that carry their derivatives" in plain(item) for item in trust.tested)
    assert not any("let a kernel leave out" in plain(item) for item in product("rms_norm").report.parts[0].trust.proven)


def test_a_report_without_second_derivatives_has_no_section() -> None:
    report = product("rms_norm").report
    report = replace(report, parts=tuple(replace(part, beyond=None) for part in report.parts))
    for shown in (html(report), markdown(report, "rms_norm"), tex(report)):
        assert "Beyond the first derivative" not in shown
    assert not any("Beyond" in line.text for line in lines(report, steps=True))
