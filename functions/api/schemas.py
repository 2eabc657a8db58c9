"""Response bodies of the API, derived from the event log or the read model."""

from typing import Literal

from quorum.domain.autonomy import Mode
from quorum.domain.base import Instant, Record
from quorum.domain.restrictions import Restriction

State = Literal["open", "closed"]


class PendingApproval(Record):
    """An approval request that waits for an answer. Answers carry its `approval_id`."""

    approval_id: str
    until: Instant


class Summary(Record):
    """One incident in a list."""

    incident_id: str
    version: int
    """Number of events in the incident's log."""
    status: str
    opened_at: Instant
    alarm: str
    """Untrusted text: the alarm's name."""
    resources: tuple[str, ...]
    waits_for: str
    route: str | None
    action: str | None
    """The proposed or executed action, in words."""
    score_bp: int | None
    awaiting: PendingApproval | None
    outcome: str | None
    reason: str | None
    closed_at: Instant | None


class Incidents(Record):
    """Incidents, newest first."""

    incidents: tuple[Summary, ...]


class Option(Record):
    """A candidate action of the catalogue."""

    action: str
    summary: str
    verb: str
    resource: str
    risk: str
    mode: Mode


class IncidentReply(Record):
    """One incident."""

    summary: Summary
    options: tuple[Option, ...]
    can_undo: bool
    """An action was executed and not undone: a person may undo it."""
    post_mortem: bool


class TimelineEntry(Record):
    """One event of the log, with a sentence about it."""

    version: int
    at: Instant
    fact: str
    """The event's type."""
    text: str


class Timeline(Record):
    """All events, oldest first. `head` is the digest that the next event has to carry."""

    incident_id: str
    head: str
    moments: tuple[TimelineEntry, ...]


class SeatVote(Record):
    """One seat's vote. `tier` is null when the seat returned no valid vote."""

    seat: str
    role: str
    tier: str | None
    choice: str
    conf_bp: int | None
    reason: str
    """Untrusted text: parts of it may be quoted from logs."""
    skipped: tuple[str, ...]


class Votes(Record):
    """The votes of the newest round, and the score of the decision."""

    round: int
    evidence: str
    decided: bool
    route: str | None
    score_bp: int | None
    threshold_bp: int
    votes: tuple[SeatVote, ...]


class AnswerStatement(Record):
    """One sentence of an answer, and the ids of the findings that it rests on."""

    text: str
    """Untrusted text: parts of it may be quoted from logs."""
    cites: tuple[str, ...]


class CitedFinding(Record):
    """A finding that an answer cites, and the section of the incident page that shows it."""

    id: str
    section: str
    text: str
    """Untrusted text."""


class AnswerReply(Record):
    """The answer to a question. `topic` is null for a question that is not understood."""

    topic: str | None
    statements: tuple[AnswerStatement, ...]
    missing: tuple[str, ...]
    """Gaps of the evidence, and what would have to be looked at instead."""
    cited: tuple[CitedFinding, ...]
    examples: tuple[str, ...]
    """Questions that are understood."""


class WriteResult(Record):
    """The result of a write; the same for a repeated one."""

    done: str


class Me(Record):
    """The authenticated caller."""

    name: str
    roles: tuple[str, ...]


class VerbLimit(Record):
    """An action and the highest mode that the deployment gives it on any resource."""

    verb: str
    most: Mode


class ControlChange(Record):
    """One change of a control."""

    at: Instant
    by: str
    via: str
    address: str
    reason: str
    what: str


class ControlsReply(Record):
    """The state of all controls. `suspended` maps each suspended seat to the reason."""

    stopped: str | None
    verbs: tuple[VerbLimit, ...]
    restrictions: tuple[Restriction, ...]
    suspended: dict[str, str]
    changes: tuple[ControlChange, ...]
