"""Channels to people, the queue in front of them, what they delivered, and dead letters."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting


class Notifier(Protocol):
    """One channel to people."""

    channel: str

    def send(self, message: Message) -> str:
        """Deliver it; return the channel's reference. Raises ChannelUnavailableError."""
        ...


class OutboxQueue(Protocol):
    """Where messages wait that could not be sent at once; the courier takes them from there."""

    def put(self, waiting: Waiting) -> None:
        """Keep the message until the courier has told it, or put it with the dead letters."""
        ...


class NotificationBook(Protocol):
    """What people were told. Communication and the courier alone write it."""

    def put(self, told: Notified) -> None:
        """Store it, once per channel, kind and what it is about: the first stays."""
        ...

    def of(self, incident_id: str) -> Sequence[Notified]:
        """Return what people were told of the incident, oldest first, read consistently."""
        ...


class DeadLetters(Protocol):
    """Where what cannot be delivered or understood is kept and counted."""

    def put(self, payload: Mapping[str, Any], reason: str) -> None:
        """Keep the JSON payload with the reason."""
        ...
