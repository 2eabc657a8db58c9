"""Outgoing messages: sent at once where the channel's rate allows, otherwise queued, never dropped.

The queue holds ids alone: its senders cannot put text into a message.

The first channel of each leg is tried once. A message that it does not take is queued; the courier
coalesces queued messages, keeps each channel's rate, and falls back to the leg's next channels.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from quorum.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    StoreUnavailableError,
)
from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting
from quorum.domain.notices import PendingMessage
from quorum.domain.notification_routes import (
    ChannelName,
    Routes,
    covering_delivery,
    reply_reference,
)
from quorum.messaging.channel import Channel
from quorum.messaging.delivery_result import DeliveryResult
from quorum.ports.messaging import DeadLetters, OutboxQueue

NO_CHANNEL: Final = "no channel configured"
NONE: Final = "none"
KEPT: Final = "kept in the dead-letter queue"
QUEUED: Final = "queued in the outbox"


class Outbox:
    """All legs. Delivery is at least once: after a lost response a message is sent again.

    An outbox without channels queues everything for the courier.
    """

    def __init__(
        self,
        routes: Routes,
        queue: OutboxQueue,
        dead_letters: DeadLetters,
        channels: Mapping[ChannelName, Channel] | None = None,
    ) -> None:
        self.routes = routes
        self._queue, self._dead_letters = queue, dead_letters
        self._channels = channels or {}

    def deliver(
        self, notice: PendingMessage, message: Message | None = None, sent: Sequence[Notified] = ()
    ) -> list[DeliveryResult]:
        """Send the message on each leg that has not had it, or queue the pending message.

        `sent` are earlier notifications about the incident: a leg that has had the message returns
        that one's result. Without a message the courier composes it. Raises no channel's error.
        """
        legs = self.routes.legs(notice.kind, sent)
        if not legs:
            return [DeliveryResult(NONE, None, NO_CHANNEL)]
        return [
            self._deliver(Waiting(leg=leg, notice=notice), channels, message, sent)
            for leg, channels in legs.items()
        ]

    def _deliver(
        self,
        waiting: Waiting,
        channels: Sequence[ChannelName],
        message: Message | None,
        sent: Sequence[Notified],
    ) -> DeliveryResult:
        before, first = covering_delivery(sent, waiting.notice, channels), channels[0]
        if before is not None:
            return DeliveryResult(before.channel, before.reference)
        channel = self._channels.get(first)
        if channel is None or message is None:
            return self._enqueue(waiting, first, f"{first}: left to the courier")
        threaded = message.model_copy(
            update={"thread": reply_reference(sent, message.kind, first)}
            if message.about == "state"
            else {}
        )
        try:
            return DeliveryResult(first, channel.send(threaded))
        except (ChannelUnavailableError, BreakerOpenError) as error:
            return self._enqueue(waiting, first, str(error))

    def _enqueue(self, waiting: Waiting, channel: str, reason: str) -> DeliveryResult:
        try:
            self._queue.put(waiting)
        except StoreUnavailableError as error:
            return self._keep(waiting, channel, f"{reason}; could not be queued: {error}")
        return DeliveryResult(channel, None, f"{reason}; {QUEUED}", queued=True)

    def _keep(self, waiting: Waiting, channel: str, reason: str) -> DeliveryResult:
        try:
            self._dead_letters.put(waiting.model_dump(mode="json"), reason)
        except StoreUnavailableError as error:
            lost = f"{reason}; could not be kept as a dead letter: {error}"
            return DeliveryResult(channel, None, lost, lost=True)
        return DeliveryResult(channel, None, f"{reason}; {KEPT}")
