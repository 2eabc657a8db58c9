"""The way out: told at once where the channel has a turn, otherwise kept in a queue, never dropped.

The first channel of each leg is asked once. Whatever it does not take waits in the outbox's queue,
where the courier coalesces what is there, keeps each channel's rate, and falls back.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from functions.shared.delivery.channel import Channel
from functions.shared.delivery.told import Told
from functions.shared.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    StoreUnavailableError,
)
from functions.shared.domain.events import IncidentEvent
from functions.shared.domain.routes import ChannelName, LegName, Routes, place, told
from functions.shared.ports import DeadLetters, Message, OutboxQueue, Waiting

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

    def deliver(self, message: Message, history: Iterable[IncidentEvent] = ()) -> list[Told]:
        """Send the message on each leg that nobody was told on, or have it wait.

        Raises nothing of a channel's.
        """
        facts = list(history)
        legs = self.routes.legs(message.kind, facts)
        if not legs:
            return [Told(NOBODY, None, NO_CHANNEL)]
        open_legs = {
            leg: channels
            for leg, channels in legs.items()
            if not (message.recorded and told(facts, message.kind, channels))
        }
        return [self._tell(message, leg, open_legs[leg][0], facts) for leg in open_legs]

    def _tell(
        self, message: Message, leg: LegName, first: ChannelName, history: list[IncidentEvent]
    ) -> Told:
        channel = self._channels.get(first)
        if channel is None:
            return self._wait(
                Waiting(leg=leg, message=message), first, f"{first}: left to the courier"
            )
        threaded = message.model_copy(update={"thread": place(history, message.kind, first)})
        try:
            return Told(first, channel.send(threaded))
        except (ChannelUnavailableError, BreakerOpenError) as error:
            return self._wait(Waiting(leg=leg, message=message), first, str(error))

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
