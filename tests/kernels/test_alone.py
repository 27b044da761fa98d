"""Channels with so much data that, for one thread, each is a chunk of its own: the bits are those of larger chunks."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive.kernels.python_api.source import alike_code
from tests.support import targets
from tests.support.arrays import assert_same_bits
from tests.support.contract import DTYPES

# Rows of one piece, rows with a shorter rest, and so few that nothing is added across them.
SHAPES = [(16, 12, 14, 14), (9, 7, 31, 33), (2, 6, 1000)]
LAYERS = dict.fromkeys(["batch_norm", "weighted_batch_norm", "masked_batch_norm", "batch_norm_silu"], SHAPES)
LAYERS["instance_norm"] = [(4, 3, 60, 60), (2, 5, 9001)]
KIB = 1024


def results(module: Any, shape: tuple[int, ...], dtype: Any, threads: int) -> dict[str, Any]:
    """What all passes return, each under a name, for data with channels of every kind that is hard to add up."""
    random = np.random.default_rng(0)
    x, g, direction = (random.standard_normal(shape).astype(dtype) for _ in range(3))
    x += 3
    x[0, 0], x[1, 1, ..., 0] = np.finfo(dtype).max / 8, np.nan
    g[0, 2, ..., 0] = np.inf
    rest = (shape[0], *shape[2:])
    own = random.standard_normal(shape[1]).astype(dtype)
    values: dict[str, Any] = dict.fromkeys(("gamma", "beta", "weight", "bias"), own)
    values |= {"weights": random.uniform(0.5, 2, rest).astype(dtype), "mask": random.uniform(size=rest) < 0.7}
    values |= {"x": x, "grad_output": g, "threads": threads}
    values |= {"tangent_x": direction, "cotangent_grad_input": direction}

    def called(function: Any, **more: Any) -> Any:
        names = inspect.signature(function).parameters
        return function(**{name: value for name, value in values.items() if name in names}, **more)

    y, saved = called(module.forward)
    found = {"y": y, **{f"saved {name}": np.asarray(value) for name, value in saved._asdict().items()}}
    for more in ({"saved": saved}, {}):
        for name, value in called(module.backward, **more)._asdict().items():
            found[f"{name}, {list(more)}"] = value
    found["tangent_y"] = called(module.jvp, saved=saved)
    for name, value in called(module.double_backward, saved=saved)._asdict().items():
        found[f"second {name}"] = value
    return found


def numbers(array: Any) -> Any:
    """The array with one kind of NaN: which of two NaNs an operation passes on is the processor's choice."""
    if array is None or array.dtype.kind != "f":
        return array
    return np.where(np.isnan(array), np.array(np.nan, array.dtype), array)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layer", LAYERS)
def test_the_bits_are_those_of_larger_chunks(layer: str, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = targets.module(layer, targets.IN_BLOCKS)
    monkeypatch.setattr(module, "_SINGLE_BYTES", 8 * KIB)
    for shape, size in itertools.product(LAYERS[layer], (512 * KIB, 64 * KIB * KIB)):
        monkeypatch.setattr(module, "_CHUNK_BYTES", size)
        found, chunks = [], []
        for threads in (1, 2):
            module._SPACES.clear()
            found.append(results(module, shape, dtype, threads))
            chunks.append([len(space.chunks) for space in module._SPACES.values() if space.apart])
        alone, several = found
        assert chunks[0] and min(chunks[0]) >= shape[1] and (size < KIB * KIB or set(chunks[1]) == {1})
        for name, value in alone.items():
            assert_same_bits(numbers(value), numbers(several[name]), f"{name} of {shape}")
    module._SPACES.clear()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_several_threads_have_fewer_chunks(dtype: Any) -> None:
    """Where each of their many calls would wait for those of the others."""
    module: Any = targets.module("batch_norm", targets.WITH_SMALL_FORMS)
    x = np.ones((32, 10, 56, 56), dtype)
    chunks = {}
    for threads in (1, 2):
        module._SPACES.clear()
        module.backward(x, x, threads=threads)
        chunks[threads] = {len(space.chunks) for space in module._SPACES.values() if space.apart}
    module._SPACES.clear()
    assert chunks[1] == {10} and max(chunks[2]) <= 5


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("shape", "dims"), [((9, 3, 100), (0, 2)), ((4, 5, 3000), (0, 2)), ((2, 9000), (1,))], ids=str)
def test_sums_apart_have_every_term_once(dtype: Any, shape: tuple[int, ...], dims: tuple[int, ...]) -> None:
    """Powers of two in any order have exact sums."""
    module: Any = targets.module("batch_norm", targets.WITH_SMALL_FORMS)
    random = np.random.default_rng(0)
    a, b = ((2.0 ** random.integers(0, 4, shape)).astype(dtype) for _ in range(2))
    for right, exact in ((b, a * b), (None, a)):
        adding = module._adding(a.shape, a.strides, a.dtype, dims, None if right is None else right.shape, True)
        np.testing.assert_array_equal(adding.sums(a, right), exact.sum(axis=dims, keepdims=True, dtype=np.float64))


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble], ids=str)
def test_formulas_of_scalars_have_the_bits_of_those_of_arrays(dtype: Any) -> None:
    x, y = sp.symbols("x y", positive=True)
    random = np.random.default_rng(0)
    values = {name: random.uniform(0.1, 9, 2000).astype(dtype) + dtype(1e-17) for name in "xy"}
    for expr in (x**2, x**3 * y, y / x**2, x**5 - y**4, x ** sp.Rational(3, 2), y / sp.sqrt(x), (x + y) ** 2):
        code = alike_code(expr)
        whole = eval(code, {"np": np}, values)
        each = [eval(code, {"np": np}, {"x": a, "y": b}) for a, b in zip(*values.values(), strict=True)]
        assert whole.dtype == dtype and np.array_equal(whole, each), code
        exact = sp.lambdify((x, y), expr, "mpmath")(*(float(v[0]) for v in values.values()))
        assert float(whole[0]) == pytest.approx(float(exact), rel=1e-12), code
