"""Decisions in memory."""

from threading import Lock

from quorum.domain.decisions import Decided


class InMemoryDecisionStore:
    """A `DecisionStore`."""

    def __init__(self) -> None:
        self._decided: dict[tuple[str, int], Decided] = {}
        self._lock = Lock()

    def decide(self, decided: Decided) -> Decided:
        """Store the decision unless the round has one; return the stored one."""
        with self._lock:
            return self._decided.setdefault((decided.incident_id, decided.round), decided)

    def find(self, incident_id: str, round_: int) -> Decided | None:
        """Return the round's decision, or None."""
        return self._decided.get((incident_id, round_))
