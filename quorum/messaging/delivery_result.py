"""The result of one delivery, and its records: for Quorum in a table, for people in the log."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quorum.application.recorder import Header, Recorder
from quorum.domain.events import IncidentEvent, MessageFailed, MessageSent
from quorum.domain.incident_records import Notified
from quorum.domain.notices import PendingMessage
from quorum.ports.clock import Clock
from quorum.ports.messaging import NotificationStore


class DeliveryResult(NamedTuple):
    """The result of a delivery by one channel: its reference, or the reason for having none."""

    channel: str
    reference: str | None
    reason: str = ""
    queued: bool = False
    """The message is in the outbox's queue; the courier delivers it and records the result."""
    lost: bool = False
    """Neither delivered nor kept: only here may the caller try again."""
    breaker_open: bool = False
    """The channel's circuit breaker refused the call."""


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """Records deliveries in the notification table and, of an incident's state, in its log."""

    recorder: Recorder
    notifications: NotificationStore
    now: Clock

    def record(self, notice: PendingMessage, results: Iterable[DeliveryResult]) -> None:
        """Record the results once; a queued message has none yet.

        A pending message that is not about the incident's state adds no event to its log. Raises
        ConcurrencyConflictError, StoreUnavailableError.
        """
        for result in results:
            if result.reference:
                self._note(notice, result.channel, result.reference)
            if notice.about == "state" and not result.queued:
                build = _sent(notice, result) if result.reference else _failed(notice, result)
                self.recorder.record(notice.incident_id, build)

    def _note(self, notice: PendingMessage, channel: str, reference: str) -> None:
        self.notifications.put(
            Notified(
                incident_id=notice.incident_id,
                message=notice.kind,
                about=notice.about,
                round=notice.round,
                channel=channel,
                reference=reference,
                at=self.now().timestamp(),
            )
        )


def _sent(
    notice: PendingMessage, result: DeliveryResult
) -> Callable[[Header, Sequence[IncidentEvent]], MessageSent | None]:
    about = (notice.kind, notice.round, result.channel)
    fields = {
        "message": notice.kind,
        "round": notice.round,
        "channel": result.channel,
        "reference": result.reference,
    }

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageSent | None:
        logged = (
            (event.message, event.round, event.channel) == about
            for event in history
            if isinstance(event, MessageSent)
        )
        return None if any(logged) else MessageSent.model_validate({**header, **fields})

    return build


def _failed(
    notice: PendingMessage, result: DeliveryResult
) -> Callable[[Header, Sequence[IncidentEvent]], MessageFailed | None]:
    about = (notice.kind, notice.round, result.channel, result.reason)
    fields = {
        "message": notice.kind,
        "round": notice.round,
        "channel": result.channel,
        "reason": result.reason,
    }

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageFailed | None:
        logged = (
            (event.message, event.round, event.channel, event.reason) == about
            for event in history
            if isinstance(event, MessageFailed)
        )
        return None if any(logged) else MessageFailed.model_validate({**header, **fields})

    return build
