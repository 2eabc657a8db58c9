"""What a person is told, and what happens when nobody can be."""

import pytest

from quorum.domain.errors import (
    StoreUnavailableError,
)
from tests.unit.watchdog.kennel import INCIDENT, Kennel


@pytest.fixture
def kennel() -> Kennel:
    return Kennel()


def test_what_cannot_be_told_is_kept_and_done_with(kennel: Kennel) -> None:
    kennel.queue.error = StoreUnavailableError("no queue")

    assert kennel.sweep(300) == {"undecided": 1}

    ((payload, reason),) = kennel.dead_letters.kept
    assert payload["notice"]["incident_id"] == INCIDENT
    assert "no queue" in reason
    assert kennel.sweep(60) == {}


def test_what_can_be_neither_told_nor_kept_is_told_at_the_next_sweep(kennel: Kennel) -> None:
    kennel.executions.statuses[INCIDENT] = "failed"
    kennel.queue.error = StoreUnavailableError("no queue")
    kennel.dead_letters.error = StoreUnavailableError("SQS is down")
    with pytest.raises(StoreUnavailableError):
        kennel.sweep(10)
    assert kennel.operations.held() == {}
    kennel.queue.error = None

    assert kennel.sweep(60) == {"execution_failed": 1}
    assert len(kennel.queue.notices) == 1
    assert len(kennel.ends()) == 1
