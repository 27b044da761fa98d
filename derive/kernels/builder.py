"""What building a forward and a backward kernel have in common: scalars, sums, sweeps, the finished kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import sympy as sp

from derive.calculus.basis import Centre
from derive.calculus.canonical import factors, key
from derive.calculus.factor import AffineForm
from derive.calculus.reductions import Algebra, Fold
from derive.calculus.sums import summed_axes, sums_in
from derive.kernels.needs import pruned, refs_in, symbols_in
from derive.kernels.plan import (
    ExactSum,
    Given,
    Kernel,
    Reduction,
    Ref,
    Remainder,
    Result,
    Scalar,
    Scalars,
    Sweep,
    Total,
    Write,
)
from derive.kernels.sweeps import SweepBuilder
from derive.language import Axis, atom, atoms_of, axes_of, indices, is_indicator, name_of
from derive.proofs.derivation import Derivation
from derive.vocabulary import Stabilizer


class KernelBuilder:
    """Builds one kernel, stage by stage; the forward and the backward kernel add what is their own."""

    def __init__(
        self,
        derivation: Derivation,
        classes: tuple[tuple[Axis, str], ...],
        name: str,
        directions: Iterable[sp.Expr] = (),
    ) -> None:
        self.derivation = derivation
        self.graph = derivation.graph
        self.basis = derivation.basis
        self.algebra = derivation.algebra
        self.name = name
        self.classes = dict(classes)
        self.directions = {name_of(direction) for direction in directions}
        self.inner = derivation.basis.inner
        self.stages: list[Scalars | Sweep] = []
        self.final: list[Scalar] = []
        self.results: tuple[Result, ...] = ()
        self.written: tuple[str, ...] = ()
        self.late: set[str] = set()
        self.totals: list[Total] = []
        self.scalars: dict[sp.Expr, str] = {}
        self.sums: dict[sp.Expr, sp.Expr] = {}
        self.offsets: dict[sp.Expr, tuple[str, str | None]] = {}
        self.low: dict[str, str] = {}
        self.given_results: tuple[Result, ...] = ()
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

    def append(self, *more: Scalar | ExactSum | Remainder) -> None:
        """Append scalars to the current stage, or begin one."""
        before: tuple[Scalar | ExactSum | Remainder, ...] = ()
        if self.stages and isinstance(self.stages[-1], Scalars):
            before = self.stages.pop().items  # type: ignore[union-attr]
        self.stages.append(Scalars((*before, *more)))

    def computed(self) -> set[str]:
        """The names of all scalars so far."""
        items = [item for stage in self.stages if isinstance(stage, Scalars) for item in stage.items]
        return {item.high if isinstance(item, ExactSum) else item.name for item in items}

    def rounded(self, expr: sp.Expr, name: str) -> str:
        """The name of a scalar that holds `expr` in the dtype of the data."""
        plain = named(expr)
        if plain not in self.scalars:
            self.scalars[plain] = self.unused(f"{plain}_cast" if isinstance(plain, sp.Symbol) else name)
            self.append(Scalar(self.scalars[plain], plain, rounded=True))
        return self.scalars[plain]

    def sweep(self, *, whole: bool) -> SweepBuilder:
        """A new sweep over the data."""
        return SweepBuilder(self.basis, self.inner, self.graph.axes, self.rounded, self.offsets, whole=whole)

    def label(self, over: Iterable[Axis]) -> str:
        """The labels of the classes that the given axes make up."""
        return "".join(dict.fromkeys(self.classes[axis] for axis in self.graph.axes if axis in set(over)))

    # Sums.

    def scalarize(self, expr: sp.Expr) -> sp.Expr:
        """The expression with every sum replaced by the scalar that will hold it."""
        table: dict[sp.Basic, sp.Basic] = {}  # all at once: a sum may stand alone and inside of another
        for total in sums_in(expr):
            if total not in self.sums:
                inner = self.scalarize(cast(sp.Expr, total.function))
                kept = [axis for axis in axes_of(total, self.graph.axes)]
                words = [w for f in factors(cast(sp.Expr, total.function)) for w in _words(f)]
                target = atom(self.unused("_".join(["sum", *words])), kept)
                self.sums[total] = target
                self.pending.append((target, sp.Sum(inner, *total.limits)))
            table[total] = self.sums[total]
        return cast(sp.Expr, expr.xreplace(table))

    def take_sums(self, feeding: frozenset[sp.Expr]) -> None:
        """Sweep by sweep, take all pending sums; those in one sweep depend on nothing that it computes."""
        while self.pending:
            open_ = {target for target, _ in self.pending}
            ready = [(t, s) for t, s in self.pending if not open_ & self._made_of(s)]
            self.pending = [(t, s) for t, s in self.pending if open_ & self._made_of(s)]
            self._take(ready, feeding)

    def _made_of(self, expr: sp.Expr) -> set[sp.Expr]:
        """The tensors in an expression, and those that its atoms are made of."""
        found: set[sp.Expr] = set()
        waiting = list(atoms_of(expr))
        while waiting:
            tensor = waiting.pop()
            if tensor not in found:
                found.add(tensor)
                waiting += atoms_of(self.inner.get(tensor, sp.S.Zero))
        return found

    def _take(self, ready: Sequence[tuple[sp.Expr, sp.Expr]], feeding: frozenset[sp.Expr]) -> None:
        near = {target: self.near(total) for target, total in ready}
        wanted = {s for form in near.values() for s in sums_in(form)}
        whole = len(wanted) > len(ready) or self.basis.hides(total for _, total in ready)
        builder = self.sweep(whole=whole)
        if whole:
            near = {target: total for target, total in ready}
            wanted = {cast(sp.Sum, total) for total in near.values()}
        names: dict[sp.Expr, sp.Expr] = {}
        reductions = []
        for total in sorted(wanted, key=key):
            owner = next((t for t, form in near.items() if form == total), None)
            if owner is None:
                first = next(t for t, form in near.items() if form.has(total))
                owner = atom(self.unused(f"near_{name_of(first)}"), axes_of(total, self.graph.axes))
            names[total] = owner
            fed = any(target in feeding and form.has(total) for target, form in near.items())
            reductions.append(self.reduction(builder, total, owner, fed))
        self.stages.append(Sweep(tuple(builder.ops), tuple(reductions)))
        combined = [
            Scalar(name_of(t), named(cast(sp.Expr, form.xreplace(names))))
            for t, form in near.items()
            if form not in names
        ]
        if combined:
            self.stages.append(Scalars(tuple(combined)))

    def near(self, expr: sp.Expr) -> sp.Expr:
        """The expression with deviations taken from the pivots: `d - rest` for `d`."""
        shift: dict[sp.Basic, sp.Basic] = {}
        folds: list[Fold] = []
        for centre in self.basis.centres:
            name = self.offsets.get(centre.deviation, ("", None))[1]
            if name is not None and expr.has(centre.deviation):
                rest = atom(name, indices(centre.mean))
                shift[centre.deviation] = centre.deviation - rest
                if centre.over:
                    folds.append(Fold(centre.weighted, centre.over, cast(sp.Expr, centre.mass * rest), "pivot"))
                    folds += [f for f in self.algebra.folds if f.value == centre.mass]
        if not shift:
            return expr
        return Algebra(self.basis, tuple(folds)).normal(cast(sp.Expr, expr.xreplace(shift)))

    def reduction(self, builder: SweepBuilder, total: sp.Sum, owner: sp.Expr, fed: bool) -> Reduction:
        """The operands of one sum: a product of two slabs where there are two. The operand of a maximum."""
        largest = isinstance(total, Stabilizer)
        if largest:
            left, right = builder.value(cast(sp.Expr, total.function)), None
        else:
            left, right = self._operands(builder, total)
        if left.kind in ("number", "scalar"):
            left = builder.op("copy", left)
        over = self.label(summed_axes(total))
        kept = "".join(dict.fromkeys(x for x in self.classes.values() if x not in over))
        classes = self.label(indices(owner))
        made = Reduction(name_of(owner), named(total), left, right, over, kept, classes, across=False, largest=largest)
        if fed:
            self.feeding.append(made)
        return made

    def _operands(self, builder: SweepBuilder, total: sp.Sum) -> tuple[Ref, Ref | None]:
        parts = [p for f in factors(cast(sp.Expr, total.function)) for p in _unpacked(f)]
        seed = self.derivation.lead
        full = sorted((p for p in parts if builder.is_full(p)), key=lambda p: (p != seed, key(p)))
        lower = [p for p in parts if not builder.is_full(p)]
        masks = [p for p in lower if is_indicator(p)]  # they select each factor: zero times NaN is not zero
        right = builder.product([full[-1], *masks]) if len(full) > 1 else None
        return builder.product([*(full[:-1] if right else full), *lower]), right

    def take_offsets(self, centres: Iterable[Centre]) -> None:
        """Pivot and rest for deviations from a mean that is there already."""
        for centre in centres:
            mean = name_of(centre.mean)
            if centre.exact:
                self.offsets[centre.deviation] = (self.unused(f"{mean}_pivot"), None)
                self.append(Scalar(self.offsets[centre.deviation][0], sp.Symbol(mean), rounded=True))
                continue
            pivot, rest = self.unused(f"{mean}_pivot"), self.unused(f"{mean}_rest")
            self.offsets[centre.deviation] = (pivot, rest)
            low = next((r.name for r in self.given_results if r.name == f"{mean}_low"), None)
            self.append(Scalar(pivot, sp.Symbol(mean), rounded=True), Remainder(rest, mean, low, pivot))

    # The map passes.

    def map(self, wanted: Mapping[str, Sequence[AffineForm]]) -> None:
        """The sweep that writes the full results, sums of forms; what it needs of sums must be there already."""
        forms = [form for own in wanted.values() for form in own]
        offsets = {deviation: rest for deviation, (_, rest) in self.offsets.items() if rest is not None}
        folds = offsets if all(_foldable(f, d) for f in forms for d in offsets) else {}
        if self.basis.hides(form.expr for form in forms):
            folds = {}
        builder = self.sweep(whole=len(folds) < len(offsets))
        writes = []
        for name, own in wanted.items():
            value = builder.affine(own[0], folds)
            for form in own[1:]:
                plain = not builder.is_full(form.expr)
                more = builder.coefficient(form.expr, "shift") if plain else builder.affine(form, folds)
                value = builder.op("add", value, more)
            if value.kind != "local":
                value = builder.op("copy", value)
            writes.append(Write(name, value))
        self.stages.append(Sweep(tuple(builder.ops), (), tuple(writes)))

    @property
    def outer(self) -> str:
        """The classes that every sum keeps on which a later stage depends."""
        labels = list(dict.fromkeys(self.classes.values()))
        kept = [x for x in labels if all(x not in r.over for r in self.feeding)]
        everywhere = [x for x in kept if all(x not in r.over for r in self.reductions())]
        if self.feeding:
            return "".join(kept)
        return "".join(everywhere) or labels[0]

    def reductions(self) -> list[Reduction]:
        """All sums so far."""
        return [r for s in self.stages if isinstance(s, Sweep) for r in s.reductions]

    # The finished kernel.

    def kernel(self, writes: tuple[str, ...], results: tuple[Result, ...], outer: str | None = None) -> Kernel:
        """What was built, without scalars that nothing uses."""
        stages = pruned(self.stages, {r.value for r in results} | {s for f in self.final for s in symbols_in(f)})
        refs = [ref for stage in stages if isinstance(stage, Sweep) for ref in refs_in(stage)]
        # The data is always there: its shape says how far the sweeps go.
        read = {name_of(self.graph.inputs[0])} | {ref.name for ref in refs if ref.kind == "array"}
        used = {s for stage in stages if isinstance(stage, Scalars) for item in stage.items for s in symbols_in(item)}
        used |= {s for item in self.final for s in symbols_in(item)}
        tensors = {name_of(t): t for t in (*self.graph.inputs, *self.graph.buffers)}
        buffers = {name_of(t) for t in self.graph.buffers}
        givens = [
            Given(
                name,
                self.label(indices(t)),
                "tangent" if name in self.directions else "buffer" if name in buffers else "input",
            )
            for name, t in tensors.items()
            if name in used
        ]
        givens += [Given(r.name, r.classes, "saved") for r in self.given_results if r.name in used]
        seed = name_of(self.derivation.backward.grad_output)
        return Kernel(
            self.name,
            tuple(name for name in (seed, *tensors) if name in read),
            writes,
            tuple(givens),
            tuple(str(c) for c in self.graph.constants if str(c) in used),
            stages,
            tuple(self.final),
            results,
            self.outer if outer is None else outer,
            tuple(self.totals),
        )


def named(expr: sp.Expr) -> sp.Expr:
    """The expression with tensors as plain symbols: in a scalar, every tensor stands for its values at one place."""
    table = {a: sp.Symbol(name_of(a)) for a in atoms_of(expr) if isinstance(a, sp.Indexed) or isinstance(a, sp.Symbol)}
    if expr.has(sp.Sum, Stabilizer):
        return expr
    return cast(sp.Expr, expr.xreplace(table))


def _unpacked(factor: sp.Expr) -> list[sp.Expr]:
    """A square as two factors, so that its sum is a dot product."""
    if isinstance(factor, sp.Pow) and factor.exp.is_Integer and factor.exp > 1:
        return [cast(sp.Expr, factor.base)] * int(factor.exp)
    return [factor]


def _words(factor: sp.Expr) -> list[str]:
    """How a factor is called in the name of a sum."""
    if isinstance(factor, sp.Sum):
        return ["sum"]
    if isinstance(factor, sp.Pow) and factor.exp.is_Integer and factor.exp > 1:
        words = _words(cast(sp.Expr, factor.base))
        return words * 2 if factor.exp == 2 else [*words[:-1], f"{words[-1]}{factor.exp}"]
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
