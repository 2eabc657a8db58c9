"""A world per test."""

import pytest

from tests.unit.intake.world import World


@pytest.fixture
def world() -> World:
    """Return intake with everything around it in memory."""
    return World()
