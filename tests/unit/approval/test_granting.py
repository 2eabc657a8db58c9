"""Grants are bound to one action, and the next approver grants the same one."""

import pytest

from quorum.domain.errors import RefusedError
from quorum.domain.grants import Grant
from quorum.domain.signed import SignedStatement, read_signed
from tests.builders.approvals import OTHER, RISKY, ApprovalCase


def granted(case: ApprovalCase, wanted: str) -> list[tuple[str, str]]:
    """Return the signed grants, by person and action."""
    found = case.approvals.find(wanted)
    assert found is not None
    read = [read_signed(text, Grant) for text in found.grants]
    return [
        (one.statement.person, one.statement.action)
        for one in read
        if isinstance(one, SignedStatement)
    ]


def test_second_grant_by_the_same_person_for_another_action_is_refused(case: ApprovalCase) -> None:
    wanted = case.open()
    assert case.answer(wanted, action=RISKY.id) == {"answer": "waiting", "missing": 1}

    with pytest.raises(RefusedError, match=f"already granted, for {RISKY.id}"):
        case.answer(wanted, action=OTHER.id)

    assert granted(case, wanted) == [("ann", RISKY.id)]


def test_repeated_grant_adds_nothing(case: ApprovalCase) -> None:
    wanted = case.open()
    for _ in range(2):
        assert case.answer(wanted, action=RISKY.id) == {"answer": "waiting", "missing": 1}

    assert granted(case, wanted) == [("ann", RISKY.id)]


def test_second_grant_is_for_the_action_that_the_first_chose(case: ApprovalCase) -> None:
    wanted = case.open()
    case.answer(wanted, action=RISKY.id)

    assert case.answer(wanted, by="bob") == {"answer": "granted"}
    assert granted(case, wanted) == [("ann", RISKY.id), ("bob", RISKY.id)]


def test_grant_without_a_choice_is_for_the_requested_action(case: ApprovalCase) -> None:
    wanted = case.open()
    asked = case.approvals.find(wanted)
    assert asked is not None

    assert case.answer(wanted) == {"answer": "granted"}
    assert granted(case, wanted) == [("ann", asked.action)]


def test_sufficient_grant_is_recorded_as_the_answer_alone(case: ApprovalCase) -> None:
    case.answer(case.open())

    assert case.given() == []
    assert [event.answer for event in case.answers()] == ["granted"]


def test_first_of_two_grants_may_be_repeated(case: ApprovalCase) -> None:
    wanted = case.open()
    case.answer(wanted, action=RISKY.id)
    case.answer(wanted, by="bob")

    assert case.answer(wanted) == {"answer": "granted"}
    assert case.answer(wanted, by="bob") == {"answer": "granted"}
    assert len(case.answers()) == 1
