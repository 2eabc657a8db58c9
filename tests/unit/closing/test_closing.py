"""An incident closes once, with an outcome that its log bears out, and gives everything back."""

from collections.abc import Callable

import pytest

from functions.shared.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from functions.shared.ending import close
from tests.fakes.event_store import InMemoryEventStore
from tests.unit.closing.endings import FIRST, INCIDENT, SECOND, Ending

Told = Callable[[Ending], Ending]


def resolved(ending: Ending) -> Ending:
    return ending.decided().taken().checked("recovered")


def dismissed(ending: Ending) -> Ending:
    return ending.decided("dismiss").checked("recovered")


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
    (fact,) = ending.closings()
    assert (fact.outcome, fact.reason, fact.level) == (outcome, "done", level)


@pytest.mark.parametrize(
    ("told", "outcome", "why"),
    [
        (lambda e: e, "resolved", "no action"),
        (lambda e: e.decided(), "resolved", "no action"),
        (lambda e: e.decided().taken(), "resolved", "not checked as recovered"),
        (unverified, "resolved", "not checked as recovered"),
        (lambda e: e.decided().checked("recovered").taken(), "resolved", "not checked"),
        (lambda e: resolved(e).undone(), "resolved", "undone"),
        (resolved, "dismissed", "an action was taken"),
        (lambda e: e.decided("dismiss"), "dismissed", "not checked as recovered"),
        (lambda e: e.decided("dismiss").checked("failed"), "dismissed", "not checked"),
        (lambda e: e.decided().checked("recovered"), "dismissed", "no decision to dismiss"),
        (lambda e: e.checked("recovered"), "dismissed", "no decision to dismiss"),
        (lambda e: e.checked("recovered").decided("dismiss"), "dismissed", "not checked"),
        (resolved, "undone", "no undo"),
        (lambda e: e.decided().checked("unverified"), "unverified", "no action"),
        (resolved, "unverified", "not checked as unverified"),
    ],
)
def test_an_outcome_that_the_log_contradicts_goes_to_a_person(
    told: Told, outcome: str, why: str
) -> None:
    ending = told(Ending())

    assert ending.end(outcome) == {"outcome": "escalated"}
    (fact,) = ending.closings()
    assert fact.reason.startswith(f"{outcome} is not in the log: ")
    assert why in fact.reason
    assert fact.level == "senior_sre"


def test_the_keys_of_all_alarms_are_released_and_their_closing_is_remembered() -> None:
    ending = Ending()
    ending.clock.advance(60)

    ending.end("escalated")

    assert ending.operations.held() == []
    for alarm in (FIRST, SECOND):
        assert ending.operations.closed_at(alarm.arn) == ending.clock.now


def test_keys_that_another_incident_holds_stay_with_it() -> None:
    ending = Ending()
    ending.operations.release(INCIDENT, ["lambda:payment"])
    ending.operations.hold("lambda:payment", "b" * 32, ending.clock.now.replace(hour=23))

    ending.end("escalated")

    assert [key.resource for key in ending.operations.held()] == ["lambda:payment"]


def test_closing_again_changes_nothing_and_keeps_the_first_outcome() -> None:
    ending = resolved(Ending())
    ending.end("resolved")
    ending.clock.advance(60)

    assert ending.end("escalated", "pipeline") == {"outcome": "resolved"}
    assert [fact.outcome for fact in ending.closings()] == ["resolved"]
    assert ending.operations.closed_at(FIRST.arn) == ending.closings()[0].occurred_at


def test_an_environment_that_died_after_the_fact_releases_when_it_is_called_again() -> None:
    ending = Ending()
    ending.operations.error = StoreUnavailableError("gone")
    with pytest.raises(StoreUnavailableError):
        ending.end("escalated")
    assert len(ending.closings()) == 1
    ending.operations.error = None

    ending.end("escalated")

    assert ending.operations.held() == []
    assert len(ending.closings()) == 1


def test_an_incident_that_does_not_exist_cannot_be_closed() -> None:
    ending = Ending()
    ending.recorder.store = empty = InMemoryEventStore()

    with pytest.raises(InvalidHistoryError):
        ending.end("escalated")
    with pytest.raises(InvalidHistoryError):
        close(ending.recorder, ending.operations, INCIDENT, "escalated", "no such incident")
    assert empty.load(INCIDENT) == []


@pytest.mark.parametrize("wrong", ["won", ""])
def test_a_request_that_does_not_fit_names_the_field(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="outcome"):
        Ending().end(wrong)
    with pytest.raises(InvalidInputError, match="reason"):
        Ending().end("escalated", "")
