"""From a derivation to its plan: which sums are taken in which sweep, what is hoisted, what each sweep evaluates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import sympy as sp

from derive.calculus.basis import Centre
from derive.calculus.canonical import factors, key
from derive.calculus.factor import AffineForm, affine_form
from derive.calculus.reductions import Algebra, Fold, summed_axes, sums_in
from derive.errors import PlanError
from derive.graph import Equation
from derive.kernels.plan import (
    ExactSum,
    Given,
    Kernel,
    Plan,
    Reduction,
    Ref,
    Remainder,
    Result,
    Scalar,
    Scalars,
    Sweep,
    Write,
)
from derive.kernels.sweeps import SweepBuilder
from derive.language import Axis, Size, atom, atoms_of, axes_of, indices, name_of
from derive.proofs.derivation import Derivation


def plan(derivation: Derivation) -> Plan:
    """The plan for one layer: its statistics, its forward and its backward kernel."""
    _check_axes(derivation)
    classes = axis_classes(derivation)
    statistics = _Builder(derivation, classes, "statistics")
    statistics.take_statistics()
    saved = statistics.saved()
    forward = _Builder(derivation, classes, "forward")
    forward.take_statistics()
    forward.map({name_of(derivation.graph.output): forward.closed(derivation.graph.output)})
    backward = _Builder(derivation, classes, "backward")
    backward.take_givens(saved)
    backward.gradients()
    outer = backward.outer
    return Plan(
        derivation.name,
        derivation.graph.axes,
        classes,
        statistics.kernel((), saved) if saved else None,
        forward.kernel((name_of(derivation.graph.output),), saved),
        backward.kernel(backward.written, backward.results, outer),
    )


def _check_axes(derivation: Derivation) -> None:
    graph = derivation.graph
    first = graph.inputs[0]
    if set(indices(first)) != set(graph.axes):
        missing = ", ".join(a.name for a in graph.axes if a not in indices(first))
        raise PlanError(f"layer {graph.name!r}: the first input, {first}, must have all axes; it lacks {missing}")
    if set(indices(graph.output)) != set(graph.axes):
        missing = ", ".join(a.name for a in graph.axes if a not in indices(graph.output))
        raise PlanError(f"layer {graph.name!r}: the output, {graph.output}, must have all axes; it lacks {missing}")
    for tensor in (*graph.inputs, *graph.buffers):
        if list(indices(tensor)) != [axis for axis in graph.axes if axis in indices(tensor)]:
            order = ", ".join(axis.name for axis in graph.axes)
            raise PlanError(
                f"layer {graph.name!r}: the axes of {tensor} are not in the order of the layer's axes, {order}"
            )


def axis_classes(derivation: Derivation) -> tuple[tuple[Axis, str], ...]:
    """A one-letter label for each axis; axes that no tensor and no sum tells apart share theirs."""
    equations = derivation.equations
    sets = [set(indices(t)) for e in equations for t in (e.target, *atoms_of(e.value))] + [
        set(e.over) for e in equations
    ]
    labels: dict[tuple[bool, ...], str] = {}
    result = []
    for axis in derivation.graph.axes:
        signature = tuple(axis in s for s in sets)
        if signature not in labels:
            letters = axis.name.lower() + "abcdefghijklmnopqrstuvwxyz"
            labels[signature] = next(x for x in letters if x.isalpha() and x not in labels.values())
        result.append((axis, labels[signature]))
    return tuple(result)


class _Builder:
    """Builds one kernel, stage by stage."""

    def __init__(self, derivation: Derivation, classes: tuple[tuple[Axis, str], ...], name: str) -> None:
        self.derivation = derivation
        self.graph = derivation.graph
        self.basis = derivation.basis
        self.name = name
        self.classes = dict(classes)
        self.stages: list[Scalars | Sweep] = []
        self.final: list[Scalar] = []
        self.results: tuple[Result, ...] = ()
        self.written: tuple[str, ...] = ()
        self.scalars: dict[sp.Expr, str] = {}
        self.sums: dict[sp.Expr, sp.Expr] = {}
        self.offsets: dict[sp.Expr, tuple[str, str]] = {}
        self.low: dict[str, str] = {}
        self.saved_names: set[str] = set()
        self.pending: list[tuple[sp.Expr, sp.Expr]] = []
        self.feeding: list[Reduction] = []
        self.taken = {name_of(t) for t in (*self.graph.inputs, *self.graph.buffers, *self.graph.constants)}
        self.taken |= {e.name for e in self.graph.equations} | {name_of(e.target) for e in self.basis.definitions}
        self.taken |= {name_of(derivation.backward.grad_output), *(f"grad_{name_of(t)}" for t in self.graph.inputs)}

    # What the stages share.

    def unused(self, name: str) -> str:
        """A name that nothing in this kernel has yet."""
        proposal, number = name, 2
        while proposal in self.taken:
            proposal, number = f"{name}_{number}", number + 1
        self.taken.add(proposal)
        return proposal

    def items(self) -> list[Scalar | ExactSum | Remainder]:
        """The scalars of the current stage, to append to."""
        if not self.stages or not isinstance(self.stages[-1], Scalars):
            self.stages.append(Scalars(()))
        return list(cast(Scalars, self.stages[-1]).items)

    def append(self, *more: Scalar | ExactSum | Remainder) -> None:
        """Append scalars to the current stage."""
        self.stages[-1:] = [Scalars((*self.items(), *more))] if self.items() or self.stages else [Scalars(more)]

    def rounded(self, expr: sp.Expr, name: str) -> str:
        """The name of a scalar that holds `expr` in the dtype of the data."""
        named = _named(expr)
        if named not in self.scalars:
            plain = f"{named}_cast" if isinstance(named, sp.Symbol) else name
            self.scalars[named] = self.unused(plain)
            self.append(Scalar(self.scalars[named], named, rounded=True))
        return self.scalars[named]

    def sweep(self, *, whole: bool) -> SweepBuilder:
        """A new sweep over the data."""
        return SweepBuilder(self.basis, self.graph.axes, self.rounded, self.offsets, whole=whole)

    def label(self, over: Iterable[Axis]) -> str:
        """The labels of the classes that the given axes make up."""
        return "".join(dict.fromkeys(self.classes[axis] for axis in self.graph.axes if axis in set(over)))

    # Sums.

    def scalarize(self, expr: sp.Expr) -> sp.Expr:
        """The expression with every sum replaced by the scalar that will hold it."""
        for total in sums_in(expr):
            if total not in self.sums:
                inner = self.scalarize(cast(sp.Expr, total.function))
                kept = [axis for axis in axes_of(total, self.graph.axes)]
                words = [w for f in factors(cast(sp.Expr, total.function)) for w in _words(f)]
                target = atom(self.unused("_".join(["sum", *words])), kept)
                self.sums[total] = target
                self.pending.append((target, sp.Sum(inner, *total.limits)))
            expr = cast(sp.Expr, expr.xreplace({total: self.sums[total]}))
        return expr

    def take_sums(self, algebra: Algebra, feeding: frozenset[sp.Expr]) -> None:
        """Sweep by sweep, take all pending sums; those in one sweep depend on nothing that it computes."""
        while self.pending:
            open_ = {target for target, _ in self.pending}
            ready = [(t, s) for t, s in self.pending if not open_.intersection(atoms_of(s))]
            self.pending = [(t, s) for t, s in self.pending if open_.intersection(atoms_of(s))]
            self._take(ready, algebra, feeding)

    def _take(self, ready: Sequence[tuple[sp.Expr, sp.Expr]], algebra: Algebra, feeding: frozenset[sp.Expr]) -> None:
        near = {target: self.near(total, algebra) for target, total in ready}
        wanted = {s for form in near.values() for s in sums_in(form)}
        whole = len(wanted) > len(ready)
        builder = self.sweep(whole=whole)
        if whole:
            near = {target: total for target, total in ready}
            wanted = set(near.values()) if near else set()
        names: dict[sp.Expr, sp.Expr] = {}
        reductions = []
        for total in sorted(wanted, key=key):
            owner = next((t for t, form in near.items() if form == total), None)
            if owner is None:
                first = next(t for t, form in near.items() if form.has(total))
                owner = atom(self.unused(f"near_{name_of(first)}"), axes_of(total, self.graph.axes))
            names[total] = owner
            fed = any(target in feeding and form.has(total) for target, form in near.items())
            reductions.append(self.reduction(builder, cast(sp.Sum, total), owner, fed))
        self.stages.append(Sweep(tuple(builder.ops), tuple(reductions)))
        combined = [
            Scalar(name_of(t), _named(cast(sp.Expr, form.xreplace(names))))
            for t, form in near.items()
            if form not in names
        ]
        if combined:
            self.stages.append(Scalars(tuple(combined)))

    def near(self, expr: sp.Expr, algebra: Algebra) -> sp.Expr:
        """The expression with deviations taken from the pivots: `d - rest` for `d`."""
        shift: dict[sp.Basic, sp.Basic] = {}
        folds: list[Fold] = []
        for centre in self.basis.centres:
            if centre.deviation in self.offsets and expr.has(centre.deviation):
                rest = atom(self.offsets[centre.deviation][1], indices(centre.mean))
                shift[centre.deviation] = centre.deviation - rest
                if centre.over:
                    size = sp.Mul(*[axis.size for axis in centre.over])
                    folds.append(Fold(centre.deviation, centre.over, cast(sp.Expr, size * rest), "pivot"))
        if not shift:
            return expr
        return Algebra(algebra.basis, tuple(folds)).normal(cast(sp.Expr, expr.xreplace(shift)))

    def reduction(self, builder: SweepBuilder, total: sp.Sum, owner: sp.Expr, fed: bool) -> Reduction:
        """The operands of one sum: a product of two slabs where there are two."""
        parts = [p for f in factors(cast(sp.Expr, total.function)) for p in _unpacked(f)]
        seed = self.derivation.backward.grad_output
        full = sorted((p for p in parts if builder.is_full(p)), key=lambda p: (p != seed, key(p)))
        lower = [p for p in parts if not builder.is_full(p)]
        right = builder.value(full[-1]) if len(full) > 1 else None
        left = builder.product([*(full[:-1] if right else full), *lower])
        if left.kind == "number":
            left = builder.op("copy", left)
        over = self.label(summed_axes(total))
        kept = "".join(dict.fromkeys(x for x in self.classes.values() if x not in over))
        made = Reduction(name_of(owner), _named(total), left, right, over, kept, across=False)
        if fed:
            self.feeding.append(made)
        return made

    # The forward pass.

    def take_statistics(self) -> None:
        """Sweeps for the forward reductions, each as early as what it depends on allows."""
        waiting = [e for e in self.graph.equations if e.over]
        done: set[sp.Expr] = set()
        folds: list[Fold] = []
        self.take_offsets(c for c in self.basis.centres if c.mean in self.graph.buffers)
        while waiting:
            started = [c for c in self.basis.centres if c.over and c.mean not in done and c.deviation in self.offsets]
            given = {c.deviation for c in self.basis.centres if c.mean in done or c.mean in self.graph.buffers}
            known = done | given | {c.deviation for c in started}
            known |= {d.target for d in self.basis.definitions if self.statistics_in(d.value) <= known}
            ready = [e for e in waiting if self.statistics_in(self.closed_statistic(e)) <= known]
            centres = [c for c in self.basis.centres if c.over and c.mean in {e.target for e in ready}]
            fresh = [c for c in centres if c not in started]
            refined = [c for c in centres if c in started]
            if not ready:
                raise PlanError(f"layer {self.graph.name!r}: its statistics depend on each other: {waiting}")
            forms: dict[Equation, sp.Expr] = {}
            algebra = Algebra(self.basis, tuple(folds))
            for equation in ready:
                own = next((c for c in refined if c.mean == equation.target), None)
                if own is not None:
                    # Sum (x - pivot) / N is what the mean has beyond the pivot.
                    forms[equation] = cast(
                        sp.Expr, equation.factor * sp.Sum(own.deviation, *[(a, 0, a.size - 1) for a in own.over])
                    )
                else:
                    form = self.closed_statistic(equation)
                    forms[equation] = self.near(form, algebra) if form.has(*[c.deviation for c in started]) else form
            forms = {equation: self.scalarize(form) for equation, form in forms.items()}
            builder = self.sweep(whole=False)
            reductions = [self.reduction(builder, cast(sp.Sum, s), t, True) for t, s in self.pending]
            self.pending = []
            self.stages.append(Sweep(tuple(builder.ops), tuple(reductions)))
            self.stages.append(Scalars(()))
            for equation in sorted(ready, key=lambda e: e.target not in {c.mean for c in refined}):
                form = _named(forms[equation])
                centre = next((c for c in centres if c.mean == equation.target), None)
                if centre in fresh and centre is not None:
                    pivot, rest = (self.unused(f"{equation.name}_{w}") for w in ("pivot", "rest"))
                    self.offsets[centre.deviation] = (pivot, rest)
                    self.append(Scalar(pivot, form, rounded=True))
                elif centre is not None:
                    pivot, rest = self.offsets[centre.deviation]
                    self.low[equation.name] = self.unused(f"{equation.name}_low")
                    self.append(Scalar(rest, form), ExactSum(equation.name, self.low[equation.name], pivot, rest))
                else:
                    never_negative = bool(equation.summand.is_nonnegative) and isinstance(form, sp.Add)
                    self.append(Scalar(equation.name, form, floor=never_negative))
            finished = [e for e in ready if e.target not in {c.mean for c in fresh}]
            done |= {e.target for e in finished}
            waiting = [e for e in waiting if e not in finished]
        self.lower_definitions()

    def statistics_in(self, expr: sp.Expr) -> set[sp.Expr]:
        """The statistics, deviations and atoms of the basis that an expression needs."""
        own = {e.target for e in self.graph.equations if e.over} | {d.target for d in self.basis.definitions}
        return {a for a in atoms_of(expr) if a in own and not self._free_of_statistics(a)}

    def _free_of_statistics(self, tensor: sp.Expr) -> bool:
        """Whether an atom of the basis is made of inputs alone."""
        values = {d.target: d.value for d in self.basis.definitions}
        reduced = {e.target for e in self.graph.equations if e.over}
        return tensor not in reduced and all(
            a not in reduced and self._free_of_statistics(a) for a in atoms_of(values.get(tensor, sp.S.Zero))
        )

    def closed_statistic(self, equation: Equation) -> sp.Expr:
        """A statistic in terms of inputs and earlier statistics, without using its own definition."""
        algebra = self.derivation.algebra
        own = {f"definition of {equation.name}"}
        own |= {f"deviations from {equation.name}"}
        return self.derivation.unfolded(
            equation.value, Algebra(self.basis, tuple(f for f in algebra.folds if f.reason not in own))
        )

    def lower_definitions(self) -> None:
        """Scalars for the atoms of the basis that have fewer axes than the data."""
        for definition in self.basis.definitions:
            if set(indices(definition.target)) != set(self.graph.axes) and definition.name not in self._computed():
                self.append(Scalar(definition.name, _named(definition.value)))

    def _computed(self) -> set[str]:
        return {
            i.name if not isinstance(i, ExactSum) else i.high
            for s in self.stages
            if isinstance(s, Scalars)
            for i in s.items
        }

    def saved(self) -> tuple[Result, ...]:
        """The statistics and whatever of fewer axes is computed from them."""
        names = []
        for equation in self.graph.equations:
            if equation.over:
                names.append((equation.name, equation.target))
                if equation.name in self.low:
                    names.append((self.low[equation.name], equation.target))
        for definition in self.basis.definitions:
            if set(indices(definition.target)) != set(self.graph.axes) and not self._free_of_statistics(
                definition.target
            ):
                names.append((definition.name, definition.target))
        return tuple(Result(n, n, n, self.label(indices(t)), across=False) for n, t in names)

    def take_offsets(self, centres: Iterable[Centre]) -> None:
        """Pivot and rest for deviations from a mean that is there already."""
        for centre in centres:
            mean = name_of(centre.mean)
            pivot, rest = self.unused(f"{mean}_pivot"), self.unused(f"{mean}_rest")
            self.offsets[centre.deviation] = (pivot, rest)
            low = f"{mean}_low" if f"{mean}_low" in self.saved_names else None
            self.append(Scalar(pivot, sp.Symbol(mean), rounded=True), Remainder(rest, mean, low, pivot))

    # The map passes.

    def closed(self, tensor: sp.Expr, lead: sp.Expr | None = None) -> AffineForm:
        """A full tensor with everything unfolded and collected."""
        expr = self.derivation.unfolded(tensor, self.derivation.algebra)
        return affine_form(expr, self.graph.axes, lead)

    def map(self, forms: dict[str, AffineForm]) -> None:
        """The sweep that writes the full results; what it needs of sums must be there already."""
        folds = {
            deviation: rest
            for deviation, (_, rest) in self.offsets.items()
            if all(_foldable(f, deviation) for f in forms.values())
        }
        builder = self.sweep(whole=bool(set(self.offsets) - set(folds)))
        if builder._whole:
            folds = {}
        writes = []
        for name, form in forms.items():
            value = builder.affine(form, folds)
            if value.kind != "local":
                value = builder.op("copy", value)
            writes.append(Write(name, value))
        self.stages.append(Sweep(tuple(builder.ops), (), tuple(writes)))

    # The backward pass.

    def take_givens(self, saved: tuple[Result, ...]) -> None:
        """Start from saved statistics, or from given ones: pivots of the means, and what has fewer axes."""
        kept = {result.name for result in saved}
        self.saved_names = kept
        self.take_offsets(self.basis.centres)
        for definition in self.basis.definitions:
            if set(indices(definition.target)) != set(self.graph.axes) and definition.name not in kept:
                self.append(Scalar(definition.name, _named(definition.value)))

    def gradients(self) -> None:
        """Reduce passes for all sums, scalars, one map pass for the full gradients, and the others' values."""
        seed = self.derivation.backward.grad_output
        maps: dict[str, AffineForm] = {}
        values: dict[str, sp.Expr] = {}
        for tensor in self.graph.inputs:
            name = f"grad_{name_of(tensor)}"
            expr = self.derivation.unfolded(self.derivation.backward.grad(name_of(tensor)), self.derivation.algebra)
            if set(indices(tensor)) == set(self.graph.axes):
                maps[name] = affine_form(self.scalarize(expr), self.graph.axes, seed)
        feeding = frozenset(self.sums.values())
        for tensor in self.graph.inputs:
            name = f"grad_{name_of(tensor)}"
            if name not in maps:
                expr = self.derivation.unfolded(self.derivation.backward.grad(name_of(tensor)), self.derivation.algebra)
                values[name] = self.scalarize(expr)
        self.feeding_atoms = feeding
        self.take_sums(self.derivation.algebra, feeding)
        self._mark_across()
        self._results(values)
        self.map(maps)
        self.written = tuple(maps)

    @property
    def outer(self) -> str:
        """The classes that every sum keeps on which a later stage depends."""
        labels = list(dict.fromkeys(self.classes.values()))
        kept = [x for x in labels if all(x not in r.over for r in self.feeding)]
        everywhere = [x for x in kept if all(x not in r.over for r in self._reductions())]
        if self.feeding:
            return "".join(kept)
        return "".join(everywhere) or labels[0]

    def _reductions(self) -> list[Reduction]:
        return [r for s in self.stages if isinstance(s, Sweep) for r in s.reductions]

    def _mark_across(self) -> None:
        """Tell apart the sums that are complete only when all chunks are done."""
        outer = set(self.outer)
        for k, stage in enumerate(self.stages):
            if isinstance(stage, Sweep):
                marked = [
                    Reduction(r.name, r.expr, r.left, r.right, r.over, r.kept, bool(outer & set(r.over)))
                    for r in stage.reductions
                ]
                self.stages[k] = Sweep(stage.ops, tuple(marked), stage.writes)

    def _results(self, values: dict[str, sp.Expr]) -> None:
        across = {r.name for r in self._reductions() if r.across}
        late: set[str] = set()
        for k, stage in enumerate(self.stages):
            if isinstance(stage, Scalars):
                for item in stage.items:
                    if isinstance(item, Scalar) and {str(s) for s in item.expr.free_symbols} & (across | late):
                        late.add(item.name)
                        self.final.append(item)
                self.stages[k] = Scalars(tuple(i for i in stage.items if getattr(i, "name", "") not in late))
        results = []
        for name, value in values.items():
            tensor = next(t for t in self.graph.inputs if name == f"grad_{name_of(t)}")
            named = _named(value)
            symbols = {str(s) for s in named.free_symbols}
            is_late = bool(symbols & (across | late))
            if (
                isinstance(named, sp.Symbol)
                and str(named) in {r.name for r in self._reductions()} | late | self._computed()
            ):
                holder = str(named)
            else:
                holder = name
                if is_late:
                    self.final.append(Scalar(holder, named))
                else:
                    self.append(Scalar(holder, named))
            results.append(Result(name, name_of(tensor), holder, self.label(indices(tensor)), is_late))
        self.results = tuple(results)

    # The finished kernel.

    def kernel(self, writes: tuple[str, ...], results: tuple[Result, ...], outer: str | None = None) -> Kernel:
        """What was built."""
        stages = tuple(s for s in self.stages if not isinstance(s, Scalars) or s.items)
        read = {r.name for s in stages if isinstance(s, Sweep) for op in s.ops for r in op.args if r.kind == "array"}
        for s in stages:
            if isinstance(s, Sweep):
                refs: list[Ref | None] = [w.value for w in s.writes]
                refs += [operand for red in s.reductions for operand in (red.left, red.right)]
                read |= {r.name for r in refs if r is not None and r.kind == "array"}
        used: set[str] = set()
        exprs = [i.expr for s in stages if isinstance(s, Scalars) for i in s.items if isinstance(i, Scalar)]
        exprs += [i.expr for i in self.final]
        for expr in exprs:
            used |= {str(s) for s in expr.free_symbols if not isinstance(s, Size)}
        for s in stages:
            for i in s.items if isinstance(s, Scalars) else ():
                if isinstance(i, Remainder):
                    used |= {i.of, *([i.low] if i.low else [])}
        givens = [
            Given(name_of(t), self.label(indices(t)), source)
            for source, tensors in (("input", self.graph.inputs), ("buffer", self.graph.buffers))
            for t in tensors
            if name_of(t) in used
        ]
        if self.name == "backward":
            lower = {name_of(e.target): e.target for e in (*self.graph.equations, *self.basis.definitions)}
            for name in sorted(self.saved_names):
                if name in used:
                    owner = lower.get(name, lower.get(name.removesuffix("_low")))
                    givens.append(Given(name, self.label(indices(cast(sp.Expr, owner))), "saved"))
        constants = tuple(str(c) for c in self.graph.constants if str(c) in used)
        seed = name_of(self.derivation.backward.grad_output)
        arrays = [seed] if seed in read else []
        arrays += [name_of(t) for t in (*self.graph.inputs, *self.graph.buffers) if name_of(t) in read]
        return Kernel(
            self.name,
            tuple(arrays),
            writes,
            tuple(cast("list[Given]", givens)),
            constants,
            stages,
            tuple(self.final),
            results,
            self.outer if outer is None else outer,
        )


