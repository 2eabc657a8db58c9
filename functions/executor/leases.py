"""Leases: on a resource until its action is settled, and on the account's one action in flight."""

from typing import Final

from functions.executor.dependencies import ExecutorDependencies
from quorum.domain.constants import RECOVERY_SECONDS

LEASE_SECONDS: Final = RECOVERY_SECONDS
"""As long as the longest verification: a crashed execution blocks the resource no longer."""
COOLDOWN_SECONDS: Final = 300


def take(deps: ExecutorDependencies, key: str, incident_id: str) -> str | None:
    """Lease the key; return the id of another incident that holds it, or None."""
    holder = deps.ledger.lease(key, incident_id, deps.in_seconds(LEASE_SECONDS))
    return None if holder == incident_id else holder


def account_key(deps: ExecutorDependencies) -> str:
    """Return the lease key of the account's one action in flight."""
    return f"account:{deps.place.account}"


def release(
    deps: ExecutorDependencies, incident_id: str, resource: str | None, *, touched: bool
) -> None:
    """End the incident's leases, after a cooldown if the resource was touched. Idempotent."""
    now = deps.now()
    if resource is not None:
        until = deps.in_seconds(COOLDOWN_SECONDS) if touched else now
        deps.ledger.release(resource, incident_id, until)
    deps.ledger.release(account_key(deps), incident_id, now)
