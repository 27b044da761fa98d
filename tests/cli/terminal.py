"""A script on a pseudo-terminal, which it cannot tell from a window with a person in front of it."""

from __future__ import annotations

import errno
import os
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.user_layers.workshop import script

pty = pytest.importorskip("pty", reason="this platform has no pseudo-terminals")


def on_terminal(*arguments: str, folder: Path, name: str = "regenerate-kernels", seconds: float = 120) -> str:
    """All that appears on the terminal, escape codes included; the script must succeed."""
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "CI", "FORCE_COLOR"}}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "160", "LINES": "40"}
    running = subprocess.Popen(
        [*script(name), *arguments], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown, end = b"", time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([ours], [], [], 0.1)
            chunk = _read(ours) if ready else b""
            if chunk is None:
                break
            shown += chunk
            if not ready and running.poll() is not None:
                break
        assert running.wait(10) == 0, shown.decode(errors="replace")
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        os.close(ours)
    return shown.decode("utf-8", errors="replace")


def _read(handle: int) -> bytes | None:
    """What there is to read; None at the end, which Linux reports as an I/O error."""
    try:
        return os.read(handle, 65536) or None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return None
