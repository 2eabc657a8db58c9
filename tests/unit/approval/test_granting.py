"""What a person granted stays what they granted, and the next person grants the same."""

import pytest

from quorum.domain.errors import RefusedError
from quorum.domain.grants import Grant
from quorum.domain.signed import Sealed, unseal
from tests.unit.approval.questions import OTHER, RISKY, Desk


def granted(desk: Desk, wanted: str) -> list[tuple[str, str]]:
    """Who granted what, as it was signed."""
    found = desk.book.find(wanted)
    assert found is not None
    read = [unseal(text, Grant) for text in found.grants]
    return [(one.says.person, one.says.action) for one in read if isinstance(one, Sealed)]


def test_whoever_granted_one_action_does_not_grant_another_besides(desk: Desk) -> None:
    wanted = desk.open()
    assert desk.answer(wanted, action=RISKY.id) == {"answer": "waiting", "missing": 1}

    with pytest.raises(RefusedError, match=f"granted before, for {RISKY.id}"):
        desk.answer(wanted, action=OTHER.id)

    assert granted(desk, wanted) == [("ann", RISKY.id)]


def test_the_same_grant_once_more_adds_nothing(desk: Desk) -> None:
    wanted = desk.open()
    for _ in range(2):
        assert desk.answer(wanted, action=RISKY.id) == {"answer": "waiting", "missing": 1}

    assert granted(desk, wanted) == [("ann", RISKY.id)]


def test_the_second_person_grants_what_the_first_one_chose(desk: Desk) -> None:
    wanted = desk.open()
    desk.answer(wanted, action=RISKY.id)

    assert desk.answer(wanted, by="bob") == {"answer": "granted"}
    assert granted(desk, wanted) == [("ann", RISKY.id), ("bob", RISKY.id)]


def test_without_a_choice_what_was_asked_about_is_granted(desk: Desk) -> None:
    wanted = desk.open()
    asked = desk.book.find(wanted)
    assert asked is not None

    assert desk.answer(wanted) == {"answer": "granted"}
    assert granted(desk, wanted) == [("ann", asked.action)]


def test_a_grant_that_was_enough_is_told_as_the_answer_alone(desk: Desk) -> None:
    desk.answer(desk.open())

    assert desk.given() == []
    assert [fact.answer for fact in desk.answers()] == ["granted"]


def test_whoever_was_the_first_of_two_to_grant_may_say_so_again(desk: Desk) -> None:
    wanted = desk.open()
    desk.answer(wanted, action=RISKY.id)
    desk.answer(wanted, by="bob")

    assert desk.answer(wanted) == {"answer": "granted"}
    assert desk.answer(wanted, by="bob") == {"answer": "granted"}
    assert len(desk.answers()) == 1
