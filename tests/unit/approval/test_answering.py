"""The first answer in time counts, once, and the state machine hears of it whoever comes first."""

import pytest

from quorum.domain.errors import InvalidInputError, RefusedError, StoreUnavailableError
from quorum.domain.grants import Grant
from quorum.domain.signed import Sealed, unseal
from tests.unit.approval.questions import ACTION, OTHER, RISKY, ROLLBACK, Desk


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_an_answer_lets_the_waiting_state_machine_go_on(desk: Desk, answer: str) -> None:
    asked = desk.open()
    assert desk.wait(asked) == {"state": "waiting"}

    assert desk.answer(asked, answer) == {"answer": answer}

    assert desk.tokens.outputs == {"token": {"answer": answer}}
    (fact,) = desk.answers()
    assert (fact.approval_id, fact.answer) == (asked, answer)
    assert fact.by is not None
    assert fact.by.outsider == "ann"


def test_an_answer_that_comes_before_the_wait_is_sent_by_the_wait(desk: Desk) -> None:
    asked = desk.open()
    desk.answer(asked)
    assert desk.tokens.outputs == {}

    assert desk.wait(asked) == {"state": "granted"}
    assert desk.tokens.outputs == {"token": {"answer": "granted"}}


def test_a_wait_that_is_tried_again_brings_a_new_token_and_takes_the_first_from_nobody(
    desk: Desk,
) -> None:
    asked = desk.open()
    for token in ("first", "second", "second"):
        desk.wait(asked, token)

    desk.answer(asked)

    assert desk.tokens.outputs == {
        "first": {"answer": "granted"},
        "second": {"answer": "granted"},
    }


def test_a_wait_of_before_there_were_several_is_answered_too(desk: Desk) -> None:
    asked = desk.open()
    old = desk.book._questions[asked].model_copy(update={"task_token": "old"})
    desk.book._questions[asked] = old

    desk.answer(asked)

    assert desk.tokens.outputs == {"old": {"answer": "granted"}}


@pytest.mark.parametrize(
    ("answer", "by"), [("denied", "ann"), ("granted", "bob"), ("denied", "bob")]
)
def test_a_second_answer_is_refused_and_changes_nothing(desk: Desk, answer: str, by: str) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.answer(asked)

    with pytest.raises(RefusedError, match="already granted"):
        desk.answer(asked, answer, by)

    assert len(desk.answers()) == 1
    assert desk.tokens.outputs == {"token": {"answer": "granted"}}


def test_what_one_person_denied_another_does_not_deny_again(desk: Desk) -> None:
    asked = desk.open()
    desk.answer(asked, "denied")

    with pytest.raises(RefusedError, match="already denied"):
        desk.answer(asked, "denied", "bob")
    assert desk.answer(asked, "denied") == {"answer": "denied"}


def test_the_same_answer_sent_again_finishes_what_the_first_one_began(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.tokens.error = StoreUnavailableError("Step Functions is away")
    with pytest.raises(StoreUnavailableError):
        desk.answer(asked)
    desk.tokens.error = None

    assert desk.answer(asked) == {"answer": "granted"}
    assert desk.tokens.outputs == {"token": {"answer": "granted"}}
    assert len(desk.answers()) == 1


def test_an_answer_whose_environment_died_before_the_fact_is_recorded_by_the_wait(
    desk: Desk,
) -> None:
    asked = desk.open()
    desk.book.answer(asked, "granted", "ann")

    desk.wait(asked)

    assert [fact.answer for fact in desk.answers()] == ["granted"]


def test_a_closed_incident_takes_no_answer(desk: Desk) -> None:
    asked = desk.open()
    desk.close()

    with pytest.raises(RefusedError, match="closed"):
        desk.answer(asked)


def test_a_grant_is_signed_for_this_decision_action_and_state(desk: Desk) -> None:
    asked = desk.open()
    desk.answer(asked, reason="seen it before")

    (fact,) = desk.answers()
    (text,) = fact.grants
    sealed = unseal(text, Grant)
    decision = desk.incident().decision
    assert isinstance(sealed, Sealed)
    assert decision is not None
    assert sealed.says.binds(decision, ROLLBACK)
    assert not sealed.says.binds(decision, OTHER)
    assert not sealed.says.binds(decision, ROLLBACK.model_copy(update={"observed": {}}))
    assert (sealed.says.person, fact.via, fact.action) == ("ann", "console", ACTION)
    assert fact.reason is not None
    assert desk.signer.signed == 1


def test_a_person_may_grant_another_candidate_but_nothing_else(desk: Desk) -> None:
    asked = desk.open()
    with pytest.raises(InvalidInputError, match="candidates"):
        desk.answer(asked, action="lambda.rollback_alias:ffffffffffff")

    assert desk.answer(asked, action=OTHER.id) == {"answer": "granted"}
    assert desk.answers()[0].action == OTHER.id


def test_what_is_risky_needs_two_different_people() -> None:
    desk = Desk(RISKY.id)
    asked = desk.open()
    desk.wait(asked)
    assert desk.questions()[0].people == 2

    for _ in range(3):
        assert desk.answer(asked) == {"answer": "waiting", "missing": 1}
    by_slack = desk.pressed(asked)
    assert desk.answer(asked, proof=by_slack) == {"answer": "waiting", "missing": 1}
    assert desk.tokens.outputs == {}
    assert [fact.missing for fact in desk.given()] == [1]

    assert desk.answer(asked, by="bob") == {"answer": "granted"}
    assert desk.tokens.outputs == {"token": {"answer": "granted"}}
    assert len(desk.answers()[0].grants) == 2
    assert desk.signer.signed == 2
