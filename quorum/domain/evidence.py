"""The evidence bundle: everything that one round of voting rests on, frozen and digested.

Seats see nothing else. Text that an outsider could have written is an `OutsiderText`.
"""

import operator
import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import Field, FiniteFloat, StringConstraints

from quorum.domain.base import (
    ActionId,
    Epoch,
    IncidentId,
    Instant,
    OutsiderText,
    Record,
    ResourceId,
)
from quorum.domain.canonical import digest
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.memory_entries import Author, Outcome, ProblemRecord
from quorum.services import row

Measure = row.Measure
SourceName = Literal["metrics", "logs", "traces", "changes", "topology", "state"]
ChangeKind = Literal[
    "alias", "parameter", "concurrency", "task_definition", "table", "configuration"
]
Scalar = str | int | bool | None
VANISHED_WITHIN_SECONDS: Final = 24 * 3600
"""A resource that existed this long before the onset and does not now may be the cause."""
STATISTIC_PATTERN: Final = (
    r"Sum|Average|Maximum|Minimum|SampleCount|IQM"
    r"|(p|tm|wm|tc|ts)\d{1,3}(\.\d{1,10})?|(PR|TM|WM|TC|TS)\([0-9.:%]{1,40}\)"
)
Statistic = Annotated[str, StringConstraints(pattern=f"^({STATISTIC_PATTERN})$")]
"""A statistic of CloudWatch: also percentiles and trimmed means of any precision."""


def is_statistic(name: str | None) -> bool:
    """Return whether CloudWatch has the statistic."""
    return name is not None and re.fullmatch(STATISTIC_PATTERN, name) is not None


_ODD: Final = re.compile(r"[^A-Za-z0-9_./:-]+")


def of_alarm(name: str) -> ResourceId:
    """Return the id of what an alarm concerns that names no resource: `alarm:NAME`.

    Characters that no resource id has are replaced; then a digest of the name is part of the id.
    """
    plain = _ODD.sub("-", name)
    return f"alarm:{name}" if plain == name else f"alarm:{plain[:200]}.{digest(name)[:8]}"


class AlarmQuery(Record):
    """One entry of an alarm's own metric math: a metric of any account, or an expression."""

    id: str
    expression: str | None = None
    namespace: str | None = None
    metric: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str | None = None
    period_seconds: int | None = None
    account: str | None = None
    """The metric's account, where that is another one."""
    returned: bool = False
    """True for the one entry whose series the alarm compares."""


class Alarm(Record):
    """An alarm as it fired: a metric, metric math or composite alarm."""

    name: str
    arn: str
    kind: Literal["metric", "math", "composite"]
    account: str
    region: str
    resources: tuple[ResourceId, ...]
    fired_at: Instant
    reason: OutsiderText
    namespace: str | None = None
    metric: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str | None = None
    threshold: float | None = None
    comparison: str | None = None
    period_seconds: int = 60
    evaluation_periods: int = 1
    children: tuple[str, ...] = ()
    """The alarm names that a composite alarm rests on."""
    evaluated: tuple[tuple[Epoch, FiniteFloat], ...] = Field(default=(), exclude_if=operator.not_)
    """(start of the period, value) of the datapoints that the alarm evaluated, oldest first."""
    queries: tuple[AlarmQuery, ...] = Field(default=(), exclude_if=operator.not_)
    """The definition of metric math; empty for an alarm on one metric of this account."""

    @property
    def subjects(self) -> tuple[ResourceId, ...]:
        """Return the alarm's resources, or `alarm:NAME` for an alarm that names none."""
        return self.resources or (of_alarm(self.name),)


class Series(Record):
    """One metric over time. A missing point is absent, never zero."""

    id: str
    resource: ResourceId
    measure: Measure
    version: str | None = None
    """The deployed version that served these requests, where the service reports it."""
    statistic: Statistic = "Sum"
    period_seconds: int
    points: tuple[tuple[Epoch, float], ...]
    """(start of the period, value), oldest first."""
    alarmed: bool = False
    """True for the series that the alarm watches."""
    logged_since: Epoch | None = Field(default=None, exclude_if=lambda at: at is None)
    """Points from this time on are from log lines, as CloudWatch had not delivered them yet."""

    def delivered(self) -> "Series":
        """Return the series with CloudWatch's own points alone."""
        if self.logged_since is None:
            return self
        points = tuple(point for point in self.points if point[0] < self.logged_since)
        return self.model_copy(update={"points": points, "logged_since": None})


