"""One channel to people: fleet-wide within its rate, behind its breaker."""

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

PATIENCE: Final = timedelta(seconds=3)
"""How long a turn is worth waiting for. A channel that has one in half a minute is not waited for:
a courier that waits for it keeps everybody else waiting (a storm's median was a minute so)."""


class Channel:
    """A notifier that is asked no faster than its rate, and left alone while it is down."""

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
        """Send the message once it is its turn, `until` then at the latest, now without.

        Returns the channel's reference. Raises ChannelUnavailableError, BreakerOpenError.
        """
        with suppress(StoreUnavailableError):
            self._breaker.check()
        self._wait_for_turn(until or self._now())
        try:
            return call_through(self._breaker, lambda: self._notifier.send(message))
        except StoreUnavailableError:  # nobody can tell how the breaker stands: ask the channel
            return self._notifier.send(message)

    def insist(self, message: Message, until: datetime) -> str:
        """Send the message whatever the breaker says, once it is its turn.

        For what a person must know when every way to them seems shut: a breaker saves time, and is
        never a reason for silence. Returns the reference. Raises ChannelUnavailableError.
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
        """Ask for a turn; without the store that counts, the channel's own limit has to do."""
        try:
            return self._operations.admit(f"channel#{self.name}", self.rate, self._now())
        except StoreUnavailableError:
            return True
