"""A world per test."""

import pytest

from tests.builders.intake import World


@pytest.fixture
def world() -> World:
    """Return intake with everything around it in memory."""
    return World()
