"""Seeded cases: ordinary, hostile and real data, each in both dtypes.

A case is built when it is asked for, never at import, and gamma is never 1: it is drawn from
+-[0.03, 40], log-uniformly and with both signs.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .contract import DTYPES, Array

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One call: inputs, constants and where the channels are."""

    name: str
    x: Array
    grad_output: Array
    gamma: Array | None
    beta: Array | None
    eps: float
    axis: int
    running: tuple[Array, Array] | None = None

    @property
    def channels(self) -> int:
        return int(self.x.shape[self.axis])

    @property
    def count(self) -> int:
        return self.x.size // max(self.channels, 1)


@dataclass(frozen=True)
class CaseSpec:
    """A case by name: ``build(dtype)`` always gives the same bits."""

    name: str
    shape: Shape
    axis: int
    make_x: Callable[[np.random.Generator, Shape, int], Array]
    make_g: Callable[[np.random.Generator, Shape, int], Array]
    eps: float = 1e-5
    beta: bool = True

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def build(self, dtype: Any) -> Case:
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        x = self.make_x(rng, self.shape, self.axis).astype(dtype)
        g = self.make_g(rng, self.shape, self.axis).astype(dtype)
        channels = self.shape[self.axis]
        gamma = draw_gamma(rng, channels).astype(dtype)
        beta = (3 * rng.standard_normal(channels)).astype(dtype) if self.beta else None
        return Case(f"{self.name}[{np.dtype(dtype)}]", x, g, gamma, beta, self.eps, self.axis)


def draw_gamma(rng: np.random.Generator, channels: int) -> Array:
    sizes = np.exp(rng.uniform(np.log(0.03), np.log(40), channels))
    return np.asarray(sizes * np.where(rng.random(channels) < 0.4, -1.0, 1.0))


def along(values: Array, shape: Shape, axis: int) -> Array:
    """One value per channel, shaped to broadcast over ``shape``."""
    return values.reshape([-1 if i == axis % len(shape) else 1 for i in range(len(shape))])


