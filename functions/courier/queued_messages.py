"""Messages of the outbox's queue, and their composition from the incident's records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting
from quorum.domain.notices import PendingMessage
from quorum.domain.notification_routes import Routes, covering_delivery
from quorum.messaging import DeliveryResult
from quorum.messaging.content import ContextReader, Site, compose, corroborated


class QueuedMessage(NamedTuple):
    """A pending message as the queue delivered it."""

    id: str
    waiting: Waiting
    receives: int = 1
    """Deliveries by the queue, this one included."""


class Batch(NamedTuple):
    """The readable messages of a batch, and the ids of the others, which the queue puts aside."""

    messages: list[QueuedMessage]
    unreadable: list[str]


def parse(event: Mapping[str, Any]) -> Batch:
    """Return the messages of an event of the outbox's queue."""
    batch = Batch([], [])
    for record in event["Records"]:
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            waiting = Waiting.model_validate_json(record["body"])
        except ValidationError:
            batch.unreadable.append(record["messageId"])
        else:
            batch.messages.append(QueuedMessage(record["messageId"], waiting, receives))
    return batch


class ReadyMessage(NamedTuple):
    """A queued message with its content."""

    queued: QueuedMessage
    notice: PendingMessage
    """As the records corroborate it."""
    message: Message
    sent: Sequence[Notified] = ()
    """Earlier notifications about the incident."""
    bare: bool = False
    """The records could not be read: sent with ids alone, and again when they can be read."""
    known: DeliveryResult | None = None
    """An earlier delivery of this state, or of a later one, on this leg."""


@dataclass(frozen=True, slots=True)
class MessageReader:
    """Composes queued messages."""

    contexts: ContextReader
    routes: Routes
    site: Site

    def ready(self, queued: QueuedMessage) -> ReadyMessage:
        """Return the queued message with its content.

        Raises InvalidInputError when the records do not corroborate it, StoreUnavailableError when
        they cannot be read.
        """
        requested, leg = queued.waiting.notice, queued.waiting.leg
        context = self.contexts.read(requested)
        notice = corroborated(requested, context)
        before = covering_delivery(context.notified, notice, self.routes.of(leg))
        known = DeliveryResult(before.channel, before.reference) if before else None
        message = compose(notice, context, self.site)
        return ReadyMessage(queued, notice, message, context.notified, known=known)
