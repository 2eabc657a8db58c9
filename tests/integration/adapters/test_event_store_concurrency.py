"""Many writers, lost responses, unknown outcomes: the log stays one that could be written alone."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.application.recorder import Recorder
from quorum.domain.errors import ConcurrencyConflictError, StoreUnavailableError
from quorum.domain.events import AlarmRecovered
from quorum.domain.incident import replay
from quorum.ports.log import EventStore
from tests.builders.events import INCIDENT, OTHER, add, opened
from tests.fakes import START, FakeClock, InMemoryEventStore
from tests.integration.adapters.linearizability import Operation, anomalies
from tests.integration.adapters.unreliable import Unreliable
from tests.integration.tables import create_table

WRITERS: Final = 5


APPENDS: Final = 10


class Writers:
    """Writers that append and read at random, and note what they saw and when."""

    def __init__(self, store_of: Callable[[int], EventStore]) -> None:
        self._store_of = store_of
        self.history: dict[str, list[Operation]] = {INCIDENT: [], OTHER: []}

    def run(self) -> None:
        """Run all writers to their end."""
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(self._write, range(WRITERS)))

    def _write(self, writer: int) -> None:
        chance = random.Random(writer)  # noqa: S311
        store = self._store_of(writer)
        for n in range(APPENDS):
            incident_id = chance.choice((INCIDENT, OTHER))
            if chance.random() < 0.3:
                self._read(store, incident_id)
            self._append(store, incident_id, f"writer-{writer}-{n}")

    def _read(self, store: EventStore, incident_id: str) -> None:
        began = time.monotonic()
        seen = tuple(event.event_id for event in store.load(incident_id))
        self.history[incident_id].append(Operation("read", seen, began, time.monotonic()))

    def _append(self, store: EventStore, incident_id: str, event_id: str) -> None:
        recorder = Recorder(
            store, now=FakeClock(), new_id=lambda: event_id, sleep=lambda _: time.sleep(0)
        )
        began, outcome = time.monotonic(), "ok"
        try:
            add(recorder, incident_id, AlarmRecovered, alarm_name="a", recovered_at=START)
        except ConcurrencyConflictError:
            outcome = "failed"
        except StoreUnavailableError:
            outcome = "unknown"
        self.history[incident_id].append(
            Operation("append", (event_id,), began, time.monotonic(), outcome)  # type: ignore[arg-type]
        )


def run(store: EventStore, store_of: Callable[[int], EventStore]) -> dict[str, list[str]]:
    """Run concurrent writers on two incidents; return each log's anomalies."""
    writers = Writers(store_of)
    for incident_id in (INCIDENT, OTHER):
        store.append(opened(incident_id))
    writers.run()
    wrong = {}
    for incident_id, history in writers.history.items():
        events = store.load(incident_id)
        first = Operation("append", ("e1",), 0, 0)
        wrong[incident_id] = anomalies([first, *history], [event.event_id for event in events])
        if [event.version for event in events] != list(range(1, len(events) + 1)):
            wrong[incident_id].append("versions have gaps")
        replay(events)
    assert sum(map(len, writers.history.values())) >= WRITERS * APPENDS
    return wrong


def test_concurrent_appends_in_memory_lose_nothing() -> None:
    store = InMemoryEventStore()
    assert run(store, lambda _: store) == {INCIDENT: [], OTHER: []}


def test_concurrent_appends_over_a_bad_network_lose_nothing() -> None:
    table = create_table("events")
    store = DynamoDBEventStore(table)

    def store_of(writer: int) -> EventStore:
        return DynamoDBEventStore(Unreliable(table, writer))  # type: ignore[arg-type]

    assert run(store, store_of) == {INCIDENT: [], OTHER: []}


def test_lost_events_are_found_without_the_append_condition() -> None:
    table = create_table("events")

    class Unconditional(Unreliable):
        def put_item(self, **put: Any) -> Any:
            for name in ("ConditionExpression", "ReturnValuesOnConditionCheckFailure"):
                put.pop(name)
            return self._table.put_item(**put)

    stores = {
        n: DynamoDBEventStore(Unconditional(table, n))  # type: ignore[arg-type]
        for n in range(2)
    }
    first = opened()
    stores[0].append(first)
    stores[1].append(opened(event_id="e2"))
    history = [Operation("append", (f"e{n}",), n, n) for n in (1, 2)]
    final = [event.event_id for event in stores[0].load(INCIDENT)]
    assert anomalies(history, final) == ["lost e1"]


@pytest.mark.parametrize("times", [1, 3])
def test_a_put_that_the_sdk_repeats_is_no_conflict_with_itself(times: int) -> None:
    table = create_table("events")

    class Repeating:
        name = table.name

        def put_item(self, **put: Any) -> Any:
            table.put_item(**put)
            for _ in range(times):
                with pytest.raises(ClientError) as refused:
                    table.put_item(**put)
            raise refused.value

    DynamoDBEventStore(Repeating()).append(opened())  # type: ignore[arg-type]
    assert list(DynamoDBEventStore(table).load(INCIDENT)) == [opened()]
