"""Corroboration of a pending message by the incident's records: nothing else is sent."""

from collections.abc import Callable, Mapping
from typing import Final

from quorum.domain.errors import InvalidInputError
from quorum.domain.events import DecisionMade, MessageKind, Outcome
from quorum.domain.notices import FINDINGS, PendingMessage
from quorum.messaging.content.incident_context import IncidentContext

KIND_OF: Final[Mapping[Outcome, MessageKind]] = {
    "resolved": "resolved",
    "dismissed": "dismissed",
    "escalated": "escalated",
    "undone": "escalated",
    "unverified": "escalated",
}
"""The kind of the message about each outcome."""


def corroborated(notice: PendingMessage, context: IncidentContext) -> PendingMessage:
    """Return the message to send. Raises InvalidInputError for an event that did not happen.

    An incident's end is sent as it ended, whatever kind was requested. For a log that contradicts
    itself the message becomes one about that: it is never a reason for silence. Tampering may leave
    nothing of a log, so a message about it alone needs no incident.
    """
    if notice.about == "tampered":
        return notice
    if notice.about == "before" and not context.exists:
        return notice.model_copy(update={"about": "tampered"})
    if not context.exists:
        raise InvalidInputError(f"incident_id: {notice.incident_id} is unknown")
    if notice.about in FINDINGS or notice.about == "before":
        return _system(notice)
    if context.broken:
        return notice.model_copy(update={"about": "broken"})
    if notice.about == "broken":
        raise InvalidInputError("about: the log does not contradict itself")
    return _state(notice, context)


def _system(notice: PendingMessage) -> PendingMessage:
    if notice.kind != "escalated":
        raise InvalidInputError(f"kind: {notice.about} is never sent as {notice.kind}")
    return notice


def _state(notice: PendingMessage, context: IncidentContext) -> PendingMessage:
    if notice.kind in KIND_OF.values():
        if context.ending is None:
            raise InvalidInputError(f"kind: {notice.kind}, and the incident has not ended")
        return notice.model_copy(update={"kind": KIND_OF[context.ending]})
    if not _HAPPENED[notice.kind](context):
        raise InvalidInputError(f"kind: {notice.kind}, and the records hold none")
    return notice


_HAPPENED: Final[Mapping[MessageKind, Callable[[IncidentContext], bool]]] = {
    "opened": lambda context: bool(context.events),
    "decision": lambda context: any(isinstance(event, DecisionMade) for event in context.events),
    "approval_wanted": lambda context: context.approval is not None,
    "answered": lambda context: (
        context.approval is not None and context.approval.state != "waiting"
    ),
}
