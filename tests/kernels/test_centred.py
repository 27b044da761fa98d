"""Centred data give what formulas with a pivot give, whatever the pivot is: it may be far from the mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive.kernels.plan import Kernel, Plan
from derive.kernels.statements import (
    Apply,
    Formula,
    Name,
    Number,
    Reduce,
    Statement,
    TwoSum,
    Value,
    WholeKernel,
    bare,
    names_in,
)
from derive.kernels.targets.numpy.centred import Centred, centred
from derive.kernels.targets.numpy.small import SmallPrinter
from derive.kernels.targets.numpy.tiny import tiny_form
from tests.calculus import examples
from tests.kernels.plans import planned

Values = dict[str, Any]
SHIFT = 0.37


class Evaluation:
    """A kernel's statements in NumPy, in one dimension for each class; pivots are shifted away from the mean."""

    def __init__(self, plan: Plan, kernel: WholeKernel, given: Values, pivots: set[str], means: frozenset[str]) -> None:
        self.labels = "".join(dict.fromkeys(label for _, label in plan.classes))
        self.shape = np.shape(given[kernel.kernel.arrays[0]])
        sizes: dict[str, int] = {}
        for axis, label in plan.classes:
            known = label in sizes
            sizes[label] = self.shape[self.labels.index(label)]
            given[str(axis.size)] = 1 if known else sizes[label]
        self.known, self.pivots, self.means = dict(given), pivots, means
        for statement in kernel.statements:
            self._statement(statement)
        self.results = {name: self.of(value) for name, value in kernel.returns}

    def _statement(self, statement: Statement) -> None:
        name, value = statement.names[0], self.of(statement.value)
        if isinstance(statement.value, TwoSum):
            self.known |= {statement.names[0]: value, statement.names[1]: 0.0}
            return
        if name in self.means:
            value = value / math.prod(self.shape[d] for d in self._dims(statement.value))
        self.known[name] = value + SHIFT if name in self.pivots else value

    def _dims(self, value: Value) -> tuple[int, ...]:
        assert isinstance(value, Reduce)
        return tuple(self.labels.index(label) for label in value.over)

    def of(self, value: Value) -> Any:
        match bare(value):
            case Name(text):
                return self.known[text]
            case Number(text):
                return float(text)
            case Apply(function, args):
                return getattr(np, function)(*map(self.of, args))
            case Reduce(operand) as reduce:
                return np.sum(self.of(operand), axis=self._dims(reduce), keepdims=True)
            case TwoSum(a, b):
                return self.of(a) + self.of(b)
            case Formula(expr) as formula:
                symbols = sorted(expr.free_symbols, key=str)
                found = sp.lambdify(symbols, expr, "numpy")(*(self.known[str(s)] for s in symbols))
                return np.maximum(found, 0.0) if formula.floor else found
        raise AssertionError(value)


def both(make: examples.Maker, which: str) -> tuple[Plan, Kernel, SmallPrinter, Centred]:
    plan = planned(make)
    kernel: Kernel = getattr(plan, which)
    printer = SmallPrinter(plan, kernel)
    found = centred(plan, printer.original, printer.pivots)
    assert found is not None
    return plan, kernel, printer, found


def data(plan: Plan, kernel: Kernel) -> Values:
    random = np.random.default_rng(7)
    labels = "".join(dict.fromkeys(label for _, label in plan.classes))
    shape = (5, 3, 4)[: len(labels)]
    values: Values = {name: random.standard_normal(shape) + 2 for name in kernel.arrays}
    for given in kernel.givens:
        own = [n if label in given.classes else 1 for n, label in zip(shape, labels, strict=True)]
        values[given.name] = random.uniform(0.5, 1.5, own)
    return values | dict.fromkeys(kernel.constants, 1e-3)


@pytest.mark.parametrize("which", ["forward", "backward"])
def test_results_do_not_depend_on_the_pivot(which: str) -> None:
    plan, kernel, printer, found = both(examples.batch_norm, which)
    usual = Evaluation(plan, printer.original, data(plan, kernel), printer.pivots, frozenset()).results
    other = Evaluation(plan, found.kernel, data(plan, kernel), printer.pivots, found.means).results
    assert usual.keys() == other.keys()
    for name, expected in usual.items():
        np.testing.assert_allclose(other[name], expected, rtol=1e-12, atol=1e-12, err_msg=name)


def test_nothing_allows_for_the_rest_any_more() -> None:
    for which in ("forward", "backward"):
        plan, kernel, _, found = both(examples.batch_norm, which)
        readers = [s for s in found.kernel.statements if "mean_rest" in names_in(s.value)]
        assert all(isinstance(s.value, TwoSum) or s.names[0] in found.near.values() for s in readers), readers
        assert any(s.names[0] in found.near.values() for s in readers)
        form = tiny_form(plan, kernel)
        assert form is not None and form.compared == {"x"}


def test_sums_of_squares_that_are_means_are_not_clipped() -> None:
    _, _, printer, found = both(examples.batch_norm, "forward")
    floors = [any(isinstance(s.value, Formula) and s.value.floor for s in k.statements) for k in
              (printer.original, found.kernel)]  # fmt: skip
    assert floors == [True, False] and found.means


def test_a_pivot_that_is_read_otherwise_stays() -> None:
    plan = planned(examples.batch_norm)
    printer = SmallPrinter(plan, plan.forward)
    original = printer.original
    more: Mapping[str, Value] = {"y": Apply("add", (original.statements[-1].value, Name("mean_pivot")))}
    changed = [Statement(s.names, more.get(s.names[0], s.value)) for s in original.statements]
    assert centred(plan, original, printer.pivots) is not None
    assert centred(plan, WholeKernel(plan.forward, tuple(changed), original.returns), printer.pivots) is None
    for make in (examples.softmax, examples.rms_norm):
        assert tiny_form(planned(make), planned(make).forward) is None
