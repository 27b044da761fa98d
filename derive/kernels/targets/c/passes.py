"""What the templates of one pass over the data are filled with: its element, and what is read and written around it."""

from __future__ import annotations

from typing import Any

from derive.errors import EmitError
from derive.kernels.counts import count_name
from derive.kernels.loops import Item, Leaf, LoweredKernel, LoweredSweep, Scope, made_by
from derive.kernels.plan import ExactSum, Op, Reduction, Ref, Remainder, Scalar
from derive.kernels.targets.c.expressions import identifier, number, operation, scalar, word_of

# Elements of a run whose sum is taken in one type before what is lost is kept: short where nothing may pile up.
PIECE = {"float": 4096, "double": 64}


class Tables:
    """Where the strides of arrays and smaller tensors stand: arrays first, then layouts as they are asked for."""

    def __init__(self, lowered: LoweredKernel) -> None:
        kernel = lowered.kernel
        self.arrays = {name: number for number, name in enumerate((*kernel.arrays, *kernel.writes))}
        self.layouts: list[tuple[str, str]] = []

    def of(self, layout: str, classes: str) -> int:
        """The table of what is dense over `layout` and read along `classes`."""
        if (layout, classes) not in self.layouts:
            self.layouts.append((layout, classes))
        return len(self.arrays) + self.layouts.index((layout, classes))

    def leaf(self, leaf: Leaf) -> int:
        """The table by which a leaf is read."""
        return self.of(leaf.layout, leaf.classes)


