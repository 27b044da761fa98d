"""While a function of an emitted NumPy module runs NumPy warns of nothing; afterwards everything is as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.support import targets
from tests.support.contract import Array

LARGEST = float(np.finfo(np.float32).max)


@pytest.fixture
def module() -> Any:
    return targets.module("batch_norm", "numpy")


def calls(module: Any, shape: tuple[int, ...]) -> dict[str, Callable[[], object]]:
    """Calls in which numbers exceed their range."""
    random = np.random.default_rng(0)
    x = random.standard_normal(shape).astype(np.float32)
    g: Array = np.full(shape, LARGEST, np.float32)
    gamma = np.full(shape[1], LARGEST, np.float32)
    running = np.ones(shape[1], np.float32)
    _, saved = module.forward(x)
    return {
        "forward": lambda: module.forward(x * 1e18, gamma, gamma),
        "backward": lambda: module.backward(g, x, gamma, saved=saved),
        "jvp": lambda: module.jvp(x, gamma, tangent_x=g),
        "double_backward": lambda: module.double_backward(g, x, gamma, cotangent_grad_input=g),
        "forward_inference": lambda: module.forward_inference(x * 1e18, gamma, gamma, running, running),
    }


@pytest.mark.parametrize("fallback", [False, True], ids=["context variable", "errstate"])
@pytest.mark.parametrize("shape", [(2, 2, 2, 2), (8, 16, 8, 8), (600, 300)], ids=str)
def test_nothing_is_warned_of_and_the_setting_comes_back(
    module: Any, shape: tuple[int, ...], fallback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the caller has set, in the public way of NumPy too, after errors too."""
    assert not isinstance(module._SETTING, module._Errstate), "this NumPy keeps its setting elsewhere"
    made = calls(module, shape)
    if fallback:
        monkeypatch.setattr(module, "_SETTING", module._Errstate())
    with np.errstate(all="raise", under="ignore"):
        before = np.geterr()
        size = np.setbufsize(4096)
        try:
            for call in made.values():
                call()
                assert np.geterr() == before and np.getbufsize() == 4096
            for wrong in (np.zeros(3), "x", np.zeros((0, 3))):
                with pytest.raises((TypeError, ValueError)):
                    module.forward(wrong)
                assert np.geterr() == before and np.getbufsize() == 4096
        finally:
            np.setbufsize(size)


def test_it_is_set_in_each_thread(module: Any) -> None:
    """With a large array, which several threads share, and with calls from threads of the caller."""
    made = calls(module, (600, 300))
    random = np.random.default_rng(0)
    x = random.standard_normal((8, 64, 64, 64)).astype(np.float32)
    g: Array = np.full(x.shape, LARGEST, np.float32)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with np.errstate(all="raise", under="ignore"):
                made["backward"]()
                module.backward(g, x, threads=3)
                assert set(np.geterr().values()) == {"raise", "ignore"}
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def test_a_numpy_that_keeps_its_setting_elsewhere_is_asked_in_public_ways(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.np, "seterr", lambda **_: {})
    monkeypatch.setattr(module.np, "setbufsize", lambda _: 8192)
    setting, _ = module._setting()
    assert isinstance(setting, module._Errstate)
