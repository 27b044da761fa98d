"""The algebra of sums: the one module that rewrites them.

An expression in the `Basis` is brought to a normal form by named rules; each application yields a `Step`. Equality is
decided by normal form: what the rules cannot bring to the same form is not claimed to be different, only not proven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from typing import cast

import sympy as sp

from derive.calculus.basis import Basis, Root
from derive.calculus.canonical import expand, factors, key, terms
from derive.calculus.sums import map_sums, summed_axes
from derive.errors import AlgebraError
from derive.language import Axis, axes_of, is_indicator, name_of, sum_over


@dataclass(frozen=True)
class Step:
    """One rewriting: `before` equals `after` by `rule`."""

    rule: str
    before: sp.Expr
    after: sp.Expr


@dataclass(frozen=True)
class Fold:
    """A sum that has a name: `Sum(summand, over) = value`, for example `Sum x = N mean`."""

    summand: sp.Expr
    over: tuple[Axis, ...]
    value: sp.Expr
    reason: str


Rule = Callable[[sp.Expr], sp.Expr]
MAX_ROUNDS = 100


def _remembered(rule: Rule) -> Rule:
    """A rule with what it has led to: the last round of every normal form is one of the round before, in vain."""
    return wraps(rule)(lru_cache(maxsize=1 << 12)(rule))


class Algebra:
    """The rules, for one derivation.

    Args:
        basis: the atoms to work in.
        folds: sums that have a name; by default those that the graph's definitions give.
    """

    def __init__(self, basis: Basis, folds: tuple[Fold, ...] | None = None) -> None:
        self.basis = basis
        self.folds: tuple[Fold, ...] = ()
        self.folds = tuple(self._known_folds()) if folds is None else folds

    @property
    def rules(self) -> list[tuple[str, Rule]]:
        """The rules in the order in which they are tried, by name."""
        rules: list[tuple[str, Rule]] = list(STRUCTURAL_RULES)
        for fold in self.folds:
            rules.append((fold.reason, partial(self._apply_fold, fold)))
        if any(is_indicator(b) for b in self.basis.graph.buffers):
            rules.append(("zeros and ones are their own squares", idempotent))
        for root in self.basis.roots:
            rules.append((f"definition of {name_of(root.symbol)}", partial(self._eliminate_root, root)))
        return rules

    def normal(self, expr: sp.Expr, steps: list[Step] | None = None) -> sp.Expr:
        """The normal form of an expression in the basis; the steps taken are appended to `steps`."""
        for _ in range(MAX_ROUNDS):
            start = expr
            for name, rule in self.rules:
                after = rule(expr)
                if after != expr:
                    if steps is not None:
                        steps.append(Step(name, expr, after))
                    expr = after
            if expr == start:
                return expr
        raise AlgebraError(f"no normal form after {MAX_ROUNDS} rounds of rewriting: {expr}")

    @staticmethod
    def _apply_fold(fold: Fold, expr: sp.Expr) -> sp.Expr:
        """Replace a sum that has a name, also where more axes are summed or other factors stand beside it."""

        def change(total: sp.Sum) -> sp.Expr:
            summed = summed_axes(total)
            parts = factors(cast(sp.Expr, total.function))
            inside = [p for p in parts if any(axis in fold.over for axis in axes_of(p))]
            if not set(fold.over) <= set(summed) or sp.Mul(*inside) != fold.summand:
                return total
            outside = sp.Mul(*[p for p in parts if p not in inside])
            return sum_over(cast(sp.Expr, outside * fold.value), [a for a in summed if a not in fold.over])

        return map_sums(expr, change)

    def _eliminate_root(self, root: Root, expr: sp.Expr) -> sp.Expr:
        """Use `root**degree * base = 1` to remove the statistic in the base: `var = inv_std**-2 - eps`."""
        solved = self._solve_root(root)
        return expr if solved is None else _replace_whole_powers(expr, *solved)

    def _solve_root(self, root: Root) -> tuple[sp.Expr, sp.Expr] | None:
        graph = self.basis.graph
        candidates = [e.target for e in graph.equations if e.over and not e.stabilizer] + list(graph.buffers)
        for statistic in candidates:
            slope = sp.diff(root.base, statistic)
            if slope != 0 and slope.is_Rational:
                rest = root.base - slope * statistic
                return statistic, cast(sp.Expr, (root.symbol**-root.degree - rest) / slope)
        return None

    def _known_folds(self) -> list[Fold]:
        """What the graph's own reductions say about sums, each solved for its leading sum."""
        found: list[Fold] = []
        for equation in self.basis.graph.equations:
            if not equation.over or equation.stabilizer:
                continue
            # As it stands, and in inputs and statistics: expressions are met before and after they are unfolded.
            for whole in dict.fromkeys((equation.value, self.basis.opened(equation.value))):
                self.folds = tuple(found)
                value = self.normal(self.basis.enter(whole))
                lead = _leading_sum(value)
                if lead is not None:
                    coefficient, total = lead
                    rest = cast(sp.Expr, value - coefficient * total)
                    solved = expand(cast(sp.Expr, (equation.target - rest) / coefficient))
                    reason = f"definition of {equation.name}"
                    found.append(Fold(cast(sp.Expr, total.function), summed_axes(total), solved, reason))
            for centre in self.basis.centres:
                if centre.mean == equation.target and centre.over:
                    found.append(Fold(centre.weighted, centre.over, sp.S.Zero, f"deviations from {equation.name}"))
        return found


