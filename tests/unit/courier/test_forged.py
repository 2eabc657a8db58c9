"""Forged events and queued messages cause no message about what did not happen."""

import json
from typing import Any

import pytest

from functions.courier.courier import Drained
from functions.courier.queued_messages import parse
from quorum.adapters.channels.slack_blocks import blocks
from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalRequested,
    EvidenceFrozen,
    IncidentClosed,
    MessageKind,
    MessageSent,
)
from quorum.domain.messages import Waiting
from quorum.domain.notices import About
from tests.builders.alarms import alarm
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.events import add
from tests.builders.messaging import MessagingWorld, ask, end, notice, open_incidents
from tests.unit.courier.test_courier import waiting

PHISH = {
    "incident_id": "1" * 32,
    "kind": "approval_wanted",
    "subject": "[Quorum] Approval wanted: shop-checkout-errors",
    "text": "Open https://evil.example",
    "html": "<a href='https://evil.example/quorum-login'>Sign in to approve</a>",
    "mrkdwn": ["<!channel> <https://evil.example|Open the console>"],
    "questions": [
        {
            "incident_id": "1" * 32,
            "approval_id": "f" * 32,
            "about": "Approve? Restart the dashboard's cache (risk: low)",
        }
    ],
    "links": [{"text": "Incident", "href": "https://evil.example/incidents/1"}],
    "incidents": [],
    "thread": "",
}


@pytest.fixture
def world() -> MessagingWorld:
    world = MessagingWorld()
    open_incidents(world, "1")
    return world


def receive(world: MessagingWorld, body: Any) -> tuple[Drained, list[str]]:
    """Hand a body of the queue to the courier; return what became of it."""
    attributes = {"ApproximateReceiveCount": "1"}
    record = {"messageId": "m0", "body": json.dumps(body), "attributes": attributes}
    batch = parse({"Records": [record]})
    return world.drain([one.waiting for one in batch.messages]), batch.unreadable


def shown(world: MessagingWorld) -> str:
    """Return all that any channel was given."""
    return json.dumps(
        [
            [one.model_dump(mode="json"), blocks(one)]
            for notifier in world.notifiers.values()
            for one in notifier.sent
        ]
    )


def test_queued_message_of_an_earlier_version_adds_no_text_link_or_button(
    world: MessagingWorld,
) -> None:
    receive(world, {"leg": "channels", "message": {**PHISH, "recorded": True}})

    assert world.kinds("slack") == [("approval_wanted", "1")]
    assert "evil" not in shown(world)
    assert "dashboard" not in shown(world)
    [question] = world.notifiers["slack"].sent[0].questions
    assert (question.approval_id, question.about) == (
        "1" * 32,
        "Approve? Roll back checkout:live from version 4 to 3",
    )


def test_unrecorded_message_of_an_earlier_version_requests_no_approval(
    world: MessagingWorld,
) -> None:
    drained, unreadable = receive(
        world, {"leg": "channels", "message": {**PHISH, "recorded": False}}
    )

    assert (unreadable, drained.delivered) == (["m0"], 0)
    assert shown(world) == "[]"


@pytest.mark.parametrize("extra", ["text", "html", "questions", "subject", "thread"])
def test_pending_message_takes_ids_alone(world: MessagingWorld, extra: str) -> None:
    ids = {"incident_id": "1" * 32, "kind": "opened"}

    _, unreadable = receive(world, {"leg": "channels", "notice": {**ids, extra: "x"}})

    assert unreadable == ["m0"]


@pytest.mark.parametrize(
    ("kind", "about"),
    [("escalated", "state"), ("resolved", "state"), ("dismissed", "state"), ("answered", "state"),
     ("approval_wanted", "undecided"), ("opened", "before"), ("escalated", "broken")],
)  # fmt: skip
def test_courier_refuses_keeps_and_counts_an_unrecorded_message(
    world: MessagingWorld, kind: MessageKind, about: About
) -> None:
    drained = world.drain([waiting(notice(kind, about=about))])

    assert (drained.refused, drained.delivered, drained.again) == (1, 0, [])
    assert shown(world) == "[]"
    [(payload, reason)] = world.dead_letters.kept
    assert payload["notice"]["kind"] == kind
    assert reason.startswith("refused: ")


