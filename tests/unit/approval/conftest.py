"""A desk per test."""

import pytest

from tests.unit.approval.questions import Desk


@pytest.fixture
def desk() -> Desk:
    """Return an incident about which people are asked."""
    return Desk()
