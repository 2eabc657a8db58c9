"""What happens in a storm's incidents, written by those who alone may write it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.storm_office import StormOffice
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


def happen(office: StormOffice, incident: str, kind: MessageKind) -> None:
    """Have the incident come to what a message of this kind tells of."""
    if kind == "opened":
        _open(office, incident)
    elif kind == "decision":
        _decide(office, incident)
    elif kind == "approval_wanted":
        _ask(office, incident)
    else:
        _end(office, incident, ENDS[kind])


def _open(office: StormOffice, incident: str) -> None:
    at = office.time().timestamp()
    opening = Opening(
        incident_id=incident, alarms=(ALARM,), opened_at=at, flapping=False, storm=True
    )
    office.openings.put(opening)
    office.recorder.record_once(incident, IncidentOpened, alarm=ALARM, flapping=False, storm=True)


def _decide(office: StormOffice, incident: str) -> None:
    office.recorder.record_once(
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


def _ask(office: StormOffice, incident: str) -> None:
    until = office.time() + timedelta(minutes=15)
    asked = Approval(
        approval_id=incident,
        incident_id=incident,
        action=ACTION,
        task_token="",
        expires_at=until.timestamp(),
    )
    office.approvals.ask(asked)
    office.recorder.record_once(
        incident,
        ApprovalRequested,
        approval_id=incident,
        action=ACTION,
        reason="a storm",
        level=ESCALATION_LEVEL,
        expires_at=until,
    )


def _end(office: StormOffice, incident: str, outcome: Outcome) -> None:
    at = office.time().timestamp()
    office.closings.put(Ending(incident_id=incident, outcome=outcome, ended_at=at))
    office.recorder.record_once(incident, IncidentClosed, outcome=outcome, reason="storm")