@_remembered
def multiply_out(expr: sp.Expr) -> sp.Expr:
    """Products of sums of terms become sums of products, inside and outside of the sums."""
    return expand(map_sums(expr, lambda t: sp.Sum(expand(cast(sp.Expr, t.function)), *t.limits)))


@_remembered
def linearity(expr: sp.Expr) -> sp.Expr:
    """`Sum (a + b) = Sum a + Sum b`."""
    return map_sums(expr, lambda t: sp.Add(*[sum_over(p, summed_axes(t)) for p in terms(cast(sp.Expr, t.function))]))


@_remembered
def factor_out(expr: sp.Expr) -> sp.Expr:
    """`Sum (a*f) = a * Sum f` when `a` does not depend on the summed axes."""

    def change(total: sp.Sum) -> sp.Expr:
        if isinstance(total.function, sp.Add):
            return total
        summed = set(summed_axes(total))
        parts = factors(cast(sp.Expr, total.function))
        free = [p for p in parts if not summed.intersection(axes_of(p))]
        bound = [p for p in parts if summed.intersection(axes_of(p))]
        return cast(sp.Expr, sp.Mul(*free) * sum_over(sp.Mul(*bound), summed_axes(total)))

    return map_sums(expr, change)


@_remembered
def count_constant(expr: sp.Expr) -> sp.Expr:
    """`Sum a = N * a` over an axis that `a` does not have."""

    def change(total: sp.Sum) -> sp.Expr:
        own = set(axes_of(cast(sp.Expr, total.function)))
        missing = [axis for axis in summed_axes(total) if axis not in own]
        kept = [axis for axis in summed_axes(total) if axis in own]
        return cast(sp.Expr, sp.Mul(*[a.size for a in missing]) * sum_over(cast(sp.Expr, total.function), kept))

    return map_sums(expr, change)


@_remembered
def merge_nested(expr: sp.Expr) -> sp.Expr:
    """`Sum_n (a * Sum_s f) = Sum_n,s (a*f)` when `a` does not depend on s."""

    def change(total: sp.Sum) -> sp.Expr:
        parts = factors(cast(sp.Expr, total.function))
        inner = [p for p in parts if isinstance(p, sp.Sum)]
        for candidate in inner:
            others = [p for p in parts if p is not candidate]
            names = {axis for p in others for axis in (*axes_of(p), *_bound(p))} | set(summed_axes(total))
            if not names.intersection(summed_axes(candidate)):
                body = sp.Mul(*others, candidate.function)
                return sum_over(body, (*summed_axes(total), *summed_axes(candidate)))
        return total

    return map_sums(expr, change)


