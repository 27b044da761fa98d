"""Prints the stages of a kernel as NumPy statements; a node that it does not know raises EmitError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.errors import EmitError
from derive.kernels.counts import count_name
from derive.kernels.kept import kept_of
from derive.kernels.needs import reads
from derive.kernels.plan import ExactSum, Kernel, Op, Plan, Reduction, Ref, Remainder, Scalar, Scalars, Sweep, Write
from derive.kernels.python_api.source import FUNCTIONS, exponent_code
from derive.kernels.targets.numpy.names import code
from derive.kernels.targets.numpy.pairs import OPPOSITE, paired
from derive.kernels.targets.numpy.places import Places
from derive.kernels.targets.numpy.steps import interleave, last_uses

# Operations that are NumPy ufuncs of the same name; `copy` is not one.
UFUNCS = frozenset({"add", "subtract", "multiply", "divide", "square", "sqrt", "exp", "log", "tanh"})


@dataclass(frozen=True)
class Loop:
    """One sweep: what comes before the loop over slabs, its body, what comes after.

    `totals` are the sums it takes and `settled` their values as arguments, `across` the statements that follow them;
    `parts` says that slabs are numbered.
    """

    comment: str
    before: tuple[str, ...]
    body: tuple[str, ...]
    after: tuple[str, ...]
    totals: tuple[str, ...]
    settled: str
    across: tuple[str, ...]
    parts: bool = False


@dataclass(frozen=True)
class Block:
    """Scalars between sweeps."""

    lines: tuple[str, ...]


class KernelPrinter:
    """Source text for the stages of one kernel."""

    def __init__(self, plan: Plan, kernel: Kernel) -> None:
        self.plan = plan
        self.kernel = kernel = paired(kernel)
        self.classes: dict[str, str] = {g.name: g.classes for g in kernel.givens}
        self.classes |= {r.name: r.classes for r in kernel.reductions}
        self.classes |= {t.name: t.classes for t in kernel.totals}
        self.counts: set[str] = set()
        self._slab_values: dict[str, str] = {}
        self._first = ""  # where the first of a pair goes, which is printed with the second
        self._rounded: set[str] = set()
        self._exact = {i.of for i in self._scalar_items() if isinstance(i, Remainder)}
        self._pivots = {i.pivot for i in self._scalar_items() if isinstance(i, Remainder)}
        self._pivots |= {i.a for i in self._scalar_items() if isinstance(i, ExactSum)}
        used = {str(s) for i in self._scalar_items() if isinstance(i, Scalar) for s in i.expr.free_symbols}
        self._pivots |= {i.name for i in self._scalar_items() if isinstance(i, Scalar) and i.rounded and i.name in used}

        self._kept = kept_of(kernel)
        self._blocks: set[str] = set()  # the names of all blocks that operations write to
        self.owned: set[str] = set()  # the outputs that serve as working memory

    def stages(self) -> list[Loop | Block]:
        """All stages in order."""
        result: list[Loop | Block] = []
        for stage in self.kernel.stages:
            if isinstance(stage, Scalars):
                result.append(Block(tuple(line for item in stage.items for line in self._scalar(item))))
            else:
                result.append(self._sweep(stage))
        return result

    @property
    def shares_chunks(self) -> bool:
        """Whether several threads can work on one chunk: all its sums are single values, complete within it."""
        outer = set(self.kernel.outer)
        return all(set(red.kept) <= outer and not red.across for red in self.kernel.reductions)

    @property
    def streams(self) -> int:
        """How many arrays and blocks of the size of the data the stages touch."""
        return len(self.kernel.arrays) + len(self.kernel.writes) + len(self._blocks)

    def final(self) -> list[str]:
        """Statements after all chunks are done."""
        # Outside of the chunks, smaller tensors are there as a whole, under their own names.
        whole = {sp.Symbol(g.name): sp.Symbol(f"all_{g.name}") for g in self.kernel.givens}
        return [f"{i.name} = {self._text(cast(sp.Expr, i.expr.xreplace(whole)))}" for i in self.kernel.final]

    def _scalar_items(self) -> Iterable[Scalar | ExactSum | Remainder]:
        for stage in self.kernel.stages:
            if isinstance(stage, Scalars):
                yield from stage.items

    def _code(self, item: Scalar) -> str:
        text = self._text(item.expr)
        self.classes[item.name] = self._classes_of(str(s) for s in item.expr.free_symbols)
        return f"np.maximum({text}, 0.0)" if item.floor else text

    def _text(self, expr: sp.Expr) -> str:
        """A scalar expression as source, noting which counts it needs."""
        text = code(expr, self.plan)
        self.counts |= {label for _, label in self.plan.classes if count_name(label) in text}
        return text

    def _classes_of(self, names: Iterable[str]) -> str:
        reached = {label for name in names for label in self.classes.get(name, "")}
        return "".join(dict.fromkeys(label for _, label in self.plan.classes if label in reached))

    def _scalar(self, item: Scalar | ExactSum | Remainder) -> list[str]:
        if isinstance(item, ExactSum):
            self.classes[item.high] = self.classes[item.low] = self.classes[item.b]
            return [f"{item.high}, {item.low} = _exact_sum({item.a}, {item.b}, dtype)"]
        if isinstance(item, Remainder):
            self.classes[item.name] = self.classes[item.of]
            low = f" + {item.low}" if item.low else ""
            return [
                f"{item.name} = ({item.of} - {item.pivot}){low}" if low else f"{item.name} = {item.of} - {item.pivot}"
            ]
        text = self._code(item)
        if not item.rounded:
            return [f"{item.name} = {text}"]
        if item.name in self._pivots:
            return [f"{item.name} = scratch.rounded({text})"]
        # Coefficients are rounded where the sweep needs them, in the shape that it needs.
        self._slab_values[item.name] = text
        return []

    def _sweep(self, sweep: Sweep) -> Loop:
        room = "sums" if sweep.reductions else "scratch"
        kept = {op.result for op in sweep.ops if sweep.writes and op in self._kept.again}
        steps = [step for step in interleave(sweep) if not (isinstance(step, Op) and step.result in kept)]
        ops = [step for step in steps if isinstance(step, Op)]
        uses = last_uses(steps)
        summed = {
            r.name for red in sweep.reductions for r in (red.left, red.right) if r is not None and r.kind == "array"
        }
        arrays = _in_order(self.kernel.arrays, {r.name for step in steps for r in reads(step) if r.kind == "array"})
        before: list[str] = []
        body: list[str] = []
        after: list[str] = []
        across: list[str] = []
        for name in arrays:
            view = f"{name}_view[slab]"
            if sweep.reductions:
                method = "load" if name in summed else "read"
                body.append(f'{name}_slab = {room}.{method}("{name}", {view})')
            else:
                body.append(f"{name}_slab = {view}")
        if not arrays:
            arrays = [self.kernel.arrays[0]]
            body.append(f"{arrays[0]}_slab = {arrays[0]}_view[slab]")
        lead = f"{arrays[0]}_slab"
        scalars = list(dict.fromkeys(r.name for step in steps for r in reads(step) if r.kind == "scalar"))
        coefficients = self._coefficients(scalars, room, lead, body)
        # What an earlier sweep of the chunk has rounded already is still there, but perhaps in the dtype of other sums.
        before += [line for line in coefficients if sweep.reductions or line not in self._rounded]
        self._rounded.update(coefficients)
        if kept:
            repeated = [op for op in sweep.ops if op.result in kept]
            body += self._again(repeated, set(arrays), set(scalars), lead, steps)
        leaves = self._kept.names if self._kept.source is sweep else frozenset()
        left = {name: f'sums.kept("{name}", part, {lead})' for name in leaves}
        places = Places(steps, uses, sweep.writes, (name for name in kept if name in uses), left)
        start = len(body)
        for step, own in enumerate(steps):
            if isinstance(own, Op):
                target, written = places.target(own, step, room, lead)
                body += self._printed(own, target, "" if written else f"{own.result} = ", room, lead, ops)
            elif isinstance(own, Reduction):
                self._reduction(own, before, body, after, across)
        self._blocks |= places.made
        self.owned |= places.outputs
        body += [f"np.copyto({w.output}_view[slab], {self._operand(w.value)})" for w in places.copies()]
        body[start:start] = [
            f'{name}_slab = scratch.output("{name}", {name}_view[slab], {name}_own)' for name in sorted(places.outputs)
        ]
        kind = "Map pass" if sweep.writes else "Reduce pass"
        totals = tuple(red.name for red in sweep.reductions)
        values = [f"total_{name}" for name in totals]
        settled = f"*member.values({', '.join(values)})" if self.shares_chunks else ", ".join(totals)
        if self._kept.source is sweep:
            across.append("again = sums is not scratch or not space.keeps")
        parts = bool(kept) or self._kept.source is sweep
        return Loop(kind, tuple(before), tuple(body), tuple(after), totals, settled, tuple(across), parts)

    def _coefficients(self, scalars: Sequence[str], room: str, lead: str, body: list[str]) -> list[str]:
        """Statements that round what a sweep reads of smaller tensors; those that differ by slab go into the body."""
        result = []
        for name in scalars:
            text = self._slab_values.get(name, name)
            inner = set(self.classes[name]) - set(self.kernel.outer)
            variable = f"{name}_row" if name in self._pivots else name
            if not self.classes[name]:
                result.append(f"{variable} = {room}.dtype.type({text})")
            elif not inner:
                result.append(f"{variable} = {room}.cast({text}, first)")
            else:
                values = f'{_parenthesized(text)}[space.inner(slab, "{self.classes[name]}")]'
                body.append(f"{variable} = {room}.cast({values}, {lead})")
        return result

    def _again(
        self, ops: Sequence[Op], arrays: set[str], scalars: set[str], lead: str, steps: Sequence[Op | Reduction | Write]
    ) -> list[str]:
        """Statements that take what the sweep before has left of a slab, or compute it again where that is lost."""
        read = {r.name for step in steps for r in reads(step) if r.kind == "local"}
        names = {op.result: self._kept.again[op] for op in ops if op.result in read}
        body = [f'{name} = scratch.kept("{left}", part, {lead})' for name, left in names.items()]
        lines: list[str] = []
        needed = {r.name for op in ops for r in op.args if r.kind == "array"} - arrays
        lines += [f"{name}_slab = {name}_view[slab]" for name in self.kernel.arrays if name in needed]
        missing = [r.name for op in ops for r in op.args if r.kind == "scalar" and r.name not in scalars]
        lines[:0] = self._coefficients(list(dict.fromkeys(missing)), "scratch", lead, lines)
        for op in ops:
            target = op.result if op.result in read else f'scratch.block("{op.result}", {lead})'
            lines += self._printed(op, target, "" if op.result in read else f"{op.result} = ", "scratch", lead, ops)
        return [*body, "if again:", *(f"    {line}" for line in lines)]

    def _printed(
        self, op: Op, target: str, assigned: str, room: str, lead: str, ops: Sequence[Op] = ()
    ) -> list[str]:
        args = ", ".join(self._operand(a) for a in op.args)
        if op.function in UFUNCS:
            return [f"{assigned}np.{op.function}({args}, out={target})"]
        if op.function == "copy":
            return [f"{assigned}_fill({target}, {args})"]
        if op.function == "power":
            exponent = exponent_code(*(int(ref.name) for ref in op.args[1:]))
            value, place = self._operand(op.args[0]), f'{room}.block("power of", {lead})'
            return [f"{assigned}_power({value}, {exponent}, {target}, {place})"]
        if op.function == "select":
            return [f"{assigned}_select({args}, {target})"]
        if op.function == OPPOSITE:
            value, place = self._operand(op.args[0]), f'{room}.block("sigmoid of", {lead})'
            first, self._first = self._first, ""
            if not first:  # an earlier sweep has left it
                return [f"{assigned}_sigmoid(np.negative({value}, out={target}), {target}, {place})"]
            return [f"{op.args[1].name}, {op.result} = _sigmoids({value}, {first}, {target}, {place})"]
        if any(other.function == OPPOSITE and other.args[1].name == op.result for other in ops):
            self._first = target
            return []
        if op.function in FUNCTIONS:
            return [f'{assigned}{FUNCTIONS[op.function]}({args}, {target}, {room}.block("{op.function} of", {lead}))']
        raise EmitError(f"layer {self.plan.layer!r}: the NumPy target cannot print the operation {op.function!r}")

    def _operand(self, ref: Ref) -> str:
        if ref.kind == "array":
            return f"{ref.name}_slab"
        if ref.kind == "scalar" and ref.name in self._pivots:
            return f"{ref.name}_row"
        return ref.name

    def _reduction(
        self, red: Reduction, before: list[str], body: list[str], after: list[str], across: list[str]
    ) -> None:
        right = self._operand(red.right) if red.right is not None else "None"
        part = f"sums.sum({self._operand(red.left)}, {right}, over_{red.over})"
        if red.largest:
            part = f"sums.largest({self._operand(red.left)}, over_{red.over})"
        if red.largest and set(red.kept) - set(self.kernel.outer):
            place = f'{red.name}[space.inner(slab, "{red.kept}")]'
            before.append(f'{red.name} = space.zeros("{red.kept}", chunk) - np.inf')
            body.append(f"{place} = np.maximum({place}, {part})")
        elif set(red.kept) - set(self.kernel.outer):
            before.append(f'{red.name} = space.zeros("{red.kept}", chunk)')
            body.append(f'{red.name}[space.inner(slab, "{red.kept}")] += {part}')
        else:
            before.append(f"total_{red.name} = {'_Largest' if red.largest else '_Sum'}()")
            body.append(f"total_{red.name}.add({part})")
            if not self.shares_chunks:
                after.append(f"{red.name} = total_{red.name}.value()")
        if red.classes != red.kept and not red.across:
            across.append(f'{red.name} = space.narrow({red.name}, "{red.classes}")')
        if red.across:
            if red.largest:
                raise EmitError(f"layer {self.plan.layer!r}: the maximum {red.name} is not complete within a chunk")
            across.append(f'all_{red.name}.add(chunk.at("{red.kept}"), {red.name})')


def _parenthesized(text: str) -> str:
    return text if text.isidentifier() else f"({text})"


def _in_order(names: Sequence[str], present: set[str]) -> list[str]:
    return [name for name in names if name in present]
