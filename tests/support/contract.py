"""The calling convention under test (the accuracy contract in CONTRIBUTING.md), as types.

Nothing here imports a kernel: promises take one as an argument, so the emitted module, a module
of another target and a deliberately wrong one all go through the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from . import targets

Array: TypeAlias = npt.NDArray[Any]

BATCH_NORM = "batch_norm"
REFERENCE = "numpy"  # the target whose kernels are meant where none is named
DTYPES: tuple[np.dtype[Any], ...] = (np.dtype(np.float32), np.dtype(np.float64))


class Saved(Protocol):
    """What ``forward`` hands to ``backward``: an immutable tuple of float64 statistics."""

    @property
    def mean(self) -> Array: ...
    @property
    def mean_low(self) -> Array: ...
    @property
    def var(self) -> Array: ...
    @property
    def inv_std(self) -> Array: ...
    @property
    def count(self) -> int: ...
    @property
    def eps(self) -> float: ...
    def _replace(self, **fields: Any) -> Saved: ...


class Gradients(Protocol):
    @property
    def grad_input(self) -> Array: ...
    @property
    def grad_gamma(self) -> Array | None: ...
    @property
    def grad_beta(self) -> Array: ...


class BatchNorm(Protocol):
    """The module, or anything that looks like it."""

    def forward(
        self, x: Array, gamma: Array | None, beta: Array | None, *, eps: float, axis: int
    ) -> tuple[Array, Saved]: ...

    def backward(
        self,
        grad_output: Array,
        x: Array,
        gamma: Array | None,
        *,
        saved: Saved | None = None,
        eps: float,
        axis: int,
        out: Array | None = None,
        threads: int = 1,
    ) -> Gradients: ...

    def forward_inference(
        self,
        x: Array,
        gamma: Array | None,
        beta: Array | None,
        running_mean: Array,
        running_var: Array,
        *,
        eps: float,
        axis: int,
    ) -> Array: ...

    def backward_inference(
        self,
        grad_output: Array,
        x: Array,
        gamma: Array | None,
        running_mean: Array,
        running_var: Array,
        *,
        eps: float,
        axis: int,
    ) -> Gradients: ...

    def update_running(
        self,
        running_mean: Array,
        running_var: Array,
        saved: Saved,
        *,
        momentum: float = 0.1,
        unbiased: bool = True,
    ) -> tuple[Array, Array]: ...

    @property
    def backward_float32(self) -> Any: ...
    @property
    def backward_float64(self) -> Any: ...


def load(target: str = REFERENCE) -> BatchNorm:
    """The emitted batch-norm module of a target."""
    return cast(BatchNorm, load_layer(BATCH_NORM, target))


def load_layer(name: str, target: str = REFERENCE) -> ModuleType:
    """The emitted module of a layer of the catalogue that the suites take for a target."""
    return targets.tried(name, target)


class Wrapped:
    """A kernel with some functions replaced: how every deliberately wrong kernel is made."""

    def __init__(self, base: BatchNorm, **replaced: Any) -> None:
        self._base = base
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._base, name)


def wrap(base: BatchNorm, **replaced: Any) -> BatchNorm:
    return cast(BatchNorm, Wrapped(base, **replaced))


def keeps(kernel: BatchNorm, promise: Callable[[BatchNorm], object]) -> None:
    """The promise, where a refusal of a right call fails it like any wrong result."""
    try:
        promise(kernel)
    except ValueError as error:
        raise AssertionError(f"{promise.__name__}: refused a right call: {error}") from error
