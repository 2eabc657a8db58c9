"""DynamoDB tables: the event log, and one table per trust boundary for other records."""

from typing import Final, Literal, NamedTuple

from quorum.domain.embedding_models import DIMENSIONS
from quorum.domain.seats import SEATS

Kind = Literal["S", "N"]


class Attribute(NamedTuple):
    """A key attribute: text or a number."""

    name: str
    kind: Kind = "S"


class Index(NamedTuple):
    """A sparse index, which leaves out items without its key."""

    name: str
    partition: Attribute
    sort: Attribute


class Table(NamedTuple):
    """A table and its key."""

    name: str
    partition: Attribute
    sort: Attribute | None = None
    by: Index | None = None
    expires: str | None = None
    """The time-to-live attribute."""
    streamed: bool = False
    vectors: tuple[int, ...] = ()
    """The lengths of vectors with an index each; without items an index costs nothing, and a change
    of the embedding model needs no new one."""


_INCIDENT: Final = Attribute("incident_id")
_ROUND: Final = Attribute("round", "N")
_BY_STATUS: Final = Index("by-status", Attribute("status"), Attribute("occurred_at"))
_BY_DAY: Final = Index("by-day", Attribute("day"), Attribute("started_at", "N"))
_OPENED_BY_DAY: Final = Index("by-day", Attribute("day"), Attribute("opened_at", "N"))
_VECTORS: Final = tuple(sorted(size for sizes in DIMENSIONS.values() for size in sizes))

KNOWLEDGE: Final = Table("knowledge", Attribute("shelf"), Attribute("entry"), vectors=_VECTORS)
EVENTS: Final = Table("events", _INCIDENT, Attribute("version", "N"), by=_BY_STATUS, streamed=True)
TABLES: Final[tuple[Table, ...]] = (
    EVENTS,
    Table("decisions", _INCIDENT, _ROUND),
    Table("executions", Attribute("id"), by=_BY_DAY),
    Table("approvals", Attribute("approval_id")),
    Table("operations", Attribute("id"), expires="expires"),
    Table("inventory", Attribute("resource"), Attribute("at", "N")),
    Table("view", _INCIDENT, by=_BY_STATUS),
    Table("overrides", Attribute("control"), Attribute("version", "N")),
    Table("memory", _INCIDENT),
    KNOWLEDGE,
    Table("controls", Attribute("kind"), Attribute("name")),
    Table("openings", _INCIDENT, Attribute("entry"), by=_OPENED_BY_DAY),
    Table("closings", Attribute("id")),
    Table("verifications", _INCIDENT, Attribute("mode")),
    Table("stop", Attribute("id")),
    Table("notifications", _INCIDENT, Attribute("entry")),
    *(Table(f"votes-{seat.name}", _INCIDENT, Attribute("entry")) for seat in SEATS),
)
