"""What the report says of batch normalization alone: the check that failed, and what finite differences can see."""

from __future__ import annotations

import numpy as np

from derive.errors import ProofError
from derive.layers.batch_norm import differences as fd
from derive.proofs.prove import Proven
from derive.proofs.theorem import Claim
from derive.report.elements import Code, Formula, Picture, Story, Table
from derive.report.pictures import Bars, Colour, Curve, Panel, log_chart, power_of_ten, strip

UNIT = 2.0**-24 / (2 * fd.STEP)  # the grid that the differences lie on: float32 outputs, summed exactly

PRECISIONS: tuple[tuple[str, fd.Float, Colour], ...] = (("float32", np.float32, "one"), ("float64", np.float64, "two"))


def stories(proven: Proven) -> tuple[Story, ...]:
    """The sections, in their order."""
    return (_seed(proven), _steps(proven))


def _claim(proven: Proven, name: str) -> Claim:
    for theorem in proven.theorems:
        if theorem.name == name and isinstance(theorem.claim, Claim):
            return theorem.claim
    raise ProofError(f"{proven.derivation.name}: the report needs the theorem {name!r}")


def _seed(proven: Proven) -> Story:
    true = fd.truth(proven.derivation, fd.ONES).gradient
    analytical, numerical = fd.analytical(), fd.numerical(fd.ONES, fd.STEP, np.float32)
    failing = sum(not fd.passes(a, n) for a, n in zip(true, numerical, strict=True))
    blind = _claim(proven, "blind to a constant")
    rows = (
        Bars("true gradient", true, [f"{v:.0f}" for v in true], "three", "from the derivation, with 60 digits"),
        Bars("analytical", analytical, [""] * fd.SIZE, "two", f"float32; at most {max(map(abs, analytical)):.2g}"),
        Bars(
            "numerical",
            numerical,
            [f"{v / UNIT:+.0f}".replace("-", "−").replace("+0", "0") for v in numerical],
            "bad",
            f"float32 differences, step {fd.STEP:g}; labels in units of {UNIT:.4g}",
        ),
    )
    svg = strip("The failing check, element by element", rows, [str(k) for k in range(fd.SIZE)], 0.008, "element of x")
    picture = Picture(
        "seed",
        "Sixteen elements of nothing",
        svg,
        (
            "All three rows share one scale. The true gradient is zero at every element; the numerical one is a "
            "whole number of rounding units; the check turned down the exact gradient at "
            f"{failing} of {fd.SIZE} elements.",
        ),
        f"Bars: the true gradient is zero, the analytical one at most {max(map(abs, analytical)):.2g}, the numerical "
        f"one up to {max(map(abs, numerical)):.2g}.",
    )
    table = Table(
        ("at element 0", "value"),
        (
            (("true gradient",), (Code(repr(true[0])),)),
            (("analytical (float32, products contracted into sums)",), (Code(repr(analytical[0])),)),
            (("numerical (float32 outputs, float64 sum)",), (Code(repr(numerical[0])),)),
            (("the numerical value in units of rounding",), (f"{numerical[0] / UNIT:.0f}",)),
        ),
    )
    return Story(
        "What the failing check really showed",
        (
            (
                "A framework's gradient check of this layer failed, and the formula was suspected. The check used ",
                Formula(*blind.given[0]),
                ", and for that cotangent it is a theorem that ",
                Formula(blind.lhs, blind.rhs),
                f", for every size and all data. Here are the very numbers, computed again at its input: {fd.SIZE} "
                "elements, two channels.",
            ),
            table,
            picture,
        ),
    )


def _steps(proven: Proven) -> Story:
    good, shares = _panel(proven, "A good cotangent: varied", fd.VARIED)
    blind, _ = _panel(proven, "A blind cotangent: all ones, true gradient zero", fd.ONES)
    svg = log_chart(
        "Error of finite differences against their step",
        (good, blind),
        (-9, 0),
        (-14, 2),
        "step of the central difference",
    )
    picture = Picture(
        "differences",
        "Error against step size",
        svg,
        (
            "Largest error over all elements. The noise floor is one unit in the last place of the largest output, "
            "divided by twice the step; truncation is the third derivative's share. At the failing check's step and "
            "with the good cotangent, the largest element of the gradient is "
            f"{_times(shares[0])} times the float32 error and {_times(shares[1])} times the float64 error: "
            "there is something to compare. With the blind cotangent "
            "there is nothing to find: whatever is measured is noise, and it grows as the step shrinks.",
        ),
        "Two charts on logarithmic axes: the error falls with the step until rounding takes over and rises again.",
    )
    words = (
        "A check is worth as much as the gradient that it looks for. The same layer at the same input, for two "
        "cotangents and in two precisions:",
    )
    return Story("What a finite difference can see", (words, picture))


def _times(share: float) -> str:
    """A large number with two digits that count, written out."""
    return f"{float(f'{share:.2g}'):,.0f}"


def _panel(proven: Proven, title: str, g: tuple[float, ...]) -> tuple[Panel, list[float]]:
    """The curves for one cotangent; how large the gradient is in units of each error at the failing check's step."""
    steps = [power_of_ten(k, 4) for k in range(-36, -1)]
    truth = fd.truth(proven.derivation, g)
    size, third = max(map(abs, truth.gradient)), max(map(abs, truth.third))
    curves, shares = [], []
    for label, real, colour in PRECISIONS:
        errors = [(step, _error(g, step, real, truth)) for step in steps]
        floor = [(step, fd.spacing(real) / (2 * step)) for step in steps]
        curves += [
            Curve(f"{label} error", errors, colour, dots=True),
            Curve(f"{label} noise floor", floor, colour, "5 4"),
        ]
        shares.append(size / _error(g, fd.STEP, real, truth))
    if size > 0:
        curves.append(Curve("truncation", [(h, third * h * h / 6) for h in steps], "three", "1.5 3"))
        curves.append(Curve("the gradient itself", [(h, size) for h in steps], "soft", "9 3"))
    return Panel(title, curves, ((fd.STEP, "the failing check's step"),)), shares


def _error(g: tuple[float, ...], step: float, real: fd.Float, truth: fd.Truth) -> float:
    return max(abs(a - b) for a, b in zip(fd.numerical(g, step, real), truth.gradient, strict=True))
