"""The form of a kernel for tiny arrays: as that for small ones, of data that are centred first.

There every call of NumPy takes as long as any other, however few elements it has; so that form is the best which has
the fewest calls.
"""

from __future__ import annotations

from derive.kernels.plan import Kernel, Plan
from derive.kernels.statements import Apply, Name, Reduce, Statement, bare
from derive.kernels.targets.numpy.centred import Centred, centred
from derive.kernels.targets.numpy.small import SmallForm, SmallPrinter, small_form


def tiny_form(plan: Plan, kernel: Kernel) -> SmallForm | None:
    """The form for tiny arrays of one kernel; None where it would be that for small ones."""
    if small_form(plan, kernel) is None:
        return None
    usual = SmallPrinter(plan, kernel)
    found = centred(plan, usual.original, usual.pivots)
    return None if found is None else _TinyPrinter(plan, kernel, found).form()


class _TinyPrinter(SmallPrinter):
    lost = False  # no sum exceeds the range of what has more digits
    works_in_outputs = False

    def __init__(self, plan: Plan, kernel: Kernel, found: Centred) -> None:
        self.centred = found
        self.averaged = False
        super().__init__(plan, kernel, found.kernel)
        self.compared = found.compared

    def _statement(self, statement: Statement) -> None:
        name = statement.names[0]
        match statement.value:
            case Apply("subtract", (array, pivot)) if name in self.centred.near:
                self._made(name, f"room.beyond({self._element(bare(array))}, {self._small(bare(pivot))})")
            case Apply("subtract", (Name(near), rest)) if near in self.centred.near:
                self._made(name, f"room.centred({near}, {self._small(rest)})")
                self.unread[near] -= 1
                self.owned.discard(near)
            case _:
                self.averaged = name in self.centred.means
                super()._statement(statement)

    def _made(self, name: str, text: str) -> None:
        """Note a value of the size of the data."""
        self.lines.append(f"{name} = {text}")
        self.elements.add(name)
        self.full.add(name)
        self.owned.add(name)

    def _total(self, left: str, right: str, value: Reduce) -> str:
        if not self.averaged:
            return super()._total(left, right, value)
        return f'room.mean({left}, {right}, "{value.over}")'
