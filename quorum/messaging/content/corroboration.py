"""Whether the records bear a notice out: nobody is told what did not happen."""

from collections.abc import Callable, Mapping
from typing import Final

from quorum.domain.errors import InvalidInputError
from quorum.domain.events import DecisionMade, MessageKind, Outcome
from quorum.domain.notices import FINDINGS, Notice
from quorum.messaging.content.incident_context import Case

KIND_OF: Final[Mapping[Outcome, MessageKind]] = {
    "resolved": "resolved",
    "dismissed": "dismissed",
    "escalated": "escalated",
    "undone": "escalated",
    "unverified": "escalated",
}
"""How each outcome is told."""


def borne_out(notice: Notice, case: Case) -> Notice:
    """Return the notice as it is to be told. Raises InvalidInputError for what did not happen.

    How an incident ended is told as it ended, whatever was asked. A log that contradicts itself is
    what people are told of then: it is never a reason for silence. A log may be tampered with
    until nothing of it is left, so that alone needs no incident.
    """
    if notice.about == "tampered":
        return notice
    if notice.about == "before" and not case.exists:
        return notice.model_copy(update={"about": "tampered"})
    if not case.exists:
        raise InvalidInputError(f"incident_id: {notice.incident_id} is not known")
    if notice.about in FINDINGS or notice.about == "before":
        return _beside(notice)
    if case.broken:
        return notice.model_copy(update={"about": "broken"})
    if notice.about == "broken":
        raise InvalidInputError("about: the log does not contradict itself")
    return _state(notice, case)


def _beside(notice: Notice) -> Notice:
    if notice.kind != "escalated":
        raise InvalidInputError(f"kind: {notice.about} is never told as {notice.kind}")
    return notice


def _state(notice: Notice, case: Case) -> Notice:
    if notice.kind in KIND_OF.values():
        if case.ending is None:
            raise InvalidInputError(f"kind: {notice.kind}, and the incident has not ended")
        return notice.model_copy(update={"kind": KIND_OF[case.ending]})
    if not _HAPPENED[notice.kind](case):
        raise InvalidInputError(f"kind: {notice.kind}, and the records hold no such thing")
    return notice


_HAPPENED: Final[Mapping[MessageKind, Callable[[Case], bool]]] = {
    "opened": lambda case: bool(case.facts),
    "decision": lambda case: any(isinstance(fact, DecisionMade) for fact in case.facts),
    "approval_wanted": lambda case: case.question is not None,
    "answered": lambda case: case.question is not None and case.question.state != "waiting",
}
