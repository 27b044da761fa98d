"""What the templates of one kernel are filled with, for data of one type."""

from __future__ import annotations

import re
from typing import Any

from derive.kernels.counts import count_name
from derive.kernels.loops import Leaf, LoweredSweep, Store, made_by
from derive.kernels.targets.c.expressions import identifier
from derive.kernels.targets.c.items import arguments_type, item_lines, numbers
from derive.kernels.targets.c.stages import Stages


class KernelSource(Stages):
    """One kernel for data of one type, `float` or `double`."""

    def context(self) -> dict[str, Any]:
        """The values of the template."""
        lowered, kernel = self.lowered, self.kernel
        self._fill_tables()
        counts = sorted({*lowered.counts, *(x for s in self._scopes() for x in s.scope.counts)})
        counts = sorted({*counts, *(x for sweep in lowered.sweeps for x in sweep.scope.counts)})
        constants = [identifier(c) for c in kernel.constants]
        stages = [self._stage(number, stage) for number, stage in enumerate(lowered.stages)]
        final = sorted({n for s in lowered.final for n in numbers(s.scope)})
        return {
            "name": self.name,
            "data": self.data,
            "scalar": self.scalar,
            "words": "; ".join(self.module.kerneldoc(kernel)).rstrip("."),
            "arguments": arguments_type(self.prefix, self.data),
            "arrays": [self._array(n) for n in kernel.arrays],
            "writes": [self._array(n) for n in kernel.writes],
            "kept_in": [self._array(self._kept_in)] if self._kept_in else [],
            "beside": [identifier(n) for n in self._beside],
            "givens": [{"id": identifier(g.name), "type": self.types[g.name]} for g in kernel.givens],
            "result": self.result,
            "results": [
                {"id": f"result_{identifier(r.name)}", "type": self.result, "classes": r.classes}
                for r in kernel.results
            ],
            "memory": [{"id": f"total_{identifier(t.name)}"} for t in kernel.totals]
            + [{"id": f"sum_{identifier(s.name)}"} for s in lowered.sums],
            "numbers": [*constants, *(count_name(label) for label in counts)],
            "constants": constants,
            "counts": counts,
            "passes": [p for stage in stages for p in stage["passes"]],
            "descriptors": [d for stage in stages for d in stage["descriptors"]],
            "leaves": [self._leaf(leaf) for leaf in self._leaves()],
            "places": [self._gathering(r) for r in self._places()],
            "lane_values": self._lane_values(),
            "again": [identifier(n) for n in self._again()],
            "halved": [identifier(n) for n in self._ordered() if n in self._halved],
            "lane_numbers": self._lane_numbers(stages),
            "lane_leaves": [self._lane_leaf(leaf) for leaf in lowered.lane_leaves],
            "stages": stages,
            "lane_stores": [self._lane_store(s) for s in lowered.stores if s.per_lane],
            "place_stores": [self._place_store(s) for s in lowered.stores if not s.per_lane],
            "sums": [self._sum(leaf) for leaf in lowered.sums],
            "parts": [self._sum(leaf) for leaf in lowered.parts],
            "totals": [self._total(t.name) for t in kernel.totals],
            "final": [self._final(s) for s in lowered.final],
            "final_numbers": final,
            "signature": self.signature(),
            "array_count": len(self.tables.arrays),
            "layouts": self.tables.layouts,
            "tables": len(self.tables.arrays) + len(self.tables.layouts),
            "required": self.required(),
            "unaligned": self.unaligned(),
            "needs_elements": kernel.saves and bool(kernel.reductions),
            "outer": kernel.outer,
            "whole": bool(lowered.sums or lowered.parts),
            "overs": sorted({r.over for r in kernel.reductions if not r.largest}),
            "summary": f"{kernel.name}{self.module.suffix}: {self.written()}.",
            "docs": self.docs(),
        }

    # Memory.

    def _array(self, name: str) -> dict[str, Any]:
        return {"id": identifier(name), "table": self.tables.arrays[name]}

    def _sum(self, leaf: Leaf) -> dict[str, Any]:
        largest = any(r.largest for r in self.kernel.reductions if r.name == leaf.name)
        return {"id": identifier(leaf.name), "layout": leaf.layout, "largest": largest, "part": leaf.kind == "part"}

    def _total(self, name: str) -> dict[str, Any]:
        total = next(t for t in self.kernel.totals if t.name == name)
        of = next(g for g in self.kernel.givens if g.name == total.of)
        result = next((f"result_{identifier(r.name)}" for r in self.kernel.results if r.name == name), "")
        return {
            "id": identifier(name),
            "of": identifier(total.of),
            "of_classes": of.classes,
            "of_table": self.tables.of(of.classes, of.classes),
            "classes": total.classes,
            "table": self.tables.of(total.classes, total.classes),
            "result": result,
        }

    def _fill_tables(self) -> None:
        """Ask for every table, so that their number is known before anything is printed."""
        for leaf in self.lowered.leaves:
            self.tables.leaf(leaf)
            self.tables.of(leaf.layout, leaf.layout)
        for result in self.kernel.results:
            self.tables.of(result.classes, result.classes)

    def _scopes(self) -> list[Store]:
        return [*self.lowered.stores, *self.lowered.final]

    # Lane values.

    def _ordered(self) -> list[str]:
        """Everything that there is one of for each lane, as it comes to be."""
        names = [leaf.name for leaf in self.lowered.lane_leaves]
        for stage in self.lowered.stages:
            if isinstance(stage, LoweredSweep):
                names += [r.name for r in stage.lane_sums]
            else:
                names += [name for item in stage for name in made_by(item)]
        return list(dict.fromkeys(names))

    def _lane_values(self) -> list[str]:
        """Those that there is room for: of float64 data what only one stage needs has none."""
        begun = [leaf.name for leaf in self.lowered.lane_leaves]
        begun += [r.name for sweep in self.lowered.sweeps for r in sweep.lane_sums]
        own = {*begun, *self._used} if self.data == "double" else set(self._ordered())
        return [identifier(n) for n in self._ordered() if n in own]

    def _lane_numbers(self, stages: list[dict[str, Any]]) -> list[str]:
        """The constants and counts that lane values are computed from."""
        texts = [line for stage in stages for word in ("fixed", "lines", "far") for line in stage[word]]
        texts += [stage["reach"] for stage in stages]
        texts += [line for s in self.lowered.stores if not s.per_lane for line in self._place_store(s)["lines"]]
        names = [identifier(c) for c in self.kernel.constants]
        names += [count_name(label) for label in dict.fromkeys(label for _, label in self.module.plan.classes)]
        return [n for n in names if any(_word_in(n, text) for text in texts)]

    def _lane_leaf(self, leaf: Leaf) -> dict[str, Any]:
        """A smaller tensor that is read once for each lane."""
        name = identifier(leaf.name)
        return {
            "id": name,
            "data": f"a->total_{name}" if leaf.kind == "total" else f"a->{name}",
            "type": self.types.get(leaf.name, "double"),
            "neutral": repr(self.neutral.get(leaf.name, 0.0)),
            "table": self.tables.leaf(leaf),
        }

    # Results.

    def _lane_store(self, store: Store) -> dict[str, Any]:
        result = store.result
        value = f"lane_{identifier(result.value)}"
        table = self.tables.of(result.classes, result.classes)
        return {"id": f"result_{identifier(result.name)}", "table": table, "value": value}

    def _place_store(self, store: Store) -> dict[str, Any]:
        result = store.result
        inner = "".join(x for x in result.classes if x not in self.kernel.outer)
        lines, value = self._values(store, inner, lanes=True)
        table = self.tables.of(result.classes, result.classes)
        return {
            "id": f"result_{identifier(result.name)}", "table": table, "inner": inner, "lines": lines, "value": value
        }  # fmt: skip

    def _final(self, store: Store) -> dict[str, Any]:
        result = store.result
        lines, value = self._values(store, result.classes, lanes=False)
        table = self.tables.of(result.classes, result.classes)
        name = f"result_{identifier(result.name)}"
        return {"id": name, "table": table, "classes": result.classes, "lines": lines, "value": value}

    def _values(self, store: Store, classes: str, *, lanes: bool) -> tuple[list[str], str]:
        """The statements that compute a result at one place, and the name that holds it."""
        scope = store.scope

        def name(of: str) -> str:
            if lanes and of in scope.lanes:
                return self._whole_lane(of)
            if self._is_number(of):
                return self._number(of)
            return f"item_{identifier(of)}"

        lines = []
        for leaf in scope.leaves:
            table, own = self.tables.leaf(leaf), identifier(leaf.name)
            walk = "w" if lanes else "&a.call.walk"
            place = f'{self.prefix}_place({walk}, "{classes}", k, {table})'
            if lanes:
                place = f"c->at[{table}] + b * w->lane_stride[{table}] + {place}"
            lines.append(f"const {self.scalar} item_{own} = {self._read(leaf, place, 'a->' if lanes else 'a.')};")
        for item in scope.items:
            lines += item_lines(
                item, self.prefix, self.scalar, self.data, name, self.lowered, f"const {self.scalar} item_"
            )
        return lines, name(store.result.value)

    def _read(self, leaf: Leaf, place: str, access: str) -> str:
        """One element of a leaf."""
        own = identifier(leaf.name)
        if leaf.kind in ("sum", "part"):
            high = f"{access}sum_{own}" if leaf.kind == "sum" else f"(memory + {access}begin_{own})"
            pair = f"{high}[{place}], {high}[{access}places_{own} + {place}]"
            return f"({self.scalar}){self.prefix}_whole({pair})"
        where = f"{access}total_{own}" if leaf.kind == "total" else f"{access}{own}"
        if leaf.name in self.neutral:
            return f"{where} == NULL ? {self.neutral[leaf.name]!r} : ({self.scalar}){where}[{place}]"
        return f"{where}[{place}]"


def _word_in(name: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9_>.]){re.escape(name)}(?![A-Za-z0-9_])", text) is not None
