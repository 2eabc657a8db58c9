"""Memory of closed incidents: how each ended, and whether each seat's vote was right."""

from quorum.application.knowledge import KnowledgeUpdater, experience
from quorum.application.stream_notifications import parse_notification, read_to_head
from quorum.domain.fingerprint import fingerprint
from quorum.domain.incident import Incident, replay
from quorum.domain.memories import Remembered
from quorum.domain.outcomes import (
    action_helped,
    resource_acted_on,
    seat_outcomes,
    verb_taken,
)
from quorum.domain.past_cases import source_of
from quorum.ports.log import EventStore, EvidenceStore, PastIncidents


def study(data: bytes, store: EventStore, evidence: EvidenceStore, into: KnowledgeUpdater) -> bool:
    """Update the knowledge with the record's incident; return False when nothing was left to do.

    Idempotent. Raises InvalidInputError for a record of another format, InvalidHistoryError for
    inconsistent log or evidence, and the errors of `KnowledgeUpdater.learn`: the record is then
    delivered again.
    """
    known = experience(read_to_head(store, parse_notification(data)), evidence)
    return known is not None and into.learn(known)


def learn(
    data: bytes, store: EventStore, evidence: EvidenceStore, memory: PastIncidents
) -> Remembered | None:
    """Remember the record's incident if it is closed and not forgotten; return the memory.

    Any event of a closed incident triggers it, so a lost notification of the end loses nothing.
    Idempotent. Raises InvalidInputError for a record of another format, InvalidHistoryError for
    inconsistent log or evidence, and StoreUnavailableError.
    """
    incident = replay(read_to_head(store, parse_notification(data)))
    if incident.forgotten is not None:
        memory.forget(incident.incident_id)
        return None
    if incident.closed is None:
        return None
    remembered = Remembered(
        incident_id=incident.incident_id,
        closed_at=incident.closed.occurred_at.timestamp(),
        fingerprint=_fingerprint(incident, evidence),
        verb=verb_taken(incident),
        resource=resource_acted_on(incident),
        worked=action_helped(incident),
        seats=seat_outcomes(incident),
        source=source_of(incident.opened.alarm),
    )
    memory.remember(remembered)
    return remembered


def _fingerprint(incident: Incident, evidence: EvidenceStore) -> dict[str, float]:
    """Return the fingerprint of the evidence that the last action, or else decision, rests on.

    Empty without evidence: then nothing is similar.
    """
    frozen = incident.last_action.evidence if incident.last_action else incident.basis
    return fingerprint(evidence.get_bundle(frozen.evidence)) if frozen else {}
