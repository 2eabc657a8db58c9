"""The facts of an incident: a closed union, each with a `type` literal and a schema version.

A fact is never changed: an old one stays readable for ever, a new kind is a new class. Each
carries the digest of the one before, so that a rewritten history shows when it is loaded. A field
that was added later has a default and is left out at that default (`exclude_if`): otherwise the
digests of facts from before it would change.
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
)
from quorum.domain.canonical import digest
from quorum.domain.evidence import Alarm, Candidate, Scalar, Source

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
"""What the watchdog finds."""


def _is_one(number: int) -> bool:
    return number == 1


class Fact(Record):
    """What every fact has. `version` counts from 1 within the incident."""

    schema_version: Literal[1] = 1
    incident_id: IncidentId
    version: int = Field(ge=1)
    event_id: str = Field(min_length=1, max_length=80)
    occurred_at: Instant
    previous: Digest


class IncidentOpened(Fact):
    """An opted-in alarm fired and no open incident took it."""

    type: Literal["IncidentOpened"] = "IncidentOpened"
    alarm: Alarm
    flapping: bool
    """The same alarm's last incident closed less than 30 minutes ago: no autonomy."""
    storm: bool = False
    """Five or more incidents opened within ten minutes: no autonomy."""


class AlarmJoined(Fact):
    """A related alarm fired while the incident was open."""

    type: Literal["AlarmJoined"] = "AlarmJoined"
    alarm: Alarm


class AlarmRecovered(Fact):
    """An alarm of the incident went back to OK."""

    type: Literal["AlarmRecovered"] = "AlarmRecovered"
    alarm_name: str
    recovered_at: Instant


class EvidenceFrozen(Fact):
    """The bundle that this round votes on."""

    type: Literal["EvidenceFrozen"] = "EvidenceFrozen"
    round: int
    evidence: Digest
    key: str
    """Object key in the evidence bucket."""
    sources: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    second_fault: bool = False
    """Two independent faults show at once: a person decides."""


class VoteCast(Record):
    """A seat's answer as consensus counted it."""

    seat: str
    tier: str
    action: ActionId | None
    conf_bp: BasisPoints
    reason: OutsiderText
    cites: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    tokens: tuple[int, int] = (0, 0)


class SeatSilent(Record):
    """A seat whose every tier failed, or whose answer does not count, and why."""

    seat: str
    reason: str


class RoleTimed(Record):
    """How long a role took from its first seat's start to its last seat's answer."""

    role: str
    seconds: float
    target: int
    maximum: int


class Disagreement(Record):
    """Who did not vote for the best action, and whose vote alone would have changed the outcome."""

    missed_bp: int
    """By how much the best action missed the threshold, rounded up; 0 when it reached it."""
    dissent: tuple[str, ...]
    """Seats that voted for something else, or for nothing."""
    decisive: tuple[str, ...]
    """Of an authorised action: seats without whose vote it would not have been. Of another: seats
    whose full confidence in it would have authorised it."""


class DecisionMade(Fact):
    """What the votes came to, and the way that follows."""

    type: Literal["DecisionMade"] = "DecisionMade"
    round: int
    evidence: Digest
    route: Route
    action: ActionId | None
    """The authorised action, or, for a person, the best ranked one."""
    score_bp: int
    ranking: tuple[tuple[ActionId, int], ...]
    votes: tuple[VoteCast, ...]
    silent: tuple[SeatSilent, ...]
    reason: str
    level: str | None
    """Who has to decide when the quorum may not."""
    certificate: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """The votes as their seats signed them; none in a log of before they were signed."""
    disagreement: Disagreement | None = Field(default=None, exclude_if=operator.not_)


def same_decision(one: DecisionMade, other: DecisionMade) -> bool:
    """Return whether both decide the same, whatever their places in the log are."""
    header = set(Fact.model_fields) - {"incident_id"}
    return one.model_dump(exclude=header) == other.model_dump(exclude=header)


class SeatStruck(Fact):
    """A seat signed two different votes in one round: it counts for nothing, and is suspended."""

    type: Literal["SeatStruck"] = "SeatStruck"
    seat: str
    round: int
    proof: tuple[str, str]
    """Both, as it signed them: its public key proves that it did."""


class RoleOverran(Fact):
    """A role took longer than its target (a warning) or its maximum (an alarm)."""

    type: Literal["RoleOverran"] = "RoleOverran"
    timing: RoleTimed


class ApprovalRequested(Fact):
    """A person is asked. The id is opaque; the task token stays on the server."""

    type: Literal["ApprovalRequested"] = "ApprovalRequested"
    approval_id: str
    action: ActionId
    reason: str
    level: str
    expires_at: Instant
    people: int = Field(default=1, exclude_if=_is_one)
    """How many different people have to grant it."""


class ApprovalGiven(Fact):
    """One person granted it, and that is not enough yet: `missing` more have to."""

    type: Literal["ApprovalGiven"] = "ApprovalGiven"
    approval_id: str
    by: OutsiderText
    via: str
    action: ActionId
    reason: OutsiderText | None = None
    missing: int


