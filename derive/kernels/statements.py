"""Statements about whole tensors: what a kernel of a plan becomes for libraries whose operations take whole tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derive.kernels.plan import Kernel
from derive.language import Size

_TEMPORARY = re.compile(r"t\d*(_\d+)?")  # what the planner calls a value that has no name of its own


@dataclass(frozen=True)
class Name:
    """A value by its name."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number, as it is printed."""

    text: str


@dataclass(frozen=True)
class Apply:
    """An elementwise operation, one of `derive.kernels.operations.OPERATIONS`."""

    function: str
    args: tuple[Value, ...]


@dataclass(frozen=True)
class Reduce:
    """The sum, or the largest element, over the dimensions of the classes `over`, which stay as single elements.

    `times` are classes that the sum runs over as well, along which its operand is constant.
    """

    operand: Value
    over: str
    times: str = ""
    largest: bool = False


@dataclass(frozen=True)
class Formula:
    """An expression of smaller tensors.

    `plain` says that it holds nothing but numbers, `floor` clips it at zero, and `number` says that its value must be
    rounded wherever it is used: others rely on its being the same number everywhere.
    """

    expr: sp.Expr
    plain: bool = False
    floor: bool = False
    number: bool = False


@dataclass(frozen=True)
class TwoSum:
    """`a + b` without rounding error, as two values."""

    a: Value
    b: Value


@dataclass(frozen=True)
class Spread:
    """A value repeated along the classes that it lacks of `classes`."""

    operand: Value
    classes: str


Value = Name | Number | Apply | Reduce | Formula | TwoSum | Spread


@dataclass(frozen=True)
class Statement:
    """`names = value`; there are two names for a TwoSum only."""

    names: tuple[str, ...]
    value: Value


@dataclass(frozen=True)
class WholeKernel:
    """A kernel as statements.

    `returns` are the full tensors that the plan's kernel writes, then its smaller results, each with its value.
    """

    kernel: Kernel
    statements: tuple[Statement, ...]
    returns: tuple[tuple[str, Value], ...]


def bare(value: Value) -> Value:
    """A value without what only repeats it."""
    while isinstance(value, Spread):
        value = value.operand
    return value


def names_in(value: Value) -> list[str]:
    """The names that a value reads."""
    match value:
        case Name(text):
            return [text]
        case Apply(_, args):
            return [name for arg in args for name in names_in(arg)]
        case Reduce(operand) | Spread(operand):
            return names_in(operand)
        case TwoSum(a, b):
            return [*names_in(a), *names_in(b)]
        case Formula(expr):
            return sorted(str(s) for s in expr.free_symbols if not isinstance(s, Size))
    return []


def needed(statements: Sequence[Statement], names: Iterable[str]) -> list[Statement]:
    """The statements that the given names depend on."""
    wanted, kept = set(names), []
    for statement in reversed(statements):
        if wanted & set(statement.names):
            wanted |= set(names_in(statement.value))
            kept.append(statement)
    return kept[::-1]


def inlined(statements: Sequence[Statement]) -> list[Statement]:
    """Temporaries that are read once stand where they are read."""
    uses: dict[str, int] = {}
    readers: dict[str, Statement] = {}
    for statement in statements:
        for name in names_in(statement.value):
            uses[name] = uses.get(name, 0) + 1
            readers[name] = statement
    inside: dict[str, Value] = {}
    result = []
    for statement in statements:
        value = _with(statement.value, inside)
        name = statement.names[0]
        once = uses.get(name) == 1 and not isinstance(readers[name].value, Formula | TwoSum)
        if len(statement.names) == 1 and _TEMPORARY.fullmatch(name) and once:
            inside[name] = value
        else:
            result.append(replace(statement, value=value))
    return result


def _with(value: Value, inside: dict[str, Value]) -> Value:
    match value:
        case Name(text):
            return inside.get(text, value)
        case Apply(function, args):
            return Apply(function, tuple(_with(arg, inside) for arg in args))
        case Reduce(operand):
            return replace(value, operand=_with(operand, inside))
        case Spread(operand):
            return replace(value, operand=_with(operand, inside))
    return value
