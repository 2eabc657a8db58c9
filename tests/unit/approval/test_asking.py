"""A question is asked once per decision, under an id that says nothing."""

from datetime import timedelta

import pytest

from quorum.domain.approvals import approval_id
from quorum.domain.errors import InvalidInputError
from tests.fakes.clock import START
from tests.unit.approval.questions import ACTION, INCIDENT, SECONDS, Desk


def test_a_question_is_recorded_with_its_action_its_reason_and_its_end() -> None:
    desk = Desk()

    asked = desk.open()

    (fact,) = desk.questions()
    assert (fact.approval_id, fact.action, fact.level) == (asked, ACTION, "senior_sre")
    assert fact.reason == "below the threshold"
    assert fact.expires_at == START + timedelta(seconds=SECONDS)


def test_asking_again_is_the_same_question_with_the_same_end() -> None:
    desk = Desk()
    asked = desk.open()
    desk.clock.advance(60)

    assert desk.open() == asked
    (fact,) = desk.questions()
    assert fact.expires_at == START + timedelta(seconds=SECONDS)


def test_a_question_that_was_stored_and_not_recorded_is_recorded() -> None:
    desk, died = Desk(), Desk()
    desk.book = died.book
    asked = died.open()
    desk.clock.advance(60)

    assert desk.open() == asked
    assert desk.questions()[0].expires_at == START + timedelta(seconds=SECONDS)


def test_the_id_is_bound_to_the_decision_and_tells_nothing() -> None:
    desk = Desk()
    first = desk.open()
    decision = desk.incident().decision
    assert decision is not None
    assert first == approval_id(decision)
    assert INCIDENT not in first

    desk.decided(round_=2)

    assert desk.open(round_=2) != first


def test_the_reason_is_the_guard_that_only_a_person_lifts() -> None:
    desk = Desk()
    desk.refused(person_may=True)

    desk.open()

    assert desk.questions()[0].reason == "storm: five incidents"


def test_a_guard_that_nobody_lifts_is_no_reason_to_ask() -> None:
    desk = Desk()
    desk.refused(person_may=False)

    desk.open()

    assert desk.questions()[0].reason == "below the threshold"


def test_a_guard_of_an_earlier_round_is_no_reason_either() -> None:
    desk = Desk()
    desk.refused(person_may=True)
    desk.decided(round_=2)

    desk.open(round_=2)

    assert desk.questions()[0].reason == "below the threshold"


def test_without_a_ranked_action_there_is_nothing_to_ask() -> None:
    desk = Desk(action=None)

    assert desk.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None}
    assert desk.questions() == []


def test_about_a_closed_incident_nobody_is_asked() -> None:
    desk = Desk()
    desk.close()

    assert desk.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None}


def test_a_round_that_was_not_decided_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="round"):
        Desk().open(round_=2)
