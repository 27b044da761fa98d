"""What one sweep over the data leaves for the next, which would compute it again."""

from __future__ import annotations

from dataclasses import dataclass

from derive.kernels.needs import reads
from derive.kernels.plan import Kernel, Op, Reduction, Sweep, Write


@dataclass(frozen=True)
class Kept:
    """What a map pass need not compute again: `source` has done it, the last of the reduce passes.

    `again` are those operations of the map pass, each with the result of the source that it repeats; `names` are the
    results that are kept.
    """

    source: Sweep | None
    again: dict[Op, str]
    names: frozenset[str]


def kept_of(kernel: Kernel) -> Kept:
    """What the map pass of a kernel takes over."""
    sources = [sweep for sweep in kernel.sweeps if sweep.reductions]
    maps = [sweep for sweep in kernel.sweeps if sweep.writes]
    if not sources or len(maps) != 1:
        return Kept(None, {}, frozenset())
    known = {key: op.result for op, key in _keys(sources[-1]).items()}
    again = {op: known[key] for op, key in _keys(maps[0]).items() if key in known and op.function != "copy"}
    written = {write.value.name for write in maps[0].writes}
    again = {op: name for op, name in again.items() if op.result not in written}
    rest: list[Op | Reduction | Write] = [op for op in maps[0].ops if op not in again]
    rest += maps[0].writes
    read = {ref.name for step in rest for ref in reads(step) if ref.kind == "local"}
    names = frozenset(name for op, name in again.items() if op.result in read)
    return Kept(sources[-1], again, names) if names else Kept(None, {}, frozenset())


def _keys(sweep: Sweep) -> dict[Op, object]:
    """For every operation what it computes, whatever its result is called."""
    found: dict[str, object] = {}
    keys: dict[Op, object] = {}
    for op in sweep.ops:
        args = tuple(found[a.name] if a.kind == "local" else a for a in op.args)
        keys[op] = found[op.result] = (op.function, args)
    return keys
