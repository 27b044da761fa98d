"""What the templates of the NumPy target are filled with: functions, kernels and their documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derive.formula import text
from derive.kernels.plan import Kernel
from derive.kernels.subject import Subject
from derive.kernels.targets.numpy.arguments import Arguments, Parameter, doc, dotted, quoted
from derive.kernels.targets.numpy.conditions import after, before, checked, unchecked
from derive.kernels.targets.numpy.layout import paragraph
from derive.kernels.targets.numpy.names import check_names
from derive.kernels.targets.numpy.printer import KernelPrinter, Loop
from derive.language import atoms_of, indices, is_indicator, name_of

_ARRAY = "NDArray[Real]"
_OPTIONAL = "NDArray[Real] | None"
_ANY = "NDArray[Any]"


class ModuleContext:
    """Everything the templates need for one layer."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.plan = subject.plan
        self.interface = subject.interface
        check_names(self.plan)
        self.graph = subject.derivation.graph
        self.tensors = {name_of(t): t for t in (*self.graph.inputs, *self.graph.buffers)}
        self.data = name_of(self.graph.inputs[0])
        self.constants = [str(c) for c in self.graph.constants]
        self.suffix = subject.suffix
        self.arguments = Arguments(self.interface, self.graph.axes, self.data)
        self.conditions = checked(subject, self.arguments.inner)

    # Names and shapes.

    def axes(self, name: str) -> list[str]:
        """The axes of a tensor of the layer, as emitted code names them."""
        return [axis.name for axis in indices(self.tensors[name])]

    def shown(self, name: str) -> list[str]:
        """The dimensions of a tensor of the layer, as a caller sees them."""
        return self.arguments.shown(indices(self.tensors[name]))

    def is_mask(self, name: str) -> bool:
        """Whether a buffer holds zeros and ones."""
        return is_indicator(self.tensors[name])

    def is_weight(self, name: str) -> bool:
        """Whether a buffer is not negative anywhere, and no mask."""
        return bool(self.tensors[name].is_nonnegative) and not self.is_mask(name)

    def is_full(self, name: str) -> bool:
        """Whether a tensor has all axes of the data."""
        return set(indices(self.tensors[name])) == set(self.graph.axes)

    def public(self, name: str) -> str:
        """The public name of a gradient: that of the first input is grad_input."""
        return "grad_input" if name == self.data else f"grad_{name}"

    def axis_words(self, axes: list[str]) -> str:
        """Axes as a shape in a docstring."""
        return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"

    def declared_axes(self) -> list[str]:
        """The axes of the data; one that stands for many dimensions ends in dots."""
        return [dotted(axis) for axis in self.graph.axes]

    def axes_tuple(self, axes: Sequence[str]) -> str:
        """Axes as a Python tuple."""
        return quoted(axes)

    def statistic_axes(self, name: str) -> list[str]:
        """The axes of a saved tensor."""
        classes = next(r.classes for r in self.plan.saved if r.name == name)
        return [axis.name for axis, label in self.plan.classes if label in classes]

    # Parameters.

    def tensor_parameter(self, name: str) -> Parameter:
        """The parameter for an input or a buffer."""
        meaning = self.interface.meanings.get(name, "")
        if name in {name_of(b) for b in self.graph.buffers}:
            kind = f"float32 or float64{', finite, not negative and not all zero' if self.is_weight(name) else ''}"
            if self.is_mask(name):
                kind = "bool, or float32 or float64 zeros and ones, not all zero"
            words = [f"shape {self.axis_words([dotted(a) for a in indices(self.tensors[name])])}, {kind}", meaning]
            return Parameter(name, _ANY, "", doc(name, "; ".join(w for w in words if w)))
        if name in self.interface.optional:
            neutral = {1.0: "ones", 0.0: "zeros"}.get(self.interface.optional[name], str(self.interface.optional[name]))
            words = [
                f"shape {self.axis_words(self.shown(name))}, the dtype of {self.data}; None means {neutral}",
                meaning,
            ]
            later = list(self.tensors)[list(self.tensors).index(name) :]
            default = "None" if all(n in self.interface.optional for n in later) else ""  # what is needed comes later
            return Parameter(name, _OPTIONAL, default, doc(name, "; ".join(w for w in words if w)))
        shape = (
            f"shape ({', '.join(self.arguments.order)})"
            if self.is_full(name)
            else f"shape {self.axis_words(self.shown(name))}"
        )
        dtype = "float32 or float64, any strides" if name == self.data else f"the dtype of {self.data}"
        words = [f"{shape}, {dtype}", meaning]
        return Parameter(name, _ARRAY, "", doc(name, "; ".join(w for w in words if w)))

    def keyword_parameters(self, out_doc: str, *, saved: bool) -> list[Parameter]:
        """saved, constants, axes, out and threads."""
        result: list[Parameter] = []
        if saved and self.plan.saved:
            result.append(
                Parameter(
                    "saved",
                    "Saved | None",
                    "None",
                    doc("saved", f"what `forward{self.suffix}` returned; None computes it again"),
                )
            )
        elif saved and not self.suffix:
            result.append(
                Parameter(
                    "saved", "Saved | None", "None", doc("saved", "what `forward` returned; not needed for this layer")
                )
            )
        for constant in self.graph.constants:
            annotation, default, _ = self.arguments.default(constant)
            words = doc(str(constant), self.arguments.constant_doc(constant))
            result.append(Parameter(str(constant), annotation, default, words))
        result += self.arguments.parameters()
        result.append(Parameter("out", _OPTIONAL, "None", doc("out", out_doc)))
        result.append(
            Parameter(
                "threads",
                "int",
                "1",
                doc("threads", "how many threads share the work; the result does not depend on it"),
            )
        )
        return result

    # Functions.

    def checks(self, names: list[str], extra_full: list[str]) -> dict[str, Any]:
        """What both public functions check about their arguments."""
        buffers = [n for n in names if n in {name_of(b) for b in self.graph.buffers}]
        full = [*extra_full, *(n for n in names if n != self.data and n not in buffers and self.is_full(n))]
        lower = [n for n in names if n != self.data and n not in full]
        return {
            "data": self.data,
            "typed": [*extra_full, *(n for n in names if n not in buffers)],
            "buffers": [n for n in buffers if not self.is_mask(n)],
            "masks": [n for n in buffers if self.is_mask(n)],
            "weights": [n for n in buffers if self.is_weight(n)],
            "optional": self.axes_tuple([n for n in names if n in self.interface.optional]),
            "binding": self.arguments.binding(),
            "splitting": self.arguments.splitting(),
            "inner": self.arguments.inner,
            "full": full,
            "lower": [{"name": n, "axes": self.axes_tuple(self.shown(n))} for n in lower],
            "constants": [
                {
                    "name": str(c),
                    "check": "_check_positive" if c.is_positive else "_check_number",
                    "value": self.arguments.default(c)[2],
                }
                for c in self.graph.constants
            ],
            "inputs": [*extra_full, *names],
            "assumptions": self.assumption_words(),
            "conditions_before": before(self.conditions, names),
        }

    def assumption_words(self) -> list[str]:
        """What a docstring says of assumptions that are not checked."""
        words = " and ".join(unchecked(self.subject))
        told = f"It is assumed, not checked, that {words}; elsewhere results may be NaN or infinite."
        return paragraph(told, 4, 0) if words else []

    def errors(self, words: str, names: list[str], afterwards: str = "") -> list[str]:
        """What a ValueError says, the conditions that are checked included."""
        late = {c.words for c in after(self.conditions, names)}
        found = [c.words for c in self.conditions if c.given <= set(names)]
        told = "".join(f", or {w} does not hold{afterwards if w in late else ''}" for w in found)
        return list(doc("ValueError", words + told))

    def forward(self) -> dict[str, Any]:
        """The public forward function."""
        names = list(self.tensors)
        kernel = self.plan.forward
        output = name_of(self.graph.output)
        saves = not self.suffix
        call = self.call(kernel, [*kernel.arrays, *(g.name for g in kernel.givens)], ["result"])
        errors = "a shape, an axis, a number or out does not fit" + (
            ", or there are no elements" if kernel.reductions else ""
        )
        returns = f"{output}, in the shape and dtype of {self.data}"
        returns += ", and what `backward` needs of the forward pass" if saves else ""
        return {
            "kind": "forward",
            "name": f"forward{self.suffix}",
            "positional": [self.tensor_parameter(n) for n in names],
            "keyword": self.keyword_parameters(f"receives {output}; may be exactly {self.data}", saved=False),
            "summary": f"Compute {output}.",
            "formulas": [text.relation(e.target, e.value) for e in self.graph.equations],
            "returns": paragraph(returns + ".", 8, 0),
            "errors": self.errors(errors, names, " (out has been written to by then)"),
            "conditions_after": [c.statement for c in after(self.conditions, names)],
            "needs_elements": bool(kernel.reductions),
            "saves": saves,
            "saved": [r.name for r in self.plan.saved],
            "saved_numbers": self.saved_numbers(),
            "call": f"_forward{self.suffix}({call})",
            **self.checks(names, []),
        }

    def saved_numbers(self) -> list[dict[str, str]]:
        """The numbers that are saved beside the arrays."""
        if not self.plan.saved:
            return []
        numbers: list[dict[str, str]] = []
        over = self.counted_axes()
        if over:
            code_ = f"math.prod({self.arguments.inner}.shape({self.axes_tuple(over)}))"
            numbers.append(
                {
                    "name": "count",
                    "type": "int",
                    "code": code_,
                    "meaning": f"the number of elements along {', '.join(over)}",
                }
            )
        for constant in self.plan.statistics.constants if self.plan.statistics else ():
            numbers.append({"name": constant, "type": "float", "code": constant, "meaning": "as given"})
        return numbers

    def counted_axes(self) -> list[str]:
        """The axes that all statistics are taken over; none when they differ."""
        overs = {r.over for r in self.plan.statistics.reductions} if self.plan.statistics else set()
        if len(overs) != 1 or "count" in self.tensors:
            return []
        return [axis.name for axis, label in self.plan.classes if label in next(iter(overs))]

    def backward_names(self) -> list[str]:
        """The inputs and buffers that the backward function takes."""
        used = {self.data}
        for kernel in (self.plan.backward, self.plan.statistics):
            if kernel is not None:
                used |= {*kernel.arrays, *(g.name for g in kernel.givens if g.source != "saved")}
        return [n for n in self.tensors if n in used]

    def backward(self) -> dict[str, Any]:
        """The public backward function."""
        names, kernel, statistics = self.backward_names(), self.plan.backward, self.plan.statistics
        seed = name_of(self.subject.derivation.backward.grad_output)
        writes = ["result" if w == f"grad_{self.data}" else w for w in kernel.writes]
        used = [g.name for g in kernel.givens if g.source == "saved"]
        late = after(self.conditions, names) if used else []
        used += [r.name for r in self.plan.saved if r.name not in used and any(r.name in c.statistics for c in late)]
        recompute = ""
        if statistics is not None:
            arguments = [*statistics.arrays, *(g.name for g in statistics.givens)]
            saved_names = [r.name if r.name in used else "_" for r in self.plan.saved]
            recompute = f"_statistics({self.call(statistics, arguments, [])})"
        else:
            saved_names = []
        call = self.call(kernel, [*kernel.arrays, *(g.name for g in kernel.givens)], writes)
        seed_doc = doc(
            seed,
            f"the shape and dtype of {self.data}, any strides; the gradient of {name_of(self.graph.output)}",
        )
        gradients = self.gradient_fields(kernel)
        return {
            "kind": "backward",
            "name": f"backward{self.suffix}",
            "positional": [Parameter(seed, _ARRAY, "", seed_doc), *(self.tensor_parameter(n) for n in names)],
            "keyword": self.keyword_parameters(
                f"receives grad_input; may be exactly {seed} or {self.data}", saved=True
            ),
            "summary": f"Compute the gradients of `forward{self.suffix}` from grad_output.",
            "formulas": self.gradient_formulas(),
            "returns": paragraph(
                f"{', '.join(g['public'] for g in gradients)}, in the dtype of {self.data}{self.none_words(names)}. "
                "Without elements the smaller gradients are zero.",
                8,
                0,
            ),
            "errors": self.errors("a shape, an axis, a number, saved or out does not fit", names),
            "conditions_after": [c.statement for c in late],
            "saved": saved_names,
            "saved_axes": bool(self.plan.saved),
            "saved_numbers": self.saved_numbers(),
            "used": used,
            "recompute": recompute,
            "other_writes": [w for w in kernel.writes if w != f"grad_{self.data}"],
            "lower_results": [r.name for r in kernel.results],
            "gradients": gradients,
            "call": f"_backward{self.suffix}({call})",
            "dtypes": [] if self.suffix else ["float32", "float64"],
            **self.checks(names, [seed]),
        }

    def gradient_formulas(self) -> list[str]:
        """The closed forms, after the definitions of the names that they use."""
        used = {a for _, form in self.subject.closed_forms for a in atoms_of(form)}
        atoms = [d for d in self.subject.derivation.basis.definitions if d.target in used]
        lines = [text.relation(d.target, d.value) for d in atoms]
        return lines + [text.relation(sp.Symbol(self.public(n)), form) for n, form in self.subject.closed_forms]

    def none_words(self, names: list[str]) -> str:
        """Which gradients are None."""
        optional = [n for n in names if n in self.interface.optional]
        return "".join(f" ({self.public(n)} is None without {n})" for n in optional)

    def gradient_fields(self, kernel: Kernel) -> list[dict[str, Any]]:
        """The fields of the returned gradients, in the order of the inputs."""
        fields = []
        taken = self.backward_names()
        for tensor in self.graph.inputs:
            name = name_of(tensor)
            optional = name in self.interface.optional and name in taken
            if f"grad_{name}" in kernel.writes:
                holder = "(result if out is None else out)" if name == self.data else f"grad_{name}"
                empty = (
                    "result if out is None else out"
                    if name == self.data
                    else f"np.empty_like({self.data}, subok=False)"
                )
                fields.append(
                    {
                        "public": self.public(name),
                        "optional": False,
                        "code": holder.strip("()") if name == self.data else holder,
                        "empty": empty,
                    }
                )
                continue
            shape = f"bound.shape({self.axes_tuple(self.shown(name))})"
            empty = f"np.zeros({shape}, {self.data}.dtype)"
            value = f"grad_{name}.astype({self.data}.dtype)"
            if self.shown(name) != self.axes(name):
                value += f".reshape({shape})"
            if optional:
                empty, value = (f"None if {name} is None else {v}" for v in (empty, value))
            fields.append({"public": self.public(name), "optional": optional, "code": value, "empty": empty})
        return fields

    # Kernels.

    def call(self, kernel: Kernel, tensors: list[str], writes: list[str]) -> str:
        """The arguments of a kernel, where the public functions call it."""
        full = [self.arguments.whole(n) if n in kernel.arrays else n for n in tensors]
        written = [self.arguments.whole(n) for n in writes]
        own = [c for c in self.constants if c in kernel.constants]
        return ", ".join([self.arguments.inner, *full, *written, *own, "threads"])

    def kernel(self, kernel: Kernel) -> dict[str, Any]:
        """One private kernel function."""
        printer = KernelPrinter(self.plan, kernel)
        stages = printer.stages()
        full = [*kernel.arrays, *kernel.writes]
        parameters = [Parameter(n, _ARRAY) for n in kernel.arrays]
        givens = []
        for given in kernel.givens:
            if given.source == "saved":
                axes, annotation, neutral = self.statistic_axes(given.name), "_Float64", ""
            else:
                axes = self.axes(given.name)
                optional = given.name in self.interface.optional
                annotation = _ANY if given.source == "buffer" else _OPTIONAL if optional else _ARRAY
                neutral = f", {self.interface.optional[given.name]}" if optional else ""
            parameters.append(Parameter(given.name, annotation))
            spread = f'_spread(space, bound, {given.name}, {self.axes_tuple(axes)}, "{given.classes}"{neutral})'
            givens.append({"name": given.name, "classes": given.classes, "code": spread})
        parameters += [Parameter(w, _ARRAY) for w in kernel.writes]
        parameters += [Parameter(c, "float") for c in kernel.constants]
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
        results = [self.result(r) for r in kernel.results]
        final = printer.final()
        counts = sorted(printer.counts)
        name = "_statistics" if kernel.name == "statistics" else f"_{kernel.name}{self.suffix}"
        return {
            "function": name,
            "parameters": parameters,
            "returns": f"tuple[{', '.join('_Float64' for _ in results)}]" if results else "None",
            "doc": self.kerneldoc(kernel),
            "full": full,
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
            "casts": any(", first)" in line for stage in stages if isinstance(stage, Loop) for line in stage.before),
            "final": final,
            "results": results,
        }

    def result(self, result: Any) -> str:
        """A smaller result in its own shape."""
        axes = self.axes(result.of) if result.of in self.tensors else self.statistic_axes(result.name)
        values = result.value if result.across else f"all_{result.name}"
        return f'_result(space, bound, {values}, {self.axes_tuple(axes)}, "{result.classes}")'

    def kerneldoc(self, kernel: Kernel) -> list[str]:
        """How many passes there are and what each reads."""
        passes = []
        for sweep in kernel.sweeps:
            kind = "map pass" if sweep.writes else "reduce pass"
            sums = (
                f", {len(sweep.reductions)} sum{'s' if len(sweep.reductions) != 1 else ''}" if sweep.reductions else ""
            )
            passes.append(f"{kind} ({len(sweep.ops)} operation{'s' if len(sweep.ops) != 1 else ''} per element{sums})")
        return paragraph(
            f"Run {len(passes)} sweep{'s' if len(passes) != 1 else ''} over the data: {', then '.join(passes)}.", 8, 0
        )
