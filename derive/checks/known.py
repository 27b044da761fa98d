"""What the derivation of a layer adds to a gradient check: its mistakes, its exact gradients, where it is blind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.blindness import BlindShare, blind_share
from derive.checks.problem import AnyMutant, Problem
from derive.language import name_of
from derive.proofs.prove import Claims, own_claims

Array = NDArray[Any]


class KnownLayer:
    """A layer at the data of a gradient check.

    Args:
        problem: the layer bound to the inputs.
        claims: its claims, of which those about cotangents count; None for a layer without any.
    """

    def __init__(self, problem: Problem, claims: Claims | None = None) -> None:
        self._problem = problem
        self._claims = own_claims(problem.derivation.fork(), claims) if claims is not None else []

    def mistakes(self, cotangent: Array) -> Iterator[tuple[str, Mapping[str, Array]]]:
        """The gradients of every mutant of the derivation."""
        for mutant in self._problem.mutants():
            yield mutant.name, self.mistake(mutant, cotangent)

    def mistake(self, mutant: AnyMutant, cotangent: Array) -> Mapping[str, Array]:
        """The gradients of one mutant."""
        return self._returned(self._problem.mutant_gradients(mutant, self._taken(cotangent)))

    def exact(self, cotangent: Array) -> Mapping[str, Array]:
        """The derived gradients."""
        return self._returned(self._problem.gradients(self._taken(cotangent)))

    def blind(self, cotangent: Array) -> BlindShare | None:
        """The cotangent's share in directions of which a theorem says that they are blind."""
        found = blind_share(self._problem, self._taken(cotangent), self._claims)
        return found if found.directions else None

    def _taken(self, cotangent: Array) -> Array:
        seed = self._problem.derivation.backward.grad_output
        return self._problem.binding.taken(name_of(seed), seed, np.asarray(cotangent))

    def _returned(self, gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        """Gradients in the shapes that callers know."""
        problem = self._problem
        return {n: g.reshape(problem.binding.callers_shape(problem.graph[n])) for n, g in gradients.items()}
