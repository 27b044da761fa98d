"""The result of a gradient check as one HTML page, with the error against the step for every input."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derive.checks.verdict import Curve, InputVerdict
from derive.report.pictures import Curve as Line
from derive.report.pictures import Panel, log10, log_chart
from derive.report.rendering import render_markup

CLASSES = {"agrees": "agrees", "disagrees": "disagrees", "cannot tell": "cannot"}


def page(
    report: Any,
    inputs: Sequence[InputVerdict],
    circumstances: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    remarks: Sequence[str],
) -> str:
    """The page.

    Args:
        report: the whole result, for its verdict and its snippet.
        inputs: the entries.
        circumstances: dtype, shapes, seed, in words.
        header, rows: the table of verdicts, one row per entry.
        remarks: sentences that follow it.
    """
    return render_markup(
        "checks/gradient.html.j2",
        report=report,
        circumstances=circumstances,
        header=header,
        rows=list(zip(inputs, rows, strict=True)),
        remarks=remarks,
        suggestions=list(dict.fromkeys(entry.suggestion for entry in inputs if entry.suggestion)),
        pictures=[(entry.name, picture(entry.name, entry.curve)) for entry in inputs if entry.curve is not None],
        classes=CLASSES,
    )


def picture(name: str, curve: Curve) -> str:
    """The error of the difference quotient against the step, with the noise floor and the gradient's own size."""
    ladder = list(zip(curve.steps.tolist(), curve.errors.tolist(), strict=True))
    errors = [(step, error) for step, error in ladder if math.isfinite(error)]
    lines = [Line("error of the quotient", errors, "one", dots=True)]
    if curve.noise > 0:
        lines.append(Line("noise floor", [(step, curve.noise / step) for step, _ in errors], "one", "5 4"))
    if curve.size > 0:
        lines.append(Line("the gradient itself", [(step, curve.size) for step, _ in errors], "soft", "9 3"))
    marks = [(curve.top, "widest step used")] if errors and errors[-1][0] <= curve.top <= errors[0][0] else []
    heights = [b for line in lines for _, b in line.points if b > 0]
    across, up = _decades([a for a, _ in errors]), _decades(heights)
    return log_chart(f"Error against step for {name}", (Panel(name, lines, marks),), across, up, "step")


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that the values lie between, two apart at least."""
    logs = [log10(value) for value in values] or [0.0]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return low, max(high, low + 2)
