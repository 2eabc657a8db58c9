"""Leases: on the resource until the action is settled, on the account for one action at a time."""

from typing import Final

from functions.executor.tools import Tools
from functions.shared.domain.incident import Incident

LEASE_SECONDS: Final = 3600
"""Longer than the longest verification; a lease outlives a crashed execution by no more."""
COOLDOWN_SECONDS: Final = 300


def take(tools: Tools, key: str, incident_id: str) -> str | None:
    """Lease it; return the other incident that holds it, or None."""
    holder = tools.ledger.lease(key, incident_id, tools.in_seconds(LEASE_SECONDS))
    return None if holder == incident_id else holder


def account_key(tools: Tools) -> str:
    """Return the key that stands for the account's one action in flight."""
    return f"account:{tools.place.account}"


def release(tools: Tools, incident: Incident, *, touched: bool) -> None:
    """End the incident's leases; a resource that was touched cools down first. Safe to repeat."""
    incident_id, now = incident.incident_id, tools.now()
    resource = _resource(incident)
    if resource is not None:
        until = tools.in_seconds(COOLDOWN_SECONDS) if touched else now
        tools.ledger.release(resource, incident_id, until)
    tools.ledger.release(account_key(tools), incident_id, now)


def _resource(incident: Incident) -> str | None:
    """Return what the incident leases: that of the inverse captured, or of the decided action."""
    if incident.captured is not None:
        return incident.captured.candidate.resource
    decision, frozen = incident.decision, incident.evidence
    if decision is None or frozen is None:
        return None
    return next((c.resource for c in frozen.candidates if c.id == decision.action), None)
