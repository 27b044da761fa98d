"""The console script `audit-kernel`."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from derive.api import audit
from derive.checks.dumps import read_npy, read_npz
from derive.errors import BackproofError, CheckError

BAD = 3  # bad input or usage; 0, 1 and 2 are verdicts
_OWN = ("layer", "required", "progress", "named")


class AuditCommand(click.Command):
    """A command that exits with 3 whenever there is no verdict, whatever the reason."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run it; click's own exit code for a usage error is a verdict here."""
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except click.ClickException as error:
            error.show()
            code = BAD
        except BackproofError as error:
            click.echo(f"error: {error}", err=True)
            code = BAD
        except (click.Abort, KeyboardInterrupt):
            click.echo("aborted", err=True)
            code = 130
        except Exception:  # Python would exit with 1, which says that the kernel is wrong
            traceback.print_exc()
            code = BAD
        sys.exit(code if isinstance(code, int) else 0)


@click.command(
    cls=AuditCommand,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "ignore_unknown_options": True,
        "allow_extra_args": True,
    },
)
@click.argument("layer", metavar="LAYER")
@click.option("--data", type=click.Path(path_type=Path), help="An .npz file with arrays and numbers by keyword name.")
@click.option("--axis", type=int, help="The layer's axis argument, if it has one.")
@click.option("--axes", multiple=True, metavar="NAME=DIM", help="The dimension of an axis of the layer.")
@click.option("--constant", multiple=True, metavar="NAME=VALUE", help="A constant of the layer, such as eps=1e-5.")
@click.option("--required", type=float, help="The relative error that may go unseen. Default: 1e-3, float64 1e-6.")
@click.option("--json", "json_", is_flag=True, help="Print the report as JSON.")
@click.version_option(package_name="backproof")
@click.pass_context
def audit_kernel(
    context: click.Context,
    layer: str,
    data: Path | None,
    axis: int | None,
    axes: tuple[str, ...],
    constant: tuple[str, ...],
    required: float | None,
    json_: bool,
) -> int:
    """Compare a kernel's gradients with the derived ones and name the mistake, if there is one.

    LAYER is a name of the catalogue, file.py or file.py:layer. The arrays are its inputs by name, grad_output, and
    some of grad_input (of the first input) and grad_<input>: in one --data file, or each as --NAME FILE.npy, such as
    --x x.npy --grad-output g.npy.

    Exits with 0 when the gradients are right, 1 when they are wrong, 2 when these data cannot tell, and 3 when
    something does not fit.

    \b
    From PyTorch, after y = bn(x); y.backward(g), with a = lambda t: t.detach().cpu().numpy():
    numpy.savez("dump.npz", x=a(x), gamma=a(bn.weight), grad_output=a(g), grad_input=a(x.grad), eps=bn.eps)
    """
    named = _collected(data, _files(context.args))
    for name, value in _pairs(constant, "--constant", float).items():
        named[_new(name, named)] = value
    if axes:
        named[_new("axes", named)] = _pairs(axes, "--axes", int)
    if axis is not None:
        named[_new("axis", named)] = axis
    with _bar() as progress:
        report = audit(layer, required=required, progress=progress, **named)
    click.echo(json.dumps(report.as_dict(), indent=2, allow_nan=False) if json_ else str(report))
    return report.exit_code


def _files(arguments: list[str]) -> dict[str, Path]:
    """`--some-name FILE` and `--some-name=FILE`, by keyword name."""
    found: dict[str, Path] = {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("--"):
            raise click.UsageError(f"unexpected {word!r}; arrays are given as --NAME FILE.npy")
        name, equals, value = word.removeprefix("--").partition("=")
        if not equals:
            if not waiting:
                raise click.UsageError(f"--{name} needs a file; arrays are given as --NAME FILE.npy")
            value = waiting.pop(0)
        if not value.endswith(".npy"):
            raise click.UsageError(f"--{name} {value}: no such option, and not an .npy file either; see --help")
        keyword = name.replace("-", "_")
        if keyword in found:
            raise click.UsageError(f"--{name} is given twice")
        found[keyword] = Path(value)
    return found


def _collected(data: Path | None, files: dict[str, Path]) -> dict[str, Any]:
    """Everything that was given in files, by keyword name."""
    named: dict[str, Any] = dict(read_npz(data)) if data is not None else {}
    for name in named:
        if name in _OWN:
            raise CheckError(f"{data}: {name!r} is not the name of an array")
    for name, path in files.items():
        if name in _OWN:
            raise click.UsageError(f"--{name} is not the name of an array")
        named[_new(name, named)] = read_npy(path, name)
    return named


def _new(name: str, named: dict[str, Any]) -> str:
    if name in named:
        raise CheckError(f"{name} is given twice")
    return name


def _pairs(words: tuple[str, ...], option: str, kind: Callable[[str], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        try:
            if not equals or name in found:
                raise ValueError
            found[name] = kind(value)
        except ValueError:
            expected = "a whole number" if kind is int else "a number"
            raise click.UsageError(f"{option} {word}: expected NAME=VALUE, each name once, with {expected}") from None
    return found


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _, __, ___: None
        return
    columns = (BarColumn(bar_width=20), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1)
        yield lambda words, done, total: bar.update(task, description=words, completed=done, total=total)
