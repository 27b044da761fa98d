"""Derivations with one deliberate mistake, for showing that a check would notice.

Every mistake is made in the backward equations only; the forward pass stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.calculus.basis import Basis
from derive.calculus.chain_rule import Backward
from derive.calculus.numeric import ArrayEvaluation
from derive.graph import Equation
from derive.language import Size, axes_of, indices, is_indicator, name_of

SAME = 1e-9  # relative; a mistake that changes nothing changes less than this in longdouble


@dataclass(frozen=True)
class Mutant:
    """One wrong derivation.

    `equivalent` marks a mistake that changes no gradient, such as dropping a contribution that is zero; `also` names
    other mistakes that give the same gradients, whatever the data; `touches` names the inputs whose gradients it
    changes, where that is known. `equations` need to hold what differs only, besides what it takes to evaluate them.
    """

    name: str
    description: str
    backward: Backward
    equations: tuple[Equation, ...]
    equivalent: bool = False
    also: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()

    def gradients(
        self,
        inputs: Mapping[str, NDArray[Any]],
        grad_output: NDArray[Any],
        constants: Mapping[str, float],
        axes: Mapping[str, tuple[int, ...]],
    ) -> dict[str, NDArray[np.longdouble]]:
        """The wrong gradients in longdouble, by the names of the inputs.

        Args:
            inputs: the inputs and buffers by name, the first with the shape of the data.
            grad_output: the gradient of the output, with the shape of the data.
            constants: the constants by name.
            axes: for each axis the dimensions of the data that it is.
        """
        graph = self.backward.graph
        values: dict[str, NDArray[Any] | float] = {
            **inputs,
            **constants,
            name_of(self.backward.grad_output): grad_output,
        }
        evaluation = ArrayEvaluation(self.equations, graph.axes, axes, values, grad_output.shape)
        return {name_of(a.of): evaluation.own_shape(a.symbol) for a in self.backward.gradients}


def mutants(backward: Backward, *, equivalent: bool = False) -> tuple[Mutant, ...]:
    """All mutants of the backward equations; those that change nothing only on request."""
    sample = generic_data(backward)
    right = Mutant("none", "no mistake", backward, backward.equations).gradients(*sample)
    result = []
    for mutant in backward_mistakes(backward):
        wrong = mutant.gradients(*sample)
        scale = {name: float(np.max(np.abs(value))) + 1.0 for name, value in right.items()}
        same = all(float(np.max(np.abs(wrong[n] - right[n]))) <= SAME * scale[n] for n in right)
        if same == equivalent:
            result.append(replace(mutant, equivalent=same))
    return tuple(result)


def backward_mistakes(backward: Backward) -> Iterator[Mutant]:
    """Mistakes in the chain rule's own equations, those that change nothing included."""
    shares = [c for adjoint in backward.adjoints for c in adjoint.contributions]
    for word, factor in (("dropped", 0), ("doubled", 2), ("negated", -1)):
        for share in shares:
            changed = replace(share.equation, summand=cast(sp.Expr, factor * share.equation.summand))
            yield _mutant(
                backward,
                f"{share.label} {word}",
                f"the contribution {share.label} is {word}",
                {share.equation: changed},
            )
    for share in shares:
        sizes = [s for s in share.equation.factor.free_symbols if isinstance(s, Size)]
        if sizes:
            count = sp.Mul(*sorted(sizes, key=str))
            changed = replace(share.equation, factor=cast(sp.Expr, share.equation.factor * count / (count - 1)))
            yield _mutant(
                backward,
                f"{share.label} N-1",
                f"{share.label} divides by one less than the count",
                {share.equation: changed},
            )
    for tensor in (*backward.graph.inputs, *backward.graph.buffers):
        if len(indices(tensor)) < len(backward.graph.axes):
            yield from _everywhere(
                backward, f"{name_of(tensor)} left out", partial(_replaced, old=tensor, new=sp.S.One)
            )
    for constant in backward.graph.constants:
        yield from _everywhere(backward, f"{constant} left out", partial(_replaced, old=constant, new=sp.S.Zero))
    for root in Basis(backward.graph, centred=False).roots:
        statistic = sorted(map(name_of, (a for a in root.base.free_symbols if isinstance(a, sp.Indexed))))
        words = f"root of {', '.join(statistic)} forgotten"
        yield from _everywhere(backward, words, partial(_without_root, base=root.base, degree=root.degree))


def _replaced(expr: sp.Expr, old: sp.Expr, new: sp.Expr) -> sp.Expr:
    return cast(sp.Expr, expr.xreplace({old: new}))


def _without_root(expr: sp.Expr, base: sp.Expr, degree: int) -> sp.Expr:
    """`base**(k/degree)` replaced by `base**k`: the variance where the standard deviation belongs."""
    powers = {p: p.base ** (p.exp * degree) for p in expr.atoms(sp.Pow) if p.base == base}
    return cast(sp.Expr, expr.xreplace(powers))


def _everywhere(backward: Backward, words: str, change: Callable[[sp.Expr], sp.Expr]) -> Iterator[Mutant]:
    changed = {}
    for share in (c for adjoint in backward.adjoints for c in adjoint.contributions):
        wrong = change(share.equation.summand)
        if wrong != share.equation.summand and axes_of(wrong) is not None:
            changed[share.equation] = replace(share.equation, summand=wrong)
    if changed:
        yield _mutant(backward, words, f"{words}, in every backward equation", changed)


def _mutant(backward: Backward, name: str, description: str, changed: Mapping[Equation, Equation]) -> Mutant:
    equations = tuple(changed.get(e, e) for e in backward.equations)
    return Mutant(name, description, backward, equations)


def generic_data(
    backward: Backward, seed: int = 20161
) -> tuple[dict[str, NDArray[Any]], NDArray[Any], dict[str, float], dict[str, tuple[int, ...]]]:
    """Positive random data with three or more elements along each axis, another number for each, the same every time.

    Returns:
        inputs and buffers by name, grad_output, the constants, and the dimension of each axis.
    """
    rng = np.random.default_rng(seed)
    graph = backward.graph
    dims: dict[str, tuple[int, ...]] = {axis.name: (k,) for k, axis in enumerate(graph.axes)}
    sizes = {axis: 3 + k for k, axis in enumerate(graph.axes)}

    def shape(tensor: sp.Expr) -> list[int]:
        return [sizes[axis] for axis in graph.axes if axis in indices(tensor)]

    def drawn(tensor: sp.Expr) -> NDArray[Any]:
        if is_indicator(tensor):
            mask = np.ones(shape(tensor))
            mask.flat[1::3] = 0
            return mask
        return rng.uniform(0.5, 2.0, size=shape(tensor))

    values = {name_of(t): drawn(t) for t in (*graph.inputs, *graph.buffers)}
    constants = {str(c): 0.3 for c in graph.constants}
    return values, rng.standard_normal(list(sizes.values())), constants, dims
