"""What the templates of one pass over the data are filled with: its element, and what is read and written around it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from derive.errors import EmitError
from derive.kernels.counts import count_name
from derive.kernels.filled import ops_beside, with_differences
from derive.kernels.loops import Filled, Item, Leaf, LoweredKernel, LoweredSweep, Scope, made_by
from derive.kernels.plan import ExactSum, Op, Reduction, Ref, Remainder, Scalar
from derive.kernels.targets.numba.expressions import LOST, identifier, number, operation, precise, scalar


class Tables:
    """Where things stand in the walk of one kernel.

    Every array and every smaller tensor has a row that says where it begins and its steps; what is the same for a
    whole lane has a row of the lane values; constants and counts stand at the beginning of the memory.

    Args:
        lowered: the kernel.
    """

    def __init__(self, lowered: LoweredKernel) -> None:
        kernel = lowered.kernel
        self.arrays = {name: number for number, name in enumerate((*kernel.arrays, *kernel.writes))}
        self.leaves = {leaf.name: len(self.arrays) + number for number, leaf in enumerate(lowered.leaves)}
        results = [store.result for store in lowered.stores if store.per_lane]
        begin = len(self.arrays) + len(self.leaves)
        self.results = {result.name: begin + number for number, result in enumerate(results)}
        kept = list(dict.fromkeys(n for s in lowered.stores if not s.per_lane for n in s.scope.lanes))
        begin += len(self.results)
        self.kept = {name: begin + number for number, name in enumerate(kept)}
        self.lanes = {name: number for number, name in enumerate(_lane_values(lowered))}
        self.numbers = {name: place for place, name in enumerate(_numbers(lowered))}

    @property
    def count(self) -> int:
        """How many rows the walk has."""
        return len(self.arrays) + len(self.leaves) + len(self.results) + len(self.kept)


def _lane_values(lowered: LoweredKernel) -> list[str]:
    """The lane values: first those that are computed, which kernels that begin alike have in common."""
    names = list[str]()
    for stage in lowered.stages:
        if isinstance(stage, LoweredSweep):
            names += [r.name for r in stage.lane_sums]
        else:
            names += [name for item in stage for name in made_by(item)]
    return list(dict.fromkeys([*names, *(leaf.name for leaf in lowered.lane_leaves)]))


def _numbers(lowered: LoweredKernel) -> list[str]:
    """The constants and the counts that a kernel reads."""
    scopes = [s.scope for s in (*lowered.stores, *lowered.final)] + [sweep.scope for sweep in lowered.sweeps]
    counts = {*lowered.counts, *(label for scope in scopes for label in scope.counts)}
    return [*lowered.kernel.constants, *(count_name(label) for label in sorted(counts))]


class PassSource:
    """One pass, for data of either type: what Numba makes of it depends on the arrays.

    Sums are taken in float64; what is only written is computed in the type of the data.

    Args:
        lowered, sweep, name: the pass and the name of its function.
        tables: where things stand.
        classes: the classes that are not outer ones.
    """

    def __init__(
        self, lowered: LoweredKernel, sweep: LoweredSweep, name: str, tables: Tables, classes: Set[str]
    ) -> None:
        self.lowered, self.sweep, self.name, self.tables, self.classes = lowered, sweep, name, tables, classes
        self.wide = bool(sweep.lane_sums or sweep.place_sums or not sweep.writes)
        self.inner = {made for item in sweep.scope.items for made in made_by(item)}

    @property
    def steady(self) -> bool:
        """Whether a row may lie along a class that neither its leaves nor its sums in memory have."""
        kept = [*(leaf.classes for leaf in self.sweep.scope.leaves), *(r.kept for r in self.sweep.place_sums)]
        return bool(kept) and not self.classes <= {label for classes in kept for label in classes}

    def context(self) -> dict[str, Any]:
        """The values of the template."""
        sweep, scope, tables = self.sweep, self.sweep.scope, self.tables
        arrays = sweep.arrays or self.lowered.kernel.arrays[:1]
        wide = list(scope.lanes) + (list(sweep.coefficients) if self.wide else [])
        wide = list(dict.fromkeys(wide))
        near = [] if self.wide else [n for n in sweep.coefficients if n not in wide]
        places = [self._place(r) for r in sweep.place_sums]
        room = iter(range(len(wide) + len(scope.leaves) + len(places)))
        own = iter(range(len(near)))
        first = len(wide) + len(scope.leaves) + len(places)
        sums = [
            {"id": identifier(r.name), "largest": r.largest, "tile": first + 3 * k, **self._term(r)}
            for k, r in enumerate(sweep.lane_sums)
        ]
        values: dict[str, Any] = {
            "wides": [self._lane(name, next(room)) for name in wide],
            "leaves": [{**self._leaf(leaf), "tile": next(room)} for leaf in scope.leaves],
            "places": [{**place, "tile": next(room)} for place in places],
            "sums": sums,
            "stretches": _stretches(sums),
            "nears": [self._lane(name, next(own)) for name in near],
            "arrays": [self._array(name) for name in arrays],
            "writes": [self._write(w.output, w.value) for w in sweep.writes],
        }
        body = self._body()
        fill = None if sweep.filled is None else self._fill(sweep.filled)
        streamed = len(sweep.writes) == 1 and not (sums or places) and sweep.writes[0].output not in arrays
        return {
            "name": self.name,
            "wide": self.wide,
            "body": body,
            "precise": any(not one["largest"] for one in sums) and not self.lowered.is_rough(sweep),
            "precise_body": self._precise_body(),
            **types_in([*body, *(x["term"] for x in values["sums"] + places), *(x["value"] for x in values["writes"])]),
            "numbers": [{"id": identifier(n), "place": tables.numbers[n]} for n in numbers(scope)],
            "last": sweep.last,
            "steady": self.steady,
            "grouped": bool(sweep.lane_sums) and not (places or sweep.writes or scope.leaves or fill),
            "data": identifier(arrays[0]),
            "copies": bool(places or scope.leaves),
            "room": first + 3 * len(sums),
            "own": max(len(near), streamed, sweep.filled is not None),
            "streamed": streamed,
            "fill": fill,
            "full": _each([*values["arrays"], *values["writes"], *([fill["left"]] if fill and fill["left"] else [])]),
            **values,
        }

    def _array(self, name: str) -> dict[str, Any]:
        return {"id": identifier(name), "table": self.tables.arrays[name]}

    def _lane(self, name: str, tile: int) -> dict[str, Any]:
        return {"id": identifier(name), "lane": self.tables.lanes[name], "tile": tile}

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        return {"id": identifier(leaf.name), "table": self.tables.leaves[leaf.name]}

    def _place(self, reduction: Reduction) -> dict[str, Any]:
        """A sum with inner classes: where it stands in memory."""
        table = self.tables.leaves[reduction.name]
        return {
            "id": identifier(reduction.name),
            "table": table,
            "largest": reduction.largest,
            **self._term(reduction),
        }

    def _write(self, name: str, value: Ref) -> dict[str, Any]:
        return {**self._array(name), "value": self._operand(value)}

    # The mathematics of an element.

    def _body(self) -> list[str]:
        lines = [line for item in self.sweep.scope.items for line in item_lines(item, self.lowered, identifier)]
        return [*lines, *self._operations(self.sweep.ops, wide=self.wide)]

    def _operations(self, ops: Sequence[Op], *, wide: bool) -> list[str]:
        """The statements that compute values of an element, in order."""
        if not wide:
            fills = [sweep.filled.ops[0].args for sweep in self.lowered.sweeps if sweep.filled is not None]
            ops = with_differences(ops, fills, {write.value.name for write in self.sweep.writes})
        lines = []
        for op in ops:
            text = operation(op, tuple(self._operand(ref, wide=wide) for ref in op.args), wide=wide)
            lines.append(f"{identifier(op.result)} = {text}")
        return lines

    def _fill(self, what: Filled) -> dict[str, Any]:
        """What is computed before the sums, in the type of the data; then what they need of it and of all else."""
        left = None if what.output is None else self._array(what.output)
        return {
            "id": identifier(what.name),
            "left": left,
            "body": self._operations(what.ops, wide=False),
            "rest": self._operations(ops_beside(self.sweep, what), wide=True),
        }

    def _precise_body(self) -> list[str]:
        """The same with what float64 loses of sums and products, held beside them; of functions it is not known."""
        lines = [line for item in self.sweep.scope.items for line in item_lines(item, self.lowered, identifier)]
        for op in self.sweep.ops:
            pairs = tuple(self._pair(ref) for ref in op.args if op.function != "power")
            text = precise(op, pairs)
            if text is None:
                plain = operation(op, tuple(self._operand(ref) for ref in op.args), wide=True)
                lines += [f"{identifier(op.result)} = {plain}", f"{LOST}{identifier(op.result)} = 0.0"]
            else:
                lines.append(f"{identifier(op.result)}, {LOST}{identifier(op.result)} = {text}")
        return lines

    def _term(self, reduction: Reduction) -> dict[str, str]:
        """A term of a sum: as it is, and as a pair of numbers."""
        left = self._operand(reduction.left)
        if reduction.right is None:
            return {"term": left, "precise": ", ".join(self._pair(reduction.left))}
        pairs = (*self._pair(reduction.left), *self._pair(reduction.right))
        return {"term": f"{left} * {self._operand(reduction.right)}", "precise": f"*_product({', '.join(pairs)})"}

    def _pair(self, ref: Ref) -> tuple[str, str]:
        """An operand and what is lost of it."""
        lost = f"{LOST}{identifier(ref.name)}" if ref.kind == "local" else "0.0"
        return self._operand(ref), lost

    def _operand(self, ref: Ref, *, wide: bool | None = None) -> str:
        wide = self.wide if wide is None else wide
        if ref.kind == "number":
            return number(ref.name, wide=wide)
        name = identifier(ref.name)
        if ref.kind == "array":
            return f"one_{name}"
        held = self.wide or ref.name in self.inner or ref.name in self.sweep.scope.lanes  # in float64
        return f"kind({name})" if held and ref.kind == "scalar" and not wide else name


def _each(arrays: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Arrays, each of them once."""
    return list({array["table"]: array for array in arrays}.values())


