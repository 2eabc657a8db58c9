"""Appending an event in a test, however many of its kind there are."""

from collections.abc import Sequence
from typing import TypeVar

from quorum.application.recorder import Header, Recorder
from quorum.domain.events import BaseEvent, IncidentEvent

F = TypeVar("F", bound=BaseEvent)


def add(recorder: Recorder, incident_id: str, kind: type[F], **fields: object) -> F:
    """Append an event of this kind and return it."""

    def build(header: Header, _: Sequence[IncidentEvent]) -> F:
        return kind.model_validate({**header, **fields})

    event = recorder.record(incident_id, build).event
    assert event is not None
    return event
