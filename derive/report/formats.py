"""The report as files: Markdown with pictures beside it, one HTML page, one LaTeX document."""

from __future__ import annotations

from html import escape

from derive.report.elements import Picture, Table
from derive.report.model import Report
from derive.report.rendering import render_markup, render_text

FORMATS = ("md", "html", "tex")


def report_files(report: Report) -> list[tuple[str, str]]:
    """The files that are written for every layer, by name: the Markdown, its pictures, the page."""
    return [*markdown_files(report, report.name), (f"{report.name}.html", html(report))]


def markdown_files(report: Report, stem: str) -> list[tuple[str, str]]:
    """The Markdown as `<stem>.md`, and its pictures, which it refers to, as `<stem>-<picture>.svg`."""
    mark = f"<!-- {comment(warning(report))} -->\n"
    pictures = [(f"{stem}-{picture.name}.svg", mark + picture.svg) for picture in report.pictures]
    return [(f"{stem}.md", markdown(report, stem)), *pictures]


def markdown(report: Report, stem: str) -> str:
    """The report as Markdown whose pictures are called `<stem>-<picture>.svg`."""
    return render_text("report/report.md.j2", report=report, stem=stem, warning=warning(report), kind=kind)


def html(report: Report) -> str:
    """The report as one page that needs nothing else."""
    return render_markup("report/report.html.j2", report=report, warning=comment(warning(report)), kind=kind)


def tex(report: Report) -> str:
    """The report as a LaTeX document that compiles on its own."""
    return render_text("report/report.tex.j2", report=report, warning=warning(report), kind=kind)


def warning(report: Report) -> str:
    """What every generated file says near its top."""
    return f"Do not edit: this file is generated. Regenerate it with: regenerate-kernels {report.source}"


def comment(text: str) -> str:
    """Text that may stand in a comment of HTML or SVG."""
    return escape(text, quote=False).replace("--", "-&#45;")


def kind(item: object) -> str:
    """What an item of a story is, for templates."""
    return "picture" if isinstance(item, Picture) else "table" if isinstance(item, Table) else "prose"
