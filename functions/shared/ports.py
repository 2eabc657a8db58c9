"""What the logic needs from outside, in its own words, with the errors each call may raise.

Every port has one adapter per technology in `adapters/` and a fake in `tests/fakes`; the same
contract tests run against both. Unless said otherwise a call may raise StoreUnavailableError.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import AfterValidator, Field, model_validator

from functions.shared.domain.books import (
    AlarmEnding,
    Ending,
    Mode,
    Notified,
    Opening,
    TakenOver,
    Verified,
)
from functions.shared.domain.constants import Rate
from functions.shared.domain.events import IncidentEvent, MessageKind
from functions.shared.domain.evidence import (
    Alarm,
    Bundle,
    Candidate,
    Change,
    ResourceState,
    Scalar,
    Statistic,
)
from functions.shared.domain.fingerprint import of_today
from functions.shared.domain.model import Instant, Record
from functions.shared.domain.notices import About, Notice, as_waiting
from functions.shared.domain.restrictions import Control, ControlChanged
from functions.shared.domain.routes import LegName
from functions.shared.domain.topology import ServiceMap
from functions.shared.domain.votes import Ballot, Vote

Clock = Callable[[], datetime]
"""Returns the time now, in UTC."""
NewId = Callable[[], str]
"""Returns an id nobody has used."""


class EventStore(Protocol):
    """The append-only log."""

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's facts, oldest first, read consistently; empty when unknown."""
        ...

    def append(self, event: IncidentEvent) -> None:
        """Add the fact. Raises ConcurrencyConflictError when its version is another's.

        Appending the same event id at the same version again succeeds: a lost response.
        """
        ...

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened facts since then, newest first (may lag by a second)."""
        ...


class EvidenceStore(Protocol):
    """Bundles and reports, content under its digest."""

    def put_bundle(self, bundle: Bundle) -> tuple[str, str]:
        """Store the bundle; return (key, digest). Storing it again changes nothing."""
        ...

    def get_bundle(self, digest: str) -> Bundle:
        """Return the bundle. Raises InvalidHistoryError when its digest is another."""
        ...

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        """Store a post-mortem; return (key, digest)."""
        ...

    def get_report(self, key: str, digest: str) -> str:
        """Return a post-mortem. Raises InvalidHistoryError when its digest is another."""
        ...


class Signer(Protocol):
    """A key of one's own."""

    def sign(self, message: bytes) -> bytes:
        """Return the P-256 signature of the message: DER, with the lower of the two s."""
        ...


class Verifier(Protocol):
    """The pinned public keys of those who sign."""

    def objection(self, signer: str, message: bytes, signature: bytes) -> str | None:
        """Return why this is not the signer's signature of the message, or None when it is."""
        ...


class TokenReader(Protocol):
    """The keys of whoever signs people in."""

    def read(self, token: str) -> Mapping[str, Any]:
        """Return what the token claims: it is genuine, and nothing of it is judged yet.

        Raises InvalidInputError for one that is not, RefusedError when nobody can tell: the issuer
        does not answer, or its keys do not hold the token's.
        """
        ...


class SeatRecord(NamedTuple):
    """What a seat's own table holds about one round."""

    ballot: Ballot | None
    """The answer that the seat claimed."""
    envelopes: tuple[str, ...]
    """Every vote that it signed: one, of an honest seat. Of many, some."""
    trouble: str = ""
    """Why the ballot cannot be read, where there is one that cannot."""


class BallotBox(Protocol):
    """One seat's own table: an answer is claimed before it leaves the seat, then it is signed."""

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        ...

    def cast(self, vote: Vote, envelope: str) -> str:
        """Store the signed vote unless this very vote is there, signed; return the stored one.

        Another vote of the same round is stored beside it: a contradiction survives as proof.
        """
        ...

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return what the seat's table holds about the round, read consistently."""
        ...


class Suspension(Record):
    """A seat that weighs nothing until a person lifts it. `since` in seconds since 1970."""

    seat: str
    since: float
    reason: str
    proof: tuple[str, ...] = ()

    def mark(self) -> str:
        """Return a digest of the proof: a person lifts a proof once, however often it is found."""
        return hashlib.sha256(json.dumps(self.proof).encode()).hexdigest()


