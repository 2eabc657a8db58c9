"""What speaks against an effect: each check returns why it must not be, or None.

They read the real state now. What they raise counts as a reason, see `guards`.
"""

from datetime import timedelta
from typing import Final

from functions.executor import leases
from functions.executor.guard_context import GuardContext
from functions.executor.queue_health import still_failing
from functions.executor.track_record import track_record
from quorum.domain.constants import (
    EFFECTS_PER_HOUR,
    FLAPPING_WINDOW_SECONDS,
    STORM_INCIDENTS,
    STORM_WINDOW_SECONDS,
)
from quorum.domain.poisoning import describe_spread, suspicious_spread
from quorum.domain.restrictions import restricted_mode

UNKNOWN_OPENING: Final = "intake has no record of how the incident opened"
HOUR: Final = timedelta(hours=1)


def leased(moment: GuardContext) -> str | None:
    """Lease the resource; another incident that holds it, or its cooldown, is the reason."""
    resource = moment.warrant.candidate.resource
    holder = leases.take(moment.tools, resource, moment.incident.incident_id)
    return f"{resource} is leased to {holder}, or cools down after it" if holder else None


def in_flight(moment: GuardContext) -> str | None:
    """Lease the account's one action in flight."""
    key = leases.account_key(moment.tools)
    holder = leases.take(moment.tools, key, moment.incident.incident_id)
    return f"an action of {holder} is in flight" if holder else None


def hourly(moment: GuardContext) -> str | None:
    """At most three actions of other incidents started in the last hour."""
    since = moment.tools.now() - HOUR
    recent = [
        e
        for e in moment.tools.ledger.effects_since(since)
        if e.operation == "act"
        and e.state != "failed"
        and e.incident_id != moment.incident.incident_id
    ]
    return f"{len(recent)} actions in the last hour" if len(recent) >= EFFECTS_PER_HOUR else None


def stopped(moment: GuardContext) -> str | None:
    """The stop switch is thrown."""
    return moment.tools.stop.thrown()


def taken_over(moment: GuardContext) -> str | None:
    """A person has the incident: nothing is done in it beside them."""
    taken = moment.tools.approvals.taken_over(moment.incident.incident_id)
    if taken is not None:
        return f"{taken.by} has taken it over"
    told = moment.incident.taken_over if moment.opening is None else None
    return f"{told.by.outsider} has taken it over" if told else None


def deploying(moment: GuardContext) -> str | None:
    """Somebody deploys onto the resource."""
    resource = moment.warrant.candidate.resource
    return moment.hazards.deploying or moment.tools.deployments.running(resource)


def weighted(moment: GuardContext) -> str | None:
    """The alias splits its traffic."""
    return moment.hazards.weighted


def autoscaled(moment: GuardContext) -> str | None:
    """Autoscaling owns the value."""
    return moment.hazards.autoscaled


def alarm_over(moment: GuardContext) -> str | None:
    """The alarm that opened the incident is no longer in ALARM.

    Before what was left behind is cleared away it must be over: unless it watches just that.
    """
    alarm, warrant = moment.bundle.alarms[0], moment.warrant
    letters = f"sqs:{warrant.candidate.parameters.get('dead_letter_queue')}"
    over = warrant.verb.cause_first and letters not in alarm.resources
    status = moment.tools.alarms.states([alarm.name]).get(alarm.name)
    if status is not None and status.state == ("OK" if over else "ALARM"):
        return None
    return f"{alarm.name} is {status.state if status else 'gone'}"


def cause_remains(moment: GuardContext) -> str | None:
    """What left the dead letters behind still fails: they would come back."""
    if not moment.warrant.verb.cause_first:
        return None
    failing = still_failing(moment.bundle, moment.warrant.candidate.resource)
    return f"{', '.join(failing)} still failed when the evidence was taken" if failing else None


def target_unproven(moment: GuardContext) -> str | None:
    """What we would go back to is not known to serve, or failed too often, and less than this."""
    record = track_record(moment.bundle, moment.warrant.candidate)
    if record is None or record.verdict in {"healthy", "unhealthy"}:
        return None
    if record.verdict == "unknown":
        return f"the target is known to have served {record.requests:g} requests"
    failed = f"of {record.requests:g} requests that the target served, {record.errors:g} failed"
    return f"{failed}: more than its objective allows, though clearly less than now"


def target_unhealthy(moment: GuardContext) -> str | None:
    """What we would go back to served traffic, and failed; no less than what serves now."""
    record = track_record(moment.bundle, moment.warrant.candidate)
    if record is None or record.verdict != "unhealthy":
        return None
    return f"of {record.requests:g} requests that the target served, {record.errors:g} failed"


def below_floor(moment: GuardContext) -> str | None:
    """A tag of the resource forbids to go back so far."""
    return moment.hazards.below_floor


def security_release(moment: GuardContext) -> str | None:
    """A tag of the resource says that this takes a security release back."""
    return moment.hazards.security


def concentrated(moment: GuardContext) -> str | None:
    """One caller among many has the failures: it need not be the release that fails."""
    found = suspicious_spread(moment.bundle, moment.warrant.candidate)
    return describe_spread(found) if found else None


def flapping(moment: GuardContext) -> str | None:
    """The alarm fires again soon after its last incident closed."""
    opening = moment.opening
    if opening is None:
        return UNKNOWN_OPENING
    ended = moment.tools.closings.of_alarm(opening.alarms[0].arn)
    again = (
        ended is not None
        and ended.incident_id != opening.incident_id
        and opening.opened_at - ended.ended_at < FLAPPING_WINDOW_SECONDS
    )
    return "the alarm's last incident closed just before" if again or opening.flapping else None


def storm(moment: GuardContext) -> str | None:
    """Five incidents opened within ten minutes."""
    if moment.opening is None:
        return UNKNOWN_OPENING
    if moment.opening.storm:
        return "the incident opened in a storm"
    since = moment.tools.now() - timedelta(seconds=STORM_WINDOW_SECONDS)
    opened = len(moment.tools.openings.since(since))
    return f"{opened} incidents opened in ten minutes" if opened >= STORM_INCIDENTS else None


def second_fault(moment: GuardContext) -> str | None:
    """The evidence shows two independent faults."""
    return "two faults show at once" if moment.bundle.second_fault else None


def evidence_gaps(moment: GuardContext) -> str | None:
    """Too much of the evidence was missing for anybody but a person to decide."""
    return None if moment.bundle.complete_enough() else "too much of the evidence is missing"


def irreversible(moment: GuardContext) -> str | None:
    """The verb has no inverse."""
    return None if moment.warrant.verb.reversible else f"{moment.warrant.verb.name} has no inverse"


def shadow(moment: GuardContext) -> str | None:
    """Nobody opted into this verb on this resource."""
    return f"{_scope(moment)} is in shadow" if _mode(moment) == "shadow" else None


def approval_wanted(moment: GuardContext) -> str | None:
    """The operator wants to be asked."""
    return f"{_scope(moment)} needs approval" if _mode(moment) == "approve" else None


def _mode(moment: GuardContext) -> str:
    candidate, held_back = moment.warrant.candidate, moment.tools.switched.newest("modes")
    restrictions = held_back.modes if held_back else ()
    return restricted_mode(moment.tools.rules, restrictions, candidate.verb, candidate.resource)


def _scope(moment: GuardContext) -> str:
    return f"{moment.warrant.candidate.verb} on {moment.warrant.candidate.resource}"
