"""What a target is asked to emit: a proven derivation with its plan and its calling convention."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.interface import Interface
from derive.kernels.plan import Plan
from derive.proofs.derivation import Derivation
from derive.proofs.domain import Domain
from derive.proofs.second_order import SecondOrder


@dataclass(frozen=True)
class Subject:
    """One pair of forward and backward functions.

    Args:
        derivation: the layer and its chain rule.
        plan: the passes.
        interface: the calling convention.
        closed_forms: per input the proven formula of its gradient.
        theorems: the names of the theorems that were proven.
        suffix: what is added to the functions' names (`_inference`).
        domain: where the layer is defined.
        second: the derivatives along directions, for whose kernels the plan has formulas; None where it has none.
    """

    derivation: Derivation
    plan: Plan
    interface: Interface
    closed_forms: tuple[tuple[str, sp.Expr], ...]
    theorems: tuple[str, ...]
    suffix: str = ""
    domain: Domain = Domain()
    second: SecondOrder | None = None

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """Everything that its kernels were derived by."""
        along = self.second.parts if self.second is not None else ()
        return (self.derivation, *(part.derivation for part in along))


@dataclass(frozen=True)
class Emission:
    """Everything that one emitted module holds."""

    name: str
    subjects: tuple[Subject, ...]
    digest: str
    source: str