class Controls(Protocol):
    """The newest suspension of each seat. Learning alone writes it.

    That a person lifted one stands in the control log: see `striking.Suspensions`.
    """

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the newest suspension of each seat by name, read consistently."""
        ...

    def lifted_before(self) -> Mapping[str, float]:
        """Return when seats were lifted that a former version lifted, in seconds since 1970.

        It kept that in the suspension itself.
        """
        ...

    def suspend(self, suspension: Suspension) -> None:
        """Store it as the seat's newest suspension."""
        ...


class OpenKey(NamedTuple):
    """Who holds a resource's open key."""

    resource: str
    incident_id: str


class Transition(NamedTuple):
    """The newest transition of an alarm that was handled, and the incident that took it."""

    at: datetime
    incident_id: str


class OpeningBook(Protocol):
    """How incidents opened. Intake alone writes it."""

    def put(self, opening: Opening) -> Opening:
        """Store the opening unless the incident has one; return the stored one."""
        ...

    def join(self, incident_id: str, alarm: Alarm) -> None:
        """Add an alarm that joined, once per ARN."""
        ...

    def find(self, incident_id: str) -> Opening | None:
        """Return the incident's opening with all its alarms, read consistently, or None."""
        ...

    def since(self, since: datetime) -> Sequence[Opening]:
        """Return the openings since then, oldest first, each with its first alarm alone.

        It may lag by a second.
        """
        ...


class ClosingBook(Protocol):
    """How incidents ended. Closing alone writes it."""

    def put(self, ending: Ending) -> Ending:
        """Store the end unless the incident has one; return the stored one."""
        ...

    def find(self, incident_id: str) -> Ending | None:
        """Return the incident's end, read consistently, or None."""
        ...

    def remember(self, ending: AlarmEnding) -> None:
        """Remember the alarm's newest end; an older one changes nothing."""
        ...

    def of_alarm(self, alarm: str) -> AlarmEnding | None:
        """Return the alarm's newest end, read consistently, or None."""
        ...


class VerdictBook(Protocol):
    """What verification found. It alone writes this."""

    def put(self, verified: Verified) -> Verified:
        """Store the verdict unless there is one of this mode; return the stored one."""
        ...

    def find(self, incident_id: str, mode: Mode) -> Verified | None:
        """Return the verdict, read consistently, or None."""
        ...


class NotificationBook(Protocol):
    """What people were told. Communication and the courier alone write it."""

    def put(self, told: Notified) -> None:
        """Store it, once per channel, kind and what it is about: the first stays."""
        ...

    def of(self, incident_id: str) -> Sequence[Notified]:
        """Return what people were told of the incident, oldest first, read consistently."""
        ...


class StopSwitch(Protocol):
    """What stops every effect while it is there. The API alone writes it, and people by hand."""

    def thrown(self) -> str | None:
        """Return why everything is stopped, or None.

        Whatever is in the item, it stops. Raises StoreUnavailableError: then nothing is done.
        """
        ...

    def throw(self, reason: str, by: str, at: datetime) -> None:
        """Stop everything."""
        ...

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Go on; who lifted it, when and why stays on record."""
        ...


class Operations(Protocol):
    """Claims rather than facts: open keys, transitions seen, rates."""

    def transition(self, alarm_arn: str) -> Transition | None:
        """Return the alarm's newest transition that was handled, read consistently, or None."""
        ...

    def see_transition(
        self, alarm_arn: str, at: datetime, incident_id: str, disbelieved: datetime | None = None
    ) -> datetime | None:
        """Remember the newest transition handled; return one that is newer than `at`, or None.

        A newer one of exactly the time `disbelieved` gives way.
        """
        ...

    def hold(self, resource: str, incident_id: str, until: datetime) -> str:
        """Take the resource's open key if free or expired; return the incident that holds it.

        The incident that holds it already moves its end to `until`.
        """
        ...

    def holder(self, resource: str) -> str | None:
        """Return the incident that holds the resource's open key, or None."""
        ...

    def release(self, incident_id: str, resources: Sequence[str]) -> None:
        """Give back the open keys that this incident holds."""
        ...

    def admit(self, key: str, rate: Rate, now: datetime) -> bool:
        """Return whether one more send fits the fleet-wide rate (GCRA), and count it if so."""
        ...


