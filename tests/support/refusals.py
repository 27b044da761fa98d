"""Every mistake the contract says is refused: the exception and what its message must say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import data
from .contract import BatchNorm

Call = Callable[[BatchNorm], object]


@dataclass(frozen=True)
class Refusal:
    """A call that must raise ``error`` with a message that contains every one of ``words``."""

    name: str
    call: Call
    error: type[Exception]
    words: tuple[str, ...]

    def check(self, kernel: BatchNorm) -> None:
        try:
            self.call(kernel)
        except self.error as error:
            message = str(error)
            missing = [word for word in self.words if word not in message]
            assert not missing, f"{self.name}: {missing} not in the message {message!r}"
        except Exception as error:  # the wrong kind is a failed promise, not a broken test
            raise AssertionError(
                f"{self.name}: {type(error).__name__} instead of {self.error.__name__}: {error}"
            ) from error
        else:
            raise AssertionError(f"{self.name}: accepted")


CASE = data.with_running(data.draw((4, 3, 5)), np.float32)
EPS = CASE.eps


def _arguments() -> dict[str, Any]:
    assert CASE.running is not None
    return {
        "grad_output": CASE.grad_output, "x": CASE.x, "gamma": CASE.gamma, "beta": CASE.beta,
        "running_mean": CASE.running[0], "running_var": CASE.running[1],
    }  # fmt: skip


FUNCTIONS: dict[str, tuple[str, ...]] = {
    "forward": ("x", "gamma", "beta"),
    "backward": ("grad_output", "x", "gamma"),
    "forward_inference": ("x", "gamma", "beta", "running_mean", "running_var"),
    "backward_inference": ("grad_output", "x", "gamma", "running_mean", "running_var"),
}


def call(function: str, changed: dict[str, Any], **settings: Any) -> Call:
    """A call of ``function`` on right arguments, some of them changed."""
    arguments = {**_arguments(), **changed}
    chosen = [arguments[name] for name in FUNCTIONS[function]]
    keywords = {"eps": EPS, "axis": 1, **settings}
    return lambda kernel: getattr(kernel, function)(*chosen, **keywords)


def dtypes() -> Iterator[Refusal]:
    """Anything but float32 and float64, and any mixture, names the arguments and the dtypes."""
    right = _arguments()
    for function, names in FUNCTIONS.items():
        for wrong in (np.float16, np.int64, np.complex64, np.bool_, np.longdouble):
            everything = {name: right[name].astype(wrong) for name in names}
            given = np.dtype(wrong).name
            yield Refusal(f"{function} in {given}", call(function, everything), TypeError,
                          ("x", given))  # fmt: skip
            for name in names:
                changed = {name: right[name].astype(wrong)}
                yield Refusal(
                    f"{function}: {name} is {given}", call(function, changed), TypeError,
                    (name, given),
                )  # fmt: skip
        for name in names:
            if name.startswith("running"):
                continue  # these may be of either dtype
            changed = {name: right[name].astype(np.float64)}
            yield Refusal(
                f"{function}: {name} alone is float64", call(function, changed), TypeError,
                (name, "float32", "float64"),
            )  # fmt: skip
    for other, kernel_name in ((np.float32, "float64"), (np.float64, "float32")):
        chosen = [right[name].astype(other) for name in FUNCTIONS["backward"]]
        yield Refusal(
            f"backward_{kernel_name} given {np.dtype(other).name}",
            lambda kernel, chosen=chosen, name=kernel_name: getattr(kernel, f"backward_{name}")(
                *chosen, eps=EPS, axis=1
            ),  # type: ignore[misc]
            TypeError, (np.dtype(other).name, kernel_name),
        )  # fmt: skip
    wrong_out = np.empty((4, 3, 5), np.float64)
    yield Refusal("out is float64", call("backward", {}, out=wrong_out), TypeError,
                  ("out", "float64", "float32"))  # fmt: skip


def shapes() -> Iterator[Refusal]:
    """Argument, expected and given shape."""
    right = _arguments()
    wrong: tuple[int, ...]
    for function, names in FUNCTIONS.items():
        for name in names:
            if name in ("x", "grad_output"):
                continue
            for wrong in ((4,), (2,), (1,), (), (3, 1), (1, 3, 1)):
                changed = {name: np.ones(wrong, np.float32)}
                yield Refusal(
                    f"{function}: {name} has shape {wrong}", call(function, changed), ValueError,
                    (name, "(3,)", str(wrong)),
                )  # fmt: skip
    for function in ("backward", "backward_inference"):
        for wrong in ((4, 3, 4), (4, 3, 1), (4, 3), (3, 4, 5), (60,), (1, 4, 3, 5)):
            changed = {"grad_output": np.ones(wrong, np.float32)}
            yield Refusal(
                f"{function}: grad_output has shape {wrong}", call(function, changed), ValueError,
                ("grad_output", "(4, 3, 5)", str(wrong)),
            )  # fmt: skip
    for wrong in ((4, 3, 4), (3, 4, 5), (60,), (1, 4, 3, 5)):
        yield Refusal(
            f"out has shape {wrong}", call("backward", {}, out=np.empty(wrong, np.float32)),
            ValueError, ("out", "(4, 3, 5)", str(wrong)),
        )  # fmt: skip
    for function, names in FUNCTIONS.items():
        for wrong in ((), (3,)):
            small = {name: np.ones(wrong, np.float32) for name in ("x", "grad_output")}
            small = {name: value for name, value in small.items() if name in names}
            yield Refusal(f"{function}: x of rank {len(wrong)}",
                          call(function, small, axis=0), ValueError, ("x", str(wrong)))  # fmt: skip
        for axis in (3, -4, 17):
            yield Refusal(f"{function}: axis={axis}", call(function, {}, axis=axis), ValueError,
                          ("axis", str(axis)))  # fmt: skip
    assert right["x"].shape == (4, 3, 5)


def constants() -> Iterator[Refusal]:
    """eps is finite and positive; the one of forward is the one of backward."""
    for function in FUNCTIONS:
        for wrong in (0.0, -1e-5, float("nan"), float("inf")):
            yield Refusal(f"{function}: eps={wrong}", call(function, {}, eps=wrong), ValueError,
                          ("eps",))  # fmt: skip

    def other_eps(kernel: BatchNorm) -> object:
        _, saved = kernel.forward(CASE.x, CASE.gamma, CASE.beta, eps=1e-5, axis=1)
        return kernel.backward(CASE.grad_output, CASE.x, CASE.gamma, saved=saved, eps=1e-3, axis=1)

    yield Refusal("another eps in backward", other_eps, ValueError, ("eps", "1e-05", "0.001"))


def statistics() -> Iterator[Refusal]:
    """saved of another input, empties, and the unbiased variance of one element."""

    def foreign(shape: tuple[int, ...]) -> Call:
        def run(kernel: BatchNorm) -> object:
            other = data.draw(shape)
            _, saved = kernel.forward(other.x, other.gamma, other.beta, eps=EPS, axis=1)
            return kernel.backward(
                CASE.grad_output, CASE.x, CASE.gamma, saved=saved, eps=EPS, axis=1
            )

        return run

    yield Refusal("saved of other channels", foreign((4, 7, 5)), ValueError,
                  ("saved", "(3,)", "(7,)"))  # fmt: skip
    yield Refusal("saved of another count", foreign((2, 3, 5)), ValueError,
                  ("saved", "20", "10"))  # fmt: skip

    def unbiased(kernel: BatchNorm) -> object:
        one = data.draw((1, 3))
        _, saved = kernel.forward(one.x, one.gamma, one.beta, eps=EPS, axis=1)
        zeros = np.zeros(3, np.float32)
        return kernel.update_running(zeros, zeros, saved, momentum=0.1, unbiased=True)

    yield Refusal("unbiased variance of one element", unbiased, ValueError, ("unbiased",))

    def running(**changed: Any) -> Call:
        def run(kernel: BatchNorm) -> object:
            _, saved = kernel.forward(CASE.x, CASE.gamma, CASE.beta, eps=EPS, axis=1)
            given = {name: _arguments()[name] for name in ("running_mean", "running_var")}
            mean, var = {**given, **changed}.values()
            return kernel.update_running(mean, var, saved)

        return run

    for name in ("running_mean", "running_var"):
        for wrong in ((4,), (1,), (3, 1), ()):
            yield Refusal(
                f"update_running: {name} has shape {wrong}",
                running(**{name: np.ones(wrong, np.float32)}), ValueError,
                (name, "(3,)", str(wrong)),
            )  # fmt: skip
        for dtype in (np.float16, np.int32, np.complex64):
            yield Refusal(
                f"update_running: {name} is {np.dtype(dtype).name}",
                running(**{name: np.ones(3, dtype)}), TypeError, (name, np.dtype(dtype).name),
            )  # fmt: skip
    for shape, axis in (((0, 3), 1), ((2, 3, 0, 5), 1), ((0, 4, 3), -1)):
        nothing, ones = np.empty(shape, np.float32), np.ones(3, np.float32)
        yield Refusal(
            f"forward of shape {shape}",
            lambda kernel, x=nothing, w=ones, a=axis: kernel.forward(x, w, w, eps=EPS, axis=a),  # type: ignore[misc]
            ValueError, ("x", str(shape)),
        )  # fmt: skip


REFUSALS: tuple[Refusal, ...] = (*dtypes(), *shapes(), *constants(), *statistics())


def refuses(kernel: BatchNorm) -> None:
    """All of them: for pushing a wrong kernel through."""
    for refusal in REFUSALS:
        refusal.check(kernel)


def either_running_dtype(kernel: BatchNorm) -> None:
    """The other side of the TypeErrors: running statistics of either dtype are welcome."""
    for dtype in (np.float32, np.float64):
        given = _arguments()
        mean, var = given["running_mean"].astype(dtype), given["running_var"].astype(dtype)
        both = {"running_mean": mean, "running_var": var}
        for function in ("forward_inference", "backward_inference"):
            call(function, both)(kernel)
            call(function, {"running_mean": mean})(kernel)
