"""The terminal's view of one incident: its facts as they are appended, the votes as they are cast.

It reads the log and the seats' tables and shows what they hold; it knows no script.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from local.certificate import bar, certificate
from quorum.domain.events import DecisionMade, EvidenceFrozen, IncidentEvent
from quorum.domain.seats import SEATS, units
from quorum.domain.signed import Objection
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import HEALTHY, Ballot
from quorum.narrative import (
    THRESHOLD_BP,
    Actions,
    actions,
    missed_by,
    one_line,
    plain,
    seat_rows,
    sentence,
    share,
)

BAR = 30


def line(event: IncidentEvent, history: Sequence[IncidentEvent], began: datetime) -> Text:
    """Return one fact as a line: seconds since the beginning, and the sentence."""
    seconds = (event.occurred_at - began).total_seconds()
    words = one_line(plain(sentence(event, actions(history))))
    return Text.assemble((f"{seconds:7.1f}s  ", "dim"), (f"{event.type:<18}", "bold cyan"), words)


def ballot_line(ballot: Ballot, known: Actions) -> Text:
    """Return one seat's answer as a line, when it appears in the seat's table."""
    vote = ballot.vote
    says = "abstains" if vote.action is None else _named(vote.action, known)
    confidence = "" if vote.action is None else f" {share(vote.conf_bp)}"
    return Text.assemble(
        (" " * 10, ""),
        (f"{vote.seat:<22}", "magenta"),
        (f"{says}{confidence}", ""),
        (f"  {ballot.tier}", "dim"),
    )


def decision_table(decision: DecisionMade, known: Actions) -> RenderableType:
    """Return the votes as a table, and the score against the threshold."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("seat", "method", "votes for", "confidence", "why"):
        table.add_column(name, overflow="fold")
    for row in seat_rows(decision, known):
        table.add_row(
            row.seat,
            row.tier or "-",
            escape(one_line(plain(row.action))),
            "" if row.conf_bp is None else bar(row.conf_bp, 10) + f" {share(row.conf_bp)}",
            escape(one_line(row.reason.outsider)[:90]),
        )
    missed = missed_by(decision)
    score = f"score {bar(decision.score_bp, BAR)} {share(decision.score_bp)}"
    return Group(
        table,
        Text(
            f"{score}, {share(THRESHOLD_BP)} needed" + (f", missed by {missed}" if missed else "")
        ),
    )


def show(console: Console, history: Sequence[IncidentEvent], objection: Objection) -> None:
    """Print a whole incident; `objection` verifies the votes of its decisions."""
    frozen: dict[int, EvidenceFrozen] = {}
    for event in history:
        console.print(line(event, history, history[0].occurred_at))
        if isinstance(event, EvidenceFrozen):
            frozen[event.round] = event
        if isinstance(event, DecisionMade):
            console.print(decision_table(event, actions(history)))
            console.print(certificate(event, frozen[event.round], objection))


def seat_table(suspended: Mapping[str, Suspension]) -> RenderableType:
    """Return the seats with their weights, and why some of them weigh nothing."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("seat", "role", "weight", "state"):
        table.add_column(name, overflow="fold")
    weight, total = units(SEATS)
    for seat in SEATS:
        held = suspended.get(seat.name)
        state = "votes" if held is None else f"suspended since {_utc(held.since)}: {held.reason}"
        table.add_row(seat.name, seat.role, f"{weight[seat.name]}/{total}", escape(state))
    return table


def _utc(epoch: float) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%SZ}"


def _named(action: str, known: Actions) -> str:
    if action == HEALTHY:
        return "nothing is wrong"
    candidate = known.get(action)
    return candidate.summary if candidate else action


SEAT_NAMES = tuple(seat.name for seat in SEATS)
