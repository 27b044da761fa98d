"""Channels of float64 data far out of the range of the others in the same block, in place too.

Their lane values are computed in long double, those of the others in pairs of double; neither may see the other. The
data are scaled by powers of two, so everything is what it is without them, times a power of two.
"""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import targets
from tests.support.targets import GENERATED, imported

Array = NDArray[np.float64]
EPS = float(np.finfo(np.float64).eps)
WIDER = np.finfo(np.longdouble).maxexp > np.finfo(np.float64).maxexp
# Columns of few terms and of many, in several blocks; short rows side by side; rows, alone and several to a lane.
SHAPES = [(5, 40), (100, 40), (3, 700), (3, 9, 7), (70, 9, 7), (1, 6, 300), (4, 30, 20, 3)]
# Exponents of x and of grad_output, channel by channel: squares, products or their sums overflow in double, or the
# square of inv_std underflows, or nothing does.
OF_X = (0, 531, 0, 900, -300, 0, 511, 480, 531, -300, 510)
OF_GRAD = (0, 0, 531, 0, 200, -531, -200, 480, 531, -500, 0)
TINY = 1e-300  # eps that is nothing beside any variance


def _exponents(cycle: tuple[int, ...], shape: tuple[int, ...]) -> NDArray[np.int64]:
    own = np.resize(np.array(cycle), shape[1])
    return own.reshape(1, shape[1], *[1] * (len(shape) - 2))


def _largest(values: Any) -> Array:
    return np.asarray(np.abs(values).max(axis=tuple(k for k in range(np.ndim(values)) if k != 1), keepdims=True))


def _check(module: Any, shape: tuple[int, ...]) -> None:
    """Every channel is that of ordinary data, times a power of two."""
    random = np.random.default_rng(sum(shape))
    x, grad = (random.standard_normal(shape) for _ in range(2))
    gamma, beta = (random.standard_normal(shape[1]) for _ in range(2))
    of_x, of_grad = _exponents(OF_X, shape), _exponents(OF_GRAD, shape)
    far_x, far_grad = np.ldexp(x, of_x), np.ldexp(grad, of_grad)
    y, saved = module.forward(x, gamma, beta, eps=TINY)
    far_y, far_saved = module.forward(far_x, gamma, beta, eps=TINY)
    near = module.backward(grad, x, gamma, saved=saved, eps=TINY)
    far = module.backward(far_grad, far_x, gamma, saved=far_saved, eps=TINY)
    assert np.all(np.abs(far_y - y) <= 4 * EPS * _largest(y))
    off = np.ldexp(far_saved.inv_std, of_x.ravel()) / saved.inv_std - 1
    assert np.all(np.abs(off) <= 2 * EPS)
    off = np.ldexp(np.ldexp(far.grad_input, of_x), -of_grad) - near.grad_input
    factor = np.abs(gamma * saved.inv_std).reshape(of_x.shape)
    assert np.all(np.abs(off) <= 8 * EPS * factor * _largest(grad))
    for name, terms in (("grad_gamma", grad * (x - x.mean()) / x.std()), ("grad_beta", grad)):
        off = np.ldexp(getattr(far, name), -of_grad.ravel()) - getattr(near, name)
        assert np.all(np.abs(off) <= 8 * EPS * _largest(terms).ravel()), name
    for own in (far_x.copy(), far_x):
        again = np.ldexp(grad, of_grad)
        out = again if own is far_x else own
        found = module.backward(again, own, gamma, saved=far_saved, eps=TINY, out=out, threads=2)
        np.testing.assert_array_equal(found.grad_input, far.grad_input)
    found, _ = module.forward(far_x, gamma, beta, eps=TINY, out=far_x, threads=2)
    np.testing.assert_array_equal(found, far_y)


@pytest.mark.skipif(not WIDER, reason="the processor has no wider range than float64")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_far_channels_are_what_they_are_nearby(shape: tuple[int, ...]) -> None:
    targets.require("c")
    _check(targets.module("batch_norm", "c"), shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_channel_sees_another(shape: tuple[int, ...]) -> None:
    """The same bits as among channels that are like it, with NaN and infinity beside it and any number of threads."""
    targets.require("c")
    module = targets.module("batch_norm", "c")
    random = np.random.default_rng(1)
    x, grad = (np.repeat(random.standard_normal((shape[0], 1, *shape[2:])), shape[1], axis=1) for _ in range(2))
    ones = np.ones(shape[1])
    many = np.ldexp(x, _exponents(OF_X, shape))
    many[:, 1::5], many[0, 2::7] = np.nan, np.inf
    y, saved = module.forward(many, ones, ones)
    back = module.backward(grad, many, ones, saved=saved, threads=2)
    for channel in range(8):
        channel = min(channel, shape[1] - 1)
        alike = np.repeat(many[:, channel : channel + 1], shape[1], axis=1)
        own_y, own_saved = module.forward(alike, ones, ones, threads=2)
        own_back = module.backward(grad, alike, ones, saved=own_saved)
        np.testing.assert_array_equal(y[:, channel], own_y[:, channel])
        np.testing.assert_array_equal(saved.inv_std[channel], own_saved.inv_std[channel])
        np.testing.assert_array_equal(back.grad_input[:, channel], own_back.grad_input[:, channel])
        np.testing.assert_array_equal(back.grad_gamma[channel], own_back.grad_gamma[channel])


def _settled_late(text: str) -> str:
    """Lanes beyond reach are settled after the pass that writes, which is then done again."""
    late = re.compile(
        r"(        if \(batch_norm_beyond\((?:(?!batch_norm_beyond).)*?\n        \}\n)    \}\n"
        r"(    \{\n        const void \*const lanes\[\] = \{[^{}]*\};\n"
        r"        batch_norm_sweep_block\([^;]*NULL, NULL, 0\);\n    \}\n)",
        re.DOTALL,
    )
    return late.sub(r"    }\n\2    {\n\1    }\n\2", text)


SPOILT = {
    "never in long double": lambda text: text.replace("return most > limit;", "return 0;"),
    "sums in double": lambda text: text.replace(
        "return isfinite(high) ? (long double)high + low : again;", "return (long double)high + low;"
    ),
    "after the write": _settled_late,
}


@pytest.mark.skipif(not WIDER, reason="the processor has no wider range than float64")
@pytest.mark.parametrize("mistake", SPOILT)
def test_mistakes_are_noticed(mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets.require("c")
    package = f"spoilt_{list(SPOILT).index(mistake)}"
    folder = tmp_path / package
    folder.mkdir()
    for name in ("__init__.py", "build.py", "batch_norm.py", "batch_norm.h"):
        shutil.copy(GENERATED / "c" / name, folder)
    header = folder / "batch_norm.h"
    text = header.read_text(encoding="utf-8")
    header.write_text(SPOILT[mistake](text), encoding="utf-8")
    assert header.read_text(encoding="utf-8") != text
    builder: Any = imported(folder / "build.py", f"{package}_build")
    builder.build(header)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    module = importlib.import_module(f"{package}.batch_norm")
    with pytest.raises(AssertionError):
        for shape in SHAPES:
            _check(module, shape)
