"""Wrong gradients: wrappers around the emitted kernel with one deliberate mistake each.

Every mutant also says what its *exact* gradients are, in the reference's numbers, so that a case
that lets it live can be held to account: there the two exact gradients must differ by less than
the case's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .arrays import from_channels, to_channels
from .contract import Array, BatchNorm, Saved, wrap
from .numeric import Trial

Exact = dict[str, Array]


class Found(NamedTuple):
    grad_input: Array
    grad_gamma: Array | None
    grad_beta: Array


@dataclass(frozen=True)
class GradientMutant:
    name: str
    make: Callable[[BatchNorm], BatchNorm]
    exact: Callable[[Trial], Exact]


def right(on: Trial) -> Exact:
    return {name: getattr(on.reference, f"grad_{name}") for name in ("input", "gamma", "beta")}


def closed_form(
    on: Trial,
    *,
    shift: Any = 0.0,
    inv_std: Array | None = None,
    gamma: Array | None = None,
    count: int | None = None,
) -> Exact:
    """The consolidated formula with something replaced (right, when nothing is)."""
    reference = on.reference
    inv_std = reference.inv_std if inv_std is None else inv_std
    gamma = reference.gamma if gamma is None else gamma
    count = reference.count if count is None else count
    g, x_norm = reference.grad_output, (reference.deviation - shift) * inv_std
    grad_gamma = (g * x_norm).sum(axis=1, keepdims=True)
    inner = g - reference.grad_beta / count - x_norm * (grad_gamma / count)
    return {"input": gamma * inv_std * inner, "gamma": grad_gamma, "beta": reference.grad_beta}


# Results with an error put in.


def _altered(change: Callable[[Array, Array | None, Array, int], Found]) -> Any:
    """A maker of kernels whose gradients go through ``change`` (with the channel axis)."""

    def make(base: BatchNorm) -> BatchNorm:
        def backward(*arrays: Any, axis: int, **more: Any) -> Found:
            found = base.backward(*arrays, axis=axis, **more)
            return change(found.grad_input.copy(), found.grad_gamma, found.grad_beta, axis)

        return wrap(base, backward=backward)

    return make


def _one_per_cent(which: str) -> GradientMutant:
    def change(grad_input: Array, grad_gamma: Array | None, beta: Array, axis: int) -> Found:
        factor = {name: 1.01 if name == which else 1.0 for name in ("input", "gamma", "beta")}
        dtype = grad_input.dtype.type
        gamma = None if grad_gamma is None else grad_gamma * dtype(factor["gamma"])
        return Found(grad_input * dtype(factor["input"]), gamma, beta * dtype(factor["beta"]))

    def exact(on: Trial) -> Exact:
        found = right(on)
        factor = on.reference.numbers.enter(np.array([1.01]))
        return {**found, which: found[which] * factor}

    return GradientMutant(f"1% error in grad_{which}", _altered(change), exact)


def _spoil(rows: Array) -> tuple[int, int]:
    """One element, neither first nor last, where there is room for that."""
    channels, count = rows.shape
    return (channels * 2) // 3, (count * 7) // 11


def _one_wrong_element() -> GradientMutant:
    """Off by 1/1000 of the largest gradient of its channel: 1 element among up to 1.6 million."""

    def change(grad_input: Array, grad_gamma: Array | None, beta: Array, axis: int) -> Found:
        rows = to_channels(grad_input, axis).copy()
        place = _spoil(rows)
        rows[place] += rows.dtype.type(1e-3) * abs(rows[place[0]]).max()
        return Found(from_channels(rows, grad_input.shape, axis), grad_gamma, beta)

    def exact(on: Trial) -> Exact:
        found = right(on)
        rows = found["input"].copy()
        place = _spoil(rows)
        rows[place] += rows.dtype.type(1e-3) * abs(rows[place[0]]).max()
        return {**found, "input": rows}

    return GradientMutant("one wrong element", _altered(change), exact)


# Statistics with an error put in: what backward is given instead of what forward saved.


def _with_saved(change: Callable[[Saved], dict[str, Any]]) -> Any:
    def make(base: BatchNorm) -> BatchNorm:
        def backward(g: Array, x: Array, gamma: Any, *, saved: Any = None, **more: Any) -> Any:
            if saved is None:
                where = {"eps": more["eps"], "axis": more["axis"]}
                saved = base.forward(x, gamma, None, **where)[1]
            with np.errstate(all="ignore"):
                saved = saved._replace(**change(saved))
            return base.backward(g, x, gamma, saved=saved, **more)

        return wrap(base, backward=backward)

    return make


def _float32_mean(saved: Saved) -> dict[str, Any]:
    rounded = saved.mean.astype(np.float32).astype(np.float64)
    return {"mean": rounded, "mean_low": np.zeros_like(rounded)}


def _float32_mean_exact(on: Trial) -> Exact:
    exact = on.reference
    mean = (exact.mean + exact.mean_low).astype(np.float64)
    rounded = exact.numbers.enter(mean.astype(np.float32))
    return closed_form(on, shift=(rounded - exact.mean) - exact.mean_low)


def _no_mean_low(saved: Saved) -> dict[str, Any]:
    return {"mean_low": np.zeros_like(saved.mean_low)}


def _no_mean_low_exact(on: Trial) -> Exact:
    exact = on.reference
    rounded = exact.numbers.enter((exact.mean + exact.mean_low).astype(np.float64))
    shift = (rounded - exact.mean) - exact.mean_low
    # A float32 kernel saves no mean_low: it loses nothing by leaving it out.
    return right(on) if on.case.x.dtype == np.float32 else closed_form(on, shift=shift)


def _var_for_std(saved: Saved) -> dict[str, Any]:
    inv_std = saved.inv_std**2
    return {"inv_std": inv_std, "var": inv_std**-2.0 - saved.eps}


def _without_eps(saved: Saved) -> dict[str, Any]:
    return {"inv_std": np.where(saved.var > 0, 1 / np.sqrt(saved.var), saved.inv_std)}


def _without_eps_exact(on: Trial) -> Exact:
    var, inv_std = on.reference.var, on.reference.inv_std.copy()
    positive = (var > 0).astype(bool)
    inv_std[positive] = 1 / on.reference.numbers.root(var[positive])
    return closed_form(on, inv_std=inv_std)


def _unbiased_variance(saved: Saved) -> dict[str, Any]:
    var = saved.var * (saved.count / max(saved.count - 1, 1))
    return {"var": var, "inv_std": 1 / np.sqrt(var + saved.eps)}


def _unbiased_variance_exact(on: Trial) -> Exact:
    exact = on.reference
    eps = exact.numbers.enter(np.array([on.case.eps]))
    var = exact.var * exact.count / max(exact.count - 1, 1)
    return closed_form(on, inv_std=1 / exact.numbers.root(var + eps))


# A wrong formula, as a correction to the right one.


def _other_count(base: BatchNorm) -> BatchNorm:
    """N - 1 for N in mean(g) and mean(g*x_norm)."""

    def backward(g: Array, x: Array, gamma: Any, *, axis: int, eps: float, **more: Any) -> Found:
        found = base.backward(g, x, gamma, axis=axis, eps=eps, **more)
        ones = np.ones(x.shape[axis], x.dtype)
        sums = base.backward(g, x, ones, axis=axis, eps=eps)
        assert sums.grad_gamma is not None
        _, saved = base.forward(x, gamma, None, axis=axis, eps=eps)
        count = saved.count
        if count == 1:
            return Found(*found)  # type: ignore[misc]
        rows = to_channels(found.grad_input, axis).astype(np.float64)
        centred = (to_channels(x, axis) - saved.mean[:, None]) - saved.mean_low[:, None]
        x_norm = centred * saved.inv_std[:, None]
        scale = saved.inv_std * (1.0 if gamma is None else gamma.astype(np.float64))
        missing = sums.grad_beta[:, None] + x_norm * sums.grad_gamma[:, None].astype(np.float64)
        rows = rows - scale[:, None] * missing * (1 / (count - 1) - 1 / count)
        grad_input = from_channels(rows.astype(x.dtype), x.shape, axis)
        return Found(grad_input, found.grad_gamma, found.grad_beta)

    return wrap(base, backward=backward)


def _without_gamma(base: BatchNorm) -> BatchNorm:
    def backward(g: Array, x: Array, gamma: Any, **more: Any) -> Found:
        found = base.backward(g, x, gamma, **more)
        plain = base.backward(g, x, None, **more)
        return Found(plain.grad_input, found.grad_gamma, found.grad_beta)

    return wrap(base, backward=backward)


GRADIENT_MUTANTS: tuple[GradientMutant, ...] = (
    _one_per_cent("input"),
    _one_per_cent("gamma"),
    _one_per_cent("beta"),
    _one_wrong_element(),
    GradientMutant("mean saved in float32", _with_saved(_float32_mean), _float32_mean_exact),
    GradientMutant("mean_low left out", _with_saved(_no_mean_low), _no_mean_low_exact),
    GradientMutant(
        "var for std", _with_saved(_var_for_std),
        lambda on: closed_form(on, inv_std=on.reference.inv_std**2),
    ),
    GradientMutant("eps left out", _with_saved(_without_eps), _without_eps_exact),
    GradientMutant(
        "N - 1 for N in the variance", _with_saved(_unbiased_variance), _unbiased_variance_exact
    ),
    GradientMutant(
        "N - 1 for N in the means", _other_count,
        lambda on: closed_form(on, count=max(on.reference.count - 1, 1)),
    ),
    GradientMutant(
        "gamma left out", _without_gamma,
        lambda on: {**right(on), "input": closed_form(on, gamma=on.reference.gamma**0)["input"]},
    ),
)  # fmt: skip


def survives_because(on: Trial, exact: Exact, slack: dict[str, Array]) -> None:
    """A mutant that a case lets live must, exactly, differ by less than the case's tolerance.

    ``slack`` is what the mutant, itself computed with rounding, may be off from its exact self.
    """
    for name, wrong in exact.items():
        if name == "gamma" and on.case.gamma is None:
            continue
        difference = abs(wrong - getattr(on.reference, f"grad_{name}")).astype(np.float64)
        allowed = getattr(on.allowed, f"grad_{name}")
        visible = difference > allowed + slack[name]
        assert not visible.any(), (
            f"{on.case.name}: lives, although grad_{name} differs by "
            f"{(difference / np.maximum(allowed, 1e-300)).max():.3g} tolerances"
        )
