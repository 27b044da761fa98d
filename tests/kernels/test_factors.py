"""What the C target adds up along a row instead of its terms, and what of it each sum takes."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from derive.catalogue import builtin
from derive.kernels.lowering import lower
from derive.kernels.plan import Op, Reduction, Ref
from derive.kernels.targets.c.factors import factored
from derive.kernels.targets.c.passes import PassSource
from derive.kernels.targets.c.tables import Tables
from derive.language import Layer
from tests.calculus import examples
from tests.kernels.plans import planned


def group_norm() -> Layer:
    return builtin("group_norm").layer


def instance_norm() -> Layer:
    return builtin("instance_norm").layer


def source(make: examples.Maker, data: str = "float", type: str = "double", **changes: Any) -> PassSource:
    """The first pass of a backward kernel, with some of its parts replaced."""
    plan = planned(make)
    lowered = lower(plan, plan.backward)
    sweep = replace(lowered.sweeps[0], **changes)
    return PassSource("p", lowered, sweep, 0, "k", data, type, Tables(lowered), "s")


def results(context: Mapping[str, Any], values: Mapping[str, float]) -> list[float]:
    """What the statements of a function give, which Python can read but for types and pointers."""
    names: dict[str, Any] = dict(values)
    for line in context["body"]:
        exec(re.sub(r"\(double\)|const double |;", "", line).replace("*to_", "to_"), {"fabs": math.fabs}, names)
    return [names[f"to_{name}"] for name in context["terms"]]


@pytest.mark.parametrize(
    ("make", "how", "bases"),
    [(instance_norm, "own", 2), (group_norm, "steady", 2)],
    ids=["instance_norm", "group_norm"],
)
def test_factors_times_what_is_shared_are_the_terms(make: examples.Maker, how: str, bases: int) -> None:
    whole = source(make)
    found = factored(whole)[how]
    assert len(found["base"]["terms"]) == bases < len(found["takes"]) == 4
    draw, operands = random.Random(1), whole.operands()
    names = [name for key, names in operands.items() if key != "wides" for name in names]
    values = {name: draw.uniform(0.5, 2) for name in (*names, *(f"wide_{name}" for name in operands["wides"]))}
    shared, factors = results(found["base"], values), results(found["factors"], values)
    terms = results(whole.context(), values)
    for term, take in zip(terms, found["takes"], strict=True):
        factor = 1 if take["factor"] is None else factors[take["factor"]]
        assert factor * shared[take["base"]] == pytest.approx(term, rel=1e-14)


def test_what_varies_along_a_row_is_no_factor() -> None:
    """The weights of a group's channels, where its row goes through several of them."""
    assert factored(source(group_norm)).keys() == {"steady"}
    assert factored(source(instance_norm)).keys() == {"own"}  # nothing stands in memory beside its rows


@pytest.mark.parametrize(
    ("data", "type"), [("double", "double"), ("double", "pair"), ("double", "long double"), ("float", "float")]
)
def test_only_sums_of_floats_are_taken_so(data: str, type: str) -> None:
    assert factored(source(instance_norm, data, type)) == {}


def test_as_many_shared_sums_as_terms_are_left_as_they_are() -> None:
    assert factored(source(examples.batch_norm)) == {}


def _sum(name: str, left: Ref, right: Ref | None = None, *, largest: bool = False) -> Reduction:
    (first, *_) = source(instance_norm).sweep.lane_sums
    return replace(first, name=name, left=left, right=right, largest=largest)


X, G, TWO = Ref("array", "x"), Ref("array", "grad_output"), Ref("number", "2")


def test_products_are_the_same_in_any_order_and_sums_of_products_are_not() -> None:
    ops = (Op("a", "multiply", (X, TWO)), Op("b", "multiply", (G, Ref("local", "a"))), Op("c", "add", (X, G)))
    sums = (_sum("one", G, X), _sum("two", Ref("local", "b")), _sum("three", X, Ref("local", "c")))
    found = factored(source(instance_norm, ops=ops, lane_sums=sums))["own"]
    assert [take["base"] for take in found["takes"]] == [0, 0, 1]
    assert [take["factor"] for take in found["takes"]] == [None, 0, None]


@pytest.mark.parametrize(
    "sums",
    [
        (_sum("one", X), _sum("two", X), _sum("three", TWO)),  # a term without an element
        (_sum("one", X), _sum("two", X), _sum("three", X, largest=True)),
    ],
    ids=["a number", "a maximum"],
)
def test_other_terms_are_left_as_they_are(sums: tuple[Reduction, ...]) -> None:
    assert factored(source(instance_norm, ops=(), lane_sums=sums)) == {}