class LogTemplate(Record):
    """A pattern mined from log lines, with its counts before and after the alarm's onset."""

    id: str
    resource: ResourceId
    template: OutsiderText
    level: Literal["error", "warning", "info"]
    before: int
    after: int
    first_seen: Epoch
    version: str | None = None


class Spread(Record):
    """The distribution of failing requests over callers, as far as log lines name the caller."""

    resource: ResourceId
    field: str
    """The name of the log field that identifies the caller."""
    failing: int
    """Lines of failing requests since the onset that name a caller."""
    most: int
    """Those of the caller with the most failures."""
    callers_before: int
    """Distinct callers seen before the onset."""
    before: int
    """Lines before the onset that name a caller."""
    most_before: int
    """Those of the caller who now has the most failures."""
    strangers: int = 0
    """Failing lines of callers that were not seen before the onset."""
    served: int = 0
    """Lines since the onset that name a caller and report no failure."""
    strangers_served: int = 0
    """Of the served lines, those of callers that were not seen before the onset."""


class Change(Record):
    """A change by an operator or a pipeline, derived from the inventory's snapshots."""

    id: str
    resource: ResourceId
    kind: ChangeKind
    setting: str
    """The changed setting: an alias's name, a parameter's name, `reserved_concurrency`."""
    not_before: Epoch
    at: Epoch
    """The change happened between `not_before` and `at`; equal when the service reports the time.
    """
    before: Scalar
    after: Scalar
    actor: OutsiderText | None = None
    ours: bool = False
    """True when Quorum made the change."""
    title: OutsiderText | None = None
    """The change's own title, such as a commit subject."""
    touched: tuple[OutsiderText, ...] = ()
    """Names of the files or settings that it touched, if known."""
    diff: OutsiderText | None = None
    """Removed (`-`) and added (`+`) lines, if known."""


EdgeSource = Literal["declared", "tags", "configuration", "traces"]
"""Origin of a dependency; the first one of several counts, in this order."""


class Edge(Record):
    """`caller` depends on `callee`."""

    caller: ResourceId
    callee: ResourceId
    source: EdgeSource | None = Field(default=None, exclude_if=operator.not_)
    """None in bundles of former versions, which did not record it."""


class ResourceState(Record):
    """A resource's settings when the evidence was taken; flat, so that they compare."""

    resource: ResourceId
    settings: dict[str, Scalar]


class Vanished(Record):
    """A resource that the service map or a snapshot names, and that does not exist."""

    resource: ResourceId
    last_seen: Epoch | None = None
    """The time of its last snapshot; None where there is none."""

    def gap(self) -> str:
        """Return the entry in the detail of the source `state`."""
        return f"{self.resource}: does not exist any more"


class Source(Record):
    """The status of a source of evidence. `absent` means not configured, which is not a gap."""

    name: SourceName
    status: Literal["ok", "stale", "failed", "absent"]
    age_seconds: int | None = None
    detail: str = ""
    """The reasons of a gap; where the status is `ok`, what is missing without being a gap."""
    resources: tuple[ResourceId, ...] = Field(default=(), exclude_if=operator.not_)
    """Resources to which a gap is limited; empty: the source as a whole."""


class Candidate(Record):
    """An action of the catalogue that is possible in this situation."""

    id: ActionId
    verb: str
    resource: ResourceId
    parameters: dict[str, Scalar]
    summary: str
    cites: tuple[str, ...]
    """Ids of the changes or states in this bundle that led to it."""
    observed: dict[str, Scalar]
    """The resource's settings that must still hold when the action is executed."""


class Tried(Record):
    """An action of an earlier round: undone, or kept because it helped in part."""

    action: ActionId
    resource: ResourceId
    round: int = Field(ge=1)
    result: Literal["undone", "kept"]


class PastCase(Record):
    """An ended incident with a similar fingerprint: numbers and outcomes, no text."""

    incident_id: IncidentId
    closed_at: Epoch
    source: str = Field(default="", exclude_if=operator.not_)
    """The account and resource of its first alarm; empty in those of earlier versions."""
    verb: str | None
    """The executed action's; None where no action ended the incident."""
    resource: str = Field(default="", exclude_if=operator.not_)
    """The executed action's resource; empty where it is not known."""
    outcome: Outcome
    """`unverified` unless alarm and traffic show it; an undone action `failed`."""
    similarity: float = Field(ge=0, le=1)
    """Cosine of the fingerprints."""


