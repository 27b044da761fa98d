"""Which mistakes a check would have let pass: wrong gradients are put where the right one was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.verdict import Passed

Array = NDArray[Any]

EXPLAINED = 0.05  # of the error may be left over where a mistake is said to explain it
_SAME = 1e-15  # relative; a mistake that changes this input's gradient by less does not concern it


@dataclass(frozen=True)
class Candidate:
    """A mistake: for every tested cotangent the wrong gradient of one input, and the right one."""

    words: str
    wrong: Sequence[Array]
    right: Sequence[Array]


def generic_mistakes(gradients: Sequence[Array]) -> Iterator[Candidate]:
    """Changes to a gradient of which nothing is known."""
    size = gradients[0].size
    place = size // 2

    def all_of(words: str, change: Any) -> Candidate:
        return Candidate(words, [change(g) for g in gradients], gradients)

    def one_element(g: Array) -> Array:
        changed = g.copy()
        changed.reshape(-1)[place] = 0
        return changed

    yield all_of("zero", np.zeros_like)
    yield all_of("negated", np.negative)
    yield all_of("1% too large", lambda g: g * np.longdouble("1.01"))
    if size > 1:
        yield all_of(f"element {place} zero", one_element)
        yield all_of("elements shifted by one place", lambda g: np.roll(g.reshape(-1), 1).reshape(g.shape))


def looks_like(candidates: Sequence[Candidate], gradients: Sequence[Array], error: float) -> str:
    """The mistake that a wrong gradient is closest to, if that explains nearly all of the error; else nothing.

    Args:
        candidates: the mistakes.
        gradients: per tested cotangent the gradient that was supplied.
        error: how far it is off, relative.
    """
    best, words = EXPLAINED * error, ""
    for candidate in candidates:
        distance = 0.0
        for wrong, right, gradient in zip(candidate.wrong, candidate.right, gradients, strict=True):
            size = _norm(right)
            distance = max(distance, _norm(gradient - wrong) / size if size > 0 else np.inf)
        if distance < best:
            best, words = distance, candidate.words
    return words


def weigh(
    candidates: Iterable[Candidate],
    vectors: Sequence[Array],
    numerical: Array,
    thresholds: Array,
    resolution: float,
) -> tuple[int, tuple[Passed, ...], tuple[Passed, ...]]:
    """How many mistakes are caught; those that are hidden by the resolution; those that pass all the same.

    Args:
        candidates: the mistakes.
        vectors: the directions.
        numerical: the derivatives that were measured, one row per direction and one column per cotangent.
        thresholds: what a gradient may differ by, likewise.
        resolution: relative errors below it are not expected to be caught.
    """
    caught = 0
    hidden: list[Passed] = []
    survivors: list[Passed] = []
    for candidate in candidates:
        distance = 0.0
        found = False
        for j, (wrong, right) in enumerate(zip(candidate.wrong, candidate.right, strict=True)):
            size, off = _norm(right), _norm(wrong - right)
            distance = max(distance, off / size if size > 0 else (np.inf if off > 0 else 0.0))
            along = np.asarray([float(np.sum(wrong * v)) for v in vectors])
            found = found or not (np.abs(numerical[:, j] - along) <= thresholds[:, j]).all()
        if distance <= _SAME:
            continue
        if found:
            caught += 1
        else:
            # Beside a gradient that cannot be seen at all, no distance means anything.
            near = distance < resolution or resolution >= 1
            (hidden if near else survivors).append(Passed(candidate.words, distance))
    return caught, tuple(hidden), tuple(survivors)


def _norm(array: Array) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.sum(np.asarray(array, np.longdouble) ** 2)))
