"""What gradient checks can see, as plain data: losses against wrong derivations, killed or survived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WIDEST = 36  # columns of a table; the rest goes into a table of its own


@dataclass(frozen=True)
class Mistake:
    """A wrong derivation: its number in the heads of columns, what it does, what else gives the same gradients."""

    number: int
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Affected:
    """The gradient of an input, and the numbers of the mistakes that change it."""

    gradient: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Sight:
    """What a check sees of one gradient.

    Args:
        killed: for each mistake that changes this gradient, in their order, whether it is noticed there.
        alarm: whether noise alone may exceed the tolerance somewhere, so that the right gradient may fail too.
    """

    killed: tuple[bool, ...]
    alarm: bool

    @property
    def kills(self) -> int:
        """How many are noticed."""
        return sum(self.killed)


@dataclass(frozen=True)
class LossRow:
    """A loss or cotangent, and what it shows of each gradient; `kills` counts mistakes that some gradient shows."""

    name: str
    sights: tuple[Sight, ...]
    kills: int


@dataclass(frozen=True)
class CheckSetting:
    """One way of checking: a title, its numbers by name, and a row for each loss."""

    title: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[LossRow, ...]


@dataclass(frozen=True)
class Cells:
    """Some neighbouring columns of one gradient: its place in `BlindSpots.gradients`, and the first and last column."""

    place: int
    start: int
    stop: int


@dataclass(frozen=True)
class BlindSpots:
    """Losses and cotangents against the mistakes of a derivation.

    Args:
        method: how a cell is decided, sentence by sentence.
        mistakes: all that change something, in the order of their numbers.
        gradients: which of them change which gradient.
        equivalent: the mistakes that change no gradient, whatever the data.
        settings: the ways of checking.
    """

    method: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    gradients: tuple[Affected, ...]
    equivalent: tuple[str, ...]
    settings: tuple[CheckSetting, ...]

    @property
    def blocks(self) -> tuple[tuple[Cells, ...], ...]:
        """The columns in tables that are not too wide for a page."""
        pieces = [
            Cells(place, start, min(start + WIDEST, len(affected.numbers)))
            for place, affected in enumerate(self.gradients)
            for start in range(0, len(affected.numbers), WIDEST)
        ]
        return tuple(_packed(pieces))


def _packed(pieces: list[Cells]) -> Iterator[tuple[Cells, ...]]:
    block: list[Cells] = []
    for piece in pieces:
        if sum(p.stop - p.start for p in (*block, piece)) > WIDEST:
            yield tuple(block)
            block = []
        block.append(piece)
    if block:
        yield tuple(block)
