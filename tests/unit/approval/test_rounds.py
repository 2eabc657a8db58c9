"""Approval requests of several rounds: the newest decides, an answer before the next one counts."""

import pytest

from quorum.domain.errors import RefusedError
from tests.builders.approvals import OTHER, ApprovalCase
from tests.builders.events import INCIDENT


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_a_request_is_answered_until_the_next_round_is_decided(answer: str) -> None:
    case = ApprovalCase()
    former = case.open()
    case.decided(OTHER.id, 2)

    with pytest.raises(RefusedError, match="a newer decision replaces"):
        case.answer(former, answer)
    assert case.answer(case.open(2), answer) == {"answer": answer}


def test_a_grant_is_about_the_newest_decision_whatever_its_round() -> None:
    case = ApprovalCase()
    former = case.open()
    case.decided(OTHER.id, 3)

    with pytest.raises(RefusedError, match="a newer decision replaces"):
        case.answer(former)


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_an_answer_before_the_next_decision_is_the_answer_of_that_round_too(answer: str) -> None:
    case = ApprovalCase()
    former = case.open()
    case.answer(former, answer)
    case.decided(OTHER.id, 2)

    assert case.call("open", incident_id=INCIDENT, round=2) == {"approval_id": former, "round": 1}
    case.wait(former)
    assert case.tokens.outputs == {"token": {"answer": answer}}


def test_a_grant_that_was_acted_on_does_not_answer_the_next_request() -> None:
    case = ApprovalCase()
    former = case.open()
    case.answer(former)
    case.put_execution("act", state="done", approval_id=former)
    case.decided(OTHER.id, 2)

    assert case.call("open", incident_id=INCIDENT, round=2)["approval_id"] not in {None, former}


def test_an_expired_request_does_not_answer_the_next_one() -> None:
    case = ApprovalCase()
    former = case.open()
    case.clock.advance(3600)
    case.call("expire", incident_id=INCIDENT, approval_id=former)
    case.decided(OTHER.id, 2)

    assert case.call("open", incident_id=INCIDENT, round=2)["approval_id"] not in {None, former}


def test_the_undo_of_a_person_is_that_of_the_newest_action_in_force() -> None:
    case = ApprovalCase()
    case.put_execution("act", state="done")
    case.put_execution("act", state="done", number=2, round=2, action=OTHER.id)
    case.put_execution("undo", state="done", number=2, round=2, action=OTHER.id)

    assert case.records().completed_action(INCIDENT) == case.ledger.actions(INCIDENT)[0].act.action
