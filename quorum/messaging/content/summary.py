"""The opening lines of every message: what happened, since when, what is affected, and why."""

from collections.abc import Iterator, Sequence

from quorum.domain.events import DecisionMade, IncidentEvent, VoteCast, affected
from quorum.domain.incident import Incident
from quorum.domain.seats import SEATS
from quorum.narrative import (
    Actions,
    Verbatim,
    Words,
    instant,
    lasting,
    likely_cause,
    limited,
    missing,
    names,
    outsider,
    plural,
    seen_before,
    share,
)

MOST_NAMED = 5
"""Affected resources that are named; the rest is counted."""
_DIAGNOSIS = frozenset(seat.name for seat in SEATS if seat.role == "diagnosis")


def opening(incident: Incident, events: Sequence[IncidentEvent]) -> Iterator[Words]:
    """Yield the alarm and its reason, the time, the affected and the missing resources, earlier
    incidents of the same problem, and flapping or a storm.
    """
    alarm = incident.opened.alarm
    yield ("What happened: alarm ", outsider(alarm.name), ": ", outsider(alarm.reason))
    seconds = max(0.0, (events[-1].occurred_at - alarm.fired_at).total_seconds())
    ended = incident.closed is not None and incident.closed.outcome in {"resolved", "dismissed"}
    took = f"over after {lasting(seconds)}" if ended else f"{lasting(seconds)} so far"
    yield (f"Since: {instant(alarm.fired_at)} ({took})",)
    alarms = (alarm, *(joined.alarm for joined in incident.joined))
    found = affected(alarms)
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    hit: Words = names(found[:MOST_NAMED]) if found else ("no known resource",)
    yield ("Affected: ", *hit, f"{more} ({plural(len(alarms), 'alarm')})")
    vanished = incident.evidence.vanished if incident.evidence else ()
    yield from (("Missing: ", *missing(one)) for one in vanished[:MOST_NAMED])
    if incident.evidence and incident.evidence.seen:
        yield seen_before(incident.evidence.seen)
    limits = limited(incident.opened)
    if limits:
        yield (limits,)


def cause(action_id: str | None, decision: DecisionMade | None, known: Actions) -> Iterator[Words]:
    """Yield the most likely cause, with the reason of the diagnosis seat that is surest of it.

    Nothing for an action whose id does not match its parameters.
    """
    found = likely_cause(action_id, known)
    if not found:
        return
    votes = [
        vote
        for vote in (decision.votes if decision else ())
        if vote.action == action_id and vote.seat in _DIAGNOSIS
    ]
    best = max(votes, key=lambda vote: vote.conf_bp, default=None)
    yield ("Most likely cause: ", *found, *(_by(best) if best else ()), ".")


def _by(vote: VoteCast) -> Words:
    return (" (", Verbatim(vote.seat), f" {share(vote.conf_bp)}: ", outsider(vote.reason), ")")
