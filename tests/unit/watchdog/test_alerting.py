"""The watchdog's alerts without a queue."""

import pytest

from quorum.domain.errors import (
    StoreUnavailableError,
)
from tests.builders.events import INCIDENT
from tests.builders.watchdog import StalledIncidents


@pytest.fixture
def world() -> StalledIncidents:
    return StalledIncidents()


def test_alert_that_cannot_be_queued_is_kept_and_not_repeated(world: StalledIncidents) -> None:
    world.queue.error = StoreUnavailableError("no queue")

    assert world.sweep(300) == {"undecided": 1}

    ((payload, reason),) = world.dead_letters.kept
    assert payload["notice"]["incident_id"] == INCIDENT
    assert "no queue" in reason
    assert world.sweep(60) == {}


def test_alert_that_cannot_be_kept_is_repeated_at_the_next_sweep(
    world: StalledIncidents,
) -> None:
    world.executions.statuses[INCIDENT] = "failed"
    world.queue.error = StoreUnavailableError("no queue")
    world.dead_letters.error = StoreUnavailableError("SQS is down")
    with pytest.raises(StoreUnavailableError):
        world.sweep(10)
    assert world.operations.held() == {}
    world.queue.error = None

    assert world.sweep(60) == {"execution_failed": 1}
    assert len(world.queue.notices) == 1
    assert len(world.ends()) == 1
