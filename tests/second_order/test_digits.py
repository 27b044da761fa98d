"""The oracle of the other tests, and the kernels, against second differences with 60 digits (mpmath)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.second_order.layers import EVERY, Layer, label
from tests.support.contract import DTYPES, Array
from tests.support.duals import PREFIX
from tests.support.second_order import Functions, Trial

DIGITS, STEP = 60, 20
NOISE = 1e-17  # what a mixed second difference with steps of 10**-20 leaves of 60 digits, and of a result of zero


class Number:
    """A number of many digits that NumPy's object arrays can be filled with: they call its methods."""

    def __init__(self, value: Any) -> None:
        self.value: Any = value.value if isinstance(value, Number) else mpf(value)

    def sqrt(self) -> Number:
        return Number(mp.sqrt(self.value))

    def exp(self) -> Number:
        return Number(mp.exp(self.value))

    def log(self) -> Number:
        return Number(mp.log(self.value))

    def __add__(self, other: Any) -> Number:
        return Number(self.value + Number(other).value)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Number:
        return Number(self.value - Number(other).value)

    def __rsub__(self, other: Any) -> Number:
        return Number(Number(other).value - self.value)

    def __mul__(self, other: Any) -> Number:
        return Number(self.value * Number(other).value)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Number:
        return Number(self.value / Number(other).value)

    def __rtruediv__(self, other: Any) -> Number:
        return Number(Number(other).value / self.value)

    def __neg__(self) -> Number:
        return Number(-self.value)


def entered(array: Array) -> Array:
    """An array of numbers with many digits, each exactly what it was."""
    numbers = np.empty(array.shape, object)
    for place in np.ndindex(array.shape):
        numbers[place] = Number(float(array[place]))
    return numbers


def by_differences(trial: Trial) -> tuple[Array, dict[str, Array]]:
    """The tangent, and the gradients of its product with grad_output, from values of the layer alone."""
    reference = trial.reference
    base = {name: entered(value) for name, value in trial.inputs.items()}
    step = Number(mpf(10) ** -STEP)

    def output(moved: Mapping[str, Array], along: int) -> Array:
        values = {n: moved[n] + base[f"{PREFIX}{n}"] * (step * along) for n in trial.own}
        values |= {n: moved[n] for n in reference.buffers}
        return np.asarray(reference.function(values, reference.constants))

    tangent = (output(base, 1) - output(base, -1)) / (step * 2)
    g, gradients = entered(trial.g), {}
    for name in trial.own:
        gradient = np.empty(base[name].shape, object)
        for place in np.ndindex(gradient.shape):
            total = Number(0)
            for side in (1, -1):
                moved = {**base, name: base[name].copy()}
                moved[name][place] = moved[name][place] + step * side
                slope = (g * (output(moved, 1) - output(moved, -1))).sum() / (step * 2)
                total = total + slope * side
            gradient[place] = total / (step * 2)
        gradients[name] = gradient
    return tangent, gradients


def longdouble(numbers: Array) -> Array:
    return np.array([np.longdouble(mp.nstr(n.value, 30)) for n in numbers.flat]).reshape(numbers.shape)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", EVERY, ids=label)
def test_kernels_and_oracle_agree_with_differences_of_many_digits(layer: Layer, dtype: Any) -> None:
    with mp.workdps(DIGITS):
        trial, arguments = layer.trial(layer.sizes[0], dtype)
        tangent, gradients = by_differences(trial)
        y, exact = longdouble(tangent), {name: longdouble(value) for name, value in gradients.items()}
    expected = trial.expected
    unit = np.finfo(np.longdouble).eps / np.finfo(dtype).eps
    assert (abs(y - expected.y) <= 4 * unit * expected.allowed_y + NOISE).all()
    for name, value in exact.items():
        assert (abs(value - expected.gradients[name]) <= 4 * unit * expected.allowed[name] + NOISE).all(), name
    run = Functions(layer.module, trial, arguments)
    found = run.double_backward()
    assert (abs(run.jvp() - y) <= expected.allowed_y + NOISE).all()
    assert (abs(found.grad_grad_output - y) <= expected.allowed_y + NOISE).all()
    for name, value in exact.items():
        assert (abs(getattr(found, f"grad_{name}") - value) <= expected.allowed[name] + NOISE).all(), name
