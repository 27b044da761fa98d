"""Runs the kernels of a plan element by element with exact numbers, chunk by chunk as the plan says.

It shares nothing with a target's printer. Wherever a plan rounds, this interpreter may take any nearby value: pivots
are moved by random rationals and a mean is split at random into its two parts. A right plan gives the same results,
for layers that use a mean only through deviations from it; one that uses the mean itself may take its high part alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import sympy as sp

from derive.kernels.plan import ExactSum, Kernel, Op, Plan, Ref, Remainder, Scalar, Scalars, Sweep
from derive.language import Axis, Size
from derive.proofs.evaluate import Arithmetic, positions

Place = tuple[int, ...]


class PlanIsWrong(AssertionError):
    """The plan reads something that is not there yet, or leaves something out."""


@dataclass(frozen=True)
class Field:
    """A value with the axes of some classes: one number for each of their places."""

    classes: frozenset[str]
    at: Mapping[Place, Any]


@dataclass(frozen=True)
class Outcome:
    """What a kernel returns: full tensors, and smaller ones by the name of the result."""

    writes: Mapping[str, Mapping[Place, Any]]
    results: Mapping[str, Field]


class Interpreter:
    """One kernel at one set of sizes.

    Args:
        plan: for axes, classes and the order of both.
        kernel: what is run.
        sizes: the size of each axis by name.
        values: full tensors, smaller tensors, saved values and constants, each by its own indices in the axes' order.
        arithmetic: exact, or 60 digits.
        seed: chooses the values that rounding gives.
    """

    def __init__(
        self,
        plan: Plan,
        kernel: Kernel,
        sizes: Mapping[str, int],
        values: Mapping[str, Mapping[Place, Any]],
        arithmetic: Arithmetic,
        seed: int,
    ) -> None:
        self.plan, self.kernel, self.sizes, self.values = plan, kernel, sizes, values
        self.arithmetic, self.rng = arithmetic, random.Random(seed)
        self.labels = dict(plan.classes)
        every = frozenset(self.labels.values())
        for reduction in kernel.reductions:
            if set(reduction.kept) & set(reduction.over) or set(reduction.kept) | set(reduction.over) != every:
                raise PlanIsWrong(f"{reduction.name} keeps {reduction.kept} and sums over {reduction.over}")
        items = [i for stage in kernel.stages if isinstance(stage, Scalars) for i in stage.items]
        self.pivots = {i.a for i in items if isinstance(i, ExactSum)} | {
            i.pivot for i in items if isinstance(i, Remainder)
        }

    def run(self) -> Outcome:
        """Every chunk, then what is computed after all of them."""
        writes: dict[str, dict[Place, Any]] = {name: {} for name in self.kernel.writes}
        sums: dict[str, dict[Place, Any]] = {r.name: {} for r in self.kernel.reductions if r.across}
        stored: dict[str, dict[Place, Any]] = {r.name: {} for r in self.kernel.results if not r.across}
        for chunk in positions(self._axes(self.kernel.outer), self.sizes):
            scalars = self._chunk(chunk, writes, sums)
            for result in self.kernel.results:
                if not result.across:
                    stored[result.name].update(self._result(scalars, result.value, result.classes, chunk))
        count = len(list(positions(self.plan.axes, self.sizes)))
        for name, table in writes.items():
            if len(table) != count:
                raise PlanIsWrong(f"{name} is written at {len(table)} of {count} places")
        whole = self._givens() | {
            r.name: Field(frozenset(r.kept), sums[r.name]) for r in self.kernel.reductions if r.across
        }
        for scalar in self.kernel.final:
            whole[scalar.name] = self._scalar(scalar, whole, {})
        results = {}
        for r in self.kernel.results:
            at = self._result(whole, r.value, r.classes, {}) if r.across else stored[r.name]
            results[r.name] = Field(frozenset(r.classes), at)
        return Outcome(writes, results)

    def _result(
        self, scalars: Mapping[str, Field], name: str, classes: str, chunk: Mapping[Axis, int]
    ) -> dict[Place, Any]:
        field = scalars[name]
        return {
            self._place(where, classes): self._read(field, where)
            for where in positions(self._axes(classes), self.sizes)
            if chunk.items() <= {**chunk, **where}.items()
        }

    # Places.

    def _axes(self, classes: Iterable[str]) -> list[Axis]:
        return [axis for axis in self.plan.axes if self.labels[axis] in set(classes)]

    def _place(self, where: Mapping[Axis, int], classes: Iterable[str]) -> Place:
        return tuple(where[axis] for axis in self._axes(classes))

    def _places(self, chunk: Mapping[Axis, int], classes: Iterable[str]) -> list[dict[Axis, int]]:
        """The places along some classes that lie in a chunk."""
        inner = [axis for axis in self._axes(classes) if axis not in chunk]
        here = {axis: k for axis, k in chunk.items() if self.labels[axis] in set(classes)}
        return [{**here, **where} for where in positions(inner, self.sizes)]

    def _read(self, field: Field, where: Mapping[Axis, int]) -> Any:
        return field.at[self._place(where, field.classes)]

    # One chunk.

    def _givens(self) -> dict[str, Field]:
        found = {g.name: Field(frozenset(g.classes), self.values[g.name]) for g in self.kernel.givens}
        return found | {name: Field(frozenset(), self.values[name]) for name in self.kernel.constants}

    def _chunk(
        self, chunk: Mapping[Axis, int], writes: dict[str, dict[Place, Any]], sums: dict[str, dict[Place, Any]]
    ) -> dict[str, Field]:
        scalars = self._givens()
        for stage in self.kernel.stages:
            if isinstance(stage, Sweep):
                self._sweep(stage, chunk, scalars, writes, sums)
            else:
                for item in stage.items:
                    self._item(item, chunk, scalars)
        return scalars

    def _item(self, item: Scalar | ExactSum | Remainder, chunk: Mapping[Axis, int], scalars: dict[str, Field]) -> None:
        if isinstance(item, Scalar):
            scalars[item.name] = self._scalar(item, scalars, chunk)
            return
        if isinstance(item, ExactSum):
            a, b = scalars[item.a], scalars[item.b]
            high, low = {}, {}
            for where in self._places(chunk, a.classes):
                place = self._place(where, a.classes)
                low[place] = self._somewhere()
                high[place] = self._read(a, where) + self._read(b, where) - low[place]
            scalars[item.high], scalars[item.low] = Field(a.classes, high), Field(a.classes, low)
            return
        of, pivot = scalars[item.of], scalars[item.pivot]
        rest = {}
        for where in self._places(chunk, of.classes):
            rest[self._place(where, of.classes)] = self._read(of, where) - self._read(pivot, where)
            if item.low is not None:
                rest[self._place(where, of.classes)] += self._read(scalars[item.low], where)
        scalars[item.name] = Field(of.classes, rest)

    def _scalar(self, item: Scalar, scalars: Mapping[str, Field], chunk: Mapping[Axis, int]) -> Field:
        names = [str(s) for s in item.expr.free_symbols if not isinstance(s, Size)]
        missing = [name for name in names if name not in scalars]
        if missing:
            raise PlanIsWrong(f"{item.name} reads {missing}, which is not there yet")
        classes = frozenset(label for name in names for label in scalars[name].classes)
        at = {}
        for where in self._places(chunk, classes):
            value = self._value(item.expr, scalars, where)
            if item.floor and self._below_zero(value):
                raise PlanIsWrong(f"{item.name} is {value}, and clipping it at zero would change it")
            if item.name in self.pivots:
                value = value + self._somewhere()
            at[self._place(where, classes)] = value
        return Field(classes, at)

    def _somewhere(self) -> Any:
        return self.arithmetic.number(Fraction(self.rng.randint(-20, 20), self.rng.randint(1, 7)))

    @staticmethod
    def _below_zero(value: Any) -> bool:
        return bool(value.rational < 0) if hasattr(value, "rational") else bool(value < -(10**-40))

    def _value(self, expr: sp.Expr, scalars: Mapping[str, Field], where: Mapping[Axis, int]) -> Any:
        if isinstance(expr, sp.Rational):
            return self.arithmetic.number(Fraction(int(expr.p), int(expr.q)))
        if isinstance(expr, Size):
            return self.arithmetic.number(Fraction(self.sizes[str(expr).removeprefix("N_")]))
        if isinstance(expr, sp.Symbol):
            return self._read(scalars[str(expr)], where)
        if isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational):
            power = Fraction(int(expr.exp.p), int(expr.exp.q))
            return self.arithmetic.power(self._value(cast(sp.Expr, expr.base), scalars, where), power)
        parts = [self._value(cast(sp.Expr, part), scalars, where) for part in expr.args]
        if isinstance(expr, sp.Add | sp.Mul):
            result = parts[0]
            for part in parts[1:]:
                result = result + part if isinstance(expr, sp.Add) else result * part
            return result
        return self.arithmetic.function(type(expr).__name__, parts[0])

    # One sweep.

    def _sweep(
        self,
        sweep: Sweep,
        chunk: Mapping[Axis, int],
        scalars: dict[str, Field],
        writes: dict[str, dict[Place, Any]],
        sums: dict[str, dict[Place, Any]],
    ) -> None:
        zero = self.arithmetic.number(Fraction(0))
        own: dict[str, dict[Place, Any]] = {r.name: {} for r in sweep.reductions}
        for where in self._places(chunk, self.labels.values()):
            local: dict[str, Any] = {}
            for op in sweep.ops:
                local[op.result] = self._op(op, local, scalars, where)
            for red in sweep.reductions:
                share = self._operand(red.left, local, scalars, where)
                if red.right is not None:
                    share = share * self._operand(red.right, local, scalars, where)
                table = sums[red.name] if red.across else own[red.name]
                place = self._place(where, red.kept)
                if red.largest:
                    table[place] = self.arithmetic.largest([share, *([table[place]] if place in table else [])])
                else:
                    table[place] = table.get(place, zero) + share
            for write in sweep.writes:
                place = self._place(where, self.labels.values())
                if place in writes[write.output]:
                    raise PlanIsWrong(f"{write.output} is written twice at {place}")
                writes[write.output][place] = self._operand(write.value, local, scalars, where)
        for red in sweep.reductions:
            if not red.across:
                scalars[red.name] = Field(frozenset(red.kept), own[red.name])

    def _operand(
        self, ref: Ref, local: Mapping[str, Any], scalars: Mapping[str, Field], where: Mapping[Axis, int]
    ) -> Any:
        if ref.kind == "number":
            return self.arithmetic.number(Fraction(ref.name))
        if ref.kind == "local":
            return local[ref.name]
        if ref.kind == "scalar":
            return self._read(scalars[ref.name], where)
        if ref.name not in self.kernel.arrays:
            raise PlanIsWrong(f"the array {ref.name} is read and not declared")
        return self.values[ref.name][self._place(where, self.labels.values())]

    def _op(self, op: Op, local: Mapping[str, Any], scalars: Mapping[str, Field], where: Mapping[Axis, int]) -> Any:
        values = [self._operand(ref, local, scalars, where) for ref in op.args]
        match op.function, values:
            case "add", [a, b]:
                return a + b
            case "select", [a, b]:
                zero = self.arithmetic.number(Fraction(0))
                return zero if self.arithmetic.equal(b, zero) else a
            case "sigmoid", [a]:
                return self.arithmetic.function("sigmoid", a)
            case "subtract", [a, b]:
                return a - b
            case "multiply", [a, b]:
                return a * b
            case "divide", [a, b]:
                return a * self.arithmetic.power(b, Fraction(-1))
            case "square", [a]:
                return a * a
            case "sqrt", [a]:
                return self.arithmetic.power(a, Fraction(1, 2))
            case ("exp" | "log" | "tanh") as name, [a]:
                return self.arithmetic.function(name, a)
            case "power", [a, _, _]:
                return self.arithmetic.power(a, Fraction(int(op.args[1].name), int(op.args[2].name)))
            case "copy", [a]:
                return a
        raise PlanIsWrong(f"there is no operation {op.function!r} of {len(values)} operands")
