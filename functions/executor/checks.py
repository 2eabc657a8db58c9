"""Guard checks: each returns the reason against an effect, or None.

They read the real state at call time. An error raised by a check counts as a reason, see `guards`.
"""

from datetime import timedelta
from typing import Final

from functions.executor import leases
from functions.executor.guard_context import GuardContext
from functions.executor.queue_health import still_failing
from functions.executor.track_record import TrackRecord, track_record
from quorum.domain.constants import (
    EFFECTS_PER_HOUR,
    FLAPPING_WINDOW_SECONDS,
    STORM_INCIDENTS,
    STORM_WINDOW_SECONDS,
)
from quorum.domain.evidence_gaps import reason_against_autonomy
from quorum.domain.poisoning import describe_spread, suspicious_spread
from quorum.domain.restrictions import restricted_mode

UNKNOWN_OPENING: Final = "intake has no record of how the incident opened"
HOUR: Final = timedelta(hours=1)


def lease(context: GuardContext) -> str | None:
    """Refuse if another incident holds the resource or its cooldown; otherwise lease it."""
    resource = context.warrant.candidate.resource
    holder = leases.take(context.deps, resource, context.incident.incident_id)
    return (
        f"{resource} is leased to incident {holder}, or cooling down after it" if holder else None
    )


def in_flight(context: GuardContext) -> str | None:
    """Refuse if another action is in flight in the account; otherwise lease its one slot."""
    key = leases.account_key(context.deps)
    holder = leases.take(context.deps, key, context.incident.incident_id)
    return f"an action of incident {holder} is in flight" if holder else None


def hourly_limit(context: GuardContext) -> str | None:
    """Refuse after EFFECTS_PER_HOUR actions of other incidents in the last hour."""
    since = context.deps.now() - HOUR
    recent = [
        e
        for e in context.deps.ledger.effects_since(since)
        if e.operation == "act"
        and e.state != "failed"
        and e.incident_id != context.incident.incident_id
    ]
    return f"{len(recent)} actions in the last hour" if len(recent) >= EFFECTS_PER_HOUR else None


def stop_switch(context: GuardContext) -> str | None:
    """Refuse while the stop switch is on."""
    return context.deps.stop.thrown()


def taken_over(context: GuardContext) -> str | None:
    """Refuse once a person has taken over the incident."""
    record = context.deps.approvals.taken_over(context.incident.incident_id)
    if record is not None:
        return f"{record.by} has taken over the incident"
    event = context.incident.taken_over if context.opening is None else None
    return f"{event.by.outsider} has taken over the incident" if event else None


def second_action(context: GuardContext) -> str | None:
    """Refuse without approval once the incident has had an action, whatever it did."""
    pairs = context.deps.ledger.actions(context.incident.incident_id)
    tried = ", ".join(pair.act.action for pair in pairs)
    return f"an earlier action of this incident did not end it: {tried}" if pairs else None


def memory_decides(context: GuardContext) -> str | None:
    """Refuse without approval if the outcomes of earlier incidents alone carry the action."""
    alone = context.warrant.memory_decides
    return "without the outcomes of earlier incidents the votes do not suffice" if alone else None


def answered(context: GuardContext) -> str | None:
    """Refuse without approval if a person has answered a request of the incident."""
    requests = context.deps.approvals.of_incident(context.incident.incident_id)
    by = next((one.by for one in requests if one.state in {"granted", "denied"}), None)
    return None if by is None else f"{by} has answered the approval request of another round"


def deployment(context: GuardContext) -> str | None:
    """Refuse while a deployment changes the resource."""
    resource = context.warrant.candidate.resource
    return context.hazards.deploying or context.deps.deployments.running(resource)


def weighted_alias(context: GuardContext) -> str | None:
    """Refuse while the alias splits its traffic."""
    return context.hazards.weighted


def autoscaling(context: GuardContext) -> str | None:
    """Refuse if autoscaling owns the value."""
    return context.hazards.autoscaled


def alarm_over(context: GuardContext) -> str | None:
    """Refuse if the alarm that opened the incident is OK by its data, or deleted.

    A verb that needs the cause fixed first needs it OK instead, unless it watches the dead letters.
    """
    name, status = context.bundle.alarms[0].name, context.alarm_status
    if context.needs_alarm_ok:
        if status is not None and status.state == "OK":
            return None
        return f"{name} is not OK yet: {status.state if status else 'deleted'}"
    if status is None:
        return f"{name} is no longer in ALARM: deleted"
    if status.state == "OK" and not status.without_data:
        return f"{name} is no longer in ALARM: OK"
    return None


