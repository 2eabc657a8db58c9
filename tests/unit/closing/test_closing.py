"""An incident closes once, with an outcome that its log bears out, and gives everything back."""

from collections.abc import Callable

import pytest

from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import IncidentClosed
from quorum.domain.incident_records import TakenOver
from tests.fakes import InMemoryOpeningStore
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.recording import add
from tests.unit.closing.endings import FIRST, INCIDENT, SECOND, Ending

VERIFIED = "not verified as recovered"
Told = Callable[[Ending], Ending]


def resolved(ending: Ending) -> Ending:
    return ending.decided().taken().checked("recovered")


def dismissed(ending: Ending) -> Ending:
    return ending.decided("dismiss").checked("recovered", "dismissal")


def undone(ending: Ending) -> Ending:
    return ending.decided().taken().checked("failed").undone()


def unverified(ending: Ending) -> Ending:
    return ending.decided().taken().checked("unverified")


@pytest.mark.parametrize(
    ("told", "outcome", "level"),
    [
        (resolved, "resolved", None),
        (dismissed, "dismissed", None),
        (undone, "undone", "senior_sre"),
        (unverified, "unverified", "senior_sre"),
        (resolved, "escalated", "senior_sre"),
        (lambda ending: ending, "escalated", "senior_sre"),
    ],
)
def test_an_outcome_that_the_log_bears_out_stands(
    told: Told, outcome: str, level: str | None
) -> None:
    ending = told(Ending())

    assert ending.end(outcome) == {"outcome": outcome}
    (fact,) = ending.told()
    assert (fact.outcome, fact.reason, fact.level) == (outcome, "done", level)


@pytest.mark.parametrize(
    ("told", "outcome", "why"),
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
def test_an_outcome_that_the_log_contradicts_goes_to_a_person(
    told: Told, outcome: str, why: str
) -> None:
    ending = told(Ending())

    assert ending.end(outcome) == {"outcome": "escalated"}
    (fact,) = ending.told()
    assert fact.reason.startswith(f"no proof of {outcome}: ")
    assert why in fact.reason
    assert fact.level == "senior_sre"


def test_the_keys_of_all_alarms_are_released_and_their_closing_is_remembered() -> None:
    ending = Ending()
    ending.clock.advance(60)

    ending.end("escalated")

    assert ending.operations.held() == {}
    for alarm in (FIRST, SECOND):
        newest = ending.closings.of_alarm(alarm.arn)
        assert newest is not None
        assert (newest.incident_id, newest.ended_at) == (INCIDENT, ending.clock.now.timestamp())


def test_keys_that_another_incident_holds_stay_with_it() -> None:
    ending = Ending()
    ending.operations.release(INCIDENT, ["lambda:payment"])
    ending.operations.hold("lambda:payment", "b" * 32, ending.clock.now.replace(hour=23))

    ending.end("escalated")

    assert ending.operations.held().keys() == {"lambda:payment"}


def test_closing_again_changes_nothing_and_keeps_the_first_outcome() -> None:
    ending = resolved(Ending())
    ending.end("resolved")
    ending.clock.advance(60)

    assert ending.end("escalated", "pipeline") == {"outcome": "resolved"}
    assert [fact.outcome for fact in ending.told()] == ["resolved"]
    newest = ending.closings.of_alarm(FIRST.arn)
    assert newest is not None
    assert newest.ended_at == ending.told()[0].occurred_at.timestamp()


def test_a_log_that_says_all_is_well_ends_nothing_well() -> None:
    ending = Ending()
    forged = resolved(Ending()).recorder.store.load(INCIDENT)
    for fact in forged[2:]:
        ending.recorder.store.append(fact)

    assert ending.end("resolved") == {"outcome": "escalated"}


def test_a_log_that_says_it_is_closed_closes_nothing() -> None:
    ending = resolved(Ending())
    add(ending.recorder, INCIDENT, IncidentClosed, outcome="dismissed", reason="forged")

    assert ending.end("resolved") == {"outcome": "resolved"}
    assert [fact.outcome for fact in ending.told()] == ["dismissed", "resolved"]


def test_an_incident_that_an_earlier_version_closed_keeps_its_outcome() -> None:
    ending = Ending()
    ending.openings = InMemoryOpeningStore()
    add(ending.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="recovered")

    assert ending.end("escalated") == {"outcome": "resolved"}
    assert ending.operations.held() == {}


def test_whoever_has_taken_it_over_is_named() -> None:
    ending = Ending()
    at = ending.clock.now.timestamp()
    taken = TakenOver(incident_id=INCIDENT, by="ann", via="cli", reason="mine", at=at)
    ending.approvals.take_over(taken)

    ending.end("escalated", "denied")

    assert ending.told()[0].reason == "ann has taken over the incident"


def test_an_environment_that_died_after_the_fact_releases_when_it_is_called_again() -> None:
    ending = Ending()
    ending.operations.error = StoreUnavailableError("gone")
    with pytest.raises(StoreUnavailableError):
        ending.end("escalated")
    assert len(ending.told()) == 1
    ending.operations.error = None

    ending.end("escalated")

    assert ending.operations.held() == {}
    assert len(ending.told()) == 1


def test_an_incident_that_does_not_exist_cannot_be_closed() -> None:
    ending = Ending()
    ending.recorder.store = empty = InMemoryEventStore()
    ending.openings = InMemoryOpeningStore()

    with pytest.raises(InvalidHistoryError):
        ending.end("escalated")
    assert empty.load(INCIDENT) == []


@pytest.mark.parametrize("wrong", ["won", ""])
def test_a_request_that_does_not_fit_names_the_field(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="outcome"):
        Ending().end(wrong)
    with pytest.raises(InvalidInputError, match="reason"):
        Ending().end("escalated", "")


def test_an_incident_whose_log_was_rewritten_is_ended_for_a_person_and_gives_everything_back() -> (
    None
):
    ending = resolved(Ending())
    ending.store._rows[INCIDENT].pop(2)

    assert ending.end("resolved") == {"outcome": "escalated"}
    assert ending.operations.held() == {}
    assert ending.closings.find(INCIDENT) is not None
