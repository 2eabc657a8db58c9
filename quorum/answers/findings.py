"""Everything about an incident that an answer may cite: one sentence per id.

Ids are those of the bundle (series, changes, log patterns, `state:RESOURCE`, candidate actions), of
the log (`event:VERSION`, `vote:SEAT`, `gap:NUMBER`), of the catalogue (`undo:VERB`), and of what is
computed from the bundle (`traffic:`, `callers:`, `spread:` and `resource:RESOURCE`, `source:NAME`,
`past:INCIDENT`, `seen:NUMBER`).
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from quorum.answers.briefing import Impact, impact
from quorum.answers.record import IncidentRecord
from quorum.domain.base import ResourceId
from quorum.domain.call_graph import callers
from quorum.domain.catalogue import VERBS, safe_description
from quorum.domain.constants import BASIS_POINTS
from quorum.domain.events import VoteCast
from quorum.domain.evidence import (
    Bundle,
    Candidate,
    Change,
    LogTemplate,
    PastCase,
    Series,
    Source,
    Spread,
)
from quorum.narrative import (
    Actions,
    Verbatim,
    Words,
    action,
    earlier_incidents,
    epoch,
    from_onset,
    gaps,
    lasting,
    names,
    number,
    outsider,
    percent,
    plural,
    sentence,
    settings,
    share,
)

Section = Literal[
    "brief", "decision", "votes", "plots", "graph", "changes", "logs", "timeline", "gaps"
]
"""The part of the incident page that shows it."""
_COUNTS: Final = frozenset({"requests", "errors", "throttles"})


class Finding(NamedTuple):
    """A sentence about one record, without a full stop."""

    id: str
    section: Section
    words: Words


def findings(record: IncidentRecord) -> Mapping[str, Finding]:
    """Return all findings by id, in a stable order."""
    found = [*_log(record), *_actions(record)]
    if record.bundle is not None:
        found += _evidence(record.bundle)
    return {finding.id: finding for finding in found}


def resources(record: IncidentRecord) -> tuple[ResourceId, ...]:
    """Return the resources that alarms, evidence and actions concern, the alarmed ones first."""
    incident, bundle = record.incident, record.bundle
    alarms = (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
    found = [resource for alarm in alarms for resource in alarm.resources]
    if bundle is not None:
        found += [end for edge in bundle.edges for end in (edge.caller, edge.callee)]
        found += _resources_of(bundle)
    found += [one.resource for one in record.known.values()]
    return tuple(dict.fromkeys(found))


def _resources_of(bundle: Bundle) -> tuple[ResourceId, ...]:
    """Return the resources of metrics, changes and settings."""
    return (
        *(series.resource for series in bundle.series),
        *(change.resource for change in bundle.changes),
        *(state.resource for state in bundle.states),
    )


def _log(record: IncidentRecord) -> Iterator[Finding]:
    for event in record.events:
        words = sentence(event, record.known)
        yield Finding(f"event:{event.version}", "timeline", words)
    decision = record.incident.decision
    for vote in decision.votes if decision else ():
        yield Finding(f"vote:{vote.seat}", "votes", _vote(vote, record.known))
    for n, gap in enumerate(gaps(record.incident), start=1):
        yield Finding(f"gap:{n}", "gaps", gap)


def _vote(vote: VoteCast, known: Actions) -> Words:
    seat: Words = ("Seat ", Verbatim(vote.seat))
    if vote.action is None:
        return (*seat, " abstained: ", outsider(vote.reason))
    chosen = action(vote.action, known)
    confidence = f" with confidence {share(vote.conf_bp)}: "
    return (*seat, " voted for: ", *chosen, confidence, outsider(vote.reason))


def _actions(record: IncidentRecord) -> Iterator[Finding]:
    decision = record.incident.decision
    scores = dict(decision.ranking) if decision else {}
    for candidate in record.known.values():
        score = scores.get(candidate.id)
        yield Finding(candidate.id, "brief", _candidate(candidate, score))
    for verb in VERBS:
        if any(candidate.verb == verb.name for candidate in record.known.values()):
            how = f"it is undone by this: {verb.inverse}" if verb.inverse else "it cannot be undone"
            words: Words = (
                "Action ",
                Verbatim(verb.name),
                f": risk {verb.risk}; it affects {verb.blast_radius}; {how}",
            )
            yield Finding(f"undo:{verb.name}", "brief", words)


def _candidate(candidate: Candidate, score: int | None) -> Words:
    scored = "not voted on" if score is None else f"score {share(score)} of {share(BASIS_POINTS)}"
    return (Verbatim(safe_description(candidate)), f" ({scored})")


def _evidence(bundle: Bundle) -> Iterator[Finding]:
    for series in bundle.series:
        yield Finding(series.id, "plots", _series(series, bundle))
    for change in bundle.changes:
        yield Finding(change.id, "changes", _change(change, bundle.onset))
    for template in bundle.templates:
        yield Finding(template.id, "logs", _template(template))
    for state in bundle.states:
        words: Words = ("Settings of ", Verbatim(state.resource), ": ", *settings(state.settings))
        yield Finding(f"state:{state.resource}", "changes", words)
    for source in bundle.sources:
        yield Finding(f"source:{source.name}", "gaps", _source(source, bundle))
    for spread in bundle.spread:
        yield Finding(f"spread:{spread.resource}", "logs", _spread(spread))
    yield from _of_memory(bundle)
    yield from _of_resources(bundle)


def _of_memory(bundle: Bundle) -> Iterator[Finding]:
    for n, seen in enumerate(bundle.seen, start=1):
        yield Finding(f"seen:{n}", "brief", earlier_incidents(seen))
    for past in bundle.past:
        yield Finding(f"past:{past.incident_id}", "votes", _past(past))


def _of_resources(bundle: Bundle) -> Iterator[Finding]:
    ends = [end for edge in bundle.edges for end in (edge.caller, edge.callee)]
    alarmed = dict.fromkeys(r for alarm in bundle.alarms for r in alarm.resources)
    for resource in dict.fromkeys((*alarmed, *ends, *_resources_of(bundle))):
        measured = impact(bundle, resource, alarmed)
        if measured is not None:
            yield Finding(f"traffic:{resource}", "plots", _traffic(measured, bundle))
        words: Words = (Verbatim(resource), f": {_held(resource, bundle)}")
        yield Finding(f"resource:{resource}", "graph", words)
        if found := callers(bundle, resource):
            called: Words = (Verbatim(resource), " is called by ", *names(found))
            yield Finding(f"callers:{resource}", "graph", called)


def _held(resource: ResourceId, bundle: Bundle) -> str:
    """Return what the evidence holds on the resource."""
    counts = (
        (sum(s.resource == resource for s in bundle.series), "metric"),
        (sum(c.resource == resource for c in bundle.changes), "change"),
        (sum(t.resource == resource for t in bundle.templates), "log pattern"),
    )
    found = [plural(count, noun) for count, noun in counts if count]
    if not found:
        return "in the service map; the evidence holds no metric, change or log pattern of it"
    return f"the evidence holds {', '.join(found)} of it"


def _traffic(measured: Impact, bundle: Bundle) -> Words:
    on: Words = (Verbatim(measured.resource), ": ")
    failed = number(measured.failed)
    if not measured.complete:
        return (*on, f"{failed} failed requests since the onset; the requests are not complete yet")
    if not measured.attempts:
        return (*on, "no requests since the onset")
    of = f"{failed} of {number(measured.attempts)} requests since the onset"
    minutes = (bundle.taken_at.timestamp() - bundle.onset) / 60
    pace = ""
    if measured.failed and minutes >= 1:
        pace = f"; about {measured.failed / minutes:.3g} failures a minute"
    before = f"{percent(measured.usual)} before"
    return (*on, f"{percent(measured.share)} of requests fail ({of}; {before}){pace}")


def _series(series: Series, bundle: Bundle) -> Words:
    version = f", version {series.version}" if series.version else ""
    what = f"{series.statistic} of {series.measure} of "
    before = [value for at, value in series.points if at < bundle.onset]
    since = [value for at, value in series.points if at >= bundle.onset]
    figures = "no data since the onset"
    if since:
        figures = f"mean {_mean(since)} and maximum {max(since):.4g} since the onset"
    usual = f"mean {_mean(before)} before it" if before else "no data before it"
    each = f" (per {lasting(series.period_seconds)})"
    return (what, Verbatim(f"{series.resource}{version}"), f"{each}: {figures}, {usual}")


def _mean(values: list[float]) -> str:
    return f"{sum(values) / len(values):.4g}"


def _change(change: Change, onset: int) -> Words:
    when = f"at {epoch(change.at)}"
    if change.not_before != change.at:
        when = f"between {epoch(change.not_before)} and {epoch(change.at)}"
    by: Words = ("Quorum",) if change.ours else ("an unknown actor",)
    if change.actor and not change.ours:
        by = (outsider(change.actor),)
    return (
        Verbatim(f"{change.resource} {change.setting}"),
        ": ",
        Verbatim(str(change.before)),
        " → ",
        Verbatim(str(change.after)),
        f", {when} ({from_onset(change, onset)}), by ",
        *by,
        *((": ", outsider(change.title)) if change.title else ()),
    )


def _template(template: LogTemplate) -> Words:
    version = f", version {template.version}" if template.version else ""
    counts = f"{plural(template.after, 'line')} since the onset, {number(template.before)} before"
    on = Verbatim(f"{template.resource}{version}")
    return (on, f" logged ({template.level}; {counts}): ", outsider(template.template))


def _source(source: Source, bundle: Bundle) -> Words:
    states = {"ok": "was read", "stale": "is stale", "failed": "could not be read"}
    state = states.get(source.status, "is not configured")
    taken = f" for the evidence of {epoch(bundle.taken_at.timestamp())}"
    detail: Words = (": ", outsider(source.detail)) if source.detail else ()
    return (f"Source {source.name} {state}{taken}", *detail)


def _past(past: PastCase) -> Words:
    on: Words = (" with ", Verbatim(past.verb)) if past.verb else (" without an action",)
    likeness = (
        f" ({past.outcome}; closed at {epoch(past.closed_at)}, likeness {past.similarity:.2f})"
    )
    return ("Earlier incident ", Verbatim(past.incident_id), *on, likeness)


def _spread(spread: Spread) -> Words:
    failing = plural(spread.failing, "failing log line")
    named = f": {failing} since the onset name a caller (field "
    most = f"); {number(spread.most)} of them are of one caller"
    new = f", {number(spread.strangers)} of callers that were not seen before"
    return (Verbatim(spread.resource), named, Verbatim(spread.field), f"{most}{new}")
