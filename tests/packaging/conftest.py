"""The distributions, built once, and the environments they are installed in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.packaging.installation import CannotRun, Distributions, Installation, build, install_all, regenerate_all


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Skips where pip reaches no index, unless BACKPROOF_PACKAGING says that it must."""
    try:
        return build(tmp_path_factory.mktemp("packaging"))
    except CannotRun as reason:
        if os.environ.get("BACKPROOF_PACKAGING") == "1":
            pytest.fail(f"BACKPROOF_PACKAGING=1, but {reason}")
        pytest.skip(f"the distributions were NOT checked: {reason}")


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installations")


@pytest.fixture(scope="session")
def installations(distributions: Distributions, workplace: Path) -> dict[str, Installation]:
    return install_all(distributions, workplace)


@pytest.fixture(scope="session")
def regenerated(installations: dict[str, Installation]) -> dict[str, subprocess.CompletedProcess[str]]:
    """The script, run once by each installation in its empty folder."""
    return regenerate_all(installations.values())
