"""A person answers in Slack: the function behind its URL, on the emulator with IAM enforced."""

import json
import time
from typing import Final

import pytest

from local.stage import wait_until
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ApprovalAnswered,
    IncidentOpened,
    MessageSent,
)
from tests.e2e.asked.asking import SOON, World
from tests.e2e.asked.attacked import NAMES, Attacked

pytestmark = pytest.mark.fast

TOLD_SECONDS = 300
TOO_FEW = NAMES[:6]
"""Their votes are not enough for acting without a person."""


def test_the_opening_message_is_sent_well_within_five_minutes(world: World) -> None:
    (opened,) = world.facts(IncidentOpened)
    first = next(f for f in world.facts(MessageSent) if f.message == "opened")

    assert first.channel == "slack"
    seconds = (first.occurred_at - opened.alarm.fired_at).total_seconds()
    assert seconds < TOLD_SECONDS
    print(f"alarm to opening message: {seconds:.1f} s")  # noqa: T201 - a figure for the report


def test_the_approval_request_is_in_the_incidents_thread_and_paged(world: World) -> None:
    def asked() -> bool:
        channels = {f.channel for f in world.facts(MessageSent) if f.message == "approval_wanted"}
        return channels == {"slack", "pagerduty"}

    wait_until(asked, seconds=SOON, what="the question on both legs")
    questions = [m for m in world.stage.slack.messages.values() if m.get("thread_ts")]
    buttons = [b for m in questions for b in m["blocks"] if b["type"] == "actions"]
    ours = [b for b in buttons if b["block_id"].startswith(world.asked.incident_id)]
    values = {element["value"] for button in ours for element in button["elements"]}
    assert values == {world.asked.approval_id}
    assert "triggered" in world.stage.pagerduty.alerts.values()


def test_forged_late_replayed_and_unauthorised_presses_change_nothing(world: World) -> None:
    forged = world.press("approve", "U0ADA", secret="f" * 32)
    stranger = world.press("approve", "U0EVE")

    assert world.send(forged) == 401
    assert world.send(world.press("approve", "U0ADA", ago=400)) == 401
    assert world.refused("late") == ["ada"]
    assert [world.send(stranger), world.send(stranger)] == [200, 409]
    assert world.refused("unauthorised") == ["Slack member U0EVE"]
    assert world.refused("replayed") == ["Slack member U0EVE"]
    assert world.send(world.press("deny", "U0VIC")) == 200
    wait_until(
        lambda: len(world.refused("unauthorised")) == 2, seconds=SOON, what="the viewer's refusal"
    )
    assert world.facts(ApprovalAnswered) == []


def test_an_approved_action_is_not_executed_after_the_resource_changed(
    world: World, deployed: Attacked
) -> None:
    case, quorum = deployed, deployed.quorum
    wanted = next(
        c for c in case.frozen.candidates if c.verb in AGAIN and c.id != world.asked.action
    )
    incident = case.open()
    for name in TOO_FEW:
        case.speak(case.vote(incident, name, action=wanted.id))
    assert (case.decide(incident).route, case.decide(incident).action) == ("approve", wanted.id)
    question = {"operation": "open", "incident_id": incident, "round": 1}
    approval = quorum.invoke("approval", question)["approval_id"]

    AGAIN[wanted.verb](world, wanted.resource.partition(":")[2])
    press = world.press("approve", "U0ADA", asked=(incident, approval))
    assert world.send(press) == 200
    wait_until(
        lambda: any(isinstance(f, ApprovalAnswered) for f in case.facts(incident)),
        seconds=SOON,
        what="the answer",
    )

    request = {"operation": "act", "incident_id": incident, "round": 1, "approval_id": approval}
    assert quorum.invoke("executor", request)["result"] == "refused"
    refused = case.fact(incident, ActionRefused)
    assert refused.guard == "precondition"
    assert "version" in refused.reason or "revision" in refused.reason


def put_again(world: World, name: str) -> None:
    """Write the parameter's own value again: only its version changes."""
    ssm = world.stage.emulator.client("ssm")
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    ssm.put_parameter(Name=name, Value=value, Overwrite=True)


def point_again(world: World, function: str) -> None:
    """Point the alias where it points already: only its revision changes."""
    functions = world.stage.emulator.client("lambda")
    named = {"FunctionName": function, "Name": "live"}
    version = functions.get_alias(**named)["FunctionVersion"]
    functions.update_alias(**named, FunctionVersion=version, Description="changed by the test")


AGAIN: Final = {"ssm.restore_parameter": put_again, "lambda.rollback_alias": point_again}
"""Changes to another resource of the verb: the real incident's own is acted on."""


def test_a_signed_press_of_an_approver_answers(world: World) -> None:
    began = time.monotonic()

    assert world.send(world.press("approve", "U0ADA")) == 200
    assert time.monotonic() - began < 3

    wait_until(lambda: bool(world.facts(ApprovalAnswered)), seconds=SOON, what="the answer")
    (answered,) = world.facts(ApprovalAnswered)
    assert (answered.answer, answered.by.outsider) == ("granted", "ada")
    said = json.dumps(world.stage.slack.replies)
    assert "Approved by Ada." in said
    wait_until(lambda: bool(world.facts(ActionTaken)), seconds=SOON, what="the action")


def test_after_the_answer_another_press_is_refused_and_recorded(world: World) -> None:
    wait_until(lambda: bool(world.facts(ApprovalAnswered)), seconds=SOON, what="the answer")

    assert world.send(world.press("deny", "U0ADA")) == 200

    assert world.refused("not_taken") == ["ada"]
