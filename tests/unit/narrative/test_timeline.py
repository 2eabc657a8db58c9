"""The timeline has one exact sentence per event."""

from typing import get_args

import pytest

from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ActionRefused,
    AlarmJoined,
    AlarmRecovered,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRefused,
    IncidentEvent,
    IncidentForgotten,
    IncidentTakenOver,
    MessageFailed,
    MessageSent,
    PostMortemWritten,
    RoleOverran,
    RoleTimed,
    SeatEquivocated,
    UndoRefused,
    UndoRequested,
    WatchdogAlerted,
)
from quorum.narrative import Line, mrkdwn, plain, timeline
from tests.builders.alarms import alarm
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incident_logs import Log, escalated, resolved, undone
from tests.builders.people import SAID
from tests.fakes.clock import START


def sentences(log: Log) -> list[str]:
    return [plain(line.words) for line in timeline(log.events)]


def everything() -> Log:
    log = Log().open().freeze().decide().ask()
    log.add(AlarmJoined, alarm=alarm("shop-prices-errors"))
    log.add(AlarmRecovered, alarm_name="shop-prices-errors", recovered_at=START)
    log.add(SeatEquivocated, seat="diagnosis-change", round=1, proof=("one", "other"))
    bob = {"by": OutsiderText.of("bob"), "via": "cli", "action": RAISE.id, "missing": 1}
    log.add(ApprovalGiven, approval_id="a", **bob)
    log.add(ApprovalAnswered, approval_id="a", answer="granted", by=OutsiderText.of("alice"))
    refused = {"by": OutsiderText.of("eve"), "via": "slack", "why": "late", "reason": "too old"}
    log.add(ApprovalRefused, approval_id="a", **refused)
    log.add(
        ActionRefused,
        action=RAISE.id,
        guard="stop switch",
        reason="thrown by bob",
        person_may=False,
    )
    log.add(IncidentTakenOver, **SAID)
    log.add(UndoRequested, **SAID)
    log.act().check("failed", "ALARM").undo()
    log.add(UndoRefused, action=ROLLBACK.id, reason="the alias moved on")
    timing = RoleTimed(role="diagnosis", seconds=130, target=120, maximum=180)
    log.add(RoleOverran, timing=timing)
    log.close("undone", "not_recovered")
    log.add(MessageSent, message="opened", channel="email", reference="m-1")
    log.add(MessageFailed, message="escalated", channel="email", reason="throttled")
    log.add(PostMortemWritten, key="post-mortems/x.md", content="0" * 64, cost_microdollars=1)
    log.add(
        IncidentForgotten,
        by=OutsiderText.of("sam"),
        via="cli",
        reason=OutsiderText.of("a drill"),
    )
    log.add(WatchdogAlerted, finding="undecided")
    return log


def test_timeline_has_a_sentence_per_event_in_the_logs_order() -> None:
    log = everything()
    members = get_args(get_args(IncidentEvent)[0])
    kinds = {member.model_fields["type"].default for member in members}

    lines = timeline(log.events)

    assert {line.fact for line in lines} == kinds
    assert [line.version for line in lines] == list(range(1, len(lines) + 1))
    assert [line.at for line in lines] == [event.occurred_at for event in log.events]
    assert all(len(plain(line.words)) > 10 for line in lines)


@pytest.mark.parametrize(
    ("event_type", "parts"),
    [
        (
            "IncidentOpened",
            ["“shop-checkout-errors” fired at 2026-11-23 12:00:00 UTC on lambda:checkout",
             "“Threshold crossed: 12 errors”"],
        ),
        ("EvidenceFrozen", ["2 candidate actions", "sources: 2 ok"]),
        ("DecisionMade", ["act automatically: Roll back checkout:live", "Reason: “quorum”"]),
        ("InverseCaptured", ["alias_revision = r-4, alias_version = 4"]),
        (
            "ActionTaken",
            ["Roll back checkout:live from version 4 to 3", "alias_version = 3", "request-1"],
        ),
        (
            "RecoveryChecked",
            ["Recovered after 2 min 1 s", "118 requests, 1 error",
             "baseline: 120 requests over the same window"],
        ),
        ("IncidentClosed", ["resolved", "Reason: “recovered”"]),
    ],
)  # fmt: skip
def test_resolved_incidents_sentences_have_the_events_values(
    event_type: str, parts: list[str]
) -> None:
    [line] = [line for line in timeline(resolved().events) if line.fact == event_type]

    assert [part for part in parts if part not in plain(line.words)] == []


def test_escalated_decision_sentence_has_the_score_and_the_level() -> None:
    [text] = [one for one in sentences(escalated()) if one.startswith("Decision")]

    assert "best supported action: Roll back checkout:live" in text
    assert "0.04 short" in text
    assert "senior_sre" in text


def test_undo_sentence_has_the_restored_settings() -> None:
    [text] = [one for one in sentences(undone()) if one.startswith("Action undone")]

    assert "Restored: alias_version = 4" in text
    assert "request-2" in text


@pytest.mark.parametrize(
    ("part", "person"),
    [
        ("Approval requested from senior_sre", "Deadline: 2026-11-23 12:15:03 UTC"),
        ("“bob” (via cli)", "1 more approver required"),
        ("“eve” (via Slack)", "“too old”"),
        ("Check stop switch failed", "Approval cannot override it"),
        ("Seat diagnosis-change suspended", "until a person reinstates it"),
        ("Notified e-mail (opened)", "m-1"),
        ("Notification failed: e-mail (escalated)", "“throttled”"),
        ("Watchdog alert", "no decision after 5 minutes"),
    ],
)
def test_sentences_name_the_people_and_the_consequences(part: str, person: str) -> None:
    [text] = [one for one in sentences(everything()) if part in one]

    assert person in text


def test_unknown_channel_is_shown_verbatim() -> None:
    log = Log().open()
    log.add(MessageSent, message="opened", channel="<!here>", reference="r")

    assert "`&lt;!here&gt;`" in mrkdwn(timeline(log.events)[-1].words)


@pytest.mark.parametrize(
    ("seconds", "limit"), [(130.0, "target of 120"), (181.0, "maximum of 180")]
)
def test_overrun_sentence_names_the_limit(seconds: float, limit: str) -> None:
    log = Log().open()
    timing = RoleTimed(role="diagnosis", seconds=seconds, target=120, maximum=180)
    log.add(RoleOverran, timing=timing)

    assert limit in sentences(log)[-1]


def test_opening_sentence_names_flapping_and_a_storm() -> None:
    log = Log().open()
    event = log.events[0].model_copy(update={"flapping": True, "storm": True})

    sentence = plain(timeline([event])[0].words)

    assert "closed less than 30 min 0 s earlier" in sentence
    assert "5 or more incidents opened within 10 min 0 s" in sentence
    assert "approval" in sentence


def test_expired_approval_sentence_names_no_person() -> None:
    log = Log().open()
    log.add(ApprovalAnswered, approval_id="a", answer="expired")

    assert "expired without an answer" in sentences(log)[-1]
    assert "“" not in sentences(log)[-1]


def test_unknown_action_is_named_by_its_id() -> None:
    log = Log().open()
    log.add(UndoRefused, action=ROLLBACK.id, reason="moved on")

    assert ROLLBACK.id in sentences(log)[-1]


def test_timeline_lines_are_values() -> None:
    assert timeline(resolved().events)[0] == timeline(resolved().events)[0]
    assert isinstance(timeline(resolved().events)[0], Line)
