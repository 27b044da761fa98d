"""Long formulas on several lines: broken before the signs between terms, outermost first, and indented by depth."""

from __future__ import annotations

from collections.abc import Sequence

from derive.formula.markup import Markup
from derive.formula.nodes import (
    PRODUCT,
    Call,
    Digits,
    Largest,
    Negative,
    Node,
    Product,
    Quotient,
    Raised,
    Relation,
    Root,
    SizeOf,
    Terms,
    Total,
    Word,
    derivative_parts,
)
from derive.formula.printers import GREEK

WIDTH = 72.0  # of a line, in letters: what fits across a printed page or the column of a wide screen
SMALL = 0.7  # the size of a subscript
INDENT = 2

Row = tuple[int, str]


def broken(printer: Markup, node: Node) -> str:
    """The node in a notation, on several lines when it is too wide for one and has signs to break before."""
    rows = _rows(printer, node, WIDTH)
    return rows[0][1] if len(rows) == 1 else printer.block(rows)


def continued(printer: Markup, node: Node) -> str:
    """The same after a sign of equality, for a step of a proof."""
    (_, first), *rest = _rows(printer, node, WIDTH)
    first = printer.relation("", "=", first)
    return first if not rest else printer.block([(0, first), *((depth + 1, row) for depth, row in rest)])


def _rows(printer: Markup, node: Node, room: float) -> list[Row]:
    """The lines of a node that has so much room; the first one is not indented."""
    if width(node) <= room:
        return [(0, printer(node))]
    match node:
        case Relation(lhs, sign, rhs):
            (_, first), *rest = _rows(printer, rhs, room - INDENT)
            return [(0, printer.relation(printer(lhs), sign, first)), *_deeper(rest)]
        case Terms(parts):
            found: list[Row] = []
            for negative, part in parts:
                (_, first), *rest = _within(printer, part, room - INDENT)
                shown = printer.sign(negative) + first if found else printer.minus(first) if negative else first
                found += [(0, shown), *_deeper(rest)]
            return found
        case Negative(body):
            (_, first), *rest = _within(printer, body, room)
            return [(0, printer.minus(first)), *rest]
        case Product(factors):
            return _product(printer, factors, room)
        case Total(axes, body):
            (_, first), *rest = _within(printer, body, room)
            return [(0, printer.total(axes, first)), *rest] if rest else [(0, printer(node))]
    return [(0, printer(node))]


def _within(printer: Markup, node: Node, room: float) -> list[Row]:
    """The lines of a node as a summand or a factor: a sum stands in parentheses."""
    if printer.level(node) >= PRODUCT:
        return _rows(printer, node, room)
    (_, first), *rest = _rows(printer, node, room - INDENT)
    if not rest:
        return [(0, printer.parentheses(first))]
    *middle, (depth, last) = _deeper(rest)
    return [(0, printer.parenthesis(True) + first), *middle, (depth, last + printer.parenthesis(False))]


def _product(printer: Markup, factors: tuple[Node, ...], room: float) -> list[Row]:
    """A product whose widest factor takes several lines, the others before and after it."""
    place = max(range(len(factors)), key=lambda k: width(factors[k]))
    # What follows a sum over an axis would look as if it were summed too.
    breaks = isinstance(factors[place], Terms) or (isinstance(factors[place], Total) and place == len(factors) - 1)
    rows = _within(printer, factors[place], room) if breaks else []
    if len(rows) < 2:
        return [(0, printer(Product(factors)))]
    printed = printer.factors(factors)
    before = "".join(factor + printer.times for factor in printed[:place])
    after = "".join(printer.times + factor for factor in printed[place + 1 :])
    (_, first), *middle, (depth, last) = rows
    return [(0, before + first), *middle, (depth, last + after)]


def _deeper(rows: Sequence[Row]) -> list[Row]:
    return [(depth + 1, row) for depth, row in rows]


def width(node: Node) -> float:
    """About how wide a node is in print, in letters."""
    match node:
        case Word(name):
            return _word(name)
        case SizeOf(axis):
            return 1 + SMALL * len(axis)
        case Digits(text):
            return len(text)
        case Negative(body):
            return 2 + width(body)
        case Terms(parts):
            return sum(3 + _factor(part) for _, part in parts)
        case Product(factors):
            return sum(_factor(factor) for factor in factors) + 0.5 * len(factors)
        case Quotient(above, below):
            return max(sum(_factor(f) + 0.5 for f in side) for side in (above, below))
        case Raised(base, exponent):
            return _factor(base) + (SMALL if exponent[1] == 1 else 3 * SMALL)
        case Root(body):
            return 1.5 + width(body)
        case Call(function, argument):
            return len(function) + 2 + width(argument)
        case Total(axes, body):
            return max(2.0, SMALL * len(",".join(axes))) + _factor(body)
        case Largest(axes, body):
            return max(3.0, SMALL * len(",".join(axes))) + 2 + width(body)
        case Relation(lhs, _, rhs):
            return width(lhs) + 3 + width(rhs)


def _factor(node: Node) -> float:
    """The width of a summand or a factor, with the parentheses of a sum."""
    return width(node) + (2 if isinstance(node, Terms) else 0)


def _word(name: str) -> float:
    derivative = derivative_parts(name)
    if derivative is None:
        return 1 if name in GREEK else len(name)
    return len(derivative[0]) + SMALL * sum(1 if part in GREEK else len(part) for part in derivative[1])