def normal(mean: float = 0.0, deviation: float = 1.0) -> Any:
    def make(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
        return np.asarray(mean + deviation * rng.standard_normal(shape))

    return make


def offsets(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
    """Channels whose offsets and deviations differ by many orders of magnitude."""
    channels = shape[axis]
    middle = np.resize([1e4, -3e-3, 250.0, 0.0, -7e5, 1.0], channels)
    deviation = np.resize([0.5, 2e-3, 10.0, 1e-2, 30.0, 4.0], channels)
    noise = rng.standard_normal(shape)
    return np.asarray(along(middle, shape, axis) + along(deviation, shape, axis) * noise)


def constant_channels(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
    """The variance is exactly zero: only eps is left, and x_norm must be as good as zero."""
    values = np.resize([0.1, -3.3, 1e4 / 7, 0.0], shape[axis])
    return np.asarray(along(values, shape, axis) + np.zeros(shape))


def outliers(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
    """Heavy tails: a few elements carry nearly all of the variance."""
    return np.asarray(rng.standard_t(1.2, shape).clip(-1e4, 1e4))


def mean_of_one(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
    """The gradient of a mean: 1/count everywhere, which makes every rounding point one way."""
    return np.full(shape, shape[axis] / np.prod(shape))


def constant(value: float) -> Any:
    def make(rng: np.random.Generator, shape: Shape, axis: int) -> Array:
        return np.full(shape, value)

    return make


def digits(shape: Shape) -> Any:
    """scikit-learn's bundled digit images: real data, with pixels that are always zero."""

    def make(rng: np.random.Generator, given: Shape, axis: int) -> Array:
        datasets: Any = importlib.import_module("sklearn.datasets")
        return np.asarray(datasets.load_digits().data).reshape(shape)

    return make


def _spec(name: str, shape: Shape, axis: int, x: Any, g: Any = None, **more: Any) -> CaseSpec:
    return CaseSpec(name, shape, axis, x, g or normal(), **more)


BENIGN = normal(0.5, 1.7)

SMALL: tuple[CaseSpec, ...] = (
    _spec("2-D", (7, 3), 1, BENIGN),
    _spec("2-D channels first dimension", (3, 7), 0, BENIGN, eps=1e-3),
    _spec("3-D", (2, 3, 5), 1, BENIGN),
    _spec("3-D middle counted from the end", (5, 3, 2), -2, BENIGN),
    _spec("4-D", (4, 3, 5, 6), 1, BENIGN, beta=False),
    _spec("4-D channels last", (4, 5, 6, 3), -1, BENIGN, eps=1e-2),
    _spec("5-D", (2, 3, 2, 3, 4), 1, BENIGN),
    _spec("5-D channels last", (2, 2, 3, 4, 3), 4, BENIGN, eps=1e-8),
    _spec("one channel", (4, 1, 5, 5), 1, BENIGN),
    _spec("primes", (13, 7, 11, 17), 1, BENIGN),
    _spec("primes channels last", (13, 11, 17, 7), -1, BENIGN, normal(0.2, 3.0)),
    _spec("two per channel", (2, 1500), 1, BENIGN),
    _spec("three per channel", (3, 1500), 1, BENIGN),
    _spec("five per channel", (5, 1000), 1, BENIGN),
    _spec("168 in each of 2000 channels", (4, 2000, 42), 1, normal(3.0)),
    _spec("four per channel, 1x1 images", (4, 700, 1, 1), 1, BENIGN),
    _spec("one row of images", (1, 5, 9, 31), 1, BENIGN),
    _spec("257 rows", (257, 64), 1, BENIGN),
    _spec("long rows, few channels", (3, 2, 9001), 1, BENIGN),
)

MEDIUM: tuple[CaseSpec, ...] = (
    _spec("images", (32, 16, 28, 28), 1, BENIGN),
    _spec("7x7 images", (16, 64, 7, 7), 1, BENIGN),
    _spec("images channels last", (16, 14, 14, 32), -1, BENIGN),
    _spec("video channels last", (2, 4, 9, 9, 24), -1, BENIGN),
    _spec("channels in the middle of 5-D", (3, 4, 10, 5, 6), 2, BENIGN),
)

HOSTILE: tuple[CaseSpec, ...] = (
    _spec("mean 1e4, deviation 0.1", (16, 8, 14, 14), 1, normal(1e4, 0.1)),
    _spec("mean 1e4, deviation 0.1, 2-D", (3000, 8), 1, normal(1e4, 0.1)),
    _spec("mean 1e4, deviation 0.1, last", (8, 9, 9, 8), -1, normal(1e4, 0.1), normal(3.0)),
    _spec("deviation 1e-3 around 3", (16, 8, 14, 14), 1, normal(3.0, 1e-3)),
    _spec("deviation 1e-3 around 3, 2-D", (3000, 8), 1, normal(3.0, 1e-3)),
    _spec("grad_output of mean 100", (16, 8, 14, 14), 1, BENIGN, normal(100.0)),
    _spec("grad_output of mean 100, 2-D", (3000, 8), 1, BENIGN, normal(100.0)),
    _spec("very different channels", (12, 12, 10, 10), 1, offsets),
    _spec("very different channels, last", (12, 10, 10, 12), -1, offsets),
    _spec("constant channels", (40, 4, 31, 31), 1, constant_channels),
    _spec("constant channels, 2-D", (40000, 4), 1, constant_channels),
    _spec("outliers", (32, 8, 12, 12), 1, outliers, outliers),
    _spec("huge values", (8, 3, 8, 8), 1, normal(0.0, 1e19)),
    _spec("tiny deviations", (8, 3, 8, 8), 1, normal(0.0, 1e-4), eps=1e-12),
    _spec("coherent 1/count", (16, 3, 63, 65), 1, BENIGN, mean_of_one),
    _spec("coherent 1/count, 2-D", (50021, 3), 1, BENIGN, mean_of_one),
    _spec("coherent 1/count, last", (16, 31, 65, 5), -1, BENIGN, mean_of_one),
    _spec("coherent 0.1", (9, 3, 8192), 1, normal(0.1), constant(0.1)),
    _spec("coherent 0.7", (33, 2, 4099), 1, normal(0.7), constant(0.7)),
)

LARGE: tuple[CaseSpec, ...] = (
    _spec("(400000, 4)", (400_000, 4), 1, normal(2.0)),
    _spec("400000 per channel, NCHW", (8, 3, 224, 224), 1, normal(2.0), normal(0.3)),
    _spec("400000 per channel, mean 1e4", (8, 2, 224, 224), 1, normal(1e4, 0.1)),
)

REAL: tuple[CaseSpec, ...] = (
    _spec("digits as images", (1797, 1, 8, 8), 1, digits((1797, 1, 8, 8))),
    _spec("digits as columns", (1797, 64), 1, digits((1797, 64))),
)

ONE_ELEMENT: tuple[CaseSpec, ...] = (
    _spec("one element, 2-D", (1, 9), 1, normal(1e4, 3.0)),
    _spec("one element, 4-D", (1, 5, 1, 1), 1, BENIGN),
    _spec("one element, last", (1, 1, 6), -1, BENIGN),
    _spec("one element in all", (1, 1), 1, BENIGN),
)

ALL: tuple[CaseSpec, ...] = SMALL + MEDIUM + HOSTILE + LARGE + REAL + ONE_ELEMENT


def find(name: str) -> CaseSpec:
    return next(spec for spec in ALL if spec.name == name)


def parameters(specs: tuple[CaseSpec, ...]) -> list[tuple[CaseSpec, Any]]:
    """Every spec in every dtype, for ``pytest.mark.parametrize``."""
    return [(spec, dtype) for spec in specs for dtype in DTYPES]


def label(value: object) -> str:
    """A readable pytest id."""
    return value.name if isinstance(value, CaseSpec) else str(value)


def draw(shape: Shape, axis: int = 1, dtype: Any = np.float32, eps: float = 1e-5) -> Case:
    """An ordinary case of that shape, for promises that are not about the data."""
    return CaseSpec(f"drawn {shape}", shape, axis, BENIGN, normal(0.3), eps).build(dtype)


def with_running(case: Case, running_dtype: Any, seed: int = 7) -> Case:
    """The case with running statistics near, but not at, those of its batch."""
    rng = np.random.default_rng(seed)
    rows = np.moveaxis(case.x, case.axis, 0).reshape(case.channels, -1).astype(np.float64)
    mean = rows.mean(axis=1) + 0.3 * rows.std(axis=1) * rng.standard_normal(case.channels)
    var = rows.var(axis=1) * rng.uniform(0.5, 2.0, case.channels)
    return replace(case, running=(mean.astype(running_dtype), var.astype(running_dtype)))
