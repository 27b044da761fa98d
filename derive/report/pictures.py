"""Charts for the sections that layers bring along: curves on logarithmic axes, and bars element by element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mpmath.ctx_mp import MPContext

from derive.report.svg import draw

Colour = Literal["one", "two", "three", "soft", "bad"]
LEFT, RIGHT, TOP, HEIGHT, WIDTH, BELOW = 62.0, 16.0, 40.0, 230.0, 680.0, 54.0

_context = MPContext()
_context.prec = 100


def log10(value: float) -> float:
    """The decimal logarithm, computed with many digits and rounded once."""
    return float(_context.log(_context.mpf(value), 10))


def power_of_ten(numerator: int, denominator: int = 1) -> float:
    """`10**(numerator/denominator)`, correctly rounded."""
    return float(_context.power(_context.mpf(10), _context.mpf(numerator) / denominator))


@dataclass(frozen=True)
class Curve:
    """Points with a name; those that are zero cannot be shown on a logarithmic axis and leave a gap."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: Colour
    dashes: str = ""
    dots: bool = False


@dataclass(frozen=True)
class Panel:
    """One pair of axes: curves, the places marked on the horizontal axis, what the vertical one shows."""

    title: str
    curves: Sequence[Curve]
    marks: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class Bars:
    """A row of bars about a common zero, with a short label below each."""

    name: str
    values: Sequence[float]
    labels: Sequence[str]
    colour: Colour
    note: str = ""


def log_chart(title: str, panels: Sequence[Panel], across: tuple[int, int], up: tuple[int, int], axis: str) -> str:
    """Panels one above the other on logarithmic axes that span the given powers of ten."""
    wide = WIDTH - LEFT - RIGHT

    def x(value: float) -> float:
        return LEFT + wide * (log10(value) - across[0]) / (across[1] - across[0])

    def y(value: float) -> float:
        return HEIGHT * (1 - (log10(value) - up[0]) / (up[1] - up[0]))

    shown, at = [], TOP
    for panel in panels:
        curves = [
            {"curve": c, "runs": _runs([(x(a), y(b) + at) if b > 0 else None for a, b in c.points], at)}
            for c in panel.curves
        ]
        legend = _legend([c.name for c in panel.curves], wide)
        rows = 1 + max(row for _, row in legend)
        shown.append(
            {
                "title": panel.title,
                "top": at,
                "bottom": at + HEIGHT,
                "curves": curves,
                # A label stands to the right of its mark where there is room.
                "marks": [(x(value), label, x(value) < LEFT + 0.7 * wide) for value, label in panel.marks],
                "ticks_x": [(x(power_of_ten(k)), k) for k in range(across[0], across[1] + 1)],
                "ticks_y": [(y(power_of_ten(k)) + at, k) for k in range(up[0], up[1] + 1, 2)],
                "legend": [(LEFT + dx, at + HEIGHT + 52 + 17 * row) for dx, row in legend],
            }
        )
        at += HEIGHT + BELOW + 17 * rows + 34
    return draw(
        "chart.svg.j2",
        title=title,
        width=WIDTH,
        height=at - 30,
        left=LEFT,
        right=WIDTH - RIGHT,
        panels=shown,
        axis=axis,
    )


def _runs(points: Sequence[tuple[float, float] | None], top: float) -> list[list[tuple[float, float]]]:
    """Stretches of points without gaps; what lies outside of the panel leaves a gap too."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None and top - 0.01 <= point[1] <= top + HEIGHT + 0.01:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _legend(names: Sequence[str], wide: float) -> list[tuple[float, int]]:
    """The offset and the row of each entry."""
    places, at, row = [], 0.0, 0
    for name in names:
        length = 34 + 0.602 * 11 * len(name) + 16
        if at and at + length > wide:
            at, row = 0.0, row + 1
        places.append((at, row))
        at += length
    return places


def strip(title: str, rows: Sequence[Bars], columns: Sequence[str], scale: float, axis: str) -> str:
    """Rows of bars on one scale, a column for each element."""
    wide = WIDTH - LEFT - RIGHT
    step, half = wide / len(columns), 34.0
    shown, at = [], 34.0
    for row in rows:
        middle = at + 22 + half
        bars = [
            {
                "x": LEFT + step * k + step * 0.2,
                "y": middle - max(0.0, value) / scale * half,
                "height": max(abs(value) / scale * half, 1.2),
                "label_x": LEFT + step * (k + 0.5),
                "label": label,
            }
            for k, (value, label) in enumerate(zip(row.values, row.labels, strict=True))
        ]
        shown.append({"row": row, "top": at, "middle": middle, "bars": bars, "below": middle + half + 13})
        at = middle + half + 28
    return draw(
        "strip.svg.j2",
        title=title,
        width=WIDTH,
        height=at + 26,
        left=LEFT,
        right=WIDTH - RIGHT,
        bar=step * 0.6,
        half=half,
        rows=shown,
        columns=[(LEFT + step * (k + 0.5), name) for k, name in enumerate(columns)],
        foot=at + 2,
        axis=axis,
    )
