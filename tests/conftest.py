"""What the suites of several folders take."""

from __future__ import annotations

import pytest

from tests.support.targets import of_arrays_in_every_form


@pytest.fixture(scope="session", params=of_arrays_in_every_form())
def target(request: pytest.FixtureRequest) -> str:
    """The target whose modules are under test: each that takes arrays, with and without forms for small ones."""
    return str(request.param)
