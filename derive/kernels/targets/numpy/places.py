"""Where the results of a sweep's operations lie: in blocks of working memory, or already where the output goes.

An array that nobody else reads is as good a place as a block, and one that has to be brought into the caches anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.kernels.plan import Op, Reduction, Write


class Places:
    """Gives every operation of one sweep a place for its result.

    Args:
        steps: the operations, sums and writes in order.
        uses: for each local the last step that reads it.
        writes: what the sweep writes.
        held: locals that lie in blocks before the sweep begins.
        left: what stays for the next sweep, with the places for it: nothing is written over that.
    """

    def __init__(
        self,
        steps: Sequence[Op | Reduction | Write],
        uses: Mapping[str, int],
        writes: Sequence[Write],
        held: Iterable[str] = (),
        left: Mapping[str, str] | None = None,
    ) -> None:
        self._uses = uses
        self._writes = writes
        self._left = dict(left or {})
        self._blocks = set(held)
        self._inside: dict[str, str] = {}  # the locals that lie where an output goes
        makers = {step.result: number for number, step in enumerate(steps) if isinstance(step, Op)}
        self._ends = {w.output: self._end(w, makers.get(w.value.name), len(steps)) for w in writes}
        #: The outputs that serve as working memory, and the locals that have a block made for them.
        self.outputs: set[str] = set()
        self.made: set[str] = set()

    def _end(self, write: Write, maker: int | None, last: int) -> int:
        return maker if maker is not None and self._direct(write.value.name, maker) is write else last

    def _direct(self, name: str, step: int) -> Write | None:
        """The write that takes the result of this step at once, because nothing else does."""
        own = [w for w in self._writes if w.value.name == name]
        return own[0] if len(own) == 1 and self._uses[name] == step else None

    def target(self, op: Op, step: int, room: str, lead: str) -> tuple[str, bool]:
        """The place of a result as code, and whether it goes straight to where it is written."""
        last = [a.name for a in op.args if a.kind == "local" and self._uses[a.name] == step]
        free = [name for name in last if name in self._blocks and name not in self._left]
        direct = self._direct(op.result, step)
        reused = next((name for name in free if self._fits(self._inside.get(name), op.result)), None)
        lies = self._inside.get(reused) if reused is not None else None
        self._blocks -= set(free)
        for name in free:
            self._inside.pop(name, None)
        if direct is not None:
            return f"{direct.output}_view[slab]", True
        self._blocks.add(op.result)
        if op.result in self._left:
            self.made.add(op.result)
            return self._left[op.result], False
        if reused is not None:
            if lies is not None:
                self._inside[op.result] = lies
            return reused, False
        taken = set(self._inside.values())
        for output in self._ends:
            if output not in taken and self._fits(output, op.result):
                self._inside[op.result] = output
                self.outputs.add(output)
                return f"{output}_slab", False
        self.made.add(op.result)
        return f'{room}.block("{op.result}", {lead})', False

    def _fits(self, output: str | None, name: str) -> bool:
        """Whether a local is read for the last time before its place is wanted for the output."""
        return output is None or self._uses[name] <= self._ends[output]

    def copies(self) -> list[Write]:
        """The writes that are still to be made when all operations are done."""
        return [w for w in self._writes if w.value.name in self._blocks]
