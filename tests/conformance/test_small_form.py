"""The forms of the NumPy kernels for small and for tiny arrays: taken up to their limits, not beyond, accurate on both
sides."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest

from tests.support import data, numeric, targets
from tests.support.arrays import assert_same_bits, assert_same_gradients
from tests.support.contract import DTYPES, BatchNorm
from tests.support.data import CaseSpec

CHANNELS = 16
PASSES = ("forward", "backward")


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", targets.WITH_SMALL_FORMS)


def border(limit: int) -> tuple[CaseSpec, CaseSpec]:
    """Data of just so many elements, and of a few more, whose mean is far from zero."""
    rows = limit // CHANNELS
    assert rows * CHANNELS == limit
    below, above = ((n, CHANNELS) for n in (rows, rows + 1))
    make = data.normal(1e4, 0.1), data.normal(0.5)
    return CaseSpec(f"{below}", below, 1, *make), CaseSpec(f"{above}", above, 1, *make)


def accurate(module: Any, spec: CaseSpec, dtype: Any) -> None:
    on = numeric.prepared(spec, dtype)
    kernel = cast(BatchNorm, module)
    numeric.gradients_accurate(kernel, on)
    numeric.forward_accurate(kernel, on)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_small_form_is_taken_up_to_its_limit(module: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    for which in PASSES:
        form = getattr(module, f"_{which}_small")

        def spy(*arguments: Any, form: Any = form, which: str = which) -> Any:
            taken.append(which)
            return form(*arguments)

        monkeypatch.setattr(module, f"_{which}_small", spy)
    limit = module._SMALL * 4 // dtype.itemsize
    below, above = border(limit)
    accurate(module, below, dtype)
    assert set(taken) == set(PASSES), f"the small form is not taken for {below.size} elements"
    taken.clear()
    accurate(module, above, dtype)
    assert not taken, f"the small form is taken for {above.size} elements, the limit is {limit}"


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tiny_arrays_are_worked_on_with_more_digits(module: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dtype = np.dtype(dtype)
    exact = np.dtype(np.float64 if dtype == np.float32 else module._EXACT)
    limit = module._TINY * 4 // dtype.itemsize // (1 if dtype == np.float32 else 4)
    found: list[Any] = []
    for kind in (module._Room, module._Table):

        def spy(room: Any, a: Any, *others: Any, total: Any = kind.total) -> Any:
            found.append(a.dtype)
            return total(room, a, *others)

        monkeypatch.setattr(kind, "total", spy)
    below, above = border(limit)
    rows = above.shape[0]
    for spec, expected in ((below, exact), (above, exact if rows < module._FEW else dtype)):
        found.clear()
        accurate(module, spec, dtype)
        assert found and set(found) == {expected}, f"{spec.name}: summed in {set(map(str, found))}, not {expected}"


def images(n: int, channels: int, size: int, axis: int = 1) -> CaseSpec:
    shape = tuple(np.insert((n, size, size), axis, channels).tolist())
    return CaseSpec(f"{shape}, axis {axis}", shape, axis, data.normal(1e4, 0.1), data.normal(0.5))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (images(2, 2, 2), True),
        (images(4, 8, 4), True),
        (images(4, 8, 4, axis=0), False),  # a row for each channel as it is
        (images(8, 32, 4), False),  # too many
        (images(8, 4, 2, axis=3), True),  # the channels are not the dimension of the inner loops
        (CaseSpec("(8, 32)", (8, 32), 1, data.normal(1e4, 0.1), data.normal(0.5)), False),
    ],
    ids=lambda value: value.name if isinstance(value, CaseSpec) else str(value),
)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_table_is_taken_for_the_smallest_images(
    module: Any, dtype: Any, spec: CaseSpec, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And, written to whatever there is, gives what the order of memory gives, to the last digits."""
    taken: list[Any] = []
    whole = module._Table.whole

    def spy(room: Any, array: Any) -> Any:
        taken.append(array)
        return whole(room, array)

    monkeypatch.setattr(module._Table, "whole", spy)
    accurate(module, spec, dtype)
    assert bool(taken) == (expected and spec.size <= module._TABLE)
    case = spec.build(dtype)
    x, gamma, beta = case.x, case.gamma, case.beta
    y, saved = module.forward(x, gamma, beta, axis=spec.axis)
    found = module.backward(case.grad_output, x, gamma, saved=saved, axis=spec.axis)
    wide = np.zeros((*spec.shape, 2), dtype)[..., 0]  # strides of two elements
    for out in (wide, np.zeros(spec.shape, dtype, order="F")) if taken else ():
        assert_same_bits(module.forward(x, gamma, beta, axis=spec.axis, out=out)[0], y, "y in strides")
        again = module.backward(case.grad_output, x, gamma, saved=saved, axis=spec.axis, out=out)
        assert_same_gradients(again, found, "grad_input in strides")
    monkeypatch.setattr(module._Space, "_room", lambda space, again, sums: module._Room(space, sums, again))
    module._SPACES.clear()
    taken.clear()
    other, others = module.forward(x, gamma, beta, axis=spec.axis)
    plain = module.backward(case.grad_output, x, gamma, saved=saved, axis=spec.axis)
    module._SPACES.clear()
    assert not taken
    for left, right in ((y, other), *zip(saved[2:4], others[2:4], strict=True), *zip(found, plain, strict=True)):
        assert abs(left - right).max() <= 4 * np.finfo(left.dtype).eps * abs(right).max()
    wider = np.finfo(np.float64 if dtype == np.float32 else module._EXACT).eps
    left, right = (np.longdouble(s.mean) + s.mean_low for s in (saved, others))
    assert abs(left - right).max() <= 8 * wider * abs(right).max()