def _named(expr: sp.Expr) -> sp.Expr:
    """The expression with tensors as plain symbols: in a scalar, every tensor stands for its values at one place."""
    table = {a: sp.Symbol(name_of(a)) for a in atoms_of(expr) if isinstance(a, sp.Indexed) or isinstance(a, sp.Symbol)}
    if expr.has(sp.Sum):
        return expr
    return cast(sp.Expr, expr.xreplace(table))


def _unpacked(factor: sp.Expr) -> list[sp.Expr]:
    """A square as two factors, so that its sum is a dot product."""
    if isinstance(factor, sp.Pow) and factor.exp.is_Integer and factor.exp > 1:
        return [cast(sp.Expr, factor.base)] * int(factor.exp)
    return [factor]


def _words(factor: sp.Expr) -> list[str]:
    """How a factor is called in the name of a sum."""
    if isinstance(factor, sp.Pow) and factor.exp.is_Integer and factor.exp > 1:
        return _words(cast(sp.Expr, factor.base)) * int(factor.exp)
    return list(dict.fromkeys(name_of(a) for a in atoms_of(factor)))


def _foldable(form: AffineForm, deviation: sp.Expr) -> bool:
    """Whether the deviation occurs in the form only as a term of its own, with one coefficient."""
    if form.common.has(deviation):
        return False
    for term in form.terms:
        if term.product.has(deviation) and (term.product != deviation or len(term.coefficients) > 1):
            return False
        if term.product == 1 and len(term.coefficients) > 1:
            return False
    return True
