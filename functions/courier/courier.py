"""Delivery of queued messages: coalesced, by the first channel of each leg that takes them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from functions.courier.queued_messages import MessageReader, QueuedMessage, ReadyMessage
from functions.courier.sending import LegSender
from quorum.domain.errors import (
    ConcurrencyConflictError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.notification_routes import NEEDS_A_PERSON, LegName
from quorum.messaging import DeliveryLog, DeliveryResult
from quorum.messaging.content import bare
from quorum.ports.messaging import DeadLetters

LAST_RECEIVE: Final = 5
"""The queue's own maximum of deliveries, after which it moves a message to the dead letters."""


@dataclass
class Drained:
    """The result of a batch: ids to deliver again, and counts."""

    again: list[str] = field(default_factory=list)
    delivered: int = 0
    """Queued messages, those delivered earlier included."""
    superseded: int = 0
    """Delivered earlier, or a later state was."""
    sends: int = 0
    undeliverable: int = 0
    refused: int = 0
    """Not sent, as the records do not corroborate them."""


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers batches of the outbox's queue."""

    reader: MessageReader
    sender: LegSender
    deliveries: DeliveryLog
    dead_letters: DeadLetters

    def drain(self, messages: Iterable[QueuedMessage], until: datetime) -> Drained:
        """Deliver the messages leg by leg; wait for turns until `until` at the latest."""
        legs: dict[LegName, list[QueuedMessage]] = defaultdict(list)
        for message in messages:
            legs[message.waiting.leg].append(message)
        drained = Drained()
        for leg, queued in legs.items():
            fresh = [ready for one in queued if (ready := self._fresh(one, drained))]
            # Each page is closed by a message of its own, so these are not coalesced
            for group in [[one] for one in fresh] if leg == "paged" else [fresh]:
                self._deliver(leg, group, until, drained)
        return drained

    def _fresh(self, queued: QueuedMessage, drained: Drained) -> ReadyMessage | None:
        """Return the message unless it is superseded, refused or has to wait."""
        try:
            ready = self.reader.ready(queued)
        except StoreUnavailableError:
            return self._unread(queued, drained)
        except InvalidInputError as error:
            if self._put_aside(queued, f"refused: {error}", drained):
                drained.refused += 1
            return None
        if ready.known is None:
            return ready
        drained.superseded += 1
        self._record(ready, [ready.known], drained)
        return None

    def _unread(self, queued: QueuedMessage, drained: Drained) -> ReadyMessage | None:
        """Return a message of ids alone if it needs a person; leave any other to a retry."""
        notice = queued.waiting.notice
        if notice.kind in NEEDS_A_PERSON:
            return ReadyMessage(queued, notice, bare(notice), bare=True)
        drained.again.append(queued.id)
        return None

    def _deliver(
        self, leg: LegName, messages: Sequence[ReadyMessage], until: datetime, drained: Drained
    ) -> None:
        """Send by the first channel that takes it; keep what none takes, never drop it."""
        if not messages:
            return
        results = self.sender.send(leg, messages, until)
        taken = bool(results and results[-1].reference)
        drained.sends += int(taken)
        for ready in messages:
            if taken or self._kept(ready.queued, results, drained):
                self._record(ready, results, drained)

    def _kept(
        self, queued: QueuedMessage, results: Sequence[DeliveryResult], drained: Drained
    ) -> bool:
        """Keep an undelivered message with the dead letters; return whether that succeeded.

        The end of a page is retried instead: nothing else closes the page, and it is not urgent.
        """
        if queued.waiting.leg == "paged" and queued.receives < LAST_RECEIVE:
            drained.again.append(queued.id)
            return False
        kept = self._put_aside(queued, "; ".join(one.reason for one in results), drained)
        drained.undeliverable += int(kept)
        return kept

    def _put_aside(self, queued: QueuedMessage, reason: str, drained: Drained) -> bool:
        try:
            self.dead_letters.put(queued.waiting.model_dump(mode="json"), reason)
        except StoreUnavailableError:
            drained.again.append(queued.id)
            return False
        return True

    def _record(
        self, ready: ReadyMessage, results: Sequence[DeliveryResult], drained: Drained
    ) -> None:
        """Record the results; an unrecorded message is delivered again rather than never."""
        if results and results[-1].reference:
            drained.delivered += 1
        if ready.bare and results and results[-1].reference:
            drained.again.append(ready.queued.id)
            return
        try:
            self.deliveries.record(ready.notice, results)
        except (StoreUnavailableError, ConcurrencyConflictError):
            drained.again.append(ready.queued.id)
