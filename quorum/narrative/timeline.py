"""The incident as a timeline: one plain, exact sentence per fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ActionUndone,
    AlarmJoined,
    AlarmRecovered,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRefused,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    IncidentTakenOver,
    InverseCaptured,
    MessageFailed,
    MessageSent,
    PostMortemWritten,
    RecoveryChecked,
    RoleOverran,
    SeatEquivocated,
    UndoRefused,
    UndoRequested,
    WatchdogAlerted,
)
from quorum.narrative import deeds, progress
from quorum.narrative.decision import decision_words
from quorum.narrative.formatting import Actions, actions
from quorum.narrative.safe_text import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, told."""

    at: datetime
    version: int
    fact: str
    """The fact's type."""
    words: Words


def timeline(events: Sequence[IncidentEvent]) -> tuple[Line, ...]:
    """Return one line per fact, in the log's order."""
    known = actions(events)
    return tuple(
        Line(event.occurred_at, event.version, event.type, sentence(event, known))
        for event in events
    )


def sentence(event: IncidentEvent, known: Actions) -> Words:  # noqa: C901, PLR0911, PLR0912
    """Return the fact as a sentence; `known` are the incident's candidate actions."""
    match event:
        case IncidentOpened():
            return progress.opened(event)
        case AlarmJoined():
            return progress.joined(event)
        case AlarmRecovered():
            return progress.alarm_recovered(event)
        case EvidenceFrozen():
            return progress.evidence(event)
        case DecisionMade():
            return decision_words(event, known)
        case SeatEquivocated():
            return progress.struck(event)
        case RoleOverran():
            return progress.overran(event)
        case ApprovalRequested():
            return deeds.asked(event, known)
        case ApprovalGiven():
            return deeds.given(event, known)
        case ApprovalAnswered():
            return deeds.answered(event, known)
        case ApprovalRefused():
            return deeds.answer_refused(event)
        case IncidentTakenOver():
            return deeds.taken_over(event)
        case UndoRequested():
            return deeds.undo_wanted(event)
        case InverseCaptured():
            return deeds.captured(event)
        case ActionTaken():
            return deeds.taken(event, known)
        case ActionRefused():
            return deeds.refused(event, known)
        case ActionUndone():
            return deeds.undone(event, known)
        case UndoRefused():
            return deeds.undo_refused(event, known)
        case RecoveryChecked():
            return progress.checked(event)
        case IncidentClosed():
            return progress.closed(event)
        case MessageSent():
            return progress.told(event)
        case MessageFailed():
            return progress.not_told(event)
        case PostMortemWritten():
            return progress.written(event)
        case WatchdogAlerted():
            return progress.barked(event)
        case _:
            assert_never(event)
