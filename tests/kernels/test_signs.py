"""What is subtracted instead of adding its negative has the same value, and nothing else changes."""

from __future__ import annotations

from typing import cast

import sympy as sp

from derive.kernels.statements import Apply, Formula, Name, Spread, Statement, Value, WholeKernel
from derive.kernels.targets.numpy.signs import subtracting
from tests.calculus import examples
from tests.kernels.plans import planned

G, X, S = sp.symbols("g x s")
KERNEL = planned(examples.softmax).forward


def kernel(*statements: tuple[str, Value]) -> WholeKernel:
    return WholeKernel(KERNEL, tuple(Statement((name,), value) for name, value in statements), (("y", Name("y")),))


def product(*names: str) -> Apply:
    return Apply("multiply", tuple(Spread(Name(name), "nc") for name in names))


def value(whole: WholeKernel) -> sp.Expr:
    """What y is, by the names that nothing defines."""
    known: dict[str, sp.Expr] = {}

    def of(value: Value) -> sp.Expr:
        match value:
            case Name(text):
                return known.get(text, sp.Symbol(text))
            case Spread(operand):
                return of(operand)
            case Formula(expr):
                return cast(sp.Expr, expr.xreplace({sp.Symbol(name): found for name, found in known.items()}))
            case Apply(function, args):
                left, right = map(of, args)
                results = {"add": left + right, "subtract": left - right, "multiply": left * right}
                return cast(sp.Expr, results[function])
        raise AssertionError(value)

    for statement in whole.statements:
        known[statement.names[0]] = of(statement.value)
    return known["y"]


def test_a_product_with_a_negated_coefficient_is_subtracted() -> None:
    for args in ((Name("g"), product("x", "slope")), (product("slope", "x"), Name("g"))):
        before = kernel(("slope", Formula(-2 * S)), ("y", Apply("multiply", (Apply("add", args), Name("scale")))))
        after = subtracting(before)
        assert after.statements[0].value == Formula(2 * S)
        inner = after.statements[1].value
        assert isinstance(inner, Apply) and isinstance(inner.args[0], Apply) and inner.args[0].function == "subtract"
        assert sp.expand(value(after) - value(before)) == 0


def test_everything_else_stays() -> None:
    added = Apply("add", (Name("g"), product("x", "slope")))
    cases: tuple[list[tuple[str, Value]], ...] = (
        [("slope", Formula(2 * S)), ("y", added)],
        [("slope", Formula(-S, floor=True)), ("y", added)],
        [("slope", Formula(-S)), ("y", product("x", "slope"))],
        [("slope", Formula(-S)), ("other", Formula(sp.Symbol("slope") * 3)), ("y", added)],  # somebody else reads it
        [("slope", Formula(-S)), ("more", Formula(-X)), ("y", Apply("add", (Name("g"), product("slope", "more"))))],
        [("slope", Formula(-S)), ("y", Apply("subtract", (Name("g"), product("x", "slope"))))],
    )
    for statements in cases:
        before = kernel(*statements)
        assert subtracting(before) == before
