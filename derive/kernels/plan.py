"""The plan: what a kernel does, in no target's language.

A kernel runs chunk by chunk. Within a chunk it alternates between *scalars*, values with fewer axes than the data
(computed once per channel or row, in float64), and *sweeps* over the data, which evaluate elementwise operations and
either take sums (a reduce pass) or write results (a map pass).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from derive.language import Axis


@dataclass(frozen=True)
class Ref:
    """What an elementwise operation reads: a full tensor, a local of the same sweep, a rounded scalar or a number."""

    kind: Literal["array", "local", "scalar", "number"]
    name: str


@dataclass(frozen=True)
class Op:
    """One elementwise operation; `function` is one of `derive.kernels.operations.OPERATIONS`."""

    result: str
    function: str
    args: tuple[Ref, ...]


@dataclass(frozen=True)
class Reduction:
    """`name = Sum(left * right)` over the classes `over`; `right` is None for a plain sum.

    `kept` are all other classes; `classes` are those that the sum depends on, fewer when it is one of small tensors.
    `across` says that it runs over the outer class too, so it is complete only when all chunks are done. `largest`
    takes the largest element of `left` instead.
    """

    name: str
    expr: sp.Expr
    left: Ref
    right: Ref | None
    over: str
    kept: str
    classes: str
    across: bool
    largest: bool = False


@dataclass(frozen=True)
class Scalar:
    """A value with fewer axes than the data, in float64; `rounded` gives it the dtype of the data.

    `floor` clips at zero what is never negative without rounding errors.
    """

    name: str
    expr: sp.Expr
    rounded: bool = False
    floor: bool = False


@dataclass(frozen=True)
class ExactSum:
    """`high + low = a + b` without rounding error: a mean held in two numbers."""

    high: str
    low: str
    a: str
    b: str


@dataclass(frozen=True)
class Remainder:
    """`name = (of - pivot) + low`: what a mean has beyond its pivot; in this order it is exact enough."""

    name: str
    of: str
    low: str | None
    pivot: str


@dataclass(frozen=True)
class Scalars:
    """Values computed one after the other."""

    items: tuple[Scalar | ExactSum | Remainder, ...]


@dataclass(frozen=True)
class Write:
    """A full tensor that a map pass writes: the name of the result and the local that holds it."""

    output: str
    value: Ref


@dataclass(frozen=True)
class Sweep:
    """One pass over the data of a chunk."""

    ops: tuple[Op, ...]
    reductions: tuple[Reduction, ...] = ()
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True)
class Given:
    """A tensor with fewer axes that a kernel is given; a tangent is the direction that belongs to an input."""

    name: str
    classes: str
    source: Literal["input", "buffer", "saved", "tangent"]


@dataclass(frozen=True)
class Total:
    """The sum of a given smaller tensor over classes, taken once for the whole call."""

    name: str
    of: str
    over: str
    classes: str


@dataclass(frozen=True)
class Result:
    """A tensor with fewer axes that a kernel returns: which tensor it is (of), and the scalar or sum that holds it."""

    name: str
    of: str
    value: str
    classes: str
    across: bool


@dataclass(frozen=True)
class Kernel:
    """Everything that one emitted function computes.

    `arrays` are the full tensors it reads, `writes` the full tensors it returns. `outer` are the classes that chunks
    are cut along: every sum that a later stage needs is complete within a chunk. `final` are values that can only be
    computed when all chunks are done.
    """

    name: str
    arrays: tuple[str, ...]
    writes: tuple[str, ...]
    givens: tuple[Given, ...]
    constants: tuple[str, ...]
    stages: tuple[Scalars | Sweep, ...]
    final: tuple[Scalar, ...]
    results: tuple[Result, ...]
    outer: str
    totals: tuple[Total, ...] = ()

    @property
    def saves(self) -> bool:
        """Whether the results are what other kernels start from, with more digits than the data; else, gradients."""
        return self.name in ("statistics", "forward")

    @property
    def sweeps(self) -> tuple[Sweep, ...]:
        """The passes over the data."""
        return tuple(stage for stage in self.stages if isinstance(stage, Sweep))

    @property
    def reductions(self) -> tuple[Reduction, ...]:
        """All sums, in order."""
        return tuple(reduction for sweep in self.sweeps for reduction in sweep.reductions)


@dataclass(frozen=True)
class Plan:
    """The kernels of one layer.

    `classes` maps each axis to the label of its class: axes that occur together in every tensor and every sum.
    `statistics` computes what the backward pass needs of the forward pass; None when that is nothing. The forward
    kernel begins with the same stages. `jvp` computes the output's tangent, `double_backward` the gradients of the sum
    of the products of first gradients and their cotangents; both start from what the forward pass saves.
    """

    layer: str
    axes: tuple[Axis, ...]
    classes: tuple[tuple[Axis, str], ...]
    statistics: Kernel | None
    forward: Kernel
    backward: Kernel
    jvp: Kernel | None = None
    double_backward: Kernel | None = None

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        """Every kernel that there is."""
        every = (self.statistics, self.forward, self.backward, self.jvp, self.double_backward)
        return tuple(kernel for kernel in every if kernel is not None)

    @property
    def saved(self) -> tuple[Result, ...]:
        """What the forward pass keeps for the backward pass."""
        return self.statistics.results if self.statistics else ()