class Execution(Record):
    """A fence: one per incident and operation, written before the effect.

    It is the executor's own record of what it does: the log only tells people of it.
    """

    incident_id: str
    operation: Literal["act", "undo"]
    action: str
    resource: str
    started_at: float
    state: Literal["started", "done", "failed"] = "started"
    candidate: Candidate | None = None
    """What is done; None in a fence of before the ledger held it."""
    captured: dict[str, Scalar] = Field(default_factory=dict)
    """What undoing needs, read before the effect."""
    approval_id: str | None = None
    written: dict[str, Scalar] = Field(default_factory=dict)
    """What the resource must still be for an undo; known at the end of the effect."""
    ended_at: float = 0.0
    request_id: str = ""


class ControlLog(Protocol):
    """What people changed at run time: append-only, the newest of each control holds."""

    def newest(self, control: Control) -> ControlChanged | None:
        """Return what holds, read consistently; None when nobody ever changed it."""
        ...

    def append(self, change: ControlChanged) -> None:
        """Add the change. Raises ConcurrencyConflictError when its version is taken."""
        ...

    def recent(self, control: Control, limit: int) -> Sequence[ControlChanged]:
        """Return the newest changes, newest first."""
        ...


class ExecutionLedger(Protocol):
    """Fences and leases of the executor."""

    def fence(self, execution: Execution) -> Execution | None:
        """Write the fence if there is none and return None; otherwise return the one there is."""
        ...

    def find(self, incident_id: str, operation: Literal["act", "undo"]) -> Execution | None:
        """Return the fence there is, read consistently, or None."""
        ...

    def finish(self, execution: Execution) -> None:
        """Record how the fenced effect ended. Raises InvalidHistoryError when it has no fence."""
        ...

    def lease(self, resource: str, incident_id: str, until: datetime) -> str:
        """Lease the resource if free or expired; return the incident that holds it."""
        ...

    def release(self, resource: str, incident_id: str, cooldown_until: datetime) -> None:
        """End the lease; nobody else gets it until the cooldown is over."""
        ...

    def effects_since(self, since: datetime) -> Sequence[Execution]:
        """Return the effects started since then, for the account's rate guard."""
        ...


Answer = Literal["granted", "denied", "expired"]


class Approval(Record):
    """A question to a person, with the task token that only the server sees."""

    approval_id: str
    incident_id: str
    action: str
    task_token: str = ""
    """Of the task that waits, in a question of before there could be several."""
    expires_at: float
    state: Literal["waiting", "granted", "denied", "expired"] = "waiting"
    by: str = ""
    via: str = ""
    reason: str = ""
    """By which channel the answer came, and why, in the person's words."""
    chosen: str = ""
    """The action that was granted: the one that was asked about, or another candidate."""
    people: tuple[str, ...] = ()
    """Who granted it so far; see `grants.same_person`."""
    grants: tuple[str, ...] = ()
    """What they granted, signed: one text per person."""
    task_tokens: tuple[str, ...] = ()
    """Of the tasks that wait: each of them hears of the answer."""

    def waiting(self) -> tuple[str, ...]:
        """Return the tokens of all tasks that wait, each once."""
        return tuple(dict.fromkeys(filter(None, (self.task_token, *self.task_tokens))))


class ApprovalBook(Protocol):
    """Approvals, answered at most once."""

    def ask(self, approval: Approval) -> Approval:
        """Store the question unless its id exists; return the stored one."""
        ...

    def find(self, approval_id: str) -> Approval | None:
        """Return the question, or None."""
        ...

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Add the token of a task that waits; return the question as it is then.

        A token that is there already stays: whoever brings another takes the answer from nobody.
        Raises RefusedError when there is no such question. Whoever comes second, this or the
        answer, sees the other: a question already answered is sent by the one who attaches.
        """
        ...

    def grant(self, approval_id: str, person: str, action: str, text: str) -> Approval:
        """Add one person's signed grant to a waiting question; return it.

        Raises RefusedError when it was answered, the person granted it before, or somebody granted
        another action.
        """
        ...

    def answer(
        self, approval_id: str, state: Answer, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer a waiting question; return it. Raises RefusedError when it was answered."""
        ...

    def take_over(self, taken: TakenOver) -> TakenOver:
        """Give the incident to the person unless somebody has it; return who has it."""
        ...

    def taken_over(self, incident_id: str) -> TakenOver | None:
        """Return who has taken the incident over, read consistently, or None."""
        ...

    def want_undone(self, incident_id: str, text: str) -> None:
        """Store a person's signed order to undo, in the place of an earlier one."""
        ...

    def undo_wanted(self, incident_id: str) -> str | None:
        """Return the newest signed order to undo, read consistently, or None."""
        ...


