"""Remember how an incident ended, and for each seat whether the world proved its vote right."""

from functions.learning.outcomes import seat_outcomes, verb_taken, worked
from quorum.application.stream_notifications import parse_notification, read_to_head
from quorum.domain.fingerprint import fingerprint
from quorum.domain.incident import Incident, replay
from quorum.domain.memories import Remembered
from quorum.ports.log import EventStore, EvidenceStore, Memory


def learn(
    data: bytes, store: EventStore, evidence: EvidenceStore, memory: Memory
) -> Remembered | None:
    """Remember the incident that the record tells of, if it is closed; return what is remembered.

    Any fact of a closed incident will do, so that a lost notification of its end loses nothing;
    remembering again changes nothing. Raises InvalidInputError for a record that is none of ours,
    InvalidHistoryError for a log or evidence that contradicts itself, StoreUnavailableError.
    """
    incident = replay(read_to_head(store, parse_notification(data)))
    if incident.closed is None:
        return None
    remembered = Remembered(
        incident_id=incident.incident_id,
        closed_at=incident.closed.occurred_at.timestamp(),
        fingerprint=_fingerprint(incident, evidence),
        verb=verb_taken(incident),
        worked=worked(incident),
        seats=seat_outcomes(incident),
    )
    memory.remember(remembered)
    return remembered


def _fingerprint(incident: Incident, evidence: EvidenceStore) -> dict[str, float]:
    """Return what it looked like; nothing when no evidence was frozen: then nothing is like it."""
    frozen = incident.evidence
    return fingerprint(evidence.get_bundle(frozen.evidence)) if frozen else {}
