"""From the scores of all mistakes to an explanation: the one that leaves least, preferring what fits nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derive.checks.audit_case import Case, Compared
from derive.checks.audit_match import Score, allowance_of, distance
from derive.checks.audit_where import Place, factor_of, places
from derive.checks.binding import Array
from derive.checks.mistakes.words import listed

BETTER = 5.0  # an explanation with a fitted number must leave so many times less than one without
FEW = 4  # elements; with fewer, a fitted factor explains anything
MOST = 12  # candidates to compare with the best


@dataclass(frozen=True)
class Explanation:
    """What is wrong with some gradients.

    Args:
        gradients: their public names.
        name: the mistake.
        description: the same in more words.
        also: other names of the same mistake.
        explained: the share of the squared error that it explains, from 0 to 1.
        misfit: the root mean square of what it leaves, in units of the allowance for rounding.
        complete: whether nothing but rounding is left.
        fitted: how many numbers were fitted to the data.
        alike: other mistakes whose gradients cannot be told from this one's at these data.
        unlikely: other mistakes within the allowance that fit less well.
    """

    gradients: tuple[str, ...]
    name: str
    description: str
    also: tuple[str, ...] = ()
    explained: float = 0.0
    misfit: float = 0.0
    complete: bool = True
    fitted: int = 0
    alike: tuple[str, ...] = ()
    unlikely: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it may be called: its own name, and those of what cannot be told from it."""
        return (self.name, *self.also, *self.alike)


def explain(case: Case, found: Sequence[Score]) -> tuple[Explanation, ...]:
    """What is wrong: one explanation for all wrong gradients together, or one for each."""
    wrong = case.disagreeing
    if not wrong:
        return ()
    together = _one(case, found, list(case.compared), wrong)
    if together is not None and (together.fitted == 0 or len(wrong) == 1):
        return (together,)
    made: list[Explanation] = []
    waiting = list(wrong)
    while waiting:
        # A mistake that explains several gradients is more likely than one for each of them.
        best = max(found, key=lambda s: sum(s.explains([name]) for name in waiting), default=None)
        together_now = [name for name in waiting if best is not None and best.explains([name])]
        names = together_now if len(together_now) > 1 else waiting[:1]
        single = _one(case, found, names, names)
        if single is None:
            single = _part(case, found, names[0]) or _by_group(case, names[0]) or _closest(case, found, names[0])
        made.append(single)
        waiting = [name for name in waiting if name not in names]
    return tuple(sorted(made, key=lambda one: not one.complete))


def _one(case: Case, found: Sequence[Score], names: list[str], wrong: list[str]) -> Explanation | None:
    """A mistake, or a factor, that explains some gradients completely."""
    fitting = sorted((s for s in found if s.explains(names)), key=lambda s: s.total(wrong))
    scaled = _scaled(case, wrong)
    if fitting and not (scaled is not None and _clearly_better(case, scaled, fitting[0], wrong)):
        return _mutant(case, fitting, wrong)
    return scaled


def _clearly_better(case: Case, scaled: Explanation, best: Score, wrong: list[str]) -> bool:
    enough = all(case.compared[name].true.size >= FEW for name in wrong)
    return enough and BETTER * scaled.misfit < best.total(wrong)


def _mutant(case: Case, fitting: list[Score], wrong: list[str], where: str = "") -> Explanation:
    best, others = fitting[0], fitting[1 : MOST + 1]
    own = best.gradients
    alike: list[str] = []
    unlikely: list[str] = []
    for other in others:
        near = other.case is best.case and _near(best.case, own, other.gradients, wrong)
        (alike if near else unlikely).append(other.mutant.name)
    return Explanation(
        tuple(case.called(name) for name in wrong),
        best.mutant.name + where,
        best.mutant.description + where,
        best.mutant.also,
        1 - max(best.left[name] for name in wrong),
        best.total(wrong),
        alike=tuple(alike),
        unlikely=tuple(unlikely),
    )


def _near(case: Case, one: dict[str, Array], other: dict[str, Array], names: list[str]) -> bool:
    return all((distance(case.compared[name], one[name], other[name]) <= 1).all() for name in names)