@_remembered
def separate(expr: sp.Expr) -> sp.Expr:
    """`Sum_n,s (a[n]*b[s]) = Sum_n a * Sum_s b`; also puts the axes of a sum into their canonical order."""

    def change(total: sp.Sum) -> sp.Expr:
        if isinstance(total.function, sp.Add):
            return total
        groups: list[tuple[set[Axis], list[sp.Expr]]] = []
        for part in factors(cast(sp.Expr, total.function)):
            reach = set(axes_of(part)).intersection(summed_axes(total))
            joined = [g for g in groups if g[0] & reach]
            groups = [g for g in groups if not g[0] & reach]
            groups.append((reach.union(*[g[0] for g in joined]), [*(p for g in joined for p in g[1]), part]))
        unused = set(summed_axes(total)).difference(*[g[0] for g in groups])
        if unused:
            return total  # count_constant comes first for those
        product = sp.S.One
        for reach, parts in groups:
            product *= sum_over(sp.Mul(*parts), sorted(reach, key=lambda axis: axis.name))
        return cast(sp.Expr, product)

    return map_sums(expr, change)


def idempotent(expr: sp.Expr) -> sp.Expr:
    """`m**2 = m` for a tensor of zeros and ones."""
    powers = (p for p in expr.atoms(sp.Pow) if is_indicator(p.base) and p.exp.is_Integer and p.exp > 1)
    return cast(sp.Expr, expr.xreplace({p: p.base for p in powers}))


def _bound(expr: sp.Expr) -> set[Axis]:
    return {axis for total in expr.atoms(sp.Sum) for axis in summed_axes(total)}


def _leading_sum(value: sp.Expr) -> tuple[sp.Expr, sp.Sum] | None:
    """The term `coefficient * Sum` of highest degree whose sum stands nowhere else in `value`."""
    found: list[tuple[int, str, sp.Expr, sp.Sum]] = []
    for term in terms(value):
        totals = [p for p in factors(term) if isinstance(p, sp.Sum)]
        if len(totals) != 1:
            continue
        total = totals[0]
        coefficient = cast(sp.Expr, term / total)
        rest = cast(sp.Expr, value - term)
        if coefficient.has(sp.Sum) or rest.has(total) or axes_of(coefficient):
            continue
        degree = sum(int(p.exp) if isinstance(p, sp.Pow) and p.exp.is_Integer else 1 for p in factors(total.function))
        found.append((degree, key(total), coefficient, total))
    if not found:
        return None
    _, _, coefficient, total = max(found, key=lambda item: item[:2])
    return coefficient, total


def _replace_whole_powers(expr: sp.Expr, tensor: sp.Expr, value: sp.Expr) -> sp.Expr:
    """Replace `tensor` by `value` where it stands with a positive whole power, and nowhere else."""
    if expr == tensor:
        return value
    if isinstance(expr, sp.Pow) and not (expr.exp.is_Integer and expr.exp > 0):
        return cast(sp.Expr, expr)
    if not expr.has(tensor) or isinstance(expr, sp.Indexed):
        return expr
    return cast(sp.Expr, expr.func(*[_replace_whole_powers(cast(sp.Expr, arg), tensor, value) for arg in expr.args]))


STRUCTURAL_RULES: tuple[tuple[str, Rule], ...] = (
    ("multiply out", multiply_out),
    ("linearity", linearity),
    ("nested sums merge", merge_nested),
    ("constants come out", factor_out),
    ("sums of separate axes are a product", separate),
    ("a constant sums to count times constant", count_constant),
)