def gathered(module: Any, terms: Any, dims: tuple[int, ...]) -> Any:
    kept = tuple([1 if k in dims else n for k, n in enumerate(terms.shape)])
    return module._gathering(terms.shape, terms.dtype, dims, kept).sums(terms)


def added(module: Any, a: Any, b: Any, dims: tuple[int, ...], apart: bool = False) -> Any:
    return module._adding(a.shape, a.strides, a.dtype, dims, b.shape, apart).sums(a, b)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 15, 63, 64, 65, 71, 127, 1000])
@pytest.mark.parametrize("dim", [0, 1])
def test_chains_add_up_every_term_once(module: Any, count: int, dim: int) -> None:
    """Powers of two in any order have exact sums of so few terms: a term left out or taken twice is seen."""
    random = np.random.default_rng(count)
    shape = (count, 3) if dim == 0 else (3, count)
    terms, factors = (2.0 ** random.integers(0, 20, shape) for _ in range(2))
    for factor, summed in ((None, terms), (factors, terms * factors)):
        left = module._chained(terms, factor, (dim,))
        assert left.shape[dim] <= max(1, math.ceil(math.ceil(count / module._CHAIN) / module._CHAIN))
        np.testing.assert_array_equal(left.sum(axis=dim), summed.sum(axis=dim))
        np.testing.assert_array_equal(gathered(module, left, (dim,)), summed.sum(axis=dim, keepdims=True))
    assert not np.shares_memory(terms, gathered(module, terms, ())), "a sum must not change with the block it came from"


@pytest.mark.parametrize("rows", [63, 64, 65, 2049])
def test_few_float32_terms_are_added_in_float64_at_once(module: Any, rows: int) -> None:
    """Up to the limit nothing is added in float32; beyond it at most two chains are."""
    random = np.random.default_rng(rows)
    terms = random.standard_normal((rows, 64)).astype(np.float32) + np.float32(1000)
    left = module._chained(terms, None, (0,))
    assert (left is terms) == (terms.size <= module._GATHERED)
    exact = terms.astype(np.float64).sum(axis=0, keepdims=True)
    error = np.abs(gathered(module, left, (0,)) - exact) / np.abs(exact)
    limit = 0.0 if left is terms else np.finfo(np.float32).eps / 2 * 2 * (module._CHAIN - 1)
    assert error.max() <= limit + 2 ** -52 * rows


