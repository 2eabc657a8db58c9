"""Shared stage and incident: each takes half a minute to start.

It is gone before the tests outside: a second shop beside theirs would make both of them slow.
"""

from collections.abc import Iterator

import pytest

from local.stage import LocalStage
from tests.e2e.asked.asking import World
from tests.e2e.asked.attacked import Attacked

SEED = 7


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    """An incident with an unanswered approval request. Attacks come before answers."""
    with LocalStage(SEED) as stage:
        yield World(stage)


@pytest.fixture(scope="package")
def deployed(world: World) -> Attacked:
    """The same, as an intruder sees it."""
    return Attacked(world.stage.quorum, world.asked.incident_id)
