"""Suspensions of seats."""

import hashlib
import json

from quorum.domain.base import Record


class Suspension(Record):
    """A suspension: the seat's votes are discarded until a person reinstates it.

    `since` is in seconds since 1970.
    """

    seat: str
    since: float
    reason: str
    proof: tuple[str, ...] = ()

    def mark(self) -> str:
        """Return a digest of the proof: a reinstatement applies to one proof, even if it recurs."""
        return hashlib.sha256(json.dumps(self.proof).encode()).hexdigest()
