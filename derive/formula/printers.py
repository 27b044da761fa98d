"""The notations: each prints every node; where parentheses go is decided once, for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from derive.formula.nodes import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
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
)

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ϵ",
    "eps": "ε",
    "eta": "η",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "psi": "ψ",
}

SIGNS = {">=": "≥", "!=": "≠"}


class Printer(ABC):
    """Prints a layout; subclasses say how each node is written."""

    times = " "
    total_level = PRODUCT  # how tightly a sum holds together
    grouped = True  # whether a fraction line and a root sign group what they stand over

    def __call__(self, node: Node) -> str:
        """The node in this notation."""
        match node:
            case Word():
                return self.word(node)
            case SizeOf(axis):
                return self.size(axis)
            case Digits(text):
                return self.digits(text)
            case Negative(body):
                return self.minus(self.wrap(body, PRODUCT))
            case Terms(parts):
                return self.terms([(negative, self.wrap(part, PRODUCT)) for negative, part in parts])
            case Product(factors):
                return self.product(self.factors(factors))
            case Quotient(above, below):
                return self.quotient(self._side(above), self._side(below), len(below) > 1)
            case Raised(base, exponent):
                return self.raised(self.wrap(base, ATOM), exponent)
            case Root(body):
                return self.root(body)
            case Call(function, argument):
                return self.call(function, self(argument))
            case Total(axes, body):
                return self.total(axes, self.wrap(body, PRODUCT) if self.total_level == PRODUCT else self(body))
            case Largest(axes, body):
                return self.largest(axes, self(body))
            case Relation(lhs, sign, rhs):
                return self.relation(self(lhs), sign, self(rhs))

    def level(self, node: Node) -> int:
        """How tightly a node holds together."""
        match node:
            case Negative() | Terms() | Relation():
                return SUM
            case Product() | Quotient():
                return PRODUCT
            case Raised():
                return POWER
            case Total():
                return self.total_level
        return ATOM

    def wrap(self, node: Node, level: int) -> str:
        """The node, in parentheses if it holds together less tightly than is needed."""
        return self(node) if self.level(node) >= level else self.parentheses(self(node))

    def factors(self, factors: Sequence[Node]) -> list[str]:
        """Factors to stand side by side; a sum may stand last without parentheses, a fraction between them too."""
        last = len(factors) - 1

        def needed(k: int, factor: Node) -> int:
            fraction = self.grouped and isinstance(factor, Quotient)
            return PRODUCT if fraction or (k == last and isinstance(factor, Total)) else POWER

        return [self.wrap(factor, needed(k, factor)) for k, factor in enumerate(factors)]

    def _side(self, factors: tuple[Node, ...]) -> str:
        if len(factors) > 1:
            return self.product(self.factors(factors))
        return self(factors[0]) if self.grouped else self.wrap(factors[0], PRODUCT)

    def product(self, factors: Sequence[str]) -> str:
        """Factors side by side."""
        return self.times.join(factors)

    @abstractmethod
    def word(self, word: Word) -> str:
        """A name."""

    @abstractmethod
    def size(self, axis: str) -> str:
        """The size of an axis."""

    def digits(self, text: str) -> str:
        """A whole number."""
        return text

    def minus(self, body: str) -> str:
        """A minus sign in front."""
        return f"-{body}"

    def terms(self, parts: Sequence[tuple[bool, str]]) -> str:
        """Summands."""
        text = self.minus(parts[0][1]) if parts[0][0] else parts[0][1]
        return text + "".join(f" {'-' if negative else '+'} {part}" for negative, part in parts[1:])

    @abstractmethod
    def quotient(self, above: str, below: str, compound: bool) -> str:
        """A fraction; `compound` when several factors stand below."""

    @abstractmethod
    def raised(self, base: str, exponent: tuple[int, int]) -> str:
        """A power."""

    @abstractmethod
    def root(self, body: Node) -> str:
        """A square root."""

    @abstractmethod
    def call(self, function: str, argument: str) -> str:
        """A function of an argument."""

    @abstractmethod
    def total(self, axes: tuple[str, ...], body: str) -> str:
        """A sum over axes."""

    @abstractmethod
    def largest(self, axes: tuple[str, ...], body: str) -> str:
        """A maximum over axes."""

    @abstractmethod
    def parentheses(self, body: str) -> str:
        """Parentheses."""

    def relation(self, lhs: str, sign: str, rhs: str) -> str:
        """Two sides and a sign."""
        return f"{lhs} {sign} {rhs}"


class Text(Printer):
    """Plain ASCII, as Python writes formulas; functions may get a prefix."""

    times = "*"
    total_level = ATOM
    grouped = False

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def word(self, word: Word) -> str:  # noqa: D102
        return f"{word.name}[{','.join(word.indices)}]" if word.indices else word.name

    def size(self, axis: str) -> str:  # noqa: D102
        return f"N_{axis}"

    def quotient(self, above: str, below: str, compound: bool) -> str:  # noqa: D102
        return f"{above}/({below})" if compound else f"{above}/{below}"

    def raised(self, base: str, exponent: tuple[int, int]) -> str:  # noqa: D102
        above, below = exponent
        return f"{base}**{above}" if below == 1 else f"{base}**({above}/{below})"

    def root(self, body: Node) -> str:  # noqa: D102
        return f"{self.prefix}sqrt({self(body)})"

    def call(self, function: str, argument: str) -> str:  # noqa: D102
        return f"{self.prefix}{function}({argument})"

    def total(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        return f"sum[{','.join(axes)}]({body})"

    def largest(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        return f"max[{','.join(axes)}]({body})"

    def parentheses(self, body: str) -> str:  # noqa: D102
        return f"({body})"


class Unicode(Text):
    """One line of readable Unicode, for terminals and pictures."""

    times = "·"
    _SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

    def word(self, word: Word) -> str:  # noqa: D102
        name = GREEK.get(word.name, word.name)
        return f"{name}[{','.join(word.indices)}]" if word.indices else name

    def minus(self, body: str) -> str:  # noqa: D102
        return f"−{body}"

    def terms(self, parts: Sequence[tuple[bool, str]]) -> str:  # noqa: D102
        text = self.minus(parts[0][1]) if parts[0][0] else parts[0][1]
        return text + "".join(f" {'−' if negative else '+'} {part}" for negative, part in parts[1:])

    def raised(self, base: str, exponent: tuple[int, int]) -> str:  # noqa: D102
        above, below = exponent
        return base + (str(above).translate(self._SUPERSCRIPTS) if below == 1 else f"^({above}/{below})")

    def root(self, body: Node) -> str:  # noqa: D102
        return "√" + self.wrap(body, ATOM)

    def total(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        return f"Σ[{','.join(axes)}]({body})"

    def relation(self, lhs: str, sign: str, rhs: str) -> str:  # noqa: D102
        return f"{lhs} {SIGNS.get(sign, sign)} {rhs}"
