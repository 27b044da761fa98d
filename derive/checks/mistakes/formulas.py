"""Mistakes in the closed form of a gradient: a term, a factor, a count, the axes of a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from typing import cast

import sympy as sp

from derive.calculus.canonical import factors, ordered
from derive.calculus.factor import AffineForm
from derive.calculus.mutants import Mutant
from derive.calculus.sums import map_sums, summed_axes
from derive.checks.mistakes.remembered import closed_forms
from derive.checks.mistakes.words import gradient_name, label, listed, unsigned
from derive.graph import Equation
from derive.language import Axis, Size, atoms_of, axes_of, count, indices, name_of, sum_over
from derive.proofs.derivation import Derivation

Change = Callable[[sp.Expr], sp.Expr]


@dataclass(frozen=True)
class Formulas:
    """The closed forms of a derivation, as lists of products, open to change.

    Args:
        derivation: the layer.
    """

    derivation: Derivation

    @cached_property
    def forms(self) -> dict[str, AffineForm]:
        """The closed forms by the names of the inputs."""
        return closed_forms(self.derivation)

    def products(self, name: str) -> list[sp.Expr]:
        """The terms of a gradient, each with the factors in front multiplied in."""
        form = self.forms[name]
        return [sp.Mul(*form.front, form.common, term.expr) for term in form.terms]

    def shared(self, name: str) -> list[sp.Expr]:
        """The factors that all terms of a gradient have in front, sizes and numbers aside."""
        form = self.forms[name]
        parts = [p for factor in (*form.front, form.common) for p in factors(factor)]
        return [p for p in parts if not isinstance(p, sp.Rational) and not _is_count(p)]

    def called(self, name: str, place: int) -> str:
        """A term of a gradient by its formula."""
        form = self.forms[name]
        own = gradient_name(self.derivation.graph, name)
        return own if len(form.terms) == 1 else f"{label(unsigned(form.terms[place].expr)[1])} in {own}"

    def mutant(self, words: str, changed: dict[str, list[sp.Expr]]) -> Mutant:
        """A derivation in which some gradients have other terms."""
        backward = self.derivation.backward
        new = {
            backward.grad(name): Equation(backward.grad(name), sp.Add(*terms, evaluate=False))
            for name, terms in changed.items()
        }
        equations = tuple(new.get(e.target, e) for e in self.derivation.equations)
        return Mutant(words, words, backward, equations)


def formula_mistakes(formulas: Formulas) -> Iterator[Mutant]:
    """Every mistake in one gradient's closed form, then those made in all closed forms at once."""
    for name in formulas.forms:
        yield from _in_terms(formulas, name)
        yield from _in_shared_factors(formulas, name)
        yield from _in_sums(formulas, name)
    yield from _everywhere(formulas)


def _in_terms(formulas: Formulas, name: str) -> Iterator[Mutant]:
    products = formulas.products(name)
    changes = (("left out", 0), ("doubled", 2), ("negated", -1), ("halved", sp.Rational(1, 2)))
    for place in range(len(products) if len(products) > 1 else 0):
        called = formulas.called(name, place)
        for word, factor in changes:
            yield formulas.mutant(f"{called} {word}", {name: _at(products, place, _times(factor))})
    for place, term in enumerate(formulas.forms[name].terms):
        called = formulas.called(name, place)
        for part in factors(term.expr):
            base, power = part.as_base_exp()
            seed = formulas.derivation.backward.grad_output
            if isinstance(part, sp.Rational | sp.Sum) or _is_count(part) or base == seed:
                continue
            steps = [("once more", 1)] + ([("once less", -1)] if power not in (0, 1) else [])
            for word, step in steps:
                change = _at(products, place, _times(base ** (step * sp.sign(power))))
                yield formulas.mutant(f"{label(base)} {word} in {called}", {name: change})
            yield formulas.mutant(f"{label(part)} left out of {called}", {name: _at(products, place, _without(part))})
            for centre in formulas.derivation.basis.centres:
                if base == centre.deviation:
                    change = _at(products, place, partial(_swap, old=part, new=centre.tensor**power))
                    yield formulas.mutant(f"{name_of(centre.mean)} not subtracted in {called}", {name: change})


def _in_shared_factors(formulas: Formulas, name: str) -> Iterator[Mutant]:
    products = formulas.products(name)
    own = gradient_name(formulas.derivation.graph, name)
    for part in formulas.shared(name):
        if isinstance(part, sp.Sum) or part == formulas.derivation.backward.grad_output:
            continue
        for word, change in (("left out of", _without(part)), ("applied twice in", _times(part))):
            yield formulas.mutant(f"{label(part)} {word} {own}", {name: [change(p) for p in products]})
            for place in range(len(products) if len(products) > 1 else 0):
                where = f"{label(part)} {word} {formulas.called(name, place)}"
                yield formulas.mutant(where, {name: _at(products, place, change)})


