"""An approval request is opened once per decision, under an opaque id."""

from datetime import timedelta

import pytest

from quorum.domain.approvals import approval_id
from quorum.domain.errors import InvalidInputError
from tests.builders.approvals import ACTION, SECONDS, ApprovalCase
from tests.builders.events import INCIDENT
from tests.fakes.clock import START


def test_approval_request_is_recorded_with_action_reason_and_expiry() -> None:
    case = ApprovalCase()

    asked = case.open()

    (event,) = case.questions()
    assert (event.approval_id, event.action, event.level) == (asked, ACTION, "senior_sre")
    assert event.reason == "below the threshold"
    assert event.expires_at == START + timedelta(seconds=SECONDS)


def test_repeated_approval_request_is_the_same_with_the_same_expiry() -> None:
    case = ApprovalCase()
    asked = case.open()
    case.clock.advance(60)

    assert case.open() == asked
    (event,) = case.questions()
    assert event.expires_at == START + timedelta(seconds=SECONDS)


def test_stored_approval_request_without_an_event_is_recorded() -> None:
    case, died = ApprovalCase(), ApprovalCase()
    case.approvals = died.approvals
    asked = died.open()
    case.clock.advance(60)

    assert case.open() == asked
    assert case.questions()[0].expires_at == START + timedelta(seconds=SECONDS)


def test_approval_id_is_bound_to_the_decision_and_reveals_nothing() -> None:
    case = ApprovalCase()
    first = case.open()
    decision = case.incident.decision
    assert decision is not None
    assert first == approval_id(decision)
    assert INCIDENT not in first

    case.decided(round_=2)

    assert case.open(round_=2) != first


def test_approval_requests_reason_is_the_guard_that_approval_lifts() -> None:
    case = ApprovalCase()
    case.refused(person_may=True)

    case.open()

    assert case.questions()[0].reason == "storm: five incidents"


def test_approval_requests_reason_is_no_guard_that_approval_cannot_lift() -> None:
    case = ApprovalCase()
    case.refused(person_may=False)

    case.open()

    assert case.questions()[0].reason == "below the threshold"


def test_approval_requests_reason_is_no_guard_of_an_earlier_round() -> None:
    case = ApprovalCase()
    case.refused(person_may=True)
    case.decided(round_=2)

    case.open(round_=2)

    assert case.questions()[0].reason == "below the threshold"


def test_decision_without_a_ranked_action_makes_no_approval_request() -> None:
    case = ApprovalCase(action=None)

    assert case.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None, "round": 1}
    assert case.questions() == []


def test_closed_incident_makes_no_approval_request() -> None:
    case = ApprovalCase()
    case.put_ending()

    assert case.call("open", incident_id=INCIDENT, round=1) == {"approval_id": None, "round": 1}


def test_approval_request_for_an_undecided_round_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="round"):
        ApprovalCase().open(round_=2)