class PassSource:
    """One pass in one type.

    Args:
        prefix: what the names of the file begin with.
        lowered, sweep, number: the pass and its place in the kernel.
        name: the kernel's name.
        data: the type of the data, `float` or `double`.
        type: the type that elements are computed in.
        tables: where strides are.
        neutral: what stands for inputs that may be left out.
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
        neutral: dict[str, float],
    ) -> None:
        self.prefix, self.lowered, self.sweep = prefix, lowered, sweep
        self.data, self.type, self.tables, self.neutral = data, type, tables, neutral
        self.name = f"{name}_pass{number}_{data if type != 'long double' else word_of(type)}"

    def context(self) -> dict[str, Any]:
        """The values of the template."""
        sweep, scope = self.sweep, self.sweep.scope
        arrays = list(sweep.arrays)
        if not arrays and not scope.leaves:
            arrays = [self.lowered.kernel.arrays[0]]
        terms = [self._term(r) for r in (*sweep.lane_sums, *sweep.place_sums)]
        leaves = [self._leaf(leaf) for leaf in scope.leaves]
        places = [self._place(r) for r in sweep.place_sums]
        writes = [{"id": identifier(w.output), "table": self.tables.arrays[w.output]} for w in sweep.writes]
        contiguous = [f"w->run_stride[{self.tables.arrays[name]}] == 1" for name in arrays]
        contiguous += [f"w->run_stride[{w['table']}] == 1" for w in writes]
        lanes = list(dict.fromkeys((*sweep.coefficients, *scope.lanes)))
        return {
            "name": self.name,
            "data": self.data,
            "type": self.type,
            "word": word_of(self.type),
            "scalar": scalar_type(self.data),
            "arguments": arguments_type(self.prefix, self.data),
            "exact": self.data == "double",
            "piece": PIECE[self.data],
            "arrays": [{"id": identifier(n), "table": self.tables.arrays[n]} for n in arrays],
            "leaves": leaves,
            "coefficients": [{"id": identifier(n)} for n in sweep.coefficients],
            "wides": [{"id": identifier(n)} for n in scope.lanes],
            "lanes": [{"id": identifier(n)} for n in lanes],
            "numbers": numbers(scope),
            "sums": [{"id": identifier(r.name), "largest": r.largest} for r in sweep.lane_sums],
            "places": places,
            "writes": writes,
            "terms": terms,
            "body": self._body(),
            "direct": "0" if leaves or places else " && ".join(contiguous),
            "last": sweep.last,
        }

    def _term(self, reduction: Reduction) -> dict[str, str]:
        return {"id": identifier(reduction.name)}

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        """A leaf, and how a tile of it is read, in columns and along a row."""
        table, name = self.tables.leaf(leaf), identifier(leaf.name)
        row = f"at[{table}] + b * w->lane_stride[{table}] + j * w->run_stride[{table}]"
        if leaf.kind == "sum":
            start = f"{self.prefix}_leaf_pair(a->sum_{name}, a->sum_{name} + a->places_{name}, "
            return {"id": name, "table": table, "read": f"{start}at[{table}], ", "read_row": f"{start}{row}, "}
        type_ = self.data if leaf.kind in ("input", "tangent") else "double"
        where = f"a->total_{name}" if leaf.kind == "total" else f"a->{name}"
        start = f"{self.prefix}_leaf_{type_}({where}, "
        neutral = f"{self.neutral.get(leaf.name, 0.0)!r}, "
        return {
            "id": name,
            "table": table,
            "read": f"{start}at[{table}], {neutral}",
            "read_row": f"{start}{row}, {neutral}",
        }

    def _place(self, reduction: Reduction) -> dict[str, Any]:
        """A sum with inner classes: where it stands in memory and how a tile of terms is taken into it."""
        name, table = identifier(reduction.name), self.tables.of(reduction.kept, reduction.kept)
        high = f"c->part + a->begin_{name}" if reduction.across else f"a->sum_{name}"
        word = word_of(self.type)
        how = f"largest_{word}" if reduction.largest else "plain" if self.data == "float" else word
        return {
            "id": name,
            "table": table,
            "add": f"{self.prefix}_gather_{how}",
            "high": high,
            "low": f"{high} + a->places_{name}",
        }

    # The mathematics of an element.

    def _body(self) -> list[str]:
        sweep = self.sweep
        inner = {name for item in sweep.scope.items for name in made_by(item)}
        lines = [line for item in sweep.scope.items for line in self._item(item)]
        for op in sweep.ops:
            text = operation(op, self.prefix, self.type, tuple(self._operand(ref, inner) for ref in op.args))
            lines.append(f"const {self.type} {self._local(op)} = {text};")
        for reduction in (*sweep.lane_sums, *sweep.place_sums):
            text = self._operand(reduction.left, inner)
            if reduction.right is not None:
                text += f" * {self._operand(reduction.right, inner)}"
            lines.append(f"*to_{identifier(reduction.name)} = {text};")
        lines += [f"*to_{identifier(w.output)} = {self._operand(w.value, inner)};" for w in sweep.writes]
        return lines

    def _local(self, op: Op) -> str:
        return f"at_{identifier(op.result)}"

    def _operand(self, ref: Ref, inner: set[str]) -> str:
        if ref.kind == "number":
            return number(ref.name, self.type)
        if ref.kind == "local":
            return f"at_{identifier(ref.name)}"
        if ref.kind == "scalar" and ref.name in inner:
            return f"({self.type})item_{identifier(ref.name)}"
        return identifier(ref.name)

    def _item(self, item: Item) -> list[str]:
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


def scalar_type(data: str) -> str:
    """The type of lane values: more digits than the data has."""
    return "double" if data == "float" else "long double"


def arguments_type(prefix: str, data: str) -> str:
    """The name of the structure that a kernel hands to its passes."""
    return f"{prefix}_arguments_{data}"


def numbers(scope: Scope) -> list[str]:
    """The constants and counts of a scope, as they are called."""
    return [*(identifier(c) for c in scope.constants), *(count_name(label) for label in scope.counts)]


def item_lines(
    item: Item, prefix: str, of: str, data: str, names: Any, lowered: LoweredKernel, target: str
) -> list[str]:
    """The statements that compute an item in the arithmetic of a type; `target` stands before the names it defines."""
    word = word_of(of)
    if isinstance(item, ExactSum):
        a, b = names(item.a), names(item.b)
        high, low = (f"{prefix}_exact_{part}_{word}({a}, {b})" for part in ("high", "low"))
        if data == "float":  # one number is enough
            high, low = f"{a} + {b}", "0"
        return [_defined(target, item.high, high), _defined(target, item.low, low)]
    if isinstance(item, Remainder):
        low = f" + {names(item.low)}" if item.low else ""
        return [_defined(target, item.name, f"({names(item.of)} - {names(item.pivot)}){low}")]
    if not isinstance(item, Scalar):
        raise EmitError(f"the C target cannot print {item!r}")
    text = scalar(item.expr, prefix, of, names)
    if item.floor:
        text = f"{prefix}_not_negative_{word}({text})"
    if item.name in lowered.pivots:
        text = f"({data})({text})"
    return [_defined(target, item.name, text)]


def _defined(target: str, name: str, text: str) -> str:
    if target == "lane_":
        return f"lane_{identifier(name)}[b] = {text};"
    return f"{target}{identifier(name)} = {text};"