class ApprovalAnswered(Fact):
    """A person granted or denied, or nobody did in time."""

    type: Literal["ApprovalAnswered"] = "ApprovalAnswered"
    approval_id: str
    answer: Literal["granted", "denied", "expired"]
    by: OutsiderText | None = None
    via: str = Field(default="", exclude_if=operator.not_)
    """The channel that the answer came by: `cli`, `console`, `slack`."""
    reason: OutsiderText | None = Field(default=None, exclude_if=operator.not_)
    action: ActionId | None = Field(default=None, exclude_if=operator.not_)
    """What was granted: another candidate than was asked about, if the person chose so."""
    grants: tuple[str, ...] = Field(default=(), exclude_if=operator.not_)
    """What each person granted, signed by the approval function."""


class ApprovalRefused(Fact):
    """Somebody tried to answer who may not, or no more; nothing came of it."""

    type: Literal["ApprovalRefused"] = "ApprovalRefused"
    approval_id: str
    by: OutsiderText
    """Who they are on the way that they came; only a name of the allow-list is a person's."""
    via: str
    why: Literal["unauthorised", "late", "replayed", "not_taken"]
    reason: str


class IncidentTakenOver(Fact):
    """A person has it now: from here on nothing is done in it by Quorum on its own."""

    type: Literal["IncidentTakenOver"] = "IncidentTakenOver"
    by: OutsiderText
    via: str
    reason: OutsiderText


class UndoRequested(Fact):
    """A person wants the action undone, whatever verification says."""

    type: Literal["UndoRequested"] = "UndoRequested"
    by: OutsiderText
    via: str
    reason: OutsiderText


class InverseCaptured(Fact):
    """What undoing will need, recorded before the effect."""

    type: Literal["InverseCaptured"] = "InverseCaptured"
    action: ActionId
    candidate: Candidate
    captured: dict[str, Scalar]
    approval_id: str | None


class ActionTaken(Fact):
    """The effect happened; `written` is what the resource must still be for an undo."""

    type: Literal["ActionTaken"] = "ActionTaken"
    action: ActionId
    written: dict[str, Scalar]
    request_id: str


class ActionRefused(Fact):
    """A guard or a precondition said no, and nothing was changed."""

    type: Literal["ActionRefused"] = "ActionRefused"
    action: ActionId
    guard: str
    reason: str
    person_may: bool
    """Whether a person's approval can lift this guard."""


class ActionUndone(Fact):
    """The recorded inverse was applied."""

    type: Literal["ActionUndone"] = "ActionUndone"
    action: ActionId
    restored: dict[str, Scalar]
    request_id: str


class UndoRefused(Fact):
    """The resource is no longer what we wrote; nothing was changed."""

    type: Literal["UndoRefused"] = "UndoRefused"
    action: ActionId
    reason: str


class RecoveryChecked(Fact):
    """What verification saw at the end: the same alarm, and the traffic."""

    type: Literal["RecoveryChecked"] = "RecoveryChecked"
    verdict: Literal["recovered", "failed", "unverified"]
    alarm_state: str
    requests: float
    errors: float
    compared_requests: float
    """Requests in an equally long window before the onset."""
    seconds: float
    reason: str


class IncidentClosed(Fact):
    """The end of Quorum's part. `escalated`, `undone` and `unverified` are a person's now."""

    type: Literal["IncidentClosed"] = "IncidentClosed"
    outcome: Outcome
    reason: str
    level: str | None = None


class MessageSent(Fact):
    """People were told."""

    type: Literal["MessageSent"] = "MessageSent"
    message: MessageKind
    channel: str
    reference: str


class MessageFailed(Fact):
    """People could not be told by this channel; the message is in the dead-letter queue."""

    type: Literal["MessageFailed"] = "MessageFailed"
    message: MessageKind
    channel: str
    reason: str


class PostMortemWritten(Fact):
    """The report is in the evidence bucket."""

    type: Literal["PostMortemWritten"] = "PostMortemWritten"
    key: str
    content: Digest
    cost_microdollars: int


class WatchdogBarked(Fact):
    """The incident was undecided for too long, or its execution died."""

    type: Literal["WatchdogBarked"] = "WatchdogBarked"
    finding: Finding


IncidentEvent = Annotated[
    IncidentOpened
    | AlarmJoined
    | AlarmRecovered
    | EvidenceFrozen
    | DecisionMade
    | SeatStruck
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
    | WatchdogBarked,
    Field(discriminator="type"),
]
INCIDENT_EVENT: Final[TypeAdapter[IncidentEvent]] = TypeAdapter(
    IncidentEvent, config=ConfigDict(hide_input_in_errors=True)
)


def event_digest(event: IncidentEvent) -> str:
    """Return the digest that the next fact must carry as `previous`."""
    return digest(event)


def affected(alarms: tuple[Alarm, ...]) -> tuple[ResourceId, ...]:
    """Return the alarms' resources, each once, in order of appearance."""
    return tuple(dict.fromkeys(r for alarm in alarms for r in alarm.resources))
