"""The event log, its derived views, and the evidence that it references by digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from quorum.domain.events import IncidentEvent
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.incident_records import AlarmEnding, Ending, Opening
from quorum.domain.incident_view import IncidentView
from quorum.domain.memories import Remembered


class EventStore(Protocol):
    """The append-only event log."""

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first, read consistently; empty if unknown."""
        ...

    def append(self, event: IncidentEvent) -> None:
        """Append the event. Raises ConcurrencyConflictError when its version is taken.

        Appending the same event id at the same version again succeeds, as after a lost response.
        """
        ...

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened events since then, newest first (may lag by a second)."""
        ...


class EvidenceStore(Protocol):
    """Evidence bundles and reports, stored with the digest of their content."""

    def put_bundle(self, bundle: Bundle) -> tuple[str, str]:
        """Store the bundle; return (key, digest). Storing it again changes nothing."""
        ...

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle. Raises InvalidHistoryError when the content has another digest."""
        ...

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        """Store a post-mortem; return (key, digest)."""
        ...

    def get_report(self, key: str, digest: str) -> str:
        """Return a post-mortem. Raises InvalidHistoryError when the content has another digest."""
        ...


class OpeningStore(Protocol):
    """Openings of incidents. Intake alone writes them."""

    def put(self, opening: Opening) -> Opening:
        """Store the opening unless the incident has one; return the stored one."""
        ...

    def join(self, incident_id: str, alarm: Alarm) -> None:
        """Add an alarm that joined the incident, once per ARN."""
        ...

    def find(self, incident_id: str) -> Opening | None:
        """Return the incident's opening with all its alarms, read consistently, or None."""
        ...

    def since(self, since: datetime) -> Sequence[Opening]:
        """Return the openings since then, oldest first, each with its first alarm only.

        The result may lag by a second.
        """
        ...


class ClosingStore(Protocol):
    """Endings of incidents. Closing alone writes them."""

    def put(self, ending: Ending) -> Ending:
        """Store the ending unless the incident has one; return the stored one."""
        ...

    def find(self, incident_id: str) -> Ending | None:
        """Return the incident's ending, read consistently, or None."""
        ...

    def remember(self, ending: AlarmEnding) -> None:
        """Store the alarm's newest ending; an older one changes nothing."""
        ...

    def of_alarm(self, alarm: str) -> AlarmEnding | None:
        """Return the alarm's newest ending, read consistently, or None."""
        ...


class ReadModel(Protocol):
    """Incidents by status, derived from the log and rebuildable from it."""

    def put(self, view: IncidentView) -> bool:
        """Store the view if it is newer than the stored one; return whether it was."""
        ...

    def get(self, incident_id: str) -> IncidentView | None:
        """Return the incident's view, or None."""
        ...

    def by_status(self, status: str, limit: int) -> Sequence[IncidentView]:
        """Return the incidents with that status, newest first (may lag by a second)."""
        ...


class Published(NamedTuple):
    """One record of the stream; records with the same key stay in one shard."""

    key: str
    data: bytes


class Publisher(Protocol):
    """The stream of incident events."""

    def publish(self, records: Sequence[Published]) -> Sequence[int]:
        """Send the records; return the positions of those that the stream rejected."""
        ...


class PastIncidents(Protocol):
    """Past incidents and their outcomes."""

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Return the most similar past incidents, best first."""
        ...

    def remember(self, remembered: Remembered) -> None:
        """Store an ended incident; storing it again changes nothing."""
        ...

    def forget(self, incident_id: str) -> None:
        """Replace what is stored of the incident by nothing, which also stays: it is not stored
        again.
        """
        ...

    def remembered(self, limit: int) -> Sequence[Remembered]:
        """Return at most `limit` ended incidents, in no particular order."""
        ...
