"""Entries of the memory, the model of their vectors, queries and hits.

The text of an entry is external text: it may be shown and searched. The structure, verb and
outcome are computed from the log and the evidence and hold no text.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, FiniteFloat, StringConstraints, model_validator

from quorum.domain.base import Epoch, IncidentId, OutsiderText, Record, ResourceId
from quorum.domain.errors import InvalidInputError

EntryKind = Literal["known_problem", "incident", "finding", "passage"]
Outcome = Literal["worked", "failed", "unverified"]
Author = Literal["outsider", "operator", "quorum"]
EntryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Vector = tuple[FiniteFloat, ...]
MOST_HITS: Final = 100
"""The most results of one search; DynamoDB's SearchVectors returns no more."""


class EmbeddingModel(Record):
    """A model and the length of its vectors. Vectors of two models cannot be compared."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    dimensions: int = Field(ge=1, le=4096)


class Structure(Record):
    """The part of an incident that no author of text can influence."""

    features: dict[str, float] = Field(default_factory=dict)
    """The fingerprint of the evidence, by name; see `quorum/domain/fingerprint.py`."""
    resources: tuple[ResourceId, ...] = ()
    """The resources of its alarms."""


class MethodRecord(Record):
    """The number of executions of a verb for a known problem, by verified outcome."""

    verb: str
    worked: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)
    unverified: int = Field(default=0, ge=0)


class ProblemRecord(Record):
    """The occurrences of a known problem, and the record of the actions against it."""

    times: int = Field(ge=1)
    first: Epoch
    last: Epoch
    methods: tuple[MethodRecord, ...] = ()
    incidents: tuple[IncidentId, ...] = ()
    """Its newest incidents, the newest first."""


class MemoryEntry(Record):
    """One remembered thing, without its vector."""

    id: EntryId
    kind: EntryKind
    source: Annotated[str, StringConstraints(pattern=r"^(incident|runbook|problem):.{1,256}$")]
    """Its origin: `incident:<id>`, `runbook:<name>` or `problem:<id>`. `forget` deletes by it."""
    author: Author
    at: Epoch
    """The end of the incident, or the time at which a person added the passage."""
    account: str = ""
    service: str = ""
    """The kind of service, as in `lambda`; empty where the entry belongs to none."""
    outcome: Outcome = "unverified"
    verb: str | None = None
    structure: Structure = Structure()
    text: OutsiderText
    model: EmbeddingModel
    revision: int = Field(default=0, ge=0)
    """Of two entries with the same id the one with the higher revision stays."""
    problem: EntryId | None = Field(default=None, exclude_if=lambda one: one is None)
    """The known problem that an incident or finding belongs to."""
    record: ProblemRecord | None = Field(default=None, exclude_if=lambda one: one is None)
    """Of a known problem."""


class Embedded(Record):
    """An entry with its vector."""

    entry: MemoryEntry
    vector: Vector

    @model_validator(mode="after")
    def _has_the_models_length(self) -> "Embedded":
        if len(self.vector) != self.entry.model.dimensions:
            model = self.entry.model
            raise ValueError(f"vector: {len(self.vector)} dimensions, {model.id} has another count")
        return self


class Filters(Record):
    """Conditions on found entries; None admits all."""

    account: str | None = None
    service: str | None = None
    outcome: Outcome | None = None
    since: Epoch | None = None
    """Inclusive."""
    until: Epoch | None = None
    """Exclusive."""

    def admit(self, entry: MemoryEntry) -> bool:
        """Return whether the entry passes every filter."""
        wanted = {"account": self.account, "service": self.service, "outcome": self.outcome}
        return (
            all(value in (None, getattr(entry, name)) for name, value in wanted.items())
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
        )


class MemoryQuery(Record):
    """A search among the entries of one kind, by vector and by words."""

    kind: EntryKind
    text: Annotated[str, StringConstraints(max_length=4000)]
    vector: Vector
    model: EmbeddingModel
    filters: Filters = Filters()
    limit: int = Field(default=MOST_HITS, ge=1, le=MOST_HITS)
    """The most hits of each of the two rankings."""


class Hit(NamedTuple):
    """A found entry and its score in one ranking; scores of two rankings cannot be compared."""

    entry: MemoryEntry
    score: float


class Hits(NamedTuple):
    """The hits of a query, best first, by cosine similarity (-1 to 1) and by BM25 (above 0)."""

    by_vector: tuple[Hit, ...]
    by_words: tuple[Hit, ...]


def require_model(model: EmbeddingModel, entries: Iterable[Embedded]) -> None:
    """Raise InvalidInputError when an entry is of another model."""
    for one in entries:
        if one.entry.model != model:
            raise InvalidInputError(f"model: {one.entry.model.id}; the index is of {model.id}")


def entry_id(kind: EntryKind, *parts: str) -> str:
    """Return the id of what these parts identify: the same parts always have the same id."""
    return sha256("\0".join((kind, *parts)).encode()).hexdigest()[:32]


def problem_source(problem: str) -> str:
    """Return the source of a known problem's entry."""
    return f"problem:{problem}"


def incident_source(incident_id: IncidentId) -> str:
    """Return the source of everything that one incident left in the memory."""
    return f"incident:{incident_id}"
