"""Random expressions with sums in them, and whether two expressions have one value."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache, partial

import sympy as sp
from hypothesis import settings
from hypothesis import strategies as st

from derive import axes, positive, tensor, total
from derive.calculus.basis import Basis
from derive.calculus.reductions import Algebra
from derive.graph import Equation, lower
from derive.language import axes_of, indices, name_of
from derive.proofs.evaluate import Evaluation, Sample, positions, with_best_arithmetic
from tests.calculus import examples

SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, database=None)

n, d = axes("n d")
f, g, a, b = tensor("f", n, d), tensor("g", n, d), tensor("a", n), tensor("b", d)
k = positive("k")
NUMBERS: tuple[sp.Expr, ...] = (sp.Integer(2), sp.Integer(-1), sp.Rational(-3, 2), n.size, 1 / d.size)
PLAIN: tuple[sp.Expr, ...] = (f, g, a, b, k, 1 / a, *NUMBERS)


def expressions(leaves: Sequence[sp.Expr], size: int = 6, *, again: bool = False) -> st.SearchStrategy[sp.Expr]:
    """Sums, products, squares and totals of the leaves.

    `again` says that an axis may be summed outside of a sum over it: Sum_n a*(Sum_n f).
    """
    axes_ = st.sampled_from([(n,), (d,), (n, d)])

    def extend(inner: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
        return st.one_of(
            st.builds(lambda p, q: p + q, inner, inner),
            st.builds(lambda p, q: p * q, inner, inner),
            st.builds(lambda p: p**2, inner),
            st.builds(partial(summed, again=again), inner, axes_),
            st.builds(partial(summed, again=again), inner, axes_),
        )

    return st.recursive(st.sampled_from(leaves), extend, max_leaves=size)


def summed(expr: sp.Expr, over: Sequence[sp.Symbol], *, again: bool) -> sp.Expr:
    """The total over those of the axes that the expression has."""
    bound = {axis for inner in expr.atoms(sp.Sum) for axis in inner.variables}
    there = [axis for axis in axes_of(expr) if axis in over and (again or axis not in bound)]
    return total(expr, over=there) if there else expr


SIZES = st.fixed_dictionaries({"n": st.integers(1, 3), "d": st.integers(1, 3)})


def sample(sizes: dict[str, int], seed: int, tensors: Iterable[sp.Expr] = (f, g, a, b, k)) -> Sample:
    """Positive random rationals for the given tensors."""
    rng = random.Random(seed)
    values: dict[str, dict[tuple[int, ...], Fraction]] = {}
    for t in tensors:
        places = [tuple(where.values()) for where in positions(indices(t), sizes)]
        values[name_of(t)] = {place: Fraction(rng.randint(1, 9), rng.randint(1, 3)) for place in places}
    return Sample(sizes, values)


def agree(left: sp.Expr, right: sp.Expr, at: Sample, equations: Iterable[Equation] = ()) -> bool:
    """Whether two expressions have one value at a sample, exactly where that is possible."""
    known = tuple(equations)
    return with_best_arithmetic(lambda arithmetic: Evaluation(known, at, arithmetic).agree(left, right))[0]


class Ground:
    """A layer's graph, its basis and its algebra, with leaves for random expressions about it."""

    def __init__(self, make: examples.Maker, *, centred: bool = True) -> None:
        self.graph = lower(make())
        self.basis = Basis(self.graph, centred=centred)
        self.algebra = Algebra(self.basis)
        self.seed = tensor("g", n, d)

    @property
    def leaves(self) -> tuple[sp.Expr, ...]:
        """The tensors, what the equations are made of, and a cotangent."""
        tensors = (*self.graph.inputs, *(e.target for e in self.graph.equations))
        pieces = {p for e in self.graph.equations for p in e.summand.atoms(sp.Pow, sp.exp, sp.Add)}
        return (*tensors, *sorted(pieces, key=str), self.seed, sp.Integer(-2), n.size)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """Everything that is defined by now."""
        return (*self.graph.equations, *self.basis.definitions)

    def sample(self, sizes: dict[str, int], seed: int) -> Sample:
        """Positive random values for what is given."""
        return sample(sizes, seed, (*self.graph.inputs, *self.graph.constants, self.seed))


@cache
def ground(make: examples.Maker, centred: bool = True) -> Ground:
    """One ground per layer and form."""
    return Ground(make, centred=centred)
