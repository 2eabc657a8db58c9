"""Telling people by one channel: within its rate; what cannot be told is kept, never dropped."""

from collections.abc import Callable
from typing import Final, NamedTuple

from functions.shared.domain.constants import CHANNEL_RATES
from functions.shared.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    StoreUnavailableError,
)
from functions.shared.ports import Clock, DeadLetters, Message, Notifier, Operations
from functions.shared.resilience import Breaker, guarded

TURN_SECONDS: Final = 3.0
"""How long a message waits for its turn under the channel's rate."""
NO_CHANNEL: Final = "no channel configured"
KEPT: Final = "the message is kept in the dead-letter queue"


class Told(NamedTuple):
    """How telling people ended: the channel's reference, or the reason why there is none."""

    channel: str
    reference: str | None
    reason: str = ""
    lost: bool = False
    """Neither told nor kept: only here may telling again be worth it."""


class Outbox:
    """One channel to people. Delivery is at least once: a lost response is told twice."""

    def __init__(  # noqa: PLR0913 - what it is wired with, by name
        self,
        notifier: Notifier | None,
        breaker: Breaker,
        operations: Operations,
        dead_letters: DeadLetters,
        *,
        now: Clock,
        sleep: Callable[[float], None],
        channel: str = "email",
    ) -> None:
        self._notifier, self._breaker, self._channel = notifier, breaker, channel
        self._operations, self._dead_letters = operations, dead_letters
        self._now, self._sleep = now, sleep

    def deliver(self, message: Message) -> Told:
        """Send the message, or keep it and say why. Raises nothing of the channel's."""
        if self._notifier is None:
            return Told(self._channel, None, NO_CHANNEL)
        try:
            self._wait_for_turn()
            return Told(self._channel, self._send(self._notifier, message))
        except (ChannelUnavailableError, BreakerOpenError) as error:
            return self._keep(message, str(error))

    def _send(self, notifier: Notifier, message: Message) -> str:
        """Send behind the breaker; when nobody can tell how that stands, without it."""
        try:
            return guarded(self._breaker, lambda: notifier.send(message))
        except StoreUnavailableError:
            return notifier.send(message)

    def _wait_for_turn(self) -> None:
        rate = CHANNEL_RATES[self._channel]
        end = self._now().timestamp() + TURN_SECONDS
        while not self._admitted():
            if self._now().timestamp() >= end:
                raise ChannelUnavailableError(f"over {rate.sends} sends in {rate.per_seconds} s")
            self._sleep(rate.per_seconds / rate.sends)

    def _admitted(self) -> bool:
        """Ask for a turn; without the store that counts, the channel's own limit has to do."""
        rate = CHANNEL_RATES[self._channel]
        try:
            return self._operations.admit(f"channel#{self._channel}", rate, self._now())
        except StoreUnavailableError:
            return True

    def _keep(self, message: Message, reason: str) -> Told:
        payload = {"channel": self._channel, "message": message.model_dump(mode="json")}
        try:
            self._dead_letters.put(payload, reason)
        except StoreUnavailableError as error:
            lost = f"{reason}; it could not be kept either: {error}"
            return Told(self._channel, None, lost, lost=True)
        return Told(self._channel, None, f"{reason}; {KEPT}")
