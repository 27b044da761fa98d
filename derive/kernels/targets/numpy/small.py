"""The form of a kernel for small arrays: its statements about whole tensors as NumPy calls, as few as there can be.

Values of the size of the data have the dtype of the working memory, smaller tensors float64 or more. What is computed
on the way lies in arrays that are used again as soon as nothing reads them any more.
"""

from __future__ import annotations

from collections import Counter
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
    WholeKernel,
    bare,
    names_in,
)
from derive.kernels.targets.numpy.givens import kinds_of
from derive.kernels.targets.numpy.printer import UFUNCS
from derive.kernels.targets.numpy.products import Step, shared
from derive.kernels.targets.numpy.signs import subtracting
from derive.kernels.whole import whole


@dataclass(frozen=True)
class SmallForm:
    """What the template needs.

    `arrays` are the full tensors that are read, `before` the statements up to the last sum, `totals` the sums, `lines`
    the statements that follow, `results` the values of the smaller results by name, `sums` and `counts` the classes
    whose dimensions and whose numbers of elements the statements need, `constants` the numbers that they need, by name.
    `kinds` are the ways in which smaller tensors are taken, where others than usual do, `places` the outputs that are
    worked in, `compared` the arrays that are compared with numbers and read for nothing else.
    """

    arrays: tuple[str, ...]
    before: tuple[str, ...]
    totals: tuple[str, ...]
    lines: tuple[str, ...]
    results: dict[str, str]
    sums: tuple[str, ...]
    counts: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    kinds: dict[str, str]
    places: tuple[str, ...]
    compared: frozenset[str]


def small_form(plan: Plan, kernel: Kernel) -> SmallForm | None:
    """The form for small arrays of one kernel; None where sums may not see all elements, or where maxima are taken.

    What a selection hides may be anything, and must not decide how the sums beside it are taken; a row without a
    maximum must be alone in that.
    """
    hides = any(op.function == "select" for sweep in kernel.sweeps for op in sweep.ops)
    if hides or any(reduction.largest for reduction in kernel.reductions):
        return None
    return SmallPrinter(plan, kernel).form()


