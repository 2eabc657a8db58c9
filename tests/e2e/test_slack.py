"""A person answers in Slack: the real function behind its URL, on the emulator with IAM enforced.

Slack is a stand-in that speaks its API; the presses are signed as Slack signs them.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from functions.shared.domain.events import (
    ApprovalAnswered,
    ApprovalRefused,
    ApprovalRequested,
    IncidentEvent,
    IncidentOpened,
    MessageSent,
)
from local.run import Run
from local.scenarios import load
from local.stage import Stage, wait_until
from local.standins.slack import SIGNING_SECRET
from tests.unit.slack.presses import payload, request

SEED = 7
SOON = 60.0
TOLD_SECONDS = 300


class InSlack(Run):
    """A run in which nobody answers but by pressing buttons."""

    def _answer(self, event: IncidentEvent) -> None:
        """Leave the answer to the test."""

    def play_until_asked(self) -> ApprovalRequested:
        """Return the question; the run stands still then."""
        self._settle()
        self._break()
        wait_until(self._asks, seconds=240, what="a question to a person")
        return self._questions()[-1]

    def _asks(self) -> bool:
        return bool(self.stage.quorum.incidents()) and bool(self._questions())

    def _questions(self) -> list[ApprovalRequested]:
        facts = self.stage.quorum.facts(self._incident())
        return [fact for fact in facts if isinstance(fact, ApprovalRequested)]


class World:
    """A stage with an incident that asks a person."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.asked = InSlack(stage, load("ambiguous"), Console(quiet=True)).play_until_asked()

    def facts(self, kind: type) -> list[Any]:
        return [f for f in self.stage.quorum.facts(self.asked.incident_id) if isinstance(f, kind)]

    def press(
        self, action: str, member: str, *, ago: float = 0, secret: str = SIGNING_SECRET
    ) -> dict[str, Any]:
        """Return the signed request of a press."""
        content = payload(
            action,
            member,
            self.asked.approval_id,
            response_url=f"{self.stage.slack.url}/actions/answer",
        )
        block = f"{self.asked.incident_id}:{self.asked.approval_id}"
        content["actions"][0]["block_id"] = block
        at = datetime.now(UTC) - timedelta(seconds=ago)
        return request(content, at, secret=secret)

    def send(self, event: dict[str, Any]) -> int:
        """Post the request to the function's URL; return the status."""
        url = urlsplit(self.stage.quorum.output("SlackRequestUrl"))
        here = f"{self.stage.emulator.endpoint}/_aws/lambda-url/{url.netloc.split('.')[0]}/"
        post = urllib.request.Request(  # noqa: S310 - our own emulator
            here, event["body"].encode(), event["headers"], method="POST"
        )
        try:
            with urllib.request.urlopen(post, timeout=30) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def refused(self, why: str) -> list[str]:
        """Return by whom, once the log says that somebody was."""
        wait_until(
            lambda: any(f.why == why for f in self.facts(ApprovalRefused)),
            seconds=SOON,
            what=f"the refusal of what is {why}",
        )
        return [f.by.outsider for f in self.facts(ApprovalRefused) if f.why == why]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Stage(SEED) as stage:
        yield World(stage)


def test_people_were_told_that_it_opened_well_within_five_minutes(world: World) -> None:
    (opened,) = world.facts(IncidentOpened)
    first = next(f for f in world.facts(MessageSent) if f.message == "opened")

    assert first.channel == "slack"
    seconds = (first.occurred_at - opened.alarm.fired_at).total_seconds()
    assert seconds < TOLD_SECONDS
    print(f"alarm to a person told: {seconds:.1f} s")  # noqa: T201 - a figure for the report


def test_the_question_is_in_the_incidents_thread_and_paged(world: World) -> None:
    def asked() -> bool:
        channels = {f.channel for f in world.facts(MessageSent) if f.message == "approval_wanted"}
        return channels == {"slack", "pagerduty"}

    wait_until(asked, seconds=SOON, what="the question on both legs")
    questions = [m for m in world.stage.slack.messages.values() if m.get("thread_ts")]
    buttons = [b for m in questions for b in m["blocks"] if b["type"] == "actions"]
    values = {e["value"] for b in buttons for e in b["elements"]}
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


def test_a_signed_press_by_somebody_who_may_answers(world: World) -> None:
    began = time.monotonic()

    assert world.send(world.press("approve", "U0ADA")) == 200
    assert time.monotonic() - began < 3

    wait_until(lambda: bool(world.facts(ApprovalAnswered)), seconds=SOON, what="the answer")
    (answered,) = world.facts(ApprovalAnswered)
    assert (answered.answer, answered.by.outsider) == ("granted", "ada")
    said = json.dumps(world.stage.slack.replies)
    assert "Ada: granted" in said


def test_after_the_answer_another_press_is_refused_and_recorded(world: World) -> None:
    wait_until(lambda: bool(world.facts(ApprovalAnswered)), seconds=SOON, what="the answer")

    assert world.send(world.press("deny", "U0ADA")) == 200

    assert world.refused("not_taken") == ["ada"]
