"""Events, bundles and votes that the contract tests store and read back."""

from datetime import UTC, datetime
from typing import Any, Final

from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    GENESIS,
    AlarmRecovered,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    event_digest,
)
from quorum.domain.evidence import Alarm, Bundle, Change
from quorum.domain.votes import Ballot, Opinion, Vote

INCIDENT: Final = "1" * 32
OTHER: Final = "2" * 32
NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def alarm(name: str = "shop-checkout-errors") -> Alarm:
    """Return a metric alarm on the checkout function."""
    return Alarm(
        name=name,
        arn=f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        kind="metric",
        account="123456789012",
        region="us-east-1",
        resources=("lambda:checkout",),
        fired_at=NOON,
        reason=OutsiderText.of("Threshold crossed: näh 🙂"),
    )


def opened(incident_id: str = INCIDENT, **fields: Any) -> IncidentOpened:
    """Return an incident's first event."""
    given = {"event_id": "e1", "occurred_at": NOON, "alarm": alarm(), "flapping": False, **fields}
    return IncidentOpened(incident_id=incident_id, version=1, previous=GENESIS, **given)


def recovered(after: IncidentEvent, event_id: str = "e2") -> AlarmRecovered:
    """Return an event that may follow `after`."""
    return AlarmRecovered(
        incident_id=after.incident_id,
        version=after.version + 1,
        event_id=event_id,
        occurred_at=NOON,
        previous=event_digest(after),
        alarm_name="shop-checkout-errors",
        recovered_at=NOON,
    )


def closed(after: IncidentEvent, event_id: str = "e9") -> IncidentClosed:
    """Return the last event, after `after`."""
    return IncidentClosed(
        incident_id=after.incident_id,
        version=after.version + 1,
        event_id=event_id,
        occurred_at=NOON,
        previous=event_digest(after),
        outcome="escalated",
        reason="test",
    )


def ballot(seat: str = "diagnosis-change", conf_bp: int = 8100) -> Ballot:
    """Return a seat's answer in the first round."""
    action = "lambda.rollback_alias:0123456789ab"
    return Ballot(
        vote=Vote(
            incident=INCIDENT,
            round=1,
            evidence="a" * 64,
            seat=seat,
            action=action,
            conf_bp=conf_bp,
            exp=1_800_000_000,
        ),
        tier="change-onset",
        opinion=Opinion(probabilities={action: 0.81}, none=0.1, reason="näh 🙂"),
        started_at=1_790_000_000.25,
        answered_at=1_790_000_000.75,
    )


def bundle(round_: int = 1) -> Bundle:
    """Return a small bundle with text from outside."""
    return Bundle(
        incident_id=INCIDENT, round=round_, taken_at=NOON, alarms=(alarm(),), onset=1_790_000_000
    )


def change(id_: str = "change-1", at: int = int(NOON.timestamp())) -> Change:
    """Return an alias that moved."""
    return Change(
        id=id_,
        resource="lambda:checkout",
        kind="alias",
        setting="live",
        not_before=at - 60,
        at=at,
        before="1",
        after="2",
    )
