"""Properties of the gradients that need no reference, and complex step on random small inputs.

Tolerances are those of the accuracy contract for each call that takes part, added up; the scale comes from
the longdouble reference, the property does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import numeric, tolerances
from tests.support.arrays import to_channels
from tests.support.contract import DTYPES, Array, BatchNorm, Gradients
from tests.support.data import Case, draw_gamma
from tests.support.layers import anp
from tests.support.oracles import LONGDOUBLE_IS_WIDE, complex_step_vjp, plain

SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def cases(draw: st.DrawFn, largest: int = 400, dtypes: tuple[Any, ...] = DTYPES) -> Case:
    """Any rank from 2 to 5, any axis, mixed magnitudes and offsets."""
    rank = draw(st.integers(2, 5))
    sizes = draw(st.lists(st.integers(1, 7), min_size=rank, max_size=rank))
    while np.prod(sizes) > largest:
        sizes[int(np.argmax(sizes))] -= 1
    shape, axis = tuple(sizes), draw(st.integers(-rank, rank - 1))
    dtype = draw(st.sampled_from(dtypes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    offset = draw(st.sampled_from([0.0, 1.0, -50.0, 1e3]))
    spread = draw(st.sampled_from([1.0, 0.1, 20.0]))
    x = offset + spread * rng.standard_normal(shape)
    g = draw(st.sampled_from([0.0, 2.0])) + rng.standard_normal(shape)
    channels = shape[axis]
    gamma = draw_gamma(rng, channels).astype(dtype) if draw(st.booleans()) else None
    beta = rng.standard_normal(channels).astype(dtype) if draw(st.booleans()) else None
    eps = draw(st.sampled_from([1e-5, 1e-3, 0.5]))
    return Case(f"{shape} axis {axis}", x.astype(dtype), g.astype(dtype), gamma, beta, eps, axis)


def gradients(kernel: BatchNorm, case: Case) -> Gradients:
    return kernel.backward(case.grad_output, case.x, case.gamma, eps=case.eps, axis=case.axis)


def rows(values: Array, case: Case) -> Array:
    return to_channels(values, case.axis).astype(np.longdouble)


def allowed(case: Case) -> tolerances.Allowed:
    return numeric.trial(case).allowed


@SETTINGS
@given(cases())
def test_accurate_on_whatever_is_drawn(kernel: BatchNorm, case: Case) -> None:
    on = numeric.trial(case)
    numeric.gradients_accurate(kernel, on)
    numeric.forward_accurate(kernel, on)


@SETTINGS
@given(cases(), st.sampled_from([-3.0, 0.37, 1e3]))
def test_linear_in_grad_output(kernel: BatchNorm, case: Case, factor: float) -> None:
    """backward(factor*g + h) = factor*backward(g) + backward(h)."""
    h = np.flip(case.grad_output).copy()
    exact_sum = factor * case.grad_output.astype(np.longdouble) + h
    combined = replace(case, grad_output=exact_sum.astype(case.x.dtype))
    parts = [case, replace(case, grad_output=h), combined]
    first, second, both = (gradients(kernel, part) for part in parts)
    bounds = [allowed(part) for part in parts]
    # Rounding factor*g + h to the dtype moves each cotangent by half an eps of itself.
    moved = replace(combined, grad_output=abs(combined.grad_output))
    rounding = tolerances.input_scale(numeric.trial(moved).reference) * np.finfo(case.x.dtype).eps
    error = rows(both.grad_input, case) - (
        factor * rows(first.grad_input, case) + rows(second.grad_input, case)
    )
    limit = abs(factor) * bounds[0].grad_input + bounds[1].grad_input + bounds[2].grad_input
    # |mean(|g|*x_norm)| may be small where |g|*|x_norm| is not: N elements at most add up.
    assert (abs(error) <= limit + rounding * (1 + np.sqrt(case.count))).all()


@SETTINGS
@given(cases())
def test_grad_input_sums_to_zero(kernel: BatchNorm, case: Case) -> None:
    """Theorem: Sum grad_input = 0 (a shift of x does not change y)."""
    total = rows(gradients(kernel, case).grad_input, case).sum(axis=1, keepdims=True)
    assert (abs(total) <= case.count * allowed(case).grad_input).all()


@SETTINGS
@given(cases())
def test_projection_on_x_norm(kernel: BatchNorm, case: Case) -> None:
    """Theorem: Sum grad_input*x_norm = gamma*r*eps/(var+eps) * Sum g*x_norm."""
    on = numeric.trial(case)
    exact = on.reference
    found = rows(gradients(kernel, case).grad_input, case) * plain(exact.x_norm)
    total = found.sum(axis=1, keepdims=True)
    suppressed = case.eps / (exact.var + case.eps)
    expected = plain(exact.gamma * exact.inv_std * suppressed * exact.grad_gamma)
    size = plain(abs(exact.x_norm).sum(axis=1, keepdims=True))
    # Where plain() rounds x_norm to float64, that is 2**-53 of every product.
    rounding = 2.0**-52 * abs(found).sum(axis=1, keepdims=True)
    slack = 1e-16 * abs(expected) + (0 if LONGDOUBLE_IS_WIDE else rounding)
    assert (abs(total - expected) <= size * on.allowed.grad_input + slack).all()


@SETTINGS
@given(cases(), st.randoms(use_true_random=False))
def test_layout_equivariance(kernel: BatchNorm, case: Case, random: Any) -> None:
    """Moving the dimensions around and calling is calling and moving them around."""
    order = list(range(case.x.ndim))
    random.shuffle(order)
    axis = order.index(case.axis % case.x.ndim)
    moved = replace(
        case, x=case.x.transpose(order), grad_output=case.grad_output.transpose(order), axis=axis
    )
    here, there = gradients(kernel, case), gradients(kernel, moved)
    back = there.grad_input.transpose(np.argsort(order))
    bound = allowed(case)
    error = abs(rows(here.grad_input, case) - rows(back, case))
    assert (error <= 2 * bound.grad_input).all()
    for name in ("grad_gamma", "grad_beta"):
        one, two = getattr(here, name), getattr(there, name)
        assert (one is None) == (two is None) == (name == "grad_gamma" and case.gamma is None)
        if one is not None:
            difference = abs(one.astype(np.longdouble) - two).reshape(-1, 1)
            assert (difference <= 2 * getattr(bound, name)).all()


@SETTINGS
@given(cases(), st.randoms(use_true_random=False))
def test_permuting_the_batch(kernel: BatchNorm, case: Case, random: Any) -> None:
    """The elements of a channel have no order: any dimension but the channels' may be shuffled."""
    dimension = next(i for i in range(case.x.ndim) if i != case.axis % case.x.ndim)
    order = list(range(case.x.shape[dimension]))
    random.shuffle(order)
    shuffled = replace(
        case,
        x=case.x.take(order, dimension),
        grad_output=case.grad_output.take(order, dimension),
    )
    here = rows(gradients(kernel, case).grad_input.take(order, dimension), case)
    there = rows(gradients(kernel, shuffled).grad_input, case)
    assert (abs(here - there) <= 2 * allowed(case).grad_input).all()


