"""Formulas as text, Unicode, LaTeX and MathML, by small printers of our own: the same bytes everywhere.

An expression is first laid out (`layout`), then printed (`printers`); the order of factors, the signs and the places
of parentheses are the same in all notations.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.formula.layout import SIGNS, Layout
from derive.formula.lines import broken, continued
from derive.formula.markup import Latex, Markup, MathML
from derive.formula.nodes import Relation
from derive.formula.printers import GREEK, Printer, Text, Unicode

__all__ = ["GREEK", "Notation", "latex", "mathml", "text", "unicode"]


class Notation:
    """How formulas are written.

    Args:
        latex: LaTeX; else plain ASCII text.
        indices: whether tensors show their axes.
        prefix: what the names of functions begin with in text.
        printer, layout: another notation altogether.
    """

    def __init__(
        self,
        latex: bool = False,
        indices: bool = False,
        prefix: str = "",
        *,
        printer: Printer | None = None,
        layout: Layout | None = None,
    ) -> None:
        self.printer = printer or (Latex() if latex else Text(prefix))
        self.layout = replace(layout or Layout(tidy=latex, averages=latex, compounds_last=latex), indices=indices)

    def __call__(self, expr: sp.Basic) -> str:
        """The formula."""
        return self.printer(self.layout(expr))

    def relation(self, lhs: sp.Basic, rhs: sp.Basic, sign: str = "=") -> str:
        """`lhs = rhs`."""
        return self.printer(Relation(self.layout(lhs), SIGNS[sign], self.layout(rhs)))

    def lines(self, expr: sp.Basic, rhs: sp.Basic | None = None) -> str:
        """The formula, or `expr = rhs`, on as many lines as it needs; on one where a notation knows but one."""
        node = self.layout(expr) if rhs is None else Relation(self.layout(expr), "=", self.layout(rhs))
        return broken(self.printer, node) if isinstance(self.printer, Markup) else self.printer(node)

    def step(self, expr: sp.Basic) -> str:
        """What a formula before it is equal to: a sign of equality and the formula, on as many lines as it needs."""
        node = self.layout(expr)
        return continued(self.printer, node) if isinstance(self.printer, Markup) else f"= {self.printer(node)}"

    @property
    def literal(self) -> Notation:
        """The same notation with every number and sign where the expression has it, as steps need it."""
        return Notation(printer=self.printer, layout=replace(self.layout, tidy=False))


_READABLE = Layout(tidy=True, averages=True, compounds_last=True)

text = Notation()
latex = Notation(printer=Latex(), layout=_READABLE)
mathml = Notation(printer=MathML(), layout=_READABLE)
unicode = Notation(printer=Unicode(), layout=replace(_READABLE, averages=False))
