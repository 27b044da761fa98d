"""A progress bar for calls that take long, on a terminal only."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import Progress

PATIENCE = 2.0  # seconds before anything is shown


class Bar:
    """Shows how far a call is once it takes longer than one likes to wait; nothing where nobody looks.

    Use it as a context manager and call it with how much is done, and of how much.
    """

    def __init__(self, words: str, console: Console | None = None, patience: float = PATIENCE) -> None:
        self._console = Console(stderr=True) if console is None else console
        self._words, self._patience, self._begun = words, patience, time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Bar:
        return self

    def __call__(self, done: int, of: int) -> None:
        """Say how much is done, and of how much."""
        if self._bar is None:
            if not self._console.is_terminal or time.monotonic() - self._begun < self._patience:
                return
            self._bar = Progress(console=self._console, transient=True)
            self._bar.start()
            self._bar.add_task(self._words, total=of)
        self._bar.update(self._bar.task_ids[0], completed=done)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
