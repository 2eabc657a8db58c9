"""Which ballots count: about this very round, in time, for a known action, by the seat's own means.

A ballot that does not count leaves its seat silent, with the reason; silence can only send an
incident to a person.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from functions.shared.domain.constants import VOTE_LIFETIME_SECONDS
from functions.shared.domain.events import EvidenceFrozen, SeatSilent, VoteCast
from functions.shared.domain.model import OutsiderText
from functions.shared.domain.seats import Seat, too_heavy
from functions.shared.domain.votes import HEALTHY, Ballot, Vote

DISMISSER: Final = "detection"


class Admitted(NamedTuple):
    """The ballots that count, and the seats that are silent; in the table's order."""

    ballots: tuple[Ballot, ...]
    silent: tuple[SeatSilent, ...]

    def votes(self) -> tuple[Vote, ...]:
        """Return the votes to count."""
        return tuple(ballot.vote for ballot in self.ballots)

    def cast(self) -> tuple[VoteCast, ...]:
        """Return the votes with their reasons, for the log."""
        return tuple(
            VoteCast(
                seat=ballot.vote.seat,
                tier=ballot.tier,
                action=ballot.vote.action,
                conf_bp=ballot.vote.conf_bp,
                reason=OutsiderText.of(ballot.opinion.reason),
                cites=ballot.opinion.cites,
                skipped=ballot.skipped,
                tokens=ballot.opinion.tokens,
            )
            for ballot in self.ballots
        )


def admit(
    found: Mapping[str, Ballot],
    silent: Mapping[str, str],
    frozen: EvidenceFrozen,
    seats: Sequence[Seat],
    now: datetime,
) -> Admitted:
    """Sort the seats: those whose ballot counts, and the rest with the reason.

    `silent` says why a seat that is not in `found` gave no ballot.
    """
    why, standing = dict(silent), dict[str, Ballot]()
    for seat in seats:
        if seat.name in found:
            objection = _objection(found[seat.name], seat, frozen, now)
            if objection:
                why[seat.name] = objection
            else:
                standing[seat.name] = found[seat.name]
    why |= _crowded(standing, seats)
    return Admitted(
        tuple(ballot for name, ballot in standing.items() if name not in why),
        tuple(SeatSilent(seat=s.name, reason=why[s.name]) for s in seats if s.name in why),
    )


def _objection(ballot: Ballot, seat: Seat, frozen: EvidenceFrozen, now: datetime) -> str | None:
    vote, moment = ballot.vote, now.timestamp()
    allowed = {None, *(candidate.id for candidate in frozen.candidates)}
    if seat.role == DISMISSER:
        allowed.add(HEALTHY)
    checks = (
        (vote.seat == seat.name, f"its ballot is the one of {vote.seat}"),
        (vote.incident == frozen.incident_id, "its ballot is about another incident"),
        (vote.round == frozen.round, "its ballot is about another round"),
        (vote.evidence == frozen.evidence, "its ballot rests on other evidence"),
        (vote.exp > moment, "its vote has expired"),
        (vote.exp <= moment + VOTE_LIFETIME_SECONDS, "its vote would live too long"),
        (vote.action in allowed, f"it votes for an unknown action: {vote.action}"),
        (ballot.tier in _methods(seat), f"{ballot.tier} is not a method of its own"),
    )
    return next((why for holds, why in checks if not holds), None)


def _methods(seat: Seat) -> frozenset[str]:
    return frozenset(tier.method for tier in seat.tiers)


def _crowded(standing: Mapping[str, Ballot], seats: Sequence[Seat]) -> dict[str, str]:
    """Return the seats whose answering tiers share a failure domain with too many others."""
    domains = {tier.method: tier.domains for seat in seats for tier in seat.tiers}
    held = defaultdict[str, list[str]](list)
    for name, ballot in standing.items():
        for domain in domains[ballot.tier]:
            held[domain].append(name)
    full = {domain for domain, holders in held.items() if too_heavy(holders, seats)}
    return {
        name: f"too many answers share {', '.join(sorted(shared))}"
        for name, ballot in standing.items()
        if (shared := domains[ballot.tier] & full)
    }
