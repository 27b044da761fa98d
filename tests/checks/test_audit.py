"""The audit of batch norm: hand-written wrong kernels are named, right ones pass, and blind data are called that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
from derive.checks.audit_report import AuditReport
from generated.numpy import batch_norm
from tests.support import wrong_kernels
from tests.support.contract import Array

EPS = 1e-3
DTYPES = (np.float32, np.float64)
# (8, 5) has eight elements per channel: there N-1 is far from N.
LAYOUTS = (((8, 5), 1), ((4, 3, 5, 7), 1), ((4, 5, 7, 3), -1))

MISTAKES = [mistake for mistake, _, _ in wrong_kernels.MISTAKES]

Drawn = tuple[Array, dict[str, Array]]


def drawn(shape: tuple[int, ...], axis: int, dtype: Any, seed: int = 3) -> Drawn:
    """grad_output and the inputs: ordinary data, gamma away from 1."""
    rng = np.random.default_rng(seed)
    channels = shape[axis]
    inputs = {
        "x": rng.normal(0.3, 1.5, shape).astype(dtype),
        "gamma": rng.uniform(0.5, 2.0, channels).astype(dtype),
        "beta": rng.normal(0.0, 1.0, channels).astype(dtype),
    }
    return rng.normal(0.3, 1.0, shape).astype(dtype), inputs


def audit(data: Drawn, gradients: dict[str, Array], axis: int = 1, **more: Any) -> AuditReport:
    return derive.audit("batch_norm", grad_output=data[0], axis=axis, **{"eps": EPS, **data[1], **gradients, **more})


def wrong(data: Drawn, axis: int, **mistake: Any) -> dict[str, Array]:
    return wrong_kernels.gradients(data[0], data[1]["x"], data[1]["gamma"], axis=axis, eps=EPS, **mistake)


def emitted(data: Drawn, axis: int = 1, eps: float = EPS) -> dict[str, Array]:
    found = batch_norm.backward(data[0], data[1]["x"], data[1]["gamma"], axis=axis, eps=eps)
    return {name: getattr(found, name) for name in ("grad_input", "grad_gamma", "grad_beta")}


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS, ids=str)
@pytest.mark.parametrize(("mistake", "change", "name"), wrong_kernels.MISTAKES, ids=MISTAKES)
def test_a_mistake_is_named(
    mistake: str, change: dict[str, Any], name: str, shape: tuple[int, ...], axis: int, dtype: Any
) -> None:
    data = drawn(shape, axis, dtype)
    report = audit(data, wrong(data, axis, **change), axis)
    assert report.verdict == "disagrees" and report.exit_code == 1, report
    first = report.explanations[0]
    assert first.complete and first.explained > 0.999
    assert name in first.names, f"{mistake} is called {first.name!r}, also {first.also}, alike {first.alike}"


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(("shape", "axis"), LAYOUTS, ids=str)
def test_the_right_kernel_agrees_whoever_wrote_it(shape: tuple[int, ...], axis: int, dtype: Any) -> None:
    """The emitted kernel, and the plain one behind the wrong ones: without a mistake the tests above would not fail."""
    data = drawn(shape, axis, dtype)
    for gradients in (emitted(data, axis), wrong(data, axis)):
        report = audit(data, gradients, axis)
        assert report.verdict == "agrees" and report.ok and report.exit_code == 0, report
        assert not report.explanations
        assert report.entry("grad_input").error < 16 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("factor", [1.01, 0.5, -1.0])
def test_a_factor_is_measured(factor: float, dtype: Any) -> None:
    data = drawn((4, 3, 5, 7), 1, dtype)
    report = audit(data, wrong(data, 1, factor=factor))
    first = report.explanations[0]
    assert report.verdict == "disagrees" and first.complete and first.gradients == ("grad_input",)
    if factor == -1.0:
        assert "y -> x_norm negated" in first.names  # a mistake without a fitted number comes before a factor
    else:
        assert first.fitted == 1 and f"multiplied by {factor:.4f}" in first.name
    fit = report.entry("grad_input").fit
    assert fit is not None
    expected = [factor * c.expected for c in fit.coefficients]
    assert [c.value for c in fit.coefficients] == pytest.approx(expected, rel=1e-5)
    assert all(c.off for c in fit.coefficients)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(
    ("over", "words"),
    [((2, 3), "statistics over s instead of n and s"), ((0,), "statistics over n instead of n and s"),
     ((0, 1, 2, 3), "statistics over n, c and s instead of n and s")],
)  # fmt: skip
def test_statistics_of_the_wrong_axes_are_named(over: tuple[int, ...], words: str, dtype: Any) -> None:
    data = drawn((4, 3, 5, 7), 1, dtype)
    report = audit(data, wrong(data, 1, over=over))
    assert report.verdict == "disagrees"
    assert report.explanations[0].complete and report.explanations[0].name.startswith(words)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_a_skipped_tail_of_the_sums_is_named(dtype: Any) -> None:
    """A loop over 5*7 positions in blocks of 4 or 8 that forgets the last 3."""
    data = drawn((4, 3, 5, 7), 1, dtype)
    present = np.ones((4, 3, 5, 7), dtype=bool)
    present.reshape(4, 3, 35)[:, :, 32:] = False
    report = audit(data, wrong(data, 1, present=present))
    assert "the last 3 of the 35 elements of each contiguous run left out of the sums" in report.explanations[0].names
    gradients = wrong(data, 1, present=present)
    gradients["grad_input"] = np.where(present, gradients["grad_input"], dtype(0))
    first = audit(data, gradients).explanations[0]
    assert first.complete
    assert "the last 3 of the 35 elements of each contiguous run left out of the sums and never written" in first.names


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_a_part_that_is_scaled_is_found(dtype: Any) -> None:
    data = drawn((4, 3, 5, 7), 1, dtype)
    for place, words in (
        ((..., slice(-1, None)), "index 6 (the last) of dimension 3"),
        ((slice(None), 1), "index 1 of dimension 1"),
        ((slice(None), slice(None), slice(0, None, 2)), "every 2th index from 0 of dimension 2"),
    ):
        gradients = wrong(data, 1)
        gradients["grad_input"][place] *= dtype(0.75)
        report = audit(data, gradients)
        assert report.verdict == "disagrees"
        assert report.explanations[0].complete and "multiplied by 0.75" in report.explanations[0].name
        assert words in report.explanations[0].name and words in report.entry("grad_input").where
    gradients = wrong(data, 1)
    gradients["grad_input"].reshape(-1)[-7:] = 0
    report = audit(data, gradients)
    assert report.explanations[0].name == "grad_input zero at the last 7 elements in memory order"


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_inference_and_training_formulas_are_told_apart(dtype: Any) -> None:
    data = drawn((4, 3, 5, 7), 1, dtype)
    rng = np.random.default_rng(5)
    running: dict[str, Any] = {
        "running_mean": rng.normal(0.2, 0.3, 3).astype(dtype),
        "running_var": rng.uniform(1.0, 3.0, 3).astype(dtype),
    }
    g, inputs = data
    found = batch_norm.backward_inference(g, inputs["x"], inputs["gamma"], *running.values(), eps=EPS)
    right = {name: getattr(found, name) for name in ("grad_input", "grad_gamma", "grad_beta")}
    assert audit(data, right, **running).verdict == "agrees"
    report = audit(data, wrong(data, 1), **running)
    assert report.layer == "batch_norm_inference" and report.verdict == "disagrees"
    assert report.explanations[0].name == "the training formula with the statistics of the batch"
    statistics = (running["running_mean"], running["running_var"])
    report = audit(data, wrong(data, 1, statistics=statistics), **running)
    assert report.explanations[0].complete
    assert report.explanations[0].name == "the training formula with the given statistics"


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_an_error_that_no_mistake_explains_is_called_unknown(dtype: Any) -> None:
    data = drawn((4, 3, 5, 7), 1, dtype)
    gradients = wrong(data, 1)
    gradients["grad_input"] += np.random.default_rng(8).normal(0, 0.05, (4, 3, 5, 7)).astype(dtype)
    report = audit(data, gradients)
    assert report.verdict == "disagrees" and not report.explanations[0].complete
    assert report.entry("grad_gamma").verdict == "agrees"


def test_a_parameter_that_was_not_given_shows_as_a_factor_of_each_group() -> None:
    data = drawn((6, 3, 4, 4), 1, np.float64)
    gradients = emitted(data)
    del data[1]["gamma"]
    first = audit(data, gradients).explanations[0]
    assert first.complete and "factor of its own" in first.name


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_a_blind_cotangent_cannot_tell_and_the_theorem_says_why(dtype: Any) -> None:
    g, inputs = drawn((8, 3, 5, 5), 1, dtype)
    data = (np.ones_like(g), inputs)
    for gradients in (emitted(data), wrong(data, 1), wrong(data, 1, apply_gamma=False)):
        report = audit(data, gradients)
        entry = report.entry("grad_input")
        assert report.verdict == entry.verdict == "cannot tell" and report.exit_code == 2
        assert "blind to a constant" in entry.reason and "100%" in entry.reason
        assert report.blind is not None and report.blind.overall == pytest.approx(1.0)
        assert any("standard_normal" in words for words in report.proposals)
        assert "gamma left out" in report.not_shown
    # What is wrong by more than rounding is wrong also here.
    assert audit(data, wrong(data, 1, mean_term=0.0)).verdict == "disagrees"


def test_the_loss_of_squares_is_nearly_blind_in_float32_and_not_in_float64() -> None:
    for dtype, verdict in ((np.float32, "cannot tell"), (np.float64, "agrees")):
        _, inputs = drawn((6, 3, 4, 4), 1, dtype)
        y, _ = batch_norm.forward(*inputs.values(), eps=1e-5)
        data = (2 * y, inputs)
        report = audit(data, {"grad_input": emitted(data, eps=1e-5)["grad_input"]}, eps=1e-5)
        assert report.verdict == verdict
        reason = report.entry("grad_input").reason
        assert ("nearly blind to the output itself" in reason) == (verdict == "cannot tell")


def test_what_the_data_cannot_show_is_listed_and_does_not_change_the_verdict() -> None:
    g, inputs = drawn((6, 3, 4, 4), 1, np.float64)
    inputs["gamma"][:] = 1
    report = audit((g, inputs), emitted((g, inputs)))
    assert report.verdict == "agrees"
    assert {"gamma left out", "gamma applied twice in grad_input"} <= set(report.not_shown)
    assert all("gamma" in name for name in report.not_shown)
    assert any(words.startswith("gamma away from 1") for words in report.proposals)
    g, inputs = drawn((6, 3, 4, 4), 1, np.float64)
    assert not audit((g, inputs), emitted((g, inputs))).not_shown


def test_a_saved_float32_mean_is_arithmetic_and_not_a_wrong_formula() -> None:
    """Data of mean 1e4 and deviation 0.1: frameworks lose a thousand eps there, and their formula is right."""
    rng = np.random.default_rng(2)
    g, inputs = drawn((64, 8, 6, 6), 1, np.float32)
    inputs["x"] = rng.normal(1e4, 0.1, (64, 8, 6, 6)).astype(np.float32)
    data, shape = (g, inputs), (1, 8, 1, 1)
    wide = inputs["x"].astype(np.float64)
    mean, var = (s.astype(np.float32).reshape(shape) for s in (wide.mean((0, 2, 3)), wide.var((0, 2, 3))))
    r = 1 / np.sqrt(var + np.float32(EPS))
    x_norm = (inputs["x"] - mean) * r
    every: dict[str, Any] = {"axis": (0, 2, 3), "keepdims": True}
    inner = g - g.mean(**every) - x_norm * (g * x_norm).mean(**every)
    grad_input = inputs["gamma"].reshape(shape) * r * inner
    report = audit(data, {"grad_input": grad_input, "grad_gamma": (g * x_norm).sum((0, 2, 3))})
    assert report.verdict in ("agrees", "cannot tell")
    assert report.entry("grad_input").error_eps > 10
    exact = audit(data, emitted(data))
    assert exact.verdict == "agrees" and exact.entry("grad_input").error_eps < 2
    gone = dict(emitted(data), grad_input=emitted(data)["grad_input"] * np.float32(3))
    assert audit(data, gone).verdict == "disagrees"


def test_data_that_are_not_finite_stay_in_their_group() -> None:
    g, inputs = drawn((6, 3, 4, 4), 1, np.float32)
    inputs["x"][0, 1, 0, 0] = np.nan
    data = (g, inputs)
    report = audit(data, emitted(data))
    assert report.verdict == "agrees" and any("left out" in note for note in report.notes)
    gradients = emitted(data)
    gradients["grad_input"][2, 0, 1, 1] = np.inf
    report = audit(data, gradients)
    assert report.verdict == "disagrees"
    assert "not finite at 1 of 288" in report.entry("grad_input").reason


def test_one_element_per_channel_cannot_tell() -> None:
    data = drawn((1, 5), 1, np.float32)
    report = audit(data, emitted(data))
    assert report.verdict == "cannot tell" and report.exit_code == 2
    assert any("more elements" in words for words in report.proposals)


def test_a_large_case_is_looked_at_in_part_and_named_all_the_same() -> None:
    data = drawn((40, 12, 20, 20), 1, np.float32)
    report = audit(data, wrong(data, 1, mean_term=2.0))
    assert any("some of the groups" in note for note in report.notes)
    assert "x_norm -> mean doubled" in report.explanations[0].names
    assert audit(data, wrong(data, 1)).verdict == "agrees"


def test_the_report_prints_within_a_terminal_and_says_what_was_measured() -> None:
    data = drawn((8, 5), 1, np.float32)
    printed = str(audit(data, wrong(data, 1, mean_term=2.0)))
    assert all(len(line) <= 120 for line in printed.splitlines())
    assert "mean(grad_output) has coefficient -2.0000 +- " in printed and "expected -1" in printed
    assert "x_norm -> mean doubled" in printed and "disagrees" in printed


@pytest.mark.parametrize(("mean", "shift"), [(0.0, 0.0), (2.0, 1.0), (0.0, 5.0)])
def test_sums_taken_one_by_one_in_float32_are_arithmetic_too(mean: float, shift: float) -> None:
    """100000 terms in a row, the least accurate sum that anybody would ship; a wrong term is seen all the same."""
    rng = np.random.default_rng(9)
    count = 100_000
    x, g = (rng.normal(m, 1, (count, 1)).astype(np.float32) for m in (mean, shift))
    gamma, one = np.array([1.7], np.float32), np.float32(1)

    def added(values: Array) -> Any:
        return np.add.accumulate(values.ravel(), dtype=np.float32)[-1]

    n = np.float32(count)
    centred = x - added(x) / n
    x_norm = centred * (one / np.sqrt(added(centred**2) / n + np.float32(EPS)))
    r = one / np.sqrt(added(centred**2) / n + np.float32(EPS))
    data: Drawn = (g, {"x": x, "gamma": gamma})
    right = gamma * r * (g - added(g) / n - x_norm * (added(g * x_norm) / n))
    report = audit(data, {"grad_input": right, "grad_beta": np.array([added(g)])})
    assert report.verdict != "disagrees", report
    assert report.entry("grad_input").verdict == "agrees"
    if shift:
        no_mean = gamma * r * (g - x_norm * (added(g * x_norm) / n))
        assert "x_norm -> mean dropped" in audit(data, {"grad_input": no_mean}).explanations[0].names


def test_several_mistakes_are_named_one_by_one() -> None:
    data = drawn((4, 3, 5, 7), 1, np.float64)
    gradients = wrong(data, 1, mean_term=2.0)
    gradients |= {"grad_gamma": 2 * gradients["grad_gamma"], "grad_beta": gradients["grad_beta"] / 140}
    report = audit(data, gradients)
    found = {e.gradients: e for e in report.explanations}
    assert all(e.complete and e.fitted == 0 for e in found.values())
    assert "x_norm -> mean doubled" in found["grad_input",].names
    assert "y -> gamma doubled" in found["grad_gamma",].names
    assert "a mean instead of a sum in grad_beta" in found["grad_beta",].names
