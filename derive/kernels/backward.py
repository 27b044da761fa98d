"""Building the backward kernel: all sums in as few sweeps as their dependencies allow, then one map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import sympy as sp

from derive.calculus.factor import affine_form, by_direction, lead_of
from derive.kernels.builder import KernelBuilder, named
from derive.kernels.needs import symbols_in
from derive.kernels.plan import Result, Scalar, Scalars, Sweep
from derive.language import atoms_of, indices, name_of


class BackwardBuilder(KernelBuilder):
    """Builds the backward kernel from what the forward pass saved."""

    def take_givens(self, saved: tuple[Result, ...]) -> None:
        """Start from the saved statistics: pivots of the means, and atoms of fewer axes that were not saved."""
        self.given_results = saved
        kept = {result.name for result in saved}
        self.take_offsets(self.basis.centres)
        for definition in self.basis.definitions:
            if set(indices(definition.target)) != set(self.graph.axes) and definition.name not in kept:
                self.append(Scalar(definition.name, named(definition.value)))

    def gradients(self) -> None:
        """The gradients of all inputs."""
        self.take(
            {f"grad_{name_of(a.of)}": (a.of, a.symbol) for a in self.derivation.backward.gradients},
            (self.derivation.lead,),
        )

    def take(
        self,
        wanted: Mapping[str, tuple[sp.Expr, sp.Expr]],
        leads: Sequence[sp.Expr],
        directions: Sequence[sp.Expr] = (),
    ) -> None:
        """Reduce passes for all sums, scalars, one map pass for the full results, and the values of the others.

        Args:
            wanted: by name the tensor that each result has the axes of, and its value.
            leads: the tensors whose term comes first in a result, the first that is there.
            directions: what the results are linear in; the terms of each are collected apart.
        """
        self._open_tails()
        closed = {name: (t, self.derivation.unfolded(value, self.algebra)) for name, (t, value) in wanted.items()}
        full = {name for name, (t, _) in closed.items() if set(indices(t)) == set(self.graph.axes)}
        # The first input's gradient is written last: its place may be that of an array which is still read.
        order = sorted(full, key=lambda name: -list(closed).index(name))
        parts = {name: by_direction(closed[name][1], directions) for name in order}
        forms = {name: [self.scalarize(part) for part in own] for name, own in parts.items()}
        feeding = frozenset(self.sums.values())
        values = {name: (t, self.scalarize(expr)) for name, (t, expr) in closed.items() if name not in full}
        self.take_sums(feeding)
        self._mark_across()
        self.results = tuple(self._result(name, tensor, value) for name, (tensor, value) in values.items())
        axes = self.graph.axes
        self.map({n: tuple(affine_form(form, axes, lead_of(form, leads)) for form in own) for n, own in forms.items()})
        self.written = tuple(name for name in closed if name in full)

    def _open_tails(self) -> None:
        """What tails are made of, as far as it is no statistic that the forward pass has saved: sums become scalars."""
        for tail in self.basis.tails:
            value = self.inner[tail]
            if self.derivation.unfold(value, self.basis):
                self.inner[tail] = self.scalarize(self.derivation.unfolded(value, self.algebra))

    def _mark_across(self) -> None:
        """Tell apart the sums that are complete only when all chunks are done, and move what uses them to the end."""
        outer, late = set(self.outer), set()
        for k, stage in enumerate(self.stages):
            if isinstance(stage, Sweep):
                marked = [replace(r, across=bool(outer & set(r.over))) for r in stage.reductions]
                late |= {r.name for r in marked if r.across}
                self.stages[k] = replace(stage, reductions=tuple(marked))
        for k, stage in enumerate(self.stages):
            if isinstance(stage, Scalars):
                moved = [i for i in stage.items if isinstance(i, Scalar) and symbols_in(i) & late]
                late |= {i.name for i in moved}
                self.final += moved
                self.stages[k] = Scalars(tuple(i for i in stage.items if i not in moved))
        self.late = late

    def _opened_atoms(self, expr: sp.Expr) -> sp.Expr:
        """The expression without atoms of the basis, which are there only while a chunk is worked on."""
        atoms = {
            d.target: d.value for d in self.basis.definitions if d.name not in {r.name for r in self.given_results}
        }
        while present := {a: atoms[a] for a in atoms_of(expr) if a in atoms}:
            expr = cast(sp.Expr, expr.xreplace(present))
        return expr

    def _result(self, name: str, tensor: sp.Expr, value: sp.Expr) -> Result:
        """Where the gradient of a tensor with fewer axes is found, as a scalar of its own unless it is a plain sum."""
        expr = named(value)
        if {str(s) for s in expr.free_symbols} & self.late:
            expr = named(self._opened_atoms(value))
        known = {r.name for r in self.reductions()} | self.computed() | {item.name for item in self.final}
        holder = str(expr)
        late = bool({str(s) for s in expr.free_symbols} & self.late)
        if holder not in known:
            holder = name
            if late:
                self.final.append(Scalar(name, expr))
            else:
                self.append(Scalar(name, expr))
        return Result(name, name_of(tensor), holder, self.label(indices(tensor)), late)
