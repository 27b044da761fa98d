"""Train a small network with the generated batch norm on scikit-learn's digits, and the same one without it.

    python examples/digits.py                  # three seeds, under a minute; the curves go to examples/digits.png
    python examples/digits.py --quick          # seconds: shows that it runs, the accuracies mean little
    python examples/digits.py --rate 0.1       # another learning rate, for both networks

The images are 8x8 pixels, a quarter of the 1797 is kept for the test, always the same. The network has six 3x3
convolutions, halves the image after the third, and ends in one matrix; it is trained by gradient descent with momentum.
Both networks start from the same weights, see the same minibatches and have the same learning rate, one that suits the
network without batch norm: one and a half times as much is no better for it, at twice as much it is a point better for
four seeds of five and learns nothing for the fifth, and beyond that it fails more often than not, while the other one
hardly minds four times as much. The difference is one of speed first: with three times the epochs, about half of it is
left.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `generated`, wherever this is run from

from examples.network import Array, BatchNorm, Convolution, Dense, HalfSize, Labels, Layer, Network, Silu

WIDTHS = ((8, 8, 8), (16, 16, 16))  # output channels of the convolutions, before and after the image is halved
BATCH, RATE, MOMENTUM, EPOCHS = 64, 0.04, 0.9, 8
NAMES = {True: "with batch norm", False: "without"}
PLOT = Path(__file__).with_name("digits.png")


@dataclass(frozen=True)
class Digits:
    """Images of shape (image, 1, 8, 8) with values from 0 to 1, and which digit each one is."""

    train_images: Array
    train_labels: Labels
    test_images: Array
    test_labels: Labels


@dataclass(frozen=True)
class Run:
    """What one training was like: the loss of every step, the test accuracy after every epoch."""

    normalize: bool
    seed: int
    losses: list[float]
    accuracies: list[float]
    seconds: float


def load(dtype: type[np.float32] | type[np.float64] = np.float32) -> Digits:
    """The digits that scikit-learn brings along, split in the same way every time, each digit in its proportion."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, labels = load_digits(return_X_y=True)
    images = (pixels / 16).astype(dtype).reshape(-1, 1, 8, 8)
    train, test, train_labels, test_labels = train_test_split(
        images, labels, test_size=0.25, random_state=0, stratify=labels
    )
    return Digits(train, train_labels, test, test_labels)


def build(seed: int, normalize: bool, dtype: type[np.float32] | type[np.float64] = np.float32) -> Network:
    """The network; its weights depend on the seed alone, also rounded to float32 where dtype is float64.

    The biases ahead of batch norm have no effect (the layer is blind to a constant, so their gradient is zero); they
    stay, for the networks shall differ in nothing else.
    """
    rng = np.random.default_rng(seed)

    def weights(shape: tuple[int, ...], variance: float) -> Array:
        drawn: Array = rng.standard_normal(shape) * variance**0.5
        return drawn.astype(np.float32).astype(dtype)

    layers: list[Layer] = []
    before, side = 1, 8
    for stage, widths in enumerate(WIDTHS):
        if stage:
            layers.append(HalfSize())
            side //= 2
        for width in widths:
            layers.append(Convolution(weights((width, before, 3, 3), 2 / (9 * before)), np.zeros(width, dtype)))
            if normalize:
                layers.append(BatchNorm(np.ones(width, dtype), np.zeros(width, dtype)))
            layers.append(Silu())
            before = width
    pixels = before * side * side
    layers.append(Dense(weights((10, pixels), 1 / pixels), np.zeros(10, dtype)))
    return Network(layers)


def minibatches(count: int, seed: int, epoch: int) -> list[Labels]:
    """The indices of the images in each minibatch; what is left over is left out in this epoch."""
    order = np.random.default_rng((seed, epoch)).permutation(count)
    return [order[start : start + BATCH] for start in range(0, count - BATCH + 1, BATCH)]


def train(
    digits: Digits, seed: int, normalize: bool, *, epochs: int, rate: float, after_epoch: Callable[[], object]
) -> Run:
    """Build the network and train it, with one BLAS thread: for matrices this small, more are slower."""
    from threadpoolctl import threadpool_limits  # scikit-learn depends on it

    start = time.perf_counter()
    network = build(seed, normalize)
    losses, accuracies = [], []
    # At too high a rate the network without batch norm diverges; its accuracy says so.
    with threadpool_limits(1), np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(epochs):
            for chosen in minibatches(len(digits.train_images), seed, epoch):
                images, labels = digits.train_images[chosen], digits.train_labels[chosen]
                losses.append(network.step(images, labels, rate, MOMENTUM))
            accuracies.append(network.accuracy(digits.test_images, digits.test_labels))
            after_epoch()
    return Run(normalize, seed, losses, accuracies, time.perf_counter() - start)


