"""Logs as earlier code wrote them: still read, still whole, and byte for byte the same.

The files of `logs` are never edited: events with the digests of the code that wrote them. A new
kind of event joins them in a file of its own.
"""

from pathlib import Path
from typing import Final

import pytest

from quorum.domain.events import INCIDENT_EVENT, IncidentEvent
from quorum.domain.incident import replay
from tests.builders.histories import kinds

LOGS: Final = Path(__file__).parent / "logs"
HEADS: Final = {
    "first": "2d96cbc2182a12bb321ca6bce693db5d389e1c87299c68da375a645dce890388",
    "second": "f114f54abe4908e1c268de43d95d35def9934e7e72af2b44757a4c003c735944",
    "third": "3793d5462c84480afd92a8b498eea7ef97ef53ceb349f6b83f4ef2a3e41f1aee",
}
"""The digest of each log's last event, as the code that wrote it said: before votes and approvals
were signed, after, and with an incident that a person had removed from the memory."""


def lines(log: str) -> list[str]:
    return (LOGS / f"{log}.jsonl").read_text().splitlines()


def events(log: str) -> list[IncidentEvent]:
    return [INCIDENT_EVENT.validate_json(line) for line in lines(log)]


@pytest.mark.parametrize(("log", "head"), HEADS.items())
def test_an_old_log_still_replays_to_the_head_that_it_had(log: str, head: str) -> None:
    assert replay(events(log)).head == head


@pytest.mark.parametrize("log", HEADS)
def test_a_later_field_is_not_in_an_old_event(log: str) -> None:
    assert [INCIDENT_EVENT.dump_json(event).decode() for event in events(log)] == lines(log)


def test_every_event_type_keeps_its_first_form() -> None:
    assert {event.type for log in HEADS for event in events(log)} == kinds()
    assert {file.stem for file in LOGS.iterdir()} == set(HEADS)


def test_the_first_log_folds_to_its_recorded_outcome() -> None:
    incident = replay(events("first"))

    assert (incident.status, len(incident.recovered)) == ("closed", 1)
    assert incident.decision is not None
    assert (incident.decision.certificate, incident.decision.disagreement) == ((), None)
    assert incident.approval is not None
    assert incident.approval.people == 1
    assert incident.answer is not None
    assert (incident.answer.via, incident.answer.grants) == ("", ())
    assert (incident.taken_over, incident.undo_requested) == (None, None)
