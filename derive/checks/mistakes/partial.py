"""Mistakes that depend on the shape of the data: a tail or an index that is left out of sums, or never written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np

from derive.calculus.numeric import Array, ArrayEvaluation

BLOCKS = (4, 8, 16, 32, 64)  # how many elements a vectorised loop may take at a time


@dataclass(frozen=True)
class PartialMutant:
    """A kernel that leaves out some of the elements.

    Args:
        name, description: in words.
        present: True for the elements that are not left out; broadcasts against the data.
        sums: whether the backward pass leaves them out of its sums.
        statistics: whether the forward pass leaves them out of its sums.
        written: whether the gradient of the data is there for them; it is zero otherwise.
    """

    name: str
    description: str
    present: Array
    sums: bool = True
    statistics: bool = False
    written: bool = True
    also: tuple[str, ...] = ()
    equivalent: bool = False


class MaskedEvaluation(ArrayEvaluation):
    """An evaluation whose sums leave some elements out.

    Args:
        present: True for the elements that take part; broadcasts against the data.
        arguments: those of `ArrayEvaluation`.
    """

    def __init__(self, present: Array, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._present = present
        self._varies = {dim for dim, n in enumerate(present.shape) if n > 1}

    def summed(self, terms: Array, over: tuple[int, ...]) -> Array:
        """The sum over dimensions of the data; all elements take part where the sum runs along other dimensions."""
        if not self._varies <= set(over):
            return super().summed(terms, over)
        return super().summed(np.where(self._present, terms, terms.dtype.type(0)), over)


def masked(present: Array) -> Any:
    """What makes a `MaskedEvaluation`, for `ArrayEvaluation.altered`."""
    return partial(MaskedEvaluation, present)


def partial_mutants(shape: Sequence[int], summed: Sequence[int]) -> Iterator[PartialMutant]:
    """Every such mistake for data of a shape, of which the layer sums over some dimensions."""
    for words, present in _parts(shape, summed):
        yield PartialMutant(f"{words} left out of the sums", f"{words} left out of the backward sums", present)
        yield PartialMutant(
            f"{words} left out of the sums and the statistics",
            f"{words} left out of the backward sums and of the statistics, which are still divided by the full count",
            present,
            statistics=True,
        )
        yield PartialMutant(f"{words} never written", f"{words} never written: zero", present, False, False, False)
        yield PartialMutant(
            f"{words} left out of the sums and never written", f"{words} skipped altogether", present, written=False
        )


def _parts(shape: Sequence[int], summed: Sequence[int]) -> Iterator[tuple[str, Array]]:
    dims = tuple(sorted(dim for dim in summed if shape[dim] > 1))
    if not dims:
        return
    trailing = [d for d in dims if all(k in dims or shape[k] == 1 for k in range(d, len(shape)))]
    last = dims[-1]
    blocks = {dims[-1:]: f"each row along dimension {last}", tuple(trailing): "each contiguous run", dims: "each group"}
    seen: set[tuple[tuple[int, ...], int]] = set()
    for block, where in blocks.items():
        size = prod(shape[d] for d in block)
        for step in BLOCKS:
            tail = size % step
            if block and 0 < tail < size and (block, tail) not in seen:
                seen.add((block, tail))
                yield f"the last {tail} of the {size} elements of {where}", _positions(shape, block) < size - tail
    for dim in dims:
        if (dim,) not in [block for block, tail in seen if tail == 1]:
            yield f"the last index of dimension {dim}", _positions(shape, (dim,)) < shape[dim] - 1
        yield f"the first index of dimension {dim}", _positions(shape, (dim,)) > 0


def _positions(shape: Sequence[int], block: Sequence[int]) -> Array:
    """The position of each element within its block, in memory order."""
    own = [n if dim in block else 1 for dim, n in enumerate(shape)]
    return np.arange(prod(own)).reshape(own)