def _in_sums(formulas: Formulas, name: str) -> Iterator[Mutant]:
    """The counts of the averages, the factors inside the sums and the axes that they run over."""
    products = formulas.products(name)
    for place, product in enumerate(products):
        called = formulas.called(name, place)
        for total in (p for p in factors(product) if isinstance(p, sp.Sum)):
            size = count(summed_axes(total))
            if _is_averaged(product, total):
                changes: list[tuple[str, Change]] = [
                    ("a sum instead of a mean in", _times(size)),
                    ("N-1 instead of N in", _times(size / (size - 1))),
                ]
            else:
                changes = [("a mean instead of a sum in", _times(1 / size))]
            for part in factors(cast(sp.Expr, total.function)):
                if part == formulas.derivation.backward.grad_output or isinstance(part, sp.Rational | sp.Sum):
                    continue
                inside = partial(_inside, total=total)
                changes.append((f"{label(part)} left out of the sum in", partial(inside, change=_without(part))))
                changes.append((f"{label(part)} applied twice in the sum in", partial(inside, change=_times(part))))
                for centre in formulas.derivation.basis.centres:
                    if part == centre.deviation:
                        swap = partial(_swap, old=part, new=centre.tensor)
                        words = f"{name_of(centre.mean)} not subtracted in the sum in"
                        changes.append((words, partial(inside, change=swap)))
            for words, change in changes:
                yield formulas.mutant(f"{words} {called}", {name: _at(products, place, change)})


def _everywhere(formulas: Formulas) -> Iterator[Mutant]:
    derivation = formulas.derivation

    def all_of(words: str, change: Change) -> Iterator[Mutant]:
        changed = {}
        for name in formulas.forms:
            products = formulas.products(name)
            after = [change(p) for p in products]
            if after != products:
                changed[name] = after
        if changed:
            yield formulas.mutant(words, changed)

    yield from all_of("N-1 instead of N in every mean", partial(_each_average, change=lambda size: size / (size - 1)))
    for tensor in (*derivation.graph.inputs, *derivation.graph.buffers):
        if set(axes_of(tensor)) < set(derivation.graph.axes):
            twice = {tensor: tensor**2}
            yield from all_of(f"{name_of(tensor)} applied twice", partial(_replaced, new=twice))
    for root in derivation.basis.roots:
        for words, value in misread_roots(root.symbol, root.base, root.degree):
            yield from all_of(words, partial(_replaced, new={root.symbol: value}))
    for centre in derivation.basis.centres:
        forgotten = {centre.deviation: centre.tensor}
        yield from all_of(f"{name_of(centre.mean)} not subtracted", partial(_replaced, new=forgotten))
    for axis in derivation.graph.axes:
        words = f"the size of {axis.name} left out of every count"
        yield from all_of(words, partial(_replaced, new={axis.size: sp.S.One}))
    summed = {frozenset(summed_axes(t)) for n in formulas.forms for p in formulas.products(n) for t in p.atoms(sp.Sum)}
    for over in sorted(summed, key=lambda found: sorted(a.name for a in found)):
        for wrong in other_axes(derivation, over):
            words = f"sums over {listed(a.name for a in wrong)} instead of {listed(_named(derivation, over))}"
            change = partial(resummed, over=over, wrong=wrong)
            changed = {
                name: [change(p) for p in formulas.products(name)]
                for name, form in formulas.forms.items()
                if set(axes_of(derivation.backward.grad(name))) == set(derivation.graph.axes)
            }
            if changed:
                yield formulas.mutant(f"{words}, with the right statistics", changed)


def output_mistakes(formulas: Formulas) -> Iterator[Mutant]:
    """Gradients returned in each other's place, and parameters applied to gradients that they do not belong to."""
    derivation = formulas.derivation
    names = list(formulas.forms)
    grads = {name: derivation.backward.grad(name) for name in names}
    used = {a for name in names for p in formulas.products(name) for a in atoms_of(p)}
    for one, other in combinations(names, 2):
        if indices(grads[one]) == indices(grads[other]):
            words = " and ".join(gradient_name(derivation.graph, name) for name in (one, other))
            swapped = {one: formulas.products(other), other: formulas.products(one)}
            yield formulas.mutant(f"{words} in each other's place", swapped)
    for name in names:
        for tensor in (t for t in derivation.graph.inputs[1:] if t in used):
            products = formulas.products(name)
            fits = set(indices(tensor)) <= set(indices(grads[name]))
            if fits and not any(p.has(tensor) for p in products):
                words = f"{name_of(tensor)} applied to {gradient_name(derivation.graph, name)}"
                yield formulas.mutant(words, {name: [cast(sp.Expr, p * tensor) for p in products]})


