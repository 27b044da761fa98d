"""Time of the emitted batch-norm backward pass against the textbook one, as a Markdown table of ratios.

    python benchmarks/backward.py            # about a minute
    python benchmarks/backward.py --quick    # seconds: shows that it runs, the ratios mean little

The textbook version is the staged chain rule (grad_x_norm, grad_var, grad_mean, grad_input), each line as books print
it, with a temporary for every operation. The tidied one is what a careful reader makes of it: x - mean computed once,
everything that is constant along a channel taken out of the sums. All are given the same saved statistics and run in
turns in one process on one thread, so that whatever else the machine does meets all of them. A ratio is the median over
the rounds of the other's time divided by the emitted kernel's, with the middle half in brackets: above 1 the emitted
kernel is faster. All allocate what they return, but for the column in which the emitted kernel writes into `out=`.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `generated`, wherever this is run from

from generated.numpy import batch_norm

Array = NDArray[Any]
EPS = 1e-5

# Shape and channel axis.
SHAPES = (
    ((32, 64, 56, 56), 1),
    ((32, 56, 56, 64), -1),
    ((32, 256, 14, 14), 1),
    ((8, 64, 32, 32), 1),
    ((4096, 512), 1),
    ((16, 8, 12, 12), 1),
)
QUICK_SHAPES = (((4, 8, 14, 14), 1), ((4, 14, 14, 8), -1), ((64, 32), 1))


def textbook(grad_output: Array, x: Array, gamma: Array, mean: Array, var: Array, axis: int) -> tuple[Array, ...]:
    """The three-term formula, line by line."""
    over, column = _layout(x, axis)
    count = x.size // x.shape[axis]
    mean, var, gamma = mean.reshape(column), var.reshape(column), gamma.reshape(column)
    std = np.sqrt(var + x.dtype.type(EPS))

    x_norm = (x - mean) / std
    grad_beta = np.sum(grad_output, axis=over)
    grad_gamma = np.sum(grad_output * x_norm, axis=over)
    grad_x_norm = grad_output * gamma
    grad_var = np.sum(grad_x_norm * (x - mean) * -0.5 * std**-3, axis=over, keepdims=True)
    grad_mean = np.sum(grad_x_norm * -1 / std, axis=over, keepdims=True)
    grad_input = grad_x_norm / std + grad_var * 2 * (x - mean) / count + grad_mean / count
    return grad_input, grad_gamma, grad_beta


def tidied(grad_output: Array, x: Array, gamma: Array, mean: Array, var: Array, axis: int) -> tuple[Array, ...]:
    """The same without repeating itself."""
    over, column = _layout(x, axis)
    count = x.size // x.shape[axis]
    inv_std = 1 / np.sqrt(var + x.dtype.type(EPS))

    centred = x - mean.reshape(column)
    grad_beta = np.sum(grad_output, axis=over)
    grad_gamma = np.sum(grad_output * centred, axis=over) * inv_std
    grad_var = gamma * inv_std**2 * -0.5 * grad_gamma
    grad_mean = -gamma * inv_std * grad_beta
    slope, shift = (grad_var * 2 / count).reshape(column), (grad_mean / count).reshape(column)
    grad_input = grad_output * (gamma * inv_std).reshape(column) + centred * slope + shift
    return grad_input, grad_gamma, grad_beta


def _layout(x: Array, axis: int) -> tuple[tuple[int, ...], list[int]]:
    """The dimensions to sum over, and the shape in which a value per channel broadcasts."""
    over = tuple(dim for dim in range(x.ndim) if dim != axis % x.ndim)
    return over, [x.shape[axis] if dim == axis % x.ndim else 1 for dim in range(x.ndim)]


@dataclass(frozen=True)
class Timing:
    """Seconds of one way to compute, one number for each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Row:
    """One shape and dtype."""

    label: str
    textbook: Timing
    tidied: Timing
    emitted: Timing
    emitted_out: Timing


def in_turns(calls: list[Callable[[], object]], rounds: int, least: float) -> list[Timing]:
    """Every call once a round, each repeated for at least `least` seconds; the first round is thrown away."""
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, round(least / max(time.perf_counter() - start, 1e-7))))
    seconds: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 1):
        for call, number, found in zip(calls, repeats, seconds, strict=True):
            start = time.perf_counter()
            for _ in range(number):
                call()
            if turn:
                found.append((time.perf_counter() - start) / number)
    return [Timing(tuple(found)) for found in seconds]


def measure(shape: tuple[int, ...], axis: int, dtype: Any, rounds: int, least: float) -> Row:
    """Time one case, after a look at whether all compute the same."""
    rng = np.random.default_rng(0)
    x = (rng.standard_normal(shape) * 1.5 + 0.5).astype(dtype)
    g = rng.standard_normal(shape).astype(dtype)
    gamma = rng.uniform(0.5, 2, shape[axis]).astype(dtype)
    out = np.empty_like(x)
    _, saved = batch_norm.forward(x, gamma, eps=EPS, axis=axis)
    given: tuple[Any, ...] = (g, x, gamma, saved.mean.astype(dtype), saved.var.astype(dtype), axis)
    where: dict[str, Any] = {"saved": saved, "eps": EPS, "axis": axis}
    calls: list[Callable[[], Any]] = [
        lambda: textbook(*given),
        lambda: tidied(*given),
        lambda: batch_norm.backward(g, x, gamma, **where),
        lambda: batch_norm.backward(g, x, gamma, out=out, **where),
    ]
    label = f"{shape}{', channels last' if axis == -1 else ''} {np.dtype(dtype)}"
    results = [call() for call in calls]
    for result in results[:-1]:
        for a, b in zip(result, results[-1], strict=True):
            if not abs(a - b).max() <= 1e4 * np.finfo(dtype).eps * abs(b).max():
                raise SystemExit(f"{label}: the results differ by {abs(a - b).max()}; there is nothing to time")
    return Row(label, *in_turns(calls, rounds, least))


def ratio(slow: Timing, fast: Timing) -> str:
    """The median of the ratios of the rounds, and their middle half."""
    ratios = sorted(a / b for a, b in zip(slow.seconds, fast.seconds, strict=True))
    quarter = len(ratios) // 4
    return f"**{statistics.median(ratios):.2f}** ({ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f})"


def milliseconds(timing: Timing) -> str:
    """A median time."""
    return f"{1e3 * timing.median:.3g} ms"


def machine() -> str:
    """What the numbers depend on."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time the emitted batch-norm backward pass against the textbook one.")
    parser.add_argument("--quick", action="store_true", help="small arrays and few rounds: only shows that it runs")
    quick = parser.parse_args().quick
    rounds, least = (3, 1e-3) if quick else (15, 2e-2)
    print(f"{machine()}; one thread, medians of {rounds} rounds\n")
    print("| x | textbook | emitted | textbook / emitted | textbook / emitted with `out=` | tidied / emitted |")
    print("|---|---|---|---|---|---|")
    for dtype in (np.float32, np.float64):
        for shape, axis in QUICK_SHAPES if quick else SHAPES:
            row = measure(shape, axis, dtype, rounds, least)
            ratios = (
                ratio(row.textbook, row.emitted), ratio(row.textbook, row.emitted_out), ratio(row.tidied, row.emitted)
            )  # fmt: skip
            times = f"{milliseconds(row.textbook)} | {milliseconds(row.emitted)}"
            print(f"| {row.label} | {times} | {' | '.join(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
