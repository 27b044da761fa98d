"""Small array helpers shared by the promises: channel matrices, bit equality, memory layouts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .contract import Array, Gradients


def to_channels(array: Array, axis: int) -> Array:
    """The array as a (channels, elements per channel) matrix; a view where NumPy can give one."""
    moved = np.moveaxis(array, axis, 0)
    return moved.reshape(moved.shape[0], math.prod(moved.shape[1:]))


def from_channels(matrix: Array, shape: tuple[int, ...], axis: int) -> Array:
    """The inverse of ``to_channels``."""
    moved = list(shape)
    channels = moved.pop(axis)
    return np.moveaxis(matrix.reshape([channels, *moved]), 0, axis)


def bits(array: Array) -> Array:
    """The array's bit pattern, in logical (C) order."""
    return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")


def assert_same_bits(first: Array | None, second: Array | None, what: str) -> None:
    """NaN equals NaN, and -0 differs from 0: equal bits, not equal numbers."""
    if first is None or second is None:
        assert first is second, f"{what}: one is None, the other is not"
        return
    assert first.dtype == second.dtype, f"{what}: {first.dtype} against {second.dtype}"
    assert first.shape == second.shape, f"{what}: {first.shape} against {second.shape}"
    different = int(np.count_nonzero(bits(first) != bits(second)))
    assert not different, f"{what}: {different} of {first.size} elements differ in their bits"


def assert_same_gradients(first: Gradients, second: Gradients, what: str) -> None:
    assert_same_bits(first.grad_input, second.grad_input, f"{what}: grad_input")
    assert_same_bits(first.grad_gamma, second.grad_gamma, f"{what}: grad_gamma")
    assert_same_bits(first.grad_beta, second.grad_beta, f"{what}: grad_beta")


def layouts(array: Array) -> Iterator[tuple[str, Array]]:
    """Views equal to ``array`` element by element, each with another memory layout."""
    dtype, shape = array.dtype, array.shape
    dimensions = tuple(range(array.ndim))
    yield "contiguous", array.copy()
    yield "Fortran-ordered", np.asfortranarray(array)
    rotated = (*dimensions[1:], 0)
    yield (
        "transposed",
        np.ascontiguousarray(array.transpose(rotated)).transpose(tuple(np.argsort(rotated))),
    )
    yield (
        "reversed",
        array[(slice(None, None, -1),) * array.ndim].copy()[(slice(None, None, -1),) * array.ndim],
    )
    backwards = np.flip(array, axis=-1).copy()
    yield "last dimension reversed", np.flip(backwards, axis=-1)
    # Every other element of a buffer filled with something that would be noticed.
    wide = np.full([2 * size + 1 for size in shape], np.nan, dtype)
    window: tuple[Any, ...] = (slice(1, None, 2),) * array.ndim
    wide[window] = array
    yield "sliced", wide[window]
    offset = np.full([size + 3 for size in shape], np.nan, dtype)
    inside: tuple[Any, ...] = tuple(slice(1, 1 + size) for size in shape)
    offset[inside] = array
    yield "window", offset[inside]
    unaligned = np.zeros(array.nbytes + 1, np.uint8)[1:].view(dtype).reshape(shape)
    unaligned[...] = array
    yield "unaligned", unaligned
    frozen = array.copy()
    frozen.flags.writeable = False
    yield "read-only", frozen
