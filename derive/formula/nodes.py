"""How a formula is laid out, in no notation: a small tree whose nodes every printer knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly a node holds together


Sign: TypeAlias = Literal["=", ">", ">=", "!="]


@dataclass(frozen=True)
class Word:
    """The name of a tensor or of a number."""

    name: str
    indices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SizeOf:
    """The number of elements along an axis."""

    axis: str


@dataclass(frozen=True)
class Digits:
    """A whole number that is not negative."""

    text: str


@dataclass(frozen=True)
class Negative:
    """A minus sign in front."""

    body: Node


@dataclass(frozen=True)
class Terms:
    """Summands, each with whether it is subtracted."""

    parts: tuple[tuple[bool, Node], ...]


@dataclass(frozen=True)
class Product:
    """Two or more factors side by side."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Quotient:
    """Factors above and below a fraction line, at least one each."""

    above: tuple[Node, ...]
    below: tuple[Node, ...]


@dataclass(frozen=True)
class Raised:
    """A positive power other than 1 and 1/2, its exponent as numerator and denominator."""

    base: Node
    exponent: tuple[int, int]


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Node


@dataclass(frozen=True)
class Call:
    """A function of one argument."""

    function: str
    argument: Node


@dataclass(frozen=True)
class Total:
    """A sum over axes."""

    axes: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Largest:
    """A maximum over axes."""

    axes: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Relation:
    """Two sides with a sign between them."""

    lhs: Node
    sign: Sign
    rhs: Node


Node: TypeAlias = (
    Word | SizeOf | Digits | Negative | Terms | Product | Quotient | Raised | Root | Call | Total | Largest | Relation
)


DERIVATIVES = ("grad", "tangent", "cotangent")


def derivative_parts(name: str) -> tuple[str, tuple[str, ...]] | None:
    """For the name of a derivative, what it is (`grad`) and the tensor it belongs to, then what it came along."""
    word, _, rest = name.partition("_")
    if word not in DERIVATIVES or not rest:
        return None
    return word, tuple(rest.split("_via_", maxsplit=1))
