"""Prints each kernel of the plan as a listing: the whole of what a target has to be."""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import EmitError
from derive.kernels.operations import OPERATIONS
from derive.kernels.plan import ExactSum, Kernel, Remainder, Scalar, Scalars, Sweep
from derive.kernels.subject import Emission

EXTENSION = ".txt"
HEADER = "Do not edit: this file is generated. Regenerate it with: regenerate-kernels"


def emit(emission: Emission) -> str:
    """The main file: the kernels of every part, one line per operation."""
    lines = [f"{HEADER} {emission.source}", f"digest {emission.digest}"]
    for subject in emission.subjects:
        for kernel in (subject.plan.forward, subject.plan.backward):
            lines += [f"{kernel.name}{subject.suffix}", *(f"  {line}" for line in _kernel(kernel))]
    return "\n".join(lines) + "\n"


def companions(emission: Emission) -> dict[str, str]:
    """A second file: how many operations there are."""
    kernels = [k for s in emission.subjects for k in (s.plan.forward, s.plan.backward)]
    number = sum(len(sweep.ops) for kernel in kernels for sweep in kernel.sweeps)
    return {f"{emission.name}.count": f"{HEADER} {emission.source}\n{number} operations\n"}


def shared() -> dict[str, str]:
    """What the operations are."""
    return {"operations.txt": f"{HEADER}\n" + "".join(f"{name}: {count} operands\n" for name, count in _operations())}


def _operations() -> list[tuple[str, int]]:
    return sorted(OPERATIONS.items())


def _kernel(kernel: Kernel) -> Iterator[str]:
    for stage in kernel.stages:
        if isinstance(stage, Sweep):
            for op in stage.ops:
                if op.function not in OPERATIONS:
                    raise EmitError(f"the listing target cannot print the operation {op.function!r}")
                yield f"{op.result} = {op.function}({', '.join(arg.name for arg in op.args)})"
            yield from (f"{r.name} = sum over {r.over}" for r in stage.reductions)
            yield from (f"write {w.output} = {w.value.name}" for w in stage.writes)
        else:
            yield from (_scalar(item) for item in stage.items)
    yield from (_scalar(item) for item in Scalars(kernel.final).items)


def _scalar(item: Scalar | ExactSum | Remainder) -> str:
    if isinstance(item, ExactSum):
        return f"{item.high}, {item.low} = {item.a} + {item.b}"
    if isinstance(item, Remainder):
        return f"{item.name} = ({item.of} - {item.pivot}) + {item.low or 0}"
    return f"{item.name} = a scalar"
