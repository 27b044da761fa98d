"""What the console scripts share: finding layers, reporting errors, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from derive import catalogue
from derive.catalogue import Entry
from derive.errors import BackproofError

Step = Callable[[str], None]


def entries_of(specs: tuple[str, ...], folder: Path) -> list[Entry]:
    """The layers to work on, each once; two of one name are an error. `folder` is where the files will go."""
    found: dict[str, Entry] = {}
    for spec in specs or catalogue.names():
        for entry in catalogue.find(spec, folder.resolve().parent):
            other = found.setdefault(entry.name, entry)
            if other.source != entry.source:
                raise BackproofError(f"two layers are called {entry.name!r}: {other.source} and {entry.source}")
    return list(found.values())


@contextmanager
def errors() -> Iterator[None]:
    """Print what Backproof refuses as one message and exit with 1."""
    try:
        yield
    except BackproofError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Print a message as an error and exit with 1."""
    click.echo(f"error: {message}", err=True)
    sys.exit(1)


@contextmanager
def progress_bar(total: int) -> Iterator[tuple[Step, Callable[[], None]]]:
    """A progress bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield (lambda _: None), (lambda: None)
        return
    columns = (SpinnerColumn(), BarColumn(bar_width=20), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)

        def done() -> None:
            bar.advance(task)

        yield (lambda words: bar.update(task, description=words)), done
