"""What waits in the outbox is told: coalesced, by the first channel of its leg that takes it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from functions.courier.letter import Letter, Reading, Ready
from functions.courier.sending import Sending
from quorum.domain.errors import (
    ConcurrencyConflictError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.notification_routes import NEEDS_A_PERSON, LegName
from quorum.messaging import Ledger, Told
from quorum.messaging.content import bare
from quorum.ports.messaging import DeadLetters

LAST_RECEIVE: Final = 5
"""The queue itself puts aside what is delivered more often."""


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
    refused: int = 0
    """Not told, for the records do not bear them out."""


@dataclass(frozen=True, slots=True)
class Courier:
    """Takes batches from the outbox's queue."""

    reading: Reading
    sending: Sending
    ledger: Ledger
    dead_letters: DeadLetters

    def drain(self, letters: Iterable[Letter], until: datetime) -> Drained:
        """Tell what the letters say, leg by leg, waiting for turns no longer than `until`."""
        legs: dict[LegName, list[Letter]] = defaultdict(list)
        for letter in letters:
            legs[letter.waiting.leg].append(letter)
        drained = Drained()
        for leg, waiting in legs.items():
            fresh = [ready for one in waiting if (ready := self._fresh(one, drained))]
            # A page is closed by a message of its own: two at once cannot be one
            for group in [[one] for one in fresh] if leg == "paged" else [fresh]:
                self._deliver(leg, group, until, drained)
        return drained

    def _fresh(self, letter: Letter, drained: Drained) -> Ready | None:
        """Return the letter if people have to be told of it; what is known is recorded."""
        try:
            ready = self.reading.ready(letter)
        except StoreUnavailableError:
            return self._unread(letter, drained)
        except InvalidInputError as error:
            if self._put_aside(letter, f"refused: {error}", drained):
                drained.refused += 1
            return None
        if ready.known is None:
            return ready
        drained.overtaken += 1
        self._record(ready, [ready.known], drained)
        return None

    def _unread(self, letter: Letter, drained: Drained) -> Ready | None:
        """Let what nobody has to act on wait until the records can be read; tell of the rest."""
        notice = letter.waiting.notice
        if notice.kind in NEEDS_A_PERSON:
            return Ready(letter, notice, bare(notice), bare=True)
        drained.again.append(letter.id)
        return None

    def _deliver(
        self, leg: LegName, letters: Sequence[Ready], until: datetime, drained: Drained
    ) -> None:
        """Tell by the first channel that takes it; what none takes is kept, never dropped."""
        if not letters:
            return
        ended = self.sending.send(leg, letters, until)
        taken = bool(ended and ended[-1].reference)
        drained.sends += int(taken)
        for ready in letters:
            if taken or self._kept(ready.letter, ended, drained):
                self._record(ready, ended, drained)

    def _kept(self, letter: Letter, ended: Sequence[Told], drained: Drained) -> bool:
        """Keep what was not told with the dead letters; return whether that was done.

        The end of a page is tried again instead: nobody is waiting for it, and only it closes it.
        """
        if letter.waiting.leg == "paged" and letter.receives < LAST_RECEIVE:
            drained.again.append(letter.id)
            return False
        kept = self._put_aside(letter, "; ".join(one.reason for one in ended), drained)
        drained.undeliverable += int(kept)
        return kept

    def _put_aside(self, letter: Letter, reason: str, drained: Drained) -> bool:
        try:
            self.dead_letters.put(letter.waiting.model_dump(mode="json"), reason)
        except StoreUnavailableError:
            drained.again.append(letter.id)
            return False
        return True

    def _record(self, ready: Ready, ended: Sequence[Told], drained: Drained) -> None:
        """Record how it ended; a letter that cannot be recorded is told again rather than never."""
        if ended and ended[-1].reference:
            drained.told += 1
        if ready.bare and ended and ended[-1].reference:
            drained.again.append(ready.letter.id)
            return
        try:
            self.ledger.record(ready.notice, ended)
        except (StoreUnavailableError, ConcurrencyConflictError):
            drained.again.append(ready.letter.id)
