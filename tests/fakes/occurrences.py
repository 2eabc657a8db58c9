"""Occurrences of known problems in dictionaries."""

from collections.abc import Sequence

from quorum.domain.known_problems import Occurrence


class InMemoryOccurrences:
    """`Occurrences`."""

    def __init__(self) -> None:
        self._found: dict[str, Occurrence] = {}
        self._listed: dict[tuple[str, str], Occurrence] = {}
        self._finished: dict[str, int] = {}

    def put(self, occurrence: Occurrence) -> bool:
        """Store the occurrence; return False when a higher revision is stored."""
        known = self._found.get(occurrence.incident_id)
        if known is not None and known.revision > occurrence.revision:
            return False
        self._found[occurrence.incident_id] = occurrence
        if occurrence.problem is not None:
            self._listed[occurrence.problem, occurrence.incident_id] = occurrence
        return True

    def find(self, incident_id: str) -> Occurrence | None:
        """Return the incident's occurrence, or None."""
        return self._found.get(incident_id)

    def of(self, problem: str) -> Sequence[Occurrence]:
        """Return the problem's occurrences, forgotten ones included."""
        return [self._listed[key] for key in sorted(self._listed) if key[0] == problem]

    def finish(self, occurrence: Occurrence) -> None:
        """Record that all entries of this revision are in the memory."""
        known = self._finished.get(occurrence.incident_id, 0)
        self._finished[occurrence.incident_id] = max(known, occurrence.revision)

    def finished(self, occurrence: Occurrence) -> bool:
        """Return whether `finish` was called for this revision or a higher one."""
        return self._finished.get(occurrence.incident_id, 0) >= occurrence.revision
