"""Lowers the kernels of a plan to the loops that `derive.kernels.loops` describes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.errors import EmitError
from derive.kernels.counts import count_name, with_counts
from derive.kernels.filled import filled_of, taking_of
from derive.kernels.loops import Filled, Item, Leaf, LoweredKernel, LoweredSweep, Scope, Store, made_by, read_by
from derive.kernels.needs import reads, refs_in
from derive.kernels.plan import Kernel, Plan, Ref, Result, Scalar, Scalars, Sweep


def lower(plan: Plan, kernel: Kernel) -> LoweredKernel:
    """The kernel as loops; EmitError for what has no such form."""
    return _Lowering(plan, kernel).lowered()


class _Lowering:
    def __init__(self, plan: Plan, kernel: Kernel) -> None:
        self.plan, self.kernel = plan, kernel
        self.labels = list(dict.fromkeys(label for _, label in plan.classes))
        self.items: dict[str, Item] = {}
        self.filled: Filled | None = None
        self.pivots = _pivots(kernel)
        self.classes = {g.name: g.classes for g in kernel.givens}
        self.classes |= {t.name: t.classes for t in kernel.totals}
        self.classes |= {r.name: r.classes for r in kernel.reductions}
        self.leaf = {g.name: Leaf(g.name, g.classes, g.classes, g.source) for g in kernel.givens}
        self.leaf |= {t.name: Leaf(t.name, t.classes, t.classes, "total") for t in kernel.totals}
        for r in kernel.reductions:
            if r.across and r.largest:
                raise EmitError(f"layer {plan.layer!r}: the maximum {r.name} is not complete within a chunk")
            if r.across:
                self.leaf[r.name] = Leaf(r.name, r.kept, r.classes, "part")
            elif self.inner(r.kept):
                self.leaf[r.name] = Leaf(r.name, r.kept, r.classes, "sum")

    def inner(self, classes: str) -> str:
        """Those of the classes that vary within a lane."""
        return "".join(label for label in classes if label not in self.kernel.outer)

    def lowered(self) -> LoweredKernel:
        kernel, stages, counts = self.kernel, list[tuple[Item, ...] | LoweredSweep](), set[str]()
        sweeps = len(kernel.sweeps)
        for stage in kernel.stages:
            if isinstance(stage, Scalars):
                lanes = tuple(item for item in map(self._counted, stage.items) if self._define(item))
                counts |= {label for item in lanes for label in self._counts(item)}
                if lanes:
                    stages.append(lanes)
            else:
                sweeps -= 1
                stages.append(self._sweep(stage, sweeps == 0 and len(kernel.sweeps) > 1))
        totals = {t.name for t in kernel.totals}
        stores = [self._store(r) for r in kernel.results if not r.across and r.name not in totals]
        for item in kernel.final:
            self._define(self._counted(item), whole=True)
        final = [Store(r, False, self._scope([r.value], whole=True)) for r in kernel.results if r.across]
        own = [leaf for leaf in self.leaf.values() if leaf.kind not in ("sum", "part")]
        used = self._used(stages, stores)
        return LoweredKernel(
            kernel,
            tuple(stages),
            tuple(leaf for leaf in own if not self.inner(leaf.classes) and leaf.name in used),
            tuple(leaf for leaf in self.leaf.values() if leaf.kind == "sum"),
            tuple(leaf for leaf in self.leaf.values() if leaf.kind == "part"),
            tuple(stores),
            tuple(final),
            tuple(label for label in self.labels if label in counts),
            frozenset(self.pivots),
        )

    def _used(self, stages: Iterable[tuple[Item, ...] | LoweredSweep], stores: Iterable[Store]) -> set[str]:
        """The names that are read per lane."""
        names = {s.result.value for s in stores if s.per_lane} | {n for s in stores for n in s.scope.lanes}
        for stage in stages:
            if isinstance(stage, LoweredSweep):
                names |= {*stage.coefficients, *stage.scope.lanes}
            else:
                names |= {name for item in stage for name in read_by(item)}
        return names

    def _counted(self, item: Item) -> Item:
        """The item with sizes of axes as counts of their classes."""
        if not isinstance(item, Scalar):
            return item
        return Scalar(item.name, with_counts(item.expr, self.plan), item.rounded, item.floor)

    def _counts(self, item: Item) -> list[str]:
        names = set(read_by(item))
        return [label for label in self.labels if count_name(label) in names]

    def _define(self, item: Item, *, whole: bool = False) -> bool:
        """Note an item; whether it is the same for a whole lane."""
        reached = {label for name in read_by(item) for label in self.classes.get(name, "")}
        classes = "".join(label for label in self.labels if label in reached)
        for name in made_by(item):
            self.classes[name] = classes
            if whole or self.inner(classes):
                self.items[name] = item
        return not self.inner(classes)

    def _scope(self, names: Iterable[str], *, whole: bool = False) -> Scope:
        """What the values of these names are computed from; `whole` where there are no lanes."""
        items: list[Item] = []
        leaves: dict[str, Leaf] = {}
        lanes: dict[str, None] = {}
        constants: dict[str, None] = {}
        counts: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in self.items:
                item = self.items[name]
                if item not in items:
                    for needed in read_by(item):
                        visit(needed)
                    items.append(item)
            elif name in self.leaf and (whole or self.inner(self.leaf[name].classes)):
                leaves[name] = self.leaf[name]
            elif name in self.kernel.constants:
                constants[name] = None
            elif name in (own := {count_name(label): label for label in self.labels}):
                counts[own[name]] = None
            else:
                lanes[name] = None

        for name in names:
            visit(name)
        return Scope(tuple(items), tuple(leaves.values()), tuple(lanes), tuple(constants), tuple(counts))

    def _sweep(self, sweep: Sweep, last: bool) -> LoweredSweep:
        lowered = self._pass(sweep, last)
        rows = not lowered.place_sums and not lowered.scope.items and not lowered.scope.leaves
        filled = filled_of(self.plan, self.kernel, sweep) if rows else None
        taking = taking_of(self.kernel, sweep, self.filled)
        self.filled = filled or self.filled
        return replace(lowered, filled=filled, taking=self._pass(taking, last) if taking else None)

    def _pass(self, sweep: Sweep, last: bool) -> LoweredSweep:
        refs = refs_in(sweep)
        arrays = {ref.name for ref in refs if ref.kind == "array"}
        scalars = list(dict.fromkeys(ref.name for ref in refs if ref.kind == "scalar"))
        varying = [name for name in scalars if self.inner(self.classes[name])]
        known = {op.result for op in sweep.ops}
        lost = next((r.name for r in sweep.reductions for ref in reads(r) if _missing(ref, known)), None)
        if lost:
            raise EmitError(f"the sum {lost!r} has an operand that its sweep does not compute")
        place = [r for r in sweep.reductions if self.inner(r.kept)]
        return LoweredSweep(
            sweep.ops,
            tuple(name for name in (*self.kernel.arrays, *self.kernel.writes) if name in arrays),
            tuple(name for name in scalars if name not in varying),
            self._scope(varying),
            tuple(r for r in sweep.reductions if r not in place),
            tuple(place),
            sweep.writes,
            last,
        )

    def _store(self, result: Result) -> Store:
        if self.inner(self.classes[result.value]):
            return Store(result, False, self._scope([result.value]))
        return Store(result, True, Scope())


def _missing(ref: Ref, known: set[str]) -> bool:
    return ref.kind == "local" and ref.name not in known


def _pivots(kernel: Kernel) -> set[str]:
    """The rounded values that other values are computed from: they are rounded exactly as the data is."""
    items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
    read = {name for item in items for name in read_by(item)}
    return {item.name for item in items if isinstance(item, Scalar) and item.rounded and item.name in read}
