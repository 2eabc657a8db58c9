"""How telling people ended, and the records that say so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quorum.application.recorder import Header, Recorder
from quorum.domain.events import IncidentEvent, MessageFailed, MessageKind, MessageSent
from quorum.domain.incident_records import Notified
from quorum.domain.notices import Notice
from quorum.ports.clock import Clock
from quorum.ports.messaging import NotificationBook


class Told(NamedTuple):
    """How telling people by one channel ended: its reference, or why there is none yet."""

    channel: str
    reference: str | None
    reason: str = ""
    waits: bool = False
    """It is in the outbox's queue: the courier tells it, and records that."""
    lost: bool = False
    """Neither told nor kept: only here may telling again be worth it."""
    refused: bool = False
    """The channel's breaker did not let it be asked."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where it is written that people were told: for Quorum in the book, for people in the log."""

    recorder: Recorder
    notifications: NotificationBook
    now: Clock

    def record(self, notice: Notice, ended: Iterable[Told]) -> None:
        """Write how telling ended, unless that is written. What waits has not ended.

        What stands beside the log leaves no fact in it. Raises ConcurrencyConflictError,
        StoreUnavailableError.
        """
        for told in ended:
            if told.reference:
                self._note(notice, told.channel, told.reference)
            if notice.about == "state" and not told.waits:
                build = _sent(notice.kind, told) if told.reference else _not(notice.kind, told)
                self.recorder.record(notice.incident_id, build)

    def _note(self, notice: Notice, channel: str, reference: str) -> None:
        self.notifications.put(
            Notified(
                incident_id=notice.incident_id,
                message=notice.kind,
                about=notice.about,
                channel=channel,
                reference=reference,
                at=self.now().timestamp(),
            )
        )


def _sent(
    kind: MessageKind, told: Told
) -> Callable[[Header, Sequence[IncidentEvent]], MessageSent | None]:
    fields = {"message": kind, "channel": told.channel, "reference": told.reference}

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageSent | None:
        said = (
            (f.message, f.channel) == (kind, told.channel)
            for f in history
            if isinstance(f, MessageSent)
        )
        return None if any(said) else MessageSent.model_validate({**header, **fields})

    return build


def _not(
    kind: MessageKind, told: Told
) -> Callable[[Header, Sequence[IncidentEvent]], MessageFailed | None]:
    fields = {"message": kind, "channel": told.channel, "reason": told.reason}

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageFailed | None:
        said = (
            (f.message, f.channel, f.reason) == (kind, told.channel, told.reason)
            for f in history
            if isinstance(f, MessageFailed)
        )
        return None if any(said) else MessageFailed.model_validate({**header, **fields})

    return build
