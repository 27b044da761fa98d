"""The blind-spot matrix: known rows, real finite differences that agree with it, and what the formats show of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from derive import Interface, Layer, average, axes, log, positive, tensor
from derive.checks.blind_spots import EDGE, FINER, SEEING, USUAL, Check, _exceeds, blind_spots
from derive.checks.cotangents import NAMED
from derive.errors import CheckError
from derive.proofs.derivation import derive_layer
from derive.report.blind_spots import WIDEST, Affected, BlindSpots, CheckSetting, LossRow
from derive.report.formats import html, markdown, tex
from derive.report.terminal import lines

from .made import NAMES, product

Array = NDArray[np.float64]
THREE = ("dropped", "doubled", "negated")


def of(name: str, part: int = 0) -> BlindSpots:
    found = product(name).report.parts[part].blind_spots
    assert found is not None
    return found


def setting(spots: BlindSpots, title: str) -> CheckSetting:
    return next(s for s in spots.settings if s.title == title)


def row(spots: BlindSpots, check: Check, loss: str) -> LossRow:
    return next(r for r in setting(spots, check.title).rows if loss in r.name.split(" = "))


def survivors(spots: BlindSpots, check: Check, loss: str, gradient: str) -> set[str]:
    """The mistakes that change a gradient and are not noticed there."""
    place = [a.gradient for a in spots.gradients].index(gradient)
    killed = row(spots, check, loss).sights[place].killed
    numbers = spots.gradients[place].numbers
    return {spots.mistakes[k - 1].name for k, hit in zip(numbers, killed, strict=True) if not hit}


def alarms(spots: BlindSpots, check: Check, loss: str) -> set[str]:
    sights = row(spots, check, loss).sights
    return {a.gradient for a, sight in zip(spots.gradients, sights, strict=True) if sight.alarm}


def each(path: str) -> set[str]:
    return {f"{path} {what}" for what in THREE}


WHOLE = each("y → x_norm") | {"gamma left out"}  # mistakes in a factor of the whole gradient
MEAN = each("x_norm → mean") | {"mean → x N-1"}  # mistakes in what comes through the mean, a multiple of sum(g)
VAR = each("x_norm → var") | {"var → x N-1"}  # and through the variance, a multiple of sum(g*x_norm)


def test_ones_is_blind_to_all_but_an_upset_balance() -> None:
    """The gradient is zero, so a wrong factor stays unseen, and so does everything that multiplies sum(g*x_norm).

    What remains is a check that the terms cancel: dropping one of them leaves the others.
    """
    spots = of("batch_norm")
    for check in (USUAL, FINER, SEEING):
        lost = survivors(spots, check, "ones", "grad_x")
        assert lost == WHOLE | VAR | {"eps left out", "root of var forgotten"}
        assert survivors(spots, check, "ones", "grad_gamma") == each("y → gamma")
        assert survivors(spots, check, "ones", "grad_beta") == set()
    assert alarms(spots, USUAL, "ones") == {"grad_x", "grad_gamma"}
    assert row(spots, USUAL, "ones") == row(spots, USUAL, "sum(y)")


def test_a_sum_of_squares_does_not_see_a_wrong_factor_nor_the_mean() -> None:
    """With beta = 0 its gradient is suppressed by eps/(var + eps), and sum(g) is zero in any precision."""
    spots = of("batch_norm")
    assert survivors(spots, USUAL, "sum(y**2)", "grad_x") == WHOLE | MEAN | {"eps left out"}
    assert survivors(spots, USUAL, "sum(y**2)", "grad_beta") == each("y → beta")
    assert alarms(spots, USUAL, "sum(y**2)") == {"grad_x", "grad_beta"}
    assert survivors(spots, FINER, "sum(y**2)", "grad_x") == MEAN
    assert survivors(spots, FINER, "sum(y**2)", "grad_beta") == each("y → beta")
    assert dict(setting(spots, USUAL.title).facts)["beta"] == "0"


def test_normal_cotangents_see_everything_in_float64() -> None:
    spots = of("batch_norm")
    assert row(spots, SEEING, "normal").kills == len(spots.mistakes)
    assert all(all(sight.killed) for sight in row(spots, SEEING, "normal").sights)
    assert alarms(spots, SEEING, "normal") == set()
    # In float32 the usual tolerance is wider than what eps does, and the noise is wider than the tolerance.
    assert survivors(spots, USUAL, "normal", "grad_x") == {"eps left out"}
    assert alarms(spots, USUAL, "normal") == {"grad_x"}


def test_fixed_statistics_have_no_blind_spot() -> None:
    """In inference nothing cancels: the same losses see everything."""
    spots = of("batch_norm", 1)
    assert {r.kills for r in setting(spots, SEEING.title).rows} == {len(spots.mistakes)}
    assert spots.equivalent == ()


def test_mistakes_that_change_nothing_are_apart() -> None:
    spots = of("batch_norm")
    assert set(spots.equivalent) == each("var → mean") | {"var → mean N-1"}
    assert not set(spots.equivalent) & {name for m in spots.mistakes for name in (m.name, *m.also)}


# What follows knows batch normalization by its formulas alone: real differences of a forward pass against kernels with
# one mistake each, on other data than the matrix.

EPS = 1e-5
AXES = (0, 2)


def statistics(x: Array) -> tuple[Array, Array]:
    r = 1 / np.sqrt(x.var(axis=AXES, keepdims=True) + EPS)
    return (x - x.mean(axis=AXES, keepdims=True)) * r, r


def forward(x: Array, gamma: Array, beta: Array) -> Array:
    return gamma * statistics(x)[0] + beta


def backward(g: Array, x: Array, gamma: Array, direct: float = 1, var: float = 1, mean: float = 1) -> Array:
    """The right gradient, each of its terms times a factor."""
    x_norm, r = statistics(x)
    through_var = x_norm * (g * x_norm).mean(axis=AXES, keepdims=True)
    gradient: Array = gamma * r * (direct * g - var * through_var - mean * g.mean(axis=AXES, keepdims=True))
    return gradient


Kernel = Callable[[Array, Array, Array], Array]
KERNELS: dict[str, Kernel] = {
    "y → x_norm dropped": lambda g, x, gamma: 0 * backward(g, x, gamma),
    "y → x_norm doubled": lambda g, x, gamma: 2 * backward(g, x, gamma),
    "x_norm → x dropped": lambda g, x, gamma: backward(g, x, gamma, direct=0),
    "x_norm → x doubled": lambda g, x, gamma: backward(g, x, gamma, direct=2),
    "x_norm → var dropped": lambda g, x, gamma: backward(g, x, gamma, var=0),
    "x_norm → var negated": lambda g, x, gamma: backward(g, x, gamma, var=-1),
    "var → x N-1": lambda g, x, gamma: backward(g, x, gamma, var=20 / 19),
    "x_norm → mean dropped": lambda g, x, gamma: backward(g, x, gamma, mean=0),
    "x_norm → mean doubled": lambda g, x, gamma: backward(g, x, gamma, mean=2),
    "mean → x N-1": lambda g, x, gamma: backward(g, x, gamma, mean=20 / 19),
    "gamma left out": lambda g, x, gamma: backward(g, x, np.ones_like(gamma)),
}


def data(neutral: bool) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(8)
    gamma = np.array([1.6, -0.7, 2.3]).reshape(1, 3, 1)
    beta = np.zeros((1, 3, 1)) if neutral else np.array([0.4, -1.2, 0.8]).reshape(1, 3, 1)
    return rng.standard_normal((4, 3, 5)), gamma, beta


def losses(y: Array) -> dict[str, tuple[Callable[[Array], Array], Array]]:
    """Summands of losses, and the derivatives of the losses at y."""
    g = np.random.default_rng(9).standard_normal(y.shape)
    return {
        "ones": (lambda v: v, np.ones_like(y)),
        "sum(y**2)": (lambda v: v**2, 2 * y),
        "sum(y**3)": (lambda v: v**3, 3 * y**2),
        "normal": (lambda v: g * v, g),
    }


@pytest.mark.parametrize("check", [FINER, SEEING], ids=lambda check: check.title)
def test_real_differences_kill_what_the_matrix_says(check: Check) -> None:
    x, gamma, beta = data(check.neutral)
    spots = of("batch_norm")
    for loss, (summand, g) in losses(forward(x, gamma, beta)).items():
        numerical = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[place] += check.step
            down[place] -= check.step
            ends = [summand(forward(v, gamma, beta)) for v in (up, down)]
            numerical[place] = (ends[0] - ends[1]).sum() / (up[place] - down[place])
        tolerance = check.atol + check.rtol * np.abs(numerical)
        assert (np.abs(numerical - backward(g, x, gamma)) <= tolerance).all(), "the right kernel passes"
        lost = {
            name for name, kernel in KERNELS.items() if (np.abs(numerical - kernel(g, x, gamma)) <= tolerance).all()
        }
        assert lost == survivors(spots, check, loss, "grad_x") & KERNELS.keys(), loss


@pytest.mark.parametrize("loss", ["ones", "sum(y**2)", "normal"])
def test_in_float32_the_usual_check_fails_the_right_kernel(loss: str) -> None:
    """A dagger is no theory: float32 outputs, summed without further rounding, are enough for a false alarm."""
    x, gamma, beta = data(neutral=True)
    x32, gamma32 = x.astype(np.float32), gamma.astype(np.float32)
    summand, g = losses(forward(x32.astype(np.float64), gamma32.astype(np.float64), beta))[loss]
    step, failing = np.float32(USUAL.step), 0
    exact = backward(g, x32.astype(np.float64), gamma32.astype(np.float64))
    for place in np.ndindex(x.shape):
        up, down = x32.copy(), x32.copy()
        up[place] += step
        down[place] -= step
        ends: list[Any] = [_in_float32(v, gamma32).astype(np.float64) for v in (up, down)]
        difference = (summand(ends[0]) - summand(ends[1])).sum() / (float(up[place]) - float(down[place]))
        failing += bool(abs(difference - exact[place]) > USUAL.atol + USUAL.rtol * abs(exact[place]))
    assert failing > 0
    assert "grad_x" in alarms(of("batch_norm"), USUAL, loss)


def _in_float32(x: NDArray[np.float32], gamma: NDArray[np.float32]) -> NDArray[np.float32]:
    d = x - x.mean(axis=AXES, keepdims=True, dtype=np.float32)
    var = (d * d).mean(axis=AXES, keepdims=True, dtype=np.float32)
    y: NDArray[np.float32] = gamma * (d / np.sqrt(var + np.float32(EPS)))
    assert y.dtype == np.float32
    return y


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_has_its_matrix(name: str) -> None:
    for part in range(len(product(name).report.parts)):
        spots = of(name, part)
        assert [m.number for m in spots.mistakes] == list(range(1, len(spots.mistakes) + 1))
        assert {k for a in spots.gradients for k in a.numbers} == {m.number for m in spots.mistakes}
        for check in spots.settings:
            facts = dict(check.facts)
            group = int(re.findall(r"N = (\d+)", facts["shape"])[0])
            assert 8 <= group <= 64
            assert {"numbers", "shape", "step", "tolerance"} <= facts.keys()
            assert {n for r in check.rows for n in r.name.split(" = ")} == set(NAMED)
            for shown in check.rows:
                assert [len(s.killed) for s in shown.sights] == [len(a.numbers) for a in spots.gradients]
                assert max(s.kills for s in shown.sights) <= shown.kills <= sum(s.kills for s in shown.sights)
        assert row(spots, SEEING, "normal").kills == len(spots.mistakes)


def test_additive_parameters_are_known_without_an_interface() -> None:
    """A bias is zero in the usual check although the layer does not say what it is when left out."""
    assert dict(setting(of("layer_norm"), USUAL.title).facts)["bias"] == "0"
    assert [s.title for s in of("rms_norm").settings] == [USUAL.title, SEEING.title]


def test_a_layer_for_positive_data_gets_them() -> None:
    n, d = axes("n d")
    x = tensor("x", n, d)
    layer = Layer("logs", inputs=(x,))
    layer.output("y", log(x) - average(log(x), over=d))
    spots = blind_spots(derive_layer(layer), Interface())
    assert spots is not None
    assert "absolute values" in dict(spots.settings[0].facts)["x"]


def test_a_layer_that_no_data_suit_has_no_matrix_and_says_so() -> None:
    n, d = axes("n d")
    x, eps = tensor("x", n, d), positive("eps")
    layer = Layer("nowhere", inputs=(x,), constants=(eps,))
    layer.output("y", log(-(x**2) - eps) + average(x, over=d))
    assert blind_spots(derive_layer(layer), Interface()) is None
    report = product("softmax").report
    report = replace(report, parts=(replace(report.parts[0], blind_spots=None),))
    for shown in (html(report), markdown(report, "softmax"), tex(report)):
        assert "There is no table of what checks see" in shown
    assert not any("kills" in line.text for line in lines(report, steps=False))


def test_no_cell_hangs_on_the_last_digits() -> None:
    limit = np.ones(3, np.longdouble)
    assert not _exceeds((1 - 2 * EDGE) * limit, limit) and _exceeds((1 + 2 * EDGE) * limit, limit)
    with pytest.raises(CheckError):
        _exceeds((1 + EDGE / 2) * limit, limit)


@pytest.mark.parametrize("sizes", [(80, 3), (17, 3, 3), (36, 1), (20, 16, 1)])
def test_tables_are_not_too_wide(sizes: tuple[int, ...]) -> None:
    gradients = tuple(Affected(f"grad_{k}", tuple(range(size))) for k, size in enumerate(sizes))
    blocks = BlindSpots((), (), gradients, (), ()).blocks
    assert all(0 < sum(c.stop - c.start for c in block) <= WIDEST for block in blocks)
    cells = [(c.place, k) for block in blocks for c in block for k in range(c.start, c.stop)]
    assert cells == [(place, k) for place, size in enumerate(sizes) for k in range(size)]
    assert len(blocks) == -(-sum(sizes) // WIDEST)


@pytest.mark.parametrize("name", NAMES)
def test_all_formats_show_it(name: str) -> None:
    report = product(name).report
    page, page_md, document = html(report), markdown(report, name), tex(report)
    in_terminal = [line.text for line in lines(report, steps=False)]
    whole = [part.blind_spots for part in report.parts if part.blind_spots is not None]
    cells = [hit for b in whole for s in b.settings for r in s.rows for sight in r.sights for hit in sight.killed]
    false_alarms = sum(sight.alarm for b in whole for s in b.settings for r in s.rows for sight in r.sights)
    methods = len(whole)  # the text about the method shows each sign once
    assert page.count(">●</td>") == page_md.count(" ● |") == cells.count(True)
    assert page.count(">○</td>") == page_md.count(" ○ |") == cells.count(False)
    assert document.count(r"\bullet") == cells.count(True) + methods
    assert document.count(r"\circ\)") == cells.count(False) + methods
    assert page_md.count(" † |") == false_alarms and document.count(r"\dag{}") == false_alarms + methods
    for b in whole:
        for check in b.settings:
            counts = ", ".join(f"{r.name} {r.kills}" for r in check.rows)
            assert any(line.endswith(counts) and check.title in line for line in in_terminal)
            for fact, value in check.facts:
                assert f"{fact}: {value}" in page
        for mistake in b.mistakes:
            assert mistake.name in page
