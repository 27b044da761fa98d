"""The form of a kernel for small arrays: its statements about whole tensors as NumPy calls, as few as there can be.

Values of the size of the data have the dtype of the working memory, smaller tensors more digits. A mean is subtracted
from the data with all its digits and the difference rounded once, so that nothing is left of it to be accounted for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.kernels.counts import count_name, with_counts
from derive.kernels.plan import ExactSum, Kernel, Plan, Remainder, Scalars
from derive.kernels.python_api.source import FUNCTIONS, exponent_code, plain_code
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
    names_in,
)
from derive.kernels.targets.numpy.printer import UFUNCS
from derive.kernels.whole import whole


@dataclass(frozen=True)
class SmallForm:
    """What the template needs.

    `arrays` are the full tensors that are read, `lines` the statements, `results` the values of the smaller results by
    name, `sums` and `counts` the classes whose dimensions and whose numbers of elements the statements need.
    """

    arrays: tuple[str, ...]
    lines: tuple[str, ...]
    results: dict[str, str]
    sums: tuple[str, ...]
    counts: tuple[str, ...]

    @property
    def keeps_dtype(self) -> bool:
        """Whether a statement needs the dtype of the data."""
        return any(", dtype)" in line for line in self.lines)


def small_form(plan: Plan, kernel: Kernel) -> SmallForm | None:
    """The form for small arrays of one kernel; None where sums may not see all elements, or where maxima are taken.

    What a selection hides may be anything, and must not decide how the sums beside it are taken; a row without a
    maximum must be alone in that.
    """
    hides = any(op.function == "select" for sweep in kernel.sweeps for op in sweep.ops)
    if hides or any(reduction.largest for reduction in kernel.reductions):
        return None
    return _Printer(plan, kernel).form()


class _Printer:
    def __init__(self, plan: Plan, kernel: Kernel) -> None:
        self.plan, self.kernel = plan, kernel
        self.whole = whole(plan, kernel, joined=True)
        items = [i for s in kernel.stages if isinstance(s, Scalars) for i in s.items]
        self.pivots = {i.a for i in items if isinstance(i, ExactSum)}
        remainders = [i for i in items if isinstance(i, Remainder)]
        self.lows = {r.of: r.low for r in remainders if r.low is not None}
        self.elements = set(kernel.arrays)  # names of values in the dtype of the working memory
        self.given = {g.name for g in kernel.givens}
        self.rounded: dict[str, str] = {}
        self.sums: set[str] = set()
        self.counts: set[str] = set()
        self.lines: list[str] = []

    def form(self) -> SmallForm:
        for statement in self.whole.statements:
            self._statement(statement)
        results = {r.name: self._result(dict(self.whole.returns)[r.name]) for r in self.kernel.results}
        sums, counts = tuple(sorted(self.sums)), tuple(sorted(self.counts))
        return SmallForm(self.kernel.arrays, tuple(self.lines), results, sums, counts)

    def _result(self, value: Value) -> str:
        while isinstance(value, Spread):
            value = value.operand
        return self._small(value)

    def _statement(self, statement: Statement) -> None:
        name, value = statement.names[0], statement.value
        if name in self.kernel.writes:
            self._write(f"{name}_view", value)
        elif isinstance(value, Apply):
            self.lines.append(f"{name} = {self._element(value)}")
            self.elements.add(name)
        else:
            text = self._small(value)
            if name in self.pivots:
                text = f"({text}).astype(np.float64)"  # a number that the data can be compared with
            self.lines.append(f"{', '.join(statement.names)} = {text}")

    def _write(self, view: str, value: Value) -> None:
        while isinstance(value, Spread):
            value = value.operand
        if isinstance(value, Apply) and value.function in UFUNCS and not self._is_difference(value):
            args = ", ".join(self._element(arg) for arg in value.args)
            self.lines.append(f"np.{value.function}({args}, out={view})")
        else:
            self.lines.append(f'np.copyto({view}, {self._element(value)}, casting="same_kind")')

    # Values in the dtype of the working memory.

    def _is_difference(self, value: Apply) -> bool:
        """Whether a smaller tensor is subtracted from the data themselves."""
        a, b = (*value.args, None)[:2]
        arrays = isinstance(a, Name) and a.text in self.kernel.arrays
        return value.function == "subtract" and arrays and isinstance(b, Name) and b.text not in self.elements

    def _element(self, value: Value) -> str:
        match value:
            case Name(text):
                return self._name(text) if text in self.elements else self._cast(text)
            case Number(text):
                return text
            case Spread(operand):
                return self._element(operand)
            case Apply():
                return self._apply(value)
        raise EmitError(f"layer {self.plan.layer!r}: a sum or formula stands inside an elementwise operation")

    def _name(self, name: str) -> str:
        """A name of the plan as it is called here."""
        if name in self.kernel.arrays:
            return f"{name}_slab"
        return f"all_{name}" if name in self.given else name

    def _cast(self, name: str) -> str:
        if name not in self.rounded:
            self.rounded[name] = f"{name}_row"
            self.lines.append(f"{name}_row = room.rounded({self._name(name)})")
        return self.rounded[name]

    def _apply(self, value: Apply) -> str:
        if self._is_difference(value):
            a, b = names_in(value)
            low = self.lows.get(b)
            return f"room.less({self._name(a)}, {self._name(b)}{f', {self._name(low)}' if low else ''})"
        if value.function == "power":
            exponent = exponent_code(*(int(arg.text) for arg in value.args[1:] if isinstance(arg, Number)))
            return f"_power({self._element(value.args[0])}, {exponent})"
        args = [self._element(arg) for arg in value.args]
        if value.function in UFUNCS:
            return f"np.{value.function}({', '.join(args)})"
        if value.function == "select":
            like = args[0] if args[0].isidentifier() else self._name(self.kernel.arrays[0])
            return f"_select({args[0]}, {args[1]}, np.empty_like({like}))"
        if value.function in FUNCTIONS:
            return f"{FUNCTIONS[value.function]}({', '.join(args)})"
        raise EmitError(f"layer {self.plan.layer!r}: the NumPy target cannot print the operation {value.function!r}")

    # Smaller tensors.

    def _small(self, value: Value) -> str:
        match value:
            case Name(text):
                return self._name(text)
            case Number(text):
                return text
            case Spread(operand):
                return self._small(operand)
            case TwoSum(a, b):
                return f"_exact_sum({self._small(a)}, {self._small(b)}, dtype)"
            case Formula():
                return self._formula(value)
            case Reduce():
                return self._reduce(value)
        raise EmitError(f"layer {self.plan.layer!r}: an elementwise operation stands inside a formula")

    def _formula(self, value: Formula) -> str:
        given = {sp.Symbol(name): sp.Symbol(f"all_{name}") for name in self.given}
        expr = with_counts(cast(sp.Expr, value.expr.xreplace(given)), self.plan)
        self.counts |= {label for _, label in self.plan.classes if sp.Symbol(count_name(label), positive=True) in
                        expr.free_symbols}  # fmt: skip
        text = plain_code(expr)
        return f"np.maximum({text}, 0.0)" if value.floor else text

    def _reduce(self, value: Reduce) -> str:
        operand, text = value.operand, ""
        small = isinstance(operand, Name) and operand.text not in self.elements
        if not value.over:
            text = self._small(operand)
        elif small:
            text = f'_summed(space, {self._small(operand)}, "{value.over}")'
        elif value.largest:
            self.sums.add(value.over)
            text = f"room.largest({self._element(operand)}, over_{value.over})"
        else:
            self.sums.add(value.over)
            left, right = self._element(operand) if not isinstance(operand, Apply) else "", "None"
            if isinstance(operand, Apply) and operand.function == "multiply":
                left, right = (self._element(arg) for arg in operand.args)
            elif isinstance(operand, Apply) and operand.function == "square":
                left = right = self._element(operand.args[0])
            elif isinstance(operand, Apply):
                left = self._element(operand)
            text = f"room.total({left}, {right}, over_{value.over})"
        for label in value.times:
            self.counts.add(label)
            text = f"{text} * {count_name(label)}"
        return text
