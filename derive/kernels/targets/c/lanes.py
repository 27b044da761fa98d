"""Lane values of float64 data in pairs of doubles: loops of vector instructions with more digits than long double has.

What double loses of every operation is held beside its result. That is right as long as nothing leaves the range of
double on the way, so beside the values each lane gets its *reach*: a bound for the exponents of all that is computed
from what it begins with. Lanes beyond the limit, and stages of which nothing is known, are computed in long double.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from math import ceil

from derive.formula.layout import Layout
from derive.formula.nodes import Digits, Negative, Node, Product, Quotient, Raised, Root, Terms, Word
from derive.kernels.loops import Item
from derive.kernels.plan import ExactSum, Remainder
from derive.kernels.targets.c.expressions import BINARY, lost

RANGE = 960  # the least exponent of a normal number is -1022, and what is lost of a product has another 53 digits
CANCELLED = 64  # digits of a sum of terms that cancel: what is left beyond them is no digit of long double either
HIGHEST_POWER = 16  # of those that are products
LITERAL = 15  # decimal digits that double holds exactly
_NAME = re.compile(r"\bat_\d+\b")


class Unpaired(Exception):
    """Something of which it is not known what double loses."""


@dataclass(frozen=True)
class Pair:
    """A value as C: what double holds of it and what is lost, `0` where nothing is.

    Args:
        high, low: their texts.
        degrees: by how much its exponent can grow with that of each value it is computed from.
        slack: by how much more.
        fixed: whether it is the same for all lanes.
    """

    high: str
    low: str = "0"
    degrees: Mapping[str, Fraction] = field(default_factory=dict)
    slack: int = 0
    fixed: bool = False


class PairLines:
    """The statements that compute the items of a stage; `given` are the values it begins with, as they are asked for.

    Raises Unpaired for what cannot be computed so.
    """

    def __init__(self, prefix: str, given: Callable[[str], Pair], pivots: frozenset[str]) -> None:
        self.prefix, self.given, self.pivots = prefix, given, pivots
        self.fixed: list[str] = []  # what is the same for all lanes
        self.lines: list[str] = []
        self.values: dict[str, Pair] = {}
        self.divisors: list[str] = []
        self._begun: dict[str, Pair] = {}
        self._known: dict[str, str] = {}
        self._rounded: set[str] = set()  # the first numbers of pairs that are no wider than they need to be
        self._degrees: dict[str, Fraction] = {}
        self._slack = 0

    def item(self, item: Item) -> None:
        """Compute what an item defines."""
        if isinstance(item, ExactSum):
            total = self._whole(self._sum(self._word(item.a), self._word(item.b)))
            self.values[item.high] = replace(total, low="0")
            self.values[item.low] = replace(total, high=total.low, low="0")
        elif isinstance(item, Remainder):
            rest = self._sum(self._word(item.of), self._word(item.pivot), less=True)
            self.values[item.name] = self._whole(self._sum(rest, self._word(item.low)) if item.low else rest)
        else:
            value = self._whole(self._value(Layout()(item.expr)))
            if item.floor:
                value = self._floored(value)
            self.values[item.name] = replace(value, low="0") if item.name in self.pivots else value

    def needed(self, texts: Iterable[str]) -> tuple[list[str], list[str]]:
        """Those of the statements that some texts need: of what is the same for all lanes, and of a lane."""
        names, kept = {name for text in texts for name in _NAME.findall(text)}, set[str]()
        for line in (*reversed(self.lines), *reversed(self.fixed)):
            made, *read = _NAME.findall(line)
            if made in names:
                kept.add(line)
                names |= set(read)
        return [line for line in self.fixed if line in kept], [line for line in self.lines if line in kept]

    def reach(self) -> tuple[str, int]:
        """The bound for the exponents of a lane, and its limit."""
        powers = {name: ceil(2 * degree) for name, degree in self._degrees.items()}
        limit = 2 * (RANGE - self._slack) - sum(powers.values())
        if limit < RANGE / 2:
            raise Unpaired
        terms = [f"{power} * {self.prefix}_reach({self._begun[name].high})" for name, power in powers.items()]
        return " + ".join([*terms, *(f"{self.prefix}_none({text})" for text in self.divisors)]) or "0", limit

    def _value(self, node: Node) -> Pair:
        match node:
            case Word(name):
                return self._word(name)
            case Digits(text) if len(text) <= LITERAL:
                return Pair(f"{text}.0", slack=int(text).bit_length(), fixed=True)
            case Negative(body):
                return self._negative(self._value(body))
            case Terms(parts):
                (negative, first), *others = parts
                total = self._negative(self._value(first)) if negative else self._value(first)
                for less, part in others:
                    total = self._sum(total, self._value(part), less=less)
                return self._whole(total)
            case Product(factors):
                return self._all(factors)
            case Quotient(above, below):
                return self._product(self._all(above), self._reciprocal(self._all(below)))
            case Raised(base, (power, 1)) if power <= HIGHEST_POWER:
                return self._all([base] * power)
            case Root(body):
                return self._root(self._value(body))
        raise Unpaired

    def _word(self, name: str) -> Pair:
        if name not in self.values:
            self._begun[name] = replace(self.given(name), degrees={name: Fraction(1)})
            self._rounded.add(self._begun[name].high)
            self.values[name] = self._bounded(self._begun[name])
        return self.values[name]

    def _all(self, factors: Sequence[Node]) -> Pair:
        return reduce(self._product, map(self._value, factors))

    # Operations, with what is lost of them.

    def _sum(self, left: Pair, right: Pair, *, less: bool = False) -> Pair:
        fixed, function = left.fixed and right.fixed, "subtract" if less else "add"
        high = self._named(f"{left.high} {BINARY[function]} {right.high}", fixed)
        text = lost(function, self.prefix, ((left.high, left.low), (right.high, right.low)), high)
        degrees = _joined(left.degrees, right.degrees, max)
        slack = max(left.slack, right.slack) + CANCELLED
        return self._bounded(Pair(high, self._named(text, fixed), degrees, slack, fixed))

    def _product(self, left: Pair, right: Pair) -> Pair:
        one = Pair("1.0", slack=1, fixed=True)
        if one in (left, right):
            return right if left == one else left
        fixed = left.fixed and right.fixed
        high = self._named(f"{left.high} * {right.high}", fixed)
        text = lost("multiply", self.prefix, ((left.high, left.low), (right.high, right.low)), high)
        degrees = _joined(left.degrees, right.degrees, operator.add)
        return self._bounded(Pair(high, self._named(text, fixed), degrees, left.slack + right.slack, fixed))

    def _reciprocal(self, of: Pair) -> Pair:
        high = self._named(f"1 / {of.high}", of.fixed)
        if not of.fixed:
            self.divisors.append(of.high)
        rest = f"fma(-{high}, {of.high}, 1)" + (f" - {high} * {of.low}" if of.low != "0" else "")
        return replace(of, high=high, low=self._named(f"({rest}) * {high}", of.fixed))

    def _root(self, of: Pair) -> Pair:
        high = self._named(f"sqrt({of.high})", of.fixed)
        over = self._named(f"1 / {high}", of.fixed)
        rest = f"fma(-{high}, {high}, {of.high})" + (f" + {of.low}" if of.low != "0" else "")
        low = self._named(f"{high} > 0 ? ({rest}) * (0.5 * {over}) : 0", of.fixed)
        return replace(of, high=high, low=low, degrees={name: degree / 2 for name, degree in of.degrees.items()})

    def _negative(self, of: Pair) -> Pair:
        high, low = (part if part == "0" else self._named(f"-{part}", of.fixed) for part in (of.high, of.low))
        if of.high in self._rounded:
            self._rounded.add(high)
        return replace(of, high=high, low=low)

    def _floored(self, of: Pair) -> Pair:
        """The same, clipped at zero."""
        high = self._named(f"{of.high} < 0 ? 0 : {of.high}", of.fixed)
        low = of.low if of.low == "0" else self._named(f"{of.high} < 0 ? 0 : {of.low}", of.fixed)
        self._rounded.add(high)
        return replace(of, high=high, low=low)

    def _whole(self, of: Pair) -> Pair:
        """The same with all that double can hold of it in one number."""
        if of.low == "0" or of.high in self._rounded:
            return of
        high = self._named(f"{of.high} + {of.low}", of.fixed)
        self._rounded.add(high)
        return replace(of, high=high, low=self._named(f"{of.low} - ({high} - {of.high})", of.fixed))

    def _bounded(self, pair: Pair) -> Pair:
        """Note how far a value may be from one."""
        for name, degree in pair.degrees.items():
            self._degrees[name] = max(degree, self._degrees.get(name, degree))
        self._slack = max(self._slack, pair.slack)
        return pair

    def _named(self, text: str, fixed: bool) -> str:
        """The name of an expression, which is computed once."""
        if text not in self._known:
            self._known[text] = f"at_{len(self._known)}"
            (self.fixed if fixed else self.lines).append(f"const double {self._known[text]} = {text};")
        return self._known[text]


def _joined(
    left: Mapping[str, Fraction], right: Mapping[str, Fraction], how: Callable[[Fraction, Fraction], Fraction]
) -> dict[str, Fraction]:
    none = Fraction(0)
    return {name: how(left.get(name, none), right.get(name, none)) for name in {**left, **right}}
