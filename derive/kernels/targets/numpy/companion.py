"""The test file beside an emitted module: its equations in plain NumPy, and how its functions are called."""

from __future__ import annotations

from typing import Any, cast

import sympy as sp

from derive.formula import Notation
from derive.formula.printers import Text
from derive.graph import Equation
from derive.interface import AxisArgument
from derive.kernels.builder import named
from derive.kernels.python_api.layout import paragraph, wrap_source
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.kernels.targets.numpy.kernels import KernelContext
from derive.language import Axis, indices, name_of

# What NumPy does not have, or not for complex numbers.
_OWN = ("sigmoid", "erf", "erf_slope")


class _Plain(Text):
    """Formulas as a reader would type them for NumPy."""

    def call(self, function: str, argument: str) -> str:
        return f"_{function}({argument})" if function in _OWN else super().call(function, argument)


_plain = Notation(printer=_Plain("np."))


def companions(emission: Emission) -> dict[str, str]:
    """The test file by its name."""
    forms = [_form(KernelContext(subject)) for subject in emission.subjects]
    again = f"Do not edit: this file is generated. Regenerate it with: regenerate-kernels {emission.source}"
    source = "\n".join(line for form in forms for line in form["reference"])
    return {
        f"test_{emission.name}.py": wrap_source(
            render(
                "numpy/test.py.j2",
                name=emission.name,
                warning="\n".join(paragraph(again, hanging=0)),
                digest=emission.digest,
                forms=forms,
                functions=[name for name in _OWN if f"_{name}(" in source],
            )
        )
    }


def _form(context: KernelContext) -> dict[str, Any]:
    """One pair of functions: the reference and what it takes to call them."""
    graph, interface = context.graph, context.interface
    tensors = {name_of(t): t for t in (*graph.inputs, *graph.buffers)}
    return {
        "suffix": context.suffix,
        "axes": [axis.name for axis in graph.axes],
        "tensors": [(name, [axis.name for axis in indices(t)]) for name, t in tensors.items()],
        "kinds": {name: _kind(context, name) for name in map(name_of, graph.buffers)},
        "needed": context.backward_names(),
        "optional": dict(interface.optional),
        "constants": [(str(c), 0.125 + 0.25 * k) for k, c in enumerate(graph.constants)],
        "gradients": [(name_of(t), context.public(name_of(t))) for t in graph.inputs],
        "saves": not context.suffix,
        "statistics": bool(context.plan.saved),
        "reference": _statements(context),
        "names": [*tensors, *map(str, graph.constants)],
        "output": name_of(graph.output),
        "checked": [c.words for c in context.conditions],
        **_call(context),
    }


def _kind(context: KernelContext, name: str) -> str:
    return "mask" if context.is_mask(name) else "weights" if context.is_weight(name) else "buffer"


def _statements(context: KernelContext) -> list[str]:
    """The body of the reference: sizes that are used, the equations, the conditions."""
    graph = context.graph
    lines = [*_equations(graph.axes, graph.equations), *_conditions(context)]
    used = [(k, axis.name) for k, axis in enumerate(graph.axes, 1) if any(f"N_{axis.name}" in line for line in lines)]
    data = name_of(graph.inputs[0])
    return [*(f"N_{name} = {data}.shape[{k}]" for k, name in used), *lines]


def _equations(axes: tuple[Axis, ...], equations: tuple[Equation, ...]) -> list[str]:
    """The equations, statement by statement; the first dimension of every array holds copies."""
    lines = []
    for equation in equations:
        value = _plain(named(equation.summand))
        if equation.over:
            dims = [axes.index(axis) + 1 for axis in equation.over]
            how = "np.max" if equation.stabilizer else "np.sum"
            shown = f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(map(str, dims))})"
            total = sp.Symbol(f"{how}({value}, axis={shown}, keepdims=True)")
            value = _plain(named(cast(sp.Expr, equation.factor * total)))
        lines.append(f"{equation.name} = {value}")
    return lines


def _conditions(context: KernelContext) -> list[str]:
    """What must be positive, as a tuple; what must differ from zero, by its size."""
    found = []
    for condition in context.subject.domain.assumptions:
        code = _plain(named(condition.expr))
        found.append(f"np.abs({code})" if condition.nonzero else code)
    return [f"_needed = ({', '.join(found)}{',' if len(found) == 1 else ''})"]


def _call(context: KernelContext) -> dict[str, Any]:
    """The arguments that say which dimension is which, for data in the declared order, and for one that is moved."""
    interface, order = context.interface, context.arguments.shown(context.graph.axes)
    arguments: list[tuple[str, str]] = []
    moved = ""
    merged = -1
    if interface.split is not None:
        arguments.append((interface.split.argument, f'sizes["{interface.split.axes[0]}"]'))
        merged = order.index(interface.split.dimension)
    if isinstance(interface.axis, AxisArgument):
        place = order.index(interface.axis.axis)
        arguments.append((interface.axis.name, str(place)))
        moved = interface.axis.name
    else:
        place = -1
    return {"arguments": arguments, "moved": moved, "place": place, "merged": merged}