@pytest.mark.parametrize("kind", ["opened", "approval_wanted", "escalated"])
def test_courier_refuses_an_unknown_incident(world: MessagingWorld, kind: MessageKind) -> None:
    drained = world.drain([waiting(notice(kind, "9"))])

    assert (drained.refused, shown(world)) == (1, "[]")
    assert "is unknown" in world.dead_letters.kept[0][1]


def test_forged_approval_request_hides_no_real_one(world: MessagingWorld) -> None:
    for n in range(20):
        add(
            world.recorder,
            "1" * 32,
            ApprovalRequested,
            approval_id=f"{n:032x}",
            action=ROLLBACK.id,
            reason="forged",
            level="viewer",
            expires_at=world.clock(),
        )

    world.drain([waiting(notice("approval_wanted"))])

    [question] = world.notifiers["slack"].sent[0].questions
    assert question.approval_id == "1" * 32


def test_button_stands_for_the_recorded_action(world: MessagingWorld) -> None:
    """The log has the same approval request for another action."""
    add(
        world.recorder,
        "1" * 32,
        ApprovalRequested,
        approval_id="1" * 32,
        action=RAISE.id,
        reason="forged",
        level="viewer",
        expires_at=world.clock(),
    )

    world.drain([waiting(notice("approval_wanted"))])

    (sent,) = world.notifiers["slack"].sent
    assert sent.questions[0].about == "Approve? Roll back checkout:live from version 4 to 3"
    assert "Proposed: Roll back checkout:live" in sent.text


def test_approval_request_of_another_incident_is_ignored(world: MessagingWorld) -> None:
    open_incidents(world, "2")
    add(
        world.recorder,
        "1" * 32,
        ApprovalRequested,
        approval_id="2" * 32,
        action=ROLLBACK.id,
        reason="forged",
        level="viewer",
        expires_at=world.clock(),
    )

    world.drain([waiting(notice("approval_wanted"))])

    [question] = world.notifiers["slack"].sent[0].questions
    assert question.approval_id == "1" * 32


def test_action_with_anothers_id_has_no_button(world: MessagingWorld) -> None:
    forged = ROLLBACK.model_copy(
        update={"id": RAISE.id, "summary": "Restart the dashboard's cache (risk: low)"}
    )
    open_incidents(world, "2")
    add(
        world.recorder,
        "2" * 32,
        EvidenceFrozen,
        round=2,
        evidence="f" * 64,
        key="bundles/2",
        sources=(),
        candidates=(forged,),
    )

    world.drain([waiting(notice("approval_wanted", "2"))])

    assert "dashboard" not in shown(world)


def test_forged_answer_is_refused(world: MessagingWorld) -> None:
    add(
        world.recorder,
        "1" * 32,
        ApprovalAnswered,
        approval_id="1" * 32,
        answer="granted",
        by=OutsiderText.of("ada"),
    )

    assert world.drain([waiting(notice("answered"))]).refused == 1

    world.approvals.answer("1" * 32, "denied", "bob")
    world.drain([waiting(notice("answered"))])
    (sent,) = world.notifiers["slack"].sent
    assert "- Denied." in sent.text
    assert "ada" not in sent.text


# Messages that an earlier version left in the queue


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted"])
def test_message_of_an_earlier_version_is_sent_by_its_ids(
    world: MessagingWorld, kind: MessageKind
) -> None:
    drained, _ = receive(world, {"leg": "channels", "message": {**PHISH, "kind": kind}})

    assert (drained.delivered, world.kinds("slack")) == (1, [(kind, "1")])
    assert "evil" not in shown(world)


def test_watchdog_alert_of_an_earlier_version_is_sent(world: MessagingWorld) -> None:
    old = {**PHISH, "kind": "escalated", "recorded": False, "questions": []}

    drained, _ = receive(world, {"leg": "pages", "message": old})

    assert drained.delivered == 1
    (sent,) = world.notifiers["pagerduty"].sent
    assert sent.subject.startswith("[Quorum] Needs attention: “shop-1”")
    assert "evil" not in shown(world)


