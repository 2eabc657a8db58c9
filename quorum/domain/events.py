"""The events of an incident: a closed union, each with a `type` literal and a schema version.

An event never changes: old events stay readable forever, and a new kind of event is a new class.
Each event carries the digest of the previous one, so that loading a rewritten history fails. A
field added later has a default and is omitted at that default (`exclude_if`); otherwise the digests
of older events would change.
"""

import operator
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from quorum.domain.base import (
    ActionId,
    BasisPoints,
    Digest,
    IncidentId,
    Instant,
    OutsiderText,
    Record,
    ResourceId,
    is_one,
)
from quorum.domain.canonical import digest
from quorum.domain.evidence import Alarm, Candidate, Scalar, Source, Vanished
from quorum.domain.memory_entries import ProblemRecord

GENESIS: Final = "0" * 64

Outcome = Literal["resolved", "dismissed", "escalated", "undone", "unverified"]
Route = Literal["execute", "approve", "dismiss", "escalate"]
MessageKind = Literal[
    "opened", "decision", "approval_wanted", "answered", "resolved", "dismissed", "escalated"
]
Finding = Literal[
    "undecided",
    "execution_failed",
    "execution_timed_out",
    "execution_aborted",
    "execution_missing",
]
"""The problems that the watchdog reports."""


class BaseEvent(Record):
    """The fields of every event. `version` counts from 1 within the incident."""

    schema_version: Literal[1] = 1
    incident_id: IncidentId
    version: int = Field(ge=1)
    event_id: str = Field(min_length=1, max_length=80)
    occurred_at: Instant
    previous: Digest


class IncidentOpened(BaseEvent):
    """An opted-in alarm fired and no open incident took it."""

    type: Literal["IncidentOpened"] = "IncidentOpened"
    alarm: Alarm
    flapping: bool
    """The same alarm's last incident closed less than 30 minutes ago: no autonomy."""
    storm: bool = False
    """Five or more incidents opened within ten minutes: no autonomy."""


class AlarmJoined(BaseEvent):
    """A related alarm fired while the incident was open."""

    type: Literal["AlarmJoined"] = "AlarmJoined"
    alarm: Alarm


class AlarmRecovered(BaseEvent):
    """An alarm of the incident returned to OK."""

    type: Literal["AlarmRecovered"] = "AlarmRecovered"
    alarm_name: str
    recovered_at: Instant


class EvidenceFrozen(BaseEvent):
    """The evidence bundle of this round was stored."""

    type: Literal["EvidenceFrozen"] = "EvidenceFrozen"
    round: int
    evidence: Digest
    key: str
    """The object key in the evidence bucket."""
    sources: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    second_fault: bool = False
    """Two independent faults are visible at once: a person decides."""
    vanished: tuple[Vanished, ...] = Field(default=(), exclude_if=operator.not_)
    """Resources that the service map or a snapshot names, and that do not exist."""
    metrics_requested: int = Field(default=0, exclude_if=operator.not_)
    """Series requested from CloudWatch, which charges for each; 0 where it was not counted."""
    seen: ProblemRecord | None = Field(default=None, exclude_if=lambda one: one is None)
    """The record of the same problem in the memory, without text; None where there is none."""


class VoteCast(Record):
    """A seat's vote as consensus counted it."""

    seat: str
    tier: str
    action: ActionId | None
    conf_bp: BasisPoints
    reason: OutsiderText
    cites: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    tokens: tuple[int, int] = (0, 0)


class SeatSilent(Record):
    """A seat without a valid vote, and the reason: every tier failed, or its vote was rejected."""

    seat: str
    reason: str


class RoleTimed(Record):
    """The duration of a role, from its first seat's start to its last seat's answer, in seconds."""

    role: str
    seconds: float
    target: int
    maximum: int


class Disagreement(Record):
    """The seats that did not vote for the best action, and those whose vote alone was decisive."""

    missed_bp: int
    """Basis points that the best action was below the threshold, rounded up; 0 if it reached it."""
    dissent: tuple[str, ...]
    """Seats that voted for another action or abstained."""
    decisive: tuple[str, ...]
    """For an authorised action: seats without whose vote it would have missed the threshold. For
    any other: seats whose full-confidence vote would have authorised it."""