class Decided(Record):
    """The one decision of a round."""

    incident_id: str
    round: int
    decision: dict[str, Any]


class DecisionBook(Protocol):
    """One conditional record per round."""

    def decide(self, decided: Decided) -> Decided:
        """Store the decision unless the round has one; return the stored one."""
        ...

    def find(self, incident_id: str, round_: int) -> Decided | None:
        """Return the round's decision, or None."""
        ...


class MetricQuery(Record):
    """One series to fetch."""

    id: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: Statistic
    period_seconds: int


class MetricSource(Protocol):
    """Time series. Raises SourceUnavailableError."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return (epoch, value) points per query id, oldest first; missing points are absent."""
        ...


class AlarmStatus(NamedTuple):
    """An alarm as the service reports it now."""

    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    since: datetime


class AlarmSource(Protocol):
    """Alarm states. Raises SourceUnavailableError."""

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the alarms that exist, by name."""
        ...


class WatchedMetric(NamedTuple):
    """The metric that an alarm watches."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]


class AlarmRegistry(Protocol):
    """The alarms that exist. Raises SourceUnavailableError."""

    def watched(self, prefixes: Sequence[str]) -> Sequence[WatchedMetric]:
        """Return the metrics of the alarms whose names begin so, metric math's included."""
        ...


class AlarmDescription(NamedTuple):
    """An alarm as the service has it: how it stands, what it looks at, and how it judges.

    `metric`, `statistic` and the first of `watched` belong together. A composite has a `rule`.
    """

    status: AlarmStatus
    reason: str = ""
    kind: Literal["metric", "math", "composite"] = "metric"
    watched: tuple[WatchedMetric, ...] = ()
    metric: str | None = None
    statistic: str | None = None
    threshold: float | None = None
    comparison: str | None = None
    period_seconds: int = 60
    evaluation_periods: int = 1
    rule: str = ""


class AlarmBook(Protocol):
    """Alarms as the service has them. Raises SourceUnavailableError."""

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name."""
        ...


class LogLine(NamedTuple):
    """One log event."""

    at: float
    message: str
    stream: str = ""
    """The log stream's name; Lambda's tells the version that ran."""


class LogSource(Protocol):
    """Log lines. Raises SourceUnavailableError."""

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines up to the limit, oldest first; empty for an unknown group."""
        ...


class StateSource(Protocol):
    """Settings of resources as they are now. Raises SourceUnavailableError."""

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None when it does not exist or is not supported."""
        ...


class Snapshot(Record):
    """One resource's settings at one time, as the inventory saw them."""

    resource: str
    taken_at: float
    settings: dict[str, Scalar]


class Past(NamedTuple):
    """What the inventory knows of a resource."""

    newest: Snapshot | None
    changes: Sequence[Change]
    """Oldest first."""


