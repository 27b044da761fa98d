"""The public functions for derivatives along directions: `jvp` and `double_backward`."""

from __future__ import annotations

from typing import Any

from derive.kernels.plan import Kernel
from derive.kernels.python_api.arguments import Parameter, doc
from derive.kernels.python_api.kernels import ARRAY, OPTIONAL
from derive.kernels.python_api.layout import paragraph
from derive.kernels.python_api.module import ModuleContext
from derive.language import name_of
from derive.proofs.second_order import Directional


class DirectionalFunctions:
    """The two functions of one layer.

    Args:
        context: the layer as its module sees it; its plan must have both kernels.
    """

    def __init__(self, context: ModuleContext) -> None:
        self.context = context
        second = context.subject.second
        assert second is not None
        self.second = second

    def functions(self) -> list[dict[str, Any]]:
        """What the template of each function is filled with."""
        plan = self.context.plan
        assert plan.jvp is not None and plan.double_backward is not None
        return [self._jvp(plan.jvp), self._double_backward(plan.double_backward)]

    def _jvp(self, kernel: Kernel) -> dict[str, Any]:
        context, part = self.context, self.second.jvp
        output, data = name_of(context.graph.output), context.data
        direction = name_of(part.directions[0][1])
        return {
            "kind": "jvp",
            "name": f"jvp{context.suffix}",
            "summary": f"Compute the derivative of {output} along directions in the inputs, its tangent.",
            "keyword": [
                *self._directions(part, "the direction in {}"),
                *context.keyword_parameters(f"receives the tangent; may be exactly {data} or {direction}", saved=True),
            ],
            "returns": paragraph(f"The tangent of {output}, in the shape and dtype of {data}.", 8, 0),
            "errors": self._errors("a shape, an axis, a number, saved or out does not fit", kernel),
            **self._common(kernel, part, [], ["result"]),
        }

    def _double_backward(self, kernel: Kernel) -> dict[str, Any]:
        context, part = self.context, self.second.double_backward
        seed = name_of(context.subject.derivation.backward.grad_output)
        words = f"the shape and dtype of {context.data}, any strides; as given to `backward{context.suffix}`"
        fields = self.fields()
        return {
            "kind": "double_backward",
            "name": f"double_backward{context.suffix}",
            "summary": f"Compute the gradients of what `backward{context.suffix}` computes, from the cotangents of its "
            "results.",
            "keyword": [
                *self._directions(part, "the cotangent of the gradient of {}"),
                *context.keyword_parameters(None, saved=True),
            ],
            "returns": paragraph(
                f"{', '.join(f['name'] for f in fields)}, in the dtype of {context.data}"
                f"{f' ({self.notes()})' if self.notes() else ''}: the gradients of the sum of the products of the "
                f"results of `backward{context.suffix}` and their cotangents.",
                8,
                0,
            ),
            "errors": self._errors("a shape, an axis, a number or saved does not fit", kernel),
            "fields": fields,
            "writes": list(kernel.writes),
            "results": [r.name for r in kernel.results],
            **self._common(kernel, part, [Parameter(seed, ARRAY, "", doc(seed, words))], list(kernel.writes)),
        }

    def _common(self, kernel: Kernel, part: Directional, leading: list[Parameter], writes: list[str]) -> dict[str, Any]:
        context = self.context
        names = context.names_for(kernel)
        directions = [name_of(direction) for _, direction in part.directions]
        data_direction = directions[0]
        call = context.call(kernel, [*kernel.arrays, *(g.name for g in kernel.givens)], writes)
        forms = [*part.closed_forms]
        return {
            "positional": [*leading, *(context.tensor_parameter(n) for n in names)],
            "formulas": context.formulas(part.derivation, forms),
            "filled": [n for n in directions if context.is_full(n)],
            "data_direction": data_direction,
            "pairs": [
                (name_of(direction), name_of(tensor))
                for tensor, direction in part.directions
                if name_of(tensor) in names and name_of(tensor) in context.interface.optional
            ],
            "call": f"_{kernel.name}{context.suffix}({call})",
            **context.restoring(kernel, names),
            **context.checks(names, [p.name for p in leading], directions),
        }

    def _errors(self, words: str, kernel: Kernel) -> list[str]:
        return self.context.errors(words, self.context.names_for(kernel))

    def _directions(self, part: Directional, meaning: str) -> list[Parameter]:
        """One parameter for each input: None means zero."""
        context, found = self.context, []
        for tensor, direction in part.directions:
            name = name_of(tensor)
            shape = (
                f"the shape and dtype of {context.data}, any strides"
                if context.is_full(name)
                else (f"shape {context.axis_words(context.shown(name))}, the dtype of {context.data}")
            )
            words = f"{shape}; None means zero; {meaning.format(name)}"
            found.append(Parameter(name_of(direction), OPTIONAL, "None", doc(name_of(direction), words)))
        return found

    def fields(self) -> list[dict[str, Any]]:
        """What `double_backward` returns, in its order; a gradient that is identically zero is returned as zeros."""
        context, part, kernel = self.context, self.second.double_backward, self.context.plan.double_backward
        assert kernel is not None
        first = part.closed_forms[0][0]
        fields = [{"name": first, "optional": False, "zero": False, "code": first, "empty": _empty(context.data)}]
        taken = context.names_for(kernel)
        for tensor, _ in part.directions:
            name, field = name_of(tensor), f"grad_{name_of(tensor)}"
            zero, optional = tensor in part.vanishing, name in context.interface.optional and name in taken
            if context.is_full(name):
                empty = _empty(context.data)
                code = f"np.zeros_like({context.data}, subok=False)" if zero else field
            else:
                shape = f"bound.shape({context.axes_tuple(context.shown(name))})"
                empty = f"np.zeros({shape}, {context.data}.dtype)"
                code = empty if zero else field
                if not zero and context.shown(name) != context.axes(name):
                    code += f".reshape({shape})"
            if optional:
                code, empty = (f"None if {name} is None else {value}" for value in (code, empty))
            fields.append({"name": field, "optional": optional, "zero": zero, "code": code, "empty": empty})
        return fields

    def notes(self) -> str:
        """What is particular about some of the results, in words."""
        fields = self.fields()
        notes = [f"{f['name']} is None without {f['name'].removeprefix('grad_')}" for f in fields if f["optional"]]
        return "; ".join(notes + [f"{f['name']} is always zero" for f in fields if f["zero"]])


def _empty(data: str) -> str:
    return f"np.empty_like({data}, subok=False)"
