"""Promises about behaviour: layouts, ``out``, edges, isolation, saved statistics.

Each takes the kernel under test and raises AssertionError; ``PROMISES`` lists them all, so that a
deliberately wrong kernel can be pushed through every one.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from . import data
from .arrays import assert_same_bits, assert_same_gradients, layouts
from .contract import DTYPES, Array, BatchNorm, Gradients
from .data import Case
from .numeric import Trial, assert_within, check_gradients, trial

LAYOUT_SHAPES = (((6, 5), 1), ((4, 3, 5, 6), 1), ((3, 4, 5, 6), -1), ((2, 3, 4, 3, 2), 2))


def backward(kernel: BatchNorm, case: Case, **more: object) -> Gradients:
    _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
    settings = {"saved": saved, "eps": case.eps, "axis": case.axis, **more}
    return kernel.backward(case.grad_output, case.x, case.gamma, **settings)  # type: ignore[arg-type]


def check_y(y: Array, on: Trial, what: str) -> None:
    matrix = np.moveaxis(y, on.case.axis, 0).reshape(on.reference.y.shape)
    exact = on.reference
    assert_within(what, matrix, exact.y, on.allowed.y, on.case, exact.numbers)


def any_strides(kernel: BatchNorm) -> None:
    """Every layout of x against every layout of grad_output gives right results."""
    for shape, axis in LAYOUT_SHAPES:
        for dtype in DTYPES:
            on = trial(data.draw(shape, axis, dtype))
            of_x, of_g = list(layouts(on.case.x)), list(layouts(on.case.grad_output))
            for turn in range(len(of_x)):
                # Rotating by different amounts pairs layouts of different kinds.
                for shift in (0, 1, 4):
                    name_x, x = of_x[turn]
                    name_g, g = of_g[(turn + shift) % len(of_g)]
                    case = replace(on.case, x=x, grad_output=g)
                    what = f"x {name_x}, grad_output {name_g}: "
                    check_gradients(backward(kernel, case), on, what)
                y, _ = kernel.forward(x, case.gamma, case.beta, eps=case.eps, axis=axis)
                check_y(y, on, what + "y")


def strided_parameters(kernel: BatchNorm) -> None:
    """gamma and beta may be views, too, and so may what is saved."""
    for dtype in DTYPES:
        case = data.draw((4, 6, 5), dtype=dtype)
        assert case.gamma is not None and case.beta is not None
        on = trial(case)
        _, saved = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
        kept = {name: dict(layouts(getattr(saved, name))) for name in ("mean", "mean_low", "var", "inv_std")}
        of_gamma, of_beta = dict(layouts(case.gamma)), dict(layouts(case.beta))
        for name in of_gamma:
            view = replace(case, gamma=of_gamma[name], beta=of_beta[name])
            viewed = saved._replace(**{field: arrays[name] for field, arrays in kept.items()})
            check_gradients(backward(kernel, view, saved=viewed), on, f"parameters {name}: ")
            y, _ = kernel.forward(view.x, view.gamma, view.beta, eps=case.eps, axis=case.axis)
            check_y(y, on, f"y, parameters {name}")


def broadcast_cotangent(kernel: BatchNorm) -> None:
    """What ``sum`` and ``mean`` send back: a grad_output of stride 0, wholly or in part."""
    for shape, axis in LAYOUT_SHAPES:
        case = data.draw(shape, axis)
        whole = np.broadcast_to(np.float32(0.3), shape)
        part = np.broadcast_to(case.grad_output[..., :1], shape)
        for g in (whole, part):
            for layout, x in layouts(case.x):
                broadcast = replace(case, grad_output=g, x=x)
                what = f"x {layout}, broadcast grad_output: "
                check_gradients(backward(kernel, broadcast), trial(broadcast), what)


def inputs_untouched(kernel: BatchNorm) -> None:
    """Nothing is ever written to an input, read-only or not."""
    for shape, axis in LAYOUT_SHAPES:
        case = data.with_running(data.draw(shape, axis), np.float32)
        assert case.running is not None
        mean, var = case.running
        arrays = [case.x, case.grad_output, case.gamma, case.beta, mean, var]
        kept = [array.copy() for array in arrays if array is not None]
        backward(kernel, case)
        backward(kernel, case, saved=None, out=np.empty(shape, np.float32))
        where = {"eps": case.eps, "axis": axis}
        kernel.forward_inference(case.x, case.gamma, case.beta, mean, var, **where)  # type: ignore[arg-type]
        kernel.backward_inference(case.grad_output, case.x, case.gamma, mean, var, **where)  # type: ignore[arg-type]
        for array, before in zip(arrays, kept, strict=True):
            assert_same_bits(array, before, "an input")


def negative_axes(kernel: BatchNorm) -> None:
    """axis=-k and axis=rank-k are the same call."""
    for shape in ((4, 5), (3, 4, 5), (2, 3, 4, 5), (2, 3, 2, 4, 5)):
        for axis in range(len(shape)):
            case = data.draw(shape, axis)
            on = trial(case)
            check_gradients(backward(kernel, case), on, f"axis {axis}: ")
            negative = replace(case, axis=axis - len(shape))
            what = f"axis {axis} against {axis - len(shape)} of {shape}"
            assert_same_gradients(backward(kernel, case), backward(kernel, negative), what)


def optional_parameters(kernel: BatchNorm) -> None:
    """gamma=None means 1 and gives no grad_gamma; beta=None means 0; grad_beta is always there."""
    for dtype in DTYPES:
        full = data.draw((5, 4, 3), 1, dtype)
        for gamma in (None, full.gamma):
            for beta in (None, full.beta):
                case = replace(full, gamma=gamma, beta=beta)
                on = trial(case)
                check_gradients(backward(kernel, case), on, "optional parameters: ")
                check_gradients(backward(kernel, case, saved=None), on, "recomputed: ")
                y, _ = kernel.forward(case.x, gamma, beta, eps=case.eps, axis=1)
                check_y(y, on, "y, optional parameters")
                inference = data.with_running(case, dtype)
                assert inference.running is not None
                mean, var = inference.running
                where = {"eps": case.eps, "axis": 1}
                y = kernel.forward_inference(case.x, gamma, beta, mean, var, **where)  # type: ignore[arg-type]
                check_y(y, trial(inference), "y in inference, optional parameters")
                gradients = kernel.backward_inference(
                    case.grad_output, case.x, gamma, mean, var, eps=case.eps, axis=1
                )
                check_gradients(gradients, trial(inference), "inference: ")


def saved_is_immutable(kernel: BatchNorm) -> None:
    """saved is a tuple of read-only arrays, and owns them: the caller's arrays may change."""
    case = data.draw((5, 4, 3))
    x = case.x.copy()
    _, saved = kernel.forward(x, case.gamma, case.beta, eps=case.eps, axis=1)
    assert isinstance(saved, tuple), "saved is no tuple"
    kept = [np.array(field) for field in saved]
    for name in ("mean", "mean_low", "var", "inv_std"):
        field = getattr(saved, name)
        assert not field.flags.writeable, f"saved.{name} can be written to"
        assert not np.shares_memory(field, x), f"saved.{name} is a view of x"
    x[...] = 7.0
    for name in ("mean", "eps"):
        try:
            setattr(saved, name, 1.0)
        except AttributeError:
            continue
        raise AssertionError(f"saved.{name} can be set")
    kernel.backward(case.grad_output, case.x, case.gamma, saved=saved, eps=case.eps, axis=1)
    for field, before in zip(saved, kept, strict=True):
        assert (np.array(field) == before).all(), "saved changed"


