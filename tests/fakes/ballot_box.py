"""Seats' answers in memory."""

from threading import Lock

from quorum.domain.votes import Ballot, Vote
from quorum.ports.voting import SeatRecord

Key = tuple[str, str, int]


class InMemoryBallotBox:
    """A `BallotBox` for all seats."""

    def __init__(self) -> None:
        self._ballots: dict[Key, Ballot] = {}
        self._envelopes: dict[Key, dict[str, str]] = {}
        self._lock = Lock()

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        with self._lock:
            return self._ballots.setdefault(_key(ballot.vote), ballot)

    def cast(self, vote: Vote, signed_vote: str) -> str:
        """Store the signed vote unless this very vote is there, signed; return the stored one."""
        with self._lock:
            signed = self._envelopes.setdefault(_key(vote), {})
            return signed.setdefault(vote.payload(), signed_vote)

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return what the seat's table holds about the round."""
        key = (seat, incident_id, round_)
        signed = self._envelopes.get(key, {})
        signed_votes = tuple(signed[name] for name in sorted(signed))
        return SeatRecord(self._ballots.get(key), signed_votes)


def _key(vote: Vote) -> Key:
    return vote.seat, vote.incident, vote.round
