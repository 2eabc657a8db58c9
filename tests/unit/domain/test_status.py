"""An incident's status follows its events, and closed is final."""

from typing import Final

from hypothesis import given

from quorum.domain.events import IncidentClosed, IncidentEvent, RecoveryChecked
from quorum.domain.incident import Status, replay
from tests.builders.event_contents import DRAWN, FIXED, OPENED
from tests.builders.histories import chain, histories, kinds

MOVES: Final[dict[str, Status]] = {
    "IncidentOpened": "open",
    "EvidenceFrozen": "investigating",
    "DecisionMade": "deciding",
    "ApprovalRequested": "deciding",
    "InverseCaptured": "acting",
    "ActionTaken": "verifying",
    "IncidentClosed": "closed",
}
"""Written a second time on purpose, as a table instead of a fold."""


def expected(history: list[IncidentEvent]) -> Status:
    status: Status = "open"
    for event in history:
        if status == "closed":
            break
        if isinstance(event, RecoveryChecked) and event.verdict == "failed":
            status = "undoing"
        status = MOVES.get(event.type, status)
    return status


@given(histories())
def test_every_prefix_of_a_history_has_the_status_of_its_events(
    history: list[IncidentEvent],
) -> None:
    for length in range(1, len(history) + 1):
        assert replay(history[:length]).status == expected(history[:length])


@given(histories())
def test_closed_status_is_final(history: list[IncidentEvent]) -> None:
    closed = [n for n, event in enumerate(history, 1) if isinstance(event, IncidentClosed)]

    incident = replay(history)

    assert incident.is_closed == bool(closed)
    assert (incident.status == "closed") == bool(closed)


@given(histories())
def test_newest_event_of_each_type_counts(
    history: list[IncidentEvent],
) -> None:
    incident = replay(history)

    for kind, kept in (
        ("DecisionMade", incident.decision),
        ("RecoveryChecked", incident.checked),
        ("ActionTaken", incident.taken),
        ("EvidenceFrozen", incident.evidence),
        ("WatchdogBarked", incident.alerted),
    ):
        found = [event for event in history if event.type == kind]
        assert kept == (found[-1] if found else None)


@given(histories())
def test_every_alarm_is_kept(history: list[IncidentEvent]) -> None:
    incident = replay(history)

    assert list(incident.joined) == [f for f in history if f.type == "AlarmJoined"]
    assert list(incident.recovered) == [f for f in history if f.type == "AlarmRecovered"]


def test_new_approval_request_awaits_its_own_answer() -> None:
    asked = {"type": "ApprovalRequested", **FIXED["ApprovalRequested"]}
    answered = {"type": "ApprovalAnswered", "approval_id": "q", "answer": "denied"}

    assert replay(chain([OPENED, asked, answered])).answer is not None
    assert replay(chain([OPENED, asked, answered, asked])).answer is None


def test_histories_contain_every_event_type() -> None:
    assert {*FIXED, *DRAWN, "IncidentOpened"} == kinds()
