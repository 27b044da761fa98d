"""Formulas as text and as LaTeX, by a small printer of our own: the same formula gives the same bytes everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.calculus.canonical import factors, terms
from derive.language import Size, axes_of, name_of

GREEK = {"alpha", "beta", "gamma", "delta", "epsilon", "eta", "lambda", "mu", "nu", "sigma", "tau", "phi", "psi"}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


@dataclass(frozen=True)
class Notation:
    """How the parts of a formula are written."""

    latex: bool
    indices: bool = False
    prefix: str = ""

    def __call__(self, expr: sp.Basic) -> str:
        """The formula."""
        return self._print(cast(sp.Expr, expr))[0]

    def relation(self, lhs: sp.Basic, rhs: sp.Basic, sign: str = "=") -> str:
        """`lhs = rhs`."""
        return f"{self(lhs)} {sign} {self(rhs)}"

    def _print(self, expr: sp.Expr) -> tuple[str, int]:
        if isinstance(expr, sp.Rel):
            sign = {">": ">", ">=": r"\ge" if self.latex else ">="}[expr.rel_op]
            return f"{self(expr.lhs)} {sign} {self(expr.rhs)}", _SUM
        if isinstance(expr, sp.Indexed) or isinstance(expr, sp.Symbol):
            return self._symbol(expr), _ATOM
        if isinstance(expr, sp.Integer):
            return str(expr), _ATOM if expr >= 0 else _SUM
        if isinstance(expr, sp.Rational):
            return self._fraction(str(abs(expr.p)), str(expr.q), expr < 0)
        if isinstance(expr, sp.Sum):
            return self._sum(expr)
        if isinstance(expr, sp.Add):
            return self._add(expr)
        if isinstance(expr, sp.Mul):
            return self._product(expr)
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            return self._power(expr)
        name, argument = type(expr).__name__, self(cast(sp.Expr, expr.args[0]))
        return (rf"\{name}\left({argument}\right)" if self.latex else f"{self.prefix}{name}({argument})"), _ATOM

    def _wrap(self, expr: sp.Expr, level: int) -> str:
        text, own = self._print(expr)
        if own >= level:
            return text
        return rf"\left({text}\right)" if self.latex else f"({text})"

    def _symbol(self, expr: sp.Expr) -> str:
        name = name_of(expr)
        if isinstance(expr, Size):
            name = name.removeprefix("N_")
            return f"N_{{{name}}}" if self.latex else f"N_{name}"
        subscript = ",".join(str(i) for i in expr.indices) if self.indices and isinstance(expr, sp.Indexed) else ""
        if not self.latex:
            return f"{name}[{subscript}]" if subscript else name
        if name in GREEK or name in {"eps"}:
            body = rf"\{'varepsilon' if name == 'eps' else name}"
        else:
            body = name if len(name) == 1 else rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"
        return f"{body}_{{{subscript}}}" if subscript else body

    def _sum(self, expr: sp.Sum) -> tuple[str, int]:
        axes = ", ".join(str(limit[0]) for limit in expr.limits)
        body = self._wrap(cast(sp.Expr, expr.function), _PRODUCT)
        if self.latex:
            return rf"\sum_{{{axes.replace(' ', '')}}} {body}", _PRODUCT
        return f"sum[{axes.replace(' ', '')}]({self(cast(sp.Expr, expr.function))})", _ATOM

    def _add(self, expr: sp.Add) -> tuple[str, int]:
        parts = sorted(terms(expr), key=lambda t: not axes_of(t))  # constants such as eps come last
        positive = [t for t in parts if not t.could_extract_minus_sign()]
        text = ""
        for term in positive + [t for t in parts if t not in positive]:
            negative = term.could_extract_minus_sign()
            body = self._wrap(-term if negative else term, _PRODUCT)
            text += (" - " if text else "-") + body if negative else (" + " if text else "") + body
        return text, _SUM

    def _product(self, expr: sp.Mul) -> tuple[str, int]:
        numbers, above, below = sp.S.One, [], []
        for factor in factors(expr):
            if isinstance(factor, sp.Rational):
                numbers *= factor
            elif isinstance(factor, sp.Pow) and factor.base != sp.E and factor.exp.could_extract_minus_sign():
                below.append(cast(sp.Expr, 1 / factor))
            else:
                above.append(factor)
        negative = numbers < 0
        numbers = abs(numbers)
        # Numbers, then what has no axes, then the rest: sizes and constants read best in front, sums last.
        place = {f: (f.has(sp.Sum), len(axes_of(f)) > 0) for f in (*above, *below)}
        above.sort(key=lambda f: place[f])
        below.sort(key=lambda f: place[f])
        if numbers.p != 1 or not above:
            above.insert(0, sp.Integer(numbers.p))
        if numbers.q != 1:
            below.insert(0, sp.Integer(numbers.q))
        if not below:
            sign = "-" if negative else ""
            return sign + self._times(above), _SUM if negative else _PRODUCT
        return self._fraction(self._times(above), self._times(below), negative, len(below) > 1, above)

    def _times(self, parts: list[sp.Expr]) -> str:
        if len(parts) == 1:
            return self._print(parts[0])[0] if self.latex else self._wrap(parts[0], _PRODUCT)
        last = len(parts) - 1
        wrapped = [
            self._wrap(p, _POWER if not (k == last and isinstance(p, sp.Sum)) else _PRODUCT)
            for k, p in enumerate(parts)
        ]
        return (r" \, " if self.latex else "*").join(wrapped)

    def _fraction(
        self, above: str, below: str, negative: bool, compound: bool = False, parts: list[sp.Expr] | None = None
    ) -> tuple[str, int]:
        sign = "-" if negative else ""
        level = _SUM if negative else _PRODUCT
        if self.latex:
            return rf"{sign}\frac{{{above}}}{{{below}}}", level
        return f"{sign}{above}/({below})" if compound else f"{sign}{above}/{below}", level

    def _power(self, expr: sp.Pow) -> tuple[str, int]:
        base, exponent = expr.base, cast(sp.Rational, expr.exp)
        if exponent.could_extract_minus_sign():
            return self._fraction(
                "1", self._wrap(cast(sp.Expr, base**-exponent), _PRODUCT if self.latex else _POWER), False
            )
        if exponent == sp.Rational(1, 2):
            return (rf"\sqrt{{{self(base)}}}" if self.latex else f"{self.prefix}sqrt({self(base)})"), _ATOM
        wrapped = self._wrap(base, _ATOM)
        if self.latex:
            return f"{wrapped}^{{{self(exponent)}}}", _POWER
        return f"{wrapped}**{exponent}" if exponent.is_Integer else f"{wrapped}**({exponent})", _POWER


text = Notation(latex=False)
latex = Notation(latex=True)
