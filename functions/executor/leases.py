"""Leases: on a resource until its action is settled, and on the account's one action in flight."""

from typing import Final

from functions.executor.dependencies import ExecutorDependencies
from quorum.domain.constants import RECOVERY_SECONDS
from quorum.domain.executions import Execution, newest

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
    deps: ExecutorDependencies,
    incident_id: str,
    resource: str | None,
    *,
    touched: bool,
    number: int | None,
) -> None:
    """End the incident's leases, after a cooldown if the resource was touched. Idempotent.

    `number` is that of the action whose leases end; None for an attempt without a fence. Another
    action of the incident that is in progress keeps its leases, though the incident holds them all.
    """
    now, other = deps.now(), _in_progress(deps, incident_id, number)
    if resource is not None and (other is None or other.resource != resource):
        until = deps.in_seconds(COOLDOWN_SECONDS) if touched else now
        deps.ledger.release(resource, incident_id, until)
    if other is None:
        deps.ledger.release(account_key(deps), incident_id, now)


def _in_progress(
    deps: ExecutorDependencies, incident_id: str, number: int | None
) -> Execution | None:
    """Return the newest action if it has another number and is to be verified or undone."""
    pair = newest(deps.ledger.actions(incident_id))
    if pair is None or pair.act.number == number or pair.act.state == "failed":
        return None
    if pair.undo is not None:
        return pair.act if pair.undo.state == "started" else None
    verified = deps.verdicts.find(incident_id, "action", pair.act.number)
    return pair.act if verified is None or verified.verdict == "failed" else None
