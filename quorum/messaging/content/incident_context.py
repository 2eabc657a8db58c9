"""An incident's records that messages are composed of, and their reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from quorum.domain.approvals import Approval
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import ApprovalRequested, IncidentEvent, MessageSent, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.incident import replay
from quorum.domain.incident_records import Notified, Opening
from quorum.domain.notices import PendingMessage
from quorum.ports.approvals import ApprovalStore
from quorum.ports.log import ClosingStore, EventStore, OpeningStore
from quorum.ports.messaging import NotificationStore

MOST_REQUESTS: Final = 50
"""Approval requests of one log that are looked up; a genuine incident has one per round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentContext:
    """One incident's records. More than one function can write its events, and no other record."""

    incident_id: str
    events: Sequence[IncidentEvent] = ()
    """Empty when the log contradicts itself."""
    broken: bool = False
    """The log contradicts itself, or an entry is not an event."""
    opening: Opening | None = None
    """None for an incident from before openings were kept."""
    ending: Outcome | None = None
    approval: Approval | None = None
    """The newest request that the log names and the approval function has recorded."""
    notified: Sequence[Notified] = ()

    @property
    def exists(self) -> bool:
        """Return whether any record of the incident exists."""
        return bool(self.events or self.broken or self.opening)

    @property
    def alarm(self) -> Alarm | None:
        """Return the alarm that opened the incident, or None without a readable record of it."""
        if self.opening is not None:
            return self.opening.alarms[0]
        return replay(self.events).opened.alarm if self.events else None


@dataclass(frozen=True, slots=True)
class ContextReader:
    """Reads incident contexts."""

    log: EventStore
    openings: OpeningStore
    closings: ClosingStore
    approvals: ApprovalStore
    notifications: NotificationStore

    def read(self, notice: PendingMessage) -> IncidentContext:
        """Return the context of the pending message's incident. Raises StoreUnavailableError."""
        incident_id = notice.incident_id
        events, broken = self._events(incident_id)
        opening = self.openings.find(incident_id)
        asks = notice.kind in {"approval_wanted", "answered"}
        return IncidentContext(
            incident_id=incident_id,
            events=events,
            broken=broken,
            opening=opening,
            ending=self._ending(incident_id, events, opening),
            approval=self._approval(incident_id, events) if asks else None,
            notified=self._notified(incident_id, events, opening),
        )

    def _events(self, incident_id: str) -> tuple[Sequence[IncidentEvent], bool]:
        try:
            events = self.log.load(incident_id)
            if events:
                replay(events)
        except InvalidHistoryError:
            return (), True
        return events, False

    def _ending(
        self, incident_id: str, events: Sequence[IncidentEvent], opening: Opening | None
    ) -> Outcome | None:
        """Return the outcome; without a recorded opening (older incidents) the log counts."""
        ending = self.closings.find(incident_id)
        if ending is not None:
            return ending.outcome
        closed = replay(events).closed if events and opening is None else None
        return closed.outcome if closed else None

    def _notified(
        self, incident_id: str, events: Sequence[IncidentEvent], opening: Opening | None
    ) -> Sequence[Notified]:
        """Return the notifications; the log's own count only without a recorded opening."""
        kept = self.notifications.of(incident_id)
        logged = [_as_notified(event) for event in events if isinstance(event, MessageSent)]
        return kept if opening is not None else [*logged, *kept]

    def _approval(self, incident_id: str, events: Sequence[IncidentEvent]) -> Approval | None:
        for approval_id in islice(_requested(events), MOST_REQUESTS):
            found = self.approvals.find(approval_id)
            if found is not None and found.incident_id == incident_id:
                return found
        return None


def _requested(events: Sequence[IncidentEvent]) -> Iterator[str]:
    """Yield the ids of the approval requests that the log names, newest first."""
    yield from dict.fromkeys(
        event.approval_id for event in reversed(events) if isinstance(event, ApprovalRequested)
    )


def _as_notified(event: MessageSent) -> Notified:
    return Notified(
        incident_id=event.incident_id,
        message=event.message,
        round=event.round,
        channel=event.channel,
        reference=event.reference,
        at=event.occurred_at.timestamp(),
    )
