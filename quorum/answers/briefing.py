"""The head of the incident page: impact, most likely cause with its evidence, proposed action."""

from collections.abc import Container
from typing import Final, NamedTuple

from quorum.domain.call_graph import caller_distances
from quorum.domain.catalogue import VERBS, Verb, safe_description
from quorum.domain.events import DecisionMade, VoteCast
from quorum.domain.evidence import Alarm, Bundle, Candidate, Change, LogTemplate
from quorum.domain.incident import Incident
from quorum.domain.seats import SEATS
from quorum.narrative import Actions
from quorum.seats.signals.traffic import before_and_after

MOST_OPINIONS: Final = 2
MOST_PATTERNS: Final = 2
MOST_CALLERS: Final = 6
_DIAGNOSIS: Final = frozenset(seat.name for seat in SEATS if seat.role == "diagnosis")


class Impact(NamedTuple):
    """Failed requests of a resource since the onset.

    `usual` is the share that failed before. Metrics arrive late: while fewer requests than errors
    are counted the number is not `complete`, and the share means nothing.
    """

    resource: str
    failed: float
    attempts: float
    usual: float
    alarmed: bool
    complete: bool = True

    @property
    def share(self) -> float:
        """Return the share of requests that failed since the onset."""
        return self.failed / self.attempts if self.attempts else 0.0


class Cause(NamedTuple):
    """The evidence for the most likely cause: changes, log patterns, and seats' opinions."""

    changes: tuple[Change, ...]
    patterns: tuple[LogTemplate, ...]
    opinions: tuple[VoteCast, ...]


class Briefing(NamedTuple):
    """The summary that a person reads before deciding."""

    alarms: tuple[Alarm, ...]
    """The incident's first alarm, then those that joined it."""
    onset: int | None
    """Epoch seconds; None before evidence is frozen, or when it cannot be read."""
    impacts: tuple[Impact, ...]
    cause: Cause | None
    action: Candidate | None
    """The action of the approval request, or else the decision's proposal."""
    summary: str
    """The action in words, from what its id binds; empty without one."""
    verb: Verb | None


def briefing(incident: Incident, bundle: Bundle | None, known: Actions) -> Briefing:
    """Return the briefing; `known` are the incident's candidate actions."""
    decision = incident.decision
    asked = incident.approval.action if incident.approval else None
    action = known.get(asked or (decision.action if decision else None) or "")
    return Briefing(
        alarms=(incident.opened.alarm, *(joined.alarm for joined in incident.joined)),
        onset=bundle.onset if bundle else None,
        impacts=impacts(bundle) if bundle else (),
        cause=cause(decision, action, bundle) if decision and action and bundle else None,
        action=action,
        summary=safe_description(action) if action else "",
        verb=next((verb for verb in VERBS if action and verb.name == action.verb), None),
    )


def impacts(bundle: Bundle) -> tuple[Impact, ...]:
    """Return alarmed resources, then their callers that fail too, each if it is measured."""
    alarmed = dict.fromkeys(r for alarm in bundle.alarms for r in alarm.resources)
    callers = dict.fromkeys(
        caller
        for resource in alarmed
        for caller in sorted(caller_distances(bundle, resource))
        if caller not in alarmed
    )
    measured = [found for r in (*alarmed, *callers) if (found := impact(bundle, r, alarmed))]
    failing = [one for one in measured if one.alarmed or one.share > one.usual]
    return tuple(failing[: len(alarmed) + MOST_CALLERS])


def impact(bundle: Bundle, resource: str, alarmed: Container[str]) -> Impact | None:
    """Return the resource's traffic since the onset, or None if it is not measured."""
    before, after = before_and_after(bundle, resource)
    if not after.periods and not after.attempts:
        return None
    return Impact(
        resource,
        after.failures,
        after.attempts,
        before.ratio,
        alarmed=resource in alarmed,
        complete=after.requests >= after.errors,
    )


def cause(decision: DecisionMade, action: Candidate, bundle: Bundle) -> Cause:
    """Return the evidence that the proposed action's cause rests on."""
    votes = [
        vote
        for vote in decision.votes
        if vote.action == action.id and vote.seat in _DIAGNOSIS and vote.reason.outsider
    ]
    votes.sort(key=lambda vote: (-vote.conf_bp, vote.seat))
    return Cause(
        changes=tuple(change for change in bundle.changes if change.id in action.cites),
        patterns=patterns(action, bundle),
        opinions=tuple(votes[:MOST_OPINIONS]),
    )


def patterns(action: Candidate, bundle: Bundle) -> tuple[LogTemplate, ...]:
    """Return error patterns that grew: of the action's resource, or else of its nearest callers."""
    distance = caller_distances(bundle, action.resource)
    errors = [t for t in bundle.templates if t.level == "error" and t.after > t.before]
    near = [t for t in errors if t.resource in distance]
    near.sort(key=lambda t: (distance[t.resource], t.before > 0, -t.after, t.id))
    return tuple(near[:MOST_PATTERNS])
