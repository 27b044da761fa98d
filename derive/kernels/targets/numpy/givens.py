"""In which ways the small form of a kernel takes the smaller tensors that it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set

import sympy as sp

from derive.kernels.statements import Apply, Formula, Name, WholeKernel, names_in
from derive.kernels.targets.numpy.products import Step


def kinds_of(
    kernel: WholeKernel, given: Set[str], pivots: Set[str], steps: Iterable[Step], elements: Set[str]
) -> dict[str, str]:
    """The methods of a room that take them, by name, where it is not the usual one.

    `as_given` takes what is read to be rounded, and to see what is lost, or once beside a value that has all digits,
    and for nothing else; `low` what others have beyond their own digits. `steps` are the formulas as they are printed,
    `elements` the values of the size of the data, beside which coefficients are rounded.
    """
    rounded, low = set(given), set[str]()
    read = {name for _, value in kernel.returns for name in names_in(value)}
    rounded -= read
    for statement in kernel.statements:
        match statement.value:
            case Formula(sp.Symbol()) if statement.names[0] in pivots:
                read |= set(names_in(statement.value))
            case Apply("add", (Apply("subtract", (Name(text), Name(pivot))), beyond)) if pivot in pivots:
                read.add(text)
                rounded -= set(names_in(beyond))
                if isinstance(beyond, Name):
                    low.add(beyond.text)
                else:
                    read |= set(names_in(beyond))
            case value:
                read |= set(names_in(value))
                rounded -= set(names_in(value))
    low &= given - read
    rounded |= _met_once(kernel, given, steps, elements) - low
    return dict.fromkeys(sorted(rounded), "as_given") | dict.fromkeys(sorted(low), "low")


def _met_once(kernel: WholeKernel, given: Set[str], steps: Iterable[Step], elements: Set[str]) -> set[str]:
    """The given tensors that formulas read at most once, by an operation with a value that is computed: it takes less
    time to convert them there than before."""
    exprs = [expr for step in steps for expr in (*(product for _, product in step.products), step.expr)]
    taken: dict[sp.Basic, str] = {sp.Symbol(f"all_{name}"): name for name in given}
    reads = Counter(s for expr in exprs for s in expr.free_symbols if s in taken)
    others = {name for _, value in kernel.returns for name in names_in(value)}
    beside = set[str]()
    for s in kernel.statements:
        if not isinstance(s.value, Formula):
            apart = isinstance(s.value, Apply) and s.names[0] in elements
            (beside if apart else others).update(names_in(s.value))
    found = {name for name in beside & given - others if not reads[sp.Symbol(f"all_{name}")]}
    for expr in exprs:
        own = [s for s in expr.args if s in taken and reads[s] == 1 and taken[s] not in others]
        rest = [arg.free_symbols for arg in expr.args if arg not in own]
        if expr.func in (sp.Add, sp.Mul) and len(own) == 1 and all(some - taken.keys() for some in rest):
            found.add(taken[own[0]])
    return found
