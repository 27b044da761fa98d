"""In which ways the small form of a kernel takes the smaller tensors that it is given."""

from __future__ import annotations

from collections.abc import Set

import sympy as sp

from derive.kernels.statements import Apply, Formula, Name, WholeKernel, names_in


def kinds_of(kernel: WholeKernel, given: Set[str], pivots: Set[str]) -> dict[str, str]:
    """The methods of a room that take them, by name, where it is not the usual one.

    `as_given` takes what is read to be rounded, and to see what is lost, and for nothing else; `low` what others have
    beyond their own digits.
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
    return dict.fromkeys(sorted(rounded), "as_given") | dict.fromkeys(sorted(low & given - read), "low")
