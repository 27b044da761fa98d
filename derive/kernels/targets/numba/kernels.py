"""What the templates of one kernel are filled with."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.kernels.counts import count_name
from derive.kernels.filled import ops_beside
from derive.kernels.loops import Item, LoweredSweep, Store, made_by, read_by
from derive.kernels.lowering import lower
from derive.kernels.needs import reads
from derive.kernels.plan import ExactSum, Kernel, Op, Reduction, Remainder
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.python_api.source import plain_code
from derive.kernels.targets.numba.expressions import identifier
from derive.kernels.targets.numba.passes import PassSource, Tables, item_lines, types_in


class KernelContext(ModuleContext):
    """The functions of one layer and its kernels: compiled loops, and the calls that feed them."""

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function, and what it calls."""
        values = super().kernel(kernel)
        return {**values, **KernelSource(self, kernel, values["function"]).context()}


class KernelSource:
    """One kernel, for data of either type."""

    def __init__(self, module: ModuleContext, kernel: Kernel, function: str) -> None:
        self.module, self.kernel, self.function = module, kernel, function
        self.lowered = lower(module.plan, kernel)
        self.tables = Tables(self.lowered)
        self.inner = {label for _, label in module.plan.classes} - set(kernel.outer)

    def context(self) -> dict[str, Any]:
        """The values of the template."""
        kernel, lowered, tables = self.kernel, self.lowered, self.tables
        sweeps = [stage for stage in lowered.stages if isinstance(stage, LoweredSweep)]
        stages = [self._stage(stage, sweeps) for stage in lowered.stages]
        passes = [stage["pass"] for stage in stages if stage["pass"]]
        lines = [line for stage in stages for line in stage["lines"]]
        by_place = [*(s for s in lowered.stores if not s.per_lane), *lowered.final]
        totals = {t.name for t in kernel.totals}
        return {
            "compiled": f"{self.function}_blocks",
            "description": self.function.upper(),
            "outer": kernel.outer,
            "arrays": [self._array(n) for n in kernel.arrays],
            "writes": [self._array(n) for n in kernel.writes],
            "places": self._places(),
            "table_count": tables.count,
            "numbers": [{"id": identifier(n)} for n in tables.numbers],
            "constants": list(kernel.constants),
            "counts": [n.removeprefix("count_") for n in tables.numbers if n not in kernel.constants],
            "lane_count": max(1, len(tables.lanes)),
            "lane_leaves": [
                {"lane": tables.lanes[x.name], "table": tables.leaves[x.name]} for x in lowered.lane_leaves
            ],
            "reads": len(kernel.arrays),
            "copies": any(p["copies"] for p in passes),
            "apart": self._apart(sweeps),
            "overs": sorted({r.over for sweep in sweeps for r in sweep.lane_sums if not r.largest}),
            "sums": [p["name"] for p in passes if p["sums"]],
            "sum_counts": [len(p["sums"]) for p in passes],
            "room": max((p["room"] for p in passes), default=0),
            "own": max((p["own"] for p in passes), default=0),
            "stages": stages,
            "passes": passes,
            "phases": len(sweeps) + bool(sweeps and sweeps[-1].lane_sums),
            "lane_stores": [
                {"lane": tables.lanes[s.result.value], "table": tables.results[s.result.name]}
                for s in lowered.stores
                if s.per_lane
            ]
            + [{"lane": tables.lanes[name], "table": table} for name, table in tables.kept.items()],
            **types_in(lines),
            "givens": [self._given(g) for g in kernel.givens],
            "totals": [{"name": t.name, "of": t.of, "over": t.over} for t in kernel.totals],
            "results": [
                {
                    "name": r.name,
                    "axes": self.module.axes_tuple(self.module.result_axes(r)),
                    "classes": r.classes,
                    "memory": r.name if r.name in totals else f"result {r.name}",
                    "value": next((f"at_{s.result.value}" for s in by_place if s.result == r), None),
                    "saves": kernel.saves,
                }
                for r in kernel.results
            ],
            **self._final(by_place),
        }

    def _array(self, name: str) -> dict[str, Any]:
        return {"id": identifier(name), "name": name, "table": self.tables.arrays[name]}

    def _given(self, given: Any) -> dict[str, Any]:
        neutral = self.module.neutral(given)
        return {
            "name": given.name,
            "axes": self.module.axes_tuple(self.module.given_axes(given)),
            "neutral": neutral,
        }

    def _places(self) -> list[dict[str, Any]]:
        """The smaller tensors in memory: what each is called there, its classes, what kind it is."""
        lowered, kernel = self.lowered, self.kernel
        largest = {r.name for r in kernel.reductions if r.largest}
        kinds = {"sum": "sum", "part": "part", "total": "total"}
        found = [
            {
                "name": leaf.name,
                "layout": leaf.layout,
                "along": leaf.classes,
                "kind": "largest" if leaf.name in largest else kinds.get(leaf.kind, "given"),
            }
            for leaf in lowered.leaves
        ]
        for result in (s.result for s in lowered.stores if s.per_lane):
            found.append(
                {"name": f"result {result.name}", "layout": result.classes, "along": result.classes, "kind": "result"}
            )
        for name in self.tables.kept:
            found.append({"name": name, "layout": kernel.outer, "along": kernel.outer, "kind": "result"})
        return found

    # Stages.

    def _stage(self, stage: Any, sweeps: list[LoweredSweep]) -> dict[str, Any]:
        done = sum(1 for sweep in sweeps if self._is_before(sweep, stage))
        if not isinstance(stage, LoweredSweep):
            return {"pass": None, "done": done, **self._lane_lines(stage)}
        number = sweeps.index(stage)
        done_here = stage.taking or stage  # what was left in an array is there for the map pass
        values = PassSource(self.lowered, done_here, f"{self.function}_{number}", self.tables, self.inner).context()
        sums = [
            {
                "lane": self.tables.lanes[r.name],
                "largest": r.largest,
                "table": self.tables.leaves[r.name] if r.across else None,
            }
            for r in stage.lane_sums
        ]
        before = sum(len(sweep.lane_sums) for sweep in sweeps[:number])
        return {"pass": values, "number": number, "done": done, "lines": [], "lane_sums": sums, "before": before}

    def _apart(self, sweeps: list[LoweredSweep]) -> list[tuple[int, int]]:
        """Arrays that are still read when something is left in one that is written, each beside that one."""
        found = set[tuple[str, str]]()
        for sweep in sweeps:
            if sweep.filled is not None and sweep.filled.output is not None:
                steps: list[Op | Reduction] = [*sweep.lane_sums, *ops_beside(sweep, sweep.filled)]
                refs = [ref for step in steps for ref in reads(step)]
                found |= {(ref.name, sweep.filled.output) for ref in refs if ref.kind == "array"}
            if sweep.taking is not None:
                taken = {write.output for write in sweep.writes} & set(sweep.taking.arrays)
                found |= {(name, output) for output in taken for name in set(sweep.taking.arrays) - taken}
        return sorted((self.tables.arrays[name], self.tables.arrays[output]) for name, output in found)

    def _is_before(self, sweep: LoweredSweep, stage: Any) -> bool:
        stages = self.lowered.stages
        return next(k for k, s in enumerate(stages) if s is sweep) < next(k for k, s in enumerate(stages) if s is stage)

    def _lane_lines(self, items: tuple[Item, ...]) -> dict[str, Any]:
        """The statements of a lane: what they read, what they compute, what they keep."""
        tables = self.tables
        made = [name for item in items for name in made_by(item)]
        read = list(dict.fromkeys(name for item in items for name in read_by(item)))
        read = [name for name in read if name in tables.lanes and name not in made]
        return {
            "read": [{"id": identifier(n), "lane": tables.lanes[n]} for n in read],
            "lines": [line for item in items for line in item_lines(item, self.lowered, identifier)],
            "made": [{"id": identifier(n), "lane": tables.lanes[n]} for n in made],
        }

    # What is computed of small tensors when all blocks are done.

    def _final(self, stores: list[Store]) -> dict[str, Any]:
        """The statements that compute results from what is in memory, as whole tensors."""
        items = list(dict.fromkeys(item for s in stores for item in s.scope.items))
        leaves = list(dict.fromkeys(leaf.name for s in stores for leaf in s.scope.leaves))
        leaves += list(dict.fromkeys(n for s in stores for n in s.scope.lanes))
        counts = list(dict.fromkeys(label for s in stores for label in s.scope.counts))
        lines = []
        for item in items:
            if isinstance(item, ExactSum):
                lines.append(f"at_{item.high}, at_{item.low} = _call.exact_sum(at_{item.a}, at_{item.b})")
                continue
            if isinstance(item, Remainder):
                low = f" + at_{item.low}" if item.low else ""
                lines.append(f"at_{item.name} = (at_{item.of} - at_{item.pivot}){low}")
                continue
            code = plain_code(_renamed(item.expr, set(self.kernel.constants)))
            code = f"np.maximum({code}, 0)" if item.floor else code
            lines.append(f"at_{item.name} = {f'_call.rounded({code})' if item.name in self.lowered.pivots else code}")
        return {"final_leaves": leaves, "final_counts": counts, "final_lines": lines}


def _renamed(expr: sp.Expr, constants: set[str]) -> sp.Expr:
    """The expression with the names that its tensors have when all blocks are done."""
    names = {s: str(s) for s in expr.free_symbols}
    kept = {s for s, n in names.items() if n in constants or n.startswith(count_name(""))}
    renamed: sp.Expr = expr.xreplace({s: sp.Symbol(f"at_{n}", real=True) for s, n in names.items() if s not in kept})
    return renamed
