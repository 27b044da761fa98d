"""What the console scripts share: reporting errors, and progress. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click

from derive.errors import BackproofError

Step = Callable[[str], None]


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
def progress_bar(total: int) -> Iterator[tuple[Step, Step]]:
    """Two functions, for what is being done and for what is done, of `total` pieces of work.

    On a terminal they move a bar; elsewhere each piece gets a plain line on stderr, unless it is the only one.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        finished: list[str] = []

        def line(words: str) -> None:
            finished.append(words)
            if total > 1:
                click.echo(f"{len(finished)} of {total}: {words}", err=True)

        yield (lambda _: None), line
        return
    columns = (
        SpinnerColumn(), BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)

        def advance(words: str) -> None:
            bar.update(task, advance=1, description=words)

        yield (lambda words: bar.update(task, description=words)), advance


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Print a table on a terminal; False, and nothing printed, elsewhere."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if console.is_terminal:
        table = Table(*header)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    return console.is_terminal
