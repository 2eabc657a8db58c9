"""Tell people what an incident came to, once per kind of message, and record that they know."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from functions.communication.extras import links, questions
from functions.communication.letters import letter
from functions.communication.rendering import message
from functions.shared.delivery import Outbox, Told, record_told
from functions.shared.domain.errors import InvalidInputError, StoreUnavailableError
from functions.shared.domain.events import IncidentEvent, MessageKind, Outcome
from functions.shared.domain.incident import replay
from functions.shared.domain.model import IncidentId, Record
from functions.shared.recording import Recorder

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
    """Whether people know, or will as soon as it is the message's turn; and if not, why."""

    sent: bool
    reason: str = ""


def tell(
    event: Mapping[str, Any], recorder: Recorder, outbox: Outbox, console_url: str = ""
) -> Answer:
    """Send the message on each leg unless the log says that it was; record how that ended.

    A channel that fails is an answer and not an error. Raises InvalidInputError for a request
    that the log does not bear out, StoreUnavailableError when the message could not even be kept.
    """
    request = _request(event)
    history = recorder.store.load(request.incident_id)
    if not history:
        raise InvalidInputError(f"incident_id: {request.incident_id} has no facts")
    kind = _kind(request.kind, history)
    told = message(
        request.incident_id,
        kind,
        letter(kind, history),
        questions=questions(kind, history),
        links=links(history, console_url),
    )
    ended = outbox.deliver(told, history)
    record_told(recorder, request.incident_id, kind, ended)
    if any(one.lost for one in ended):
        raise StoreUnavailableError(f"{kind}: {_reasons(ended)}")
    known = all(one.reference or one.waits for one in ended)
    return Answer(sent=known, reason="" if known else _reasons(ended))


def _reasons(ended: Sequence[Told]) -> str:
    return "; ".join(told.reason for told in ended if told.reason)


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
