"""The derivation report as one object, in no format: what the page, the Markdown, the LaTeX and the terminal show.

Formulas stay SymPy expressions until a notation prints them, and prose that needs one holds the object, so no sentence
states a formula by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import sympy as sp

from derive.formula import Notation
from derive.report.blind_spots import BlindSpots

if TYPE_CHECKING:
    from derive.proofs.prove import Proven


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


@dataclass(frozen=True)
class Code:
    """A name, a command or a number to be set in the font of code."""

    text: str


Prose: TypeAlias = tuple[str | Formula | Code, ...]


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


Stories = Callable[["Proven"], tuple[Story, ...]]


@dataclass(frozen=True)
class Tensor:
    """Something that the layer is given: its symbol, its axes, what it is."""

    symbol: Formula
    role: Literal["input", "buffer", "constant"]
    axes: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class Share:
    """One contribution to an adjoint. `vanishes` names the theorem that says it is zero; `order` up to which."""

    number: int
    via: str
    of: str
    symbol: Formula
    formula: Formula
    vanishes: str = ""
    order: int | None = None


@dataclass(frozen=True)
class AdjointShares:
    """An adjoint and the contributions that it is the sum of."""

    symbol: Formula
    total: Formula
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Side:
    """One side of a statement, rewritten step by step: a rule and what it led to."""

    name: str
    start: Formula
    steps: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True)
class Confirmation:
    """One independent check: how it was made, and at what."""

    how: str
    at: str


@dataclass(frozen=True)
class Counterexample:
    """Exact numbers at which a changed forward pass has another derivative."""

    change: Prose
    derivative: str
    sizes: str
    data: tuple[tuple[str, str], ...]
    true_value: tuple[str, ...]
    changed_value: tuple[str, ...]


@dataclass(frozen=True)
class TheoremView:
    """A theorem as the reader meets it.

    `names` are what its steps define for themselves; `blind` says that it is about particular cotangents, `denied` that
    there is no such theorem.
    """

    number: int
    anchor: str
    name: str
    statement: Formula | None
    given: tuple[Formula, ...]
    order: int | None
    remark: str
    names: tuple[Formula, ...]
    sides: tuple[Side, ...]
    checks: tuple[Confirmation, ...]
    counterexample: Counterexample | None
    blind: bool
    denied: bool = False

    @property
    def valid(self) -> str:
        """For which derivatives the statement may be used, in words."""
        if self.denied:
            return "some data, so there is no such theorem"
        if self.counterexample is not None:
            return "counterexample"
        return "every order" if self.order is None else f"order {self.order} only"


@dataclass(frozen=True)
class ScalarsView:
    """Values that are computed once for each index along some axes; without axes, once in all."""

    axes: tuple[str, ...]
    formulas: tuple[Formula, ...]

    @property
    def often(self) -> str:
        """How often they are computed, in words."""
        if not self.axes:
            return "once in all"
        names = ", ".join(self.axes)
        return f"once for each {names if len(self.axes) == 1 else f'({names})'}"


@dataclass(frozen=True)
class PassView:
    """One sweep over the data."""

    kind: str
    operations: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    sums: tuple[Formula, ...]
    scalars_before: tuple[ScalarsView, ...]


@dataclass(frozen=True)
class SourceView:
    """A function of an emitted file."""

    target: str
    path: str
    function: str
    text: str


@dataclass(frozen=True)
class KernelView:
    """What one emitted function does: passes with the scalars computed ahead of each, and after the last."""

    name: str
    passes: tuple[PassView, ...]
    scalars_after: tuple[ScalarsView, ...]
    sources: tuple[SourceView, ...]

    @property
    def reads(self) -> int:
        """Values read per element, over all passes."""
        return sum(len(sweep.reads) for sweep in self.passes)

    @property
    def sums(self) -> int:
        """How many sums are taken."""
        return sum(len(sweep.sums) for sweep in self.passes)

    @property
    def writes(self) -> int:
        """Values written per element."""
        return sum(len(sweep.writes) for sweep in self.passes)

    @property
    def operations(self) -> int:
        """Elementwise operations per element, over all passes; sums are counted apart."""
        return sum(sweep.operations for sweep in self.passes)


@dataclass(frozen=True)
class Trust:
    """What is proven, what is tested and what is assumed."""

    proven: tuple[Prose, ...]
    tested: tuple[Prose, ...]
    assumed: tuple[Prose, ...]


@dataclass(frozen=True)
class Part:
    """The report of one derivation; `domain` are the conditions under which it exists, each with its proof."""

    title: str
    anchor: str
    given: tuple[Tensor, ...]
    forward: tuple[Formula, ...]
    domain: tuple[tuple[Prose, tuple[Prose, ...]], ...]
    names: tuple[tuple[Formula, str], ...]
    sizes: tuple[tuple[Formula, str], ...]
    graph: Picture
    adjoints: tuple[AdjointShares, ...]
    closed: tuple[Formula, ...]
    gradient_check: Confirmation
    theorems: tuple[TheoremView, ...]
    kernels: tuple[KernelView, ...]
    trust: Trust
    blind_spots: BlindSpots | None

    @property
    def blind(self) -> tuple[TheoremView, ...]:
        """The theorems about cotangents for which the gradient says little or nothing."""
        return tuple(theorem for theorem in self.theorems if theorem.blind)


@dataclass(frozen=True)
class Report:
    """Everything about one layer."""

    name: str
    source: str
    digest: str
    parts: tuple[Part, ...]
    stories: tuple[Story, ...]
    commands: tuple[tuple[str, str], ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, in the order in which they are shown."""
        own = [part.graph for part in self.parts]
        return (*own, *(item for story in self.stories for item in story.body if isinstance(item, Picture)))

    @property
    def theorems(self) -> int:
        """How many theorems were proven."""
        return sum(len(part.theorems) for part in self.parts)
