"""Prints the statements of a whole-tensor kernel as Python, with the functions of one library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.errors import EmitError
from derive.formula import Notation
from derive.formula.printers import Text
from derive.kernels.counts import count_name, with_counts
from derive.kernels.plan import Plan
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
)

# Operations that Python writes between their operands, with how tightly they hold.
_INFIX = {"add": ("+", 1), "subtract": ("-", 1), "multiply": ("*", 2), "divide": ("/", 2)}
_ATOM = 3


@dataclass(frozen=True)
class Library:
    """What a library calls its operations.

    Args:
        name: the library in words, for messages.
        prefix: what its functions begin with.
        finfo: how it tells the spacing of numbers of a dtype.
        reserved: what emitted modules call things that belong to it.
        functions: operations of one operand that are called otherwise than in the plan, or are functions of the
            emitted module's runtime.
        python: what the templates that every library of Python shares call its things.
        summary: how what is emitted is differentiated, in words that follow the layer's name.
        modes: what is added to the names of functions that are differentiated by other rules than the first.
        contracts: whether its compiler may leave out the rounding of a product that is added to something.
        native: operations of one operand that are functions of the library under the same name.
    """

    name: str
    prefix: str
    finfo: str
    reserved: frozenset[str]
    functions: Mapping[str, str]
    python: Mapping[str, str]
    summary: str
    modes: tuple[str, ...] = ()
    contracts: bool = False
    native: frozenset[str] = frozenset({"sqrt", "exp", "log", "tanh", "square"})

    def function(self, operation: str, layer: str) -> str:
        """The function for an operation of one operand; EmitError when there is none."""
        if operation in self.functions:
            return self.functions[operation]
        if operation in self.native:
            return f"{self.prefix}{operation}"
        raise EmitError(f"layer {layer!r}: the {self.name} target cannot print the operation {operation!r}")


class _Source(Text):
    """Formulas as Python source: functions and roots of the library."""

    def __init__(self, library: Library, layer: str) -> None:
        super().__init__(library.prefix)
        self._library, self._layer = library, layer

    def call(self, function: str, argument: str) -> str:
        return f"{self._library.function(function, self._layer)}({argument})"


class _Numbers(Text):
    """Formulas of nothing but numbers, with the functions of Python's math, and those it lacks written out."""

    def __init__(self, layer: str) -> None:
        super().__init__("math.")
        self._layer = layer

    def call(self, function: str, argument: str) -> str:
        if function in ("exp", "log", "tanh", "erf"):
            return super().call(function, argument)
        if function == "sigmoid":
            return f"(math.exp(min({argument}, 0.0))/(1.0 + math.exp(-abs({argument}))))"
        if function == "erf_slope":
            return f"(2.0/math.sqrt(math.pi)*math.exp(-({argument})**2))"
        raise EmitError(f"layer {self._layer!r}: the function {function!r} of numbers alone cannot be printed")


class StatementPrinter:
    """Source text for one kernel.

    `sums` and `counts` are the classes whose dimensions and whose numbers of elements the statements need.
    """

    def __init__(self, plan: Plan, kernel: WholeKernel, library: Library) -> None:
        self.plan, self.kernel, self.library = plan, kernel, library
        self.sums: set[str] = set()
        self.counts: set[str] = set()
        self._notation = Notation(printer=_Source(library, plan.layer))
        self._plain = Notation(printer=_Numbers(plan.layer))

    def lines(self) -> list[str]:
        """One line for each statement."""
        return [self._statement(s) for s in self.kernel.statements]

    def returns(self) -> list[str]:
        """What the kernel returns, in order."""
        return [self._value(value) for _, value in self.kernel.returns]

    def _statement(self, statement: Statement) -> str:
        return f"{', '.join(statement.names)} = {self._value(statement.value)}"

    def _value(self, value: Value) -> str:
        return self._printed(value)[0]

    def _printed(self, value: Value) -> tuple[str, int]:
        """The text of a value and how tightly it holds together."""
        match value:
            case Name(text):
                return text, _ATOM
            case Number(text):
                return text, 0 if text.startswith("-") else _ATOM
            case Formula():
                return self._formula(value), 0
            case TwoSum(a, b):
                return f"_exact_sum({self._value(a)}, {self._value(b)})", _ATOM
            case Spread(operand, classes):
                return f"_spread(at, {self._value(operand)}, {self._lead()}, \"{classes}\")", _ATOM
            case Reduce():
                return self._reduce(value)
            case Apply():
                return self._apply(value)

    def _lead(self) -> str:
        return self.kernel.kernel.arrays[0]

    def _formula(self, value: Formula) -> str:
        expr = with_counts(value.expr, self.plan)
        text = (self._plain if value.plain else self._notation)(expr)
        self.counts |= {label for _, label in self.plan.classes if count_name(label) in map(str, expr.free_symbols)}
        if value.number and self.library.contracts:
            return f"_rounded({text})"
        if not value.floor:
            return text
        return f"max({text}, 0.0)" if value.plain else f"_floor({text})"

    def _reduce(self, value: Reduce) -> tuple[str, int]:
        text, level = self._printed(value.operand)
        if value.over:
            self.sums.add(value.over)
            text, level = f"_{'largest' if value.largest else 'sum'}({text}, over_{value.over})", _ATOM
        for label in value.times:
            self.counts.add(label)
            text, level = f"{_held(text, level, 2)} * {count_name(label)}", 2
        return text, level

    def _apply(self, value: Apply) -> tuple[str, int]:
        parts = [self._printed(arg) for arg in value.args]
        if value.function in _INFIX and len(parts) == 2:
            sign, level = _INFIX[value.function]
            tighter = level if value.function == "add" else level + 1
            left, right = _held(*parts[0], level), _held(*parts[1], tighter)
            return f"{left} {sign} {right}", level
        if value.function == "power" and len(parts) == 3:
            return f"{_held(*parts[0], _ATOM)} ** ({parts[1][0]} / {parts[2][0]})", 2
        arguments = ", ".join(text for text, _ in parts)
        if value.function == "select":
            return f"_select({arguments})", _ATOM
        if value.function == "square" and parts[0][0].isidentifier():
            return f"{parts[0][0]} * {parts[0][0]}", 2
        return f"{self.library.function(value.function, self.plan.layer)}({arguments})", _ATOM


def _held(text: str, level: int, needed: int) -> str:
    """The text, in parentheses if it does not hold together tightly enough."""
    return text if level >= needed else f"({text})"
