"""The first answer in time counts, once, and resumes the execution in either order."""

import pytest

from quorum.domain.errors import InvalidInputError, RefusedError, StoreUnavailableError
from quorum.domain.grants import Grant
from quorum.domain.signed import SignedStatement, read_signed
from tests.builders.approvals import ACTION, OTHER, RISKY, ApprovalCase
from tests.builders.candidates import ROLLBACK


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_answer_resumes_the_waiting_state_machine(case: ApprovalCase, answer: str) -> None:
    asked = case.open()
    assert case.wait(asked) == {"state": "waiting"}

    assert case.answer(asked, answer) == {"answer": answer}

    assert case.tokens.outputs == {"token": {"answer": answer}}
    (event,) = case.answers()
    assert (event.approval_id, event.answer) == (asked, answer)
    assert event.by is not None
    assert event.by.outsider == "ann"


def test_answer_before_the_wait_is_sent_when_the_wait_begins(case: ApprovalCase) -> None:
    asked = case.open()
    case.answer(asked)
    assert case.tokens.outputs == {}

    assert case.wait(asked) == {"state": "granted"}
    assert case.tokens.outputs == {"token": {"answer": "granted"}}


def test_retried_wait_adds_a_token_and_keeps_the_first(
    case: ApprovalCase,
) -> None:
    asked = case.open()
    for token in ("first", "second", "second"):
        case.wait(asked, token)

    case.answer(asked)

    assert case.tokens.outputs == {
        "first": {"answer": "granted"},
        "second": {"answer": "granted"},
    }


def test_answer_reaches_a_wait_of_an_earlier_version(case: ApprovalCase) -> None:
    asked = case.open()
    old = case.approvals._questions[asked].model_copy(update={"task_token": "old"})
    case.approvals._questions[asked] = old

    case.answer(asked)

    assert case.tokens.outputs == {"old": {"answer": "granted"}}


@pytest.mark.parametrize(
    ("answer", "by"), [("denied", "ann"), ("granted", "bob"), ("denied", "bob")]
)
def test_second_answer_is_refused_and_changes_nothing(
    case: ApprovalCase, answer: str, by: str
) -> None:
    asked = case.open()
    case.wait(asked)
    case.answer(asked)

    with pytest.raises(RefusedError, match="already granted"):
        case.answer(asked, answer, by)

    assert len(case.answers()) == 1
    assert case.tokens.outputs == {"token": {"answer": "granted"}}


def test_second_denial_by_another_person_is_refused(case: ApprovalCase) -> None:
    asked = case.open()
    case.answer(asked, "denied")

    with pytest.raises(RefusedError, match="already denied"):
        case.answer(asked, "denied", "bob")
    assert case.answer(asked, "denied") == {"answer": "denied"}


def test_repeated_answer_finishes_an_interrupted_one(case: ApprovalCase) -> None:
    asked = case.open()
    case.wait(asked)
    case.tokens.error = StoreUnavailableError("Step Functions is away")
    with pytest.raises(StoreUnavailableError):
        case.answer(asked)
    case.tokens.error = None

    assert case.answer(asked) == {"answer": "granted"}
    assert case.tokens.outputs == {"token": {"answer": "granted"}}
    assert len(case.answers()) == 1


def test_answer_interrupted_before_its_event_is_recorded_by_the_wait(
    case: ApprovalCase,
) -> None:
    asked = case.open()
    case.approvals.answer(asked, "granted", "ann")

    case.wait(asked)

    assert [event.answer for event in case.answers()] == ["granted"]


def test_answer_for_a_closed_incident_is_refused(case: ApprovalCase) -> None:
    asked = case.open()
    case.put_ending()

    with pytest.raises(RefusedError, match="closed"):
        case.answer(asked)


def test_grant_is_signed_for_its_decision_action_and_observed_state(case: ApprovalCase) -> None:
    asked = case.open()
    case.answer(asked, reason="seen it before")

    (event,) = case.answers()
    (text,) = event.grants
    sealed = read_signed(text, Grant)
    decision = case.incident.decision
    assert isinstance(sealed, SignedStatement)
    assert decision is not None
    assert sealed.statement.binds(decision, ROLLBACK)
    assert not sealed.statement.binds(decision, OTHER)
    assert not sealed.statement.binds(decision, ROLLBACK.model_copy(update={"observed": {}}))
    assert (sealed.statement.person, event.via, event.action) == ("ann", "console", ACTION)
    assert event.reason is not None
    assert case.signer.signed == 1


def test_grant_covers_another_candidate_but_no_other_action(case: ApprovalCase) -> None:
    asked = case.open()
    with pytest.raises(InvalidInputError, match="candidates"):
        case.answer(asked, action="lambda.rollback_alias:ffffffffffff")

    assert case.answer(asked, action=OTHER.id) == {"answer": "granted"}
    assert case.answers()[0].action == OTHER.id


def test_high_risk_action_needs_grants_of_two_people() -> None:
    case = ApprovalCase(RISKY.id)
    asked = case.open()
    case.wait(asked)
    assert case.questions()[0].people == 2

    for _ in range(3):
        assert case.answer(asked) == {"answer": "waiting", "missing": 1}
    by_slack = case.pressed(asked)
    assert case.answer(asked, proof=by_slack) == {"answer": "waiting", "missing": 1}
    assert case.tokens.outputs == {}
    assert [event.missing for event in case.given()] == [1]

    assert case.answer(asked, by="bob") == {"answer": "granted"}
    assert case.tokens.outputs == {"token": {"answer": "granted"}}
    assert len(case.answers()[0].grants) == 2
    assert case.signer.signed == 2
