"""Records and events of the incidents in a storm, as their writers store them."""

from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.notification_pipeline import NotificationPipeline
from quorum.domain.approvals import Approval
from quorum.domain.base import OutsiderText
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.events import (
    ApprovalRequested,
    DecisionMade,
    IncidentClosed,
    IncidentOpened,
    MessageKind,
    Outcome,
)
from quorum.domain.evidence import Alarm
from quorum.domain.incident_records import Ending, Opening

ACTION: Final = f"lambda.rollback_alias:{'a' * 32}"
ENDS: Final[dict[MessageKind, Outcome]] = {"resolved": "resolved", "escalated": "escalated"}
ALARM: Final = Alarm(
    name="shop-errors",
    arn="arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-errors",
    kind="metric",
    account="000000000000",
    region="us-east-1",
    resources=("lambda:shop",),
    fired_at=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
    reason=OutsiderText.of("Threshold Crossed"),
)


def advance(pipeline: NotificationPipeline, incident: str, kind: MessageKind) -> None:
    """Advance the incident to the point that a message of this kind is about."""
    if kind == "opened":
        _open(pipeline, incident)
    elif kind == "decision":
        _decide(pipeline, incident)
    elif kind == "approval_wanted":
        _ask(pipeline, incident)
    else:
        _end(pipeline, incident, ENDS[kind])


def _open(pipeline: NotificationPipeline, incident: str) -> None:
    at = pipeline.time().timestamp()
    opening = Opening(
        incident_id=incident, alarms=(ALARM,), opened_at=at, flapping=False, storm=True
    )
    pipeline.openings.put(opening)
    pipeline.recorder.record_once(incident, IncidentOpened, alarm=ALARM, flapping=False, storm=True)


def _decide(pipeline: NotificationPipeline, incident: str) -> None:
    pipeline.recorder.record_once(
        incident,
        DecisionMade,
        round=1,
        evidence="e" * 64,
        route="approve",
        action=ACTION,
        score_bp=6000,
        ranking=((ACTION, 6000),),
        votes=(),
        silent=(),
        reason="a storm",
        level=ESCALATION_LEVEL,
    )


def _ask(pipeline: NotificationPipeline, incident: str) -> None:
    until = pipeline.time() + timedelta(minutes=15)
    asked = Approval(
        approval_id=incident,
        incident_id=incident,
        action=ACTION,
        task_token="",
        expires_at=until.timestamp(),
    )
    pipeline.approvals.ask(asked)
    pipeline.recorder.record_once(
        incident,
        ApprovalRequested,
        approval_id=incident,
        action=ACTION,
        reason="a storm",
        level=ESCALATION_LEVEL,
        expires_at=until,
    )


def _end(pipeline: NotificationPipeline, incident: str, outcome: Outcome) -> None:
    at = pipeline.time().timestamp()
    pipeline.closings.put(Ending(incident_id=incident, outcome=outcome, ended_at=at))
    pipeline.recorder.record_once(incident, IncidentClosed, outcome=outcome, reason="storm")
