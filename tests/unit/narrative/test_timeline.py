"""Every fact is told, exactly and in plain words."""

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
from quorum.narrative import Line, plain, timeline
from tests.fakes.clock import START
from tests.fakes.people import SAID
from tests.unit.narrative.stories import RAISE, ROLLBACK, Log, alarm, escalated, resolved, undone


def told(log: Log) -> list[str]:
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
    log.add(WatchdogAlerted, finding="undecided")
    return log


def test_every_kind_of_fact_is_one_sentence_in_the_logs_order() -> None:
    log = everything()
    kinds = {member.model_fields["type"].default for member in get_args(get_args(IncidentEvent)[0])}

    lines = timeline(log.events)

    assert {line.fact for line in lines} == kinds
    assert [line.version for line in lines] == list(range(1, len(lines) + 1))
    assert [line.at for line in lines] == [event.occurred_at for event in log.events]
    assert all(len(plain(line.words)) > 10 for line in lines)


def test_a_resolved_incident_reads_from_alarm_to_recovery() -> None:
    assert told(resolved()) == [
        "The alarm “shop-checkout-errors” fired at 2026-11-23 12:00:00 UTC for lambda:checkout: "
        "“Threshold crossed: 12 errors”; the incident was opened.",
        f"Evidence of round 1 was frozen: 2 possible actions; sources: 2 ok; "
        f"digest {resolved().incident.evidence.evidence[:12]}.",  # type: ignore[union-attr]
        "The quorum decided to act: Point checkout:live back from version 4 to 3. "
        "Score 0.81 of 1.00; 0.70 is needed. Reason: “quorum”.",
        "Before the change, what undoing it needs was recorded: "
        "alias_revision = r-4, alias_version = 4.",
        "Done: Point checkout:live back from version 4 to 3. "
        "Written: alias_revision = r-5, alias_version = 3. Request request-1.",
        "Recovered after 2 min 1 s: the alarm is OK; 118 requests, 1 error "
        "(120 requests in as long a time before the fault). “the alarm's own window is over”",
        "Closed: resolved: the action helped, and the alarm and the traffic show it. "
        "Reason: “recovered”.",
    ]


def test_an_escalation_says_by_how_much_the_score_missed() -> None:
    assert (
        "A person has to decide; best supported: Point checkout:live back from version 4 to 3. "
        "Score 0.66 of 1.00; 0.70 is needed; it missed by 0.04. "
        "Reason: “below the threshold”. It goes to: senior_sre." in told(escalated())
    )


def test_an_undo_says_what_was_restored() -> None:
    assert (
        "Undone: Point checkout:live back from version 4 to 3. "
        "Restored: alias_version = 4. Request request-2." in told(undone())
    )


@pytest.mark.parametrize(
    ("seconds", "limit"), [(130.0, "target of 120"), (181.0, "maximum of 180")]
)
def test_an_overrun_names_the_limit_that_was_passed(seconds: float, limit: str) -> None:
    log = Log().open()
    timing = RoleTimed(role="diagnosis", seconds=seconds, target=120, maximum=180)
    log.add(RoleOverran, timing=timing)

    assert limit in told(log)[-1]


def test_flapping_and_a_storm_are_told_with_the_opening() -> None:
    log = Log().open()
    event = log.events[0].model_copy(update={"flapping": True, "storm": True})

    sentence = plain(timeline([event])[0].words)

    assert "closed less than 30 min 0 s before" in sentence
    assert "At least 5 incidents opened within 10 min 0 s" in sentence


def test_an_expired_question_has_nobodys_name() -> None:
    log = Log().open()
    log.add(ApprovalAnswered, approval_id="a", answer="expired")

    assert told(log)[-1] == "Nobody answered in time; the question expired."


def test_an_action_that_the_log_does_not_hold_is_named_by_its_id() -> None:
    log = Log().open()
    log.add(UndoRefused, action=ROLLBACK.id, reason="moved on")

    assert ROLLBACK.id in told(log)[-1]


def test_lines_are_values() -> None:
    assert timeline(resolved().events)[0] == timeline(resolved().events)[0]
    assert isinstance(timeline(resolved().events)[0], Line)
