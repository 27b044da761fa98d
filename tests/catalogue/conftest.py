"""The target whose modules are under test."""

from __future__ import annotations

import pytest

from derive.kernels import targets


@pytest.fixture(scope="session", params=targets.names())
def target(request: pytest.FixtureRequest) -> str:
    """The name of the target."""
    return str(request.param)
