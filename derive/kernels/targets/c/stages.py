"""What a block goes through, stage by stage: lane values that are computed, and passes over the data."""

from __future__ import annotations

from typing import Any

from derive.kernels.loops import Leaf, LoweredKernel, LoweredSweep
from derive.kernels.lowering import lower
from derive.kernels.plan import Kernel, Reduction
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.targets.c.declaration import Declaration
from derive.kernels.targets.c.expressions import identifier, word_of
from derive.kernels.targets.c.passes import PAIR, PassSource, Tables, item_lines, numbers, scalar_type


class Stages(Declaration):
    """The stages of one kernel for data of one type, `float` or `double`."""

    def __init__(self, module: ModuleContext, kernel: Kernel, prefix: str, data: str) -> None:
        super().__init__(module, kernel, prefix, data)
        self.lowered: LoweredKernel = lower(module.plan, kernel)
        self.tables = Tables(self.lowered)
        self.scalar = scalar_type(data)

    def _lane_name(self, name: str) -> str:
        if name in self.kernel.constants or name.startswith("count_"):
            return identifier(name) if name in self.kernel.constants else name
        return f"lane_{identifier(name)}[b]"

    def _lines(self, items: Any) -> list[str]:
        return [
            line
            for item in items
            for line in item_lines(item, self.prefix, self.scalar, self.data, self._lane_name, self.lowered, "lane_")
        ]

    def _leaves(self) -> list[Leaf]:
        """The smaller tensors that passes read element by element."""
        return list(dict.fromkeys(leaf for sweep in self.lowered.sweeps for leaf in sweep.scope.leaves))

    def _places(self) -> list[Reduction]:
        """The sums that passes gather element by element."""
        return list(dict.fromkeys(r for sweep in self.lowered.sweeps for r in sweep.place_sums))

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        name = identifier(leaf.name)
        data = {"sum": f"a.sum_{name}", "total": f"a.total_{name}"}.get(leaf.kind, f"a.{name}")
        return {
            "data": data,
            "lost": f"{data} + a.places_{name}" if leaf.kind == "sum" else "NULL",
            "type": self.data if leaf.kind in ("input", "tangent") else "double",
            "neutral": repr(self.neutral.get(leaf.name, 0.0)),
            "table": self.tables.leaf(leaf),
        }

    def _gathering(self, reduction: Reduction) -> dict[str, Any]:
        name = identifier(reduction.name)
        return {
            "id": name,
            "high": "NULL" if reduction.across else f"a.sum_{name}",
            "begin": f"a.begin_{name}" if reduction.across else "0",
            "largest": int(reduction.largest),
            "table": self.tables.of(reduction.kept, reduction.kept),
        }

    def _stage(self, number: int, stage: Any) -> dict[str, Any]:
        if not isinstance(stage, LoweredSweep):
            return {"lines": self._lines(stage), "passes": [], "descriptors": []}
        types = [self.data] if stage.writes and not (stage.lane_sums or stage.place_sums) else ["double"]
        if self.data == "double" and not stage.writes:
            types += [PAIR, "long double"] if stage.lane_sums else [PAIR]
        inner = "".join(label for _, label in self.module.plan.classes if label not in self.kernel.outer)
        sources = [
            PassSource(self.prefix, self.lowered, stage, number, self.name, self.data, t, self.tables, inner)
            for t in types
        ]
        lanes, sums = (*stage.coefficients, *stage.scope.lanes), [identifier(r.name) for r in stage.lane_sums]
        return {
            "lines": [],
            "lanes": [f"lane_{identifier(n)}" for n in lanes],
            "numbers": [f"a->{n}" for n in numbers(stage.scope)],
            "sums": [f"lane_{s}" for s in sums],
            "again": [f"again_{s}" for s in sums] if len(sources) > 2 else [],
            "calls": self._calls(stage, [s.name for s in sources]),
            "passes": [s.context() for s in sources],
            "descriptors": [s.descriptor(self._leaves(), self._places()) for s in sources],
        }

    def _calls(self, stage: LoweredSweep, names: list[str]) -> list[str]:
        """The statements that take a pass through a block: `names` are that in double, in pairs and in long double.

        Sums of few terms are taken in pairs, and sums that are not finite again in a wider range.
        """
        sums = [identifier(r.name) for r in stage.lane_sums]
        lanes = "lanes" if stage.coefficients or stage.scope.lanes else "NULL"
        given = f"{lanes}, {'numbers' if numbers(stage.scope) else 'NULL'}"

        def call(name: str, room: str, again: str) -> str:
            return f"{self.prefix}_sweep_block(&a->call, c, {name}, {given}, {room if sums else 'NULL'}, {again});"

        name = f"a->call.few ? &{names[1]} : &{names[0]}" if len(names) > 1 else f"&{names[0]}"
        calls = [call(name, "sums", "0")]
        if len(names) > 2:
            checks = " && ".join(f"{self.prefix}_finite_{word_of(self.scalar)}(lane_{s}, c->lanes)" for s in sums)
            calls = [
                *calls,
                f"finite = {checks};",
                "if (!finite) {",
                f"    {call(f'&{names[2]}', 'again', '1')}",
                "    for (b = 0; b < c->lanes; ++b) {",
                *(f"        if (!isfinite(lane_{s}[b])) lane_{s}[b] = again_{s}[b];" for s in sums),
                "    }",
                "}",
            ]
        for reduction in stage.lane_sums:
            if reduction.across:
                calls += self._gathered(identifier(reduction.name), self.tables.of(reduction.kept, reduction.kept))
        return calls

    def _gathered(self, name: str, table: int) -> list[str]:
        """Add a lane's sum to the portion's."""
        return [
            "for (b = 0; b < c->lanes; ++b) {",
            f"    double *high = c->part + a->begin_{name} + c->at[{table}] + b * w->lane_stride[{table}];",
            f"    {self.prefix}_add_double(high, high + a->places_{name}, (double)lane_{name}[b]);",
            f"    high[a->places_{name}] += (double)(lane_{name}[b] - (double)lane_{name}[b]);",
            "}",
        ]

    def _again(self) -> list[str]:
        """The sums that are taken again in a wider range where they are not finite."""
        if self.data == "float":
            return []
        return [identifier(r.name) for sweep in self.lowered.sweeps for r in sweep.lane_sums]
