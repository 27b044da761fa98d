"""The calls of NumPy that an emitted module makes: noted while it runs, then made again, each alone.

What they take alone is the floor that the operations set. What a kernel takes beyond it goes into calling them, into
smaller arrays, and into data that are not where the last operation left them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

FUNCTIONS = ("copyto", "einsum")  # beside ufuncs and their reductions


@dataclass(frozen=True)
class Operand:
    """An array of a call; `same` is the place of the first operand that is the same memory in the same order."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str
    same: int

    @property
    def size(self) -> int:
        """How many elements it shows, those that it repeats included."""
        return math.prod(self.shape)

    def made(self) -> np.ndarray[Any, Any]:
        """An array of ones like it."""
        dtype = np.dtype(self.dtype)
        reach = sum((n - 1) * abs(step) for n, step in zip(self.shape, self.strides, strict=True) if n)
        memory = np.ones(reach // dtype.itemsize + 1, dtype)
        steps = tuple(abs(step) for step in self.strides)
        return np.lib.stride_tricks.as_strided(memory, self.shape, steps)


@dataclass(frozen=True)
class Operation:
    """A call: the function's name, its operands, which of them are written (`out=`), and its other arguments.

    `leading` are words before the operands, as `numpy.einsum` takes them.
    """

    name: str
    operands: tuple[Operand, ...]
    inputs: int
    options: tuple[tuple[str, Any], ...]
    leading: tuple[str, ...] = ()

    @property
    def elements(self) -> int:
        """The size of its largest operand."""
        return max(operand.size for operand in self.operands)

    @property
    def words(self) -> str:
        """The call as a reader sees it: operands are `data`, as many numbers as the largest one, `few`, or `one`."""
        kinds = []
        for operand in self.operands[: self.inputs]:
            kind = "data" if operand.size == self.elements else "few" if operand.size > 1 else "one"
            kinds.append(f"{operand.dtype} {kind}")
        return f"{self.name}({', '.join(kinds)})"

    def again(self) -> Callable[[], object]:
        """The same call on arrays of its own, which hold ones."""
        arrays: list[np.ndarray[Any, Any]] = []
        for place, operand in enumerate(self.operands):
            arrays.append(operand.made() if operand.same == place else arrays[operand.same])
        function: Any = np
        for part in self.name.split("."):
            function = getattr(function, part)
        more = dict(self.options)
        if len(arrays) > self.inputs:
            more["out"] = arrays[self.inputs]
        inputs = arrays[: self.inputs]
        return lambda: function(*self.leading, *inputs, **more)


class Tap:
    """Stands in a module for NumPy, and counts the calls with operands of at least so many elements."""

    def __init__(self, least: int) -> None:
        self.least = least
        self.found: Counter[Operation] = Counter()
        self.buffer = np.getbufsize()

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        return _Tapped(self, name, value) if isinstance(value, np.ufunc) or name in FUNCTIONS else value

    def note(self, name: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Count a call unless it is about a few numbers."""
        out = options.pop("out", None)
        leading = tuple(word for word in inputs if isinstance(word, str))
        inputs = inputs[len(leading) :]
        arrays = [np.asarray(a) for a in (*inputs, *(() if out is None else (out,)))]
        if max(a.size for a in arrays) < self.least:
            return
        places = [(a.__array_interface__["data"][0], a.strides, a.shape) for a in arrays]
        operands = tuple(
            Operand(a.shape, a.strides, a.dtype.name, places.index(place))
            for a, place in zip(arrays, places, strict=True)
        )
        self.buffer = np.getbufsize()
        self.found[Operation(name, operands, len(inputs), tuple(sorted(options.items())), leading)] += 1


class _Tapped:
    """A function of NumPy that is counted, and its own functions, such as `reduce`."""

    def __init__(self, tap: Tap, name: str, function: Any) -> None:
        self._tap, self._name, self._function = tap, name, function

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        result = self._function(*inputs, **options)
        self._tap.note(self._name, inputs, options)
        return result

    def __getattr__(self, name: str) -> Any:
        return _Tapped(self._tap, f"{self._name}.{name}", getattr(self._function, name))


def operations(module: ModuleType, call: Callable[[], object], least: int) -> tuple[Counter[Operation], int]:
    """The operations on the data during a call of a function of an emitted NumPy module, with how often each is made.

    They are the calls with an operand of at least so many elements. The number that is returned is the size of the
    buffer that NumPy had then (`numpy.setbufsize`), which its loops depend on.
    """
    tap, numpy = Tap(least), vars(module)["np"]
    vars(module)["np"] = tap
    try:
        call()
    finally:
        vars(module)["np"] = numpy
    return tap.found, tap.buffer
