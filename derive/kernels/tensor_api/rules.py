"""How derivatives are made of kernels: what the templates of a library's rules for differentiation are filled with."""

from __future__ import annotations

from typing import Any

from derive.errors import EmitError
from derive.kernels.tensor_api.module import TensorContext
from derive.language import indices, name_of


def rules(context: TensorContext) -> dict[str, Any]:
    """How derivatives are made of the kernels."""
    forward, backward, statistics = context.plan.forward, context.plan.backward, context.plan.statistics
    seed = name_of(context.subject.derivation.backward.grad_output)
    taking = [k for k in (backward, context.jvp, context.double, statistics) if k is not None]
    used = {n for k in taking for n in (*k.arrays, *(g.name for g in k.givens))}
    kept = [n for n in context.tensors if n in used]
    gradients, second = context.returned(backward), context.returned(context.double)
    unknown = [n for n in second if n not in {"grad_grad_output", *(f"grad_{i}" for i in context.inputs)}]
    if unknown:
        raise EmitError(f"layer {context.plan.layer!r}: nothing takes the second derivative {unknown[0]!r}")
    cotangents = {n: f"cotangent_grad_{'input' if n == context.data else n}" for n in context.inputs}
    labels = dict(context.plan.classes)
    return {
        "name": _camel(f"forward{context.suffix}"),
        "back": _camel(f"backward{context.suffix}"),
        "suffix": context.suffix,
        "data": context.data,
        "output": name_of(context.graph.output),
        "seed": seed,
        "inputs": [
            {
                "name": n,
                "kept": n in kept,
                "full": context.is_full(n),
                "classes": "".join(dict.fromkeys(labels[a] for a in indices(context.tensors[n]))),
                "tangent": f"tangent_{n}",
                "cotangent": cotangents[n],
                "gradient": f"grad_{n}",
                "has_gradient": f"grad_{n}" in gradients,
            }
            for n in context.inputs
        ],
        "tensors": list(context.tensors),
        "settings": [*context.constants, "at"],
        "statistics": context.statistics,
        "kept": kept,
        "forward": context.call(forward),
        "backward": context.call(backward),
        "again": context.call(statistics) if statistics is not None else "",
        "jvp": context.call(context.jvp),
        "double": context.call(context.double),
        "along": context.call(backward, **{seed: f"tangent_{seed}"}),
        "curved": context.call(context.double, **{cotangents[n]: f"tangent_{n}" for n in context.inputs}),
        "tangents": [f"tangent_{n}" if n in context.inputs else "_" for n in context.tensors],
        "kept_tangents": [f"tangent_{n}" if n in context.inputs else "_" for n in kept],
        "gradients": gradients,
        "first": [f"grad_{n}" if f"grad_{n}" in gradients else "None" for n in context.tensors],
        "cotangents": [cotangents[g.removeprefix("grad_")] for g in gradients],
        "second": second,
        "second_of": [
            gradient if gradient in second else "None"
            for gradient in ("grad_grad_output", *(f"grad_{n}" for n in kept))
        ],
        "along_names": [f"along_{g}" for g in gradients],
        "curved_names": [f"curved_{g}" if g in gradients else "_" for g in second],
        "sums": [f"along_{g} + curved_{g}" if g in second else f"along_{g}" for g in gradients],
    }


def _camel(words: str) -> str:
    return "".join(word.title() for word in words.split("_"))
