"""How telling people ended, and the facts that say so."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from functions.shared.domain.events import IncidentEvent, MessageFailed, MessageKind, MessageSent
from functions.shared.recording import Header, Recorder


class Told(NamedTuple):
    """How telling people by one channel ended: its reference, or why there is none yet."""

    channel: str
    reference: str | None
    reason: str = ""
    waits: bool = False
    """It is in the outbox's queue: the courier tells it, and records that."""
    lost: bool = False
    """Neither told nor kept: only here may telling again be worth it."""


def record_told(
    recorder: Recorder, incident_id: str, kind: MessageKind, ended: Iterable[Told]
) -> None:
    """Append MessageSent or MessageFailed for each channel, unless the log says the same.

    What waits has not ended. Raises ConcurrencyConflictError, StoreUnavailableError.
    """
    for told in ended:
        if not told.waits:
            recorder.record(incident_id, _sent(kind, told) if told.reference else _not(kind, told))


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
