"""The gradient check: forward against backward, with a verdict that may be *cannot tell*."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from derive.checks.blindness import BlindShare
from derive.checks.callables import Callables
from derive.checks.cotangents import Given
from derive.checks.gradient_report import GradientReport
from derive.checks.judge import Mistakes, judge
from derive.checks.linearity import linearity, nonlinear, told
from derive.checks.power import Candidate
from derive.checks.setting import Setting
from derive.checks.snippet import snippet
from derive.errors import CheckError

Array = NDArray[Any]
Progress = Callable[[int, int], None]

REQUIRED = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-6}


class Known(Protocol):
    """What a layer of the catalogue adds: mistakes that its derivation suggests, and where it is blind."""

    def mistakes(self, cotangent: Array) -> Iterator[tuple[str, Mapping[str, Array]]]:
        """Wrong gradients by the names of the inputs, each with what is wrong."""

    def exact(self, cotangent: Array) -> Mapping[str, Array]:
        """The derived gradients by the names of the inputs."""

    def blind(self, cotangent: Array) -> BlindShare | None:
        """How much of the cotangent lies where the layer is proven blind; None if nothing is proven."""


def check(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Mapping[str, Any],
    *,
    names: Sequence[str] | None = None,
    cotangent: Given = None,
    known: Known | None = None,
    required: float | None = None,
    false_alarm: float = 1e-6,
    directions: int = 6,
    cotangents: int = 3,
    complex_step: bool = True,
    seed: int = 0,
    progress: Progress = lambda done, of: None,
) -> GradientReport:
    """Compare a backward function with its forward function; see `derive.check_gradient` for the arguments."""
    if not 0 < false_alarm < 0.5:
        raise CheckError(f"false_alarm is {false_alarm}, expected a rate above 0 and below 0.5")
    if required is not None and not required > 0:
        raise CheckError(f"required is {required}, expected a relative error above 0")
    if directions < 2:
        raise CheckError(f"directions is {directions}, expected at least 2")
    if cotangents < 1:
        raise CheckError(f"cotangents is {cotangents}, expected at least 1")
    arrays, called = _arrays(inputs, names)
    calls = Callables(forward, backward, arrays, called)
    setting = Setting(calls, cotangent, cotangents, directions, false_alarm, seed)
    if required is None:
        required = REQUIRED.get(setting.dtype, math.sqrt(setting.eps))
    steps, done = sum(setting.moving) * (directions + 1), 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress(done, steps)

    mistakes = None if known is None else _mistakes(known, [c.value for c in setting.tested])
    entries = tuple(judge(setting, k, required, mistakes, complex_step, advance) for k in range(len(arrays)))
    failing = nonlinear(setting, entries)
    entries = tuple(told(entry, failing) for entry in entries)
    properties = (
        calls.fitting(setting.gradients[0]),
        linearity(failing),
        calls.repeated(setting.all[0].value, setting.gradients[0]),
        calls.untouched(),
    )
    return GradientReport(
        inputs=entries,
        properties=properties,
        cotangents=tuple(c.name for c in setting.tested),
        blind=known.blind(setting.tested[0].value) if known is not None and setting.is_given else None,
        dtype=setting.dtype,
        output_shape=calls.y.shape,
        seed=seed,
        directions=directions,
        evaluations=calls.evaluations,
        false_alarm=false_alarm,
        snippet=snippet(entries, properties, setting.all, seed),
    )


def _arrays(inputs: Sequence[Any] | Mapping[str, Any], names: Sequence[str] | None) -> tuple[list[Array], list[str]]:
    if isinstance(inputs, np.ndarray):
        raise CheckError("inputs is one array, expected a sequence with one for each argument of forward")
    if isinstance(inputs, Mapping):
        names, inputs = list(inputs) if names is None else names, list(inputs.values())
    arrays = [np.asarray(value) for value in inputs]
    if not arrays:
        raise CheckError("inputs is empty, expected at least one array")
    called = [f"input {k}" for k in range(len(arrays))] if names is None else [str(name) for name in names]
    if len(called) != len(arrays):
        raise CheckError(f"names has {len(called)} entries, expected one for each of the {len(arrays)} inputs")
    for name, array in zip(called, arrays, strict=True):
        if array.dtype.kind not in "fiub":
            raise CheckError(f"{name} has dtype {array.dtype}, expected real numbers")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            bad = int((~np.isfinite(array)).sum())
            raise CheckError(
                f"{name} has {bad} of {array.size} elements that are not finite; a gradient needs finite ones"
            )
    return arrays, called


def _mistakes(known: Known, cotangents: Sequence[Array]) -> Mistakes:
    """The mistakes of a known layer, for each of its inputs."""
    wrong = [dict(known.mistakes(cotangent)) for cotangent in cotangents]
    right = [known.exact(cotangent) for cotangent in cotangents]

    def of(name: str) -> list[Candidate]:
        return [Candidate(w, [m[w][name] for m in wrong], [r[name] for r in right]) for w in wrong[0]]

    return of
