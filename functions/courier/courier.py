"""What waits in the outbox is told: coalesced, by the first channel of its leg that takes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from functions.shared.delivery import PATIENCE, Channel, Told, coalesced, latest, record_told
from functions.shared.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    ConcurrencyConflictError,
    StoreUnavailableError,
)
from functions.shared.domain.events import IncidentEvent
from functions.shared.domain.routes import SEVERAL, ChannelName, LegName, Routes, place, told
from functions.shared.ports import Clock, DeadLetters, Message, Waiting
from functions.shared.recording import Recorder

LAST_RECEIVE: Final = 5
"""The queue itself puts aside what is delivered more often."""


class Letter(NamedTuple):
    """A message as the queue delivered it."""

    id: str
    waiting: Waiting
    receives: int = 1
    """How often it was delivered, this time included."""

    @property
    def message(self) -> Message:
        """Return what is to be told."""
        return self.waiting.message


@dataclass
class Drained:
    """What became of a batch: ids that have to be delivered again, and counts."""

    again: list[str] = field(default_factory=list)
    told: int = 0
    """Letters, those that were told before included."""
    overtaken: int = 0
    """Told already, or a later state was."""
    sends: int = 0
    undeliverable: int = 0


@dataclass(frozen=True, slots=True)
class Courier:
    """Takes batches from the outbox's queue."""

    recorder: Recorder
    routes: Routes
    channels: Mapping[ChannelName, Channel]
    dead_letters: DeadLetters
    now: Clock

    def drain(self, letters: Iterable[Letter], until: datetime) -> Drained:
        """Tell what the letters say, leg by leg, waiting for turns no longer than `until`."""
        legs: dict[LegName, list[Letter]] = defaultdict(list)
        for letter in letters:
            legs[letter.waiting.leg].append(letter)
        drained = Drained()
        for leg, waiting in legs.items():
            fresh = [one for one in waiting if not self._known(one, drained)]
            # A page is closed by a message of its own: two at once cannot be one
            for group in [[one] for one in fresh] if leg == "paged" else [fresh]:
                self._deliver(leg, group, until, drained)
        return drained

    def _known(self, letter: Letter, drained: Drained) -> bool:
        """Return whether people were told on this leg, of this state or of a later one."""
        message, channels = letter.message, self.routes.of(letter.waiting.leg)
        if not message.recorded:
            return False
        before = told(self._history(message), message.kind, channels)
        if before is None:
            return False
        drained.overtaken += 1
        self._record(letter, [Told(before.channel, before.reference)], drained)
        return True

    def _deliver(
        self, leg: LegName, letters: Sequence[Letter], until: datetime, drained: Drained
    ) -> None:
        """Tell by the first channel that takes it; what none takes is kept, never dropped."""
        if not letters:
            return
        messages, ended = latest(letter.message for letter in letters), list[Told]()
        for name in self.routes.of(leg):
            ended.append(self._send(name, messages, until))
            if ended[-1].reference:
                drained.sends += 1
                break
        for letter in letters:
            if not ended[-1].reference and not self._kept(letter, ended, drained):
                continue
            self._record(letter, ended, drained)

    def _send(self, name: ChannelName, messages: Sequence[Message], until: datetime) -> Told:
        channel = self.channels.get(name)
        if channel is None:
            return Told(name, None, f"{name} is not configured")
        one = coalesced(messages)
        if len(messages) == 1 and one.recorded:
            one = one.model_copy(update={"thread": place(self._history(one), one.kind, name)})
        try:
            reference = channel.send(one, min(until, self.now() + PATIENCE))
        except (ChannelUnavailableError, BreakerOpenError) as error:
            return Told(name, None, str(error))
        return Told(name, reference if len(messages) == 1 else f"{SEVERAL}{reference}")

    def _kept(self, letter: Letter, ended: Sequence[Told], drained: Drained) -> bool:
        """Keep what was not told with the dead letters; return whether that was done.

        The end of a page is tried again instead: nobody is waiting for it, and only it closes it.
        """
        if letter.waiting.leg == "paged" and letter.receives < LAST_RECEIVE:
            drained.again.append(letter.id)
            return False
        try:
            reasons = "; ".join(one.reason for one in ended)
            self.dead_letters.put(letter.waiting.model_dump(mode="json"), reasons)
        except StoreUnavailableError:
            drained.again.append(letter.id)
            return False
        drained.undeliverable += 1
        return True

    def _record(self, letter: Letter, ended: Sequence[Told], drained: Drained) -> None:
        """Record how it ended; a letter that cannot be recorded is told again rather than never."""
        if ended[-1].reference:
            drained.told += 1
        if not letter.message.recorded:
            return
        try:
            record_told(self.recorder, letter.message.incident_id, letter.message.kind, ended)
        except (StoreUnavailableError, ConcurrencyConflictError):
            drained.again.append(letter.id)

    def _history(self, message: Message) -> Sequence[IncidentEvent]:
        """Return the incident's log; without it, nobody has been told."""
        try:
            return self.recorder.store.load(message.incident_id)
        except StoreUnavailableError:
            return ()
