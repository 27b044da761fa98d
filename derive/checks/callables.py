"""The two functions under test, called with copies, and what can be said of them without any mathematics."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.checks.cotangents import Cotangent
from derive.checks.verdict import Property
from derive.errors import CheckError

Array = NDArray[Any]


class Callables:
    """Forward and backward with everything that is asked of a call checked on the way.

    Args:
        forward: `forward(*inputs) -> y`, one array.
        backward: `backward(grad_output, *inputs)` -> one gradient per input, None where there is none.
        inputs: the arrays, never handed out themselves: the functions get copies.
        names: what the inputs are called.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        inputs: Sequence[Array],
        names: Sequence[str],
    ) -> None:
        self._forward, self._backward = forward, backward
        self.inputs, self.names = inputs, names
        self.evaluations = 0
        self.written: set[str] = set()
        self.y = self.forward(inputs)
        if self.y.dtype.kind != "f":
            raise CheckError(f"forward returned dtype {self.y.dtype}, expected floating-point numbers")

    def forward(self, inputs: Sequence[Array]) -> Array:
        """The output at the given inputs."""
        self.evaluations += 1
        copies = [array.copy() for array in inputs]
        result = self._forward(*copies)
        if isinstance(result, tuple | list | dict):
            raise CheckError(
                f"forward returned a {type(result).__name__}, expected one array: wrap it, such as "
                "`lambda *inputs: forward(*inputs)[0]`"
            )
        self._note_writes("forward", inputs, copies, self.names)
        y = np.array(result)
        if hasattr(self, "y") and y.shape != self.y.shape:
            raise CheckError(
                f"forward returned shape {y.shape} after shape {self.y.shape} for inputs of the same shape"
            )
        return y

    def backward(self, grad_output: Array, inputs: Sequence[Array]) -> list[Array | None]:
        """The gradients at the given inputs, in their order."""
        copies = [grad_output.copy(), *(array.copy() for array in inputs)]
        result = self._backward(*copies)
        self._note_writes("backward", [grad_output, *inputs], copies, ["grad_output", *self.names])
        gradients = tuple(result) if isinstance(result, tuple | list) else (result,)
        if len(gradients) != len(inputs):
            raise CheckError(
                f"backward returned {len(gradients)} gradients, expected {len(inputs)}: one for each of "
                f"{', '.join(self.names)} (None where it offers none)"
            )
        return [None if gradient is None else np.array(gradient) for gradient in gradients]

    def contract(self, y: Array, cotangents: Sequence[Cotangent]) -> NDArray[np.longdouble]:
        """An output multiplied with each cotangent and summed, in longdouble."""
        # Products of two float32 numbers are exact in float64; those of float64 numbers need more digits.
        wide: type[np.float64] | type[np.longdouble] = np.float64 if y.dtype.itemsize <= 4 else np.longdouble
        output: Array = y.astype(wide)
        with np.errstate(all="ignore"):
            return np.asarray([np.sum(c.value * output, dtype=np.longdouble) for c in cotangents])

    def complex_forward(self, inputs: Sequence[Array]) -> Array | None:
        """The output for complex inputs; None when the function does not take them or drops the imaginary part."""
        self.evaluations += 1
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error")
                result = np.asarray(self._forward(*inputs))
        except Exception:  # whatever a function that was never meant for complex numbers may raise
            return None
        if result.dtype != np.complex128 or result.shape != self.y.shape or not np.isfinite(result).all():
            return None
        return result

    def repeated(self, grad_output: Array, first: Sequence[Array | None]) -> Property:
        """Whether a second call gives the same bits."""
        again = [self.forward(self.inputs), *self.backward(grad_output, self.inputs)]
        differing = [
            name
            for name, a, b in zip(["the output", *map(_gradient_of, self.names)], [self.y, *first], again, strict=True)
            if (a is None) != (b is None) or (a is not None and b is not None and not _same_bits(a, b))
        ]
        return Property("deterministic", not differing, f"differs from call to call: {', '.join(differing)}")

    def untouched(self) -> Property:
        """Whether no call so far has written to its arguments."""
        return Property("arguments not written to", not self.written, "; ".join(sorted(self.written)))

    def fitting(self, gradients: Sequence[Array | None]) -> Property:
        """Whether gradients have the shape and dtype of their inputs."""
        wrong = []
        for name, x, gradient in zip(self.names, self.inputs, gradients, strict=True):
            if gradient is not None and gradient.shape != x.shape:
                wrong.append(f"{_gradient_of(name)} has shape {gradient.shape}, expected {x.shape}")
            elif gradient is not None and gradient.dtype != x.dtype:
                wrong.append(f"{_gradient_of(name)} has dtype {gradient.dtype}, expected {x.dtype}")
        return Property("shapes and dtypes", not wrong, "; ".join(wrong))

    def _note_writes(self, who: str, given: Sequence[Array], seen: Sequence[Array], names: Sequence[str]) -> None:
        for name, before, after in zip(names, given, seen, strict=True):
            if not _same_bits(before, after):
                self.written.add(f"{who} writes to {name}")


def _gradient_of(name: str) -> str:
    return f"grad_{name}"


def _same_bits(a: Array, b: Array) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    # Not the bytes: longdouble numbers are padded with whatever was there.
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a), np.signbit(b))
