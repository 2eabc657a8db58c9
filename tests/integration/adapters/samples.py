"""Facts, bundles and votes that the contract tests store and read back."""

from datetime import UTC, datetime
from typing import Any, Final

from functions.shared.domain.events import (
    GENESIS,
    AlarmRecovered,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    event_digest,
)
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.model import OutsiderText

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
    """Return an incident's first fact."""
    given = {"event_id": "e1", "occurred_at": NOON, "alarm": alarm(), "flapping": False, **fields}
    return IncidentOpened(incident_id=incident_id, version=1, previous=GENESIS, **given)


def recovered(after: IncidentEvent, event_id: str = "e2") -> AlarmRecovered:
    """Return a fact that may follow `after`."""
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
    """Return the last fact, after `after`."""
    return IncidentClosed(
        incident_id=after.incident_id,
        version=after.version + 1,
        event_id=event_id,
        occurred_at=NOON,
        previous=event_digest(after),
        outcome="escalated",
        reason="test",
    )
