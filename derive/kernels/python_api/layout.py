"""Breaks long statements and paragraphs, so that emitted files keep to one line length."""

from __future__ import annotations

import textwrap

WIDTH = 120


def wrap_source(source: str) -> str:
    """The source with every statement that is too long broken inside its brackets."""
    return "\n".join(line for long in source.split("\n") for line in _broken(long))


def _broken(line: str) -> list[str]:
    """A line that is too long as several: inside its longest bracket, else before the operators of a sum."""
    if len(line) <= WIDTH or line.lstrip().startswith(("#", '"""')):
        return [line]
    indent = len(line) - len(line.lstrip())
    cut = _outermost_bracket(line)
    if cut is not None and cut[0] < WIDTH and cut[1] > cut[0] + 1 and indent + len(line[cut[1] :]) <= WIDTH:
        return _inside(line, cut, indent)
    names, equals, value = line.strip().partition(" = ")
    if equals and ", " in names and not names.startswith("("):
        return _broken(f"{' ' * indent}({names}) = {value}")
    if equals and _pieces(value, (", ",)):  # a tuple on either side
        whole = f"{' ' * indent}{names} = ({value})"
        first, *rest = _inside(whole, (len(whole) - len(value) - 2, len(whole) - 1), indent)
        return [*_broken(first), *rest]
    if equals and not value.endswith("("):
        return [f"{' ' * indent}{names} = (", *_broken(f"{' ' * (indent + 4)}{value}"), f"{' ' * indent})"]
    pieces = _pieces(line.strip(), (" + ", " - "))
    if pieces:
        return [part for piece in pieces for part in _broken(f"{' ' * indent}{piece.strip()}")]
    return [line] if cut is None or cut[1] == cut[0] + 1 else _inside(line, cut, indent)


def _inside(line: str, cut: tuple[int, int], indent: int) -> list[str]:
    start, end = cut
    inner = line[start + 1 : end]
    pieces = _pieces(inner, (", ",)) or _pieces(inner, (" + ", " - ")) or [inner]
    body: list[str] = []
    current = " " * (indent + 4)
    for piece in pieces:
        if len(current.rstrip()) + len(piece) >= WIDTH and current.strip():
            body.append(current.rstrip())
            current = " " * (indent + 4)
        current += piece
    body.append(current.rstrip())
    return [line[: start + 1], *(x for b in body for x in _broken(b)), *_broken(" " * indent + line[end:])]


def _outermost_bracket(line: str) -> tuple[int, int] | None:
    """The longest bracketed part that is not inside another; a subscript only where there is nothing else."""
    depth, start = 0, 0
    found: list[tuple[bool, int, int]] = []
    quoted = ""
    for k, char in enumerate(line):
        if quoted:
            quoted = "" if char == quoted else quoted
        elif char in "\"'":
            quoted = char
        elif char in "([{":
            if depth == 0:
                start = k
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                found.append((line[start] != "[", k - start, start))
    if not found:
        return None
    _, length, start = max(found)
    return start, start + length


def _pieces(text: str, separators: tuple[str, ...]) -> list[str]:
    """The text cut after (for commas) or before (for operators) the separators that are in no bracket."""
    pieces, depth, last, quoted = [], 0, 0, ""
    for k, char in enumerate(text):
        if quoted:
            quoted = "" if char == quoted else quoted
            continue
        if char in "\"'":
            quoted = char
        depth += char in "([{"
        depth -= char in ")]}"
        if depth == 0 and k > 0 and text.startswith(separators, k):
            cut = k + 2 if text[k] == "," else k + 1
            pieces.append(text[last:cut])
            last = cut
    if not pieces:
        return []
    return [*pieces, text[last:]]


def paragraph(text: str, indent: int = 0, hanging: int = 4) -> list[str]:
    """Text as lines that fit, later ones indented further."""
    width = WIDTH - 8 - indent
    return textwrap.wrap(text, width, subsequent_indent=" " * hanging, break_long_words=False) or [""]
