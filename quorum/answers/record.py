"""The record of one incident: its log, and the frozen evidence if it can be read."""

from collections.abc import Sequence
from typing import NamedTuple

from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import IncidentEvent
from quorum.domain.evidence import Bundle
from quorum.domain.incident import Incident, replay
from quorum.narrative import Actions, actions
from quorum.ports.log import EvidenceStore


class IncidentRecord(NamedTuple):
    """One incident, read once."""

    events: tuple[IncidentEvent, ...]
    incident: Incident
    known: Actions
    """The candidate actions of all rounds, by action id."""
    bundle: Bundle | None
    """The evidence of the newest decision, or else the newest one; None if there is none yet."""
    unreadable: str = ""
    """The reason why the evidence cannot be read; untrusted text."""


def read_record(events: Sequence[IncidentEvent], evidence: EvidenceStore) -> IncidentRecord:
    """Fold the events and fetch the evidence.

    Raises InvalidHistoryError for a log that does not replay. Evidence that cannot be read, or that
    differs from its digest, is left out with the reason.
    """
    incident = replay(events)
    bundle, unreadable = _bundle(incident, evidence)
    return IncidentRecord(tuple(events), incident, actions(events), bundle, unreadable)


def _bundle(incident: Incident, evidence: EvidenceStore) -> tuple[Bundle | None, str]:
    if incident.basis is None:
        return None, ""
    try:
        return evidence.get_bundle(incident.basis.evidence), ""
    except (StoreUnavailableError, InvalidHistoryError) as error:
        return None, str(error)
