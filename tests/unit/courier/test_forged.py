"""What somebody forges can make people hear of nothing that did not happen."""

import json
from typing import Any

import pytest

from functions.courier.batch import letters
from functions.courier.courier import Drained
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
from tests.fakes.recording import add
from tests.unit.communication.office import Office, ask, end, notice, open_incidents
from tests.unit.courier.test_courier import waiting
from tests.unit.narrative.stories import RAISE, ROLLBACK, alarm

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
def office() -> Office:
    office = Office()
    open_incidents(office, "1")
    return office


def receive(office: Office, body: Any) -> tuple[Drained, list[str]]:
    """Hand a body of the queue to the courier; return what became of it."""
    attributes = {"ApproximateReceiveCount": "1"}
    record = {"messageId": "m0", "body": json.dumps(body), "attributes": attributes}
    batch = letters({"Records": [record]})
    return office.drain([one.waiting for one in batch.letters]), batch.unreadable


def shown(office: Office) -> str:
    """Return all that any channel was given."""
    return json.dumps(
        [
            [one.model_dump(mode="json"), blocks(one)]
            for notifier in office.notifiers.values()
            for one in notifier.sent
        ]
    )


def test_nobody_can_put_words_links_or_buttons_into_a_message(office: Office) -> None:
    receive(office, {"leg": "channels", "message": {**PHISH, "recorded": True}})

    assert office.kinds("slack") == [("approval_wanted", "1")]
    assert "evil" not in shown(office)
    assert "dashboard" not in shown(office)
    [question] = office.notifiers["slack"].sent[0].questions
    assert (question.approval_id, question.about) == (
        "1" * 32,
        "Approve? Point checkout:live back from version 4 to 3",
    )


def test_beside_the_log_nobody_asks_for_an_approval(office: Office) -> None:
    drained, unreadable = receive(
        office, {"leg": "channels", "message": {**PHISH, "recorded": False}}
    )

    assert (unreadable, drained.told) == (["m0"], 0)
    assert shown(office) == "[]"


@pytest.mark.parametrize("extra", ["text", "html", "questions", "subject", "thread"])
def test_a_notice_takes_nothing_but_ids(office: Office, extra: str) -> None:
    ids = {"incident_id": "1" * 32, "kind": "opened"}

    _, unreadable = receive(office, {"leg": "channels", "notice": {**ids, extra: "x"}})

    assert unreadable == ["m0"]


@pytest.mark.parametrize(
    ("kind", "about"),
    [("escalated", "state"), ("resolved", "state"), ("dismissed", "state"), ("answered", "state"),
     ("approval_wanted", "undecided"), ("opened", "before"), ("escalated", "broken")],
)  # fmt: skip
def test_what_did_not_happen_is_refused_kept_and_counted(
    office: Office, kind: MessageKind, about: About
) -> None:
    drained = office.drain([waiting(notice(kind, about=about))])

    assert (drained.refused, drained.told, drained.again) == (1, 0, [])
    assert shown(office) == "[]"
    [(payload, reason)] = office.letters.kept
    assert payload["notice"]["kind"] == kind
    assert reason.startswith("refused: ")


@pytest.mark.parametrize("kind", ["opened", "approval_wanted", "escalated"])
def test_an_incident_that_does_not_exist_is_refused(office: Office, kind: MessageKind) -> None:
    drained = office.drain([waiting(notice(kind, "9"))])

    assert (drained.refused, shown(office)) == (1, "[]")
    assert "is not known" in office.letters.kept[0][1]


def test_a_forged_question_hides_no_real_one(office: Office) -> None:
    for n in range(20):
        add(
            office.recorder,
            "1" * 32,
            ApprovalRequested,
            approval_id=f"{n:032x}",
            action=ROLLBACK.id,
            reason="forged",
            level="viewer",
            expires_at=office.clock(),
        )

    office.drain([waiting(notice("approval_wanted"))])

    [question] = office.notifiers["slack"].sent[0].questions
    assert question.approval_id == "1" * 32


def test_a_button_stands_for_the_action_that_was_asked_about(office: Office) -> None:
    """The log says that the same question is about something else."""
    add(
        office.recorder,
        "1" * 32,
        ApprovalRequested,
        approval_id="1" * 32,
        action=RAISE.id,
        reason="forged",
        level="viewer",
        expires_at=office.clock(),
    )

    office.drain([waiting(notice("approval_wanted"))])

    (sent,) = office.notifiers["slack"].sent
    assert sent.questions[0].about == "Approve? Point checkout:live back from version 4 to 3"
    assert "What is proposed\n- Point checkout:live" in sent.text


def test_a_question_of_another_incident_is_none_of_this_one(office: Office) -> None:
    open_incidents(office, "2")
    add(
        office.recorder,
        "1" * 32,
        ApprovalRequested,
        approval_id="2" * 32,
        action=ROLLBACK.id,
        reason="forged",
        level="viewer",
        expires_at=office.clock(),
    )

    office.drain([waiting(notice("approval_wanted"))])

    [question] = office.notifiers["slack"].sent[0].questions
    assert question.approval_id == "1" * 32


def test_an_action_with_another_ones_id_has_no_button(office: Office) -> None:
    forged = ROLLBACK.model_copy(
        update={"id": RAISE.id, "summary": "Restart the dashboard's cache (risk: low)"}
    )
    open_incidents(office, "2")
    add(
        office.recorder,
        "2" * 32,
        EvidenceFrozen,
        round=2,
        evidence="f" * 64,
        key="bundles/2",
        sources=(),
        candidates=(forged,),
    )

    office.drain([waiting(notice("approval_wanted", "2"))])

    assert "dashboard" not in shown(office)


