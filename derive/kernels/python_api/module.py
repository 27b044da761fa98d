"""What the templates of an emitted Python module are filled with: its functions and their documentation."""

from __future__ import annotations

from typing import Any

from derive.formula import text
from derive.kernels.plan import Kernel
from derive.kernels.python_api.arguments import Parameter, doc
from derive.kernels.python_api.conditions import after, before, checked, unchecked
from derive.kernels.python_api.kernels import ARRAY, OPTIONAL, KernelFunctions
from derive.kernels.python_api.layout import paragraph
from derive.kernels.python_api.names import check_names
from derive.kernels.python_api.source import functions_of, plain_code
from derive.kernels.subject import Subject
from derive.language import Constant, name_of


class ModuleContext(KernelFunctions):
    """Everything the templates need for one layer."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        check_names(self.plan)
        self.conditions = checked(subject, self.arguments.inner, plain_code)

    def plain_functions(self) -> set[str]:
        """The functions that the conditions which are checked need, as `functions_of` names them."""
        return functions_of(condition.value for condition in self.subject.domain.assumptions)

    # Parameters.

    def keyword_parameters(self, out_doc: str | None, *, saved: bool) -> list[Parameter]:
        """saved, constants, axes, out (where there is something to say about it) and threads."""
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
        if out_doc is not None:
            result.append(Parameter("out", OPTIONAL, "None", doc("out", out_doc)))
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

    def checks(self, names: list[str], extra_full: list[str], directions: list[str]) -> dict[str, Any]:
        """What all public functions check about their arguments; directions may be None."""
        buffers = [n for n in names if n in {name_of(b) for b in self.graph.buffers}]
        given = [*names, *directions]
        full = [*extra_full, *(n for n in given if n != self.data and n not in buffers and self.is_full(n))]
        lower = [n for n in given if n != self.data and n not in full]
        optional = [n for n in given if n in self.interface.optional or n in directions]
        kinds = [_kind(n, optional=n in optional) for n in [*extra_full, *given]]
        return {
            "data": self.data,
            "typed": [*extra_full, *(n for n in given if n not in buffers)],
            "buffers": [n for n in buffers if not self.is_mask(n)],
            "masks": [n for n in buffers if self.is_mask(n)],
            "weights": [n for n in buffers if self.is_weight(n)],
            "optional": self.axes_tuple(optional),
            "silence": self.silence() if self.calculates() else "",
            "known_by": [*kinds, *self.arguments.known_by(), *(_number(n) for n in self.remembered())],
            "remembered": [*self.arguments.bindings(), *self.remembered()],
            "binding": self.arguments.binding(),
            "splitting": self.arguments.splitting(),
            "inner": self.arguments.inner,
            "full": full,
            "lower": [{"name": n, "axes": self.axes_tuple(self.shown(n))} for n in lower],
            "constants": [self._constant(c) for c in self.graph.constants if str(c) in self.remembered()],
            "other_constants": [self._constant(c) for c in self.graph.constants if str(c) not in self.remembered()],
            "inputs": [*extra_full, *given],
            "assumptions": self.assumption_words(),
            "conditions_before": before(self.conditions, names),
        }

    def remembered(self) -> list[str]:
        """The numbers that need no look when they are the same as before; of others, 0.0 and -0.0 are not the same."""
        return [*(str(c) for c in self.graph.constants if c.is_positive), "threads"]

    def _constant(self, constant: Constant) -> dict[str, str]:
        """A constant, and how it is checked."""
        check = "_check_positive" if constant.is_positive else "_check_number"
        return {"name": str(constant), "check": check, "value": self.arguments.default(constant)[2]}

    def calculates(self) -> bool:
        """Whether the public functions do arithmetic with arrays, of which NumPy would warn."""
        return True

    def silence(self) -> str:
        """What keeps NumPy from warning of it: `errstate`, or a `setting` of the module, which takes less time."""
        return "errstate"

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
            "saved_axes": False,
            "saved": [r.name for r in self.plan.saved],
            "saved_numbers": self.saved_numbers(),
            "call": f"_forward{self.suffix}({call})",
            **self.checks(names, [], []),
        }

    def saved_numbers(self) -> list[dict[str, str]]:
        """The numbers that are saved beside the arrays."""
        if not self.plan.saved:
            return []
        numbers: list[dict[str, str]] = []
        over = self.counted_axes()
        if over:
            code_ = f"{self.arguments.inner}.size({self.axes_tuple(over)})"
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

    def backward(self) -> dict[str, Any]:
        """The public backward function."""
        names, kernel = self.backward_names(), self.plan.backward
        seed = name_of(self.subject.derivation.backward.grad_output)
        writes = ["result" if w == f"grad_{self.data}" else w for w in kernel.writes]
        call = self.call(kernel, [*kernel.arrays, *(g.name for g in kernel.givens)], writes)
        seed_doc = doc(
            seed,
            f"the shape and dtype of {self.data}, any strides; the gradient of {name_of(self.graph.output)}",
        )
        gradients = self.gradient_fields(kernel)
        return {
            "kind": "backward",
            "name": f"backward{self.suffix}",
            "positional": [Parameter(seed, ARRAY, "", seed_doc), *(self.tensor_parameter(n) for n in names)],
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
            **self.restoring(kernel, names),
            "other_writes": [w for w in kernel.writes if w != f"grad_{self.data}"],
            "lower_results": [r.name for r in kernel.results],
            "gradients": gradients,
            "call": f"_backward{self.suffix}({call})",
            "dtypes": [] if self.suffix else ["float32", "float64"],
            **self.checks(names, [seed], []),
        }

    def restoring(self, kernel: Kernel, names: list[str]) -> dict[str, Any]:
        """How a function gets the statistics that its kernel starts from, as saved or anew, and checks them."""
        statistics = self.plan.statistics
        used = [g.name for g in kernel.givens if g.source == "saved"]
        late = after(self.conditions, names) if used else []
        used += [r.name for r in self.plan.saved if r.name not in used and any(r.name in c.statistics for c in late)]
        held, again = list[str](), ""
        if statistics is not None:
            arguments = [*statistics.arrays, *(g.name for g in statistics.givens)]
            held = [r.name if r.name in used else "_" for r in self.plan.saved]
            again = f"_statistics({self.call(statistics, arguments, [])})"
        return {
            "saved": held,
            "saved_axes": bool(self.plan.saved),
            "saved_numbers": self.saved_numbers(),
            "used": used,
            "conditions_after": [c.statement for c in late],
            "recompute": again,
        }

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
            value = f"grad_{name}"
            if self.shown(name) != self.axes(name):
                value += f".reshape({shape})"
            if optional:
                empty, value = (f"None if {name} is None else {v}" for v in (empty, value))
            fields.append({"public": self.public(name), "optional": optional, "code": value, "empty": empty})
        return fields


def _kind(array: str, *, optional: bool = False) -> str:
    """Expressions of all that is checked about an array beside its values."""
    kind = f"type({array}), {array}.dtype, {array}.shape"
    return f"None if {array} is None else ({kind})" if optional else kind


def _number(name: str) -> str:
    """Expressions of what is checked about a number: 1.0 and True equal 1, but are refused."""
    return f"type({name}), {name}"
