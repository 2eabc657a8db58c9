"""What the API answers with: JSON shapes, each derived from the log or the read model."""

from typing import Literal

from quorum.domain.autonomy import Mode
from quorum.domain.base import Instant, Record
from quorum.domain.restrictions import Restriction

State = Literal["open", "closed"]


class Question(Record):
    """What a person is asked. `approval_id` names it in an answer."""

    approval_id: str
    until: Instant


class Summary(Record):
    """One incident in a list."""

    incident_id: str
    version: int
    """Of the log: it grows with every fact."""
    status: str
    opened_at: Instant
    alarm: str
    """Written by whoever named the alarm: show it as text."""
    resources: tuple[str, ...]
    waits_for: str
    route: str | None
    action: str | None
    """What the decision is about, in a sentence."""
    score_bp: int | None
    awaiting: Question | None
    outcome: str | None
    reason: str | None
    closed_at: Instant | None


class Incidents(Record):
    """A list, newest first."""

    incidents: tuple[Summary, ...]


class Option(Record):
    """An action of the catalogue that could be done here."""

    action: str
    summary: str
    verb: str
    resource: str
    risk: str
    mode: Mode


class Incident(Record):
    """One incident."""

    summary: Summary
    options: tuple[Option, ...]
    can_undo: bool
    """An action is done and not undone: a person may ask for its inverse."""
    post_mortem: bool


class Moment(Record):
    """One fact of the log, as a sentence."""

    version: int
    at: Instant
    fact: str
    text: str


class Timeline(Record):
    """All facts, oldest first. `head` is the digest that the next fact has to carry."""

    incident_id: str
    head: str
    moments: tuple[Moment, ...]


class SeatVote(Record):
    """What one seat answered. Without `tier` it did not."""

    seat: str
    role: str
    tier: str | None
    choice: str
    conf_bp: int | None
    reason: str
    """Parts of it may be quoted from logs: show it as text."""
    skipped: tuple[str, ...]


class Votes(Record):
    """The votes of the newest round, and what they came to."""

    round: int
    evidence: str
    decided: bool
    route: str | None
    score_bp: int | None
    threshold_bp: int
    votes: tuple[SeatVote, ...]


class Written(Record):
    """A write that was taken, or had been taken before."""

    done: str
    """What is true now."""


class Me(Record):
    """Who is calling, as this API sees it."""

    name: str
    roles: tuple[str, ...]


class Held(Record):
    """A verb, and the furthest mode that the deployment gives it on any resource."""

    verb: str
    most: Mode


class Changed(Record):
    """A change of a control: what, when, who, from where and why."""

    at: Instant
    by: str
    via: str
    address: str
    reason: str
    what: str


class Controls(Record):
    """How the controls stand. `suspended` tells of each suspended seat why."""

    stopped: str | None
    verbs: tuple[Held, ...]
    restrictions: tuple[Restriction, ...]
    suspended: dict[str, str]
    changes: tuple[Changed, ...]
