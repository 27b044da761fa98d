"""What is claimed, and what a proof of it consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from derive.calculus.reductions import Step
from derive.errors import ProofError
from derive.graph import Equation, Graph
from derive.language import to_expr

if TYPE_CHECKING:
    from derive.proofs.derivation import Derivation


@dataclass(frozen=True)
class Check:
    """One independent confirmation: how it was made and at what."""

    how: str
    detail: str


Witness = Callable[["Derivation", "Claim"], Check]


@dataclass(frozen=True)
class Claim:
    """The statement `lhs = rhs` about a derivation's tensors, for every size and all values that meet the hypotheses.

    Args:
        name: what the theorem is called.
        lhs, rhs: the two sides, in the layer's tensors and their gradients.
        given: hypotheses of the form `tensor = value`, such as `grad_output = 1`.
        assuming: hypotheses of the form `sum = 0`, linear in grad_output.
        conditions: other hypotheses, as SymPy relations; they are stated, and samples are drawn to meet them.
        order: up to which derivative the statement may replace one side by the other; None for every order.
        remark: what the statement licenses and what it does not; no formulas.
        witness: an independent check beyond the usual ones, which raises ProofError when it fails.
        moment_form: prove it with sums of products of the tensors alone, no deviation being kept whole.
        holds: whether the statement is claimed; if not, that there is no such theorem, which exact numbers show.
    """

    name: str
    lhs: sp.Expr
    rhs: sp.Expr
    given: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    assuming: tuple[sp.Sum, ...] = ()
    conditions: tuple[sp.Basic, ...] = ()
    order: int | None = None
    remark: str = ""
    witness: Witness | None = None
    moment_form: bool = False
    holds: bool = True

    def __post_init__(self) -> None:
        for side in ("lhs", "rhs"):  # a plain number is as good as a SymPy one
            object.__setattr__(self, side, to_expr(getattr(self, side)))
        for condition in self.conditions:
            if not isinstance(condition, sp.StrictGreaterThan | sp.GreaterThan):
                raise ProofError(f"theorem {self.name!r}: the condition {condition} is neither a > b nor a >= b")


@dataclass(frozen=True)
class Misuse:
    """The claim that a tempting change of the *forward graph* gives another gradient.

    Args:
        name: what the theorem is called.
        graph: the true computation.
        changed: the same with the change made; its extra inputs are bound by `held`.
        held: from each extra input of `changed` to the tensor whose value it takes without taking its gradient.
        derivative: 1 compares gradients, 2 compares Hessian-vector products.
        of: the input whose gradient is compared.
        remark: what follows; no formulas.
    """

    name: str
    graph: Graph
    changed: Graph
    held: tuple[tuple[sp.Expr, sp.Expr], ...]
    derivative: int
    of: str
    remark: str = ""


@dataclass(frozen=True)
class Evidence:
    """The numbers of a counterexample, exact."""

    sizes: str
    data: tuple[tuple[str, Any], ...]
    true_value: tuple[str, ...]
    changed_value: tuple[str, ...]


@dataclass(frozen=True)
class Theorem:
    """A proven claim: its steps on both sides, and the independent checks it passed.

    `definitions` are names that the steps use and the derivation alone does not know, such as a root of the claim's.
    """

    claim: Claim | Misuse
    lhs_steps: tuple[Step, ...] = ()
    rhs_steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    evidence: Evidence | None = None
    definitions: tuple[Equation, ...] = ()

    @property
    def name(self) -> str:
        """What the theorem is called."""
        return self.claim.name

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those of the left side first."""
        return self.lhs_steps + self.rhs_steps