def alarm_without_data(context: GuardContext) -> str | None:
    """Refuse if the alarm left ALARM for want of data: that is neither recovery nor failure."""
    status = context.alarm_status
    if status is None or status.state == "ALARM" or context.needs_alarm_ok:
        return None
    if status.state == "OK" and not status.without_data:
        return None
    return (
        f"{status.name} is {status.state} without data since {status.since:%H:%M:%S} UTC: "
        "it shows neither that the fault is over nor that it persists"
    )


def cause_remains(context: GuardContext) -> str | None:
    """Refuse a redrive while the queue's producer or consumer still fails."""
    if not context.warrant.verb.cause_first:
        return None
    failing = still_failing(context.bundle, context.warrant.candidate.resource)
    return f"still failing in the evidence: {', '.join(failing)}" if failing else None


def target_unproven(context: GuardContext) -> str | None:
    """Refuse a rollback target with too few requests, or one that broke its objective."""
    record = track_record(context.bundle, context.warrant.candidate)
    if record is None or record.verdict in {"healthy", "unhealthy"}:
        return None
    if record.verdict == "unknown":
        return f"too few requests to the rollback target to judge it: {record.requests:g}"
    return f"{_failed_share(record)}: more than its objective allows, but fewer than now"


def target_unhealthy(context: GuardContext) -> str | None:
    """Refuse a rollback target that failed no less than the current version."""
    record = track_record(context.bundle, context.warrant.candidate)
    if record is None or record.verdict != "unhealthy":
        return None
    return _failed_share(record)


def _failed_share(record: TrackRecord) -> str:
    return f"{record.errors:g} of {record.requests:g} requests to the rollback target failed"


def below_floor(context: GuardContext) -> str | None:
    """Refuse a rollback below the version that a tag of the resource allows."""
    return context.hazards.below_floor


def security_release(context: GuardContext) -> str | None:
    """Refuse to roll back a security release that a tag of the resource marks."""
    return context.hazards.security


def concentrated(context: GuardContext) -> str | None:
    """Refuse if one caller among many has the failures: the release may not be at fault."""
    found = suspicious_spread(context.bundle, context.warrant.candidate)
    return describe_spread(found) if found else None


def flapping(context: GuardContext) -> str | None:
    """Refuse if the alarm fired again soon after its last incident closed."""
    opening = context.opening
    if opening is None:
        return UNKNOWN_OPENING
    last = context.deps.closings.of_alarm(opening.alarms[0].arn)
    again = (
        last is not None
        and last.incident_id != opening.incident_id
        and opening.opened_at - last.ended_at < FLAPPING_WINDOW_SECONDS
    )
    if again or opening.flapping:
        return "the alarm fired again soon after its last incident closed"
    return None


def storm(context: GuardContext) -> str | None:
    """Refuse during an alarm storm: STORM_INCIDENTS incidents within ten minutes."""
    if context.opening is None:
        return UNKNOWN_OPENING
    if context.opening.storm:
        return "the incident opened during an alarm storm"
    since = context.deps.now() - timedelta(seconds=STORM_WINDOW_SECONDS)
    opened = len(context.deps.openings.since(since))
    return f"{opened} incidents opened in ten minutes" if opened >= STORM_INCIDENTS else None


def second_fault(context: GuardContext) -> str | None:
    """Refuse if the evidence shows two independent faults."""
    return "the evidence shows two independent faults" if context.bundle.second_fault else None


def evidence_gaps(context: GuardContext) -> str | None:
    """Refuse without approval if the evidence does not suffice for an autonomous decision."""
    return reason_against_autonomy(context.bundle, context.warrant.candidate.id)


def irreversible(context: GuardContext) -> str | None:
    """Refuse a verb that has no inverse."""
    return (
        None if context.warrant.verb.reversible else f"{context.warrant.verb.name} has no inverse"
    )


def shadow(context: GuardContext) -> str | None:
    """Refuse a verb that runs in shadow mode on this resource."""
    return f"{_scope(context)} is in shadow mode" if _mode(context) == "shadow" else None


def approval_wanted(context: GuardContext) -> str | None:
    """Refuse without approval if the configuration requires one."""
    return f"{_scope(context)} needs approval" if _mode(context) == "approve" else None


def _mode(context: GuardContext) -> str:
    candidate, change = context.warrant.candidate, context.deps.control_log.newest("modes")
    restrictions = change.modes if change else ()
    return restricted_mode(context.deps.rules, restrictions, candidate.verb, candidate.resource)


def _scope(context: GuardContext) -> str:
    return f"{context.warrant.candidate.verb} on {context.warrant.candidate.resource}"
