"""Kernels as statements about whole tensors: every operation is printed, nothing is computed twice or left out."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest

from derive.errors import EmitError
from derive.kernels.operations import OPERATIONS
from derive.kernels.plan import Op, Ref, Sweep, Write
from derive.kernels.statements import Reduce, TwoSum
from derive.kernels.tensor_api.printer import Library, StatementPrinter
from derive.kernels.whole import whole
from tests.calculus import examples
from tests.kernels.plans import planned

ARRAY, NUMBER = Ref("array", "x"), Ref("number", "2.0")
LIBRARIES = [importlib.import_module(f"derive.kernels.targets.{name}.operations").LIBRARY for name in ("torch", "jax")]

every_library = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)


def lines(library: Library, *ops: Op) -> list[str]:
    """What is printed for one sweep that ends by writing its last value."""
    plan = planned(examples.softmax)
    kernel = replace(plan.backward, stages=(Sweep(ops, (), (Write("grad_x", Ref("local", ops[-1].result)),)),))
    return StatementPrinter(plan, whole(plan, kernel), library).lines()


@every_library
@pytest.mark.parametrize(("function", "operands"), OPERATIONS.items())
def test_every_operation_is_printed(library: Library, function: str, operands: int) -> None:
    (line,) = lines(library, Op("t1", function, (ARRAY, NUMBER, Ref("number", "3"))[:operands]))
    target, _, value = line.partition(" = ")
    assert target == "grad_x" and "x" in value
    compile(line, function, "exec")
    assert (value == "x") == (function == "copy")


@every_library
@pytest.mark.parametrize("name", ["cosine", "maximum", "Add", "erfc"])
def test_an_unknown_operation_is_an_error(library: Library, name: str) -> None:
    with pytest.raises(EmitError, match=f"the {library.name} target cannot print the operation '{name}'"):
        lines(library, Op("t1", name, (ARRAY,)))


@every_library
def test_operands_are_held_together(library: Library) -> None:
    t1, t2 = Ref("local", "t1"), Ref("local", "t2")
    difference = Op("t1", "subtract", (ARRAY, NUMBER))
    assert lines(library, difference, Op("t2", "subtract", (ARRAY, t1))) == ["grad_x = x - (x - 2.0)"]
    assert lines(library, difference, Op("t2", "divide", (NUMBER, t1))) == ["grad_x = 2.0 / (x - 2.0)"]
    quotient = Op("t1", "divide", (ARRAY, NUMBER))
    assert lines(library, quotient, Op("t2", "divide", (ARRAY, t1))) == ["grad_x = x / (x / 2.0)"]
    twice = [difference, Op("t2", "multiply", (t1, t1)), Op("t3", "add", (t2, t1))]
    assert lines(library, *twice) == ["t1 = x - 2.0", "grad_x = t1 * t1 + t1"]


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_every_value_is_made_once_and_before_it_is_read(make: examples.Maker) -> None:
    plan = planned(make)
    for kernel in plan.kernels:
        lowered = whole(plan, kernel)
        known = {*kernel.arrays, *(given.name for given in kernel.givens), *kernel.constants}
        values = [statement.value for statement in lowered.statements]
        assert len(set(values)) == len(values)
        printer = StatementPrinter(plan, lowered, LIBRARIES[0])
        for statement, line in zip(lowered.statements, printer.lines(), strict=True):
            read = set(compile(line, make.__name__, "exec").co_names) - set(statement.names) - {"torch", "math"}
            read -= {name for name in read if name.startswith(("_", "over_", "count_", "at"))}
            read -= {"sqrt", "exp", "log", "tanh", "sigmoid", "square", "erf"}
            assert read <= known, f"{kernel.name}: {line} reads {sorted(read - known)}"
            assert not known & set(statement.names)
            known |= set(statement.names)
        assert [name for name, _ in lowered.returns] == [*kernel.writes, *(r.name for r in kernel.results)]


def test_a_sum_of_what_is_constant_along_it_counts() -> None:
    """Nothing that has fewer axes is summed as if it had one element."""
    for make in examples.ALL:
        plan = planned(make)
        for kernel in plan.kernels:
            reductions = [s.value for s in whole(plan, kernel).statements if isinstance(s.value, Reduce)]
            assert all(set(r.over).isdisjoint(r.times) for r in reductions)


def test_a_mean_is_held_in_two_numbers() -> None:
    statements = whole(planned(examples.batch_norm), planned(examples.batch_norm).forward).statements
    (pair,) = [s for s in statements if isinstance(s.value, TwoSum)]
    assert pair.names == ("mean", "mean_low")
