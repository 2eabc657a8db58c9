"""Tell people what an incident came to, once per kind of message, and record that they know."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from functions.communication.letters import letter
from functions.communication.rendering import message
from functions.shared.delivery import Outbox, Told
from functions.shared.domain.errors import InvalidInputError, StoreUnavailableError
from functions.shared.domain.events import (
    IncidentEvent,
    MessageFailed,
    MessageKind,
    MessageSent,
    Outcome,
)
from functions.shared.domain.incident import replay
from functions.shared.domain.model import IncidentId, Record
from functions.shared.recording import Header, Recorder

KIND_OF: Final[Mapping[Outcome, MessageKind]] = {
    "resolved": "resolved",
    "dismissed": "dismissed",
    "escalated": "escalated",
    "undone": "escalated",
    "unverified": "escalated",
}
"""How each outcome is told."""


class Request(Record):
    """What the state machine sends."""

    incident_id: IncidentId
    kind: MessageKind


class Answer(NamedTuple):
    """Whether people know, and if not, why."""

    sent: bool
    reason: str = ""


def tell(event: Mapping[str, Any], recorder: Recorder, outbox: Outbox) -> Answer:
    """Send the message unless the log says that it was sent; record how it ended.

    A channel that fails is an answer and not an error. Raises InvalidInputError for a request
    that the log does not bear out, StoreUnavailableError when the message could not even be kept.
    """
    request = _request(event)
    history = recorder.store.load(request.incident_id)
    if not history:
        raise InvalidInputError(f"incident_id: {request.incident_id} has no facts")
    kind = _kind(request.kind, history)
    if _sent(history, kind):
        return Answer(sent=True)
    told = outbox.deliver(message(request.incident_id, kind, letter(kind, history)))
    return _recorded(recorder, history, kind, told)


def _request(event: Mapping[str, Any]) -> Request:
    try:
        return Request.model_validate(event)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise InvalidInputError(f"request fields {wrong}: sent by the state machine") from error


def _kind(asked: MessageKind, history: Sequence[IncidentEvent]) -> MessageKind:
    """Return the kind to tell: how an incident ended is read in the log, whatever was asked."""
    if asked not in KIND_OF.values():
        return asked
    closed = replay(history).closed
    if closed is None and asked != "escalated":
        raise InvalidInputError(f"kind: {asked}, and the log has not closed the incident")
    return KIND_OF[closed.outcome] if closed else asked


def _sent(history: Sequence[IncidentEvent], kind: MessageKind) -> bool:
    return any(isinstance(fact, MessageSent) and fact.message == kind for fact in history)


def _recorded(
    recorder: Recorder, known: Sequence[IncidentEvent], kind: MessageKind, told: Told
) -> Answer:
    fact = _sent_fact(kind, told) if told.reference else _failed(kind, told)
    recorder.record(known[0].incident_id, fact, known)
    if told.lost:
        raise StoreUnavailableError(f"{kind}: {told.reason}")
    return Answer(sent=told.reference is not None, reason=told.reason)


def _sent_fact(
    kind: MessageKind, told: Told
) -> Callable[[Header, Sequence[IncidentEvent]], MessageSent | None]:
    fields = {"message": kind, "channel": told.channel, "reference": told.reference}

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageSent | None:
        return None if _sent(history, kind) else MessageSent.model_validate({**header, **fields})

    return build


def _failed(
    kind: MessageKind, told: Told
) -> Callable[[Header, Sequence[IncidentEvent]], MessageFailed | None]:
    fields = {"message": kind, "channel": told.channel, "reason": told.reason}

    def build(header: Header, history: Sequence[IncidentEvent]) -> MessageFailed | None:
        fact = MessageFailed.model_validate({**header, **fields})
        return None if any(_same(fact, other) for other in history) else fact

    return build


def _same(fact: MessageFailed, other: IncidentEvent) -> bool:
    return isinstance(other, MessageFailed) and (
        (other.message, other.channel, other.reason) == (fact.message, fact.channel, fact.reason)
    )
