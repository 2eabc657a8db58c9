"""Past incidents in memory."""

from collections.abc import Mapping, Sequence
from math import hypot

from quorum.domain.memories import Remembered


class InMemoryMemory:
    """A `Memory`."""

    def __init__(self, *remembered: Remembered) -> None:
        self._remembered = {one.incident_id: one for one in remembered}

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Return the most similar past incidents, best first."""
        scored = [
            one.model_copy(update={"similarity": _cosine(fingerprint, one.fingerprint)})
            for one in self._remembered.values()
        ]
        alike = [one for one in scored if one.similarity > 0]
        return sorted(alike, key=lambda one: (-one.similarity, one.incident_id))[:limit]

    def remember(self, remembered: Remembered) -> None:
        """Store an ended incident; storing it again changes nothing."""
        self._remembered.setdefault(remembered.incident_id, remembered)

    def remembered(self, limit: int) -> Sequence[Remembered]:
        """Return ended incidents, in no order; at most so many."""
        return list(self._remembered.values())[:limit]


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    lengths = hypot(*one.values()) * hypot(*other.values())
    dot = sum(value * other.get(name, 0.0) for name, value in one.items())
    return dot / lengths if lengths else 0.0
