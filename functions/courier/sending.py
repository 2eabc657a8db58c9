"""One send on a leg, by its first channel that takes it; for a page even past open breakers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.courier.queued_messages import ReadyMessage
from quorum.domain.errors import BreakerOpenError, ChannelUnavailableError
from quorum.domain.messages import Message
from quorum.domain.notification_routes import (
    NEEDS_A_PERSON,
    SEVERAL,
    ChannelName,
    LegName,
    Routes,
    reply_reference,
)
from quorum.messaging import MAX_TURN_WAIT, Channel, DeliveryResult, coalesced, latest
from quorum.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class LegSender:
    """Sends ready messages of one leg as one message."""

    routes: Routes
    channels: Mapping[ChannelName, Channel]
    now: Clock

    def send(
        self, leg: LegName, ready: Sequence[ReadyMessage], until: datetime
    ) -> list[DeliveryResult]:
        """Return each channel's result, in order; only the last may be a success.

        A message that needs a person is sent past open breakers when no other channel is left.
        """
        messages, results = latest(one.message for one in ready), list[DeliveryResult]()
        for name in self.routes.of(leg):
            results.append(self._by(name, messages, ready, until))
            if results[-1].reference:
                return results
        if not any(one.kind in NEEDS_A_PERSON for one in messages):
            return results
        shut = [one for one in results if one.breaker_open]
        return [*results, *self._past_breakers(shut, messages, until)]

    def _by(
        self,
        name: ChannelName,
        messages: Sequence[Message],
        ready: Sequence[ReadyMessage],
        until: datetime,
    ) -> DeliveryResult:
        channel = self.channels.get(name)
        if channel is None:
            return DeliveryResult(name, None, f"{name} is not configured")
        try:
            reference = channel.send(_one(messages, ready, name), self._deadline(until))
        except ChannelUnavailableError as error:
            return DeliveryResult(name, None, str(error))
        except BreakerOpenError as error:
            return DeliveryResult(name, None, str(error), breaker_open=True)
        return DeliveryResult(name, _reference(reference, messages))

    def _past_breakers(
        self, shut: Iterable[DeliveryResult], messages: Sequence[Message], until: datetime
    ) -> list[DeliveryResult]:
        results: list[DeliveryResult] = []
        by_name = {str(name): channel for name, channel in self.channels.items()}
        for name in (one.channel for one in shut):
            try:
                reference = by_name[name].send_past_breaker(
                    coalesced(messages), self._deadline(until)
                )
            except ChannelUnavailableError as error:
                results.append(DeliveryResult(name, None, f"past the breaker: {error}"))
            else:
                return [*results, DeliveryResult(name, _reference(reference, messages))]
        return results

    def _deadline(self, until: datetime) -> datetime:
        return min(until, self.now() + MAX_TURN_WAIT)


def _one(messages: Sequence[Message], ready: Sequence[ReadyMessage], name: ChannelName) -> Message:
    """Return the message; a single one about an incident's state continues its thread."""
    one = coalesced(messages)
    if len(messages) > 1 or one.about != "state":
        return one
    sent = next(r.sent for r in ready if r.message is one)
    return one.model_copy(update={"thread": reply_reference(sent, one.kind, name)})


def _reference(reference: str, messages: Sequence[Message]) -> str:
    return reference if len(messages) == 1 else f"{SEVERAL}{reference}"
