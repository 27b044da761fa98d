"""Pages whose blocks of code are run one after the other, and whose blocks of output say what was seen.

    python -m tests.docs.executable docs/failing-gradient-check.md    # write the outputs anew

A block of `python` runs in one namespace with those before it, a block of `sh` in a scratch folder with the console
scripts of this environment, both in the same folder. A block of `text` after either is what it printed. Blocks marked
`<!-- peers -->` need a framework and are left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(
    r"(?P<mark><!-- peers -->\n)?```(?P<kind>python|sh)\n(?P<code>.*?)```\n(?:\n```text\n(?P<out>.*?)```\n)?", re.DOTALL
)
_NUMBER = re.compile(r"[-+−]?\d+(\.\d+)?(e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """A block of code with the output that the page shows, if it shows any."""

    kind: str
    code: str
    shown: str | None
    peers: bool
    place: tuple[int, int]


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in their order."""
    for found in _BLOCK.finditer(page):
        yield Block(found["kind"], found["code"], found["out"], bool(found["mark"]), found.span("out"))


def run(page: str, *, peers: bool = False) -> list[tuple[Block, str]]:
    """Run the blocks; each with what it printed. With `peers` those blocks run, too."""
    namespace: dict[str, Any] = {"__name__": "page"}
    result = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in blocks(page):
            if block.peers and not peers:
                continue
            result.append((block, _python(block.code, namespace) if block.kind == "python" else _shell(block.code)))
    return result


def _python(code: str, namespace: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), namespace)
    return out.getvalue()


def _shell(code: str) -> str:
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "110"}
    done = subprocess.run(code, shell=True, capture_output=True, text=True, env=environment, timeout=300)
    assert not done.stderr, done.stderr
    return done.stdout


def masked(text: str) -> str:
    """The text without what may differ from machine to machine: the numbers, and where lines break."""
    return " ".join(_NUMBER.sub("#", text).split())


def renewed(page: str) -> str:
    """The page with the outputs that its code prints now."""
    for block, output in reversed(run(page)):
        if block.shown is not None:
            start, end = block.place
            page = page[:start] + output.strip("\n") + "\n" + page[end:]
    return page


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name).resolve()
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