class SeenBefore(Record):
    """A known problem or an earlier incident that the memory found. No seat reads it."""

    kind: Literal["known_problem", "incident"]
    same: bool
    """It passes for the same problem; otherwise it resembles this incident."""
    record: ProblemRecord
    likeness: float
    """Of the structures, 0 to 1."""
    meaning: float | None
    """Cosine of the embeddings; None when it was found by words alone."""
    author: Author
    text: OutsiderText

    @property
    def is_problem(self) -> bool:
        """Return whether it is the record of this incident's own problem."""
        return self.same and self.kind == "known_problem"


class Bundle(Record):
    """All the evidence of one round."""

    v: Literal[1] = 1
    incident_id: IncidentId
    round: int = Field(ge=1)
    taken_at: Instant
    alarms: tuple[Alarm, ...]
    """The incident's first alarm, then those that joined it."""
    onset: Epoch
    """Start of the first breaching period of the first alarm, or of the window that it evaluated.
    """
    series: tuple[Series, ...] = ()
    templates: tuple[LogTemplate, ...] = ()
    changes: tuple[Change, ...] = ()
    edges: tuple[Edge, ...] = ()
    states: tuple[ResourceState, ...] = ()
    sources: tuple[Source, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    objectives: dict[str, float] = Field(default_factory=dict)
    """Resource id → share of requests that should succeed."""
    second_fault: bool = Field(default=False, exclude_if=operator.not_)
    """Two independent faults are visible at once: a person decides."""
    storm: bool = Field(default=False, exclude_if=operator.not_)
    """The incident opened in a storm: no language model is called."""
    spread: tuple[Spread, ...] = Field(default=(), exclude_if=operator.not_)
    """Empty when no log line names a caller: no conclusion follows."""
    vanished: tuple[Vanished, ...] = Field(default=(), exclude_if=operator.not_)
    """Resources in scope that do not exist."""
    tried: tuple[Tried, ...] = Field(default=(), exclude_if=operator.not_)
    """Actions of earlier rounds, oldest first. With one of them, a person decides."""
    past: tuple[PastCase, ...] = Field(default=(), exclude_if=operator.not_)
    """Similar ended incidents, chosen by their fingerprints alone, the most similar first."""
    seen: tuple[SeenBefore, ...] = Field(default=(), exclude_if=operator.not_)
    """Matches of the memory by text and structure, for people."""
    recall_failed: str = Field(default="", exclude_if=operator.not_)
    """The reason where the memory could not be read in time. That is no gap: no seat needs it."""

    def delivered(self) -> "Bundle":
        """Return the bundle with CloudWatch's own points alone, for what permits an effect."""
        series = tuple(one.delivered() for one in self.series)
        return self.model_copy(update={"series": series})

    def trusted_edges(self) -> tuple[Edge, ...]:
        """Return the edges without those by configuration, which the inventory stores.

        Whatever permits an effect, or ends an incident, may rest on these alone: another function
        could have written the others.
        """
        return tuple(edge for edge in self.edges if edge.source != "configuration")

    def gaps(self) -> tuple[Source, ...]:
        """Return the configured sources that failed or are stale."""
        return tuple(source for source in self.sources if source.status in {"failed", "stale"})

    def vanished_lately(self) -> tuple[Vanished, ...]:
        """Return what existed within a day before the onset: its absence may be the cause."""
        return vanished_lately(self.vanished, self.onset)


def require_round(bundle: Bundle, incident_id: str, round_: int) -> Bundle:
    """Return the bundle. Raises InvalidHistoryError when it is of another incident or round.

    A valid digest proves only that this bundle was frozen once, not that it is this round's.
    """
    if (bundle.incident_id, bundle.round) != (incident_id, round_):
        about = f"incident {bundle.incident_id}, round {bundle.round}"
        raise InvalidHistoryError(f"the evidence belongs to {about}")
    return bundle


def vanished_lately(vanished: Iterable[Vanished], onset: float) -> tuple[Vanished, ...]:
    """Return those that existed within a day before the onset."""
    since = onset - VANISHED_WITHIN_SECONDS
    return tuple(v for v in vanished if v.last_seen is not None and v.last_seen > since)
