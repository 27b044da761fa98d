"""What the templates of the kernels are filled with: chunks, slabs, passes."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from derive.kernels.plan import Given, Kernel, Result
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.targets.numpy.printer import KernelPrinter, Loop
from derive.kernels.targets.numpy.small import SmallForm, small_form
from derive.kernels.targets.numpy.tiny import tiny_form

# The kernels that are called in every step of a training.
_SMALL = ("forward", "backward")


class KernelContext(ModuleContext):
    """Everything the templates need for one layer."""

    def silence(self) -> str:
        """What keeps NumPy from warning: the module has the setting."""
        return "setting"

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function."""
        printer = KernelPrinter(self.plan, kernel)
        stages = printer.stages()
        small = small_form(self.plan, kernel) if kernel.name in _SMALL else None
        tiny = tiny_form(self.plan, kernel) if kernel.name in _SMALL else None
        givens = []
        for given in kernel.givens:
            code = f"_spread(space, bound, {self._taken(given)})"
            givens.append({"name": given.name, "classes": given.classes, "code": code})
        totals = [
            {"name": t.name, "classes": t.classes, "code": f'_summed(space, all_{t.of}, "{t.over}")'}
            for t in kernel.totals
        ]
        taken = {t.name for t in kernel.totals}
        stored = [
            {"name": r.name, "classes": r.classes, "value": r.value}
            for r in kernel.results
            if not r.across and r.name not in taken
        ]
        across = [r for r in kernel.reductions if r.across]
        results = [self.result(kernel, r) for r in kernel.results]
        final = printer.final()
        counts = sorted(printer.counts)
        own = super().kernel(kernel)
        arguments = [*kernel.arrays, *(g.name for g in kernel.givens), *kernel.writes, *kernel.constants]
        return {
            **own,
            "small": self._part(kernel, small),
            "tiny": self._part(kernel, tiny),
            "small_arguments": arguments,
            "flat": small is not None and self._flat(kernel),
            "writes": list(kernel.writes),
            "results_names": [f"result_{r.name}" for r in kernel.results],
            "outer": kernel.outer,
            "givens": givens,
            "totals": totals,
            "stored": stored,
            "places": sorted({p["classes"] for p in (*givens, *totals, *stored)}),
            "sums": sorted({r.over for r in kernel.reductions}),
            "counts": counts,
            "across": across,
            "portion_size": " + ".join(f'space.empty("{r.kept}").size' for r in across),
            "stages": stages,
            "streams": self._streams(kernel, printer),
            "shares_chunks": printer.shares_chunks,
            "owned": [w for w in kernel.writes if w in printer.owned],
            "casts": any(", first)" in line for stage in stages if isinstance(stage, Loop) for line in stage.before),
            "final": final,
            "results": results,
        }

    def _taken(self, given: Given) -> str:
        """What takes a smaller tensor: it, its axes, its classes, and what stands for it where it is not given."""
        axes, neutral = self.axes_tuple(self.given_axes(given)), self.neutral(given)
        return f'{given.name}, {axes}, "{given.classes}"' + ("" if neutral is None else f", {neutral}")

    def _part(self, kernel: Kernel, form: SmallForm | None) -> dict[str, Any] | None:
        """One of the forms for arrays that are worked on as a whole."""
        if form is None:
            return None
        givens = [(g.name, f"{form.kinds.get(g.name, 'spread')}(bound, {self._taken(g)})") for g in kernel.givens]
        return {"form": form, "givens": givens, "groups": self.small_results(kernel, form)}

    def _flat(self, kernel: Kernel) -> bool:
        """Whether all smaller tensors have one axis, that which all sums leave."""
        overs = {r.over for r in kernel.reductions}
        left = {label for _, label in self.plan.classes}.difference(*overs)
        found = [given.classes for given in kernel.givens]
        found += [r.classes for r in kernel.reductions] + [r.classes for r in kernel.results]
        axes = [*map(self.given_axes, kernel.givens), *map(self.result_axes, kernel.results)]
        alike = all(set(classes) == left for classes in found) and all(len(own) == 1 for own in axes)
        return len(overs) == 1 and not kernel.totals and alike

    def _streams(self, kernel: Kernel, printer: KernelPrinter) -> int:
        """How many arrays and blocks share the caches: as in the forward pass where its statistics are taken alone, so
        that they are cut, and rounded, in the same way."""
        if kernel is not self.plan.statistics:
            return printer.streams
        forward = KernelPrinter(self.plan, self.plan.forward)
        forward.stages()
        return forward.streams

    def small_results(self, kernel: Kernel, form: SmallForm) -> list[dict[str, str]]:
        """The smaller results in their own shapes, for small arrays: neighbours of one shape by one call."""
        kind = "results" if kernel.saves else "gradients"
        groups = groupby(kernel.results, lambda r: (self.axes_tuple(self.result_axes(r)), r.classes))
        calls = []
        for (axes, classes), group in groups:
            names = [r.name for r in group]
            values = ", ".join(form.results[name] for name in names)
            code = f'room.{kind}(bound, {axes}, "{classes}", {values})'
            calls.append({"names": ", ".join(f"result_{n}" for n in names) + "," * (len(names) == 1), "code": code})
        return calls

    def result(self, kernel: Kernel, result: Result) -> str:
        """A smaller result in its own shape, from the values that hold it."""
        values, axes = result.value if result.across else f"all_{result.name}", self.result_axes(result)
        code = f'_result(space, bound, {values}, {self.axes_tuple(axes)}, "{result.classes}")'
        return code if kernel.saves else f"{code}.astype(dtype)"
