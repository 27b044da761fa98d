"""Elementwise expressions as operations on slabs, each computed once per sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import sympy as sp

from derive.calculus.basis import Basis, Centre
from derive.calculus.canonical import expand, factors, key, terms
from derive.calculus.factor import AffineForm, Term
from derive.errors import PlanError
from derive.kernels.operations import OPERATIONS
from derive.kernels.plan import Op, Ref
from derive.language import Axis, atom, axes_of, indices, is_indicator, name_of
from derive.vocabulary import FUNCTIONS

Rounded = Callable[[sp.Expr, str], str]


class SweepBuilder:
    """Collects the operations of one sweep.

    Args:
        basis: the definitions of deviations, roots and functions.
        inner: what each atom is made of, scalars in the place of sums.
        axes: the axes of the data.
        rounded: makes a scalar of the data's dtype for an expression of fewer axes and returns its name.
        offsets: for each deviation, the scalars whose sum is the mean: (pivot, rest), no rest where there is none.
        whole: whether deviations are taken from the mean itself or, in one operation, from its pivot only. What a
            function or a root is taken of is always the whole deviation.
    """

    def __init__(
        self,
        basis: Basis,
        inner: Mapping[sp.Expr, sp.Expr],
        axes: Sequence[Axis],
        rounded: Rounded,
        offsets: dict[sp.Expr, tuple[str, str | None]],
        *,
        whole: bool,
    ) -> None:
        self.ops: list[Op] = []
        self._basis = basis
        self._definitions = inner
        self._centres: dict[sp.Expr, Centre] = {c.deviation: c for c in basis.centres}
        wholes = {c.deviation: atom(f"{name_of(c.deviation)} itself", indices(c.deviation)) for c in basis.centres}
        self._wholes: dict[sp.Basic, sp.Basic] = {} if whole else {d: w for d, w in wholes.items()}
        self._inside = {w: self._centres[d] for d, w in wholes.items()}
        self._axes = frozenset(axes)
        self._rounded = rounded
        self._offsets = offsets
        self._whole = whole
        self._known: dict[sp.Expr, Ref] = {}
        self._near: dict[sp.Expr, Ref] = {}
        self._made: dict[tuple[str, tuple[Ref, ...]], Ref] = {}
        self._taken: set[str] = set()

    def is_full(self, expr: sp.Expr) -> bool:
        """Whether an expression has all the axes of the data."""
        return frozenset(axes_of(expr)) == self._axes

    def op(self, function: str, *args: Ref, name: str = "t") -> Ref:
        """Append an operation and return its result."""
        if OPERATIONS.get(function) != len(args):
            raise PlanError(f"there is no elementwise operation {function!r} of {len(args)} operands")
        if (function, args) in self._made:
            return self._made[function, args]
        result, number = name, 1
        while result in self._taken or (name == "t" and result == "t"):
            result, number = f"{name}{number}", number + 1
        self._taken.add(result)
        self.ops.append(Op(result, function, args))
        self._made[function, args] = Ref("local", result)
        return self._made[function, args]

    def value(self, expr: sp.Expr) -> Ref:
        """The operand that holds an expression of the basis, computing it if it is not there yet."""
        if expr not in self._known:
            self._known[expr] = self._compute(expr)
        return self._known[expr]

    def coefficient(self, expr: sp.Expr, name: str = "factor") -> Ref:
        """An expression of fewer axes, rounded to the data's dtype."""
        return Ref("scalar", self._rounded(expr, name))

    def _compute(self, expr: sp.Expr) -> Ref:
        if expr in self._centres:
            return self._deviation(self._centres[expr], self._whole)
        if expr in self._inside:
            return self._deviation(self._inside[expr], True)
        if isinstance(expr, sp.Indexed) and self.is_full(expr):
            return self._tensor(expr)
        if expr.is_Number:
            return Ref("number", repr(float(expr)))
        if not self.is_full(expr) and not axes_of(expr):
            return self.coefficient(expr)
        if isinstance(expr, sp.Mul):
            return self.product(factors(expr))
        if isinstance(expr, sp.Add):
            return self._sum(expr)
        if isinstance(expr, sp.Pow) and expr.base != sp.E and self.is_full(cast(sp.Expr, expr.base)):
            return self._power(cast(sp.Expr, expr.base), cast(sp.Rational, expr.exp))
        if isinstance(expr, FUNCTIONS) and self.is_full(expr):
            return self.op(type(expr).__name__, self._argument(cast(sp.Expr, expr.args[0])))
        return self.coefficient(expr)

    def _argument(self, expr: sp.Expr) -> Ref:
        """What a function is taken of; the opposite of something that is there already is not computed anew."""
        opposite = expand(-expr)
        if opposite in self._known:
            return self.op("multiply", self._known[opposite], Ref("number", "-1.0"))
        return self.value(expr)

    def _tensor(self, tensor: sp.Expr) -> Ref:
        """A full tensor: an atom of the basis or a definition is computed, an input is read."""
        if tensor in self._definitions:
            return self.value(cast(sp.Expr, self._definitions[tensor].xreplace(self._wholes)))
        opened = self._basis.opened(tensor)
        return Ref("array", name_of(tensor)) if opened == tensor else self.value(self._basis.enter(opened))

    def _deviation(self, centre: Centre, whole: bool) -> Ref:
        pivot, rest = self._offsets[centre.deviation]
        name = name_of(centre.deviation)
        array = self.value(centre.tensor)
        # The same difference from the pivot serves both forms.
        near = self._near.get(centre.deviation)
        if near is None:
            near = self._near[centre.deviation] = self.op("subtract", array, Ref("scalar", pivot), name=name)
        if not whole or rest is None:
            return near
        return self.op("subtract", near, Ref("scalar", self._rounded(sp.Symbol(rest), rest)), name=name)

    def product(self, parts: Sequence[sp.Expr]) -> Ref:
        """A product: the full tensors in the order given, with the factors of fewer axes grouped by their axes."""
        full = [p for p in parts if self.is_full(p)]
        lower = [p for p in parts if not self.is_full(p)]
        if not full:
            result = self.op("copy", self.coefficient(sp.Mul(*lower)))
            return result
        done: list[sp.Expr] = [full[0]]
        result = self.value(full[0])
        for part in (*_grouped([p for p in lower if not is_indicator(p)]), *full[1:]):
            done.append(part)
            whole = sp.Mul(*done)
            if whole not in self._known:
                operand = self.value(part) if self.is_full(part) else self.coefficient(part)
                self._known[whole] = self.op("multiply", result, operand)
            result = self._known[whole]
        for part in (p for p in lower if is_indicator(p)):
            result = self.op("select", result, self.coefficient(part))
        return result

    def _scaled(self, result: Ref, share: sp.Expr, name: str) -> Ref:
        """The product of a result and an expression of fewer axes; zeros and ones select, last."""
        masks = [f for f in factors(share) if is_indicator(f)]
        rest = sp.Mul(*[f for f in factors(share) if f not in masks])
        if rest != 1:
            result = self.op("multiply", result, self.coefficient(rest, name))
        for mask in masks:
            result = self.op("select", result, self.coefficient(mask))
        return result

    def _sum(self, expr: sp.Expr) -> Ref:
        full = [t for t in terms(expr) if self.is_full(t)]
        rest = sp.Add(*[t for t in terms(expr) if not self.is_full(t)])
        positive = [t for t in full if not t.could_extract_minus_sign()]
        ordered = positive + [t for t in full if t not in positive]
        if not ordered:
            partial_sums = [self.coefficient(t) for t in terms(expr)]
            total = self.op("copy", partial_sums[0])
            for operand in partial_sums[1:]:
                total = self.op("add", total, operand)
            return total
        total = self.value(ordered[0])
        for term in ordered[1:]:
            negative = term.could_extract_minus_sign()
            operand = self.value(-term if negative else term)
            total = self.op("subtract" if negative else "add", total, operand)
        return total if rest == 0 else self.op("add", total, self.coefficient(rest))

    def _power(self, base: sp.Expr, exponent: sp.Rational) -> Ref:
        if exponent.q > 2:
            quotient = (Ref("number", str(int(part))) for part in (exponent.p, exponent.q))
            return self.op("power", self.value(base), *quotient)
        if exponent < 0:
            return self.op("divide", Ref("number", "1.0"), self.value(cast(sp.Expr, base**-exponent)))
        if exponent.q == 2:
            root = self.op("sqrt", self.value(base))
            return root if exponent.p == 1 else self.op("multiply", self.value(base ** ((exponent.p - 1) // 2)), root)
        if exponent == 2:
            return self.op("square", self.value(base))
        half = self.value(cast(sp.Expr, base ** (exponent // 2)))
        squared = self.op("square", half)
        return squared if exponent % 2 == 0 else self.op("multiply", squared, self.value(base))

    def affine(self, form: AffineForm, folds: dict[sp.Expr, str]) -> Ref:
        """The operations of an affine form, leading term first, constants next.

        Args:
            form: the expression to compute.
            folds: for each deviation that is taken from its pivot only, the scalar that the mean has beyond it; its
                share goes into the constant.
        """
        constant = sp.S.Zero
        products: list[Term] = []
        for term in form.terms:
            if term.product in folds:
                constant -= sp.Mul(*term.coefficients) * sp.Symbol(folds[term.product])
            if term.product == 1 and len(term.coefficients) <= 1:
                constant += sp.Mul(*term.coefficients)
            else:
                products.append(term)
        if constant == 1 and not products:
            constant, total = sp.S.Zero, None
        else:
            total = self._plain(products[0]) if products else None
        if constant != 0:
            negative = all(t.could_extract_minus_sign() for t in terms(expand(cast(sp.Expr, constant))))
            operand = self.coefficient(cast(sp.Expr, -constant if negative else constant), "shift")
            if total is None:
                total = self.op("copy", operand)
            else:
                total = self.op("subtract" if negative else "add", total, operand)
        for term in products[1:]:
            operand = self._plain(term)
            total = self.op("add", cast(Ref, total), operand)
        if form.common != 1:
            common = self.value(form.common)
            total = common if total is None else self.op("multiply", total, common)
        for share in sorted(form.front, key=lambda f: any(is_indicator(p) for p in factors(f))):
            if total is None:
                total = self.op("copy", self.coefficient(share, "scale"))
            else:
                total = self._scaled(total, share, "scale")
        return self.op("copy", Ref("number", "1.0")) if total is None else total

    def _plain(self, term: Term) -> Ref:
        shares = list(term.coefficients)
        operand = self.op("copy", self.coefficient(shares.pop(0))) if term.product == 1 else self.value(term.product)
        for share in shares:
            operand = self._scaled(operand, share, "slope")
        return operand


def _grouped(lower: Sequence[sp.Expr]) -> list[sp.Expr]:
    """Factors of fewer axes, multiplied together where one's axes include the other's."""
    groups: dict[frozenset[Axis], sp.Expr] = {}
    for factor in sorted(lower, key=lambda f: (-len(axes_of(f)), key(f))):
        reach = frozenset(axes_of(factor))
        home = next((g for g in groups if reach <= g), reach)
        groups[home] = cast(sp.Expr, groups.get(home, sp.S.One) * factor)
    return [groups[g] for g in sorted(groups, key=lambda g: sorted(axis.name for axis in g))]
