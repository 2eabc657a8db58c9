"""Notification channels, the queue in front of them, their deliveries, and dead letters."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting


class Notifier(Protocol):
    """One notification channel."""

    channel: str

    def send(self, message: Message) -> str:
        """Deliver the message; return the channel's reference. Raises ChannelUnavailableError."""
        ...


class OutboxQueue(Protocol):
    """The queue of messages that could not be sent immediately; the courier consumes it."""

    def put(self, waiting: Waiting) -> None:
        """Queue the message until the courier delivers it or moves it to the dead letters."""
        ...


class NotificationStore(Protocol):
    """Deliveries of notifications. Communication and the courier alone write them."""

    def put(self, delivery: Notified) -> None:
        """Store the delivery, once per channel, kind and subject: the first one stays."""
        ...

    def of(self, incident_id: str) -> Sequence[Notified]:
        """Return the incident's deliveries, oldest first, read consistently."""
        ...


class DeadLetters(Protocol):
    """Messages and events that could not be delivered or parsed, stored and counted."""

    def put(self, payload: Mapping[str, Any], reason: str) -> None:
        """Store the JSON payload with the reason."""
        ...
