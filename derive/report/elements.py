"""What reports are made of, in no format: formulas, prose with formulas in it, pictures, tables, sections.

Formulas stay SymPy expressions until a notation prints them, and prose that needs one holds the object, so no sentence
states a formula by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sympy as sp

from derive.formula import Notation


@dataclass(frozen=True)
class Formula:
    """An expression, or `lhs = rhs`; `literal` shows it as it stands, without tidying for the reader."""

    lhs: sp.Basic
    rhs: sp.Basic | None = None
    literal: bool = False

    def show(self, notation: Notation) -> str:
        """The formula in a notation."""
        notation = notation.literal if self.literal else notation
        return notation(self.lhs) if self.rhs is None else notation.relation(self.lhs, self.rhs)

    def display(self, notation: Notation) -> str:
        """The formula on lines of its own, as many as it needs."""
        return (notation.literal if self.literal else notation).lines(self.lhs, self.rhs)

    def step(self, notation: Notation) -> str:
        """The expression as a step of a proof, after a sign of equality."""
        return (notation.literal if self.literal else notation).step(self.lhs)


@dataclass(frozen=True)
class Code:
    """A name, a command or a number to be set in the font of code."""

    text: str


Prose: TypeAlias = tuple[str | Formula | Code, ...]


def listed(items: Sequence[str | Formula | Code]) -> Prose:
    """Things one after the other, as a sentence lists them."""
    parts: list[str | Formula | Code] = []
    for place, item in enumerate(items):
        between = "" if not place else " and " if place == len(items) - 1 else ", "
        parts += [between, item] if between else [item]
    return tuple(parts)


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Args:
        name: what its file is called after the layer's name.
        title: a heading.
        svg: the drawing, with its own colours for light and dark.
        caption: what to see in it.
        description: the same for those who cannot see it, one sentence.
    """

    name: str
    title: str
    svg: str
    caption: Prose
    description: str


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Prose, ...], ...]


@dataclass(frozen=True)
class Story:
    """A section of the report that a layer brings along: paragraphs, tables and pictures, in their order."""

    title: str
    body: tuple[Prose | Picture | Table, ...]
