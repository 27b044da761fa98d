"""From a derivation to its plan: which sums are taken in which sweep, what is hoisted, what each sweep evaluates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy as sp

from derive.errors import PlanError
from derive.kernels.backward import BackwardBuilder
from derive.kernels.forward import ForwardBuilder
from derive.kernels.plan import Kernel, Plan, Result
from derive.language import Axis, Size, atoms_of, indices, is_indicator, name_of
from derive.proofs.derivation import Derivation
from derive.proofs.second_order import Directional, SecondOrder, leading


def plan(derivation: Derivation, second: SecondOrder | None = None) -> Plan:
    """The plan for one layer: its statistics, its forward and its backward kernel, and those of second derivatives."""
    _check_axes(derivation)
    parts = second.parts if second is not None else ()
    classes = axis_classes((derivation, *(part.derivation for part in parts)))
    statistics = ForwardBuilder(derivation, classes, "statistics")
    statistics.take_statistics()
    saved = statistics.saved()
    forward = ForwardBuilder(derivation, classes, "forward")
    forward.take_statistics()
    forward.output()
    backward = BackwardBuilder(derivation, classes, "backward")
    backward.take_givens(saved)
    backward.gradients()
    outer = backward.outer
    made = Plan(
        derivation.name,
        derivation.graph.axes,
        classes,
        statistics.kernel((), saved) if saved else None,
        forward.kernel((name_of(derivation.graph.output),), saved),
        backward.kernel(backward.written, backward.results, outer),
        *(
            _directional(name, part, classes, saved)
            for name, part in zip(("jvp", "double_backward"), parts, strict=False)
        ),
    )
    if any(is_indicator(b) for b in derivation.graph.buffers):
        for kernel in made.kernels:
            _check_hidden(made, kernel)
    return made


def _directional(
    name: str, part: Directional, classes: tuple[tuple[Axis, str], ...], saved: tuple[Result, ...]
) -> Kernel:
    """The kernel that computes the results of a derivation along directions."""
    derivation = part.derivation
    builder = BackwardBuilder(derivation, classes, name, part.along)
    builder.take_givens(saved)
    results = [result for result, _ in part.closed_forms]
    wanted = {results[0]: (derivation.graph.output, derivation.graph.output)}
    wanted |= {f"grad_{name_of(a.of)}": (a.of, a.symbol) for a in derivation.backward.gradients}
    builder.take(
        {result: wanted[result] for result in results},
        leading(derivation, part.directions),
        part.along,
    )
    return builder.kernel(builder.written, builder.results, builder.outer)


def _check_hidden(plan: Plan, kernel: Kernel) -> None:
    """That nothing is summed or written before a selection: what stands where a mask is zero is never looked at."""
    for sweep in kernel.sweeps:
        seen: set[str] = set()
        for op in sweep.ops:
            raw = any(ref.kind == "array" or (ref.kind == "local" and ref.name in seen) for ref in op.args)
            if raw and op.function != "select":
                seen.add(op.result)
        used = [w.value for w in sweep.writes] + [r for red in sweep.reductions for r in (red.left, red.right) if r]
        for ref in used:
            if ref.kind == "array" or ref.name in seen:
                raise PlanError(
                    f"layer {plan.layer!r}: its {kernel.name} kernel looks at data where the mask is "
                    f"zero, in {ref.name!r}; multiply the data by the mask wherever it enters a sum or the output"
                )


def _check_axes(derivation: Derivation) -> None:
    graph = derivation.graph
    first = graph.inputs[0]
    if set(indices(first)) != set(graph.axes):
        missing = ", ".join(a.name for a in graph.axes if a not in indices(first))
        raise PlanError(f"layer {graph.name!r}: the first input, {first}, must have all axes; it lacks {missing}")
    if set(indices(graph.output)) != set(graph.axes):
        missing = ", ".join(a.name for a in graph.axes if a not in indices(graph.output))
        raise PlanError(f"layer {graph.name!r}: the output, {graph.output}, must have all axes; it lacks {missing}")
    for tensor in (*graph.inputs, *graph.buffers):
        if list(indices(tensor)) != [axis for axis in graph.axes if axis in indices(tensor)]:
            order = ", ".join(axis.name for axis in graph.axes)
            raise PlanError(
                f"layer {graph.name!r}: the axes of {tensor} are not in the order of the layer's axes, {order}"
            )


def _counted(expr: sp.Basic) -> Iterator[set[Size]]:
    """The sizes that are multiplied together, wherever there are some."""
    product = expr.args if isinstance(expr, sp.Mul) else (expr,)
    bases = {arg: arg.base if isinstance(arg, sp.Pow) else arg for arg in product}
    if group := {base for base in bases.values() if isinstance(base, Size)}:
        yield group
    for arg, base in bases.items():
        if not isinstance(base, Size):
            for inner in (arg,) if arg is not expr else arg.args:
                yield from _counted(inner)


def axis_classes(derivations: Sequence[Derivation]) -> tuple[tuple[Axis, str], ...]:
    """A one-letter label for each axis; axes that no tensor, no sum and no count tells apart share theirs."""
    equations = [equation for derivation in derivations for equation in derivation.equations]
    sets = [set(indices(t)) for e in equations for t in (e.target, *atoms_of(e.value))] + [
        set(e.over) for e in equations
    ]
    first = derivations[0]
    sizes = {axis.size: axis for axis in first.graph.axes}
    written = [part for e in first.graph.equations for part in (e.factor, e.summand)]
    sets += [{sizes[size] for size in group} for part in written for group in _counted(part)]
    labels: dict[tuple[bool, ...], str] = {}
    result = []
    for axis in first.graph.axes:
        signature = tuple(axis in s for s in sets)
        if signature not in labels:
            letters = axis.name.lower() + "abcdefghijklmnopqrstuvwxyz"
            labels[signature] = next(x for x in letters if x.isalpha() and x not in labels.values())
        result.append((axis, labels[signature]))
    return tuple(result)