def test_tampering_report_of_an_earlier_version_is_sent_without_a_log(
    world: MessagingWorld,
) -> None:
    old = {**PHISH, "incident_id": "0" * 32, "kind": "escalated", "recorded": False}

    drained, _ = receive(world, {"leg": "channels", "message": old})

    assert drained.delivered == 1
    assert "Event log tampered with" in world.sent("slack")[0]


def test_tampering_report_names_the_place(world: MessagingWorld) -> None:
    message = notice("escalated", "9", about="tampered").model_copy(update={"version": 4})

    world.drain([waiting(message)])

    [subject] = world.sent("slack")
    assert subject.endswith(f"incident {'9' * 32}, version 4")


# Silence


@pytest.mark.parametrize("kind", ["decision", "approval_wanted"])
def test_forged_notification_event_suppresses_no_message(
    world: MessagingWorld, kind: MessageKind
) -> None:
    for channel in ("slack", "pagerduty", "email"):
        add(
            world.recorder,
            "1" * 32,
            MessageSent,
            message="escalated",
            channel=channel,
            reference="C1/1.0",
        )

    world.drain([waiting(notice(kind))])

    assert world.kinds("slack") == [(kind, "1")]


def test_forged_end_suppresses_no_message(world: MessagingWorld) -> None:
    add(world.recorder, "1" * 32, IncidentClosed, outcome="resolved", reason="forged")
    assert world.drain([waiting(notice("resolved"))]).refused == 1

    end(world, "1", "escalated")
    world.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert world.kinds("pagerduty") == [("escalated", "1")]
    assert "Outcome: escalated to a person." in world.notifiers["pagerduty"].sent[0].text


def test_inconsistent_log_is_reported_and_suppresses_no_message(world: MessagingWorld) -> None:
    world.store.append(
        world.store.load("1" * 32)[1].model_copy(update={"version": 5, "event_id": "forged"})
    )

    world.drain([waiting(notice("approval_wanted")), waiting(notice("approval_wanted"), "pages")])

    (paged,) = world.notifiers["pagerduty"].sent
    assert paged.subject == "[Quorum] Needs attention: “shop-1”: its event log is inconsistent"
    assert "approval requested" in paged.text
    end(world, "1")
    world.clock.advance(60)
    world.drain([waiting(notice("escalated"), "pages")])
    assert world.kinds("pagerduty")[-1] == ("escalated", "1")


def test_report_of_an_inconsistent_log_is_refused_for_a_consistent_one(
    world: MessagingWorld,
) -> None:
    end(world, "1")

    assert world.drain([waiting(notice("escalated", about="broken"))]).refused == 1


def test_log_counts_without_a_recorded_opening_and_pages_once() -> None:
    world = MessagingWorld()
    open_incidents(world, "1", kept=False)
    add(
        world.recorder,
        "1" * 32,
        MessageSent,
        message="approval_wanted",
        channel="slack",
        reference="C1/1.0",
    )

    drained = world.drain([waiting(notice("approval_wanted"))])

    assert (drained.superseded, world.sent("slack")) == (1, [])


def test_end_without_a_recorded_opening_is_the_logs() -> None:
    world = MessagingWorld()
    open_incidents(world, "1", kept=False)
    add(world.recorder, "1" * 32, IncidentClosed, outcome="resolved", reason="recovered")

    world.drain([waiting(notice("resolved"))])

    assert world.kinds("slack") == [("resolved", "1")]


def test_queued_message_holds_ids_alone(world: MessagingWorld) -> None:
    world.break_down("slack", "pagerduty")
    ask(world, "1")

    world.outbox.deliver(notice("approval_wanted"))

    bodies = [json.loads(one.model_dump_json()) for one in world.queue.waiting]
    ids = {"incident_id": "1" * 32, "kind": "approval_wanted", "about": "state", "version": 0}
    assert bodies == [{"leg": leg, "notice": ids} for leg in ("channels", "pages")]
    assert [Waiting.model_validate(body) for body in bodies] == world.queue.waiting


def test_watchdog_alert_names_the_alarm_of_the_recorded_opening(world: MessagingWorld) -> None:
    assert world.openings.find("1" * 32) is not None
    world.drain([waiting(notice("escalated", about="undecided"))])

    assert alarm(name="shop-1").name in world.sent("slack")[0]