class SnapshotBook(Protocol):
    """The inventory's snapshots: newest, and what changed."""

    def newest(self, resource: str) -> Snapshot | None:
        """Return the resource's newest snapshot."""
        ...

    def put(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Store the snapshot as the newest, with the changes against the one before."""
        ...

    def past(self, resource: str, since: datetime) -> Past:
        """Return the resource's newest snapshot and its changes since then, by one question."""
        ...


class AuditEntry(NamedTuple):
    """Who did something, and when."""

    at: float
    actor: str


class AuditTrail(Protocol):
    """Who changed what, where an audit log is configured. Raises SourceUnavailableError."""

    def who(self, change: Change) -> AuditEntry | None:
        """Return the call that made the change, or None: audit logs lag by minutes."""
        ...


class TopologySource(Protocol):
    """Who depends on whom. Raises SourceUnavailableError."""

    def service_map(self) -> ServiceMap:
        """Return the map; empty when none is declared."""
        ...


class LanguageModel(Protocol):
    """A model that answers in a closed schema."""

    def answer(
        self, *, system: str, evidence: str, schema: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[int, int]]:
        """Return the answer as JSON and the tokens (in, out).

        Raises ModelThrottledError, ModelUnavailableError, ModelAnswerError.
        """
        ...


class TokenBudget(Protocol):
    """What language models may take a day, by spender."""

    def take(self, spender: str, tokens: int, most: int, now: datetime) -> bool:
        """Return whether so many more tokens fit the spender's day, and count them if so.

        Fewer than none always fit: they are given back.
        """
        ...


class Memory(Protocol):
    """Past incidents and how they ended."""

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence["Remembered"]:
        """Return the most similar past incidents, best first."""
        ...

    def remember(self, remembered: "Remembered") -> None:
        """Store an ended incident; storing it again changes nothing."""
        ...

    def remembered(self, limit: int) -> Sequence["Remembered"]:
        """Return ended incidents, in no order; at most so many."""
        ...


class SeatOutcome(Record):
    """What one seat voted in an ended incident, and whether the world proved it right."""

    seat: str
    tier: str
    action: str | None
    conf_bp: int
    right: bool | None
    """None when nothing proved it: another action was taken, or none, or the seat abstained."""


class Remembered(Record):
    """An ended incident, for the seats that learn from history."""

    incident_id: str
    closed_at: float
    fingerprint: Annotated[dict[str, float], AfterValidator(of_today)]
    """Features of the evidence, by name; see `functions/shared/domain/fingerprint.py`."""
    verb: str | None
    worked: bool | None
    similarity: float = 0.0
    seats: tuple[SeatOutcome, ...] = ()


class Question(Record):
    """What a message asks a person; whoever shows it may add buttons."""

    incident_id: str
    approval_id: str
    about: str
    """One plain line: what is proposed."""


class Link(Record):
    """Where to look further."""

    text: str
    href: str


class Message(Record):
    """What people are told. Everything from outside is escaped when it is rendered."""

    incident_id: str
    kind: MessageKind
    subject: str
    text: str
    html: str
    mrkdwn: tuple[str, ...] = ()
    """Blocks in Slack's markup, escaped, of at most 3,000 characters each."""
    questions: tuple[Question, ...] = ()
    links: tuple[Link, ...] = ()
    incidents: tuple[str, ...] = ()
    """Which incidents it is about, when it is about several."""
    about: About = "state"
    thread: str = ""
    """The channel's reference of the incident's first message, for those that keep one thread."""


class Notifier(Protocol):
    """One channel to people."""

    channel: str

    def send(self, message: Message) -> str:
        """Deliver it; return the channel's reference. Raises ChannelUnavailableError."""
        ...


class Waiting(Record):
    """What waits in the outbox for one leg of its way: ids alone."""

    leg: LegName
    notice: Notice

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, sent: Any) -> Any:
        return as_waiting(sent)


class OutboxQueue(Protocol):
    """Where messages wait that could not be sent at once; the courier takes them from there."""

    def put(self, waiting: Waiting) -> None:
        """Keep the message until the courier has told it, or put it with the dead letters."""
        ...


class Claims(Protocol):
    """Things that may be done once."""

    def claimed(self, key: str) -> bool:
        """Return whether somebody has claimed the key, read consistently."""
        ...

    def once(self, key: str, until: datetime) -> bool:
        """Claim the key; return whether nobody had before. It may be forgotten after `until`."""
        ...


class Effect(NamedTuple):
    """What an effect wrote, for the record and for the undo."""

    written: dict[str, Scalar]
    request_id: str


