"""Whether an incident has ended: by closing's own record, and not by what the log tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from quorum.domain.events import IncidentClosed, IncidentEvent
from quorum.ports.log import ClosingBook, OpeningBook


@dataclass(frozen=True, slots=True)
class Ended:
    """Asks the two books."""

    openings: OpeningBook
    closings: ClosingBook

    def has(self, incident_id: str, history: Sequence[IncidentEvent]) -> bool:
        """Return whether it has. Of an incident of before intake kept openings the log tells."""
        if self.closings.find(incident_id) is not None:
            return True
        told = any(isinstance(fact, IncidentClosed) for fact in history)
        return told and self.openings.find(incident_id) is None
