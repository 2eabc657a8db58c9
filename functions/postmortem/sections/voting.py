"""The sections on the votes and the decision."""

from collections.abc import Iterator

from functions.postmortem.markup import bullets, section, table
from functions.postmortem.report_input import ReportInput
from quorum.domain.events import DecisionMade
from quorum.narrative import (
    THRESHOLD_BP,
    SeatRow,
    Verbatim,
    Words,
    action,
    beside_the_quorum,
    decision_words,
    join,
    names,
    outsider,
    seat_rows,
    share,
)

_HEAD = ("Seat", "Method", "Vote", "Confidence", "Reason", "Evidence", "Failed preferred methods")


def votes(report: ReportInput) -> str:
    """Return one row per seat, and the most confident single vote beside the quorum's.

    With several rounds, that for each of them.
    """
    rounds = report.incident.rounds
    if not rounds:
        return section("Votes", "No vote was held.")
    return section("Votes", *(part for one in rounds for part in _round(one.decision, report)))


def _round(decision: DecisionMade, report: ReportInput) -> Iterator[str]:
    if len(report.incident.rounds) > 1:
        yield f"Round {decision.round}:"
    yield table(_HEAD, map(_vote, seat_rows(decision, report.known)))
    yield bullets([beside_the_quorum(decision, report.known)])


def _vote(row: SeatRow) -> tuple[Words, ...]:
    return (
        (Verbatim(row.seat),),
        (Verbatim(row.tier),) if row.tier else ("none",),
        row.action,
        ("" if row.conf_bp is None else share(row.conf_bp),),
        (row.reason,),
        names(row.cites),
        join([(outsider(why),) for why in row.skipped]),
    )


def decision(report: ReportInput) -> str:
    """Return the decision against the threshold, and the ranking of all actions with a vote."""
    made = report.incident.decision
    if made is None:
        return section("Decision", "No decision was recorded.")
    rows = ((action(which, report.known), (share(score),)) for which, score in made.ranking)
    threshold: Words = (f"Threshold to act automatically: {share(THRESHOLD_BP)}, inclusive.",)
    ranking = table(("Action", "Score"), rows)
    return section("Decision", bullets([decision_words(made, report.known), threshold]), ranking)
