"""What several tests share: a stage takes half a minute to put up, an incident as long again."""

from collections.abc import Iterator

import pytest

from local.stage import Stage
from tests.e2e.asking import World
from tests.e2e.attacked import Attacked

SEED = 7


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """An incident that asks a person, who has not answered. Attacks come before answers."""
    with Stage(SEED) as stage:
        yield World(stage)


@pytest.fixture(scope="session")
def deployed(world: World) -> Attacked:
    """The same, as an intruder sees it."""
    return Attacked(world.stage.quorum, world.asked.incident_id)
