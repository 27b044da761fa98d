"""What is timed: for every layer of the catalogue its formula, the shapes, and how the emitted module is called."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.support.formulas import Formula, Normalization, Scaling, Softmax
from tests.support.contract import Array

Shape = tuple[int, ...]
BUFFERS = ("mask", "weights")  # inputs that take no gradient


@dataclass(frozen=True)
class Case:
    """A layer at one shape: the formula, the shapes of the inputs after x, and the settings of the emitted function."""

    formula: Formula
    others: Mapping[str, Shape]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """How many inputs after x take a gradient; they come first."""
        return sum(name not in BUFFERS for name in self.others)


@dataclass(frozen=True)
class Entry:
    """A layer: its shapes, of which geometric means are taken over the first `large`, and what it is at each.

    Layers with one shape are timed in float32 alone, so that a whole run stays short.
    """

    case: Callable[[Shape], Case]
    shapes: tuple[Shape, ...]
    quick: Shape
    large: int = 0

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes of the data."""
        return ("float32", "float64") if self.large else ("float32",)


@dataclass(frozen=True)
class Workload:
    """One layer, shape and dtype with its data: x and the other inputs, and grad_output."""

    layer: str
    shape: Shape
    dtype: str
    case: Case
    inputs: tuple[Array, ...]
    g: Array

    @property
    def differentiated(self) -> tuple[Array, ...]:
        """x and the parameters."""
        return self.inputs[: 1 + self.case.parameters]

    @property
    def buffers(self) -> tuple[Array, ...]:
        """The inputs that take no gradient."""
        return self.inputs[1 + self.case.parameters :]


def _channels(**more: Any) -> Callable[[Shape], Case]:
    """Batch norm and its kin: statistics per channel, the second dimension."""

    def case(shape: Shape) -> Case:
        rest = range(2, len(shape))
        column = (1, shape[1], *(1 for _ in rest))
        others: dict[str, Shape] = {"gamma": (shape[1],), "beta": (shape[1],)}
        options = dict(more)
        buffer = options.pop("named", None)
        if buffer is not None:
            others[buffer] = (shape[0], *shape[2:])
            options["buffer"] = (shape[0], 1, *shape[2:])
        return Case(Normalization((0, *rest), column, **options), others, {"axis": 1})

    return case


def _layer_norm(shape: Shape) -> Case:
    formula = Normalization((-1,), shape[-1:])
    return Case(formula, {"weight": shape[-1:], "bias": shape[-1:]}, {"normalized_shape": shape[-1:]})


def _rms_norm(shape: Shape) -> Case:
    return Case(Scaling(True, 1e-6), {"weight": shape[-1:]}, {"normalized_shape": shape[-1:], "eps": 1e-6})


def _group_norm(shape: Shape) -> Case:
    n, c, h, w = shape
    groups = 8
    formula = Normalization((2, 3, 4), (1, c, 1, 1), view=(n, groups, c // groups, h, w))
    return Case(formula, {"weight": (c,), "bias": (c,)}, {"num_groups": groups, "axis": 1})


def _instance_norm(shape: Shape) -> Case:
    return Case(Normalization((2, 3), (1, shape[1], 1, 1)), {"weight": shape[1:2], "bias": shape[1:2]}, {"axis": 1})


def _weight_standardization(shape: Shape) -> Case:
    return Case(Normalization(tuple(range(1, len(shape))), None), {}, {"axis": 0})


BATCH = (
    (32, 64, 56, 56),
    (32, 256, 14, 14),
    (64, 512, 7, 7),
    (16, 3, 224, 224),
    (256, 128),
    (8, 16, 8, 8),
    (2, 2, 2, 2),
)
ROWS = ((4096, 768), (512, 4096))
IMAGES = (32, 64, 28, 28)

LAYERS: dict[str, Entry] = {
    "batch_norm": Entry(_channels(), BATCH, (4, 6, 5, 5), large=4),
    "layer_norm": Entry(_layer_norm, ROWS, (12, 40), large=2),
    "rms_norm": Entry(_rms_norm, ROWS, (12, 40), large=2),
    "batch_norm_silu": Entry(_channels(silu=True), (IMAGES,), (4, 6, 5, 5)),
    "masked_batch_norm": Entry(_channels(named="mask", masks=True), (IMAGES,), (4, 6, 5, 5)),
    "weighted_batch_norm": Entry(_channels(named="weights"), (IMAGES,), (4, 6, 5, 5)),
    "group_norm": Entry(_group_norm, (IMAGES,), (4, 16, 5, 5)),
    "instance_norm": Entry(_instance_norm, (IMAGES,), (4, 6, 5, 5)),
    "weight_standardization": Entry(_weight_standardization, ((512, 256, 3, 3),), (6, 5, 3, 3)),
    "softmax": Entry(lambda shape: Case(Softmax(), {}, {"dim": -1}), ((4096, 1000),), (12, 40)),
    "log_softmax": Entry(lambda shape: Case(Softmax(log=True), {}, {"dim": -1}), ((4096, 1000),), (12, 40)),
    "l2_normalize": Entry(lambda shape: Case(Scaling(False, 1e-12), {}, {"dim": 1}), ((4096, 768),), (12, 40)),
}


def workload(layer: str, shape: Shape, dtype: str) -> Workload:
    """Seeded data; parameters between 0.5 and 1.5, a mask that keeps seven of ten."""
    case = LAYERS[layer].case(shape)
    rng = np.random.default_rng(zlib.crc32(f"{layer} {shape}".encode()))
    inputs = [rng.standard_normal(shape) * 1.7 + 0.5]
    for name, size in case.others.items():
        inputs.append((rng.random(size) < 0.7).astype(float) if name == "mask" else rng.uniform(0.5, 1.5, size))
    g = rng.standard_normal(shape)
    return Workload(layer, shape, dtype, case, tuple(a.astype(dtype) for a in inputs), g.astype(dtype))
