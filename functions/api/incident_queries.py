"""Queries on one incident: its state, timeline, votes and post-mortem."""

from collections.abc import Sequence

from functions.api.dependencies import ApiDependencies
from functions.api.incidents import history, summary
from functions.api.problems import not_found
from functions.api.schemas import (
    AnswerReply,
    AnswerStatement,
    CitedFinding,
    IncidentReply,
    Option,
    SeatVote,
    Timeline,
    TimelineEntry,
    Votes,
)
from quorum.answers import EXAMPLES, answer, findings, read_record
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


def incident(deps: ApiDependencies, incident_id: str) -> IncidentReply:
    """Return the incident. Raises ProblemError (404)."""
    events, folded = history(deps, incident_id)
    view = deps.views.get(incident_id)
    if view is None:
        raise not_found("Incident not in the read model yet: retry in a second.")
    return IncidentReply(
        summary=summary(view),
        options=tuple(option(deps, candidate) for candidate in actions(events).values()),
        can_undo=folded.in_force,
        post_mortem=folded.post_mortem is not None,
    )


def timeline_of(deps: ApiDependencies, incident_id: str) -> Timeline:
    """Return one sentence per event, oldest first. Raises ProblemError (404)."""
    events, folded = history(deps, incident_id)
    entries = (
        TimelineEntry(version=line.version, at=line.at, fact=line.fact, text=plain(line.words))
        for line in timeline(events)
    )
    return Timeline(incident_id=incident_id, head=folded.head, moments=tuple(entries))


def votes(deps: ApiDependencies, incident_id: str) -> Votes:
    """Return the votes as counted, or those cast so far. Raises ProblemError (404)."""
    events, folded = history(deps, incident_id)
    shown = folded.basis
    if shown is None:
        raise not_found("No votes yet: the evidence has not been frozen.")
    decision, rows = folded.decision, votes_of(deps, folded, actions(events))
    return Votes(
        round=shown.round,
        evidence=shown.evidence,
        decided=decision is not None,
        route=decision.route if decision else None,
        score_bp=decision.score_bp if decision else None,
        threshold_bp=THRESHOLD_BP,
        votes=tuple(map(_seat_vote, rows)),
    )


def ask(deps: ApiDependencies, incident_id: str, question: str) -> AnswerReply:
    """Return the answer to a question, from log and evidence. Raises ProblemError (404)."""
    record = read_record(history(deps, incident_id)[0], deps.evidence)
    found, known = answer(record, question), findings(record)
    cited = dict.fromkeys(id_ for statement in found.statements for id_ in statement.cites)
    return AnswerReply(
        topic=found.topic,
        statements=tuple(
            AnswerStatement(text=plain(statement.words), cites=statement.cites)
            for statement in found.statements
        ),
        missing=tuple(map(plain, found.missing)),
        cited=tuple(
            CitedFinding(id=id_, section=known[id_].section, text=plain(known[id_].words))
            for id_ in cited
        ),
        examples=tuple(EXAMPLES.values()),
    )


def report(deps: ApiDependencies, incident_id: str) -> str:
    """Return the post-mortem as Markdown. Raises ProblemError (404) before it is written."""
    written = history(deps, incident_id)[1].post_mortem
    if written is None:
        raise not_found("The post-mortem is not written yet.")
    return deps.evidence.get_report(written.key, written.content)


def votes_of(deps: ApiDependencies, folded: Folded, known: Actions) -> Sequence[SeatRow]:
    """Return one row per seat: of the decision, or of the ballots cast so far."""
    if folded.decision is not None:
        return seat_rows(folded.decision, known)
    if folded.evidence is None:
        return ()
    round_ = folded.evidence.round
    records = (deps.ballots.read(seat.name, folded.incident_id, round_) for seat in SEATS)
    return tuple(_row(record.ballot, known) for record in records if record.ballot is not None)


def restrictions(deps: ApiDependencies) -> tuple[Restriction, ...]:
    """Return the restrictions in force."""
    newest = deps.control_log.newest("modes")
    return newest.modes if newest else ()


def option(deps: ApiDependencies, candidate: Candidate) -> Option:
    """Return the candidate as an option for a person, with its risk and effective mode."""
    return Option(
        action=candidate.id,
        summary=safe_description(candidate),
        verb=candidate.verb,
        resource=candidate.resource,
        risk=verb(candidate.verb).risk,
        mode=restricted_mode(deps.rules, restrictions(deps), candidate.verb, candidate.resource),
    )


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
