"""The way out: told at once where the channel has a turn, otherwise kept in a queue, never dropped.

What waits are ids: whoever may write into the queue can have nothing said but what happened.

The first channel of each leg is asked once. Whatever it does not take waits in the outbox's queue,
where the courier coalesces what is there, keeps each channel's rate, and falls back.
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
from quorum.domain.notices import Notice
from quorum.domain.notification_routes import (
    ChannelName,
    Routes,
    covering_delivery,
    reply_reference,
)
from quorum.messaging.channel import Channel
from quorum.messaging.delivery_result import Told
from quorum.ports.messaging import DeadLetters, OutboxQueue

NO_CHANNEL: Final = "no channel configured"
NOBODY: Final = "none"
KEPT: Final = "the message is kept in the dead-letter queue"
WAITS: Final = "the message waits in the outbox"


class Outbox:
    """All legs. Delivery is at least once: a lost response is told twice.

    Without channels of its own, everything waits for the courier.
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
        self, notice: Notice, message: Message | None = None, sent: Sequence[Notified] = ()
    ) -> list[Told]:
        """Send the message on each leg that nobody was told on, or have the notice wait.

        `sent` is what people were told before. Without the message, the courier composes it. A leg
        that was told is answered with how. Raises nothing of a channel's.
        """
        legs = self.routes.legs(notice.kind, sent)
        if not legs:
            return [Told(NOBODY, None, NO_CHANNEL)]
        return [
            self._tell(Waiting(leg=leg, notice=notice), channels, message, sent)
            for leg, channels in legs.items()
        ]

    def _tell(
        self,
        waiting: Waiting,
        channels: Sequence[ChannelName],
        message: Message | None,
        sent: Sequence[Notified],
    ) -> Told:
        before, first = covering_delivery(sent, waiting.notice, channels), channels[0]
        if before is not None:
            return Told(before.channel, before.reference)
        channel = self._channels.get(first)
        if channel is None or message is None:
            return self._wait(waiting, first, f"{first}: left to the courier")
        threaded = message.model_copy(
            update={"thread": reply_reference(sent, message.kind, first)}
            if message.about == "state"
            else {}
        )
        try:
            return Told(first, channel.send(threaded))
        except (ChannelUnavailableError, BreakerOpenError) as error:
            return self._wait(waiting, first, str(error))

    def _wait(self, waiting: Waiting, channel: str, reason: str) -> Told:
        try:
            self._queue.put(waiting)
        except StoreUnavailableError as error:
            return self._keep(waiting, channel, f"{reason}; it could not wait either: {error}")
        return Told(channel, None, f"{reason}; {WAITS}", waits=True)

    def _keep(self, waiting: Waiting, channel: str, reason: str) -> Told:
        try:
            self._dead_letters.put(waiting.model_dump(mode="json"), reason)
        except StoreUnavailableError as error:
            kept = f"{reason}; it could not be kept either: {error}"
            return Told(channel, None, kept, lost=True)
        return Told(channel, None, f"{reason}; {KEPT}")
