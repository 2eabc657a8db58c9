"""A valid signature is not yet an authorised approver; what is refused is recorded, once."""

from typing import Any

import pytest

from functions.approval.request import TakeOver, parse
from functions.shared.domain.constants import ESCALATION_LEVEL
from functions.shared.domain.errors import InvalidInputError, RefusedError
from functions.shared.domain.events import ApprovalRefused
from functions.shared.domain.people import VIEWER, People
from functions.slack.desk import Desk, Outcome
from functions.slack.press import Action, Press, Refused, Work
from tests.unit.narrative.stories import INCIDENT, Log

PEOPLE = People.model_validate(
    [
        {"id": "ada", "name": "Ada", "slack": "U0ADA", "roles": [ESCALATION_LEVEL]},
        {"id": "vic", "name": "Vic", "slack": "U0VIC", "roles": [VIEWER]},
    ]
)


class Office:
    """A desk, a question, and the approval function."""

    def __init__(self) -> None:
        self.log = Log().open().freeze().decide(route="approve", level=ESCALATION_LEVEL).ask()
        self.asked: list[dict[str, Any]] = []
        self.replies: list[str] = []
        self.error: RefusedError | None = None
        self.desk = Desk(
            self.log.recorder, PEOPLE, self.approve, lambda _, text: self.replies.append(text)
        )

    @property
    def approval(self) -> str:
        found = self.log.incident.approval
        assert found is not None
        return found.approval_id

    def approve(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            raise self.error
        self.asked.append(request)
        parse(request)  # what the approval function would not read is no request
        taken = request["operation"] == "take_over"
        return {"taken_over": request["by"]} if taken else {"answer": request["answer"]}

    def press(
        self, member: str = "U0ADA", action: Action = "approve", refused: Refused | None = None
    ) -> Outcome:
        pressed = Press(
            member=member,
            action=action,
            approval_id=self.approval,
            incident_id=INCIDENT,
            response_url="https://hooks.slack.com/actions/x",
        )
        return self.desk.work(Work(press=pressed, refused=refused))

    def refusals(self) -> list[tuple[str, str]]:
        return [(f.why, f.by.outsider) for f in self.log.facts(ApprovalRefused)]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize(("action", "answer"), [("approve", "granted"), ("deny", "denied")])
def test_who_may_answers_in_their_own_name(office: Office, action: Action, answer: str) -> None:
    assert office.press(action=action).refused is None

    (asked,) = office.asked
    assert asked == {
        "operation": "answer",
        "approval_id": office.approval,
        "answer": answer,
        "by": "ada",
        "via": "slack",
    }
    assert office.replies == [f"Ada: {answer}"]
    assert office.refusals() == []


def test_who_may_takes_the_incident_over_as_in_the_console(office: Office) -> None:
    assert office.press(action="take_over").refused is None

    (asked,) = office.asked
    assert isinstance(parse(asked), TakeOver)
    assert {name: asked[name] for name in ("incident_id", "by", "via")} == {
        "incident_id": INCIDENT,
        "by": "ada",
        "via": "slack",
    }
    assert office.replies == ["Ada: taken over"]
    assert office.refusals() == []


@pytest.mark.parametrize("member", ["U0EVE", "U0VIC"])
def test_who_may_not_answer_may_not_take_over(office: Office, member: str) -> None:
    assert office.press(member, "take_over").refused == "unauthorised"
    assert office.asked == []


def test_who_is_not_on_the_list_is_refused_and_recorded(office: Office) -> None:
    assert office.press("U0EVE").refused == "unauthorised"

    assert office.asked == []
    assert office.refusals() == [("unauthorised", "Slack member U0EVE")]
    assert office.replies == ["Not taken: Slack knows you, Quorum does not"]


def test_who_lacks_the_role_is_refused_and_recorded(office: Office) -> None:
    assert office.press("U0VIC").refused == "unauthorised"

    assert office.asked == []
    assert office.refusals() == [("unauthorised", "vic")]


@pytest.mark.parametrize("found", ["late", "replayed"])
def test_what_the_door_refused_is_recorded_whoever_pressed(office: Office, found: Refused) -> None:
    assert office.press(refused=found).refused == found

    assert office.asked == []
    assert office.refusals() == [(found, "ada")]


def test_what_the_approval_function_refuses_is_recorded_with_its_reason(office: Office) -> None:
    office.error = RefusedError("already denied")

    assert office.press() == ("not_taken", "already denied")
    assert office.refusals() == [("not_taken", "ada")]
    assert office.replies == ["Not taken: already denied"]


def test_a_flood_of_presses_is_one_fact(office: Office) -> None:
    for _ in range(20):
        office.press("U0EVE")

    assert len(office.refusals()) == 1


def test_a_question_that_the_incident_never_asked_is_nobodys(office: Office) -> None:
    pressed = Press(
        member="U0ADA",
        action="approve",
        approval_id="f" * 32,
        incident_id=INCIDENT,
        response_url="",
    )

    with pytest.raises(InvalidInputError, match="no such question"):
        office.desk.work(Work(press=pressed))
    assert office.asked == []