@pytest.mark.parametrize("shape", [(2048, CHANNELS), (16, CHANNELS, 12, 12), (128, 256), (4, CHANNELS, 5, 5)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_an_output_is_worked_in_only_where_nobody_reads_it(module: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    """It may be exactly what is read, or memory of its own with anything in it: all results are the same bits."""
    random = np.random.default_rng(1)
    x, grad = (random.standard_normal(shape).astype(dtype) + 3 for _ in range(2))
    gamma = random.standard_normal(shape[1]).astype(dtype)
    y, saved = module.forward(x, gamma, gamma)
    expected = module.backward(grad, x, gamma, saved=saved)
    for make in (np.empty_like, np.copy):
        out = make(x)
        assert_same_bits(module.forward(x, gamma, gamma, out=out)[0], y, "y")
        own = make(x)
        assert_same_gradients(module.backward(grad, x, gamma, saved=saved, out=own), expected, "out=")
    for given in (0, 1):
        arrays = [grad.copy(), x.copy()]
        found = module.backward(*arrays, gamma, saved=saved, out=arrays[given])
        assert_same_gradients(found, expected, f"out= is argument {given}")
        assert_same_bits(arrays[1 - given], (grad, x)[1 - given], "the other argument")
    again = x.copy()
    assert_same_bits(module.forward(again, gamma, gamma, out=again)[0], y, "y in place of x")


@pytest.mark.parametrize("rows", [2, 7, 8, 65])
@pytest.mark.parametrize("row", [16, 17, 39, 40, 49, 79, 80, 81])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_products_of_short_rows(module: Any, dtype: Any, rows: int, row: int) -> None:
    """Added across the rows or along them, on both sides of the limit: every term once, and not in one long chain."""
    random = np.random.default_rng(row)
    columns = module._ALONE // (rows * row) + 1
    shape = (rows, columns, row)
    a, b = (2.0 ** random.integers(0, 5, shape) for _ in range(2))
    exact = (a * b).sum(axis=(0, 2), keepdims=True)
    found = added(module, a.astype(dtype), b.astype(dtype), (0, 2))
    np.testing.assert_array_equal(found, exact)
    third, most = np.full(shape, 1 / 3, dtype), np.full(shape, 0.7, dtype)  # equal rounding errors, which pile up
    exact = rows * row * np.longdouble(third.flat[0]) * np.longdouble(most.flat[0])
    found = added(module, third, most, (0, 2))
    error = float(abs(found / exact - 1).max() / np.finfo(dtype).eps)
    assert error <= 4, f"{error:.1f} eps of the sum of {rows * row} equal products"


@pytest.mark.parametrize(
    "shape", [(100, 70), (2048, CHANNELS), (8, CHANNELS, 8, 8), (64, CHANNELS, 12, 12), (100, CHANNELS, 4, 4)], ids=str
)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_products_beyond_the_range_are_added_up_with_more_digits(module: Any, dtype: Any, shape: Any) -> None:
    """However they are added up: grad_output and x are so large that no product fits, and the gradients are not."""
    if dtype == np.float64 and np.float64 == module._EXACT:
        pytest.skip("the processor has no more digits than float64")
    random = np.random.default_rng(7)
    size = {np.dtype(np.float32): 1e20, np.dtype(np.float64): 1e160}[np.dtype(dtype)]
    small, grad = (random.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma = random.standard_normal(shape[1]).astype(dtype)
    x, g = (small * dtype.type(size), grad * dtype.type(size))
    found = module.backward(g, x, gamma, saved=module.forward(x, gamma)[1])
    expected = module.backward(grad, small, gamma, saved=module.forward(small, gamma, eps=1e-300)[1], eps=1e-300)
    for name, scale in (("grad_input", 1.0), ("grad_gamma", size), ("grad_beta", size)):
        got, right = (np.asarray(getattr(of, name), np.longdouble) for of in (found, expected))
        off = abs(got / scale - right).max() / abs(right).max()
        assert off <= 8 * np.finfo(dtype).eps, f"{name}: {off / np.finfo(dtype).eps:.1f} eps of the largest"


@pytest.mark.parametrize("shape", [(100, 70), (2048, CHANNELS), (8, CHANNELS, 8, 8), (100, CHANNELS, 4, 4)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_channel_beyond_the_range_is_worked_on_again(module: Any, dtype: Any, shape: Any) -> None:
    """With more digits, before anything is written: an output may be what is read. The others hardly change."""
    if dtype == np.float64 and np.float64 == module._EXACT:
        pytest.skip("the processor has no more digits than float64")
    dtype, random = np.dtype(dtype), np.random.default_rng(8)
    large = dtype.type({np.dtype(np.float32): 1e20, np.dtype(np.float64): 1e160}[dtype])
    small, grad = (random.standard_normal(shape).astype(dtype) for _ in range(2))
    gamma = random.standard_normal(shape[1]).astype(dtype)
    x, g = small.copy(), grad.copy()
    for array in (x, g):
        array[:, 2] *= large
    y, saved = module.forward(x, gamma)
    found = module.backward(g, x, gamma, saved=saved)
    usual = module.backward(grad, small, gamma, saved=module.forward(small, gamma)[1])
    alone = module.backward(grad, small, gamma, saved=module.forward(small, gamma, eps=1e-300)[1], eps=1e-300)
    others = np.arange(shape[1]) != 2
    for name, scale in (("grad_input", 1), ("grad_gamma", large), ("grad_beta", large)):
        got, same, right = (np.asarray(getattr(of, name), np.longdouble) for of in (found, usual, alone))
        if name == "grad_input":
            got, same, right = (np.moveaxis(of, 1, 0) for of in (got, same, right))
        for left, expected in ((got[2] / scale, right[2]), (got[others], same[others])):
            off = abs(left - expected).max() / abs(right).max()
            assert off <= 8 * np.finfo(dtype).eps, f"{name}: {off / np.finfo(dtype).eps:.1f} eps of the largest"
    for given in (0, 1):
        arrays = [g.copy(), x.copy()]
        again = module.backward(*arrays, gamma, saved=saved, out=arrays[given])
        assert_same_gradients(again, found, f"out= is argument {given}")
    place = x.copy()
    assert_same_bits(module.forward(place, gamma, out=place)[0], y, "y in place of x")
    if dtype == np.float32:  # whose sums are float64 in any case
        for name in ("grad_gamma", "grad_beta"):
            assert_same_bits(getattr(found, name)[others], getattr(usual, name)[others], name)
