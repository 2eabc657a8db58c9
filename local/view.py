"""Terminal view of one incident: its events, the votes as they are cast, the decision.

It renders the log and the seats' tables and nothing else. Everything fits 80 columns; the reasons
of the seats are shown with `verbose` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.certificate import Certificate, certificate_check
from local.choices import Choices
from local.layout import Paragraph, bar
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    IncidentTakenOver,
)
from quorum.domain.seats import SEATS, units
from quorum.domain.signed import Objection
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import Ballot
from quorum.narrative import (
    THRESHOLD_BP,
    SeatRow,
    instant,
    missed_by,
    one_line,
    plain,
    seat_rows,
    sentence,
    share,
)

BAR = 25
INDENT = (0, 0, 0, 2)
SEAT_WIDTH = max(len(seat.name) for seat in SEATS)
STATUS_WIDTH = 14


@dataclass(frozen=True)
class View:
    """An incident's log as far as it is known; times are seconds since `began`."""

    events: Sequence[IncidentEvent]
    began: datetime
    verbose: bool = False

    @property
    def choices(self) -> Choices:
        """Return the numbered candidate actions."""
        return Choices.of(self.events)

    def event(self, event: IncidentEvent) -> RenderableType:
        """Render one event as a sentence; frozen evidence with its candidate actions below."""
        words = one_line(plain(sentence(event, self.choices.known)))
        line = Paragraph(self._time(event.occurred_at), words, fold=self.verbose)
        if isinstance(event, EvidenceFrozen):
            return Group(line, *self._candidates(event))
        return line

    def ballot(self, ballot: Ballot) -> RenderableType:
        """Render a seat's vote on one line, as it appears in the seat's table."""
        vote, at = ballot.vote, datetime.fromtimestamp(ballot.answered_at, UTC)
        confidence = "" if vote.action is None else f" {share(vote.conf_bp)}"
        tier = f"  {ballot.tier}" if self.verbose else ""
        label = Text.assemble(self._time(at), (f"{vote.seat:<{SEAT_WIDTH}}  ", "magenta"))
        return Paragraph(label, f"{self.choices.short(vote.action)}{confidence}{tier}")

    def decision(
        self, decision: DecisionMade, certificate: Certificate | None = None
    ) -> RenderableType:
        """Render one line per seat, and the score beside the threshold."""
        table = _table("seat", "vote", "confidence", *(("signature",) if certificate else ()))
        votes = {vote.seat: self.choices.short(vote.action) for vote in decision.votes}
        rows = seat_rows(decision, self.choices.known)
        for row in rows:
            shown = votes.get(row.seat) or one_line(plain(row.action))
            signature = (Text(certificate.signature(row.seat)),) if certificate else ()
            table.add_row(Text(row.seat), Text(shown), Text(_confidence(row)), *signature)
        return Group(Padding(table, INDENT), *self._reasons(rows), self._score(decision))

    def _time(self, at: datetime) -> Text:
        return Text(f"{(at - self.began).total_seconds():7.1f}s  ", "dim")

    def _candidates(self, frozen: EvidenceFrozen) -> list[Paragraph]:
        choices = self.choices
        return [
            Paragraph(
                Text(f"{choices.short(candidate.id):>12}  ", "cyan"),
                choices.described(candidate.id),
                fold=self.verbose,
            )
            for candidate in frozen.candidates
        ]

    def _score(self, decision: DecisionMade) -> Text:
        missed = missed_by(decision)
        tail = f", missed by {missed}" if missed else ""
        of = f" of {self.choices.short(decision.action)}" if decision.action else ""
        score = f"{bar(decision.score_bp, BAR)} {share(decision.score_bp)}"
        return Text(f"  score{of} {score}, {share(THRESHOLD_BP)} needed{tail}")

    def _reasons(self, rows: Sequence[SeatRow]) -> list[Paragraph]:
        """Return each seat's method and reason, if the view is verbose."""
        return [
            Paragraph(
                Text(f"  {row.seat:<{SEAT_WIDTH}}  ", "dim"),
                one_line(f"{row.tier or 'none'}: {row.reason.outsider}"),
                fold=True,
            )
            for row in rows
            if self.verbose
        ]


def show(
    console: Console,
    events: Sequence[IncidentEvent],
    objection: Objection,
    *,
    verbose: bool = False,
) -> None:
    """Print a whole incident; `objection` verifies the signed votes of its decisions."""
    opened = events[0]
    console.print(Text(f"Incident {opened.incident_id}: {status(events)}"))
    console.print(Text(f"Opened {instant(opened.occurred_at)}"))
    view, frozen = View(events, opened.occurred_at, verbose), dict[int, EvidenceFrozen]()
    for event in events:
        console.print(view.event(event))
        if isinstance(event, EvidenceFrozen):
            frozen[event.round] = event
        if isinstance(event, DecisionMade):
            certificate = Certificate.verified(event, frozen[event.round], objection)
            console.print(view.decision(event, certificate))
            console.print(certificate_check(certificate, view.choices))


def status(events: Sequence[IncidentEvent]) -> str:
    """Return an incident's outcome if it is closed, `needs approval` or `open` otherwise."""
    for event in reversed(events):
        match event:
            case IncidentClosed():
                return event.outcome
            case IncidentTakenOver():
                return "taken over"
            case ApprovalRequested():
                return "needs approval"
            case ApprovalAnswered():
                return "open"
    return "open"


def incident_line(events: Sequence[IncidentEvent]) -> RenderableType:
    """Return an incident's short id, opening time, status and alarm, on one line if they fit."""
    opened = events[0]
    alarm = opened.alarm.name if isinstance(opened, IncidentOpened) else ""
    at = f"{opened.occurred_at.astimezone(UTC):%Y-%m-%d %H:%MZ}"
    label = f"{opened.incident_id[:8]}  {at}  {status(events):<{STATUS_WIDTH}}  "
    return Paragraph(Text(label), one_line(alarm))


def seat_table(suspended: Mapping[str, Suspension]) -> RenderableType:
    """Return the seats with their weights, and since when and why any of them is suspended."""
    table = _table("seat", "role", "weight", "state")
    weight, total = units(SEATS)
    for seat in SEATS:
        state = "suspended" if seat.name in suspended else "active"
        table.add_row(seat.name, seat.role, f"{weight[seat.name]}/{total}", state)
    return Group(
        Padding(table, INDENT), *(_suspension(name, held) for name, held in suspended.items())
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    return table


def _suspension(seat: str, held: Suspension) -> Paragraph:
    since = instant(datetime.fromtimestamp(held.since, UTC))
    text = f"{one_line(seat)} suspended since {since}: {one_line(held.reason)}"
    return Paragraph(Text("  "), text)


def _confidence(row: SeatRow) -> str:
    return "" if row.conf_bp is None else f"{bar(row.conf_bp, 10)} {share(row.conf_bp)}"
