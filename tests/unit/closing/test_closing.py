"""An incident closes once, with an outcome that its log bears out, and gives everything back."""

from collections.abc import Callable

import pytest

from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import IncidentClosed
from quorum.domain.incident_records import TakenOver, Verdict
from tests.builders.closing import FIRST, SECOND, Ending
from tests.builders.events import INCIDENT, add
from tests.fakes import InMemoryOpeningStore
from tests.fakes.event_store import InMemoryEventStore

VERIFIED = "not verified as recovered"
Scenario = Callable[[Ending], Ending]


def resolved(ending: Ending) -> Ending:
    return ending.decided().taken().checked("recovered")


def dismissed(ending: Ending) -> Ending:
    return ending.decided("dismiss").checked("recovered", "dismissal")


def undone(ending: Ending) -> Ending:
    return ending.decided().taken().checked("failed").undone()


def unverified(ending: Ending) -> Ending:
    return ending.decided().taken().checked("unverified")


@pytest.mark.parametrize(
    ("scenario", "outcome", "level"),
    [
        (resolved, "resolved", None),
        (dismissed, "dismissed", None),
        (undone, "undone", "senior_sre"),
        (unverified, "unverified", "senior_sre"),
        (resolved, "escalated", "senior_sre"),
        (lambda ending: ending, "escalated", "senior_sre"),
    ],
)
def test_close_keeps_an_outcome_that_the_records_confirm(
    scenario: Scenario, outcome: str, level: str | None
) -> None:
    ending = scenario(Ending())

    assert ending.end(outcome) == {"outcome": outcome}
    (event,) = ending.closed_events()
    assert (event.outcome, event.reason, event.level) == (outcome, "done", level)


@pytest.mark.parametrize(
    ("scenario", "outcome", "why"),
    [
        (lambda e: e, "resolved", "no completed action"),
        (lambda e: e.decided(), "resolved", "no completed action"),
        (lambda e: e.decided().taken(), "resolved", "was not verified as recovered"),
        (unverified, "resolved", "was not verified as recovered"),
        (lambda e: resolved(e).undone(), "resolved", "undone"),
        (resolved, "dismissed", "an action was taken"),
        (lambda e: e.decided("dismiss"), "dismissed", "was not verified as recovered"),
        (
            lambda e: e.decided("dismiss").checked("failed", "dismissal"),
            "dismissed",
            "not verified",
        ),
        (lambda e: e.decided("dismiss").checked("recovered"), "dismissed", "not verified"),
        (
            lambda e: e.decided().checked("recovered", "dismissal"),
            "dismissed",
            "no decision to dismiss",
        ),
        (resolved, "undone", "no completed undo"),
        (lambda e: e.decided().checked("unverified"), "unverified", "no completed action"),
        (resolved, "unverified", "was not verified as unverified"),
    ],
)
def test_close_escalates_an_outcome_that_the_records_contradict(
    scenario: Scenario, outcome: str, why: str
) -> None:
    ending = scenario(Ending())

    assert ending.end(outcome) == {"outcome": "escalated"}
    (event,) = ending.closed_events()
    assert event.reason.startswith(f"no proof of {outcome}: ")
    assert why in event.reason
    assert event.level == "senior_sre"


def test_close_releases_the_open_keys_of_all_alarms_and_stores_their_end() -> None:
    ending = Ending()
    ending.clock.advance(60)

    ending.end("escalated")

    assert ending.operations.held() == {}
    for alarm in (FIRST, SECOND):
        newest = ending.closings.of_alarm(alarm.arn)
        assert newest is not None
        assert (newest.incident_id, newest.ended_at) == (INCIDENT, ending.clock.now.timestamp())


def test_close_keeps_open_keys_that_another_incident_holds() -> None:
    ending = Ending()
    ending.operations.release(INCIDENT, ["lambda:payment"])
    ending.operations.hold("lambda:payment", "b" * 32, ending.clock.now.replace(hour=23))

    ending.end("escalated")

    assert ending.operations.held().keys() == {"lambda:payment"}


