"""The kernel under test: that of every target."""

from __future__ import annotations

import pytest

from tests.support.contract import BatchNorm, load


@pytest.fixture(scope="session")
def kernel(target: str) -> BatchNorm:
    return load(target)
