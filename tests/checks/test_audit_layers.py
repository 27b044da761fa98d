"""The audit of layers that it has never heard of, of random mistakes, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import derive
from derive.checks.mistakes.collection import all_mutants
from derive.errors import CheckError
from tests.support import audit_cases
from tests.support.audit_cases import draw_case, measure, named_right, random_cases, subjects, user_layers

DTYPES = (np.float32, np.float64)
REQUIRED = {4: 1e-3, 8: 1e-6}
SUBJECTS = {subject.name: subject for subject in subjects()}


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("name", ["rms_norm", "layer_norm", "softmax"])
def test_a_users_layer_is_audited_by_what_was_derived(name: str, dtype: Any) -> None:
    rng = np.random.default_rng(11)
    subject = SUBJECTS[name]
    assert draw_case(rng, subject, 0, dtype).audit().verdict == "agrees"
    first = subject.derivation.backward.adjoints[0].contributions[0]
    for mutant in all_mutants(subject.derivation):
        if mutant.name in (f"{first.label} doubled", "N-1 instead of N in every mean", "weight left out"):
            case = draw_case(rng, subject, 1, dtype, mutant)
            report = case.audit()
            assert report.verdict == "disagrees" and named_right(report, mutant), report


def test_random_mistakes_are_named() -> None:
    """Over layers, shapes and dtypes; the benchmark does the same with more."""
    rates = measure(random_cases(seed=20, count=60), REQUIRED)
    print(rates)
    assert rates.verdicts["disagrees"] >= 0.95 * sum(rates.verdicts.values()), rates.misses
    assert sum(rates.named.values()) >= 50 and rates.share_named >= 0.9, rates.misses
    assert rates.alone >= 0.8 * sum(rates.named.values())


def test_right_kernels_never_disagree() -> None:
    verdicts = [case.audit().verdict for case in random_cases(seed=21, count=30, wrong=False)]
    assert "disagrees" not in verdicts and verdicts.count("agrees") >= 0.95 * len(verdicts)


def test_the_measure_can_fail() -> None:
    """A case whose mistake is said to be another one counts as named wrong, and a right kernel as not caught."""
    rng = np.random.default_rng(4)
    subject = SUBJECTS["batch_norm"]
    doubled, negated = (
        next(m for m in all_mutants(subject.derivation) if m.name == name)
        for name in ("x_norm -> mean doubled", "x_norm -> mean negated")
    )
    case = draw_case(rng, subject, 1, np.float64, doubled)
    swapped = audit_cases.AuditCase(subject, case.problem, negated, case.named, case.effect)
    right = draw_case(rng, subject, 1, np.float64)
    passed = audit_cases.AuditCase(subject, right.problem, negated, right.named, 1.0)
    rates = measure([case, swapped, passed], REQUIRED)
    assert dict(rates.named) == {True: 1, False: 1} and rates.verdicts["agrees"] == 1
    assert len(rates.misses) == 2


GOOD: dict[str, Any] = {
    "x": np.ones((4, 3), np.float32) * np.arange(4, dtype=np.float32)[:, None],
    "gamma": np.ones(3, np.float32),
    "grad_output": np.eye(4, 3, dtype=np.float32),
    "grad_input": np.zeros((4, 3), np.float32),
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"grad_input": None}, ["no gradient was supplied", "grad_input, grad_gamma and grad_beta"]),
        ({"grad_output": None}, ["grad_output is missing"]),
        ({"x": None}, ["needs x"]),
        ({"x": GOOD["x"].astype(np.float16)}, ["x is float16", "float32"]),
        ({"gamma": np.ones(3)}, ["gamma is float64", "x is float32"]),
        ({"gamma": np.ones(4, np.float32)}, ["gamma has shape (4,), expected (3,)", "axes are (c)"]),
        ({"grad_output": np.ones((3, 4), np.float32)}, ["grad_output has shape (3, 4), expected (4, 3)"]),
        ({"grad_input": np.ones((4, 4), np.float32)}, ["grad_input has shape (4, 4), expected (4, 3)"]),
        ({"grad_gamma": np.ones(3, np.int64)}, ["grad_gamma is int64"]),
        ({"grad_x": GOOD["grad_input"]}, ["grad_input and grad_x are the same gradient"]),
        ({"weight": GOOD["gamma"]}, ["'weight'", "gamma", "grad_beta"]),
        ({"axis": 2}, ["axis is 2", "2 dimensions"]),
        ({"axis": 1, "axes": {"c": 1}}, ["both bind 'c'"]),
        ({"axes": {"q": 0}}, ["'q'"]),
        ({"eps": -1.0}, ["eps must be finite and greater than zero"]),
        ({"eps": "small"}, ["eps must be a real number"]),
        ({"required": 2.0}, ["required is 2.0"]),
        ({"x": np.ones((0, 3), np.float32), "grad_output": np.ones((0, 3), np.float32)}, ["no elements"]),
        ({"x": [[1.0]]}, ["x must be a numpy.ndarray, not list"]),
        ({"x": np.ones(3, np.float32)}, ["x has shape (3,)", "at least 2 dimensions"]),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused_by_name(change: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(CheckError) as refused:
        derive.audit("batch_norm", **{**GOOD, **change})
    assert all(word in str(refused.value) for word in words), refused.value


def test_a_layer_without_defaults_asks_for_its_constants() -> None:
    x = np.ones((2, 3))
    with pytest.raises(CheckError, match="eps has no default"):
        derive.audit(user_layers()["rms_norm"], x=x, weight=np.ones(3), grad_output=x, grad_input=x)


def test_every_layout_of_memory_is_read_right() -> None:
    """Transposed, reversed, Fortran-ordered and big-endian arrays are the same numbers."""
    rng = np.random.default_rng(13)
    case = draw_case(rng, SUBJECTS["batch_norm"], 1, np.float32)
    again = dict(case.named)
    again["x"] = np.asfortranarray(case.named["x"])
    again["grad_output"] = case.named["grad_output"].astype(">f4")
    again["grad_input"] = case.named["grad_input"][::-1][::-1]
    again["gamma"] = np.repeat(case.named["gamma"], 2)[::2]
    assert str(derive.audit("batch_norm", **again)) == str(derive.audit("batch_norm", **case.named))


def test_a_row_that_is_not_finite_reaches_the_gradients_that_add_up_over_rows() -> None:
    case = draw_case(np.random.default_rng(14), SUBJECTS["layer_norm"], 0, np.float32)
    named = {**case.named, "x": case.named["x"].copy()}
    named["x"][2, 3] = np.inf
    report = derive.audit(case.subject.layer, **named)
    assert report.entry("grad_input").verdict == "agrees"
    assert report.entry("grad_weight").verdict == report.verdict == "cannot tell"
    assert any("without NaN" in words for words in report.proposals)
    assert not any("standard_normal" in words for words in report.proposals)
    assert "nan" not in json.dumps(report.as_dict(), allow_nan=False).lower().replace("without nan", "")
