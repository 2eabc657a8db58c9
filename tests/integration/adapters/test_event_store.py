"""The contract of the log, for the fake and for DynamoDB."""

from datetime import timedelta

import pytest

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.application.recorder import Recorder
from quorum.domain.errors import (
    ConcurrencyConflictError,
    StoreUnavailableError,
)
from quorum.domain.events import IncidentEvent
from quorum.domain.incident import replay
from quorum.ports.log import EventStore
from tests.builders.events import INCIDENT, OTHER, add, closed, opened, recovered
from tests.fakes import START, CountingIds, FakeClock, InMemoryEventStore, LostResponses, StaleReads
from tests.integration.tables import create_table


@pytest.fixture(params=["in_memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> EventStore:
    """Return the log, once in memory and once in moto."""
    if request.param == "in_memory":
        return InMemoryEventStore()
    return DynamoDBEventStore(create_table("events"))


def history() -> list[IncidentEvent]:
    """Return three consecutive events of one incident."""
    first = opened()
    second = recovered(first)
    return [first, second, closed(second)]


def test_appended_events_are_returned_oldest_first_and_complete(store: EventStore) -> None:
    for event in history():
        store.append(event)
    assert list(store.load(INCIDENT)) == history()
    assert replay(store.load(INCIDENT)).is_closed


def test_unknown_incident_has_no_events(store: EventStore) -> None:
    store.append(opened())
    assert list(store.load(OTHER)) == []


def test_a_taken_version_is_a_conflict_and_changes_nothing(store: EventStore) -> None:
    store.append(opened())
    with pytest.raises(ConcurrencyConflictError):
        store.append(opened(event_id="another", flapping=True))
    assert list(store.load(INCIDENT)) == [opened()]


def test_appending_the_same_event_again_succeeds_and_adds_nothing(store: EventStore) -> None:
    store.append(opened())
    store.append(opened())
    assert list(store.load(INCIDENT)) == [opened()]


def test_an_append_whose_response_was_lost_succeeds_when_it_is_retried(store: EventStore) -> None:
    losing = LostResponses(store)
    with pytest.raises(StoreUnavailableError):
        losing.append(opened())
    losing.append(opened())
    assert list(store.load(INCIDENT)) == [opened()]


def test_stale_read_costs_a_retry_and_never_an_event(store: EventStore) -> None:
    for event in history()[:2]:
        store.append(event)
    clock = FakeClock()
    recorder = Recorder(
        StaleReads(store, reads=2), now=clock, new_id=CountingIds(), sleep=clock.sleep
    )
    add(recorder, INCIDENT, type(closed(opened())), outcome="escalated", reason="test")
    assert [event.version for event in store.load(INCIDENT)] == [1, 2, 3]
    assert replay(store.load(INCIDENT)).is_closed


def test_opened_incidents_are_listed_newest_first_from_a_time_on(store: EventStore) -> None:
    times = [START + timedelta(minutes=n) for n in range(3)]
    for n, at in enumerate(times):
        store.append(opened(f"{n}" * 32, occurred_at=at))
    store.append(recovered(opened("0" * 32)))
    listed = store.opened_since(times[1])
    assert [event.incident_id[0] for event in listed] == ["2", "1"]


def test_opened_incidents_stay_listed_when_they_are_closed(store: EventStore) -> None:
    for event in history():
        store.append(event)
    assert list(store.opened_since(START)) == [opened()]
