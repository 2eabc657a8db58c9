"""A question ends, whether or not anybody answers."""

import pytest

from quorum.domain.errors import RefusedError
from tests.unit.approval.questions import SECONDS, Desk


def test_at_its_end_a_question_takes_no_answer(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.clock.advance(SECONDS)

    with pytest.raises(RefusedError, match="expired at 2026-11-23 12:10:00"):
        desk.answer(asked)

    assert desk.answers() == []
    assert desk.tokens.outputs == {}


def test_just_before_its_end_it_still_does(desk: Desk) -> None:
    asked = desk.open()
    desk.clock.advance(SECONDS - 0.001)

    assert desk.answer(asked) == {"answer": "granted"}


def test_the_state_machine_that_gives_up_expires_the_question(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.clock.advance(SECONDS)

    assert desk.expire(asked) == {"answer": "expired"}
    assert desk.expire(asked) == {"answer": "expired"}

    (fact,) = desk.answers()
    assert (fact.answer, fact.by) == ("expired", None)
    with pytest.raises(RefusedError, match="already expired"):
        desk.answer(asked)


@pytest.mark.parametrize("after", [0.0, SECONDS - 5.1])
def test_nobody_shortens_the_time_that_people_have(desk: Desk, after: float) -> None:
    asked = desk.open()
    desk.clock.advance(after)

    with pytest.raises(RefusedError, match="people have until 2026-11-23 12:10:00"):
        desk.expire(asked)

    assert desk.answers() == []
    desk.clock.advance(SECONDS - 4.9 - after)
    assert desk.expire(asked) == {"answer": "expired"}


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_an_answer_just_before_the_end_stands(desk: Desk, answer: str) -> None:
    asked = desk.open()
    desk.book.answer(asked, answer, "ann")  # type: ignore[arg-type]

    assert desk.expire(asked) == {"answer": answer}
    assert [fact.answer for fact in desk.answers()] == [answer]


def test_a_state_machine_that_waits_no_more_does_not_spoil_the_answer(desk: Desk) -> None:
    asked = desk.open()
    desk.wait(asked)
    desk.tokens.expired.add("token")

    assert desk.answer(asked) == {"answer": "granted"}
    assert desk.expire(asked) == {"answer": "granted"}