def one_element_per_channel(kernel: BatchNorm) -> None:
    """grad_input is exactly 0 (NaN where x is not finite), y is exactly beta."""
    for spec in data.ONE_ELEMENT:
        for dtype in DTYPES:
            case = spec.build(dtype)
            assert case.gamma is not None and case.beta is not None
            for saved in ({}, {"saved": None}):
                gradients = backward(kernel, case, **saved)
                assert not gradients.grad_input.any(), f"{case.name}: grad_input is not exactly 0"
                assert gradients.grad_gamma is not None and not gradients.grad_gamma.any()
                assert (gradients.grad_beta == case.grad_output.ravel()).all(), case.name
            y, kept = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=case.axis)
            assert (y.ravel() == case.beta).all(), f"{case.name}: y is not exactly beta"
            assert (kept.var == 0).all() and kept.count == 1
    for wrong in (np.nan, np.inf, -np.inf):
        case = data.draw((1, 4, 1))
        x = case.x.copy()
        x[0, 2, 0] = wrong
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            grad_input = backward(kernel, replace(case, x=x)).grad_input
        assert np.isnan(grad_input[0, 2, 0]), f"one element that is {wrong}: {grad_input}"
        assert not grad_input[0, [0, 1, 3], 0].any(), f"beside {wrong}: {grad_input}"