class SmallPrinter:
    """Prints the statements of one kernel, which others may have changed."""

    lost = True  # whether sums may exceed the range of the data
    works_in_outputs = True  # or copies to them: what is worked on has another order, or dtype

    def __init__(self, plan: Plan, kernel: Kernel, changed: WholeKernel | None = None) -> None:
        self.plan, self.kernel = plan, kernel
        self.original = whole(plan, kernel, pivots=True)
        self.whole = subtracting(changed or self.original)
        items = [i for s in kernel.stages if isinstance(s, Scalars) for i in s.items]
        self.pivots = {i.a for i in items if isinstance(i, ExactSum)}
        self.pivots |= {i.pivot for i in items if isinstance(i, Remainder)}
        self.elements = set(kernel.arrays)  # names of values in the dtype of the working memory
        self.full = set(kernel.arrays)  # those of the size of the data
        self.given = {g.name for g in kernel.givens}
        self.unread = Counter(name for s in self.whole.statements for name in names_in(s.value))
        self.owned: set[str] = set()  # full values that nothing else holds, to be written to when they are read last
        self.place: str | None = None  # where the output goes, for a value that is read before that is written
        self.rounded: dict[str, str] = {}
        self.made = 0
        self.sums: set[str] = set()
        self.counts: set[str] = set()
        self.constants: dict[str, str] = {}
        self.totals: list[str] = []
        self.summed = 0  # how many lines there are up to the last sum
        self.lines: list[str] = []
        self.compared = frozenset[str]()
        self.steps = self._steps()

    def _steps(self) -> dict[str, Step]:
        """The formulas by the names that they give, with what they have in common taken out."""
        formulas = {s.names[0]: s.value for s in self.whole.statements if isinstance(s.value, Formula)}
        given = {sp.Symbol(name): sp.Symbol(f"all_{name}") for name in self.given}
        exprs = [with_counts(cast(sp.Expr, f.expr.xreplace(given)), self.plan) for f in formulas.values()]
        taken = {name for s in self.whole.statements for name in (*s.names, *names_in(s.value))}
        names = [None if name in self.pivots or formulas[name].floor else name for name in formulas]
        return dict(zip(formulas, shared(exprs, taken, names), strict=True))

    def form(self) -> SmallForm:
        """All statements, sorted out for the template."""
        for statement in self.whole.statements:
            self._statement(statement)
        results = {r.name: self._small(bare(dict(self.whole.returns)[r.name])) for r in self.kernel.results}
        sums, counts = tuple(sorted(self.sums)), tuple(sorted(self.counts))
        places = tuple(w for w in self.kernel.writes if any(f"place_{w}" in line for line in self.lines))
        before, lines = tuple(self.lines[: self.summed]), tuple(self.lines[self.summed :])
        if any(f"place_{w}" in line for w in places for line in before):
            raise EmitError(f"layer {self.plan.layer!r}: an output is worked in before all sums are taken")
        constants = tuple(sorted(self.constants.items()))
        full = {*self.elements, *self.kernel.writes}
        kinds = kinds_of(self.whole, self.given, self.pivots, self.steps.values(), full)
        totals = tuple(name for name in self.totals if self.lost and not self._seen_by_others(name))
        return SmallForm(
            self.kernel.arrays, before, totals, lines, results, sums, counts, constants, kinds, places, self.compared
        )

    def _seen_by_others(self, total: str) -> bool:
        """Whether the sums of what is left beyond a pivot show that the pivot, made of this sum, is not finite."""
        items = [i for s in self.kernel.stages if isinstance(s, Scalars) for i in s.items]
        centred = {i.a for i in items if isinstance(i, ExactSum)}
        read_by = {s.names[0] for s in self.whole.statements if total in names_in(s.value)}
        returned = {name for _, value in self.whole.returns for name in names_in(value)}
        return read_by <= centred and total not in returned

    def _statement(self, statement: Statement) -> None:
        name, value = statement.names[0], statement.value
        if name in self.kernel.writes:
            self._write(name, bare(value))
        elif isinstance(value, Apply) and self.elements & set(names_in(value)):
            self.elements.add(name)
            self._apply(value, name)
        else:
            text = self._formula(self.steps[name], value.floor) if isinstance(value, Formula) else self._small(value)
            if name in self.pivots:
                text = f"room.pivot({text})"  # a number that the data can be compared with
            self.lines.append(f"{', '.join(statement.names)} = {text}")
            if text.startswith("room.total("):
                self.totals.append(name)
                self.summed = len(self.lines)

    def _write(self, name: str, value: Value) -> None:
        view = f"{name}_view"
        if isinstance(value, Apply) and value.function in UFUNCS:
            self.place = f"place_{name}" if self.works_in_outputs else None
            args = ", ".join(self._element(arg) for arg in value.args)
            self.place = None
            out = f", out={view}" if self.works_in_outputs else ""
            written = f"np.{value.function}({args}{out})"
        else:
            written = self._element(value)
        self.lines.append(f"room.store({written}, {name}, {view})")

    # Values in the dtype of the working memory.

    def _element(self, value: Value) -> str:
        match value:
            case Name(text):
                self.unread[text] -= 1
                return self._name(text) if text in self.elements else self._cast(text)
            case Number(text):
                return text
            case Spread(operand):
                return self._element(operand)
            case Apply():
                self.made += 1
                return self._apply(value, f"part{self.made}")
        raise EmitError(f"layer {self.plan.layer!r}: a sum or formula stands inside an elementwise operation")

    def _name(self, name: str) -> str:
        """A name of the plan as it is called here."""
        if name in self.kernel.arrays:
            return f"{name}_slab"
        return f"all_{name}" if name in self.given else name

    def _cast(self, name: str) -> str:
        if name not in self.rounded:
            self.rounded[name] = f"{name}_row"
            self.lines.append(f"{name}_row = room.row({self._name(name)})")
        return self.rounded[name]

    def _apply(self, value: Apply, name: str) -> str:
        """Print an operation whose result has a name of its own, and return where it lies."""
        full = bool(self.full & set(names_in(value)))
        if value.function == "power":
            exponent = exponent_code(*(int(arg.text) for arg in value.args[1:] if isinstance(arg, Number)))
            text, free = f"_power({self._element(value.args[0])}, {exponent})", list[str]()
        elif value.function in UFUNCS:
            args = [self._element(arg) for arg in value.args]
            free = [arg for arg in args if full and arg in self.owned and self.unread[arg] <= 0]
            place = next(iter(free), self.place if full else None)
            if full and not free:
                self.place = None
            text = f"np.{value.function}({', '.join(args)}{f', out={place}' if place else ''})"
        elif value.function in FUNCTIONS:
            text, free = f"{FUNCTIONS[value.function]}({', '.join(map(self._element, value.args))})", []
        else:
            raise EmitError(
                f"layer {self.plan.layer!r}: the NumPy target cannot print the operation {value.function!r}"
            )
        self.lines.append(f"{name} = {text}")
        self.owned -= set(free[:1])
        if full:
            self.full.add(name)
            self.owned.add(name)
        return name

    # Smaller tensors.

    def _small(self, value: Value) -> str:
        match value:
            case Name(text):
                self.unread[text] -= 1
                return self._name(text)
            case Number(text):
                return text
            case Spread(operand):
                return self._small(operand)
            case TwoSum(a, b):
                return f"room.parted({self._small(a)}, {self._small(b)})"
            case Reduce():
                return self._reduce(value)
            case Apply("add", (Apply("subtract", (a, Name(pivot))), b)) if pivot in self.pivots:
                return f"room.rest({self._small(a)}, {pivot}, {self._small(b)})"
            case Apply("subtract", (a, Name(pivot))) if pivot in self.pivots:
                return f"room.rest({self._small(a)}, {pivot})"
            case Apply("add" | "subtract" as function, (a, b)):
                return f"({self._small(a)} {'+' if function == 'add' else '-'} {self._small(b)})"
            case Apply(function, args) if function in UFUNCS:
                return f"np.{function}({', '.join(map(self._small, args))})"
        raise EmitError(f"layer {self.plan.layer!r}: an elementwise operation stands inside a formula")

    def _formula(self, step: Step, floor: bool) -> str:
        for name, product in step.products:
            self.lines.append(f"{name} = {self._counted(product)}")
        text = self._counted(step.expr)
        return f"np.maximum({text}, {self._constant('0', '0.0')})" if floor else text

    def _constant(self, name: str, value: str) -> str:
        """The name of a number that is there as an array."""
        self.constants[f"number_{name}"] = value
        return f"number_{name}"

    def _counted(self, expr: sp.Expr) -> str:
        labels = [label for _, label in self.plan.classes]
        self.counts |= {k for k in labels if sp.Symbol(count_name(k), positive=True) in expr.free_symbols}
        held = {s: sp.Symbol(self._constant(s.name, s.name)) for s in _symbols(expr) if s.name in self.kernel.constants}
        text = plain_code(cast(sp.Expr, expr.xreplace(held)))
        return f"{self._constant('1', '1.0')}{text[1:]}" if text.startswith("1/") else text

    def _total(self, left: str, right: str, value: Reduce) -> str:
        self.sums.add(value.over)
        return f"room.total({left}, {right}, over_{value.over})"

    def _reduce(self, value: Reduce) -> str:
        operand = value.operand
        if not value.over:
            text = self._small(operand)
        elif isinstance(operand, Name) and operand.text not in self.elements:
            text = f'room.summed({self._small(operand)}, "{value.over}")'
        else:
            right = "None"
            if isinstance(operand, Apply) and operand.function == "multiply":
                left, right = (self._element(arg) for arg in operand.args)
            elif isinstance(operand, Apply) and operand.function == "square":
                left = right = self._element(operand.args[0])
            else:
                left = self._element(operand)
            text = self._total(left, right, value)
        for label in value.times:
            self.counts.add(label)
            text = f"{text} * {count_name(label)}"
        return text


def _symbols(expr: sp.Expr) -> list[sp.Symbol]:
    """The symbols of an expression by name."""
    return sorted((s for s in expr.free_symbols if isinstance(s, sp.Symbol)), key=lambda s: s.name)
