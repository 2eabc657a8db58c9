"""Pressed Slack buttons: the signature, the person and the role are checked, refusals recorded."""

from dataclasses import replace
from typing import Any

import pytest

from functions.slack.interactions import InteractionHandler, InteractionReply
from functions.slack.queued_interaction import QueuedInteraction, Refused
from quorum.application.requests import parse_command_of
from quorum.domain.commands import APPROVAL_COMMAND, AnswerApproval, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import ApprovalRefused
from quorum.domain.people import VIEWER, People
from quorum.domain.slack_interactions import Action, SlackApp
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.builders.slack import SECRET, payload, signed

PEOPLE = People.model_validate(
    [
        {"id": "ada", "name": "Ada", "slack": "U0ADA", "roles": [ESCALATION_LEVEL]},
        {"id": "vic", "name": "Vic", "slack": "U0VIC", "roles": [VIEWER]},
    ]
)


class Handler:
    """The handler of presses, an approval request, and the approval function."""

    def __init__(self) -> None:
        self.log = Log().open().freeze().decide(route="approve", level=ESCALATION_LEVEL).ask()
        self.asked: list[dict[str, Any]] = []
        self.replies: list[str] = []
        self.error: RefusedError | None = None
        self.handler = InteractionHandler(
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
        parse_command_of(APPROVAL_COMMAND, request)  # raises like the approval function
        taken = request["operation"] == "take_over"
        return {"taken_over": "ada"} if taken else {"answer": request["answer"]}

    def press(
        self,
        member: str = "U0ADA",
        action: Action = "approve",
        refused: Refused | None = None,
        **more: Any,
    ) -> InteractionReply:
        return self.handler.handle(self.queued(member, action, refused, **more))

    def queued(
        self,
        member: str = "U0ADA",
        action: Action = "approve",
        refused: Refused | None = None,
        **more: Any,
    ) -> QueuedInteraction:
        secret = more.pop("secret", SECRET)
        content = payload(action, member, more.pop("approval", self.approval), **more)
        value = content["actions"][0]["value"]
        content["actions"][0]["block_id"] = f"{INCIDENT}:{value}"
        return QueuedInteraction(
            sent=signed(content, self.log.clock.now, secret=secret), refused=refused
        )

    def refusals(self) -> list[tuple[str, str]]:
        return [(f.why, f.by.outsider) for f in self.log.facts(ApprovalRefused)]


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.mark.parametrize(
    ("action", "answer", "reply"),
    [("approve", "granted", "Approved by Ada."), ("deny", "denied", "Denied by Ada.")],
)
def test_press_of_an_approver_is_passed_on_with_its_proof(
    handler: Handler, action: Action, answer: str, reply: str
) -> None:
    queued = handler.queued(action=action)
    assert handler.handler.handle(queued).refused is None

    (asked,) = handler.asked
    wanted = AnswerApproval.model_validate(
        {
            "approval_id": handler.approval,
            "answer": answer,
            "proof": {"kind": "press", "sent": queued.sent},
        }
    )
    assert asked == wanted.payload()
    assert handler.replies == [reply]
    assert handler.refusals() == []


def test_press_of_take_over_is_the_consoles_request(handler: Handler) -> None:
    assert handler.press(action="take_over").refused is None

    (asked,) = handler.asked
    assert isinstance(parse_command_of(APPROVAL_COMMAND, asked), TakeOver)
    assert asked["incident_id"] == INCIDENT
    assert asked["proof"]["kind"] == "press"
    assert handler.replies == ["Ada took over this incident."]
    assert handler.refusals() == []


def test_press_that_needs_another_approver_is_answered_with_the_missing_count(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = {"answer": "waiting", "missing": 1}
    monkeypatch.setattr(handler, "approve", lambda _: waiting)
    made = replace(handler.handler, approve=handler.approve)

    assert made.handle(handler.queued()).reply == "Approved by Ada. 1 more approver required."


@pytest.mark.parametrize("member", ["U0EVE", "U0VIC"])
def test_press_of_take_over_needs_the_approver_role(handler: Handler, member: str) -> None:
    assert handler.press(member, "take_over").refused == "unauthorised"
    assert handler.asked == []


def test_press_of_an_unknown_user_is_rejected_and_recorded(handler: Handler) -> None:
    assert handler.press("U0EVE").refused == "unauthorised"

    assert handler.asked == []
    assert handler.refusals() == [("unauthorised", "Slack member U0EVE")]
    [reply] = handler.replies
    assert reply.startswith("Rejected: ")
    assert "`people`" in reply


def test_press_without_the_role_is_rejected_and_recorded(handler: Handler) -> None:
    assert handler.press("U0VIC").refused == "unauthorised"

    assert handler.asked == []
    assert handler.refusals() == [("unauthorised", "vic")]


@pytest.mark.parametrize("found", ["late", "replayed"])
def test_press_refused_by_the_webhook_is_recorded(handler: Handler, found: Refused) -> None:
    assert handler.press(refused=found).refused == found

    assert handler.asked == []
    assert handler.refusals() == [(found, "ada")]


def test_press_refused_by_the_approval_function_is_recorded_with_its_reason(
    handler: Handler,
) -> None:
    handler.error = RefusedError("already denied")

    assert handler.press() == ("not_taken", "already denied")
    assert handler.refusals() == [("not_taken", "ada")]
    assert handler.replies == ["Rejected: already denied"]


def test_flood_of_refused_presses_is_one_event(handler: Handler) -> None:
    for _ in range(20):
        handler.press("U0EVE")

    assert len(handler.refusals()) == 1


def test_press_of_an_unknown_approval_request_is_an_error(handler: Handler) -> None:
    with pytest.raises(InvalidInputError, match="not an approval request of this incident"):
        handler.press(approval="f" * 32)
    assert handler.asked == []


def test_press_not_signed_by_slack_is_an_error_and_leaves_no_trace(handler: Handler) -> None:
    with pytest.raises(InvalidInputError, match="not signed by Slack"):
        handler.press(secret="f" * 32)
    assert (handler.asked, handler.refusals(), handler.replies) == ([], [], [])


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"team": {"id": "T0OTHER"}}, "it was pressed in another workspace"),
        ({"api_app_id": "A0OTHER"}, "it was pressed in another app"),
        ({"user": {"id": "U0ADA", "team_id": "T0OTHER"}}, "belongs to another workspace"),
    ],
)
def test_press_from_another_workspace_or_app_is_rejected(
    handler: Handler, where: dict[str, Any], why: str
) -> None:
    assert handler.press(**where).refused == "unauthorised"

    assert handler.asked == []
    assert handler.refusals() == [("unauthorised", "Slack member U0ADA")]
    assert why in handler.replies[0]