def _scaled(case: Case, wrong: list[str]) -> Explanation | None:
    """Every wrong gradient multiplied by a factor of its own."""
    words, misfit = [], 0.0
    for name in wrong:
        one = case.compared[name]
        if one.missing.any() or one.true.size < 2:
            return None
        factor, sigma = factor_of(one, one.usable)
        value = factor * one.true
        apart = np.where(one.usable, np.abs(one.given - value) / allowance_of(one, value), 0)
        if not np.isfinite(sigma) or not (apart <= 1).all():
            return None
        misfit = max(misfit, float(np.sqrt((apart**2).mean())))
        words.append(f"{case.called(name)} multiplied by {_number(factor, sigma)}")
    called = tuple(case.called(name) for name in wrong)
    return Explanation(called, listed(words), listed(words), explained=1.0, misfit=misfit, fitted=len(wrong))


def _part(case: Case, found: Sequence[Score], name: str) -> Explanation | None:
    """A mistake in some groups only, or a factor on some elements only."""
    one = case.compared[name]
    kept = case.problem.kept_dims
    spots = places(one, kept)
    called = (case.called(name),)
    for place in spots:
        if place.factor is not None:
            words = f"{called[0]} {_factor_words(place)} at {place.words}"
            return Explanation(called, words, words, explained=1.0, fitted=1)
    bad = one.per_group(one.wrong)
    if not bad.all() and spots:
        fits = [s for s in found if s.misfit[name].shape == bad.shape and float(s.misfit[name][bad].max()) <= 1]
        if fits:
            fits.sort(key=lambda s: float(np.sqrt((s.misfit[name][bad] ** 2).mean())))
            best = fits[0].mutant
            others = tuple(s.mutant.name for s in fits[1 : MOST + 1])
            where = f", at {spots[0].words}"
            return Explanation(called, best.name + where, best.description + where, best.also, 1.0, alike=others)
    return None


def _by_group(case: Case, name: str) -> Explanation | None:
    """Every group multiplied by a factor of its own, as when a parameter was not what it was said to be."""
    one = case.compared[name]
    if not one.noise.dims or one.missing.any():
        return None
    precision = np.where(one.usable, 1 / np.where(one.usable, one.noise.allowance, 1), 0)
    true = np.where(one.usable, one.true, 0) * precision
    size = (true**2).sum(axis=one.noise.dims, keepdims=True)
    change = (true * one.error * precision).sum(axis=one.noise.dims, keepdims=True) / np.where(size > 0, size, 1)
    value = (1 + change) * one.true
    apart = np.where(one.usable, np.abs(one.given - value) / allowance_of(one, value), 0)
    elements = one.true.size // max(change.size, 1)
    if elements < FEW or not (apart <= 1).all():
        return None
    called, low, high = case.called(name), float(change.min()) + 1, float(change.max()) + 1
    words = f"each group of {called} multiplied by a factor of its own, from {low:.6g} to {high:.6g}"
    more = f"{words}: a parameter that is not the one given here, or applied once more or less"
    return Explanation((called,), words, more, (), 1.0, float(np.sqrt((apart**2).mean())), fitted=int(change.size))


def _factor_words(place: Place) -> str:
    factor = place.factor if place.factor is not None else 1.0
    return "zero" if abs(factor) <= 3 * place.sigma + 1e-9 else f"multiplied by {_number(factor, place.sigma)}"


def _number(value: float, sigma: float) -> str:
    """A number with as many digits as are known, and its uncertainty."""
    digits = int(min(max(-np.floor(np.log10(max(sigma, 1e-15))), 2), 15))
    return f"{value:.{min(digits, 9)}f} +- {sigma:.1g}"


def _closest(case: Case, found: Sequence[Score], name: str) -> Explanation:
    """The mistake that leaves least, though it does not explain everything."""
    called = (case.called(name),)
    one: Compared = case.compared[name]
    if one.missing.any():
        count = int(one.missing.sum())
        words = f"{called[0]} is not finite at {count} of {one.true.size} elements, where the exact gradient is"
        return Explanation(called, words, words, explained=0.0, complete=False)
    usable = [s for s in found if np.isfinite(s.left[name])]
    best = min(usable, key=lambda s: s.left[name], default=None)
    if best is None or best.left[name] > 0.5:
        words = "no known mistake"
        return Explanation(called, words, "no mistake in the list explains the error", complete=False)
    return Explanation(
        called, f"unknown; closest: {best.mutant.name}", best.mutant.description, best.mutant.also,
        1 - best.left[name], best.spread[name], complete=False,
    )  # fmt: skip
