"""The read model equals the fold of the log, whatever the stream does to the notifications."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.projection.project import project
from functions.projection.view import view
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.incident import replay
from quorum.domain.incident_view import IncidentView
from quorum.narrative import actions
from quorum.ports.log import EventStore
from quorum.runtime.stream_batches import process
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, undone
from tests.builders.streams import kinesis, published
from tests.fakes.event_store import InMemoryEventStore, StaleReads
from tests.fakes.read_model import InMemoryReadModel
from tests.fakes.stream_mapping import StreamMapping

LOGS = [resolved(), undone(), escalated(), dismissed()]
IDS = [f"{n:032x}" for n in range(4)]
POISON = [b"", b"\xff{", b"[]", b'{"incident_id": "x", "version": 1}', b'{"version": 1}']


@dataclass
class Shelf:
    """The log, the read model and the function between them, as a mapping drives it."""

    store: EventStore = field(default_factory=InMemoryEventStore)
    model: InMemoryReadModel = field(default_factory=InMemoryReadModel)
    killers: set[bytes] = field(default_factory=set)

    def invoke(self, event: dict[str, Any]) -> Any:
        def handle(record: KinesisStreamRecord) -> None:
            data = record.kinesis.data_as_bytes()
            if data in self.killers:
                raise KeyboardInterrupt
            project(data, self.store, self.model)

        return process(event, cast("LambdaContext", None), EventType.KinesisDataStreams, handle)

    def deliver(self, datas: list[bytes], **how: Any) -> StreamMapping:
        mapping = StreamMapping(self.invoke, **how)
        mapping.deliver(kinesis(datas))
        return mapping


def fold(log: Log) -> IncidentView:
    return view(replay(log.events), actions(log.events))


def stored(*logs: Log) -> InMemoryEventStore:
    store = InMemoryEventStore()
    for log in logs:
        for fact in log.events:
            store.append(fact)
    return store


def named(log: Log, incident_id: str) -> Log:
    """Return a log of the same story under another id."""
    other = Log(incident_id)
    for fact in log.events:
        more = fact.model_dump(
            exclude={"incident_id", "version", "event_id", "occurred_at", "previous", "type"}
        )
        other.add(type(fact), **more)
    return other


FOUR = [named(log, incident_id) for log, incident_id in zip(LOGS, IDS, strict=True)]
ALL = [data for log in FOUR for data in published(log.events)]


@settings(deadline=None)
@given(
    order=st.lists(st.sampled_from(ALL), max_size=40),
    poison=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(POISON)), max_size=4),
    batch_size=st.integers(1, 12),
)
def test_projection_needs_any_one_record_among_repeats_disorder_and_poison(
    order: list[bytes], poison: list[tuple[int, bytes]], batch_size: int
) -> None:
    shelf = Shelf(stored(*FOUR))
    datas = list(order)
    for at, bad in poison:
        datas.insert(at, bad)

    shelf.deliver(datas, batch_size=batch_size)

    for log in FOUR:
        delivered = any(data in order for data in published(log.events))
        assert shelf.model.get(log.incident_id) == (fold(log) if delivered else None)


def test_projection_discards_a_poison_record_alone() -> None:
    shelf = Shelf(stored(*FOUR))
    datas = [published(log.events)[0] for log in FOUR]

    mapping = shelf.deliver([*datas[:2], b"poison", *datas[2:]], batch_size=10)

    assert "00000002" in mapping.discarded
    assert all(shelf.model.get(log.incident_id) == fold(log) for log in FOUR)


def test_projection_of_poison_alone_returns() -> None:
    answer = Shelf().invoke({"Records": kinesis([b"poison", b"more"])})

    assert answer == {
        "batchItemFailures": [{"itemIdentifier": "00000000"}, {"itemIdentifier": "00000001"}]
    }


def test_projection_loses_only_the_record_that_crashes_it() -> None:
    shelf = Shelf(stored(*FOUR), killers={published(FOUR[1].events)[0]})
    datas = [published(log.events)[0] for log in FOUR]

    class DiedError(Exception):
        pass

    def invoke(event: dict[str, Any]) -> Any:
        try:
            return shelf.invoke(event)
        except KeyboardInterrupt as error:
            raise DiedError from error

    mapping = StreamMapping(invoke, batch_size=10)
    mapping.deliver(kinesis(datas))

    assert mapping.discarded == ["00000001"]
    assert [shelf.model.get(log.incident_id) is not None for log in FOUR] == [
        True,
        False,
        True,
        True,
    ]


def test_projection_retries_an_unavailable_store() -> None:
    log = resolved()
    shelf = Shelf(StaleReads(stored(log), behind=1, reads=1))

    mapping = shelf.deliver(published(log.events)[-1:])

    assert mapping.discarded == []
    assert shelf.model.get(log.incident_id) == fold(log)


def test_projection_follows_the_log_event_by_event() -> None:
    log = resolved()
    store, model = InMemoryEventStore(), InMemoryReadModel()
    for fact, data in zip(log.events, published(log.events), strict=True):
        store.append(fact)

        assert project(data, store, model)
        assert not project(data, store, model)

        row = model.get(log.incident_id)
        assert row is not None
        assert row.version == fact.version


def test_projection_ignores_an_old_record() -> None:
    log = resolved()
    store, model = stored(log), InMemoryReadModel()
    project(published(log.events)[-1], store, model)

    assert not project(published(log.events)[0], store, model)


def test_projection_retries_a_log_that_is_behind_the_record() -> None:
    log = resolved()
    store = StaleReads(stored(log), behind=2)

    with pytest.raises(StoreUnavailableError, match="version 7 is missing, the log ends at 5"):
        project(published(log.events)[-1], store, InMemoryReadModel())


def test_projection_refuses_an_inconsistent_log() -> None:
    log = resolved()
    store = InMemoryEventStore()
    for fact in log.events:
        changed = {"reason": "forged"} if fact.type == "DecisionMade" else {}
        store.append(fact.model_copy(update=changed))

    with pytest.raises(InvalidHistoryError):
        project(published(log.events)[-1], store, InMemoryReadModel())


@pytest.mark.parametrize("poison", POISON)
def test_projection_refuses_a_record_of_another_shape(poison: bytes) -> None:
    with pytest.raises(InvalidInputError):
        project(poison, InMemoryEventStore(), InMemoryReadModel())
