"""Seats' answers in memory."""

from threading import Lock

from functions.shared.domain.votes import Ballot

Key = tuple[str, str, int]


class InMemoryBallotBox:
    """A `BallotBox` for all seats."""

    def __init__(self) -> None:
        self._ballots: dict[Key, Ballot] = {}
        self._lock = Lock()

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        key = (ballot.vote.seat, ballot.vote.incident, ballot.vote.round)
        with self._lock:
            return self._ballots.setdefault(key, ballot)

    def find(self, seat: str, incident_id: str, round_: int) -> Ballot | None:
        """Return the seat's stored ballot, or None."""
        return self._ballots.get((seat, incident_id, round_))