EMPTY_SHAPES = (((0, 3), 1), ((0, 3, 4), 1), ((2, 3, 0, 5), 1), ((2, 0, 5, 3), -1), ((4, 0), 1))


def empties(kernel: BatchNorm) -> None:
    """No elements: an empty grad_input, zero parameter gradients, of the right shapes."""
    for shape, axis in EMPTY_SHAPES:
        for dtype in DTYPES:
            channels = shape[axis]
            nothing, gamma = np.empty(shape, dtype), np.full(channels, 2, dtype)
            buffer = np.empty(shape, dtype)
            for out in (None, buffer):
                gradients = kernel.backward(nothing, nothing, gamma, eps=1e-5, axis=axis, out=out)
                assert gradients.grad_input.shape == shape, f"{shape}: grad_input"
                assert gradients.grad_input.dtype == dtype, f"{shape}: grad_input"
                for gradient in (gradients.grad_gamma, gradients.grad_beta):
                    assert gradient is not None and gradient.shape == (channels,), f"{shape}"
                    assert gradient.dtype == dtype and not gradient.any(), f"{shape}: {gradient}"
            none = kernel.backward(nothing, nothing, None, eps=1e-5, axis=axis)
            assert none.grad_gamma is None and not none.grad_beta.any(), f"{shape}: gamma=None"


def isolation(kernel: BatchNorm) -> None:
    """NaN or Inf in one channel leaves no trace, not a bit, in the others."""
    for shape, axis in LAYOUT_SHAPES + (((40, 6, 50, 9), 1), ((5000, 6), 1)):
        case = data.draw(shape, axis)
        clean = backward(kernel, case)
        clean_y, _ = kernel.forward(case.x, case.gamma, case.beta, eps=case.eps, axis=axis)
        channel = 1
        others = [c for c in range(case.channels) if c != channel]
        for wrong in (np.nan, np.inf, -np.inf):
            for name in ("x", "grad_output", "gamma"):
                spoilt = getattr(case, name).copy()
                if name == "gamma":
                    spoilt[channel] = wrong
                else:
                    np.moveaxis(spoilt, axis, 0)[channel].flat[1] = wrong
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    bad = replace(case, **{name: spoilt})
                    gradients = backward(kernel, bad)
                    y, _ = kernel.forward(bad.x, bad.gamma, bad.beta, eps=bad.eps, axis=axis)
                what = f"{shape}, axis {axis}: {wrong} in {name}"
                for result, expected in ((gradients.grad_input, clean.grad_input), (y, clean_y)):
                    rows, expected_rows = (np.moveaxis(r, axis, 0) for r in (result, expected))
                    assert_same_bits(rows[others], expected_rows[others], f"{what}, others")
                assert gradients.grad_gamma is not None and clean.grad_gamma is not None
                for gradient, right in (
                    (gradients.grad_gamma, clean.grad_gamma),
                    (gradients.grad_beta, clean.grad_beta),
                ):
                    assert_same_bits(gradient[others], right[others], f"{what}, parameters")
                spoilt_rows = np.moveaxis(gradients.grad_input, axis, 0)[channel]
                assert not np.isfinite(spoilt_rows).any(), f"{what}: vanished from grad_input"


PROMISES = (
    any_strides, strided_parameters, broadcast_cotangent, inputs_untouched, negative_axes,
    optional_parameters, saved_is_immutable, one_element_per_channel, empties, isolation,
)  # fmt: skip
