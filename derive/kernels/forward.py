"""Building the forward kernel: the statistics, each as early as it can be taken, and the map that writes the output."""

from __future__ import annotations

import itertools
from typing import cast

import sympy as sp

from derive.calculus.basis import Centre
from derive.calculus.factor import affine_form
from derive.calculus.reductions import Algebra
from derive.errors import PlanError
from derive.graph import Equation
from derive.kernels.builder import KernelBuilder, named
from derive.kernels.plan import ExactSum, Result, Scalar, Sweep, Total
from derive.language import atom, atoms_of, indices, name_of, sum_over, whole
from derive.vocabulary import Stabilizer


class ForwardBuilder(KernelBuilder):
    """Builds the forward kernel, or its statistics alone.

    A mean that deviations are taken from is computed twice: one sweep gives the *pivot*, near the mean and in the dtype
    of the data; the next takes sums of `x - pivot`, which lose nothing, and gives what the mean has beyond the pivot.
    """

    def take_statistics(self) -> None:
        """Sweeps for the forward reductions, each as early as what it depends on allows."""
        waiting = [e for e in self.graph.equations if e.over]
        done: set[sp.Expr] = set(self.graph.buffers)
        for equation in [e for e in waiting if e.summand in self.graph.buffers and e.factor == 1]:
            over, classes = self.label(equation.over), self.label(indices(equation.target))
            self.totals.append(Total(equation.name, name_of(equation.summand), over, classes))
            done.add(equation.target)
            waiting.remove(equation)
        self.take_offsets(c for c in self.basis.centres if c.mean in self.graph.buffers)
        self._lower_definitions(done)
        while waiting:
            near = {c.deviation for c in self.basis.centres if c.deviation in self.offsets}
            ready = [e for e in waiting if self._needs(self._closed(e), near) <= done]
            if not ready:
                names = ", ".join(e.name for e in waiting)
                raise PlanError(f"layer {self.graph.name!r}: the statistics {names} depend on each other")
            own = {c.mean: c for c in self.basis.centres if c.over}
            forms = {e: self._form(e, own.get(e.target)) for e in ready}
            self._take_statistics_sweep()
            # What a mean has beyond its pivot comes first: the other statistics of this sweep use it.
            for equation in sorted(ready, key=lambda e: e.target not in own):
                if self._conclude(equation, named(forms[equation]), own.get(equation.target)):
                    done.add(equation.target)
                    waiting.remove(equation)
            self._lower_definitions(done)
        self._lower_definitions(done)

    def _form(self, equation: Equation, centre: Centre | None) -> sp.Expr:
        """The statistic in terms of sums that one sweep can take; a stabilizer in terms of its maximum."""
        if equation.stabilizer:
            target = atom(self.unused(f"largest_{equation.name}"), indices(equation.target))
            self.pending.append((target, self._closed(equation)))
            return target
        if centre is not None and centre.deviation in self.offsets:
            return self.scalarize(cast(sp.Expr, equation.factor * sum_over(centre.weighted, centre.over)))
        return self.scalarize(self.near(self._closed(equation)))

    def _take_statistics_sweep(self) -> None:
        builder = self.sweep(whole=False)
        reductions = [self.reduction(builder, cast(sp.Sum, s), t, True) for t, s in self.pending]
        self.pending = []
        self.stages.append(Sweep(tuple(builder.ops), tuple(reductions)))

    def _conclude(self, equation: Equation, form: sp.Expr, centre: Centre | None) -> bool:
        """Append the scalars of a statistic; False when that was only its pivot."""
        if equation.stabilizer:
            # Rounded as the data is: whatever its value, it must be the same wherever it is used.
            pivot = self.unused(f"{equation.name}_pivot")
            self.append(Scalar(pivot, form, rounded=True), Scalar(equation.name, sp.Symbol(pivot)))
            self.offsets |= {c.deviation: (pivot, None) for c in self.basis.centres if c.mean == equation.target}
            return True
        if centre is not None and centre.deviation not in self.offsets:
            pivot, rest = (self.unused(f"{equation.name}_{word}") for word in ("pivot", "rest"))
            self.offsets[centre.deviation] = (pivot, rest)
            self.append(Scalar(pivot, form, rounded=True))
            return False
        if centre is not None:
            pivot = self.offsets[centre.deviation][0]
            rest = cast(str, self.offsets[centre.deviation][1])
            self.low[equation.name] = self.unused(f"{equation.name}_low")
            self.append(Scalar(rest, form), ExactSum(equation.name, self.low[equation.name], pivot, rest))
            return True
        never_negative = bool(equation.summand.is_nonnegative) and isinstance(form, sp.Add)
        self.append(Scalar(equation.name, form, floor=never_negative))
        return True

    def _closed(self, equation: Equation) -> sp.Expr:
        """A statistic in terms of inputs and earlier statistics, without using its own definition."""
        earlier = itertools.takewhile(lambda e: e.target != equation.target, self.graph.equations)
        names = {f"{word} {e.name}" for e in earlier for word in ("definition of", "deviations from")}
        folds = tuple(fold for fold in self.derivation.algebra.folds if fold.reason in names)
        if equation.stabilizer:
            summand = self.derivation.unfolded(equation.summand, Algebra(self.basis, folds))
            return cast(sp.Expr, Stabilizer(summand, *whole(equation.over)))
        return self.derivation.unfolded(equation.value, Algebra(self.basis, folds))

    def _needs(self, expr: sp.Expr, near: set[sp.Expr]) -> set[sp.Expr]:
        """The statistics that must be there before an expression can be computed.

        A deviation whose mean has a pivot needs no more: the sums are then taken of `x - pivot`. Inside of a function
        it must be whole, though, unless the pivot is all there is.
        """
        values = {d.target: d.value for d in self.basis.definitions}
        reduced = {e.target for e in self.graph.equations if e.over}
        exact = {c.deviation for c in self.basis.centres if c.exact and c.deviation in self.offsets}
        deviations = {c.deviation for c in self.basis.centres}
        needs: set[sp.Expr] = set()
        for tensor in atoms_of(expr):
            if tensor in reduced:
                needs.add(tensor)
            elif tensor in values and tensor not in near:
                needs |= self._needs(values[tensor], near if tensor in deviations else exact)
        return needs

    def _lower_definitions(self, done: set[sp.Expr]) -> None:
        """Scalars for the atoms of the basis that have fewer axes than the data and can be computed by now."""
        computed = self.computed()
        for definition in self.basis.definitions:
            full = set(indices(definition.target)) == set(self.graph.axes)
            if not full and definition.name not in computed and self._needs(definition.value, set()) <= done:
                self.append(Scalar(definition.name, named(definition.value)))

    def output(self) -> None:
        """The map that writes the output; sums that no statistic holds are taken before it."""
        output = self.graph.output
        expr = self.scalarize(self.derivation.unfolded(output, self.algebra))
        self.take_sums(frozenset(self.sums.values()))
        self.map({name_of(output): (affine_form(expr, self.graph.axes),)})

    def saved(self) -> tuple[Result, ...]:
        """The statistics, and the atoms of fewer axes that are made from them."""
        kept: list[tuple[str, sp.Expr]] = []
        for equation in self.graph.equations:
            if equation.over:
                kept.append((equation.name, equation.target))
                if equation.name in self.low:
                    kept.append((self.low[equation.name], equation.target))
        for definition in self.basis.definitions:
            full = set(indices(definition.target)) == set(self.graph.axes)
            if not full and self._needs(definition.value, set()):
                kept.append((definition.name, definition.target))
        return tuple(Result(name, name_of(t), name, self.label(indices(t)), across=False) for name, t in kept)
