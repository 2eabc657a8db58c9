"""Answers by rule: per topic, the findings that bear on it, and what the evidence lacks."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from quorum.answers.briefing import impacts, patterns
from quorum.answers.findings import Finding, findings, resources
from quorum.answers.questions import Question, Topic, recognise
from quorum.answers.record import IncidentRecord
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Candidate, SourceName
from quorum.domain.seats import SEATS
from quorum.narrative import Verbatim, Words, likely_cause, outsider, plain, share

MOST: Final = 8
"""Maximum number of statements in an answer."""
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*%?")
_PREDICTION: Final = tuple(seat.name for seat in SEATS if seat.role == "prediction")
_REMEDIES: Final[Mapping[SourceName, str]] = {
    "metrics": "the resource's metrics in CloudWatch",
    "logs": "its log group",
    "traces": "its traces in X-Ray",
    "changes": "CloudTrail and the last deployments",
    "topology": "the service map: declare it, or tag the resources",
    "state": "the resource's settings in the AWS console",
}
"""Per source, what a person would have to look at instead."""

_MESSAGES: Final = frozenset({"MessageSent", "MessageFailed"})
_STATES: Final = {"stale": "is stale", "failed": "could not be read"}


class Statement(NamedTuple):
    """One sentence, and the ids of the findings that it consists of."""

    words: Words
    cites: tuple[str, ...]


class Answer(NamedTuple):
    """Statements, each with its citations; and what is not in the evidence."""

    topic: Topic | None
    """None for a question that no rule recognises."""
    statements: tuple[Statement, ...]
    missing: tuple[Words, ...] = ()
    """One sentence per gap of the evidence, with what would have to be looked at."""


class _Case(NamedTuple):
    record: IncidentRecord
    findings: Mapping[str, Finding]
    question: Question

    def say(self, ids: Iterable[str], lead: str = "") -> Iterator[Statement]:
        """Yield one statement per known id, each once, with the words before the first."""
        for n, id_ in enumerate(one for one in dict.fromkeys(ids) if one in self.findings):
            words = self.findings[id_].words
            yield Statement((lead, *words) if lead and n == 0 else words, (id_,))

    def newest(self, *kinds: str) -> tuple[str, ...]:
        """Return the id of the newest event of these types, if there is one."""
        found = [event.version for event in self.record.events if event.type in kinds]
        return (f"event:{found[-1]}",) if found else ()

    @property
    def chosen(self) -> Candidate | None:
        """Return the action that was taken, or is proposed."""
        incident = self.record.incident
        decision, taken = incident.decision, incident.taken
        asked = incident.approval.action if incident.approval else None
        by_votes = decision.action if decision else None
        return self.record.known.get((taken.action if taken else asked or by_votes) or "")


Part = Iterator[Statement | Words]
"""A statement with citations, or a gap."""


def answer(record: IncidentRecord, question: str) -> Answer:
    """Return the answer to the question, which selects findings and is not repeated."""
    asked = recognise(question, resources(record))
    case = _Case(record, findings(record), asked)
    if asked.topic is None:
        return Answer(None, ())
    parts = [*_TOPICS[asked.topic](case), *_unknown(case)]
    found = [part for part in parts if isinstance(part, Statement)]
    gaps = [part for part in parts if not isinstance(part, Statement)]
    if not found and not gaps:
        gaps = [("Not in the evidence.",)]
    unique = {statement.cites: statement for statement in reversed(found)}
    return Answer(asked.topic, tuple(reversed(unique.values()))[:MOST], tuple(gaps))


def unsupported(statement: Statement, known: Mapping[str, Finding]) -> tuple[str, ...]:
    """Return the ids that do not exist, and the numbers that no cited finding holds."""
    absent = tuple(id_ for id_ in statement.cites if id_ not in known)
    cited = " ".join(plain(known[id_].words) for id_ in statement.cites if id_ in known)
    held = frozenset(_NUMBER.findall(cited))
    return (*absent, *(n for n in _NUMBER.findall(plain(statement.words)) if n not in held))


def _unknown(case: _Case) -> Part:
    """Yield why evidence is missing altogether, and the kinds that are not part of it."""
    record = case.record
    if record.unreadable:
        yield ("The evidence cannot be read: ", outsider(record.unreadable), ".")
    elif record.bundle is None:
        yield ("No evidence is collected yet: ask again in a minute.",)
    for word in case.question.absent:
        look = "; to have one examined, declare it in the service map or tag it."
        yield (f"Not in the evidence: a {word}. None is near the alarm in the service map{look}",)


def _missing_source(case: _Case, name: SourceName, what: str) -> Part:
    """Yield the gap if the source was not read completely."""
    bundle = case.record.bundle
    source = next((s for s in bundle.sources if s.name == name), None) if bundle else None
    if bundle is not None and (source is None or source.status != "ok"):
        status = source.status if source else "absent"
        state = {"stale": "is stale", "failed": "could not be read"}.get(
            status, "is not configured"
        )
        gap = f"Not in the evidence: {what}, as the source {name} {state}. Look at "
        yield (f"{gap}{_REMEDIES[name]}.",)


def _summary(case: _Case) -> Part:
    yield from case.say(case.newest("IncidentOpened"))
    bundle = case.record.bundle
    if bundle is not None:
        yield from case.say([f"traffic:{one.resource}" for one in impacts(bundle)][:2])
    yield from _cause_line(case)
    yield from case.say(case.newest("ActionTaken", "ActionRefused"))
    yield from _status(case)


def _cause_line(case: _Case) -> Part:
    """Yield the cause that the proposal addresses; it is only likely where the quorum agreed."""
    chosen, decision = case.chosen, case.record.incident.decision
    cause = likely_cause(chosen.id, case.record.known) if chosen else ()
    if chosen is None or decision is None or not cause:
        return
    scores = dict(decision.ranking)
    agreed = decision.route == "execute"
    name = "Most likely cause" if agreed else "Possible cause, which the quorum did not agree on"
    score = f" (score {share(scores[chosen.id])})" if chosen.id in scores else ""
    cites = (chosen.id, *(id_ for id_ in chosen.cites if id_ in case.findings))
    yield Statement((f"{name}{score}: ", *cause), cites)


def _cause(case: _Case) -> Part:
    if case.question.resources:
        yield from _about(case)
        return
    chosen, bundle, decision = case.chosen, case.record.bundle, case.record.incident.decision
    yield from _cause_line(case)
    if chosen is None:
        yield from case.say(case.newest("DecisionMade"))
    else:
        yield from case.say(chosen.cites)
    if chosen and bundle:
        yield from case.say(template.id for template in patterns(chosen, bundle))
    votes = [v for v in decision.votes if chosen and v.action == chosen.id] if decision else []
    votes.sort(key=lambda vote: (-vote.conf_bp, vote.seat))
    yield from case.say(f"vote:{vote.seat}" for vote in votes[:3])
    if decision is None:
        yield ("Not decided yet: the seats have not all voted.",)
    elif chosen is None:
        yield (
            "Not in the evidence: a cause that stands out. Look at the changes and log patterns.",
        )


def _changes(case: _Case) -> Part:
    bundle = case.record.bundle
    if bundle is not None:
        of = case.question.resources
        cited = set(case.chosen.cites) if case.chosen else set()
        changes = [c for c in bundle.changes if not of or c.resource in of]
        changes.sort(key=lambda c: (c.id not in cited, abs(c.at - bundle.onset), c.id))
        yield from case.say(change.id for change in changes)
        if not changes:
            lead = "No change of a watched setting was seen. "
            yield from case.say(["source:changes"], lead)
    yield from _missing_source(case, "changes", "all changes")


def _alternatives(case: _Case) -> Part:
    if case.question.resources or case.question.absent:
        yield from _about(case)
        return
    decision, chosen = case.record.incident.decision, case.chosen
    if decision is None:
        yield ("Not decided yet: the seats have not all voted.",)
        return
    others = [action for action, _ in decision.ranking if not chosen or action != chosen.id]
    yield from case.say(others)
    dissent = [v for v in decision.votes if v.action and (not chosen or v.action != chosen.id)]
    dissent.sort(key=lambda vote: (-vote.conf_bp, vote.seat))
    yield from case.say(f"vote:{vote.seat}" for vote in dissent)
    unscored = [a for a in case.record.known if a not in others and (not chosen or a != chosen.id)]
    yield from case.say(unscored)
    if not others and not dissent and not unscored:
        yield from case.say(case.newest("DecisionMade"), "No other action was supported. ")


def _about(case: _Case) -> Part:
    """Yield what the evidence holds on the named resources, for and against them as the cause."""
    bundle, decision = case.record.bundle, case.record.incident.decision
    for resource in case.question.resources:
        own = [a.id for a in case.record.known.values() if a.resource == resource]
        chosen = case.chosen is not None and case.chosen.resource == resource
        yield from case.say([f"resource:{resource}"])
        yield from case.say([f"traffic:{resource}"])
        yield from case.say(own, "It is the target of the proposed action. " if chosen else "")
        votes = [v for v in decision.votes if v.action in own] if decision else []
        yield from case.say(f"vote:{vote.seat}" for vote in votes[:3])
        if bundle is not None:
            yield from case.say(c.id for c in bundle.changes if c.resource == resource)
            grew = [t for t in bundle.templates if t.resource == resource and t.after > t.before]
            yield from case.say(t.id for t in grew[:2])
            yield from _other_series(case, resource)


def _other_series(case: _Case, resource: ResourceId) -> Part:
    bundle = case.record.bundle
    series = [s for s in bundle.series if s.resource == resource] if bundle else []
    if f"traffic:{resource}" in case.findings:
        return
    yield from case.say(s.id for s in series if s.version is None)
    if not series:
        what = "Not in the evidence: metrics of "
        look = f". Look at {_REMEDIES['metrics']}."
        yield (what, Verbatim(resource), look)


def _affected(case: _Case) -> Part:
    bundle = case.record.bundle
    if bundle is None:
        return
    hit = [one.resource for one in impacts(bundle)]
    of = case.question.resources or tuple(hit)
    yield from case.say(f"traffic:{resource}" for resource in of)
    yield from case.say(f"callers:{resource}" for resource in of)
    yield from case.say(f"spread:{one.resource}" for one in bundle.spread)
    if not hit:
        yield from case.say(series.id for series in bundle.series if series.alarmed)
        yield (f"Not in the evidence: requests of the alarmed resources. {_LOOK_AT_METRICS}",)
    if not bundle.spread:
        yield ("Not in the evidence: single customers, as no log line names the caller.",)


_LOOK_AT_METRICS: Final = f"Look at {_REMEDIES['metrics']}."


def _waiting(case: _Case) -> Part:
    bundle, incident = case.record.bundle, case.record.incident
    if incident.is_closed:
        yield from case.say(case.newest("IncidentClosed"))
        return
    yield from case.say(case.newest("ApprovalRequested"))
    if bundle is not None:
        yield from case.say([f"traffic:{one.resource}" for one in impacts(bundle)][:3])
    cast = [f"vote:{seat}" for seat in _PREDICTION]
    yield from case.say(cast)
    if not any(id_ in case.findings for id_ in cast):
        yield ("Not in the evidence: a forecast, as no prediction seat has voted yet.",)


def _seen(case: _Case) -> Part:
    bundle, decision = case.record.bundle, case.record.incident.decision
    if bundle is not None:
        yield from case.say(f"seen:{n}" for n in range(1, len(bundle.seen) + 1))
    yield from case.say(["vote:diagnosis-history"])
    if bundle is not None:
        yield from case.say(f"past:{past.incident_id}" for past in bundle.past[:3])
    if case.record.incident.opened.flapping:
        yield from case.say(case.newest("IncidentOpened"))
    voted = decision and any(v.seat == "diagnosis-history" and v.action for v in decision.votes)
    if bundle is not None and bundle.recall_failed:
        yield ("The memory could not be read: ", outsider(bundle.recall_failed), ".")
    elif not voted and not (bundle and (bundle.seen or bundle.past)):
        yield ("Not in the evidence: a similar incident with a verified outcome.",)


def _undo(case: _Case) -> Part:
    chosen = case.chosen
    yield from case.say(case.newest("ActionUndone", "UndoRefused"))
    yield from case.say(case.newest("InverseCaptured"))
    if chosen is None:
        yield ("No action is proposed or taken, so there is nothing to undo.",)
        return
    taken = case.record.incident.taken is not None
    yield from case.say([chosen.id], "Taken: " if taken else "Proposed: ")
    yield from case.say([f"undo:{chosen.verb}"])


def _confidence(case: _Case) -> Part:
    decision = case.record.incident.decision
    if decision is None:
        yield ("Not decided yet: the seats have not all voted.",)
        return
    yield from case.say(case.newest("DecisionMade"))
    yield from case.say(case.newest("ActionRefused"))
    chosen = decision.action
    votes = sorted(decision.votes, key=lambda v: (v.action != chosen, -v.conf_bp, v.seat))
    against = [v for v in votes if v.action and v.action != chosen]
    support = [v for v in votes if v.action and v.action == chosen]
    yield from case.say(f"vote:{vote.seat}" for vote in (*support[:3], *against[:3]))


def _unknowns(case: _Case) -> Part:
    found = [id_ for id_ in case.findings if id_.startswith("gap:")]
    yield from case.say(found)
    if not found:
        yield from case.say(case.newest("EvidenceFrozen"), "No gap is known. ")


def _status(case: _Case) -> Part:
    incident = case.record.incident
    if incident.is_closed:
        yield from case.say(case.newest("IncidentClosed"))
        return
    if incident.taken_over:
        yield from case.say(case.newest("IncidentTakenOver"))
    if incident.approval is not None and incident.answer is None:
        yield from case.say(case.newest("ApprovalRequested"))
        return
    steps = [event for event in case.record.events if event.type not in _MESSAGES]
    yield from case.say([f"event:{steps[-1].version}"])


_TOPICS: Final[Mapping[Topic, Callable[[_Case], Part]]] = {
    "summary": _summary,
    "cause": _cause,
    "changes": _changes,
    "alternatives": _alternatives,
    "affected": _affected,
    "waiting": _waiting,
    "seen": _seen,
    "undo": _undo,
    "confidence": _confidence,
    "unknowns": _unknowns,
    "status": _status,
}
