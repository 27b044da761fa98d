"""A kernel that takes from the data what their mean has beyond its pivot, before anything else is computed of them.

Formulas allow for that part of the mean wherever it matters, because another sweep over large arrays takes longer than
a few operations on smaller tensors. On tiny arrays it takes less. The formulas hold for every pivot: so they do for the
mean itself, of which nothing is left beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import cast

import sympy as sp

from derive.kernels.plan import Plan
from derive.kernels.statements import (
    Apply,
    Formula,
    Name,
    Reduce,
    Spread,
    Statement,
    TwoSum,
    Value,
    WholeKernel,
    bare,
    names_in,
    needed,
)


@dataclass(frozen=True)
class Centred:
    """`near` are the differences from a pivot by what they become with the rest of the mean taken away, `means` the
    sums that are divided by their number of terms, `compared` the arrays that are read for those differences alone."""

    kernel: WholeKernel
    near: Mapping[str, str]
    means: frozenset[str]
    compared: frozenset[str]


def centred(plan: Plan, kernel: WholeKernel, pivots: Set[str]) -> Centred | None:
    """The kernel with centred data; None where it has no pivot, or reads one in another way."""
    rests = _rests(kernel.statements, pivots)
    centres = {s.names[0]: p for s in kernel.statements if (p := _pivot_of(s, kernel.kernel.arrays)) in rests}
    if not centres or _reads_otherwise(kernel, rests, centres):
        return None
    early = needed(kernel.statements, rests.values())
    settled = {s.names[0] for s in early} - {*rests.values(), *centres, *pivots}
    late = [s for s in kernel.statements if s not in early]
    read = {name for s in late if s.names[0] not in centres for name in names_in(s.value)}
    if read & settled & _depending(early, set(centres)):
        return None
    raw = _named("near", centres, kernel)
    near = {new: name for name, new in raw.items()}
    before = [Statement((raw.get(s.names[0], s.names[0]), *s.names[1:]), _renamed(s.value, raw)) for s in early]
    before += [Statement((raw[s.names[0]],), s.value) for s in late if s.names[0] in centres]
    between = [
        Statement((name,), Apply("subtract", (Name(raw[name]), Name(rests[pivot])))) for name, pivot in centres.items()
    ]
    none: dict[sp.Basic, sp.Basic] = {sp.Symbol(rest): sp.Integer(0) for rest in rests.values()}
    after = _resolved([replace(s, value=_without(s.value, none)) for s in late if s.names[0] not in centres], kernel)
    found, means = _averaged(plan, replace(kernel, statements=(*before, *between, *after)))
    return Centred(found, near, means, _compared(found, set(near), means, pivots))


def _named(prefix: str, names: Iterable[str], kernel: WholeKernel) -> dict[str, str]:
    """New names, which nothing else has."""
    taken = {name for s in kernel.statements for name in (*s.names, *names_in(s.value))}
    found = {}
    for name in names:
        new = f"{prefix}_{name}"
        while new in taken:
            new += "_"
        found[name] = new
    return found


def _rests(statements: Sequence[Statement], pivots: Set[str]) -> dict[str, str]:
    """What there is beyond each pivot."""
    found = {}
    for statement in statements:
        match statement.value:
            case TwoSum(Name(pivot), Name(rest)) if pivot in pivots:
                found[pivot] = rest
            case Apply("add", (Apply("subtract", (Name(), Name(pivot))), _)) if pivot in pivots:
                found[pivot] = statement.names[0]
    return found


def _pivot_of(statement: Statement, arrays: Sequence[str]) -> str | None:
    match statement.value:
        case Apply("subtract", (array, pivot)):
            left, right = bare(array), bare(pivot)
            if isinstance(left, Name) and left.text in arrays and isinstance(right, Name):
                return right.text
    return None


def _reads_otherwise(kernel: WholeKernel, rests: Mapping[str, str], centres: Mapping[str, str]) -> bool:
    """Whether a pivot is read for something else than what there is beyond it, or the rest by what is no formula."""
    returned = {name for _, value in kernel.returns for name in names_in(value)}
    for statement in kernel.statements:
        name, value = statement.names[0], statement.value
        read = set(names_in(value))
        if read & rests.keys() and name not in centres and name not in rests.values():
            if not isinstance(value, TwoSum):
                return True
        if read & set(rests.values()) and not isinstance(value, Formula | TwoSum):
            return True
    return bool(returned & {*rests, *rests.values()})


def _depending(statements: Sequence[Statement], names: set[str]) -> set[str]:
    """The names of the values that depend on these."""
    found = set(names)
    for statement in statements:
        if found & set(names_in(statement.value)):
            found |= set(statement.names)
    return found - names


def _renamed(value: Value, names: Mapping[str, str]) -> Value:
    match value:
        case Name(text):
            return Name(names.get(text, text))
        case Apply(function, args):
            return Apply(function, tuple(_renamed(arg, names) for arg in args))
        case Reduce(operand) | Spread(operand):
            return replace(value, operand=_renamed(operand, names))
        case TwoSum(a, b):
            return TwoSum(_renamed(a, names), _renamed(b, names))
        case Formula(expr):
            table = {sp.Symbol(old): sp.Symbol(new) for old, new in names.items()}
            return replace(value, expr=cast(sp.Expr, expr.xreplace(table)))
    return value


def _without(value: Value, none: dict[sp.Basic, sp.Basic]) -> Value:
    return replace(value, expr=cast(sp.Expr, value.expr.xreplace(none))) if isinstance(value, Formula) else value


def _resolved(statements: Sequence[Statement], kernel: WholeKernel) -> list[Statement]:
    """The statements without formulas that are another value by a new name, as far as nothing is returned by it."""
    kept = {name for _, value in kernel.returns for name in names_in(value)}
    same: dict[str, str] = {}
    found = []
    for s in statements:
        value = _renamed(s.value, same)
        alias = isinstance(value, Formula) and isinstance(value.expr, sp.Symbol) and not (value.floor or value.number)
        if isinstance(value, Formula) and alias and s.names[0] not in kept:
            same[s.names[0]] = str(value.expr)
        else:
            found.append(replace(s, value=value))
    return found


def _averaged(plan: Plan, kernel: WholeKernel) -> tuple[WholeKernel, frozenset[str]]:
    """The kernel with those sums divided by their number of terms that are read in no other way, and their names."""
    sums = {s.names[0]: s.value for s in kernel.statements if isinstance(s.value, Reduce) and not s.value.largest}
    counts = {
        name: sp.Mul(*(axis.size for axis, label in plan.classes if label in value.over))
        for name, value in sums.items()
        if value.over and not value.times
    }
    formulas = {s.names[0]: s.value for s in kernel.statements if isinstance(s.value, Formula)}
    others = {name for s in kernel.statements if s.names[0] not in formulas for name in names_in(s.value)}
    others |= {name for _, value in kernel.returns for name in names_in(value)}
    left = {name for name in counts if name not in others}
    while True:
        table = {sp.Symbol(name): sp.Symbol(name) * counts[name] for name in left}
        means = {key: cast(sp.Expr, f.expr.xreplace(table)) for key, f in formulas.items()}
        kept = {
            name
            for name in left
            if not any(
                counts[name].free_symbols & means[key].free_symbols
                for key, f in formulas.items()
                if sp.Symbol(name) in f.expr.free_symbols
            )
        }
        if kept == left:
            break
        left = kept
    squares = {name for name in left if _is_square(sums[name].operand)}
    names = _named("mean", sorted(left), kernel)
    table = {sp.Symbol(name): sp.Symbol(new) for name, new in names.items()}

    def value(s: Statement) -> Value:
        if not isinstance(s.value, Formula):
            return s.value
        floor = s.value.floor and str(means[s.names[0]]) not in squares
        return replace(s.value, expr=cast(sp.Expr, means[s.names[0]].xreplace(table)), floor=floor)

    statements = [Statement(tuple(names.get(n, n) for n in s.names), value(s)) for s in kernel.statements]
    return replace(kernel, statements=tuple(statements)), frozenset(names.values())


def _is_square(operand: Value) -> bool:
    match operand:
        case Apply("square"):
            return True
        case Apply("multiply", (a, b)):
            return a == b
    return False


def _compared(kernel: WholeKernel, near: Set[str], means: Set[str], pivots: Set[str]) -> frozenset[str]:
    """The arrays that are read for differences from a pivot, and for the pivot, and for nothing else."""
    feeding = {
        name
        for name in means
        if all(s.names[0] in pivots for s in kernel.statements if name in names_in(s.value))
    }
    other = {n for s in kernel.statements if s.names[0] not in near | feeding for n in names_in(s.value)}
    other |= {name for _, value in kernel.returns for name in names_in(value)}
    return frozenset(kernel.kernel.arrays) - other
