"""Bad arguments of the gradient check get an error that names them; `assert_gradient` raises with the table."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import derive
from derive.checks.progress import Bar
from derive.errors import CheckError
from tests.checks import kernels


def good() -> dict[str, Any]:
    return {"forward": kernels.forward, "backward": kernels.backward, "inputs": kernels.data((6, 4), np.float64)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": np.ones(3)}, "inputs is one array"),
        ({"inputs": ()}, "inputs is empty"),
        ({"inputs": (np.ones(2) + 1j,)}, "input 0 has dtype complex128"),
        ({"inputs": (np.array(["a"]),)}, "input 0 has dtype <U1"),
        ({"inputs": (np.full((6, 4), np.nan), np.ones(4), np.ones(4))}, "input 0 has 24 of 24 elements that are not"),
        ({"names": ("x",)}, "names has 1 entries"),
        ({"forward": lambda *a: (kernels.forward(*a), 1)}, "forward returned a tuple"),
        ({"forward": lambda *a: kernels.forward(*a) > 0}, "forward returned dtype bool"),
        ({"forward": lambda *a: kernels.forward(*a) / 0.0 * 0.0}, "not finite"),
        ({"backward": lambda *a: kernels.backward(*a)[:2]}, "backward returned 2 gradients, expected 3"),
        ({"cotangent": "onse"}, "cotangent='onse': expected"),
        ({"cotangent": np.ones((6, 5))}, r"cotangent has shape \(6, 5\), expected the shape of the output, \(6, 4\)"),
        ({"cotangent": lambda y: y[0]}, r"the array that cotangent\(y\) returned has shape \(4,\)"),
        ({"cotangent": np.full((6, 4), np.inf)}, "cotangent has elements that are not finite"),
        ({"required": 0.0}, "required is 0.0"),
        ({"false_alarm": 1.0}, "false_alarm is 1.0"),
        ({"directions": 1}, "directions is 1"),
        ({"cotangents": 0}, "cotangents is 0"),
        ({"call": {"eps": 1e-5}}, "needs layer="),
        ({"layer": "batch_norm", "call": {"epsilon": 1e-5}}, "no argument 'epsilon'"),
        ({"layer": "batch_norm", "inputs": (np.ones((6, 4)), np.ones(5), np.ones(4))}, "gamma"),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else None,
)
@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
def test_a_bad_argument_is_named(change: dict[str, Any], words: str) -> None:
    arguments = {**good(), **change}
    with pytest.raises(CheckError, match=words):
        derive.check_gradient(arguments.pop("forward"), arguments.pop("backward"), arguments.pop("inputs"), **arguments)


def test_assert_gradient_is_one_line() -> None:
    assert derive.assert_gradient(kernels.forward, kernels.backward, kernels.data((6, 4), np.float64)).ok


def test_assert_gradient_raises_with_the_table() -> None:
    inputs = dict(zip(("x", "gamma", "beta"), kernels.data((6, 4), np.float64), strict=True))
    with pytest.raises(AssertionError) as caught:
        derive.assert_gradient(kernels.forward, kernels.with_mistake("N-1"), inputs)
    assert "Gradient check: disagrees" in str(caught.value)
    assert "grad_output = " in str(caught.value), "the snippet"


def test_what_cannot_be_told_fails_a_test_unless_allowed() -> None:
    inputs = kernels.data((6, 4), np.float64)
    with pytest.raises(AssertionError, match="cannot tell"):
        derive.assert_gradient(kernels.forward, kernels.backward, inputs, cotangent="ones")
    allowed = derive.assert_gradient(
        kernels.forward, kernels.backward, inputs, cotangent="ones", allow_cannot_tell=True
    )
    assert allowed.verdict == "cannot tell"


def test_one_input_may_have_one_gradient_that_is_no_sequence() -> None:
    assert derive.check_gradient(lambda x: x**2, lambda g, x: 2 * g * x, (np.arange(4.0),)).ok


def test_other_layouts_of_the_data() -> None:
    """The channel last, with the layer told so."""
    x, gamma, beta = kernels.data((6, 4), np.float64)
    stacked = np.moveaxis(np.stack([x, x**2, x + 1]), -1, 1)  # (3, 4, 6)

    def last(function: Any) -> Any:
        def called(*arrays: Any) -> Any:
            found = function(*(np.moveaxis(a, -1, 1) if a.ndim == 3 else a for a in arrays))
            if isinstance(found, tuple):
                return tuple(np.moveaxis(a, 1, -1) if a.ndim == 3 else a for a in found)
            return np.moveaxis(found, 1, -1)

        return called

    inputs = (np.moveaxis(stacked, 1, -1), gamma, beta)
    report = derive.check_gradient(
        last(kernels.forward), last(kernels.backward), inputs, layer="batch_norm", call={"axis": -1}, cotangent="ones"
    )
    assert report.blind is not None and report.blind.overall == pytest.approx(1)
    assert derive.check_gradient(
        last(kernels.forward), last(kernels.backward), inputs, layer="batch_norm", call={"axis": -1}
    ).ok


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    derive.check_gradient(
        kernels.forward, kernels.backward, kernels.data((6, 4), np.float32), progress=lambda *now: seen.append(now)
    )
    assert seen == [(k, seen[-1][1]) for k in range(1, len(seen) + 1)] and seen[-1][0] == seen[-1][1]


def test_a_bar_is_shown_on_a_terminal_that_waits() -> None:
    for terminal, patience, shown in ((True, 0.0, True), (True, 60.0, False), (False, 0.0, False)):
        out = io.StringIO()
        with Bar("some words", Console(file=out, force_terminal=terminal, width=80), patience) as bar:
            for done in range(1, 4):
                bar(done, 3)
        assert ("some words" in out.getvalue()) is shown
