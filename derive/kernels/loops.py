"""From a plan to loops over single elements: what a compiled target prints, in no target's language.

A lowered kernel walks through *blocks*: some neighbours along one dimension of the outer class, its *lanes*, and all
elements that belong to them. A value whose classes are all outer is the same for a whole lane, so it is computed once
per lane (a *lane value*). A value that varies within a lane is either in memory for the whole call (a *leaf*: what the
kernel was given, a total, a sum with inner classes) or computed from leaves and lane values where it is needed (an
*inner value*). Sums are taken per lane, or, where they keep an inner class, element by element in memory. Sums across
blocks are gathered in *portions*, fixed groups of consecutive blocks, and combined in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.kernels.plan import ExactSum, Kernel, Op, Reduction, Remainder, Result, Scalar, Write

Item = Scalar | ExactSum | Remainder


@dataclass(frozen=True)
class Leaf:
    """A smaller tensor in memory, dense over the classes `layout`, the same along those that are not in `classes`."""

    name: str
    layout: str
    classes: str
    kind: Literal["input", "buffer", "saved", "tangent", "total", "sum", "part"]


@dataclass(frozen=True)
class Scope:
    """What some values that vary within a lane are computed from.

    Args:
        items: the inner values, each after those that it needs.
        leaves: what they read from memory.
        lanes: the lane values they read.
        constants, counts: the numbers they read; counts by the label of their class.
    """

    items: tuple[Item, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    lanes: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A value of every element that a pass may compute for many of them at once, before it takes sums of it.

    Args:
        name: the value.
        ops: how it is computed, in order.
        output: the array that it is left in for the map pass, which is written then; None where no pass takes it over.
    """

    name: str
    ops: tuple[Op, ...]
    output: str | None


@dataclass(frozen=True)
class LoweredSweep:
    """One pass over the elements of a block.

    Args:
        ops: what is computed of every element.
        arrays: the full-size arrays it reads, in the kernel's order.
        coefficients: the lane values that operations read, in order of use.
        scope: what the inner values that operations read are computed from.
        lane_sums: sums (or maxima) with one value per lane.
        place_sums: those that keep an inner class.
        writes: what a map pass writes.
        last: whether it is the kernel's last sweep and not its only one: what it reads is then fresh at its end.
        filled: what may be computed before the sums are taken.
        taking: of a map pass, the same pass that reads such a value where it was left, and does not compute it.
    """

    ops: tuple[Op, ...]
    arrays: tuple[str, ...]
    coefficients: tuple[str, ...]
    scope: Scope
    lane_sums: tuple[Reduction, ...]
    place_sums: tuple[Reduction, ...]
    writes: tuple[Write, ...]
    last: bool
    filled: Filled | None = None
    taking: LoweredSweep | None = None

    @property
    def keeps(self) -> bool:
        """Whether it may leave a value in the array that is written, or take one that was left there."""
        return self.taking is not None or (self.filled is not None and self.filled.output is not None)


@dataclass(frozen=True)
class Store:
    """A smaller result: `per_lane` when a lane value holds it, else computed in its scope at every place."""

    result: Result
    per_lane: bool
    scope: Scope


@dataclass(frozen=True)
class LoweredKernel:
    """A kernel as loops.

    Args:
        kernel: what it was made from.
        stages: lane values to compute, and sweeps, in order.
        lane_leaves: the leaves that are read once per lane.
        sums: the leaves that hold sums with inner classes, complete within a block.
        parts: the leaves that hold sums across blocks.
        stores: what a block stores of the results.
        final: what is stored when all blocks are done.
        counts: the classes whose numbers of elements lane values need, by label.
        pivots: the values that are rounded to the dtype of the data wherever they are used.
    """

    kernel: Kernel
    stages: tuple[tuple[Item, ...] | LoweredSweep, ...]
    lane_leaves: tuple[Leaf, ...]
    sums: tuple[Leaf, ...]
    parts: tuple[Leaf, ...]
    stores: tuple[Store, ...]
    final: tuple[Store, ...]
    counts: tuple[str, ...]
    pivots: frozenset[str]

    @property
    def sweeps(self) -> tuple[LoweredSweep, ...]:
        """The passes over the data."""
        return tuple(stage for stage in self.stages if isinstance(stage, LoweredSweep))

    @property
    def rough_sums(self) -> frozenset[str]:
        """The sums of lanes that only say where a pivot lies, of a mean that a later sum completes.

        Whatever the pivot is, the mean is the pivot and what it has beyond it: rounding errors of these sums leave no
        trace, as long as the pivot is near.
        """
        items = [item for stage in self.stages if not isinstance(stage, LoweredSweep) for item in stage]
        completed = {item.a for item in items if isinstance(item, ExactSum)}
        kept = {name for item in items if completed.isdisjoint(made_by(item)) for name in read_by(item)}
        kept |= {name for sweep in self.sweeps for name in (*sweep.coefficients, *sweep.scope.lanes)}
        kept |= {name for store in (*self.stores, *self.final) for name in (store.result.value, *store.scope.lanes)}
        read = {name for item in items for name in read_by(item)}
        sums = {r.name for sweep in self.sweeps for r in sweep.lane_sums if not r.across}
        return frozenset(sums & read - kept)

    def is_rough(self, sweep: LoweredSweep) -> bool:
        """Whether a pass takes no other sums than rough ones."""
        sums = {r.name for r in sweep.lane_sums}
        return bool(sums) and not sweep.place_sums and sums <= self.rough_sums

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Everything of fewer axes that is in memory for the whole call: what was given, totals, sums, parts."""
        kernel = self.kernel
        givens = [Leaf(g.name, g.classes, g.classes, g.source) for g in kernel.givens]
        totals = [Leaf(t.name, t.classes, t.classes, "total") for t in kernel.totals]
        return (*givens, *totals, *self.sums, *self.parts)


def made_by(item: Item) -> tuple[str, ...]:
    """The names that an item defines."""
    return (item.high, item.low) if isinstance(item, ExactSum) else (item.name,)


def read_by(item: Item) -> tuple[str, ...]:
    """The names that an item is computed from, sorted."""
    if isinstance(item, ExactSum):
        return (item.a, item.b)
    if isinstance(item, Remainder):
        return (item.of, item.pivot, *([item.low] if item.low else []))
    return tuple(sorted(str(s) for s in item.expr.free_symbols))
