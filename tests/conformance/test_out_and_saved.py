"""What forward has saved is an input of the backward pass: no output may lie on it, but beside it in one buffer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support import targets


@pytest.mark.parametrize("field", ["mean", "mean_low", "var", "inv_std"])
@pytest.mark.parametrize("target", targets.of_arrays())
def test_out_may_lie_beside_what_was_saved_but_not_on_it(target: str, field: str) -> None:
    targets.require(target)
    module = targets.module("batch_norm", target)
    x, grad_output = np.random.default_rng(6).standard_normal((2, 4, 3, 5))
    _, saved = module.forward(x)
    expected = module.backward(grad_output, x, saved=saved).grad_input
    for begin, end, fits in ((0, 3, True), (3, 6, False), (60, 63, False), (63, 66, True)):
        buffer = np.zeros(66)
        buffer[begin:end] = getattr(saved, field)
        before = buffer.copy()
        kept, out = saved._replace(**{field: buffer[begin:end]}), buffer[3:63].reshape(x.shape)
        if fits:
            assert module.backward(grad_output, x, saved=kept, out=out).grad_input is out
            np.testing.assert_array_equal(out, expected)
            np.testing.assert_array_equal(buffer[begin:end], before[begin:end])
        else:
            with pytest.raises(ValueError, match=rf"out overlaps saved\.{field} without being"):
                module.backward(grad_output, x, saved=kept, out=out)
            np.testing.assert_array_equal(buffer, before)
