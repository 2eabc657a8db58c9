"""One send of a leg: the first channel that takes it, and for a page every way there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.courier.letter import Ready
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
from quorum.messaging import PATIENCE, Channel, Told, coalesced, latest
from quorum.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends what is ready, as one message."""

    routes: Routes
    channels: Mapping[ChannelName, Channel]
    now: Clock

    def send(self, leg: LegName, ready: Sequence[Ready], until: datetime) -> list[Told]:
        """Return how each channel ended, in order; only the last may have taken it.

        What needs a person is sent past the breakers when no other way is left.
        """
        messages, ended = latest(one.message for one in ready), list[Told]()
        for name in self.routes.of(leg):
            ended.append(self._by(name, messages, ready, until))
            if ended[-1].reference:
                return ended
        if not any(one.kind in NEEDS_A_PERSON for one in messages):
            return ended
        return [*ended, *self._insist([one for one in ended if one.refused], messages, until)]

    def _by(
        self,
        name: ChannelName,
        messages: Sequence[Message],
        ready: Sequence[Ready],
        until: datetime,
    ) -> Told:
        channel = self.channels.get(name)
        if channel is None:
            return Told(name, None, f"{name} is not configured")
        try:
            reference = channel.send(_one(messages, ready, name), self._patience(until))
        except ChannelUnavailableError as error:
            return Told(name, None, str(error))
        except BreakerOpenError as error:
            return Told(name, None, str(error), refused=True)
        return Told(name, _reference(reference, messages))

    def _insist(
        self, refused: Iterable[Told], messages: Sequence[Message], until: datetime
    ) -> list[Told]:
        ended: list[Told] = []
        by_name = {str(name): channel for name, channel in self.channels.items()}
        for name in (one.channel for one in refused):
            try:
                reference = by_name[name].insist(coalesced(messages), self._patience(until))
            except ChannelUnavailableError as error:
                ended.append(Told(name, None, f"past the breaker: {error}"))
            else:
                return [*ended, Told(name, _reference(reference, messages))]
        return ended

    def _patience(self, until: datetime) -> datetime:
        return min(until, self.now() + PATIENCE)


def _one(messages: Sequence[Message], ready: Sequence[Ready], name: ChannelName) -> Message:
    """Return the message; a single one about an incident's state stands in its thread."""
    one = coalesced(messages)
    if len(messages) > 1 or one.about != "state":
        return one
    sent = next(r.sent for r in ready if r.message is one)
    return one.model_copy(update={"thread": reply_reference(sent, one.kind, name)})


def _reference(reference: str, messages: Sequence[Message]) -> str:
    return reference if len(messages) == 1 else f"{SEVERAL}{reference}"
