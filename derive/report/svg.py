"""What all pictures share: rounding, text widths, line breaks, and the templates they are drawn with."""

from __future__ import annotations

import re
from typing import Any

from derive.report.rendering import render_markup

WIDE = 0.602  # the width of a character in the monospaced font of pictures, in font sizes


def number(value: float) -> str:
    """A coordinate with at most two decimals, without trailing zeros."""
    # What libraries may compute differently in the last digits must not decide a tie: 168.185 is rounded one way.
    text = f"{round(value, 6):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text_width(text: str, size: float) -> float:
    """How wide a text of the given font size is, to lay things out by."""
    return len(text) * WIDE * size


def broken(text: str, width: int) -> list[str]:
    """A formula in lines of at most `width` characters, broken at spaces and before signs where possible."""
    pieces = re.findall(r"\s*[^\s·/]*[·/]?", text)
    lines = [""]
    for piece in (p for p in pieces if p):
        if lines[-1] and len(lines[-1]) + len(piece) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line[k : k + width] for line in lines for k in range(0, max(1, len(line)), width)]


def draw(template: str, **values: Any) -> str:
    """An SVG picture from its template; numbers in it go through `number`."""
    return render_markup(f"report/{template}", number=number, **values)
