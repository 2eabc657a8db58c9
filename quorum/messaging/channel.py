"""One notification channel, within its rate across all senders and behind its breaker."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from quorum.application.circuit_breaker import Breaker, call_through
from quorum.domain.constants import CHANNEL_RATES, WEBHOOK_RATE, Rate
from quorum.domain.errors import ChannelUnavailableError, StoreUnavailableError
from quorum.domain.messages import Message
from quorum.ports.clock import Clock
from quorum.ports.execution import Operations
from quorum.ports.messaging import Notifier

MAX_TURN_WAIT: Final = timedelta(seconds=3)
"""Maximum wait for a turn under a channel's rate. A courier that waited half a minute for one
channel would delay all other messages: in a storm the median message took a minute so."""


class Channel:
    """A notifier that is called within its rate, and not at all while its breaker is open."""

    def __init__(
        self,
        notifier: Notifier,
        breaker: Breaker,
        operations: Operations,
        *,
        now: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self.name = notifier.channel
        self._notifier, self._breaker, self._operations = notifier, breaker, operations
        self._now, self._sleep = now, sleep

    @property
    def rate(self) -> Rate:
        """Return the channel's rate."""
        return CHANNEL_RATES.get(self.name, WEBHOOK_RATE)

    def send(self, message: Message, until: datetime | None = None) -> str:
        """Send the message at the next turn, by `until` at the latest or at once without it.

        Return the channel's reference. Raises ChannelUnavailableError, BreakerOpenError.
        """
        with suppress(StoreUnavailableError):
            self._breaker.check()
        self._wait_for_turn(until or self._now())
        try:
            return call_through(self._breaker, lambda: self._notifier.send(message))
        except StoreUnavailableError:  # the breaker cannot be read: try the channel
            return self._notifier.send(message)

    def send_past_breaker(self, message: Message, until: datetime) -> str:
        """Send the message at the next turn even if the breaker is open.

        For a message that needs a person when the breakers of all channels are open: a breaker
        saves time and is never a reason for silence. Return the channel's reference. Raises
        ChannelUnavailableError.
        """
        self._wait_for_turn(until)
        return self._notifier.send(message)

    def _wait_for_turn(self, until: datetime) -> None:
        spacing = self.rate.per_seconds / self.rate.sends
        while not self._admitted():
            left = (until - self._now()).total_seconds()
            if left <= 0:
                raise ChannelUnavailableError(
                    f"{self.name}: over {self.rate.sends} sends in {self.rate.per_seconds} s"
                )
            self._sleep(min(spacing, left))

    def _admitted(self) -> bool:
        """Take a turn; without the store that counts them, rely on the channel's own limit."""
        try:
            return self._operations.admit(f"channel#{self.name}", self.rate, self._now())
        except StoreUnavailableError:
            return True
