"""A seat's suspension."""

import hashlib
import json

from quorum.domain.base import Record


class Suspension(Record):
    """A seat that weighs nothing until a person lifts it. `since` in seconds since 1970."""

    seat: str
    since: float
    reason: str
    proof: tuple[str, ...] = ()

    def mark(self) -> str:
        """Return a digest of the proof: a person lifts a proof once, however often it is found."""
        return hashlib.sha256(json.dumps(self.proof).encode()).hexdigest()
