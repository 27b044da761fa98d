"""The notations that mark formulas up: LaTeX and MathML."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from html import escape

from derive.formula.nodes import Node, Word, derivative_parts
from derive.formula.printers import GREEK, SIGNS, Printer


class Markup(Printer):
    """A notation that is set by a typesetter, in which a formula may stand on several lines."""

    @abstractmethod
    def sign(self, negative: bool) -> str:
        """The sign that a line begins with."""

    @abstractmethod
    def parenthesis(self, opening: bool) -> str:
        """One parenthesis whose partner stands on another line."""

    @abstractmethod
    def block(self, rows: Sequence[tuple[int, str]]) -> str:
        """Lines below each other, each with how far it is indented."""


class Latex(Markup):
    """LaTeX, as MathJax and amsmath understand it."""

    times = r" \, "

    def word(self, word: Word) -> str:  # noqa: D102
        derivative = derivative_parts(word.name)
        if derivative is None:
            subscript = ",".join(word.indices)
            return self._name(word.name) + (f"_{{{subscript}}}" if subscript else "")
        subscript = r" \leftarrow ".join(map(self._name, derivative[1]))
        after = "".join(f", {i}" for i in word.indices)
        return rf"\mathrm{{{derivative[0]}}}_{{{subscript}{after}}}"

    @staticmethod
    def greek(name: str) -> str:
        """A Greek letter."""
        return {"eps": r"\varepsilon"}.get(name, rf"\{name}")

    @staticmethod
    def _name(name: str) -> str:
        if name in GREEK:
            return Latex.greek(name)
        escaped = name.replace("_", r"\_")
        return name if len(name) == 1 else rf"\mathrm{{{escaped}}}"

    def size(self, axis: str) -> str:  # noqa: D102
        return f"N_{{{self._name(axis)}}}"

    def quotient(self, above: str, below: str, compound: bool) -> str:  # noqa: D102
        return rf"\frac{{{above}}}{{{below}}}"

    def raised(self, base: str, exponent: tuple[int, int]) -> str:  # noqa: D102
        above, below = exponent
        shown = str(above) if below == 1 else f"{above}/{below}"
        return f"{base}^{{{shown}}}"

    def root(self, body: Node) -> str:  # noqa: D102
        return rf"\sqrt{{{self(body)}}}"

    def call(self, function: str, argument: str) -> str:  # noqa: D102
        known = function in ("exp", "log", "tanh")
        return (rf"\{function}" if known else rf"\operatorname{{{function}}}") + rf"\left({argument}\right)"

    def total(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        under = ",".join(map(self._name, axes))
        return rf"\sum_{{{under}}} {body}"

    def largest(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        return rf"\max_{{{','.join(map(self._name, axes))}}}{self.parentheses(body)}"

    def parentheses(self, body: str) -> str:  # noqa: D102
        return rf"\left({body}\right)"

    def relation(self, lhs: str, sign: str, rhs: str) -> str:  # noqa: D102
        shown = {">=": r"\ge", "!=": r"\ne"}.get(sign, sign)
        return f"{lhs} {shown} {rhs}".lstrip()

    def sign(self, negative: bool) -> str:  # noqa: D102
        return "- " if negative else "+ "

    def parenthesis(self, opening: bool) -> str:  # noqa: D102
        return r"\Bigl(" if opening else r"\Bigr)"

    def block(self, rows: Sequence[tuple[int, str]]) -> str:  # noqa: D102
        body = " \\\\\n".join("& " + r"\quad " * depth + row for depth, row in rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


class MathML(Markup):
    """MathML Core, without the outer element."""

    times = '<mo lspace="0" rspace="0.17em">&#8290;</mo>'

    def word(self, word: Word) -> str:  # noqa: D102
        derivative = derivative_parts(word.name)
        after = "".join(f"<mo>,</mo>{self._name(i)}" for i in word.indices)
        if derivative is None:
            return (
                self._sub(self._name(word.name), after.removeprefix("<mo>,</mo>")) if after else self._name(word.name)
            )
        return self._sub(f"<mi>{derivative[0]}</mi>", "<mo>←</mo>".join(map(self._name, derivative[1])) + after)

    @staticmethod
    def _sub(base: str, subscript: str) -> str:
        return f"<msub>{base}<mrow>{subscript}</mrow></msub>"

    @staticmethod
    def _name(name: str) -> str:
        return f"<mi>{GREEK.get(name) or escape(name)}</mi>"

    def size(self, axis: str) -> str:  # noqa: D102
        return self._sub("<mi>N</mi>", self._name(axis))

    def digits(self, text: str) -> str:  # noqa: D102
        return f"<mn>{text}</mn>"

    def minus(self, body: str) -> str:  # noqa: D102
        return f'<mrow><mo form="prefix">−</mo>{body}</mrow>'

    def terms(self, parts: Sequence[tuple[bool, str]]) -> str:  # noqa: D102
        text = self.minus(parts[0][1]) if parts[0][0] else parts[0][1]
        rest = "".join(f"<mo>{'−' if negative else '+'}</mo>{part}" for negative, part in parts[1:])
        return f"<mrow>{text}{rest}</mrow>"

    def product(self, factors: Sequence[str]) -> str:  # noqa: D102
        return f"<mrow>{self.times.join(factors)}</mrow>"

    def quotient(self, above: str, below: str, compound: bool) -> str:  # noqa: D102
        return f"<mfrac>{above}{below}</mfrac>"

    def raised(self, base: str, exponent: tuple[int, int]) -> str:  # noqa: D102
        above, below = exponent
        shown = f"<mn>{above}</mn>"
        if below != 1:
            shown = f'<mrow><mn>{above}</mn><mo lspace="0" rspace="0">/</mo><mn>{below}</mn></mrow>'
        return f"<msup>{base}{shown}</msup>"

    def root(self, body: Node) -> str:  # noqa: D102
        return f"<msqrt>{self(body)}</msqrt>"

    def call(self, function: str, argument: str) -> str:  # noqa: D102
        return f"<mrow><mi>{function}</mi><mo>&#8289;</mo>{self.parentheses(argument)}</mrow>"

    def total(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        under = "<mo>,</mo>".join(map(self._name, axes))
        return f"<mrow><munder><mo>∑</mo><mrow>{under}</mrow></munder>{body}</mrow>"

    def largest(self, axes: tuple[str, ...], body: str) -> str:  # noqa: D102
        under = "<mo>,</mo>".join(map(self._name, axes))
        return f"<mrow><munder><mo>max</mo><mrow>{under}</mrow></munder>{self.parentheses(body)}</mrow>"

    def parentheses(self, body: str) -> str:  # noqa: D102
        return f"<mrow><mo>(</mo>{body}<mo>)</mo></mrow>"

    def relation(self, lhs: str, sign: str, rhs: str) -> str:  # noqa: D102
        return f"<mrow>{lhs}<mo>{escape(SIGNS.get(sign, sign))}</mo>{rhs}</mrow>"

    def sign(self, negative: bool) -> str:  # noqa: D102
        return f'<mo form="infix">{"−" if negative else "+"}</mo>'

    def parenthesis(self, opening: bool) -> str:  # noqa: D102
        return '<mo form="prefix">(</mo>' if opening else '<mo form="postfix">)</mo>'

    def block(self, rows: Sequence[tuple[int, str]]) -> str:  # noqa: D102
        indented = (f'<mspace width="{depth}em"/>{row}' if depth else row for depth, row in rows)
        body = "".join(f"<mtr><mtd><mrow>{line}</mrow></mtd></mtr>" for line in indented)
        return f'<mtable displaystyle="true">{body}</mtable>'
