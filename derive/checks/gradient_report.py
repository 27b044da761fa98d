"""The result of a gradient check, and how it prints."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from derive.checks.blindness import BlindShare
from derive.checks.page import page
from derive.checks.verdict import AGREES, CANNOT_TELL, DISAGREES, InputVerdict, Passed, Property, Verdict, worst
from derive.files import write_all

HEADER = ("input", "verdict", "error", "resolution", "required", "method")
WIDTH = 110
_MOST = 6  # mistakes that are listed by name


@dataclass(frozen=True)
class GradientReport:
    """The result of a gradient check; printing it gives a table.

    Args:
        inputs: one entry per input, in their order.
        properties: what else was checked.
        cotangents: the names of the cotangents that the verdicts concern.
        blind: for a given cotangent and a known layer, its share in the blind directions.
        dtype: the least precise dtype involved.
        output_shape: the shape of the output.
        seed, directions: with what the check can be repeated.
        evaluations: how often the forward function was called.
        false_alarm: the rate of false *disagrees* that the thresholds were made for.
        snippet: Python code that repeats the most telling comparison.
    """

    inputs: tuple[InputVerdict, ...]
    properties: tuple[Property, ...]
    cotangents: tuple[str, ...]
    blind: BlindShare | None
    dtype: np.dtype[Any]
    output_shape: tuple[int, ...]
    seed: int
    directions: int
    evaluations: int
    false_alarm: float
    snippet: str = field(repr=False)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all inputs; disagrees also when a property does not hold."""
        return worst([*(entry.verdict for entry in self.inputs), *(DISAGREES for p in self.properties if not p.holds)])

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.verdict == AGREES

    def __getitem__(self, name: str) -> InputVerdict:
        """The entry of the input of that name."""
        for entry in self.inputs:
            if entry.name == name:
                return entry
        raise KeyError(f"{name!r}; there are {', '.join(entry.name for entry in self.inputs)}")

    def __str__(self) -> str:
        """A table of the verdicts with their evidence."""
        return _table(self)

    def html(self) -> str:
        """The same as a page of its own, with a picture of the error against the step for every input."""
        rows = [_row(entry) for entry in self.inputs]
        return page(self, self.inputs, _circumstances(self), HEADER, rows, _remarks(self))

    def save(self, path: str | Path) -> Path:
        """Write the page to a file; an old one stays as it was if that fails."""
        path = Path(path)
        write_all(path.parent, {path.name: self.html()})
        return path


def _table(report: GradientReport) -> str:
    """Verdicts, evidence, what was not distinguishable, and how to repeat it."""
    lines = [f"Gradient check: {report.verdict}", *_wrapped(_circumstances(report), "  "), ""]
    rows = [HEADER, *(_row(entry) for entry in report.inputs)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row, entry in zip(rows, (None, *report.inputs), strict=True):
        lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if entry is not None and entry.reason:
            lines += _wrapped(entry.reason, "    ")
    lines.append("")
    for remark in _remarks(report):
        lines += _wrapped(remark, "  ")
    for suggestion in dict.fromkeys(e.suggestion for e in report.inputs if e.suggestion):
        lines += ["  This would tell:", f"    cotangent = {suggestion}"]
    if report.snippet:
        lines += ["", "  To repeat what decided:", "", textwrap.indent(report.snippet.rstrip(), "    ")]
    return "\n".join(lines) + "\n"


def _remarks(report: GradientReport) -> list[str]:
    """What is to be said beside the verdicts."""
    said = [f"Not so: {p.name}: {p.detail}." for p in report.properties if not p.holds]
    if any(p.holds for p in report.properties):
        said.append(f"Also true: {', '.join(p.name for p in report.properties if p.holds)}.")
    if report.blind is not None:
        shares = ", ".join(f"{d.claim} {d.share:.2%}" for d in report.blind.directions)
        said.append(
            f"{report.blind.overall:.2%} of grad_output (of its squared norm) lies where the layer is proven blind or "
            f"nearly so: {shares}."
        )
    return said + [remark for entry in report.inputs if (remark := _power(entry))]


def _circumstances(report: GradientReport) -> str:
    return (
        f"{report.dtype}, output {report.output_shape}; grad_output: {', '.join(report.cotangents)}; seed "
        f"{report.seed}, {report.directions} directions for each input, {report.evaluations} calls of forward; "
        f"rate of false alarms {report.false_alarm:.0e}"
    )


def _row(entry: InputVerdict) -> tuple[str, ...]:
    compared = bool(entry.evidence)
    error = "-"
    if compared and entry.verdict != CANNOT_TELL:
        error = f"{entry.error:.1e}" if entry.verdict != AGREES else f"< {entry.resolution:.1e}"
    resolution = f"{entry.resolution:.1e}" if entry.resolution < 1 else "none"
    return (
        entry.name,
        entry.verdict,
        error,
        resolution if compared else "-",
        f"{entry.required:.0e}" if compared else "-",
        entry.method if compared else "-",
    )


def _power(entry: InputVerdict) -> str:
    """What the check could not have noticed."""
    if not entry.hidden:
        return ""
    if entry.verdict != CANNOT_TELL:
        return f"Not distinguishable here for {entry.name}: {_listed(entry.hidden)}."
    tried = entry.caught + len(entry.hidden) + len(entry.survivors)
    would = f"{len(entry.hidden)} of {tried} mistakes that were tried would pass"
    return f"For {entry.name}, {would}: {_listed(entry.hidden)}."


def _listed(passed: tuple[Passed, ...]) -> str:
    # Distances from a gradient that is nothing but rounding are rounding, too: then the order stays.
    ordered = sorted(passed, key=lambda p: -p.distance) if all(p.distance < 1 for p in passed) else list(passed)
    words = [f"{p.mistake} ({p.distance:.1e} off)" if p.distance < 1 else p.mistake for p in ordered[:_MOST]]
    if len(ordered) > _MOST:
        words.append(f"{len(ordered) - _MOST} more")
    return ", ".join(words)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False)
