"""Expiry of approval requests, with and without an answer."""

import pytest

from quorum.domain.errors import RefusedError
from tests.builders.approvals import SECONDS, ApprovalCase


def test_approval_request_takes_no_answer_at_its_expiry(case: ApprovalCase) -> None:
    asked = case.open()
    case.wait(asked)
    case.clock.advance(SECONDS)

    with pytest.raises(RefusedError, match="expired at 2026-11-23 12:10:00"):
        case.answer(asked)

    assert case.answers() == []
    assert case.tokens.outputs == {}


def test_approval_request_takes_an_answer_just_before_its_expiry(case: ApprovalCase) -> None:
    asked = case.open()
    case.clock.advance(SECONDS - 0.001)

    assert case.answer(asked) == {"answer": "granted"}


def test_approval_request_expires_when_the_state_machine_times_out(case: ApprovalCase) -> None:
    asked = case.open()
    case.wait(asked)
    case.clock.advance(SECONDS)

    assert case.expire(asked) == {"answer": "expired"}
    assert case.expire(asked) == {"answer": "expired"}

    (event,) = case.answers()
    assert (event.answer, event.by) == ("expired", None)
    with pytest.raises(RefusedError, match="already expired"):
        case.answer(asked)


@pytest.mark.parametrize("after", [0.0, SECONDS - 5.1])
def test_approval_request_cannot_be_expired_early(case: ApprovalCase, after: float) -> None:
    asked = case.open()
    case.clock.advance(after)

    with pytest.raises(
        RefusedError, match="the approval request is open until 2026-11-23 12:10:00"
    ):
        case.expire(asked)

    assert case.answers() == []
    case.clock.advance(SECONDS - 4.9 - after)
    assert case.expire(asked) == {"answer": "expired"}


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_answer_just_before_the_expiry_stands(case: ApprovalCase, answer: str) -> None:
    asked = case.open()
    case.approvals.answer(asked, answer, "ann")  # type: ignore[arg-type]

    assert case.expire(asked) == {"answer": answer}
    assert [event.answer for event in case.answers()] == [answer]


def test_answer_stands_when_the_state_machine_waits_no_more(case: ApprovalCase) -> None:
    asked = case.open()
    case.wait(asked)
    case.tokens.expired.add("token")

    assert case.answer(asked) == {"answer": "granted"}
    assert case.expire(asked) == {"answer": "granted"}
