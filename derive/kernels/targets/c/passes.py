"""What the templates of one pass over the data are filled with: its element, and what is read and written around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from derive.kernels.counts import count_name
from derive.kernels.filled import with_differences
from derive.kernels.loops import Item, Leaf, LoweredKernel, LoweredSweep, made_by
from derive.kernels.plan import Op, Reduction, Ref, Scalar
from derive.kernels.targets.c.expressions import identifier, lost, number, operation, word_of
from derive.kernels.targets.c.items import item_lines, numbers
from derive.kernels.targets.c.tables import Tables

PIECE = 64  # elements of double whose sum is taken in one number before what is lost is kept: nothing may pile up
EXTENDED_PIECE = 16  # the same one after the other, in long double, which may be no longer than double
PAIR = "pair"  # the type of numbers of double that are held with what is lost of them
KEEPING = "keeping"  # a pass that leaves a value in the array that is written, or takes it there
LOST = "lost_"


class PassSource:
    """One pass in one type.

    Args:
        prefix: what the names of the file begin with.
        lowered, sweep, number: the pass and its place in the kernel.
        name: the kernel's name.
        data: the type of the data, `float` or `double`.
        type: the type that elements are computed in, or `PAIR`.
        tables: where strides are.
        inner: the classes that vary within a lane.
        keeping: whether what it fills in is left for the map pass, in the array that this writes.
    """

    def __init__(
        self,
        prefix: str,
        lowered: LoweredKernel,
        sweep: LoweredSweep,
        number: int,
        name: str,
        data: str,
        type: str,
        tables: Tables,
        inner: str,
        keeping: bool = False,
    ) -> None:
        self.inner, self.keeping = inner, keeping
        self.prefix, self.lowered, self.sweep = prefix, lowered, sweep
        self.pair = type == PAIR
        self.data, self.type, self.tables = data, "double" if self.pair else type, tables
        self.filled = sweep.filled if data == "float" else None
        self.name = f"{name}_pass{number}_{word_of(type) if type in (PAIR, 'long double') else data}"
        self.name += f"_{KEEPING}" * keeping

    @property
    def arrays(self) -> tuple[str, ...]:
        """The full-size arrays that are read; one at least, for the loops to run along."""
        return self.sweep.arrays or (() if self.sweep.scope.leaves else self.lowered.kernel.arrays[:1])

    @property
    def steady(self) -> bool:
        """Whether a row may lie along a class that neither its leaves nor its sums in memory have.

        Where sums have few terms that makes no difference.
        """
        kept = [*(leaf.classes for leaf in self.sweep.scope.leaves), *(r.kept for r in self.sweep.place_sums)]
        return bool(kept) and not self.pair and not set(self.inner) <= {label for classes in kept for label in classes}

    @property
    def narrow(self) -> bool:
        """Whether its leaves are read as they are, in float: all are given, and nothing is computed from them first."""
        casts = {name for item in self.sweep.scope.items if isinstance(item, Scalar) for name in (str(item.expr),)}
        leaves = self.sweep.scope.leaves
        given = all(leaf.kind in ("input", "tangent") and leaf.name in casts for leaf in leaves)
        return self.type == "float" and given and 0 < len(leaves) == len(self.sweep.scope.items)

    @property
    def _piece(self) -> str | int:
        """How many elements of a row are added up before what is lost of their sum is kept."""
        if self.data == "float":
            return f"{self.prefix.upper()}_RUN"
        return PIECE if self.type == "double" else EXTENDED_PIECE

    def context(self) -> dict[str, Any]:
        """The values of the template of its loops."""
        sweep = self.sweep
        sums = (*sweep.lane_sums, *sweep.place_sums)
        return {
            **self.kind(),
            **self.operands(),
            "name": self.name,
            "steady": self.steady,
            "streams": len(sweep.writes) == 1 and not (sums or sweep.writes[0].output in sweep.arrays),
            "sums": [{"largest": r.largest, "less": self._loses(r)} for r in sweep.lane_sums],
            "all_largest": all(r.largest for r in sweep.lane_sums),
            "places": [self._place(r) for r in sweep.place_sums],
            "writes": [identifier(w.output) for w in sweep.writes],
            "terms": [identifier(r.name) for r in sums],
            "lossy": [self._loses(r) for r in sums],
            "body": self._pair_body() if self.pair else self._body(),
        }

    def of_type(self, type: str) -> PassSource:
        """The same pass with elements that are computed in another type."""
        return PassSource(self.prefix, self.lowered, self.sweep, 0, self.name, self.data, type, self.tables, self.inner)

    def part(self, name: str, lines: list[str]) -> dict[str, Any]:
        """The values of the template of a function with some of the statements, and the operands that these need."""
        words = set(re.findall(r"\w+", " ".join(lines)))
        context = self.operands()
        used = {key: [x for x in names if x in words] for key, names in context.items() if key != "wides"}
        used["wides"] = [x for x in context["wides"] if f"wide_{x}" in words]
        empty: dict[str, list[Any]] = {"sums": [], "places": [], "writes": [], "terms": [], "lossy": []}
        return {**self.kind(), **used, **empty, "name": name, "body": lines}

    def kind(self) -> dict[str, Any]:
        """What depends on the types alone."""
        wide = (self.data, self.type) == ("float", "double")
        return {
            "data": self.data,
            "type": self.type,
            "word": word_of(self.type),
            "exact": self.data == "double",
            "piece": self._piece,
            "chains": f"{self.prefix.upper()}_{'FLOAT_' if wide else ''}CHAINS",
            "wide": wide,
            "pair": self.pair,
            "kept": wide and bool(self.sweep.lane_sums),
            "shifted": "",
            "leaf": "float" if self.narrow else "double",
        }

    def operands(self) -> dict[str, list[str]]:
        """The names of what an element is computed from."""
        scope = self.sweep.scope
        return {
            "arrays": [identifier(n) for n in self.arrays],
            "leaves": [identifier(leaf.name) for leaf in scope.leaves],
            "coefficients": [identifier(n) for n in self.sweep.coefficients],
            "wides": [identifier(n) for n in scope.lanes],
            "numbers": numbers(scope),
        }

    def descriptor(self, leaves: Sequence[Leaf], places: Sequence[Reduction]) -> dict[str, Any]:
        """What the driver is told of it; the leaves and sums of the call are those that it numbers."""
        sweep, scope = self.sweep, self.sweep.scope
        lists = [
            [self.tables.arrays[n] for n in self.arrays],
            [leaves.index(leaf) for leaf in scope.leaves],
            [int(r.largest) for r in sweep.lane_sums],
            [places.index(r) for r in sweep.place_sums],
            [self.tables.arrays[w.output] for w in sweep.writes],
        ]
        if self.keeping and self.filled and self.filled.output:
            lists[-1] = [self.tables.arrays[self.filled.output]]
        reads, read_leaves, sums, own_places, writes = map(len, lists)
        return {
            "name": self.name,
            "loops": self.name,
            "steady": self.steady,
            "kind": f"{self.data}_{word_of(self.type)}",
            "counts": [reads, read_leaves, len(sweep.coefficients), len(scope.lanes), sums, own_places, writes],
            "lists": [one or [0] for one in lists],
            "last": int(sweep.last),
            "narrow": int(self.narrow),
        }

    def _place(self, reduction: Reduction) -> dict[str, Any]:
        """A sum with inner classes: how a term is taken into it, and whether what is lost is kept beside it."""
        word = word_of(self.type)
        how = f"largest_{word}" if reduction.largest else "plain" if self.data == "float" else word
        return {
            "add": f"{self.prefix}_gather_{how}",
            "add_row": f"{self.prefix}_gather_{word}",
            "low": not reduction.largest and how != "plain",
            "less": self._loses(reduction),
            "largest": reduction.largest,
        }

    # The mathematics of an element.

    def _body(self) -> list[str]:
        sweep = self.sweep
        lines = [line for item in sweep.scope.items for line in self.item(item)]
        lines += self.operations(sweep.ops)
        lines += [self.term(reduction) for reduction in (*sweep.lane_sums, *sweep.place_sums)]
        lines += [f"*to_{identifier(w.output)} = {self.operand(w.value)};" for w in sweep.writes]
        return lines

    def term(self, reduction: Reduction) -> str:
        """The statement that gives a sum its term."""
        text = self.operand(reduction.left)
        if reduction.right is not None:
            text += f" * {self.operand(reduction.right)}"
        return f"*to_{identifier(reduction.name)} = {text};"

    def operations(self, ops: Sequence[Op]) -> list[str]:
        """The statements that compute values of an element, in order."""
        if self.type == "float":
            fills = [sweep.filled.ops[0].args for sweep in self.lowered.sweeps if sweep.filled is not None]
            ops = with_differences(ops, fills, {write.value.name for write in self.sweep.writes})
        return [self.operation(op) for op in ops]

    def operation(self, op: Op) -> str:
        """The statement that computes a value of an element."""
        text = operation(op, self.prefix, self.type, tuple(map(self.operand, op.args)), self.data)
        return f"const {self.type} {self._local(op)} = {text};"

    def _pair_body(self) -> list[str]:
        """The same with what double loses of sums and products, held beside them; of functions it is not known."""
        sweep = self.sweep
        reductions = (*sweep.lane_sums, *sweep.place_sums)
        needed = {ref.name for r in reductions if self._loses(r) for ref in (r.left, r.right) if ref is not None}
        body = list[str]()
        for op in reversed(sweep.ops):
            local, pairs = self._local(op), tuple(map(self._pair, op.args))
            if op.result in needed:
                text = lost(op.function, self.prefix, pairs, local)
                body.append(f"const double {LOST}{local} = {text};")
                needed |= {ref.name for ref, (_, less) in zip(op.args, pairs, strict=True) if less in text}
            operands = tuple(operand for operand, _ in pairs)
            body.append(f"const double {local} = {operation(op, self.prefix, 'double', operands, self.data)};")
        lines = [line for item in sweep.scope.items for line in self.item(item)] + body[::-1]
        for reduction in reductions:
            name = identifier(reduction.name)
            left = self._pair(reduction.left)
            if reduction.right is None:
                text, less = left
            else:
                right = self._pair(reduction.right)
                text, less = f"{left[0]} * {right[0]}", lost("multiply", self.prefix, (left, right), f"*to_{name}")
            lines += [f"*to_{name} = {text};", *([f"*less_{name} = {less};"] if self._loses(reduction) else [])]
        return lines

    def _loses(self, reduction: Reduction) -> bool:
        """Whether what double loses of its terms is added up too: not of squares, which do not cancel."""
        left, right = reduction.left, reduction.right
        if right is not None or not self.pair or reduction.largest:
            return self.pair and left != right and not reduction.largest
        made = {op.result: op.function for op in self.sweep.ops} if left.kind == "local" else {}
        return made.get(left.name) in ("add", "subtract", "multiply", "copy")

    @cached_property
    def inner_values(self) -> set[str]:
        """The values that are computed for each element from leaves and lane values."""
        return {name for item in self.sweep.scope.items for name in made_by(item)}

    def _pair(self, ref: Ref) -> tuple[str, str]:
        """An operand and what is lost of it."""
        operand = self.operand(ref)
        return operand, f"{LOST}{operand}" if ref.kind == "local" else "0"

    def _local(self, op: Op) -> str:
        return f"at_{identifier(op.result)}"

    def operand(self, ref: Ref) -> str:
        """A value as the statements of an element call it."""
        if ref.kind == "number":
            return number(ref.name, self.type)
        if ref.kind == "local":
            return f"at_{identifier(ref.name)}"
        if ref.kind == "scalar" and ref.name in self.inner_values:
            return f"({self.type})item_{identifier(ref.name)}"
        return identifier(ref.name)

    def item(self, item: Item) -> list[str]:
        """An inner value; it is computed in double, whatever the type of the element."""
        return item_lines(item, self.prefix, "double", self.data, self._inner_name, self.lowered, "const double item_")

    def _inner_name(self, name: str) -> str:
        scope = self.sweep.scope
        if any(name in made_by(item) for item in scope.items):
            return f"item_{identifier(name)}"
        if name in scope.lanes:
            return f"wide_{identifier(name)}"
        if name in map(count_name, scope.counts):
            return name
        return identifier(name)
