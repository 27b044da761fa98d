"""What the derivation of a layer adds to a gradient check: its mistakes, its exact gradients, where it is blind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.blindness import BlindShare, blind_share
from derive.checks.problem import Problem
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
            yield mutant.name, self._problem.mutant_gradients(mutant, cotangent)

    def exact(self, cotangent: Array) -> Mapping[str, Array]:
        """The derived gradients."""
        return self._problem.gradients(cotangent)

    def blind(self, cotangent: Array) -> BlindShare | None:
        """The cotangent's share in directions of which a theorem says that they are blind."""
        found = blind_share(self._problem, np.asarray(cotangent), self._claims)
        return found if found.directions else None
