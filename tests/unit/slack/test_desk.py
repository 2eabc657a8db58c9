"""A valid signature is not yet an authorised approver; what is refused is recorded, once."""

from typing import Any

import pytest

from functions.slack.interactions import Desk, Outcome
from functions.slack.work import Refused, Work
from quorum.application.requests import parse_command_of
from quorum.domain.commands import APPROVAL_COMMAND, AnswerApproval, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import ApprovalRefused
from quorum.domain.people import VIEWER, People
from quorum.domain.slack_interactions import Action, SlackApp
from tests.unit.narrative.stories import INCIDENT, Log
from tests.unit.slack.presses import SECRET, payload, signed

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
            self.log.recorder,
            PEOPLE,
            lambda: SlackApp(SECRET, "T9TK3CUKW", "AABA1ABCD"),
            self.log.clock,
            self.approve,
            lambda _, text: self.replies.append(text),
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
        parse_command_of(
            APPROVAL_COMMAND, request
        )  # what the approval function would not read is no request
        taken = request["operation"] == "take_over"
        return {"taken_over": "ada"} if taken else {"answer": request["answer"]}

    def press(
        self,
        member: str = "U0ADA",
        action: Action = "approve",
        refused: Refused | None = None,
        **more: Any,
    ) -> Outcome:
        return self.desk.work(self.work(member, action, refused, **more))

    def work(
        self,
        member: str = "U0ADA",
        action: Action = "approve",
        refused: Refused | None = None,
        **more: Any,
    ) -> Work:
        secret = more.pop("secret", SECRET)
        content = payload(action, member, more.pop("approval", self.approval), **more)
        value = content["actions"][0]["value"]
        content["actions"][0]["block_id"] = f"{INCIDENT}:{value}"
        return Work(sent=signed(content, self.log.clock.now, secret=secret), refused=refused)

    def refusals(self) -> list[tuple[str, str]]:
        return [(f.why, f.by.outsider) for f in self.log.facts(ApprovalRefused)]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize(("action", "answer"), [("approve", "granted"), ("deny", "denied")])
def test_who_may_answers_in_their_own_name(office: Office, action: Action, answer: str) -> None:
    work = office.work(action=action)
    assert office.desk.work(work).refused is None

    (asked,) = office.asked
    wanted = AnswerApproval.model_validate(
        {
            "approval_id": office.approval,
            "answer": answer,
            "proof": {"kind": "press", "sent": work.sent},
        }
    )
    assert asked == wanted.payload()
    assert office.replies == [f"Ada: {answer}"]
    assert office.refusals() == []


def test_who_may_takes_the_incident_over_as_in_the_console(office: Office) -> None:
    assert office.press(action="take_over").refused is None

    (asked,) = office.asked
    assert isinstance(parse_command_of(APPROVAL_COMMAND, asked), TakeOver)
    assert asked["incident_id"] == INCIDENT
    assert asked["proof"]["kind"] == "press"
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
    with pytest.raises(InvalidInputError, match="no such question"):
        office.press(approval="f" * 32)
    assert office.asked == []


def test_what_slack_did_not_sign_is_not_worked_on_whoever_hands_it_on(office: Office) -> None:
    with pytest.raises(InvalidInputError, match="not signed by Slack"):
        office.press(secret="f" * 32)
    assert (office.asked, office.refusals(), office.replies) == ([], [], [])


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"team": {"id": "T0OTHER"}}, "it was pressed in another workspace"),
        ({"api_app_id": "A0OTHER"}, "it was pressed in another app"),
        ({"user": {"id": "U0ADA", "team_id": "T0OTHER"}}, "belongs to another workspace"),
    ],
)
def test_a_member_of_another_workspace_is_nobody_whatever_their_id(
    office: Office, where: dict[str, Any], why: str
) -> None:
    assert office.press(**where).refused == "unauthorised"

    assert office.asked == []
    assert office.refusals() == [("unauthorised", "Slack member U0ADA")]
    assert why in office.replies[0]
