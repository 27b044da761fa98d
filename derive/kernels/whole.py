"""A kernel of a plan as statements about whole tensors, for libraries whose operations take whole tensors.

A sweep becomes elementwise expressions and sums over whole dimensions. Smaller tensors keep the number of dimensions of
the data, with one element along each dimension that they do not have, so that they broadcast. All values have one
dtype, statistics as well as data: what a plan rounds to the dtype of the data stays as it is, what it computes again in
a later sweep is still there, and the cut into chunks does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import sympy as sp

from derive.kernels.plan import ExactSum, Kernel, Op, Plan, Reduction, Ref, Remainder, Scalar, Scalars, Sweep
from derive.kernels.statements import (
    Apply,
    Formula,
    Name,
    Number,
    Reduce,
    Spread,
    Statement,
    TwoSum,
    Value,
    WholeKernel,
    inlined,
    names_in,
    needed,
)
from derive.language import Size


def whole(plan: Plan, kernel: Kernel, *, pivots: bool = False) -> WholeKernel:
    """The statements of one kernel; with `pivots`, whoever prints them rounds the formulas that must be numbers to the
    dtype of the data, so that what a mean has beyond them matters."""
    return _Lowering(plan, kernel, pivots).run()


class _Lowering:
    """Goes through the stages of a kernel once, giving every value one name and computing nothing twice."""

    def __init__(self, plan: Plan, kernel: Kernel, pivots: bool) -> None:
        self.kernel = kernel
        self.order = "".join(dict.fromkeys(label for _, label in plan.classes))
        self.statements: list[Statement] = []
        self.known: dict[Value, Name] = {}
        # For each name of the plan, the value that it stands for; locals are looked up before.
        self.scope: dict[str, Value] = {}
        self.reach: dict[str, frozenset[str]] = {name: frozenset(self.order) for name in kernel.arrays}
        self.reach |= {given.name: frozenset(given.classes) for given in kernel.givens}
        self.numbers = set(kernel.constants)
        items = [i for s in kernel.stages if isinstance(s, Scalars) for i in s.items]
        self.parts = {name for i in items if isinstance(i, ExactSum) for name in (i.a, i.b)}
        self.pivots = {i.pivot for i in items if isinstance(i, Remainder)} if pivots else set[str]()
        self.taken = {*self.reach, *self.numbers, *kernel.writes, *(r.name for r in kernel.results)}
        self.taken |= {r.name for r in kernel.reductions} | {t.name for t in kernel.totals}
        self.taken |= {name for i in (*items, *kernel.final) for name in _made_by(i)}

    def run(self) -> WholeKernel:
        for total in self.kernel.totals:
            self._bind(total.name, self._reduced(Name(total.of), total.over, largest=False))
        for stage in self.kernel.stages:
            if isinstance(stage, Scalars):
                for item in stage.items:
                    self._scalar(item)
            else:
                self._sweep(stage)
        for scalar in self.kernel.final:
            self._scalar(scalar)
        results = [(r.name, self._spread(self._named(r.value), r.classes)) for r in self.kernel.results]
        returns = (*((w, Name(w)) for w in self.kernel.writes), *results)
        read = [name for _, value in returns for name in names_in(value)]
        return WholeKernel(self.kernel, tuple(inlined(needed(self.statements, read))), tuple(returns))

    # Names and what they stand for.

    def _named(self, name: str) -> Value:
        return self.scope.get(name, Name(name))

    def _classes(self, value: Value) -> frozenset[str]:
        found = [self.reach.get(name, frozenset[str]()) for name in names_in(value)]
        return frozenset[str]().union(*found)

    def _ordered(self, classes: Iterable[str]) -> str:
        wanted = set(classes)
        return "".join(label for label in self.order if label in wanted)

    def _spread(self, value: Value, classes: str) -> Value:
        return value if self._classes(value) >= set(classes) else Spread(value, self._ordered(classes))

    def _make(self, proposal: str, value: Value, classes: frozenset[str]) -> Name:
        """The name of a value: the one that it has already, or a new one."""
        if value not in self.known:
            name, number = proposal, 2
            while name in self.reach or name in self.numbers or (name in self.taken and name != proposal):
                name, number = f"{proposal}_{number}", number + 1
            self.statements.append(Statement((name,), value))
            self.reach[name] = classes
            self.known[value] = Name(name)
        return self.known[value]

    def _bind(self, name: str, value: Value) -> None:
        """Let a name of the plan stand for a value."""
        if isinstance(value, Name | Number):
            self.scope[name] = value
            return
        classes = self._classes(value)
        if isinstance(value, Reduce):
            classes -= set(value.over)
        made = self._make(name, value, classes)
        if isinstance(value, Formula) and value.plain:
            self.numbers.add(made.text)
        if made.text != name:
            self.scope[name] = made

    # Smaller tensors.

    def _scalar(self, item: Scalar | ExactSum | Remainder) -> None:
        if isinstance(item, Scalar):
            self._bind(item.name, self._formula(item.name, item.expr, item.floor))
        elif isinstance(item, ExactSum):
            a, b = self._named(item.a), self._named(item.b)
            classes = self._classes(a) | self._classes(b)
            self.statements.append(Statement((item.high, item.low), TwoSum(a, b)))
            self.reach |= {item.high: classes, item.low: classes}
        else:
            # Where nothing was rounded, a mean and its pivot are the same number more often than not.
            of, pivot = self._named(item.of), self._named(item.pivot)
            low: Value = Number("0.0") if item.low is None else self._named(item.low)
            rest = low if of == pivot else self._simple("add", (self._simple("subtract", (of, pivot)), low))
            self._bind(item.name, rest)

    def _formula(self, name: str, expr: sp.Expr, floor: bool) -> Value:
        table: dict[sp.Basic, sp.Basic] = {}
        for symbol in expr.free_symbols:
            value = self.scope.get(str(symbol))
            if isinstance(value, Name):
                table[symbol] = sp.Symbol(value.text)
            elif isinstance(value, Number):
                table[symbol] = sp.nsimplify(sp.Float(value.text), rational=True)
        expr = cast(sp.Expr, expr.xreplace(table))
        if name in self.pivots:
            return Formula(expr, floor=floor, number=True)
        if isinstance(expr, sp.Symbol) and not isinstance(expr, Size) and not floor:
            return Name(str(expr))
        if expr.is_Rational and not floor:
            return Number(repr(float(expr)))
        if self._is_plain(expr):
            return Formula(expr, plain=True, floor=floor)
        return Formula(self._without_plain_functions(name, expr), floor=floor, number=name in self.parts)

    def _is_plain(self, expr: sp.Basic) -> bool:
        return all(isinstance(s, Size) or str(s) in self.numbers for s in expr.free_symbols)

    def _without_plain_functions(self, name: str, expr: sp.Expr) -> sp.Expr:
        """The expression with functions of mere numbers computed ahead, because a library's take tensors."""
        if isinstance(expr, sp.Function | sp.Pow) and self._is_plain(expr) and not _is_rational_power(expr):
            value = Formula(expr, plain=True)
            proposal = name
            if value not in self.known:
                proposal = f"{name}_number"
            made = self._make(proposal, value, frozenset())
            self.numbers.add(made.text)
            return sp.Symbol(made.text)
        if not expr.args:
            return expr
        args = [self._without_plain_functions(name, cast(sp.Expr, arg)) for arg in expr.args]
        return cast(sp.Expr, expr.func(*args)) if tuple(args) != expr.args else expr

    # Sweeps.

    def _sweep(self, sweep: Sweep) -> None:
        local: dict[str, Value] = {}
        for op in sweep.ops:
            local[op.result] = self._op(op, local)
        for reduction in sweep.reductions:
            self._bind(reduction.name, self._reduction(reduction, local))
        for write in sweep.writes:
            value = self._spread(self._ref(write.value, local), self.order)
            self.statements.append(Statement((write.output,), value))
            self.reach[write.output] = frozenset(self.order)

    def _ref(self, ref: Ref, local: dict[str, Value]) -> Value:
        if ref.kind == "number":
            return Number(ref.name)
        if ref.kind == "array":
            return Name(ref.name)
        return local[ref.name] if ref.kind == "local" else self._named(ref.name)

    def _op(self, op: Op, local: dict[str, Value]) -> Value:
        value = self._simple(op.function, tuple(self._ref(arg, local) for arg in op.args))
        if isinstance(value, Name | Number):
            return value
        return self._make(op.result, value, self._classes(value))

    def _simple(self, function: str, args: tuple[Value, ...]) -> Value:
        """The operation, or its operand where it changes nothing."""
        if function == "copy" or (function in ("add", "subtract") and args[1] == Number("0.0")):
            return args[0]
        return Apply(function, args)

    def _reduction(self, reduction: Reduction, local: dict[str, Value]) -> Value:
        operand = self._ref(reduction.left, local)
        if reduction.right is not None:
            right = self._ref(reduction.right, local)
            operand = Apply("square", (operand,)) if operand == right else Apply("multiply", (operand, right))
        return self._reduced(operand, reduction.over, largest=reduction.largest)

    def _reduced(self, operand: Value, over: str, *, largest: bool) -> Value:
        there = self._classes(operand)
        present = self._ordered(label for label in over if label in there)
        absent = "" if largest else self._ordered(label for label in over if label not in there)
        if not present and not absent:
            return operand
        return Reduce(operand, present, absent, largest)


def _is_rational_power(expr: sp.Expr) -> bool:
    """Whether an expression is a whole power, which Python's numbers have too."""
    return isinstance(expr, sp.Pow) and bool(expr.exp.is_Integer)


def _made_by(item: Scalar | ExactSum | Remainder) -> tuple[str, ...]:
    return (item.high, item.low) if isinstance(item, ExactSum) else (item.name,)