def train_all(digits: Digits, seeds: list[int], epochs: int, rate: float, console: Console) -> list[Run]:
    """Both networks for every seed, with a progress bar on a terminal and a line per training elsewhere."""
    runs = []
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("epochs", total=2 * len(seeds) * epochs)
        for seed in seeds:
            for normalize in (True, False):
                progress.update(task, description=f"seed {seed}, {NAMES[normalize]}")
                run = train(
                    digits, seed, normalize, epochs=epochs, rate=rate, after_epoch=lambda: progress.advance(task)
                )
                if not console.is_terminal:
                    print(f"seed {seed}, {NAMES[normalize]}: {run.accuracies[-1]:.1%}, {run.seconds:.1f} s", flush=True)
                runs.append(run)
    return runs


def median_accuracy(runs: list[Run], normalize: bool) -> float:
    """The median over the seeds of the test accuracy at the end."""
    return statistics.median(run.accuracies[-1] for run in runs if run.normalize == normalize)


def report(runs: list[Run], console: Console) -> None:
    """A table on a terminal, and the medians in a sentence."""
    if console.is_terminal:
        table = Table("network", "seed", "test accuracy", "last losses", "seconds")
        for run in runs:
            last = statistics.fmean(run.losses[-10:])
            table.add_row(
                NAMES[run.normalize], str(run.seed), f"{run.accuracies[-1]:.1%}", f"{last:.4f}", f"{run.seconds:.1f}"
            )
        console.print(table)
    normalized, plain = median_accuracy(runs, True), median_accuracy(runs, False)
    print(f"median test accuracy: {normalized:.1%} with batch norm, {plain:.1%} without", end="")
    print(f" ({100 * (normalized - plain):+.1f} points)")


def plot(runs: list[Run], path: Path) -> None:
    """Loss and test accuracy by epoch, a thin line for every seed and a thick one for the median."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for normalize, colour in ((True, "tab:blue"), (False, "tab:orange")):
        chosen = [run for run in runs if run.normalize == normalize]
        epochs = np.arange(1, len(chosen[0].accuracies) + 1)
        losses = np.array([run.losses for run in chosen]).reshape(len(chosen), len(epochs), -1).mean(axis=2)
        accuracies = 100 * np.array([run.accuracies for run in chosen])
        for axes, curves in ((left, losses), (right, accuracies)):
            axes.plot(epochs, curves.T, color=colour, linewidth=0.7, alpha=0.5)
            axes.plot(epochs, np.median(curves, axis=0), color=colour, linewidth=2, marker=".", label=NAMES[normalize])
    left.set(title="training loss, mean of each epoch", xlabel="epoch", ylabel="cross entropy", yscale="log")
    right.set(title="test accuracy, running statistics", xlabel="epoch", ylabel="right answers in %")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    description, _, epilog = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add: Any = parser.add_argument
    add("--epochs", type=_at_least(1), help=f"how often each image is seen (default: {EPOCHS})")
    add("--rate", type=float, default=RATE, help="the learning rate of both networks (default: %(default)s)")
    add("--seed", type=_at_least(0), default=0, help="the first seed (default: %(default)s)")
    add("--seeds", type=_at_least(1), help="how many seeds, one after the other (default: 3)")
    add("--plot", type=Path, default=PLOT, metavar="PATH", help="where the curves go (default: examples/digits.png)")
    add("--no-plot", action="store_true", help="draw nothing; matplotlib is not needed then")
    add("--quick", action="store_true", help="one seed and two epochs, unless those are given")
    return parser.parse_args(given)


def _at_least(minimum: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < minimum:
            raise argparse.ArgumentTypeError(f"{text} is less than {minimum}")
        return int(text)

    return number


def main(given: list[str] | None = None) -> int:
    """Train, report and draw."""
    arguments = _arguments(given)
    try:
        import sklearn  # noqa: F401

        if not arguments.no_plot:
            import matplotlib  # noqa: F401
    except ImportError as error:
        print(f"{error.name} is missing: pip install 'backproof[examples]'", file=sys.stderr)
        return 2
    epochs = arguments.epochs or (2 if arguments.quick else EPOCHS)
    seeds = arguments.seeds or (1 if arguments.quick else 3)
    console = Console()
    runs = train_all(load(), list(range(arguments.seed, arguments.seed + seeds)), epochs, arguments.rate, console)
    report(runs, console)
    if not arguments.no_plot:
        plot(runs, arguments.plot)
        print(f"curves: {arguments.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
