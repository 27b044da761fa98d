"""What a call checked is not checked again for the same kind of arguments: everything else is refused as before."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from tests.support import refusals
from tests.support.arrays import assert_same_bits
from tests.support.contract import Array, load_layer

RNG = np.random.default_rng(3)


def drawn(*shape: int, dtype: Any = np.float32) -> Array:
    return RNG.standard_normal(shape).astype(dtype)


def refused(error: type[Exception], word: str, function: Any, *arrays: Any, **settings: Any) -> None:
    """Twice: a call that is refused must not become known, and says nothing of how arguments are looked up."""
    for _ in range(2):
        with pytest.raises(error, match=word) as caught:
            function(*arrays, **settings)
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_right_calls_do_not_let_wrong_ones_pass(target: str) -> None:
    module: Any = load_layer("batch_norm", target)
    for _ in range(2):
        for function in refusals.FUNCTIONS:
            refusals.call(function, {})(module)
        refusals.refuses(module)
        refusals.either_running_dtype(module)


def test_numbers_that_equal_right_ones(target: str) -> None:
    """True and 1.0 equal 1 and have its hash."""
    x, weight = drawn(4, 6, 7), drawn(7)
    batch, group, layer = (load_layer(name, target) for name in ("batch_norm", "group_norm", "layer_norm"))
    saved: Any = batch.forward(x, eps=1.0)[1]
    for _ in range(2):
        batch.backward(x, x, saved=saved, eps=1, axis=1)
        refused(TypeError, "axis", batch.backward, x, x, saved=saved, eps=1, axis=1.0)
        refused(TypeError, "eps", batch.backward, x, x, saved=saved, eps=True, axis=1)
        refused(TypeError, "threads", batch.backward, x, x, saved=saved, eps=1, axis=1, threads=True)
        group.forward(x, num_groups=1)
        group.forward(x, num_groups=2)
        refused(TypeError, "num_groups", group.forward, x, num_groups=True)
        refused(TypeError, "num_groups", group.forward, x, num_groups=2.0)
        refused(ValueError, "num_groups", group.forward, x, num_groups=4)
        for shape in (7, (7,), [7], None):
            layer.forward(x, weight, normalized_shape=shape)
        for wrong in (7.0, (7.0,), [7.0]):
            refused(TypeError, "normalized_shape", layer.forward, x, weight, normalized_shape=wrong)


class Duck:
    """Has a dtype and a shape, and is no array."""

    dtype, shape, ndim = np.dtype(np.float32), (4, 6, 7), 3


def test_other_arguments(target: str) -> None:
    module: Any = load_layer("batch_norm", target)
    x, gamma = drawn(4, 6, 7), drawn(6)
    _, saved = module.forward(x, gamma)
    for _ in range(2):
        module.forward(x)
        module.forward(x, gamma)
        module.backward(x, x, gamma, saved=saved)
        module.backward(x, x, saved=saved)
        module.backward(x, x)
        module.jvp(x, gamma, tangent_x=x, tangent_gamma=gamma)
        for wrong in (x.tolist(), Duck(), None, x.astype(np.float16), x.view("<i4"), x.astype(">f4")):
            refused(TypeError, "x|float", module.forward, wrong)
        refused(TypeError, "grad_output|float", module.backward, None, x, saved=saved)
        refused(ValueError, "gamma", module.backward, x, x, gamma[:5], saved=saved)
        refused(TypeError, "gamma", module.backward, x, x, gamma.astype(np.float64), saved=saved)
        refused(ValueError, "grad_output", module.backward, x[:3], x, gamma, saved=saved)
        refused(ValueError, "tangent_gamma", module.jvp, x, tangent_x=x, tangent_gamma=gamma)
        refused(TypeError, "saved", module.backward, x, x, gamma, saved=tuple(saved))
        refused(ValueError, "eps", module.backward, x, x, gamma, saved=saved, eps=1e-3)
        refused(ValueError, "eps", module.backward, x, x, gamma, saved=saved._replace(eps=1e-3))
        refused(ValueError, "count", module.backward, x, x, gamma, saved=saved._replace(count=27))
        for field in ("mean", "mean_low", "var", "inv_std"):
            values = getattr(saved, field)
            for error, wrong in (
                (TypeError, values.tolist()), (TypeError, values.astype(np.float32)), (ValueError, values[:5])
            ):  # fmt: skip
                refused(error, f"saved.{field}", module.backward, x, x, gamma, saved=saved._replace(**{field: wrong}))


def test_saved_values_are_known_to_fit_one_shape_alone(target: str) -> None:
    module: Any = load_layer("batch_norm", target)
    x, gamma = drawn(4, 6, 7), drawn(6)
    _, saved = module.forward(x, gamma)
    first = module.backward(x, x, gamma, saved=saved)
    for _ in range(2):
        for other in (drawn(4, 6, 8), drawn(5, 6, 7)):
            module.forward(other, gamma)
            refused(ValueError, "count", module.backward, other, other, gamma, saved=saved)
        refused(ValueError, "saved.mean", module.backward, drawn(4, 7, 6), drawn(4, 7, 6), saved=saved)
        refused(ValueError, "saved.mean", module.backward, x, x, saved=saved, axis=2)
        refused(ValueError, "eps", module.backward, x, x, gamma, saved=saved, eps=2e-5)
        for same in (saved, copy.copy(saved), copy.deepcopy(saved), saved._replace(), type(saved)(*saved)):
            assert same._asdict().keys() == saved._asdict().keys() and repr(same) == repr(saved)
            for name, value in module.backward(x, x, gamma, saved=same)._asdict().items():
                assert_same_bits(value, getattr(first, name), name)
    wrong = copy.deepcopy(saved)._replace(mean=saved.mean[:5])
    refused(ValueError, "saved.mean", module.backward, x, x, gamma, saved=wrong)
    assert copy.copy(saved).__getstate__() is None


def test_what_is_known_computes_the_same(target: str) -> None:
    module: Any = load_layer("batch_norm", target)
    x, gamma = drawn(4, 6, 7), drawn(6)

    class Mine(np.ndarray[Any, Any]):
        pass

    for eps in (np.float32(1e-5), np.float64(1e-5), 1):
        for array in (x, x.view(Mine), np.asfortranarray(x)):
            first, second = (module.forward(array, gamma, eps=eps) for _ in range(2))
            assert_same_bits(first[0], second[0], "y")
            one, two = (module.backward(array, array, gamma, saved=first[1], eps=eps) for _ in range(2))
            for name, value in one._asdict().items():
                assert_same_bits(value, getattr(two, name), name)


def test_values_are_looked_at_in_every_call(target: str) -> None:
    masked: Any = load_layer("masked_batch_norm", target)
    x, mask = drawn(4, 6, 7), np.ones((4, 7), np.float32)
    for _ in range(2):
        masked.forward(x, None, None, mask)
        for wrong in (np.zeros_like(mask), mask / 2):
            refused(ValueError, "mask", masked.forward, x, None, None, wrong)


def test_no_more_is_kept_than_a_program_needs(target: str) -> None:
    module: Any = load_layer("softmax", target)
    for n in range(1, module._REMEMBERED + 20):
        module.forward(np.ones((1, n), np.float32))
    assert 0 < len(module._CHECKED) <= module._REMEMBERED
