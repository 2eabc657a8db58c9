"""Events are closed, immutable, and the same after a trip through JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from quorum.domain.events import INCIDENT_EVENT, IncidentEvent, event_digest
from tests.builders.event_contents import OPENED
from tests.builders.histories import chain, histories


@given(histories())
def test_event_survives_json_with_its_digest(history: list[IncidentEvent]) -> None:
    for event in history:
        again = INCIDENT_EVENT.validate_json(INCIDENT_EVENT.dump_json(event))
        assert again == event
        assert event_digest(again) == event_digest(event)


def opened(**changes: Any) -> dict[str, Any]:
    (event,) = chain([OPENED])
    return {**json.loads(INCIDENT_EVENT.dump_json(event)), **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "IncidentForgotten"},
        {"unknown": 1},
        {"schema_version": 2},
        {"version": 0},
        {"incident_id": "A" * 32},
        {"previous": "short"},
        {"occurred_at": "2026-11-23T12:00:00"},
        {"event_id": ""},
        {"alarm": {}},
    ],
)
def test_invalid_event_is_refused(change: dict[str, Any]) -> None:
    INCIDENT_EVENT.validate_python(opened())

    with pytest.raises(ValidationError):
        INCIDENT_EVENT.validate_python(opened(**change))


def test_event_is_immutable() -> None:
    (event,) = chain([OPENED])

    with pytest.raises(ValidationError, match="frozen"):
        event.version = 2  # type: ignore[misc]


@given(histories(least=1))
def test_event_digest_changes_with_any_field(history: list[IncidentEvent]) -> None:
    event = history[-1]
    for change in (
        {"version": event.version + 1},
        {"event_id": "another"},
        {"previous": "f" * 64},
        {"occurred_at": event.occurred_at.replace(microsecond=1)},
    ):
        assert event_digest(event.model_copy(update=change)) != event_digest(event)