class DecisionMade(BaseEvent):
    """The result of the votes, and the route that follows."""

    type: Literal["DecisionMade"] = "DecisionMade"
    round: int
    evidence: Digest
    route: Route
    action: ActionId | None
    """The authorised action; for a person to decide on, the highest ranked one that stands out."""
    score_bp: int
    ranking: tuple[tuple[ActionId, int], ...]
    votes: tuple[VoteCast, ...]
    silent: tuple[SeatSilent, ...]
    reason: str
    level: str | None
    """The role of the person who decides when the quorum cannot."""
    certificate: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """The votes as their seats signed them; empty in events from before votes were signed."""
    disagreement: Disagreement | None = Field(default=None, exclude_if=operator.not_)
    look_again_seconds: int = Field(default=0, exclude_if=operator.not_)
    """The next round freezes its evidence this much later, unless a person answers first; 0: no
    further look.
    """


def same_decision(first: DecisionMade, second: DecisionMade) -> bool:
    """Return whether both decisions are equal apart from their position in the log."""
    header = set(BaseEvent.model_fields) - {"incident_id"}
    return first.model_dump(exclude=header) == second.model_dump(exclude=header)


class SeatEquivocated(BaseEvent):
    """A seat signed two different votes in one round: its votes are discarded."""

    type: Literal["SeatStruck"] = "SeatStruck"
    seat: str
    round: int
    proof: tuple[str, str]
    """Both votes as signed; the seat's public key verifies them."""


class RoleOverran(BaseEvent):
    """A role exceeded its target (a warning) or its maximum (an alarm)."""

    type: Literal["RoleOverran"] = "RoleOverran"
    timing: RoleTimed


class ApprovalRequested(BaseEvent):
    """Approval was requested. The id is opaque; the task token stays on the server."""

    type: Literal["ApprovalRequested"] = "ApprovalRequested"
    approval_id: str
    action: ActionId
    reason: str
    level: str
    expires_at: Instant
    people: int = Field(default=1, exclude_if=is_one)
    """The number of different people who have to approve."""


class ApprovalGiven(BaseEvent):
    """One person approved, and more approvals are required; `missing` is their number."""

    type: Literal["ApprovalGiven"] = "ApprovalGiven"
    approval_id: str
    by: OutsiderText
    via: str
    action: ActionId
    reason: OutsiderText | None = None
    missing: int


class ApprovalAnswered(BaseEvent):
    """The approval request was granted or denied, or it expired."""

    type: Literal["ApprovalAnswered"] = "ApprovalAnswered"
    approval_id: str
    answer: Literal["granted", "denied", "expired"]
    by: OutsiderText | None = None
    via: str = Field(default="", exclude_if=operator.not_)
    """The channel of the answer: `cli`, `console`, `slack`."""
    reason: OutsiderText | None = Field(default=None, exclude_if=operator.not_)
    action: ActionId | None = Field(default=None, exclude_if=operator.not_)
    """The granted action: the requested one, or another candidate that the person chose."""
    grants: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """Each person's grant, signed by the approval function."""


class ApprovalRefused(BaseEvent):
    """An answer was rejected: its author was not authorised, or it came too late. No effect."""

    type: Literal["ApprovalRefused"] = "ApprovalRefused"
    approval_id: str
    by: OutsiderText
    """The author as the channel names them. Only a name on the allow-list identifies a person."""
    via: str
    why: Literal["unauthorised", "late", "replayed", "not_taken"]
    reason: str


class IncidentTakenOver(BaseEvent):
    """A person took the incident over: Quorum takes no further action in it by itself."""

    type: Literal["IncidentTakenOver"] = "IncidentTakenOver"
    by: OutsiderText
    via: str
    reason: OutsiderText


class UndoRequested(BaseEvent):
    """A person ordered a rollback of the action, regardless of the verification result."""

    type: Literal["UndoRequested"] = "UndoRequested"
    by: OutsiderText
    via: str
    reason: OutsiderText


class InverseCaptured(BaseEvent):
    """The state that an undo needs was recorded, before the effect."""

    type: Literal["InverseCaptured"] = "InverseCaptured"
    action: ActionId
    candidate: Candidate
    captured: dict[str, Scalar]
    approval_id: str | None