def _stretches(sums: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Neighbours among the sums that are no maxima: the first one's tile, how many they are, the first one's number."""
    found = list[tuple[int, int, int]]()
    for place, one in enumerate(sums):
        if one["largest"]:
            continue
        if found and found[-1][2] + found[-1][1] == place:
            tile, count, first = found.pop()
            found.append((tile, count + 1, first))
        else:
            found.append((one["tile"], 1, place))
    return found


def numbers(scope: Scope) -> list[str]:
    """The constants and counts of a scope."""
    return [*scope.constants, *(count_name(label) for label in scope.counts)]


def types_in(lines: list[str]) -> dict[str, bool]:
    """Whether statements need the type of the data, or to know whether sums are to be exact."""
    return {
        "kind": any("kind(" in line for line in lines),
        "exact": any("_exact_sum(" in line for line in lines),
    }


def item_lines(item: Item, lowered: LoweredKernel, names: Any) -> list[str]:
    """The statements that compute an item in float64."""
    if isinstance(item, ExactSum):
        return [f"{names(item.high)}, {names(item.low)} = _exact_sum({names(item.a)}, {names(item.b)}, exact)"]
    if isinstance(item, Remainder):
        low = f" + {names(item.low)}" if item.low else ""
        return [f"{names(item.name)} = ({names(item.of)} - {names(item.pivot)}){low}"]
    if not isinstance(item, Scalar):
        raise EmitError(f"the Numba target cannot print {item!r}")
    text = scalar(item.expr, names)
    if item.floor:
        text = f"_not_negative({text})"
    if item.name in lowered.pivots:
        text = f"np.float64(kind({text}))"
    return [f"{names(item.name)} = {text}"]
