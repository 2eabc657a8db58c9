"""The state of an incident: a fold over its events, computed by `replay` alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import (
    GENESIS,
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
    IncidentForgotten,
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
    event_digest,
)

Status = Literal["open", "investigating", "deciding", "acting", "verifying", "undoing", "closed"]


@dataclass(frozen=True, slots=True)
class Round:
    """A round that ended: its evidence, its decision and what followed."""

    evidence: EvidenceFrozen | None
    decision: DecisionMade
    approval: ApprovalRequested | None
    answer: ApprovalAnswered | None
    captured: InverseCaptured | None
    taken: ActionTaken | None
    refused: ActionRefused | None
    checked: RecoveryChecked | None
    undone: ActionUndone | None
    undo_refused: UndoRefused | None


@dataclass(frozen=True, slots=True)
class Incident:
    """The state of an incident after its events so far.

    What a decision leads to is that of the newest round. A round lasts from its decision to the
    next one: until then people can still answer its approval request.
    """

    opened: IncidentOpened
    version: int
    head: str
    """The digest of the newest event."""
    status: Status = "open"
    joined: tuple[AlarmJoined, ...] = ()
    recovered: tuple[AlarmRecovered, ...] = ()
    evidence: EvidenceFrozen | None = None
    decision: DecisionMade | None = None
    approval: ApprovalRequested | None = None
    answer: ApprovalAnswered | None = None
    taken_over: IncidentTakenOver | None = None
    undo_requested: UndoRequested | None = None
    captured: InverseCaptured | None = None
    taken: ActionTaken | None = None
    refused: ActionRefused | None = None
    undone: ActionUndone | None = None
    undo_refused: UndoRefused | None = None
    checked: RecoveryChecked | None = None
    closed: IncidentClosed | None = None
    post_mortem: PostMortemWritten | None = None
    forgotten: IncidentForgotten | None = None
    alerted: WatchdogAlerted | None = None
    earlier: tuple[Round, ...] = ()
    """The rounds before the newest decision, oldest first."""
    decided_on: EvidenceFrozen | None = None
    """The evidence of the newest decision; that of the next round may be frozen already."""

    @property
    def incident_id(self) -> str:
        """Return the incident's id."""
        return self.opened.incident_id

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Return the decided rounds, oldest first."""
        if self.decision is None:
            return self.earlier
        current = Round(
            self.decided_on,
            self.decision,
            self.approval,
            self.answer,
            self.captured,
            self.taken,
            self.refused,
            self.checked,
            self.undone,
            self.undo_refused,
        )
        return (*self.earlier, current)

    @property
    def actions(self) -> tuple[Round, ...]:
        """Return the rounds with an action, oldest first."""
        return tuple(one for one in self.rounds if one.taken is not None)

    @property
    def last_action(self) -> Round | None:
        """Return the newest round with an action, or None."""
        actions = self.actions
        return actions[-1] if actions else None

    @property
    def in_force(self) -> bool:
        """Return whether an action was applied and not undone."""
        return any(one.undone is None for one in self.actions)

    @property
    def basis(self) -> EvidenceFrozen | None:
        """Return the evidence of the newest decision; before the first one, the newest evidence."""
        return self.decided_on if self.decision is not None else self.evidence

    @property
    def is_closed(self) -> bool:
        """Return whether Quorum's part has ended."""
        return self.closed is not None


def replay(events: Iterable[IncidentEvent]) -> Incident:
    """Fold the events, oldest first, into the state of the incident.

    Raises InvalidHistoryError when there are no events, the first one does not open the incident, a
    version is missing, or an event does not carry the digest of the one before it.
    """
    incident: Incident | None = None
    for event in events:
        incident = _open(event) if incident is None else _next(incident, event)
    if incident is None:
        raise InvalidHistoryError("an incident without events")
    return incident


def _open(event: IncidentEvent) -> Incident:
    if not isinstance(event, IncidentOpened) or event.version != 1 or event.previous != GENESIS:
        raise InvalidHistoryError(f"{event.incident_id} does not begin with IncidentOpened")
    return Incident(opened=event, version=1, head=event_digest(event))


def _next(incident: Incident, event: IncidentEvent) -> Incident:
    if event.incident_id != incident.incident_id:
        raise InvalidHistoryError(f"{event.incident_id} in the log of {incident.incident_id}")
    if event.version != incident.version + 1:
        raise InvalidHistoryError(
            f"{incident.incident_id}: version {event.version} after {incident.version}"
        )
    if event.previous != incident.head:
        raise InvalidHistoryError(
            f"{incident.incident_id}: the event before version {event.version} was rewritten"
        )
    after = replace(_apply(incident, event), version=event.version, head=event_digest(event))
    return replace(after, status="closed") if incident.is_closed else after


def _decide(incident: Incident, event: DecisionMade) -> Incident:
    """Begin the decision's round; a repeated decision of the same round changes nothing else."""
    decided = replace(incident, status="deciding", decision=event, decided_on=incident.evidence)
    if incident.decision is None or incident.decision.round >= event.round:
        return decided
    return replace(
        decided,
        earlier=incident.rounds,
        approval=None,
        answer=None,
        captured=None,
        taken=None,
        refused=None,
        checked=None,
        undone=None,
        undo_refused=None,
        undo_requested=None,
    )


def _apply(incident: Incident, event: IncidentEvent) -> Incident:  # noqa: C901, PLR0911, PLR0912
    match event:
        case IncidentOpened():
            raise InvalidHistoryError(f"{incident.incident_id} is opened twice")
        case AlarmJoined():
            return replace(incident, joined=(*incident.joined, event))
        case AlarmRecovered():
            return replace(incident, recovered=(*incident.recovered, event))
        case EvidenceFrozen():
            return replace(incident, status="investigating", evidence=event)
        case DecisionMade():
            return _decide(incident, event)
        case ApprovalRequested():
            return replace(incident, status="deciding", approval=event, answer=None)
        case ApprovalAnswered():
            return replace(incident, answer=event)
        case IncidentTakenOver():
            return replace(incident, taken_over=event)
        case UndoRequested():
            return replace(incident, undo_requested=event)
        case InverseCaptured():
            return replace(incident, status="acting", captured=event)
        case ActionTaken():
            return replace(incident, status="verifying", taken=event)
        case ActionRefused():
            return replace(incident, refused=event)
        case ActionUndone():
            return replace(incident, undone=event)
        case UndoRefused():
            return replace(incident, undo_refused=event)
        case RecoveryChecked():
            status: Status = "undoing" if event.verdict == "failed" else incident.status
            return replace(incident, status=status, checked=event)
        case IncidentClosed():
            return replace(incident, status="closed", closed=event)
        case PostMortemWritten():
            return replace(incident, post_mortem=event)
        case IncidentForgotten():
            return replace(incident, forgotten=event)
        case WatchdogAlerted():
            return replace(incident, alerted=event)
        case (
            SeatEquivocated()
            | ApprovalGiven()
            | ApprovalRefused()
            | RoleOverran()
            | MessageSent()
            | MessageFailed()
        ):
            return incident
        case _:
            assert_never(event)
