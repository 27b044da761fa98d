"""The forward graph: a layer's definitions with every inline reduction lifted to a definition of its own.

After lifting, an equation is either elementwise or one reduction of an elementwise summand, so all tensors in it carry
the same index symbols and the derivative with respect to one of them is ordinary calculus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import sympy as sp

from derive.errors import LanguageError
from derive.language import Axis, Constant, Layer, atom, atoms_of, axes_of, count, name_of, sum_over, whole
from derive.vocabulary import Stabilizer


@dataclass(frozen=True)
class Equation:
    """`target = factor * Sum(summand, over)`; elementwise (`target = summand`) when `over` is empty.

    `factor` holds sizes, constants, numbers and tensors made of buffers alone; `summand` contains no sum. A stabilizer
    is the largest summand instead; the output does not depend on it, so nothing flows back through it.
    """

    target: sp.Expr
    summand: sp.Expr
    over: tuple[Axis, ...] = ()
    factor: sp.Expr = sp.S.One
    stabilizer: bool = False

    @cached_property
    def name(self) -> str:
        """The name of the tensor that is defined."""
        return name_of(self.target)

    @cached_property
    def value(self) -> sp.Expr:
        """The right-hand side as one SymPy expression."""
        if self.stabilizer:
            return cast(sp.Expr, Stabilizer(self.summand, *whole(self.over)))
        return cast(sp.Expr, self.factor * sum_over(self.summand, self.over))

    @property
    def is_average(self) -> bool:
        """Whether this is a mean: a sum divided by the number of its elements."""
        return bool(self.over) and not self.stabilizer and self.factor == 1 / count(self.over)


@dataclass(frozen=True)
class Graph:
    """A layer ready for the chain rule: equations in the order of evaluation, the last one gives the output."""

    name: str
    axes: tuple[Axis, ...]
    inputs: tuple[sp.Expr, ...]
    buffers: tuple[sp.Expr, ...]
    constants: tuple[Constant, ...]
    equations: tuple[Equation, ...]
    _by_name: Mapping[str, sp.Expr] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tensors = (*self.inputs, *self.buffers, *self.constants, *(e.target for e in self.equations))
        object.__setattr__(self, "_by_name", {name_of(t): t for t in tensors})

    @property
    def output(self) -> sp.Expr:
        """The tensor that the layer returns."""
        return self.equations[-1].target

    def __getitem__(self, name: str) -> sp.Expr:
        """The tensor or constant of that name."""
        try:
            return self._by_name[name]
        except KeyError:
            raise LanguageError(f"layer {self.name!r} has no {name!r}; it has {', '.join(self._by_name)}") from None

    @property
    def stabilizers(self) -> tuple[sp.Expr, ...]:
        """The tensors that keep numbers within their range and change nothing."""
        return tuple(e.target for e in self.equations if e.stabilizer)

    def equation(self, name: str) -> Equation:
        """The equation that defines the tensor of that name."""
        for equation in self.equations:
            if equation.name == name:
                return equation
        raise LanguageError(f"layer {self.name!r} does not define {name!r}")


def lower(layer: Layer) -> Graph:
    """The graph of a finished layer; raises LanguageError when something is missing or never used."""
    if layer.output_name is None:
        raise LanguageError(f"layer {layer.name!r} at {layer.where}: it has no output; call .output(name, expression)")
    lifter = _Lifter(layer)
    for name, (target, expr, _) in layer.definitions.items():
        lifter.define(name, target, expr)
    graph = Graph(
        layer.name, layer.axes, layer.inputs, layer.buffers, layer.constants, tuple(lifter.equations.values())
    )
    needed = {graph.output}
    for equation in reversed(graph.equations):
        if equation.target in needed:
            needed.update(atoms_of(equation.summand), atoms_of(equation.factor))
    for given in (*layer.inputs, *layer.buffers, *layer.constants, *(e.target for e in graph.equations)):
        if given not in needed:
            where = layer.definitions.get(name_of(given), (None, None, layer.where))[2]
            raise LanguageError(
                f"layer {layer.name!r} at {where}: {name_of(given)!r} is never used; the output does not depend on it"
            )
    return graph


class _Lifter:
    """Collects the equations of a layer, giving every sum inside an expression a definition of its own."""

    def __init__(self, layer: Layer) -> None:
        self.axes = layer.axes
        self.taken = {name_of(t) for t in (*layer.inputs, *layer.buffers, *layer.constants)} | set(layer.definitions)
        self.equations: dict[sp.Expr, Equation] = {}
        self.fixed: set[sp.Expr] = set(layer.buffers)

    def define(self, name: str, target: sp.Expr, expr: sp.Expr) -> None:
        factor, total = _split_reduction(expr, self.fixed)
        if isinstance(expr, Stabilizer):
            summand = self.lift(cast(sp.Expr, expr.function), name)
            self._add(Equation(target, summand, self._over(expr), stabilizer=True))
        elif total is None:
            self._add(Equation(target, self.lift(expr, name)))
        else:
            summand = self.lift(cast(sp.Expr, total.function), name)
            self._add(Equation(target, summand, self._over(total), factor))
        if all(a in self.fixed or isinstance(a, Constant) for a in atoms_of(expr)):
            self.fixed.add(target)

    def _add(self, equation: Equation) -> None:
        # Two names for one reduction stay two equations: the layer's author asked for both.
        self.equations[equation.target] = equation

    def _over(self, total: sp.Sum | Stabilizer) -> tuple[Axis, ...]:
        summed = {limit[0] for limit in total.limits}
        return tuple(axis for axis in self.axes if axis in summed)

    def lift(self, expr: sp.Expr, owner: str) -> sp.Expr:
        """`expr` with every sum replaced by a tensor that an equation of its own defines."""
        if not expr.has(sp.Sum, Stabilizer):
            return expr
        if isinstance(expr, sp.Sum | Stabilizer):
            return self._lifted(expr, sp.S.One, owner)
        if isinstance(expr, sp.Mul):
            for total in (arg for arg in expr.args if isinstance(arg, sp.Sum)):
                # An average is lifted whole, with its 1/N: that is what its author wrote, and it can then be
                # recognised as the mean of something.
                share = 1 / count(self._over(total))
                if all(size**-1 in expr.args for size in share.free_symbols):
                    rest = cast(sp.Expr, expr / (share * total))
                    return cast(sp.Expr, self._lifted(total, share, owner) * self.lift(rest, owner))
        return cast(sp.Expr, expr.func(*[self.lift(cast(sp.Expr, arg), owner) for arg in expr.args]))

    def _lifted(self, total: sp.Sum | Stabilizer, factor: sp.Expr, owner: str) -> sp.Expr:
        summand, over = self.lift(cast(sp.Expr, total.function), owner), self._over(total)
        largest = isinstance(total, Stabilizer)
        for known in self.equations.values():
            if (known.summand, known.over, known.factor, known.stabilizer) == (summand, over, factor, largest):
                return known.target
        stem = f"{owner}_{'shift' if largest else 'mean' if factor != 1 else 'sum'}"
        name = next(n for n in _numbered(stem) if n not in self.taken)
        self.taken.add(name)
        free = [axis for axis in axes_of(summand, self.axes) if axis not in over]
        target = atom(name, free)
        self._add(Equation(target, summand, over, factor, largest))
        return target


def _numbered(stem: str) -> Iterable[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}_{number}"
        number += 1


def _split_reduction(expr: sp.Expr, fixed: Iterable[sp.Expr] = ()) -> tuple[sp.Expr, sp.Sum | None]:
    """`expr` as factor * Sum when the factor takes no gradient and has none of the summed axes; else (expr, None).

    `fixed` are the tensors that take no gradient: buffers, and what is made of them alone.
    """
    totals = [arg for arg in sp.Mul.make_args(expr) if isinstance(arg, sp.Sum)]
    if len(totals) != 1:
        return expr, None
    factor = cast(sp.Expr, expr / totals[0])
    known, summed = set(fixed), {limit[0] for limit in totals[0].limits}
    if factor.has(sp.Sum) or not all(a in known or isinstance(a, Constant) for a in atoms_of(factor)):
        return expr, None
    if summed & set(axes_of(factor)):
        return expr, None
    return factor, totals[0]
