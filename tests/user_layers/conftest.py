"""A shell in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, capsys, monkeypatch)


@pytest.fixture(autouse=True, scope="module")
def _quick_compilation() -> Iterator[None]:
    """What is compiled here is called a few times only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CFLAGS", "-O1 -fopenmp")
        yield
