"""The kernel under test: that of every target."""

from __future__ import annotations

import pytest

from derive.kernels import targets
from tests.support.contract import BatchNorm, load


@pytest.fixture(scope="session", params=targets.names())
def target(request: pytest.FixtureRequest) -> str:
    """The name of the target."""
    return str(request.param)


@pytest.fixture(scope="session")
def kernel(target: str) -> BatchNorm:
    return load(target)