class Actuator(Protocol):
    """One verb of the catalogue, on the real service, with the verb's own role."""

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return what the inverse needs. Raises WorldMovedError when `observed` no longer holds,
        RefusedError when a precondition does not hold."""
        ...

    def apply(self, candidate: Candidate, captured: Mapping[str, Scalar]) -> Effect:
        """Do it, compare-and-set on what was captured. Raises WorldMovedError."""
        ...

    def undo(
        self, candidate: Candidate, captured: Mapping[str, Scalar], written: Mapping[str, Scalar]
    ) -> Effect:
        """Apply the inverse if the resource still is what we wrote. Raises WorldMovedError."""
        ...

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the real state now, for a fence with unknown outcome."""
        ...


class ExecutionStarter(Protocol):
    """Starts the state machine. Raises StoreUnavailableError."""

    def start(self, incident_id: str) -> None:
        """Start the incident's execution; one that exists is success."""
        ...


ExecutionStatus = Literal["running", "succeeded", "failed", "timed_out", "aborted"]


class Executions(Protocol):
    """How the state machine's executions stand. Raises StoreUnavailableError."""

    def status(self, incident_id: str) -> ExecutionStatus | None:
        """Return how the incident's execution stands, or None when there is none."""
        ...


class HistoryStep(NamedTuple):
    """One entry of an execution's history."""

    id: int
    previous: int
    """The entry that it follows from; 0 where the service does not tell."""
    type: str
    """Step Functions' own name: TaskStateEntered, LambdaFunctionScheduled, …"""
    at: datetime
    resource: str = ""
    """What a task calls, as far as the entry says: a function's ARN or name."""
    waits: bool = False
    """A task that waits for a token: it ends long after the function that it called."""


class ExecutionHistory(Protocol):
    """What an execution went through. Raises StoreUnavailableError."""

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        """Return the history so far, oldest first."""
        ...


class Functions(Protocol):
    """Functions behind their aliases. Raises SourceUnavailableError."""

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has answered without an error."""
        ...


class Answering(Protocol):
    """Functions that are asked for their answer."""

    def ask(self, arn: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its answer.

        Raises what it raised of RefusedError, InvalidInputError and ConcurrencyConflictError, and
        SourceUnavailableError for anything else.
        """
        ...


class IncidentView(Record):
    """One incident as people list it: what the log said up to `version`."""

    incident_id: str
    version: int
    status: str
    opened_at: Instant
    details: dict[str, Any] = Field(default_factory=dict)
    """What a list shows: JSON, no more than a page of it."""


class ReadModel(Protocol):
    """Incidents by status, derived from the log and rebuildable from it."""

    def put(self, view: IncidentView) -> bool:
        """Store the view unless one of the same or a newer version is there; return whether."""
        ...

    def get(self, incident_id: str) -> IncidentView | None:
        """Return the incident's view, or None."""
        ...

    def by_status(self, status: str, limit: int) -> Sequence[IncidentView]:
        """Return incidents of that status, newest first (may lag by a second)."""
        ...


class DeadLetters(Protocol):
    """Where what cannot be delivered or understood is kept and counted."""

    def put(self, payload: Mapping[str, Any], reason: str) -> None:
        """Keep the JSON payload with the reason."""
        ...


class TaskTokens(Protocol):
    """Answers to a state machine that waits."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Let the waiting task go on with the output. Raises RefusedError when it waits no more."""
        ...


class Published(NamedTuple):
    """One record for the stream; records of one key stay in one shard."""

    key: str
    data: bytes


class Publisher(Protocol):
    """The stream of domain events."""

    def publish(self, records: Sequence[Published]) -> Sequence[int]:
        """Send the records; return the positions of those that the stream did not take."""
        ...


class BreakerState(Record):
    """One breaker, shared by all environments of a function. Times are seconds since 1970."""

    phase: Literal["closed", "open", "half_open"] = "closed"
    failures: int = 0
    """Consecutive failures while closed."""
    successes: int = 0
    """Successful probes while half open."""
    epoch: int = 0
    """Grows with every change of phase and every probe; an outcome of an older epoch is void."""
    opened_at: float = 0.0
    probe_until: float = 0.0
    """While half open: when the running probe's lease ends; 0 when none runs."""
    revision: int = 0
    """Grows with every write."""


class BreakerStore(Protocol):
    """Breakers by name."""

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state, read consistently; a closed one when it is new."""
        ...

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if the stored revision is the one before it; return whether."""
        ...