class ActionTaken(BaseEvent):
    """The effect was applied. An undo requires that the resource still is as in `written`."""

    type: Literal["ActionTaken"] = "ActionTaken"
    action: ActionId
    written: dict[str, Scalar]
    request_id: str


class ActionRefused(BaseEvent):
    """A guard or a precondition refused the action, and nothing was changed."""

    type: Literal["ActionRefused"] = "ActionRefused"
    action: ActionId
    guard: str
    reason: str
    person_may: bool
    """True when a person's approval overrides this guard."""


class ActionUndone(BaseEvent):
    """The recorded inverse was applied."""

    type: Literal["ActionUndone"] = "ActionUndone"
    action: ActionId
    restored: dict[str, Scalar]
    request_id: str


class UndoRefused(BaseEvent):
    """The undo was refused because the resource has changed since; nothing was changed."""

    type: Literal["UndoRefused"] = "UndoRefused"
    action: ActionId
    reason: str


class RecoveryChecked(BaseEvent):
    """The final result of verification: the state of the same alarm, and the traffic."""

    type: Literal["RecoveryChecked"] = "RecoveryChecked"
    verdict: Literal["recovered", "failed", "partial", "unverified"]
    alarm_state: str
    requests: float
    errors: float
    compared_requests: float
    """Requests in an equally long time before the onset, at their average rate."""
    seconds: float
    reason: str
    metrics_requested: int = Field(default=0, exclude_if=operator.not_)
    """Series requested by the last look; each look before it requested as many."""


class IncidentClosed(BaseEvent):
    """Quorum's part ended. A person has to follow up on `escalated`, `undone` and `unverified`."""

    type: Literal["IncidentClosed"] = "IncidentClosed"
    outcome: Outcome
    reason: str
    level: str | None = None


class MessageSent(BaseEvent):
    """A notification was sent."""

    type: Literal["MessageSent"] = "MessageSent"
    message: MessageKind
    channel: str
    reference: str
    round: int = Field(default=1, exclude_if=is_one)


class MessageFailed(BaseEvent):
    """A channel did not accept a notification, which is now in the dead-letter queue."""

    type: Literal["MessageFailed"] = "MessageFailed"
    message: MessageKind
    channel: str
    reason: str
    round: int = Field(default=1, exclude_if=is_one)


class PostMortemWritten(BaseEvent):
    """The post-mortem was stored in the evidence bucket."""

    type: Literal["PostMortemWritten"] = "PostMortemWritten"
    key: str
    content: Digest
    cost_microdollars: int


class IncidentForgotten(BaseEvent):
    """A person had the incident removed from the memory. Rebuilds leave it out, too."""

    type: Literal["IncidentForgotten"] = "IncidentForgotten"
    by: OutsiderText
    via: str
    reason: OutsiderText


class WatchdogAlerted(BaseEvent):
    """The watchdog alerted: the incident was undecided for too long, or its execution died."""

    type: Literal["WatchdogBarked"] = "WatchdogBarked"
    finding: Finding


IncidentEvent = Annotated[
    IncidentOpened
    | AlarmJoined
    | AlarmRecovered
    | EvidenceFrozen
    | DecisionMade
    | SeatEquivocated
    | RoleOverran
    | ApprovalRequested
    | ApprovalGiven
    | ApprovalAnswered
    | ApprovalRefused
    | IncidentTakenOver
    | UndoRequested
    | InverseCaptured
    | ActionTaken
    | ActionRefused
    | ActionUndone
    | UndoRefused
    | RecoveryChecked
    | IncidentClosed
    | MessageSent
    | MessageFailed
    | PostMortemWritten
    | IncidentForgotten
    | WatchdogAlerted,
    Field(discriminator="type"),
]
INCIDENT_EVENT: Final[TypeAdapter[IncidentEvent]] = TypeAdapter(
    IncidentEvent, config=ConfigDict(hide_input_in_errors=True)
)


def event_digest(event: IncidentEvent) -> str:
    """Return the digest that the next event must carry as `previous`."""
    return digest(event)


def affected(alarms: tuple[Alarm, ...]) -> tuple[ResourceId, ...]:
    """Return what the alarms concern without duplicates, in order of appearance."""
    return tuple(dict.fromkeys(r for alarm in alarms for r in alarm.subjects))
