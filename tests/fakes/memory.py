"""Past incidents in memory."""

from collections.abc import Mapping, Sequence

from quorum.domain.memories import Remembered, nothing_of
from quorum.domain.vectors import feature_cosine


class InMemoryMemory:
    """`PastIncidents`."""

    def __init__(self, *remembered: Remembered) -> None:
        self._remembered = {one.incident_id: one for one in remembered}

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Return the most similar past incidents, best first."""
        scored = [
            one.model_copy(update={"similarity": feature_cosine(fingerprint, one.fingerprint)})
            for one in self._remembered.values()
        ]
        alike = [one for one in scored if one.similarity > 0]
        return sorted(alike, key=lambda one: (-one.similarity, one.incident_id))[:limit]

    def remember(self, remembered: Remembered) -> None:
        """Store an ended incident; storing it again changes nothing."""
        self._remembered.setdefault(remembered.incident_id, remembered)

    def forget(self, incident_id: str) -> None:
        """Replace what is stored of the incident by nothing."""
        self._remembered[incident_id] = nothing_of(incident_id)

    def remembered(self, limit: int) -> Sequence[Remembered]:
        """Return ended incidents, in no order; at most so many."""
        return list(self._remembered.values())[:limit]
