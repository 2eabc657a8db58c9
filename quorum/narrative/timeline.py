"""An incident's timeline: one line per event, in the log's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quorum.domain.events import IncidentEvent
from quorum.narrative.formatting import actions
from quorum.narrative.safe_text import Words
from quorum.narrative.sentences import sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a sentence."""

    at: datetime
    version: int
    fact: str
    """The event's type."""
    words: Words


def timeline(events: Sequence[IncidentEvent]) -> tuple[Line, ...]:
    """Return one line per event, in the log's order."""
    known = actions(events)
    return tuple(
        Line(event.occurred_at, event.version, event.type, sentence(event, known))
        for event in events
    )
