"""The read model's row of an incident."""

from typing import Any

import pytest

from functions.projection.view import view
from quorum.domain.events import (
    ActionTaken,
    AlarmJoined,
    ApprovalAnswered,
    DecisionMade,
    PostMortemWritten,
    RecoveryChecked,
)
from quorum.domain.incident_view import IncidentView
from quorum.narrative import actions
from tests.builders.alarms import alarm
from tests.builders.candidates import ROLLBACK
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, undone, votes
from tests.fakes.clock import START


def row(log: Log) -> IncidentView:
    return view(log.incident, actions(log.events))


def test_view_of_a_resolved_incident_has_its_alarm_action_and_outcome() -> None:
    log = resolved()

    shown = row(log)

    assert (shown.status, shown.version) == ("closed", 7)
    assert shown.opened_at == log.events[0].occurred_at
    expected = {
        "alarm": "shop-checkout-errors",
        "resources": ["lambda:checkout"],
        "decision": "execute",
        "action": {
            "id": ROLLBACK.id,
            "summary": "Roll back checkout:live from version 4 to 3",
        },
        "score_bp": 8100,
        "acted": True,
        "undone": False,
        "verdict": "recovered",
        "outcome": "resolved",
        "autonomous": True,
        "asked": False,
    }
    assert {key: shown.details[key] for key in expected} == expected


def test_view_has_each_seats_method() -> None:
    voted = [{"seat": v.seat, "tier": v.tier, "skipped": 0} for v in votes()]
    missing = {"seat": "diagnosis-history", "tier": None, "skipped": 0}

    assert row(resolved()).details["seats"] == [*voted, missing]


def test_view_has_the_time_of_each_step_and_none_for_a_missing_one() -> None:
    log = resolved()

    details = row(log).details

    assert details["fired_at"] == START.isoformat()
    assert details["closed_at"] == log.events[-1].occurred_at.isoformat()
    assert details["answered_at"] is None
    assert details["decided_at"] == log.facts(DecisionMade)[0].occurred_at.isoformat()
    assert details["acted_at"] == log.facts(ActionTaken)[0].occurred_at.isoformat()
    assert details["recovered_at"] == log.facts(RecoveryChecked)[0].occurred_at.isoformat()


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (Log().open(), {"decision": None, "action": None, "outcome": None, "closed_at": None}),
        (undone(), {"outcome": "undone", "undone": True, "verdict": "failed"}),
        (escalated(), {"outcome": "escalated", "acted": False, "level": "senior_sre"}),
        (dismissed(), {"outcome": "dismissed", "decision": "dismiss", "action": None}),
    ],
)
def test_view_has_each_outcome(log: Log, expected: dict[str, Any]) -> None:
    shown = row(log).details

    assert {key: shown[key] for key in expected} == expected


def test_view_awaits_an_answer_until_the_answer_or_the_end() -> None:
    log = Log().open().freeze().decide().ask()
    waiting = {"approval_id": "a" * 32, "until": "2026-11-23T12:15:03+00:00"}
    closed = Log().open().freeze().decide().ask().close("escalated", "pipeline")

    assert row(log).details["awaiting"] == waiting
    assert row(closed).details["awaiting"] is None
    log.add(ApprovalAnswered, approval_id="a" * 32, answer="denied")
    assert row(log).details["awaiting"] is None
    assert row(log).details["answer"] == "denied"


def test_view_counts_joined_alarms_and_names_the_post_mortem() -> None:
    log = Log().open()
    log.add(AlarmJoined, alarm=alarm("another").model_copy(update={"resources": ("sqs:orders",)}))
    log.add(PostMortemWritten, key="post-mortems/x.md", content="0" * 64, cost_microdollars=1)

    shown = row(log).details

    assert shown["alarms"] == 2
    assert shown["resources"] == ["lambda:checkout", "sqs:orders"]
    assert shown["post_mortem"] == "post-mortems/x.md"