def test_an_answer_that_nobody_gave_is_not_told(office: Office) -> None:
    add(
        office.recorder,
        "1" * 32,
        ApprovalAnswered,
        approval_id="1" * 32,
        answer="granted",
        by=OutsiderText.of("ada"),
    )

    assert office.drain([waiting(notice("answered"))]).refused == 1

    office.approvals.answer("1" * 32, "denied", "bob")
    office.drain([waiting(notice("answered"))])
    (sent,) = office.notifiers["slack"].sent
    assert "The answer is: denied." in sent.text
    assert "ada" not in sent.text


# What an older version left in the queue


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted"])
def test_a_message_of_before_is_told_by_its_ids(office: Office, kind: MessageKind) -> None:
    drained, _ = receive(office, {"leg": "channels", "message": {**PHISH, "kind": kind}})

    assert (drained.told, office.kinds("slack")) == (1, [(kind, "1")])
    assert "evil" not in shown(office)


def test_a_bark_of_before_is_told(office: Office) -> None:
    old = {**PHISH, "kind": "escalated", "recorded": False, "questions": []}

    drained, _ = receive(office, {"leg": "pages", "message": old})

    assert drained.told == 1
    (sent,) = office.notifiers["pagerduty"].sent
    assert sent.subject == "[Quorum] Quorum needs you: “shop-1”, something was found beside its log"
    assert "evil" not in shown(office)


def test_a_report_of_tampering_of_before_is_told_though_nothing_is_left(office: Office) -> None:
    old = {**PHISH, "incident_id": "0" * 32, "kind": "escalated", "recorded": False}

    drained, _ = receive(office, {"leg": "channels", "message": old})

    assert drained.told == 1
    assert "The log was tampered with" in office.sent("slack")[0]


def test_tampering_is_told_with_the_place(office: Office) -> None:
    told = notice("escalated", "9", about="tampered").model_copy(update={"version": 4})

    office.drain([waiting(told)])

    expected = f"[Quorum] The log was tampered with: incident {'9' * 32}, version 4"
    assert office.sent("slack") == [expected]


# Silence


@pytest.mark.parametrize("kind", ["decision", "approval_wanted"])
def test_a_forged_fact_that_people_were_told_silences_nothing(
    office: Office, kind: MessageKind
) -> None:
    for channel in ("slack", "pagerduty", "email"):
        add(
            office.recorder,
            "1" * 32,
            MessageSent,
            message="escalated",
            channel=channel,
            reference="C1/1.0",
        )

    office.drain([waiting(notice(kind))])

    assert office.kinds("slack") == [(kind, "1")]


def test_a_forged_end_silences_nothing(office: Office) -> None:
    add(office.recorder, "1" * 32, IncidentClosed, outcome="resolved", reason="forged")
    assert office.drain([waiting(notice("resolved"))]).refused == 1

    end(office, "1", "escalated")
    office.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert office.kinds("pagerduty") == [("escalated", "1")]
    assert "Outcome\n- Handed to a person." in office.notifiers["pagerduty"].sent[0].text


def test_a_log_that_contradicts_itself_is_told_and_silences_nothing(office: Office) -> None:
    office.store.append(
        office.store.load("1" * 32)[1].model_copy(update={"version": 5, "event_id": "forged"})
    )

    office.drain([waiting(notice("approval_wanted")), waiting(notice("approval_wanted"), "pages")])

    (paged,) = office.notifiers["pagerduty"].sent
    assert paged.subject == "[Quorum] Quorum needs you: “shop-1”, its log contradicts itself"
    assert "a person is asked to approve an action" in paged.text
    end(office, "1")
    office.clock.advance(60)
    office.drain([waiting(notice("escalated"), "pages")])
    assert office.kinds("pagerduty")[-1] == ("escalated", "1")


def test_a_log_that_does_not_contradict_itself_is_not_said_to(office: Office) -> None:
    end(office, "1")

    assert office.drain([waiting(notice("escalated", about="broken"))]).refused == 1


def test_of_an_incident_of_before_the_log_counts_and_nobody_is_paged_twice() -> None:
    office = Office()
    open_incidents(office, "1", kept=False)
    add(
        office.recorder,
        "1" * 32,
        MessageSent,
        message="approval_wanted",
        channel="slack",
        reference="C1/1.0",
    )

    drained = office.drain([waiting(notice("approval_wanted"))])

    assert (drained.overtaken, office.sent("slack")) == (1, [])


def test_an_incident_of_before_ends_as_its_log_says() -> None:
    office = Office()
    open_incidents(office, "1", kept=False)
    add(office.recorder, "1" * 32, IncidentClosed, outcome="resolved", reason="recovered")

    office.drain([waiting(notice("resolved"))])

    assert office.kinds("slack") == [("resolved", "1")]


def test_what_waits_holds_ids_alone(office: Office) -> None:
    office.break_down("slack", "pagerduty")
    ask(office, "1")

    office.outbox.deliver(notice("approval_wanted"))

    bodies = [json.loads(one.model_dump_json()) for one in office.queue.waiting]
    ids = {"incident_id": "1" * 32, "kind": "approval_wanted", "about": "state", "version": 0}
    assert bodies == [{"leg": leg, "notice": ids} for leg in ("channels", "pages")]
    assert [Waiting.model_validate(body) for body in bodies] == office.queue.waiting


def test_the_alarm_that_is_named_is_the_one_that_intake_saw(office: Office) -> None:
    assert office.openings.find("1" * 32) is not None
    office.drain([waiting(notice("escalated", about="undecided"))])

    assert alarm(name="shop-1").name in office.sent("slack")[0]
