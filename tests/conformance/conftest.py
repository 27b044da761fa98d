"""The kernel under test."""

from __future__ import annotations

import pytest

from tests.support.contract import BatchNorm, load


@pytest.fixture(scope="session")
def kernel() -> BatchNorm:
    return load()
