"""One incident, read: what it is, what happened, who voted what, and the report."""

from collections.abc import Sequence

from functions.api.dependencies import Tools
from functions.api.incidents import history, summary
from functions.api.problems import not_found
from functions.api.shapes import (
    Incident,
    Moment,
    Option,
    SeatVote,
    Timeline,
    Votes,
)
from quorum.domain.catalogue import safe_description, verb
from quorum.domain.evidence import Candidate
from quorum.domain.incident import Incident as Folded
from quorum.domain.restrictions import Restriction, restricted_mode
from quorum.domain.seats import SEATS
from quorum.domain.votes import Ballot
from quorum.narrative import (
    THRESHOLD_BP,
    Actions,
    SeatRow,
    action,
    actions,
    outsider,
    plain,
    seat_rows,
    timeline,
)


def incident(tools: Tools, incident_id: str) -> Incident:
    """Return the incident. Raises ProblemError (404) when there is none."""
    facts, folded = history(tools, incident_id)
    view = tools.views.get(incident_id)
    if view is None:
        raise not_found("incident in the read model yet")
    return Incident(
        summary=summary(view),
        options=tuple(option(tools, candidate) for candidate in actions(facts).values()),
        can_undo=folded.taken is not None and folded.undone is None,
        post_mortem=folded.post_mortem is not None,
    )


def told(tools: Tools, incident_id: str) -> Timeline:
    """Return every fact as a sentence. Raises ProblemError (404)."""
    facts, folded = history(tools, incident_id)
    moments = (
        Moment(version=line.version, at=line.at, fact=line.fact, text=plain(line.words))
        for line in timeline(facts)
    )
    return Timeline(incident_id=incident_id, head=folded.head, moments=tuple(moments))


def votes(tools: Tools, incident_id: str) -> Votes:
    """Return the votes as decided, or those cast so far. Raises ProblemError (404)."""
    facts, folded = history(tools, incident_id)
    if folded.evidence is None:
        raise not_found("vote: no evidence is frozen yet")
    decision, rows = folded.decision, voted(tools, folded, actions(facts))
    return Votes(
        round=folded.evidence.round,
        evidence=folded.evidence.evidence,
        decided=decision is not None,
        route=decision.route if decision else None,
        score_bp=decision.score_bp if decision else None,
        threshold_bp=THRESHOLD_BP,
        votes=tuple(map(_seat_vote, rows)),
    )


def report(tools: Tools, incident_id: str) -> str:
    """Return the post-mortem's Markdown. Raises ProblemError (404)."""
    written = history(tools, incident_id)[1].post_mortem
    if written is None:
        raise not_found("post-mortem yet")
    return tools.evidence.get_report(written.key, written.content)


def voted(tools: Tools, folded: Folded, known: Actions) -> Sequence[SeatRow]:
    """Return one row per seat that has answered: as counted, or before that as cast."""
    if folded.decision is not None:
        return seat_rows(folded.decision, known)
    if folded.evidence is None:
        return ()
    round_ = folded.evidence.round
    records = (tools.ballots.read(seat.name, folded.incident_id, round_) for seat in SEATS)
    return tuple(_row(record.ballot, known) for record in records if record.ballot is not None)


def restrictions(tools: Tools) -> tuple[Restriction, ...]:
    """Return what people hold back at the moment."""
    newest = tools.switched.newest("modes")
    return newest.modes if newest else ()


def _row(ballot: Ballot, known: Actions) -> SeatRow:
    vote = ballot.vote
    role = next((seat.role for seat in SEATS if seat.name == vote.seat), "unknown")
    return SeatRow(
        seat=vote.seat,
        role=role,
        tier=ballot.tier,
        action=("abstained",) if vote.action is None else action(vote.action, known),
        conf_bp=None if vote.action is None else vote.conf_bp,
        reason=outsider(ballot.opinion.reason),
        cites=ballot.opinion.cites,
        skipped=ballot.skipped,
    )


def _seat_vote(row: SeatRow) -> SeatVote:
    return SeatVote(
        seat=row.seat,
        role=row.role,
        tier=row.tier,
        choice=plain(row.action),
        conf_bp=row.conf_bp,
        reason=row.reason.outsider,
        skipped=row.skipped,
    )


def option(tools: Tools, candidate: Candidate) -> Option:
    """Return the candidate as something that a person may choose."""
    return Option(
        action=candidate.id,
        summary=safe_description(candidate),
        verb=candidate.verb,
        resource=candidate.resource,
        risk=verb(candidate.verb).risk,
        mode=restricted_mode(tools.rules, restrictions(tools), candidate.verb, candidate.resource),
    )
