"""Leases: on the resource until the action is settled, on the account for one action at a time."""

from typing import Final

from functions.executor.dependencies import Dependencies

LEASE_SECONDS: Final = 3600
"""Longer than the longest verification; a lease outlives a crashed execution by no more."""
COOLDOWN_SECONDS: Final = 300


def take(tools: Dependencies, key: str, incident_id: str) -> str | None:
    """Lease it; return the other incident that holds it, or None."""
    holder = tools.ledger.lease(key, incident_id, tools.in_seconds(LEASE_SECONDS))
    return None if holder == incident_id else holder


def account_key(tools: Dependencies) -> str:
    """Return the key that stands for the account's one action in flight."""
    return f"account:{tools.place.account}"


def release(tools: Dependencies, incident_id: str, resource: str | None, *, touched: bool) -> None:
    """End the incident's leases; a resource that was touched cools down first. Safe to repeat."""
    now = tools.now()
    if resource is not None:
        until = tools.in_seconds(COOLDOWN_SECONDS) if touched else now
        tools.ledger.release(resource, incident_id, until)
    tools.ledger.release(account_key(tools), incident_id, now)
