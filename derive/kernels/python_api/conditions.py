"""The conditions that emitted functions check, and those that they only document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.formula import text
from derive.kernels.python_api.arguments import quoted
from derive.kernels.subject import Subject
from derive.language import Constant, Size, atoms_of, axes_of, indices, name_of
from derive.proofs.domain import Condition

Printer = Callable[[sp.Expr], str]


@dataclass(frozen=True)
class Checked:
    """A condition that is checked: the statement, what it reads, and whether that has to be computed first."""

    words: str
    statement: str
    given: frozenset[str]
    statistics: frozenset[str]


def unchecked(subject: Subject) -> list[str]:
    """The assumptions that there are as many values of as there are data: nobody looks at them."""
    graph = subject.derivation.graph
    return [text(c.relation) for c in subject.domain.assumptions if not c.is_small(graph)]


def checked(subject: Subject, binding: str, code: Printer) -> list[Checked]:
    """The assumptions that are checked in every call, as statements.

    Args:
        subject: the layer.
        binding: the name of the binding that the axes of statistics refer to.
        code: prints an expression without sizes.
    """
    small = [c for c in subject.domain.assumptions if c.is_small(subject.derivation.graph)]
    return [_checked(subject, condition, binding, code) for condition in small]


def _checked(subject: Subject, condition: Condition, binding: str, printer: Printer) -> Checked:
    graph = subject.derivation.graph
    inputs = {name_of(t) for t in (*graph.inputs, *graph.buffers)}
    within = axes_of(condition.value, graph.axes)
    table: dict[sp.Basic, sp.Basic] = {}
    given: set[str] = set()
    statistics: set[str] = set()
    for tensor in atoms_of(condition.value):
        if isinstance(tensor, Constant):
            continue
        name = name_of(tensor)
        (given if name in inputs else statistics).add(name)
        if name in inputs or indices(tensor) != within:
            axes = quoted([a.name for a in indices(tensor)]), quoted([a.name for a in within])
            neutral = subject.interface.optional.get(name)
            last = "" if neutral is None else f", {neutral!r}"
            table[tensor] = sp.Symbol(f"_aligned({binding}, {name}, {axes[0]}, {axes[1]}{last})")
        else:
            table[tensor] = sp.Symbol(name)
    for size in (s for s in condition.value.free_symbols if isinstance(s, Size)):
        axis = str(size).removeprefix("N_")
        table[size] = sp.Symbol(f'math.prod({binding}.shape(("{axis}",)))')
    code = printer(cast(sp.Expr, condition.value.xreplace(table)))
    sign = "!=" if condition.nonzero else ">"
    statement = f'_check_condition("{text(condition.expr)}", "{sign}", {code})'
    return Checked(text(condition.relation), statement, frozenset(given), frozenset(statistics))


def before(conditions: Sequence[Checked], names: Sequence[str]) -> list[str]:
    """The statements that need nothing but the given tensors of these names."""
    return [c.statement for c in conditions if not c.statistics and c.given <= set(names)]


def after(conditions: Sequence[Checked], names: Sequence[str]) -> list[Checked]:
    """The conditions that need statistics, and no given tensors but those of these names."""
    return [c for c in conditions if c.statistics and c.given <= set(names)]