@SETTINGS
@given(cases(), st.integers(-6, 6))
def test_scaling_x_and_eps_by_powers_of_two(kernel: BatchNorm, case: Case, power: int) -> None:
    """With x and sqrt(eps) times 2**k, y stays and grad_input is divided by 2**k."""
    scale = 2.0**power
    scaled = replace(case, x=case.x * case.x.dtype.type(scale), eps=case.eps * scale * scale)
    here = rows(gradients(kernel, case).grad_input, case)
    there = rows(gradients(kernel, scaled).grad_input, case) * scale
    assert (abs(here - there) <= 2 * allowed(case).grad_input).all()
    one, _ = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    two, _ = kernel.forward(scaled.x, case.gamma, case.beta, eps=scaled.eps, axis=case.axis)
    assert (abs(rows(one, case) - rows(two, case)) <= 2 * allowed(case).y).all()


@SETTINGS
@given(cases(), st.sampled_from([8.0, -64.0]))
def test_shifting_x(kernel: BatchNorm, case: Case, shift: float) -> None:
    """Neither y nor any gradient changes; x is put on a grid that the shift does not leave."""
    grid = 2.0**-8
    on_grid = replace(case, x=(np.round(case.x / grid) * grid).astype(case.x.dtype))
    shifted = replace(on_grid, x=on_grid.x + on_grid.x.dtype.type(shift))
    assert ((shifted.x - on_grid.x) == shift).all()
    bound = allowed(on_grid)
    here, there = gradients(kernel, on_grid), gradients(kernel, shifted)
    error = abs(rows(here.grad_input, case) - rows(there.grad_input, case))
    assert (error <= 2 * bound.grad_input).all()
    assert (here.grad_beta == there.grad_beta).all()
    one, _ = kernel.forward(on_grid.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    two, _ = kernel.forward(shifted.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    assert (abs(rows(one, case) - rows(two, case)) <= 2 * (bound.y + allowed(shifted).y)).all()


@SETTINGS
@given(cases())
def test_gamma_scales_grad_input(kernel: BatchNorm, case: Case) -> None:
    """grad_input is linear in gamma, channel by channel; minus gamma only changes signs."""
    gamma = np.full(case.channels, 1.5, case.x.dtype) if case.gamma is None else case.gamma
    plus = gradients(kernel, replace(case, gamma=gamma))
    minus = gradients(kernel, replace(case, gamma=-gamma))
    assert (plus.grad_input == -minus.grad_input).all()
    assert (plus.grad_beta == minus.grad_beta).all()
    doubled = gradients(kernel, replace(case, gamma=2 * gamma))
    assert (doubled.grad_input == 2 * plus.grad_input).all()


@SETTINGS
@given(cases(largest=40, dtypes=(np.dtype(np.float64),)))
def test_agrees_with_complex_step(kernel: BatchNorm, case: Case) -> None:
    """The layer as a plain function of complex numbers: no chain rule, no closed form."""
    axis = case.axis % case.x.ndim
    over = tuple(i for i in range(case.x.ndim) if i != axis)
    wide = tuple(-1 if i == axis else 1 for i in range(case.x.ndim))

    def layer(inputs: Mapping[str, Any], constants: Mapping[str, float]) -> Any:
        x = inputs["x"]
        centred = x - anp.mean(x, axis=over, keepdims=True)
        centred = centred - anp.mean(centred, axis=over, keepdims=True)
        var = anp.mean(centred * centred, axis=over, keepdims=True)
        x_norm = centred / anp.sqrt(var + constants["eps"])
        return anp.reshape(inputs["gamma"], wide) * x_norm + anp.reshape(inputs["beta"], wide)

    gamma = np.full(case.channels, -0.75) if case.gamma is None else case.gamma
    full = replace(case, gamma=gamma)
    inputs = {"x": case.x, "gamma": gamma, "beta": np.zeros(case.channels)}
    exact = complex_step_vjp(layer, inputs, {"eps": case.eps}, case.grad_output)
    found, bound = gradients(kernel, full), allowed(full)
    # A mean near 1e3 leaves complex step itself 1e-19 * 1e3 of the deviations: 1/1000 of these.
    assert (abs(rows(found.grad_input, case) - to_channels(exact["x"], axis))
            <= 1.01 * bound.grad_input + 1e-17).all()  # fmt: skip
    assert found.grad_gamma is not None
    for name, actual in (("gamma", found.grad_gamma), ("beta", found.grad_beta)):
        error = abs(actual - exact[name]).reshape(-1, 1)
        assert (error <= 1.01 * getattr(bound, f"grad_{name}") + 1e-17).all(), name
