"""The event log, what is derived from it, and the evidence that it names by digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from quorum.domain.events import IncidentEvent
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.incident_records import AlarmEnding, Ending, Opening
from quorum.domain.incident_view import IncidentView
from quorum.domain.memories import Remembered


class EventStore(Protocol):
    """The append-only log."""

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's facts, oldest first, read consistently; empty when unknown."""
        ...

    def append(self, event: IncidentEvent) -> None:
        """Add the fact. Raises ConcurrencyConflictError when its version is another's.

        Appending the same event id at the same version again succeeds: a lost response.
        """
        ...

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened facts since then, newest first (may lag by a second)."""
        ...


class EvidenceStore(Protocol):
    """Bundles and reports, content under its digest."""

    def put_bundle(self, bundle: Bundle) -> tuple[str, str]:
        """Store the bundle; return (key, digest). Storing it again changes nothing."""
        ...

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle. Raises InvalidHistoryError when its digest is another."""
        ...

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        """Store a post-mortem; return (key, digest)."""
        ...

    def get_report(self, key: str, digest: str) -> str:
        """Return a post-mortem. Raises InvalidHistoryError when its digest is another."""
        ...


class OpeningBook(Protocol):
    """How incidents opened. Intake alone writes it."""

    def put(self, opening: Opening) -> Opening:
        """Store the opening unless the incident has one; return the stored one."""
        ...

    def join(self, incident_id: str, alarm: Alarm) -> None:
        """Add an alarm that joined, once per ARN."""
        ...

    def find(self, incident_id: str) -> Opening | None:
        """Return the incident's opening with all its alarms, read consistently, or None."""
        ...

    def since(self, since: datetime) -> Sequence[Opening]:
        """Return the openings since then, oldest first, each with its first alarm alone.

        It may lag by a second.
        """
        ...


class ClosingBook(Protocol):
    """How incidents ended. Closing alone writes it."""

    def put(self, ending: Ending) -> Ending:
        """Store the end unless the incident has one; return the stored one."""
        ...

    def find(self, incident_id: str) -> Ending | None:
        """Return the incident's end, read consistently, or None."""
        ...

    def remember(self, ending: AlarmEnding) -> None:
        """Remember the alarm's newest end; an older one changes nothing."""
        ...

    def of_alarm(self, alarm: str) -> AlarmEnding | None:
        """Return the alarm's newest end, read consistently, or None."""
        ...


class ReadModel(Protocol):
    """Incidents by status, derived from the log and rebuildable from it."""

    def put(self, view: IncidentView) -> bool:
        """Store the view unless one of the same or a newer version is there; return whether."""
        ...

    def get(self, incident_id: str) -> IncidentView | None:
        """Return the incident's view, or None."""
        ...

    def by_status(self, status: str, limit: int) -> Sequence[IncidentView]:
        """Return incidents of that status, newest first (may lag by a second)."""
        ...


class Published(NamedTuple):
    """One record for the stream; records of one key stay in one shard."""

    key: str
    data: bytes


class Publisher(Protocol):
    """The stream of domain events."""

    def publish(self, records: Sequence[Published]) -> Sequence[int]:
        """Send the records; return the positions of those that the stream did not take."""
        ...


class Memory(Protocol):
    """Past incidents and how they ended."""

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Return the most similar past incidents, best first."""
        ...

    def remember(self, remembered: Remembered) -> None:
        """Store an ended incident; storing it again changes nothing."""
        ...

    def remembered(self, limit: int) -> Sequence[Remembered]:
        """Return ended incidents, in no order; at most so many."""
        ...
