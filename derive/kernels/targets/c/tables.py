"""Where the strides of the arrays and smaller tensors of a kernel stand."""

from __future__ import annotations

from derive.kernels.loops import Leaf, LoweredKernel


class Tables:
    """Where the strides of arrays and smaller tensors stand: arrays first, then layouts as they are asked for."""

    def __init__(self, lowered: LoweredKernel) -> None:
        kernel = lowered.kernel
        self.arrays = {name: number for number, name in enumerate((*kernel.arrays, *kernel.writes))}
        self.layouts: list[tuple[str, str]] = []

    def of(self, layout: str, classes: str) -> int:
        """The table of what is dense over `layout` and read along `classes`."""
        if (layout, classes) not in self.layouts:
            self.layouts.append((layout, classes))
        return len(self.arrays) + self.layouts.index((layout, classes))

    def leaf(self, leaf: Leaf) -> int:
        """The table by which a leaf is read."""
        return self.of(leaf.layout, leaf.classes)
