"""What a list of incidents shows."""

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
from tests.fakes.clock import START
from tests.unit.narrative.stories import (
    ROLLBACK,
    Log,
    alarm,
    dismissed,
    escalated,
    resolved,
    undone,
    votes,
)


def row(log: Log) -> IncidentView:
    return view(log.incident, actions(log.events))


def test_a_resolved_incident_is_closed_with_its_outcome_and_action() -> None:
    log = resolved()

    shown = row(log)

    assert (shown.status, shown.version) == ("closed", 7)
    assert shown.opened_at == log.events[0].occurred_at
    assert shown.details == {
        "alarm": "shop-checkout-errors",
        "alarms": 1,
        "resources": ["lambda:checkout"],
        "flapping": False,
        "decision": "execute",
        "action": {
            "id": ROLLBACK.id,
            "summary": "Point checkout:live back from version 4 to 3",
        },
        "score_bp": 8100,
        "level": None,
        "awaiting": None,
        "answer": None,
        "acted": True,
        "undone": False,
        "verdict": "recovered",
        "outcome": "resolved",
        "reason": "recovered",
        "closed_at": log.events[-1].occurred_at.isoformat(),
        "post_mortem": None,
        "seats": [
            *({"seat": v.seat, "tier": v.tier, "skipped": 0} for v in votes()),
            {"seat": "diagnosis-history", "tier": None, "skipped": 0},
        ],
        "fired_at": START.isoformat(),
        "decided_at": log.facts(DecisionMade)[0].occurred_at.isoformat(),
        "answered_at": None,
        "acted_at": log.facts(ActionTaken)[0].occurred_at.isoformat(),
        "recovered_at": log.facts(RecoveryChecked)[0].occurred_at.isoformat(),
        "asked": False,
        "autonomous": True,
        "cost_microdollars": None,
    }


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (Log().open(), {"decision": None, "action": None, "outcome": None, "closed_at": None}),
        (undone(), {"outcome": "undone", "undone": True, "verdict": "failed"}),
        (escalated(), {"outcome": "escalated", "acted": False, "level": "senior_sre"}),
        (dismissed(), {"outcome": "dismissed", "decision": "dismiss", "action": None}),
    ],
)
def test_each_ending_shows(log: Log, expected: dict[str, Any]) -> None:
    shown = row(log).details

    assert {key: shown[key] for key in expected} == expected


def test_a_question_waits_until_it_is_answered_or_the_incident_is_closed() -> None:
    log = Log().open().freeze().decide().ask()
    waiting = {"approval_id": "a" * 32, "until": "2026-11-23T12:15:03+00:00"}
    closed = Log().open().freeze().decide().ask().close("escalated", "pipeline")

    assert row(log).details["awaiting"] == waiting
    assert row(closed).details["awaiting"] is None
    log.add(ApprovalAnswered, approval_id="a" * 32, answer="denied")
    assert row(log).details["awaiting"] is None
    assert row(log).details["answer"] == "denied"


def test_joined_alarms_count_and_the_report_has_a_place() -> None:
    log = Log().open()
    log.add(AlarmJoined, alarm=alarm("another").model_copy(update={"resources": ("sqs:orders",)}))
    log.add(PostMortemWritten, key="post-mortems/x.md", content="0" * 64, cost_microdollars=1)

    shown = row(log).details

    assert shown["alarms"] == 2
    assert shown["resources"] == ["lambda:checkout", "sqs:orders"]
    assert shown["post_mortem"] == "post-mortems/x.md"
