"""Which elements of a gradient are wrong: along a dimension, at the end of the memory, one in every few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from derive.checks.audit_case import Compared
from derive.checks.binding import Array

STRIDES = (2, 3, 4, 8, 16, 32, 64)
DENSE = 0.5  # of the elements of a place, so many at least must be wrong for it to be named


@dataclass(frozen=True)
class Place:
    """A part of the elements that holds all the wrong ones.

    Args:
        words: what it is.
        inside: True for its elements; the shape of the gradient.
        share: its share of all elements.
        wrong: the share of its elements that are wrong.
        factor: what its elements are multiplied with, when that explains them; `sigma` is how sure that is.
    """

    words: str
    inside: Array
    share: float
    wrong: float
    factor: float | None = None
    sigma: float = 0.0


def places(one: Compared, groups: Sequence[int]) -> tuple[Place, ...]:
    """Where the wrong elements lie, the narrowest description first; empty when they are everywhere.

    Args:
        one: the gradient.
        groups: the dimensions of the data along which the groups lie.
    """
    wrong = one.wrong
    if not wrong.any():
        return ()
    found: dict[str, Place] = {}
    for words, inside in _candidates(wrong, groups):
        full = np.broadcast_to(inside, wrong.shape)
        share = float(full.mean())
        if share < 0.99 and wrong[full].mean() >= DENSE and words not in found:
            found[words] = _scaled(one, Place(words, full, share, float(wrong[full].mean())))
    return tuple(sorted(found.values(), key=lambda place: (place.share, len(place.words))))


def described(one: Compared, found: tuple[Place, ...]) -> str:
    """One sentence about where the wrong elements are."""
    share = float(one.wrong.mean())
    if not one.wrong.any():
        return ""
    if found:
        best = found[0]
        return f"wrong elements: {best.words} ({_percent(best.share)} of all)"
    return f"wrong elements: {_percent(share)} of all" + (", everywhere" if share > DENSE else ", in no pattern")


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _candidates(wrong: Array, groups: Sequence[int]) -> Iterator[tuple[str, Array]]:
    """Descriptions of sets of elements that hold all the wrong ones."""
    box, words = np.ones(wrong.shape, dtype=bool), []
    for dim, n in enumerate(wrong.shape):
        others = tuple(d for d in range(wrong.ndim) if d != dim)
        bad = np.asarray(wrong.any(axis=others))
        if n > 1 and not bad.all():
            shape = [n if d == dim else 1 for d in range(wrong.ndim)]
            said = f"{_indices(bad)} of dimension {dim}"
            words.append(said)
            box = box & bad.reshape(shape)
            yield said, np.asarray(bad.reshape(shape))
    if len(words) > 1:
        yield ", ".join(words), box
    yield from _in_order(wrong.ravel(), "in memory order", wrong.shape)
    inner = [d for d in range(wrong.ndim) if d not in groups and wrong.shape[d] > 1]
    if groups and len(inner) > 1:
        own = tuple(wrong.shape[d] if d in inner else 1 for d in range(wrong.ndim))
        bad = wrong.any(axis=tuple(d for d in range(wrong.ndim) if d not in inner)).ravel()
        yield from _in_order(bad, "of each group in memory order", own)


def _in_order(bad: Array, words: str, shape: Sequence[int]) -> Iterator[tuple[str, Array]]:
    """A tail, a head or every k-th of a row of elements."""
    at, n = np.flatnonzero(bad), len(bad)
    if n < 4 or len(at) == 0:
        return
    positions = np.arange(n).reshape(shape)
    if at[0] > 0:
        yield f"the last {n - at[0]} elements {words}", positions >= at[0]
    if at[-1] < n - 1:
        yield f"the first {at[-1] + 1} elements {words}", positions <= at[-1]
    for stride in STRIDES:
        rest = np.unique(at % stride)
        if len(rest) == 1 and stride <= n // 2:
            yield f"every {stride}th element {words}, from {rest[0]}", positions % stride == rest[0]


def _indices(bad: Array) -> str:
    """Which indices of a dimension, in words."""
    at, n = np.flatnonzero(bad), len(bad)
    if len(at) == 1:
        return f"index {at[0]}" + (" (the last)" if at[0] == n - 1 else "")
    if at[-1] - at[0] + 1 == len(at):
        if at[-1] == n - 1:
            return f"the last {len(at)} of {n} indices"
        return f"the first {len(at)} of {n} indices" if at[0] == 0 else f"indices {at[0]} to {at[-1]}"
    steps = np.unique(np.diff(at))
    if len(steps) == 1 and len(at) > 2:
        return f"every {steps[0]}th index from {at[0]}"
    shown = ", ".join(map(str, at[:6])) + (", ..." if len(at) > 6 else "")
    return f"indices {shown}"


def _scaled(one: Compared, place: Place) -> Place:
    """The place with the factor that its elements are multiplied with, if there is one."""
    inside = place.inside & one.usable
    if one.missing.any() or not inside.any():
        return place
    factor, sigma = factor_of(one, inside)
    rest = np.abs(one.given - factor * one.true)
    if (rest[inside] <= max(1.0, abs(factor)) * one.noise.allowance[inside]).all():
        return Place(place.words, place.inside, place.share, place.wrong, factor, sigma)
    return place


def factor_of(one: Compared, inside: Array) -> tuple[float, float]:
    """The factor between the exact gradient and the supplied one over some elements, and its standard deviation."""
    allowed = one.noise.allowance[inside]
    true, error = one.true[inside] / allowed, one.error[inside] / allowed
    size = float(true @ true)
    if size == 0:
        return 1.0, float("inf")
    change = float(true @ error) / size
    rest = error - change * true
    spread = max(float(np.sqrt(cast(float, (rest**2).mean()))), 0.05)
    return 1 + change, float(np.hypot(spread / np.sqrt(size), one.eps))