def test_close_repeated_keeps_the_first_outcome() -> None:
    ending = resolved(Ending())
    ending.end("resolved")
    ending.clock.advance(60)

    assert ending.end("escalated", "pipeline") == {"outcome": "resolved"}
    assert [event.outcome for event in ending.closed_events()] == ["resolved"]
    newest = ending.closings.of_alarm(FIRST.arn)
    assert newest is not None
    assert newest.ended_at == ending.closed_events()[0].occurred_at.timestamp()


def test_close_does_not_resolve_by_the_log_alone() -> None:
    ending = Ending()
    forged = resolved(Ending()).recorder.store.load(INCIDENT)
    for event in forged[2:]:
        ending.recorder.store.append(event)

    assert ending.end("resolved") == {"outcome": "escalated"}


def test_close_ignores_a_closing_event_without_a_stored_end() -> None:
    ending = resolved(Ending())
    add(ending.recorder, INCIDENT, IncidentClosed, outcome="dismissed", reason="forged")

    assert ending.end("resolved") == {"outcome": "resolved"}
    assert [event.outcome for event in ending.closed_events()] == ["dismissed", "resolved"]


def test_close_keeps_the_outcome_of_an_earlier_version() -> None:
    ending = Ending()
    ending.openings = InMemoryOpeningStore()
    add(ending.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="recovered")

    assert ending.end("escalated") == {"outcome": "resolved"}
    assert ending.operations.held() == {}


def test_close_names_the_person_who_has_taken_over() -> None:
    ending = Ending()
    at = ending.clock.now.timestamp()
    taken = TakenOver(incident_id=INCIDENT, by="ann", via="cli", reason="mine", at=at)
    ending.approvals.take_over(taken)

    ending.end("escalated", "denied")

    assert ending.closed_events()[0].reason == "ann has taken over the incident"


def test_close_retried_after_a_crash_releases_the_open_keys() -> None:
    ending = Ending()
    ending.operations.error = StoreUnavailableError("gone")
    with pytest.raises(StoreUnavailableError):
        ending.end("escalated")
    assert len(ending.closed_events()) == 1
    ending.operations.error = None

    ending.end("escalated")

    assert ending.operations.held() == {}
    assert len(ending.closed_events()) == 1


def test_close_refuses_an_unknown_incident() -> None:
    ending = Ending()
    ending.recorder.store = empty = InMemoryEventStore()
    ending.openings = InMemoryOpeningStore()

    with pytest.raises(InvalidHistoryError):
        ending.end("escalated")
    assert empty.load(INCIDENT) == []


@pytest.mark.parametrize("wrong", ["won", ""])
def test_close_names_an_invalid_field(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="outcome"):
        Ending().end(wrong)
    with pytest.raises(InvalidInputError, match="reason"):
        Ending().end("escalated", "")


def test_close_escalates_and_releases_an_incident_with_a_rewritten_log() -> None:
    ending = resolved(Ending())
    ending.store._rows[INCIDENT].pop(2)

    assert ending.end("resolved") == {"outcome": "escalated"}
    assert ending.operations.held() == {}
    assert ending.closings.find(INCIDENT) is not None


@pytest.mark.parametrize("outcome", ["escalated", "dismissed", "undone"])
def test_an_incident_whose_actions_were_all_undone_ends_as_undone(outcome: str) -> None:
    incident = Ending().decided().taken().undone()

    assert incident.end(outcome, "expired") == {"outcome": "undone"}
    assert incident.closed_events()[0].reason == "expired"


def test_an_incident_with_an_action_in_force_does_not_end_as_undone() -> None:
    incident = Ending().decided().taken()
    incident.put_execution("act", number=2, round=2)
    incident.put_execution("undo", number=2, round=2)

    assert incident.end("escalated") == {"outcome": "escalated"}
    assert Ending().decided().taken().end("undone") == {"outcome": "escalated"}


def test_the_last_action_resolves_an_incident_by_its_own_verdict() -> None:
    def closed(second: Verdict) -> object:
        incident = Ending().decided().taken().undone().checked("failed")
        incident.put_execution("act", number=2, round=2)
        incident.write_verdict(second, number=2)
        return incident.end("resolved")

    assert closed("recovered") == {"outcome": "resolved"}
    assert closed("partial") == {"outcome": "escalated"}
