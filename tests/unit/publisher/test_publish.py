"""Rows that were added are published; rows that were touched are reported, and never published."""

from decimal import Decimal
from typing import Any

import pytest

from functions.publisher.publish import publish, report_tampering
from quorum.domain.errors import (
    InvalidHistoryError,
    StoreUnavailableError,
)
from quorum.domain.notices import PendingMessage
from quorum.domain.notification_routes import Routes
from quorum.messaging import Outbox
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved
from tests.builders.streams import published, row
from tests.fakes.channels import InMemoryDeadLetters, InMemoryOutboxQueue, InMemoryPublisher
from tests.unit.narrative.test_safe_text import HOSTILE


class Post:
    """An outbox in memory."""

    def __init__(self) -> None:
        self.queue, self.letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.outbox = Outbox(Routes(channels=("email",)), self.queue, self.letters)


def test_publish_sends_the_event_unchanged_under_its_incidents_key() -> None:
    log, stream = resolved(), InMemoryPublisher()

    for event in log.events:
        publish(row(event), stream)

    assert {record.key for record in stream.records} == {INCIDENT}
    assert [record.data for record in stream.records] == published(log.events)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "{"},
        {"event": "{}"},
        {"event": '{"type": "IncidentPainted"}'},
        {"incident_id": "f" * 32},
        {"version": 9},
    ],
)
def test_publish_refuses_a_row_without_an_event_of_its_place(change: dict[str, Any]) -> None:
    stream = InMemoryPublisher()

    with pytest.raises(InvalidHistoryError):
        publish(row(Log().open().events[0], **change), stream)

    assert stream.records == []


def test_publish_refuses_an_empty_row() -> None:
    with pytest.raises(InvalidHistoryError):
        publish({}, InMemoryPublisher())


def test_publish_fails_for_a_record_that_the_stream_does_not_take() -> None:
    stream = InMemoryPublisher()
    stream.refuse = {0}

    with pytest.raises(StoreUnavailableError, match="did not take it"):
        publish(row(Log().open().events[0]), stream)


@pytest.mark.parametrize("version", [3, Decimal(3)])
def test_report_tampering_queues_a_message_with_the_place(version: object) -> None:
    post = Post()

    report_tampering({"incident_id": INCIDENT, "version": version}, post.outbox)

    [message] = post.queue.notices
    assert message == PendingMessage(
        incident_id=INCIDENT, kind="escalated", about="tampered", version=3
    )


def test_report_tampering_keeps_a_message_that_cannot_be_queued() -> None:
    post = Post()
    post.queue.error = StoreUnavailableError("down")

    report_tampering({"incident_id": INCIDENT, "version": 3}, post.outbox)

    assert len(post.letters.kept) == 1


def test_report_tampering_raises_for_a_lost_message() -> None:
    post = Post()
    post.queue.error = StoreUnavailableError("down")
    post.letters.error = StoreUnavailableError("no queue")

    with pytest.raises(StoreUnavailableError):
        report_tampering({"incident_id": INCIDENT, "version": 3}, post.outbox)


@pytest.mark.parametrize("hostile", [*HOSTILE, None, 1, ["x"]])
def test_report_tampering_of_a_malformed_key_is_of_no_incident(hostile: object) -> None:
    post = Post()

    report_tampering({"incident_id": hostile, "version": hostile}, post.outbox)

    [message] = post.queue.notices
    assert (message.incident_id, message.about) == ("0" * 32, "tampered")
