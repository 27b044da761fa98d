"""What a block goes through, stage by stage: lane values that are computed, and passes over the data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from derive.kernels.loops import Item, Leaf, LoweredKernel, LoweredSweep, made_by, read_by
from derive.kernels.lowering import lower
from derive.kernels.plan import Kernel, Reduction
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.targets.c.declaration import Declaration
from derive.kernels.targets.c.expressions import identifier
from derive.kernels.targets.c.factors import factored
from derive.kernels.targets.c.fills import filled
from derive.kernels.targets.c.items import item_lines, numbers, scalar_type
from derive.kernels.targets.c.lanes import Pair, PairLines, Unpaired
from derive.kernels.targets.c.passes import KEEPING, PAIR, PassSource
from derive.kernels.targets.c.tables import Tables


class Stages(Declaration):
    """The stages of one kernel for data of one type, `float` or `double`."""

    def __init__(self, module: ModuleContext, kernel: Kernel, prefix: str, data: str) -> None:
        super().__init__(module, kernel, prefix, data)
        self.lowered: LoweredKernel = lower(module.plan, kernel)
        self.tables = Tables(self.lowered)
        self.scalar = scalar_type(data)

    def _is_number(self, name: str) -> bool:
        """Whether a name is that of a constant or a count."""
        return name in self.kernel.constants or name.startswith("count_")

    def _number(self, name: str) -> str:
        """A constant or a count in the type of lane values where they have more digits than double."""
        text = identifier(name) if name in self.kernel.constants else name
        return text if self.scalar == "double" else f"({self.scalar}){text}"

    def _lane_name(self, name: str) -> str:
        return self._number(name) if self._is_number(name) else f"lane_{identifier(name)}[b]"

    # Lane values.

    def _lanes(self, number: int, items: tuple[Item, ...]) -> dict[str, Any]:
        """The statements of a stage of lane values: of float data in double, else in pairs and beyond their reach."""
        stage: dict[str, Any] = {"lines": [], "fixed": [], "reach": "", "far": [], "passes": [], "descriptors": []}
        if self.data == "float":
            for item in items:
                stage["lines"] += item_lines(
                    item, self.prefix, self.scalar, self.data, self._lane_name, self.lowered, "lane_"
                )
            return stage
        stage["far"] = self._far(number, items)
        try:
            pairs = PairLines(self.prefix, self._given, self.lowered.pivots)
            for item in items:
                pairs.item(item)
            stage["reach"], stage["limit"] = pairs.reach()
        except Unpaired:
            return stage
        ends = list[str]()
        for name in self._kept(items):
            ends.append(f"lane_{identifier(name)}[b] = {pairs.values[name].high};")
            if name in self._halved:
                ends.append(f"less_{identifier(name)}[b] = {pairs.values[name].low};")
        stage["fixed"], lines = pairs.needed([*ends, stage["reach"]])
        stage["lines"] = [*lines, *ends]
        return stage

    def _kept(self, items: tuple[Item, ...]) -> list[str]:
        """Those of the values of a stage that something after it reads."""
        return [name for item in items for name in made_by(item) if name in self._used]

    @cached_property
    def _used(self) -> set[str]:
        """The lane values that passes, results or later stages read."""
        used = {name for sweep in self.lowered.sweeps for name in (*sweep.coefficients, *sweep.scope.lanes)}
        used |= {s.result.value for s in self.lowered.stores if s.per_lane}
        return used | {name for s in self.lowered.stores for name in s.scope.lanes} | self._later

    @cached_property
    def _later(self) -> set[str]:
        """The values that stages after their own are computed from."""
        later, made = set[str](), set[str]()
        for stage in self.lowered.stages:
            if not isinstance(stage, LoweredSweep):
                later |= {name for item in stage for name in read_by(item)} & made
                made |= {name for item in stage for name in made_by(item)}
        return later

    @cached_property
    def _halved(self) -> set[str]:
        """The lane values of float64 data that are held in two numbers of double."""
        if self.data == "float":
            return set()
        computed = self._later | {name for s in self.lowered.stores for name in s.scope.lanes}
        computed -= self.lowered.pivots | {leaf.name for leaf in self.lowered.lane_leaves}
        return computed | {r.name for sweep in self.lowered.sweeps for r in sweep.lane_sums}

    def _given(self, name: str) -> Pair:
        if self._is_number(name):
            return Pair(identifier(name) if name in self.kernel.constants else name, fixed=True)
        return Pair(f"lane_{identifier(name)}[b]", f"less_{identifier(name)}[b]" if name in self._halved else "0")

    def _whole_lane(self, name: str) -> str:
        """A lane value with all of its digits."""
        text = f"lane_{identifier(name)}[b]"
        return f"((long double){text} + less_{identifier(name)}[b])" if name in self._halved else text

    def _halves(self, word: str, value: str) -> str:
        """Keep a number of long double as a lane value in two numbers."""
        return f"{self.prefix}_halves({value}, &lane_{word}[b], &less_{word}[b]);"

    def _far(self, number: int, items: tuple[Item, ...]) -> list[str]:
        """The same in long double, from what was given, sums and pivots on: lane values may be out of reach."""
        own = {name for item in items for name in made_by(item)}
        made = {
            name: item
            for stage in self.lowered.stages[: number + 1]
            if not isinstance(stage, LoweredSweep)
            for item in stage
            for name in made_by(item)
        }
        sums, lines, known = {r.name for sweep in self.lowered.sweeps for r in sweep.lane_sums}, list[str](), set[str]()

        def spelled(name: str) -> str:
            if self._is_number(name):
                return self._number(name)
            return f"far_{identifier(name)}" if name in known else f"(long double)lane_{identifier(name)}[b]"

        def visit(name: str) -> None:
            word = identifier(name)
            if name in sums and name not in known:
                known.add(name)
                far = f"{self.prefix}_far(lane_{word}[b], less_{word}[b], again_{word}[b])"
                far = far if name in self._again() else self._whole_lane(name)
                lines.append(f"const long double far_{word} = {far};")
            if name not in made or name in known or (name in self.lowered.pivots and name not in own):
                return
            for needed in read_by(made[name]):
                visit(needed)
            printed = item_lines(
                made[name], self.prefix, self.scalar, self.data, spelled, self.lowered, "const long double far_"
            )
            lines.append(dict(zip(made_by(made[name]), printed, strict=True))[name])
            known.add(name)

        kept = self._kept(items)
        for name in kept:
            visit(name)
        for name in kept:
            word = identifier(name)
            if name in self._halved:
                lines.append(self._halves(word, f"far_{word}"))
            else:
                lines.append(f"lane_{word}[b] = (double)far_{word};")
        return lines

    # Passes.

    @cached_property
    def _kept_in(self) -> str:
        """The array that a value is left in for the map pass; none where that is empty."""
        found = [sweep.filled.output for sweep in self.lowered.sweeps if sweep.filled is not None]
        return next(filter(None, found), "") if self.data == "float" else ""

    @cached_property
    def _beside(self) -> list[str]:
        """What the map pass reads beside that: where one of them is the array itself, nothing can be left there."""
        taking = [sweep.taking for sweep in self.lowered.sweeps if sweep.taking is not None and self._kept_in]
        return [name for sweep in taking for name in sweep.arrays if name != self._kept_in]

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
            return self._lanes(number, stage)
        types = [self.data] if stage.writes and not (stage.lane_sums or stage.place_sums) else ["double"]
        again = self.data == "double" and bool(stage.lane_sums) and not stage.writes
        if self.data == "double" and not stage.writes and not self.lowered.is_rough(stage):
            types.append(PAIR)
        types += ["long double"] * again
        inner = "".join(label for _, label in self.module.plan.classes if label not in self.kernel.outer)

        def source(sweep: LoweredSweep, of: str, keeping: bool = False) -> PassSource:
            return PassSource(
                self.prefix, self.lowered, sweep, number, self.name, self.data, of, self.tables, inner, keeping
            )

        keeps, other = self.data == "float" and stage.keeps, stage.taking or stage
        always = keeps and not self._beside
        if always:
            stage = other
        sources = [source(stage, of, always) for of in types]
        if keeps and not always:
            sources.append(source(other, types[0], keeping=True))
        lanes, taken = ([f"lane_{identifier(n)}" for n in _lanes(sweep)] for sweep in (stage, other))
        sums = [identifier(r.name) for r in stage.lane_sums]
        return {
            "lines": [],
            "fixed": [],
            "reach": "",
            "far": [],
            "lanes": lanes,
            "taken": taken if keeps and taken != lanes else [],
            "numbers": [f"a->{n}" for n in numbers(stage.scope)],
            "sums": [f"lane_{s}" for s in sums] + [f"less_{s}" if self.data == "double" else "NULL" for s in sums],
            "again": [f"again_{s}" for s in sums] + ["NULL" for _ in sums] if again else [],
            "calls": self._calls(stage, dict(zip([*types, KEEPING], [s.name for s in sources], strict=False))),
            "passes": [s.context() | {"factored": factored(s)} | filled(s) for s in sources],
            "descriptors": [s.descriptor(self._leaves(), self._places()) for s in sources],
        }

    def _calls(self, stage: LoweredSweep, names: Mapping[str, str]) -> list[str]:
        """The statements that take a pass through a block: `names` are those of its functions, by their types.

        Sums of few terms are taken in pairs, and sums that are not finite again in a wider range.
        """
        sums = [identifier(r.name) for r in stage.lane_sums]
        lanes = "lanes" if _lanes(stage) else "NULL"
        name = f"&{next(iter(names.values()))}"
        if KEEPING in names:
            name = f"a->call.keeps ? &{names[KEEPING]} : {name}"
            if stage.taking is not None and _lanes(stage.taking) != _lanes(stage):
                lanes = f"a->call.keeps ? {'taken' if _lanes(stage.taking) else 'NULL'} : {lanes}"
        given = f"{lanes}, {'numbers' if numbers(stage.scope) else 'NULL'}"

        def call(name: str, room: str, again: str) -> str:
            return f"{self.prefix}_sweep_block(&a->call, c, {name}, {given}, {room if sums else 'NULL'}, {again});"

        halves = self._halves
        calls = [call(f"a->call.few ? &{names[PAIR]} : {name}" if PAIR in names else name, "sums", "0")]
        extended = names.get("long double")
        if extended:
            checks = " && ".join(f"{self.prefix}_finite(lane_{s}, c->lanes)" for s in sums)
            calls = [
                *calls,
                f"finite = {checks};",
                "if (!finite) {",
                f"    {call(f'&{extended}', 'again', '1')}",
                "    for (b = 0; b < c->lanes; ++b) {",
                *(f"        if (!isfinite(lane_{s}[b])) {halves(s, f'again_{s}[b]')}" for s in sums),
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
            f"    {self.prefix}_add_double(high, high + a->places_{name}, lane_{name}[b]);",
            *([f"    high[a->places_{name}] += less_{name}[b];"] if self.data == "double" else []),
            "}",
        ]

    def _again(self) -> list[str]:
        """The sums that are taken again in a wider range where they are not finite."""
        if self.data == "float":
            return []
        return [r.name for sweep in self.lowered.sweeps if not sweep.writes for r in sweep.lane_sums]


def _lanes(sweep: LoweredSweep) -> tuple[str, ...]:
    """The lane values that a pass reads."""
    return (*sweep.coefficients, *sweep.scope.lanes)