def misread_roots(symbol: sp.Expr, base: sp.Expr, degree: int) -> Iterator[tuple[str, sp.Expr]]:
    """What may be read where `base**(-1/degree)` was meant, each with words for it."""
    numbers = [c for c in ordered(set(atoms_of(base))) if not axes_of(c) and c.is_positive]
    bare = cast(sp.Expr, base.xreplace(dict.fromkeys(numbers, sp.S.Zero)))
    power = sp.Rational(1, degree)
    for value in (1 / base, base**power, base, 1 / bare, bare**power, bare):
        if value != symbol and value != base**-power:
            yield f"{text_of(value)} where {text_of(base**-power)} belongs", cast(sp.Expr, value)
    for number in numbers:
        without = cast(sp.Expr, base.xreplace({number: sp.S.Zero}))
        yield f"{number} left out of the root", without**-power
        yield f"{number} doubled", cast(sp.Expr, base.xreplace({number: 2 * number})) ** -power
        yield f"{number} squared", cast(sp.Expr, base.xreplace({number: number**2})) ** -power
        yield f"{number} outside the root", 1 / (without**power + number)


def text_of(expr: sp.Expr) -> str:
    """A formula as text."""
    return label(expr)


def other_axes(derivation: Derivation, over: frozenset[Axis] | tuple[Axis, ...]) -> list[tuple[Axis, ...]]:
    """The axes that a sum over some axes may run over by mistake: fewer of them, or more."""
    axes, own = derivation.graph.axes, frozenset(over)
    found = []
    for size in range(1, len(axes) + 1):
        for chosen in combinations(axes, size):
            if frozenset(chosen) < own or frozenset(chosen) > own:
                found.append(chosen)
    return found


def _named(derivation: Derivation, over: frozenset[Axis]) -> list[str]:
    return [axis.name for axis in derivation.graph.axes if axis in over]


def _at(products: list[sp.Expr], place: int, change: Change) -> list[sp.Expr]:
    return [change(p) if k == place else p for k, p in enumerate(products)]


def _times(factor: sp.Expr | int) -> Change:
    return lambda product: cast(sp.Expr, factor * product)


def _without(part: sp.Expr) -> Change:
    return lambda product: sp.Mul(*_removed(factors(product), part))


def _removed(parts: list[sp.Expr], part: sp.Expr) -> list[sp.Expr]:
    """The factors without one; where it is contained in a power, that power is lowered."""
    base, power = part.as_base_exp()
    return [cast(sp.Expr, p / part) if p.as_base_exp()[0] == base else p for p in parts]


def _swap(product: sp.Expr, old: sp.Expr, new: sp.Expr) -> sp.Expr:
    return sp.Mul(*[new if part == old else part for part in factors(product)])


def _inside(product: sp.Expr, total: sp.Sum, change: Change) -> sp.Expr:
    changed = sp.Sum(change(cast(sp.Expr, total.function)), *total.limits)
    return sp.Mul(*[changed if part == total else part for part in factors(product)])


def _replaced(product: sp.Expr, new: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    return cast(sp.Expr, product.xreplace(new))


def _is_count(part: sp.Expr) -> bool:
    return bool(part.free_symbols) and all(isinstance(symbol, Size) for symbol in part.free_symbols)


def _is_averaged(product: sp.Expr, total: sp.Sum) -> bool:
    powers = product.as_powers_dict()
    return all(powers.get(axis.size, 0) < 0 for axis in summed_axes(total))


def _each_average(product: sp.Expr, change: Change) -> sp.Expr:
    totals = [p for p in factors(product) if isinstance(p, sp.Sum) and _is_averaged(product, p)]
    return sp.Mul(product, *[change(count(summed_axes(total))) for total in totals])


def resummed(product: sp.Expr, over: frozenset[Axis], wrong: tuple[Axis, ...]) -> sp.Expr:
    """Every sum over `over` taken over `wrong` instead, and divided by its own count where it was an average."""
    for total in (p for p in factors(product) if isinstance(p, sp.Sum)):
        if frozenset(summed_axes(total)) == over and _is_averaged(product, total):
            product = cast(sp.Expr, product * count(summed_axes(total)) / count(wrong))

    def change(total: sp.Sum) -> sp.Expr:
        if frozenset(summed_axes(total)) != over:
            return total
        return sum_over(cast(sp.Expr, total.function), wrong)

    return map_sums(product, change)
