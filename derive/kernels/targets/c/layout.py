"""Breaks long lines of C, where a line may end anywhere between two words."""

from __future__ import annotations

import re

from derive.kernels.python_api.layout import WIDTH

# Where a line is broken: after a comma or a statement, before an operator or a block.
_PLACES = re.compile(r"(?<=[,;)]) | (?=(?:&&|\|\||[-+]?=|[-+?:{]) )|(?<=[\w)\]])(?=\*\w)")
_MARGIN = re.compile(r" *(?:\* +)?")  # lines inside a comment begin with a star


def broken(line: str) -> list[str]:
    """A line that is too long as several, later ones indented further; directives and strings stay in one piece."""
    if line.lstrip().startswith(("#", "/*")):
        return [line]
    first = _MARGIN.match(line)
    assert first is not None
    margin, lines = first[0], list[str]()
    while (place := _place(line, len(margin) if not lines else len(margin) + 4)) is not None:
        lines.append(line[:place])
        line = f"{margin}    {line[place:].lstrip()}"
    return [*lines, line]


def _place(line: str, start: int) -> int | None:
    """Where a line is broken; None for one that fits or cannot be."""
    if len(line) <= WIDTH:
        return None
    strings = [match.span() for match in re.finditer(r'"[^"]*"', line)]
    places = [match.start() for match in _PLACES.finditer(line, start)]
    places = [place for place in places if not any(begin < place < end for begin, end in strings)]
    fitting = [place for place in places if place <= WIDTH]
    return fitting[-1] if fitting else next(iter(places), None)
